"""An athlete's logbook as a whole: taken out, put back row for row, counted."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..errors import Conflict
from ..training.consent import Consent
from ..training.entries import FlagAnswer, ShownFlag
from .database import Database
from .schema import (
    KINDS,
    Instant,
    Row,
    account_table,
    athlete_table,
    invitation_table,
    metadata,
    row_of,
    row_values,
)


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


#: Who a row of somebody else's names, once that person is erased.
ERASED = "erased"


def erase(database: Database, athlete: str, now: datetime) -> None:
    """Take out an athlete with every row of theirs, and their ids from everybody else's rows."""
    with database.write() as connection:
        accounts = account_table.c
        ids = [
            athlete,
            *connection.scalars(sa.select(accounts.id).where(accounts.athlete == athlete)),
        ]
        # Rows, accounts, jobs and invitations go with the athlete, by the tables' own rules.
        connection.execute(athlete_table.delete().where(athlete_table.c.id == athlete))
        consent = KINDS[Consent]
        connection.execute(
            consent.update()
            .where(consent.c.viewer.in_(ids))
            .values(
                viewer=ERASED,
                withdrawn_at=sa.func.coalesce(consent.c.withdrawn_at, sa.literal(now, Instant())),
            )
        )
        columns = [
            *(table.c.author for table in KINDS.values()),
            KINDS[FlagAnswer].c.by,
            KINDS[ShownFlag].c.to,
            invitation_table.c.made_by,
        ]
        for column in columns:
            update = sa.update(column.table).where(column.in_(ids))
            connection.execute(update.values({column.name: ERASED}))


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
