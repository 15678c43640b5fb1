"""An export brought back, row for row, after all of it has been read and found sound.

A zip comes from anywhere. Nothing in it becomes a path, no size that it claims is believed beyond
what a recording can have, and nothing is stored before everything has been read once.
"""

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, get_args

from ..errors import Conflict, FileError
from ..signal.tables import Side, Table
from ..store import disk
from ..store.schema import KINDS, Row, row_values
from ..store.series import SeriesKey, checked
from ..sync import runs
from ..training.consent import DASHBOARDS, Consent
from ..training.entries import Person, Recording, Run, from_json
from . import rowsfile
from .archive import VERSION
from .erasing import let_return

if TYPE_CHECKING:
    from ..config import Stores

# A member that claims to be larger than these is no export of ours.
_LARGEST_RECORDING = 2_000_000_000
_LARGEST_TEXT = 256_000_000

# Columns and tables: what every store can hold, and no query can mistake.
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_NUMBER = re.compile(r"[<|][iuf][1248]")
_MOST_COLUMNS = 500
_INT64 = 1 << 63

_KINDS: Mapping[str, type] = {table.name: kind for kind, table in KINDS.items()}

# What reading something that somebody made up may raise; RecursionError is a RuntimeError.
_UNSOUND = (
    zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, LookupError, AttributeError,
    ArithmeticError, TypeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Restored:
    """Who was brought back, with how much."""

    athlete: str
    name: str
    rows: int
    recordings: int
    tables: int


def restore(stores: "Stores", path: Path) -> Restored:
    """Bring back what an export holds; Conflict where the athlete is here already.

    Raises FileError, before anything is stored, where the zip is not whole and sound. After a
    crash in the middle, doing it again finishes it: the logbook comes last. Whoever was erased
    here and comes back is not among the erased any more.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            inside = _Inside(archive, path.name)
            # Everything is read through before anything is stored.
            for _ in (*inside.originals(), *inside.keys()):
                pass
            for _ in inside.tables():
                pass
            with runs.alone(stores, inside.athlete):
                return _stored(stores, inside, path.name)
    except _UNSOUND as fault:
        raise FileError(f"{path.name}: it is not a whole export of catfoot ({fault})") from fault
    except OSError as fault:
        raise FileError(f"{path.name}: cannot be read ({fault.strerror})") from fault


def _stored(stores: "Stores", inside: "_Inside", name: str) -> Restored:
    athlete = inside.athlete
    if stores.logbook.count(athlete):
        raise Conflict(f"{name}: this athlete is here already; erase them first")
    let_return(stores, athlete)
    try:
        recordings = sum(1 for data in inside.originals() if stores.raw.keep(athlete, data))
        tables = 0
        for key, found in inside.tables():
            stores.series.write(key, found)
            tables += len(found)
        # Another server has other dashboards, and nobody there was let see anything yet.
        rows = [row for row in inside.rows if not _for_dashboards(row.entry)]
        stores.logbook.put_back(athlete, rows)
    except Exception:
        # Nobody has these bytes and rows: a row of the logbook is somebody else's, or no room.
        stores.series.drop(athlete)
        stores.raw.forget(athlete)
        raise
    return Restored(athlete, inside.name, len(rows), recordings, tables)


def _for_dashboards(entry: object) -> bool:
    return isinstance(entry, Consent) and entry.viewer == DASHBOARDS.id


class _Inside:
    """What an export says, checked as it is read."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        said = json.loads(self._read("logbook.json", _LARGEST_TEXT))
        if said["format"] != "catfoot export":
            raise ValueError("another format")
        if said["version"] > VERSION:
            raise FileError(f"{name}: it was exported by a newer catfoot; update catfoot")
        self.athlete = disk.checked_athlete(said["athlete"])
        self.rows = [self._row(row) for row in said["rows"]]
        self._index = json.loads(self._read("rows/index.json", _LARGEST_TEXT))
        self.name = self._checked_rows()

    def originals(self) -> Iterator[bytes]:
        """Yield the original bytes of every recording that has them."""
        known = {row.entry.content for row in self.rows if isinstance(row.entry, Recording)}
        for member in self._archive.namelist():
            folder, _, file = member.partition("/")
            if folder == "raw" and file:
                content = PurePosixPath(file).stem
                data = self._read(member, _LARGEST_RECORDING)
                if content not in known or hashlib.sha256(data).hexdigest() != content:
                    raise FileError(f"{self._name}: {member} is not what its name says")
                yield data

    def keys(self) -> Iterator[SeriesKey]:
        """Yield whose rows there are; ValueError where one is there twice or cannot be."""
        found: set[tuple[str, str]] = set()
        for entry in self._index:
            key = checked(SeriesKey(**entry["key"]))
            if key.athlete != self.athlete:
                raise ValueError("rows of another athlete")
            if key.side not in get_args(Side):
                raise ValueError(f"no foot is called {key.side!r:.40}")
            _whole(key.rev, 1)
            _whole(key.origin_ns, -_INT64)
            if (key.run, key.recording) in found:
                raise ValueError("rows of one recording twice")
            found.add((key.run, key.recording))
            yield key

    def tables(self) -> Iterator[tuple[SeriesKey, dict[str, Table]]]:
        """Yield the tables of every recording that the logbook has."""
        known = {(r.entry.run, r.id) for r in self.rows if isinstance(r.entry, Recording)}
        for key, entry in zip(self.keys(), self._index, strict=True):
            if (key.run, key.recording) in known:  # an import may have been on its way
                where = f"rows/{key.run}/{key.recording}"
                yield (
                    key,
                    {
                        name: self._table(f"{where}/{_named(name)}.csv", layout)
                        for name, layout in entry["tables"].items()
                    },
                )

    def _table(self, member: str, layout: list[list[str]]) -> Table:
        if len(layout) > _MOST_COLUMNS:
            raise ValueError(f"{len(layout)} columns")
        for name, kind in layout:
            _named(name)
            if not _NUMBER.fullmatch(kind):
                raise ValueError(f"{name}: expected a column of numbers, got {kind!r:.40}")
        data = self._read(member, _LARGEST_TEXT)
        return rowsfile.read(data, layout, f"{self._name}: {member}")

    def _row(self, said: dict[str, Any]) -> Row[Any]:
        entry = said["entry"]
        if not isinstance(entry, dict):
            raise TypeError("an entry without words")
        return Row(
            id=disk.checked_recording(said["id"]),
            athlete=self.athlete,
            created_at=_aware(said["created_at"]),
            version=_whole(said["version"], 1),
            author=disk.checked_recording(said["author"]),
            entry=from_json(_KINDS[said["kind"]], entry),
        )

    def _checked_rows(self) -> str:
        """Return the athlete's name; ValueError where no logbook could have these rows."""
        people = [(row.id, row.entry) for row in self.rows if isinstance(row.entry, Person)]
        if len(people) != 1 or people[0][0] != self.athlete:
            raise ValueError(f"expected the athlete as the one person, got {len(people)}")
        if len({(type(row.entry), row.id) for row in self.rows}) != len(self.rows):
            raise ValueError("a row twice")
        of_runs = {row.id for row in self.rows if isinstance(row.entry, Run)}
        recordings = [row.entry for row in self.rows if isinstance(row.entry, Recording)]
        if not {entry.run for entry in recordings} <= of_runs:
            raise ValueError("a recording of no run")
        for entry in recordings:
            disk.checked_content(entry.content)
        for row in self.rows:
            for value in row_values(row).values():
                if isinstance(value, int):
                    _whole(value, -_INT64)
                json.dumps(value, ensure_ascii=False, default=str).encode()  # no half characters
        return people[0][1].name

    def _read(self, member: str, largest: int) -> bytes:
        about = self._archive.getinfo(member)
        if about.file_size > largest:
            raise FileError(f"{self._name}: {member} is larger than any that catfoot writes")
        if about.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError(f"{member}: packed in a way that catfoot does not")
        return self._archive.read(about)


def _aware(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"expected an instant with its offset, got {text}")
    return at


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r:.40} is no name of a table or column")
    return name


def _whole(number: int, least: int) -> int:
    if type(number) not in (int, bool) or not least <= number < _INT64:
        raise ValueError(f"expected a whole number of 64 bits, got {number!r:.40}")
    return number
