"""One SQLite file of a store's own: made once, lent to threads, safe with several processes."""

import queue
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import StoreError
from . import disk

# How long a writer waits for another process: an import of a whole export holds the lock
# only while it writes one recording.
_BUSY_S = 30.0


class SqliteFile:
    """Connections to a file of schema ``version``, which ``schema`` makes where it is missing.

    Raises StoreError where the file cannot be opened, is damaged, or was written by a newer
    catfoot.
    """

    def __init__(self, path: Path, version: int, schema: str) -> None:
        self._path = path
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        disk.touch_private(path)  # SQLite gives its journals the same rights
        with disk.alone(path.with_name(path.name + ".lock")), self.reading() as database:
            (found,) = database.execute("PRAGMA user_version").fetchone()
            if found > version:
                raise StoreError(
                    f"{path.name} was written by a newer catfoot; update catfoot, or open"
                    " another data folder"
                )
            if found < version:
                # Stays with the file. Done under the lock: this statement does not wait.
                database.execute("PRAGMA journal_mode=WAL")
                database.executescript(f"BEGIN;{schema};PRAGMA user_version={version};COMMIT")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
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

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection in a transaction: committed at the end, undone if the block raises."""
        with self.reading() as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
                database.execute("COMMIT")
            except BaseException:
                if database.in_transaction:
                    database.execute("ROLLBACK")
                raise

    def scrub(self) -> None:
        """Leave no copy of deleted rows in the write-ahead log beside the file."""
        with self.reading() as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close the connections that nobody uses. Twice is fine."""
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                return


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, _BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA synchronous=FULL")
        database.execute("PRAGMA secure_delete=ON")
    except BaseException:
        database.close()
        raise
    return database
