"""The series on SQLite: one row for each table of a recording, packed and compressed."""

import queue
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ..errors import StoreError
from ..signal.tables import Table
from . import disk
from .packing import pack, unpack
from .series import SeriesKey

_VERSION = 1

_SCHEMA = """
CREATE TABLE IF NOT EXISTS series (
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

# How long a writer waits for another process: an import of a whole export holds the lock
# only while it writes one recording.
_BUSY_S = 30.0


class EmbeddedSeries:
    """What was measured, in one SQLite file; safe for several threads and processes.

    Raises StoreError where the file cannot be opened, is damaged, or was written by a newer
    catfoot.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        disk.make_folder(path.parent)
        with disk.alone(path.with_name(path.name + ".lock")), self._connection() as database:
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if version > _VERSION:
                raise StoreError(
                    f"{path.name} was written by a newer catfoot; update catfoot, or open"
                    " another data folder"
                )
            if version < _VERSION:
                # Stays with the file. Done under the lock: this statement does not wait.
                database.execute("PRAGMA journal_mode=WAL")
                database.execute(_SCHEMA)
                database.execute(f"PRAGMA user_version={_VERSION}")

    def write(self, key: SeriesKey, tables: Mapping[str, Table]) -> None:
        """Store all tables of one recording, replacing what it had, all or nothing.

        An older revision than the one stored changes nothing: the newest is what is read.
        """
        disk.checked_athlete(key.athlete)
        packed = {name: pack(table) for name, table in tables.items()}
        mine = (key.athlete, key.run, key.recording)
        with self._writing() as database:
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
        with self._connection() as database:
            found = database.execute(
                "SELECT recording, side, rev, origin_ns, data FROM series"
                " WHERE athlete = ? AND run = ? AND name = ? ORDER BY recording",
                (athlete, run, table),
            ).fetchall()
        out: dict[SeriesKey, Table] = {}
        for recording, side, rev, origin_ns, blob in found:
            key = SeriesKey(
                athlete=athlete, run=run, recording=recording, side=side, rev=rev,
                origin_ns=origin_ns,
            )  # fmt: skip
            out[key] = unpack(blob, table)
        return out

    def drop(self, athlete: str, run: str | None = None, recording: str | None = None) -> int:
        """Forget an athlete, a run or a recording; return how many tables went.

        Nothing of it stays in the file or beside it: freed pages are overwritten.
        """
        where, values = "athlete = ?", [athlete]
        for column, value in (("run", run), ("recording", recording)):
            if value is not None:
                where, values = f"{where} AND {column} = ?", [*values, value]
        with self._writing() as database:
            gone = database.execute(f"DELETE FROM series WHERE {where}", values).rowcount
        with self._connection() as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return gone

    def close(self) -> None:
        """Close the file. Twice is fine."""
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                return

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._connection() as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
                database.execute("COMMIT")
            except BaseException:
                if database.in_transaction:
                    database.execute("ROLLBACK")
                raise

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection to one caller; its faults become one sentence."""
        try:
            try:
                database = self._idle.get_nowait()
            except queue.Empty:
                database = _connect(self._path)
            try:
                yield database
            finally:
                self._idle.put(database)
        except sqlite3.Error as fault:
            raise StoreError(f"{self._path.name} cannot be used: {fault}") from fault


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, _BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA synchronous=FULL")
        database.execute("PRAGMA secure_delete=ON")
    except BaseException:
        database.close()
        raise
    return database
