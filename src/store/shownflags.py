"""What people were shown, each thing once: rows that are no change to what the athlete owns."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from ..training.entries import ShownFlag
from .database import Database
from .schema import KINDS, Row, athlete_table, row_values

#: Ids in one question: databases bound how many a statement may name.
_AT_ONCE = 500


def keep(
    database: Database, shown: Mapping[str, Iterable[ShownFlag]], author: str, now: datetime
) -> None:
    """Write down what is not there yet, by athlete; where everything is, nothing is locked.

    Who was erased meanwhile keeps nothing.
    """
    found = {_id(a, one): (a, one) for a, many in shown.items() for one in many}
    with database.read() as connection:
        missing = found.keys() - _there(connection, KINDS[ShownFlag].c.id, found)
    if not missing:
        return
    with database.write() as connection:
        new = missing - _there(connection, KINDS[ShownFlag].c.id, missing)
        people = _there(connection, athlete_table.c.id, {found[id][0] for id in new})
        rows = [
            row_values(Row(id, athlete, now, 1, author, one))
            for id in sorted(new)
            for athlete, one in (found[id],)
            if athlete in people
        ]
        if rows:
            connection.execute(KINDS[ShownFlag].insert(), rows)


def _there(connection: sa.Connection, column: sa.Column[str], ids: Iterable[str]) -> set[str]:
    """Return those of the ids that are in the table."""
    asked = sorted(ids)
    there: set[str] = set()
    for i in range(0, len(asked), _AT_ONCE):
        there |= set(
            connection.scalars(sa.select(column).where(column.in_(asked[i : i + _AT_ONCE])))
        )
    return there


def _id(athlete: str, shown: ShownFlag) -> str:
    """Return the id that the same thing, shown again to the same person, has too."""
    return hashlib.sha256(f"{athlete}\n{shown!r}".encode()).hexdigest()[:32]
