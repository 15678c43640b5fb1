"""The series on SQLite: one row for each table of a recording, packed and compressed."""

from collections.abc import Mapping
from pathlib import Path

from ..signal.tables import Table
from .packing import pack, unpack
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

    def read(self, athlete: str, run: str, table: str) -> dict[SeriesKey, Table]:
        """Return the rows of one table of a run, by recording, newest revision only."""
        with self._file.reading() as database:
            found = database.execute(
                "SELECT recording, side, rev, origin_ns, data FROM series"
                " WHERE athlete = ? AND run = ? AND name = ? ORDER BY recording",
                (athlete, run, table),
            ).fetchall()
        out: dict[SeriesKey, Table] = {}
        for recording, side, rev, origin_ns, blob in found:
            key = SeriesKey(
                athlete=athlete,
                run=run,
                recording=recording,
                side=side,
                rev=rev,
                origin_ns=origin_ns,
            )
            out[key] = unpack(blob, table)
        return out

    def held(self, athlete: str) -> dict[SeriesKey, dict[str, int]]:
        """Return what is there of an athlete: recordings, their tables, the numbers of rows."""
        with self._file.reading() as database:
            found = database.execute(
                "SELECT run, recording, side, rev, origin_ns, name, n FROM series"
                " WHERE athlete = ? ORDER BY run, recording, name",
                (athlete,),
            ).fetchall()
        out: dict[SeriesKey, dict[str, int]] = {}
        for run, recording, side, rev, origin_ns, name, n in found:
            key = SeriesKey(
                athlete=athlete,
                run=run,
                recording=recording,
                side=side,
                rev=rev,
                origin_ns=origin_ns,
            )
            out.setdefault(key, {})[name] = n
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

    def close(self) -> None:
        """Close the file. Twice is fine."""
        self._file.close()
