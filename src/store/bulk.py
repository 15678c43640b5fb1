"""Entries of many athletes, read with one query for each kind and handed out by athlete.

A page about a team asks for the same kinds and days of everybody. Most of what a query costs is
the asking, and most kinds have no rows for most athletes.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from . import rows
from .database import Database
from .schema import KINDS, Row, athlete_table, row_of

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Rows of one kind, from one day to another, both included; None is without an end."""

    kind: type
    since: date | None = None
    until: date | None = None


class Ahead:
    """What was read ahead, by athlete; it knows nothing of what is written afterwards."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, Wanted], list[Row[Any]]] = {}

    def read(self, database: Database, athletes: Collection[str], wanted: Iterable[Wanted]) -> None:
        """Read what is wanted of each of the athletes, in the order of ``Logbook.entries``."""
        with database.read() as connection:
            for one in wanted:
                self._found |= {(athlete, one): [] for athlete in athletes}
                table = KINDS[one.kind]
                query = sa.select(table).where(
                    table.c.athlete.in_(list(athletes)), *rows.between(table, one.since, one.until)
                )
                query = query.order_by(*rows.in_order(table))
                for line in connection.execute(query).mappings():
                    self._found[line["athlete"], one].append(row_of(one.kind, line))

    def take(
        self, kind: type[E], athlete: str, since: date | None, until: date | None
    ) -> Sequence[Row[E]] | None:
        """Return the rows, once; None where they were not read ahead."""
        found = self._found.pop((athlete, Wanted(kind, since, until)), None)
        return None if found is None else cast("Sequence[Row[E]]", found)


def versions(database: Database, athletes: Collection[str]) -> dict[str, int]:
    """Return for each athlete the number that grows with every change to what they own."""
    table = athlete_table
    query = sa.select(table.c.id, table.c.writes).where(table.c.id.in_(list(athletes)))
    with database.read() as connection:
        return {line.id: line.writes for line in connection.execute(query)}
