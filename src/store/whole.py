"""An athlete's logbook as a whole: taken out, put back row for row, counted."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from ..errors import Conflict
from ..training.consent import Consent, Declined
from .database import Database
from .peopletables import channel_table, sight_table
from .schema import KINDS, Row, athlete_table, metadata, row_of, row_values

#: The author of what an erased person had written for others.
ERASED = "erased"


def everything(database: Database, athlete: str) -> list[Row[Any]]:
    """Return every row of every kind, kind by kind in an order in which they can be put back."""
    with database.read() as connection:
        return [
            row_of(kind, line)
            for kind, table in KINDS.items()
            for line in connection.execute(
                sa.select(table)
                .where(table.c.athlete == athlete)
                .order_by(table.c.created_at, table.c.id)
            ).mappings()
        ]


def put_back(database: Database, athlete: str, rows: Iterable[Row[Any]]) -> None:
    """Write rows down as they were, ids, versions and authors too, in one transaction.

    Conflict where the athlete is there already, or a row is somebody else's.
    """
    given = list(rows)
    with database.write() as connection:
        if connection.scalar(sa.select(athlete_table.c.id).where(athlete_table.c.id == athlete)):
            raise Conflict(f"the athlete {athlete} is here already; erase first what is to return")
        created_at = min(row.created_at for row in given)
        connection.execute(
            athlete_table.insert().values(id=athlete, created_at=created_at, writes=len(given))
        )
        for kind, table in KINDS.items():
            values = [row_values(row) for row in given if type(row.entry) is kind]
            if any(value["athlete"] != athlete for value in values):
                raise Conflict("a row belongs to another athlete")
            if values:
                connection.execute(table.insert(), values)


def forget(connection: sa.Connection, viewer: str) -> None:
    """Take somebody out of other athletes' rows: what they may see, saw, and had sent to them.

    What they wrote for others stays, by nobody's name.
    """
    for table in (channel_table, sight_table, KINDS[Consent]):
        connection.execute(table.delete().where(table.c.viewer == viewer))
    for table in KINDS.values():
        theirs = table.update().where(table.c.author == viewer, table.c.athlete != viewer)
        connection.execute(theirs.values(author=ERASED))
    declined = KINDS[Declined]
    connection.execute(declined.update().where(declined.c.by == viewer).values(by=ERASED))


def count(database: Database, athlete: str) -> int:
    """Return how many rows of any table name the athlete: entries, jobs, accounts, the athlete."""
    columns = [t.c.athlete for t in metadata.tables.values() if "athlete" in t.c]
    with database.read() as connection:
        return sum(
            connection.scalar(sa.select(sa.func.count()).where(column == athlete)) or 0
            for column in (athlete_table.c.id, *columns)
        )
