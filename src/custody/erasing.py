"""Erasing an athlete from every store, and proving it.

What was begun is finished after a crash: a file ``erasing/<athlete>`` stands until all is
gone. ``erased.txt`` keeps a hash of every erased id, so that a backup from before does not
bring anybody back.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import StoreError
from ..pairing import Claims
from ..store import disk
from ..store.schema import Job
from ..sync import runs
from ..training.entries import Recording

if TYPE_CHECKING:
    from ..config import Stores

# Ids and hashes are 32 or 64 hex digits; in a database file they may touch each other.
_HEX = re.compile(rb"[0-9a-f]{32,}")
_ID, _HASH = 32, 64

_CHUNK = 1 << 24


@dataclass(frozen=True, slots=True)
class Erased:
    """What went: rows of the logbook, tables of the series, recordings of the raw store.

    ``searched_files`` were read through afterwards for every id and hash of the athlete.
    """

    rows: int
    tables: int
    recordings: int
    searched_files: int


def erase(stores: "Stores", athlete: str) -> Erased:
    """Remove everything that any store has of the athlete; doing it again is fine.

    Raises StoreError, naming it, where something is found afterwards.
    """
    folder = data_folder(stores)
    disk.checked_athlete(athlete)
    with runs.alone(stores, athlete):
        names = _names(stores, athlete)
        disk.write_file(folder / "erasing" / athlete, b"")
        remember_erased(folder, [_hashed(athlete)])
        count = stores.logbook.count(athlete)
        _discard_uploads(folder, stores.logbook.jobs(athlete))
        # The logbook first: nobody sees the athlete any more, and no import can commit.
        stores.logbook.erase(athlete)
        tables = stores.series.drop(athlete)
        recordings = len(stores.raw.contents(athlete))
        stores.raw.forget(athlete)
        for copy in folder.glob("*.before-update"):
            copy.unlink()  # the logbook before a migration, with everybody in it
        (folder / "locks" / athlete).unlink(missing_ok=True)
        Claims(folder / "pods.json").forget(athlete)
    if stores.logbook.count(athlete) or stores.series.held(athlete):
        raise StoreError(f"rows of the athlete {athlete} were written meanwhile; erase them again")
    (folder / "erasing" / athlete).unlink(missing_ok=True)
    searched = _search(folder, {athlete, *names})
    return Erased(count, tables, recordings, searched)


def finish_erasing(stores: "Stores") -> list[str]:
    """Erase whoever was to be erased when the program stopped; return their ids."""
    begun = sorted(path.name for path in (data_folder(stores) / "erasing").glob("*"))
    for athlete in begun:
        erase(stores, athlete)
    return begun


def is_erased(hashes: Iterable[str], athlete: str) -> bool:
    """Tell whether a list of erased ids names the athlete."""
    return _hashed(athlete) in set(hashes)


def erased(folder: Path) -> list[str]:
    """Return the hashes of the ids that were erased, as the folder's list has them."""
    path = folder / "erased.txt"
    return path.read_text().split() if path.is_file() else []


def remember_erased(folder: Path, hashes: Iterable[str]) -> None:
    """Add hashes of ids to the folder's list."""
    with disk.alone(folder / "erased.txt.lock"):
        known = set(erased(folder))
        if not known >= set(hashes):
            text = "".join(f"{line}\n" for line in sorted(known | set(hashes)))
            disk.write_file(folder / "erased.txt", text.encode())


def data_folder(stores: "Stores") -> Path:
    """Return the data folder of open stores."""
    return stores.settings.data


def _hashed(athlete: str) -> str:
    return hashlib.sha256(f"catfoot erased {athlete}".encode()).hexdigest()


def _names(stores: "Stores", athlete: str) -> set[str]:
    """Return every id and hash by which a store may know something of the athlete."""
    names = set(stores.raw.contents(athlete))
    for row in stores.logbook.everything(athlete):
        names.add(row.id)
        if isinstance(row.entry, Recording):
            names |= {row.entry.content, row.entry.run}
    names |= {job.id for job in stores.logbook.jobs(athlete)}
    names |= {a.id for a in stores.logbook.accounts.accounts() if a.athlete == athlete}
    return {name for name in names if len(name) in (_ID, _HASH)}


def _discard_uploads(folder: Path, jobs: Iterable[Job]) -> None:
    incoming = folder / "incoming"
    for job in jobs:
        path = Path(str(job.payload.get("path", "")))
        if path.parent == incoming:
            path.unlink(missing_ok=True)


def _search(folder: Path, names: set[str]) -> int:
    """Read every file but other athletes' recordings; StoreError where a name is left."""
    wanted = {name.encode() for name in names}
    searched = 0
    for path in sorted(folder.rglob("*")):
        if any(name in str(path.relative_to(folder)) for name in names):
            raise StoreError(f"{path} is still there after erasing; remove it by hand")
        if path.is_file() and path.suffix != ".raw":
            searched += 1
            for token in _tokens(path):
                if _within(token, wanted):
                    raise StoreError(f"{path} still names the athlete after erasing")
    return searched


def _tokens(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            kept = b""
            while chunk := file.read(_CHUNK):
                yield from (found.group() for found in _HEX.finditer(kept + chunk))
                kept = chunk[-2 * _HASH :]
    except FileNotFoundError:
        return  # a journal or lock that went meanwhile


def _within(token: bytes, wanted: set[bytes]) -> bool:
    return any(
        token[i : i + size] in wanted for size in (_ID, _HASH) for i in range(len(token) - size + 1)
    )
