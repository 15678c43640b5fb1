"""Guardians: who consents for somebody young, and what the young may not change themselves."""

from datetime import date
from typing import TYPE_CHECKING

from ..errors import Forbidden
from ..training.consent import Viewer, needs_guardian
from ..training.entries import Person

if TYPE_CHECKING:
    from .accounts import Accounts


def guards(accounts: "Accounts", viewer: Viewer, athlete: str) -> bool:
    """Tell whether the viewer is the guardian of a young athlete."""
    theirs = accounts.of_viewer(athlete)
    if theirs is None or theirs.guardian is None:
        return False
    return accounts.account(theirs.guardian).viewer.id == viewer.id


def check_consenting(
    accounts: "Accounts", viewer: Viewer, athlete: str, person: Person, day: date, age: int
) -> None:
    """Raise Forbidden where the athlete is too young to consent and the viewer no guardian."""
    if viewer.role == "machine" or guards(accounts, viewer, athlete):
        return
    unknown = person.birth_year is None and _guarded(accounts, athlete)
    if unknown or needs_guardian(person.birth_year, day, age):
        raise Forbidden(
            f"Under {age} only a guardian gives and withdraws consent; ask whoever that is."
        )


def check_birth_year(
    accounts: "Accounts", viewer: Viewer, athlete: str, before: Person, after: Person
) -> None:
    """Raise Forbidden where somebody who has a guardian says that they are older."""
    if viewer.role == "machine" or before.birth_year == after.birth_year:
        return
    if _guarded(accounts, athlete):
        raise Forbidden("Who has a guardian cannot change the year of birth.")


def _guarded(accounts: "Accounts", athlete: str) -> bool:
    theirs = accounts.of_viewer(athlete)
    return theirs is not None and theirs.guardian is not None
