"""An athlete's logbook as a whole: taken out, put back row for row, counted."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from ..errors import Conflict
from ..training.consent import Consent, Declined
from ..training.entries import FlagAnswer, ShownFlag
from .database import Database
from .peopletables import channel_table, sight_table
from .schema import (
    KINDS,
    Row,
    account_table,
    athlete_table,
    invitation_table,
    metadata,
    row_of,
    row_values,
)

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


def erase(database: Database, athlete: str) -> None:
    """Take out an athlete with every row of theirs, and their ids from everybody else's rows."""
    with database.write() as connection:
        of_theirs = sa.select(account_table.c.id).where(account_table.c.athlete == athlete)
        for viewer in (athlete, *connection.scalars(of_theirs).all()):
            forget(connection, viewer)
        # Rows, accounts, jobs and invitations go with the athlete, by the tables' own rules.
        connection.execute(athlete_table.delete().where(athlete_table.c.id == athlete))


def forget(connection: sa.Connection, viewer: str) -> None:
    """Take somebody out of other athletes' rows: what they may see, saw, and had sent to them.

    What they wrote for others stays, by nobody's name.
    """
    for table in (channel_table, sight_table, KINDS[Consent]):
        connection.execute(table.delete().where(table.c.viewer == viewer))
    for column in (
        *(table.c.author for table in KINDS.values()),
        KINDS[Declined].c.by,
        KINDS[FlagAnswer].c.by,
        KINDS[ShownFlag].c.to,
        invitation_table.c.made_by,
    ):
        theirs = sa.update(column.table).where(column == viewer)
        connection.execute(theirs.values({column.name: ERASED}))


def mentions(database: Database, athlete: str) -> list[str]:
    """Return the tables that hold an id in any column, within any text."""
    found = []
    with database.read() as connection:
        for table in metadata.sorted_tables:
            texts = [
                sa.cast(column, sa.Text).contains(athlete)
                for column in table.c
                if isinstance(column.type, (sa.String, sa.JSON))
            ]
            query = sa.select(sa.func.count()).select_from(table).where(sa.or_(*texts))
            if texts and connection.scalar(query):
                found.append(f"the table {table.name}")
    return found


def count(database: Database, athlete: str) -> int:
    """Return how many rows of any table name the athlete: entries, jobs, accounts, the athlete."""
    columns = [t.c.athlete for t in metadata.tables.values() if "athlete" in t.c]
    with database.read() as connection:
        return sum(
            connection.scalar(sa.select(sa.func.count()).where(column == athlete)) or 0
            for column in (athlete_table.c.id, *columns)
        )
