"""What is on its way to another server: durable here until that server has it.

A letter is all tables of one recording. It stays until it was delivered; one that the server
refuses for what it is stays too, as a dead letter, so nothing accepted is ever lost.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..signal.tables import Table
from . import disk
from .packing import pack, unpack
from .series import SeriesKey, checked
from .sqlite import SqliteFile

_VERSION = 1

_SCHEMA = """
CREATE TABLE letter (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    athlete TEXT NOT NULL,
    run TEXT NOT NULL,
    recording TEXT NOT NULL,
    side TEXT NOT NULL,
    rev INTEGER NOT NULL,
    origin_ns INTEGER NOT NULL,
    sizes TEXT NOT NULL,
    data BLOB NOT NULL,
    why TEXT,
    UNIQUE (athlete, run, recording)
)
"""

_HEAD = "seq, athlete, run, recording, side, rev, origin_ns, sizes, why"


@dataclass(frozen=True, slots=True)
class Letter:
    """One recording on its way; ``sizes`` are the packed bytes of each of its tables.

    ``why`` says for what reason the server refused it, None while it waits.
    """

    seq: int
    key: SeriesKey
    sizes: Mapping[str, int]
    why: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What has not reached the server: recordings, their bytes here, and dead letters."""

    recordings: int
    size_bytes: int
    dead: int


class Outbox:
    """Letters in one SQLite file, oldest first; safe for several threads and processes."""

    def __init__(self, path: Path) -> None:
        self._lock = path.with_name(path.name + ".delivery")
        self._file = SqliteFile(path, _VERSION, _SCHEMA)

    def put(self, key: SeriesKey, tables: Mapping[str, Table]) -> None:
        """Accept a recording, in the place of what waits of it unless that is newer."""
        mine = (checked(key).athlete, key.run, key.recording)
        packed = {name: pack(table) for name, table in tables.items()}
        sizes = json.dumps({name: len(blob) for name, blob in packed.items()})
        with self._file.writing() as database:
            newer = database.execute(
                "SELECT 1 FROM letter WHERE athlete = ? AND run = ? AND recording = ? AND rev > ?",
                (*mine, key.rev),
            ).fetchone()
            if newer:
                return
            # A replaced letter gets a new number, so that whoever delivers the old one
            # does not take the new one away.
            database.execute(
                "INSERT OR REPLACE INTO letter"
                " (athlete, run, recording, side, rev, origin_ns, sizes, data)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*mine, key.side, key.rev, key.origin_ns, sizes, b"".join(packed.values())),
            )

    def letters(self, athlete: str | None = None, run: str | None = None) -> list[Letter]:
        """Return what waits and what is dead, of one athlete or run or of all, oldest first."""
        with self._file.reading() as database:
            found = database.execute(
                f"SELECT {_HEAD} FROM letter"
                " WHERE athlete = coalesce(?1, athlete) AND run = coalesce(?2, run) ORDER BY seq",
                (athlete, run),
            ).fetchall()
        return [_letter(*row) for row in found]

    def tables(self, letter: Letter) -> dict[str, Table] | None:
        """Return the tables of a letter, None where it is no longer here."""
        with self._file.reading() as database:
            found = database.execute(
                "SELECT data FROM letter WHERE seq = ?", (letter.seq,)
            ).fetchone()
        if found is None:
            return None
        tables: dict[str, Table] = {}
        at = 0
        for name, size in letter.sizes.items():
            tables[name] = unpack(found[0][at : at + size], name)
            at += size
        return tables

    def delivered(self, letter: Letter) -> None:
        """Let a letter go, unless another took its place meanwhile."""
        with self._file.writing() as database:
            database.execute("DELETE FROM letter WHERE seq = ?", (letter.seq,))

    def bury(self, letter: Letter, why: str) -> None:
        """Keep a letter that the server will never take, with the reason."""
        with self._file.writing() as database:
            database.execute("UPDATE letter SET why = ? WHERE seq = ?", (why, letter.seq))

    def revive(self) -> int:
        """Let all dead letters wait again; return how many there were."""
        with self._file.writing() as database:
            return database.execute("UPDATE letter SET why = NULL WHERE why IS NOT NULL").rowcount

    def drop(self, athlete: str, run: str | None = None, recording: str | None = None) -> None:
        """Forget an athlete, a run or a recording, overwriting what was here."""
        with self._file.writing() as database:
            database.execute(
                "DELETE FROM letter WHERE athlete = ?1"
                " AND run = coalesce(?2, run) AND recording = coalesce(?3, recording)",
                (athlete, run, recording),
            )
        self._file.scrub()

    def waiting(self) -> Waiting:
        """Return how much has not reached the server."""
        with self._file.reading() as database:
            found = database.execute(
                "SELECT count(*) FILTER (WHERE why IS NULL), total(length(data)), count(why)"
                " FROM letter"
            ).fetchone()
        return Waiting(found[0], int(found[1]), found[2])

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold off everybody else who delivers or drops."""
        with disk.alone(self._lock):
            yield

    def close(self) -> None:
        """Close the file. Twice is fine."""
        self._file.close()


def _letter(
    seq: int,
    athlete: str,
    run: str,
    recording: str,
    side: str,
    rev: int,
    origin_ns: int,
    sizes: str,
    why: str | None,
) -> Letter:
    key = SeriesKey(
        athlete=athlete,
        run=run,
        recording=recording,
        side=side,  # type: ignore[arg-type]
        rev=rev,
        origin_ns=origin_ns,
    )
    return Letter(seq, key, json.loads(sizes), why)
