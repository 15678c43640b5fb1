"""Doing a thing twice is doing it once, for programs that do not know whether it arrived.

A request with an ``Idempotency-Key`` gets a row whose id follows from the key. The row itself
is the memory, so there is no table of keys to keep or to lose.
"""

import hashlib
from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Header

from ..errors import Conflict, NotFound
from ..store.logbook import Row
from ..store.view import View
from ..training.entries import Person
from .problems import Unprocessable

E = TypeVar("E")

ANOTHER_BODY = "Idempotency-Key: this key was sent with another body before; use a new key"

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=200,
        description="A random text of the client's, the same on every try.",
    ),
]


def add(
    seen: View, athlete: str, kind: type[E], key: str, make: Callable[[Row[E] | None], E]
) -> tuple[Row[E], bool]:
    """Return the row of that key, and whether it is new.

    ``make`` returns the entry of the request; given the row of an earlier try it fills in what
    was filled in then. Raises Unprocessable where the key came with another body.
    """
    id = id_of(seen, athlete, kind.__name__, key)
    try:
        return _same(seen.get(kind, athlete, id), make), False
    except NotFound:
        pass
    try:
        return seen.add(athlete, make(None), id=id), True
    except Conflict:  # the other try was quicker
        return _same(seen.get(kind, athlete, id), make), False


def add_person(seen: View, person: Person, key: str) -> tuple[Row[Person], bool]:
    """Return the athlete of that key, and whether they are new; Unprocessable as for ``add``."""
    id = id_of(seen, "", "Person", key)
    try:
        return seen.add_person(person, id=id), True
    except Conflict:
        return _same(seen.person_added(id), lambda _: person), False


def id_of(seen: View, athlete: str, noun: str, key: str) -> str:
    """Return the id that a row has because of a key."""
    text = f"{seen.viewer.id}\n{athlete}\n{noun}\n{key}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _same(row: Row[E], make: Callable[[Row[E] | None], E]) -> Row[E]:
    # Once it was changed by hand, what was first sent is not known any more.
    if row.version == 1 and make(row) != row.entry:
        raise Unprocessable(ANOTHER_BODY, "Idempotency-Key")
    return row
