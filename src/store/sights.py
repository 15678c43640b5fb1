"""The access record: who saw which kind of whose data, one row for each day.

It is the athlete's to read. Rows are written when the data are read, and only the first time
that day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock

import sqlalchemy as sa

from ..training.consent import Kind
from .database import Database
from .peopletables import sight_table

#: So many rows are remembered as written, to be asked about no more.
_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Sight:
    """Somebody saw one kind of an athlete's data on a day; ``at`` is the first time that day."""

    athlete: str
    day: date
    viewer: str
    kind: Kind
    at: datetime


class Sights:
    """The rows of who saw what."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._written: set[tuple[str, date, str, Kind]] = set()
        self._lock = Lock()

    def clear(self) -> None:
        """Forget what is known to be written: somebody's rows went."""
        with self._lock:
            self._written.clear()

    def note(self, sight: Sight) -> None:
        """Write down that somebody saw something; the same day again changes nothing."""
        key = (sight.athlete, sight.day, sight.viewer, sight.kind)
        with self._lock:
            if key in self._written:
                return
        table = sight_table.c
        which = (
            table.athlete == sight.athlete, table.day == sight.day,
            table.viewer == sight.viewer, table.kind == sight.kind,
        )  # fmt: skip
        with self._db.read() as connection:
            known = connection.scalar(sa.select(table.at).where(*which)) is not None
        if not known:
            self._write(sight)
        with self._lock:
            if len(self._written) >= _REMEMBERED:
                self._written.clear()
            self._written.add(key)

    def of(self, athlete: str, most: int = 1000) -> Sequence[Sight]:
        """Return who saw what of an athlete, newest first."""
        query = (
            sa.select(sight_table)
            .where(sight_table.c.athlete == athlete)
            .order_by(sight_table.c.day.desc(), sight_table.c.viewer, sight_table.c.kind)
            .limit(most)
        )
        with self._db.read() as connection:
            return [Sight(**line) for line in connection.execute(query).mappings()]

    def _write(self, sight: Sight) -> None:
        values = {name: getattr(sight, name) for name in ("athlete", "day", "viewer", "kind", "at")}
        if self._db.engine.dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import insert as insert_pg

            statement: sa.Insert = insert_pg(sight_table).values(values).on_conflict_do_nothing()
        else:
            from sqlalchemy.dialects.sqlite import insert as insert_lite

            statement = insert_lite(sight_table).values(values).on_conflict_do_nothing()
        with self._db.write() as connection:
            connection.execute(statement)
