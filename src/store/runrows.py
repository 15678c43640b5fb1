"""What the logbook asks of runs and their recordings beyond what it asks of every entry."""

from datetime import datetime

import sqlalchemy as sa

from ..training.entries import Recording, Run
from .database import Database
from .schema import KINDS, Row, row_of
from .sqlcolumns import micros


def recordings(
    database: Database, athlete: str, which: sa.ColumnElement[bool]
) -> list[Row[Recording]]:
    """Return the athlete's recordings of which ``which`` is true, best rank first."""
    table = KINDS[Recording]
    query = sa.select(table).where(table.c.athlete == athlete, which)
    query = query.order_by(table.c.rank, table.c.started_at, table.c.id)
    with database.read() as connection:
        return [row_of(Recording, line) for line in connection.execute(query).mappings()]


def between(database: Database, athlete: str, start: datetime, stop: datetime) -> list[Row[Run]]:
    """Return the runs that overlap the time from ``start`` to ``stop`` at all."""
    table = KINDS[Run]
    began = sa.type_coerce(table.c.started_at, sa.BigInteger)
    query = sa.select(table).where(
        table.c.athlete == athlete,
        table.c.started_at < stop,
        began + table.c.duration_s * 1e6 > micros(start),
    )
    with database.read() as connection:
        found = connection.execute(query.order_by(table.c.started_at, table.c.id)).mappings()
        return [row_of(Run, line) for line in found]
