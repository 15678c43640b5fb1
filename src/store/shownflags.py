"""What people were shown, each thing once: rows that are no change to what the athlete owns."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from ..training.entries import ShownFlag
from .database import Database
from .schema import KINDS, Row, row_values


def keep(
    database: Database, athlete: str, shown: Iterable[ShownFlag], author: str, now: datetime
) -> None:
    """Write down what is not there yet; where everything is, nothing is locked."""
    found = {_id(athlete, one): one for one in shown}
    table = KINDS[ShownFlag]
    query = sa.select(table.c.id).where(table.c.id.in_(list(found)))
    with database.read() as connection:
        missing = found.keys() - set(connection.scalars(query))
    if not missing:
        return
    with database.write() as connection:
        new = missing - set(connection.scalars(query))
        rows = [row_values(Row(id, athlete, now, 1, author, found[id])) for id in sorted(new)]
        if rows:
            connection.execute(table.insert(), rows)


def _id(athlete: str, shown: ShownFlag) -> str:
    """Return the id that the same thing, shown again to the same person, has too."""
    return hashlib.sha256(f"{athlete}\n{shown!r}".encode()).hexdigest()[:32]
