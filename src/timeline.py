"""Every day of a period with all that belongs to it: stores -> training -> an answer for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from .histories import open_book
from .training.consent import Kind
from .training.entries import CheckIn, Run, StrengthSession
from .training.flags import flags_on
from .training.load import Load, days_between, load_on
from .training.verdict import Flag

if TYPE_CHECKING:
    from .store.logbook import Row
    from .store.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry of a day, with its id."""

    id: str
    entry: Run | StrengthSession | CheckIn


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the timeline: what was done and said, what it asked, what holds."""

    day: date
    runs: tuple[Item, ...]
    strength: tuple[Item, ...]
    check_ins: tuple[Item, ...]
    load: Load
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Runs, strength sessions, check-ins and flags of a period, every day of it."""

    athlete: str
    name: str
    demo: bool
    since: date
    until: date
    days: tuple[Day, ...]
    not_shared: tuple[Kind, ...]


def timeline(view: "View", athlete: str, since: date, until: date) -> Timeline:
    """Return every day from ``since`` to ``until`` with all that belongs to it, in one answer."""
    book = open_book(view, athlete, until, since)
    days = tuple(
        Day(
            day=day,
            runs=_items(book.runs, day),
            strength=_items(book.strength, day),
            check_ins=_items(book.check_ins, day),
            load=load_on(day, book.history),
            flags=flags_on(day, book.history),
        )
        for day in days_between(since, until)
    )
    return Timeline(
        athlete=athlete,
        name=book.history.person.name,
        demo=book.history.person.demo,
        since=since,
        until=until,
        days=days,
        not_shared=book.not_shared,
    )


def _items(
    rows: Sequence["Row[Run]"] | Sequence["Row[StrengthSession]"] | Sequence["Row[CheckIn]"],
    day: date,
) -> tuple[Item, ...]:
    return tuple(Item(id=row.id, entry=row.entry) for row in rows if row.entry.day == day)
