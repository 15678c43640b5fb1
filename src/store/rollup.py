"""Days of many athletes at once, added up by the database from their runs."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from ..training.consent import Consent
from ..training.entries import Run
from .database import Database
from .schema import KINDS, Row, row_of


@dataclass(frozen=True, slots=True)
class DayTotal:
    """One day of one athlete; ``load`` is minutes times effort of the runs that say it.

    ``distance_m`` and ``load`` are None where no run of the day says any.
    """

    athlete: str
    day: date
    runs: int
    duration_s: float
    distance_m: float | None
    load: float | None


def by_day(
    database: Database, athletes: Collection[str], since: date, until: date
) -> list[DayTotal]:
    """Return the days, both included, on which any of the athletes ran, in order."""
    run = KINDS[Run].c
    query = (
        sa.select(
            run.athlete,
            run.day,
            sa.func.count(),
            sa.func.sum(run.duration_s),
            sa.func.sum(run.distance_m),
            sa.func.sum(run.duration_s / 60 * run.effort),
        )
        .where(run.athlete.in_(athletes), run.day >= since, run.day <= until)
        .group_by(run.athlete, run.day)
        .order_by(run.athlete, run.day)
    )
    with database.read() as connection:
        return [DayTotal(*line) for line in connection.execute(query)]


def consents_for(database: Database, viewer: str) -> list[Row[Consent]]:
    """Return every consent that names a person, withdrawn and ended ones too."""
    table = KINDS[Consent]
    query = sa.select(table).where(table.c.viewer == viewer)
    with database.read() as connection:
        return [row_of(Consent, line) for line in connection.execute(query).mappings()]
