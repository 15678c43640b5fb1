"""The series on SQLite: one row for each table of a recording, packed and compressed."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ..signal.tables import TABLES, Side, Table
from .bins import Window, clock_of, inside, measured, scaled, thinned
from .packing import pack, unpack, unpack_scaled
from .series import SeriesKey, checked
from .sqlite import SqliteFile

_VERSION = 1

_SCHEMA = """
CREATE TABLE series (
    athlete TEXT NOT NULL,
    run TEXT NOT NULL,
    recording TEXT NOT NULL,
    name TEXT NOT NULL,
    side TEXT NOT NULL,
    rev INTEGER NOT NULL,
    origin_ns INTEGER NOT NULL,
    n INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (athlete, run, recording, name)
)
"""


class EmbeddedSeries:
    """What was measured, in one SQLite file; safe for several threads and processes.

    Raises StoreError where the file cannot be opened, is damaged, or was written by a newer
    catfoot.
    """

    def __init__(self, path: Path) -> None:
        self._file = SqliteFile(path, _VERSION, _SCHEMA)

    def write(self, key: SeriesKey, tables: Mapping[str, Table]) -> None:
        """Store all tables of one recording, replacing what it had, all or nothing.

        An older revision than the one stored changes nothing: the newest is what is read.
        """
        mine = (checked(key).athlete, key.run, key.recording)
        packed = {name: pack(table) for name, table in tables.items()}
        with self._file.writing() as database:
            found = database.execute(
                "SELECT max(rev) FROM series WHERE athlete = ? AND run = ? AND recording = ?", mine
            ).fetchone()
            if found[0] is not None and found[0] > key.rev:
                return
            database.execute(
                "DELETE FROM series WHERE athlete = ? AND run = ? AND recording = ?", mine
            )
            database.executemany(
                "INSERT INTO series VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (*mine, name, key.side, key.rev, key.origin_ns, len(tables[name]), blob)
                    for name, blob in packed.items()
                ],
            )

    def read(
        self, athlete: str, run: str, table: str, within: Window | None = None
    ) -> dict[SeriesKey, Table]:
        """Return the rows of one table of a run, by recording, newest revision only."""
        found = {key: unpack(blob, table) for key, blob in self._blobs(athlete, run, table)}
        if within is None:
            return found
        return {key: inside(rows, key.origin_ns, within) for key, rows in found.items()}

    def thinned(
        self,
        athlete: str,
        run: str,
        table: str,
        columns: Sequence[str],
        within: Window,
        width: int,
    ) -> dict[SeriesKey, Table]:
        """Return mean, least and greatest of measures in at most ``width`` bins of the window."""
        measured(table, columns)
        every_us = within.every_us(width)
        return {
            key: _thinned(blob, table, columns, key.origin_ns, within, every_us)
            for key, blob in self._blobs(athlete, run, table)
        }

    def held(self, athlete: str) -> dict[SeriesKey, dict[str, int]]:
        """Return what is there of an athlete: recordings, their tables, the numbers of rows."""
        with self._file.reading() as database:
            found = database.execute(
                "SELECT run, recording, side, rev, origin_ns, name, n FROM series"
                " WHERE athlete = ? ORDER BY run, recording, name",
                (athlete,),
            ).fetchall()
        out: dict[SeriesKey, dict[str, int]] = {}
        for *about, name, n in found:
            out.setdefault(_key(athlete, *about), {})[name] = n
        return out

    def drop(self, athlete: str, run: str | None = None, recording: str | None = None) -> int:
        """Forget an athlete, a run or a recording; return how many tables went.

        Nothing of it stays in the file or beside it: freed pages are overwritten.
        """
        with self._file.writing() as database:
            gone = database.execute(
                "DELETE FROM series WHERE athlete = ?1"
                " AND run = coalesce(?2, run) AND recording = coalesce(?3, recording)",
                (athlete, run, recording),
            ).rowcount
        self._file.scrub()
        return gone

    def traces(self, athlete: str) -> list[str]:
        """Return where anything of an athlete is left."""
        return ["series.db"] if self.held(athlete) else []

    def close(self) -> None:
        """Close the file. Twice is fine."""
        self._file.close()

    def _blobs(self, athlete: str, run: str, table: str) -> list[tuple[SeriesKey, bytes]]:
        with self._file.reading() as database:
            found = database.execute(
                "SELECT run, recording, side, rev, origin_ns, data FROM series"
                " WHERE athlete = ? AND run = ? AND name = ? ORDER BY recording",
                (athlete, run, table),
            ).fetchall()
        return [(_key(athlete, *about), blob) for *about, blob in found]


def _key(athlete: str, run: str, recording: str, side: Side, rev: int, origin_ns: int) -> SeriesKey:
    return SeriesKey(
        athlete=athlete, run=run, recording=recording, side=side, rev=rev, origin_ns=origin_ns
    )


def _thinned(
    blob: bytes,
    table: str,
    columns: Sequence[str],
    origin_ns: int,
    within: Window,
    every_us: int,
) -> Table:
    """Return the bins of a blob, of which no more is opened than they need."""
    clock = clock_of(TABLES[table]) or ""
    n, found = unpack_scaled(blob, table, dict.fromkeys([clock, *columns]))
    unknown = scaled(np.full(n, np.nan))
    own_ns = found[clock].numbers if clock in found else np.zeros(n, np.int64)
    measures = {name: found.get(name, unknown) for name in columns}
    return thinned(own_ns.astype(np.int64, copy=False), measures, origin_ns, within, every_us)
