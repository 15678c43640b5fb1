"""Erasing an athlete from every store, and proving it.

What was begun is finished after a crash: a file ``erasing/<athlete>`` stands until all is
gone, and holds what to look for. ``erased.txt`` keeps a hash of every erased id, here and in
every backup folder, so that a backup from before does not bring anybody back.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CatfootError, NotFound, StoreError
from ..pairing import Claims
from ..store import disk
from ..store.schema import Job
from ..sync import runs
from ..training.entries import as_json
from .searching import LONGEST, SHORTEST, search, sha256_of

if TYPE_CHECKING:
    from ..config import Stores

#: Lists the folders that backups were made into.
BACKUP_FOLDERS = "backup-folders.txt"


@dataclass(frozen=True, slots=True)
class Erased:
    """What went: rows of the logbook, tables of the series, recordings of the raw store.

    ``searched_files`` were read through afterwards for every id, hash and text of the
    athlete, ``searched_for`` of them. ``backups_away`` are backup folders that were not there
    to be told; the next backup into them, or a restore from them beside this list, does it.
    """

    rows: int
    tables: int
    recordings: int
    searched_files: int
    searched_for: int
    backups_away: tuple[str, ...] = ()


def erase(stores: "Stores", athlete: str) -> Erased:
    """Remove everything that any store has of the athlete; doing it again is fine.

    Raises StoreError, naming it, where something is found afterwards.
    """
    folder = data_folder(stores)
    disk.checked_athlete(athlete)
    with runs.alone(stores, athlete):
        names = _names(stores, athlete)
        marker = folder / "erasing" / athlete
        needles = {athlete, *names, *_noted(marker), *_texts(stores, athlete)}
        disk.write_file(marker, json.dumps(sorted(needles)).encode())
        away = _tell_backups(folder, athlete)
        count = stores.logbook.count(athlete)
        _discard_uploads(folder, stores.logbook.jobs(athlete), names)
        # The logbook first: nobody sees the athlete any more, and no import can commit.
        stores.logbook.erase(athlete)
        tables = stores.series.drop(athlete)
        if stores.board is not None:
            stores.board.drop(athlete)
        recordings = len(stores.raw.contents(athlete))
        stores.raw.forget(athlete)
        for copy in folder.glob("*.before-update"):
            copy.unlink()  # the logbook before a migration, with everybody in it
        disk.remove_tree(folder / "outbox" / "raw" / "open" / athlete)  # on its way elsewhere
        disk.remove_tree(folder / "exports" / athlete)
        (folder / "locks" / athlete).unlink(missing_ok=True)
        Claims(folder / "pods.json").forget(athlete)
    left = [*stores.logbook.mentions(athlete), *stores.series.traces(athlete)]
    if stores.board is not None:
        left += stores.board.traces(athlete)
    if left:
        raise StoreError(
            f"{', '.join(left)} still name the athlete {athlete}: written meanwhile, or the"
            " store cannot forget; erase them again"
        )
    marker.unlink(missing_ok=True)
    searched = _search(folder, needles)
    return Erased(count, tables, recordings, searched, len(needles), away)


def finish_erasing(stores: "Stores") -> list[str]:
    """Erase whoever was to be erased when the program stopped; return their ids.

    One that fails holds up no other; the first fault is raised when all were tried.
    """
    begun = sorted(path.name for path in (data_folder(stores) / "erasing").glob("[!.]*"))
    faults: list[CatfootError] = []
    for athlete in begun:
        try:
            erase(stores, athlete)
        except CatfootError as fault:  # who is erased after them waits for nobody
            faults.append(fault)
    if faults:
        raise faults[0]
    return begun


def begin_erasing(stores: "Stores", athlete: str) -> None:
    """Write down that an athlete is to be erased: ``finish_erasing`` does it, also after a crash."""
    marker = data_folder(stores) / "erasing" / disk.checked_athlete(athlete)
    if not marker.is_file():
        disk.write_file(marker, b"[]")


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


def let_return(stores: "Stores", athlete: str) -> None:
    """Take an athlete who comes back by their own export off the lists of the erased.

    Where a backup folder is not there now, the next backup into it does that.
    """
    data = data_folder(stores)
    for folder in (data, *_backup_folders(data)):
        if folder.is_dir():
            strike(folder, [athlete])


def strike(folder: Path, athletes: Iterable[str]) -> None:
    """Take athletes who are here again off a folder's list of the erased."""
    back = {_hashed(athlete) for athlete in athletes}
    with disk.alone(folder / "erased.txt.lock"):
        known = set(erased(folder))
        if known & back:
            text = "".join(f"{line}\n" for line in sorted(known - back))
            disk.write_file(folder / "erased.txt", text.encode())


def forget_in_backups(data: Path, backups: Path) -> None:
    """Bring a backup folder's list up to date, and take the erased out of what backups share."""
    remember_erased(backups, erased(data))
    hashes = erased(backups)
    for kept in (backups / "raw").glob("*"):
        if is_erased(hashes, kept.name):
            disk.remove_tree(kept)


def data_folder(stores: "Stores") -> Path:
    """Return the data folder of open stores."""
    return stores.settings.data


def _hashed(athlete: str) -> str:
    return hashlib.sha256(f"catfoot erased {athlete}".encode()).hexdigest()


def _tell_backups(folder: Path, athlete: str) -> tuple[str, ...]:
    """Write down who is erased, here and where backups are; return the folders not there."""
    remember_erased(folder, [_hashed(athlete)])
    away = []
    for backups in _backup_folders(folder):
        if (backups / "raw").is_dir():
            forget_in_backups(folder, backups)
        else:
            away.append(str(backups))
    return tuple(away)


def _backup_folders(folder: Path) -> list[Path]:
    path = folder / BACKUP_FOLDERS
    return [Path(line) for line in path.read_text().splitlines()] if path.is_file() else []


def _names(stores: "Stores", athlete: str) -> set[str]:
    """Return every id and hash by which a store may know something of the athlete."""
    names = set(stores.raw.contents(athlete))
    for row in stores.logbook.everything(athlete):
        names.add(row.id)
        names |= {getattr(row.entry, name, None) or "" for name in ("content", "run")}
    names |= {job.id for job in stores.logbook.jobs(athlete)}
    names |= {a.id for a in stores.logbook.accounts.accounts() if a.athlete == athlete}
    # What two athletes share, such as one file that both imported, proves nothing.
    return {name for name in names if len(name) in (32, 64)} - _others(stores, athlete)[0]


def _texts(stores: "Stores", athlete: str) -> set[str]:
    """Return every text of the athlete's that no other athlete's entries hold."""
    found: set[str] = set()
    try:
        found.add(stores.logbook.person(athlete).entry.name)
    except NotFound:
        return found
    for row in stores.logbook.everything(athlete):
        found |= set(_strings(as_json(row.entry)))
    for account in stores.logbook.accounts.accounts():
        if account.athlete == athlete:
            found |= {account.login, account.name}
    _, said = _others(stores, athlete)
    return {
        text
        for text in found
        if len(text.encode()) >= SHORTEST and text[:LONGEST] not in said and not _common(text)
    }


def _common(text: str) -> bool:
    """Tell whether a text is a word of catfoot's own: a code, a device, a unit."""
    return text.isascii() and text.replace("_", "").isalnum() and text.islower()


def _others(stores: "Stores", athlete: str) -> tuple[set[str], str]:
    """Return ids and hashes of everybody else, and all that their entries say."""
    ids: set[str] = set()
    said: list[str] = []
    for person in stores.logbook.persons():
        if person.id != athlete:
            for row in stores.logbook.everything(person.id):
                texts = list(_strings(as_json(row.entry)))
                ids |= {row.id, *(text for text in texts if len(text) in (32, 64))}
                said += texts
    return ids, "\n".join(said)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _noted(marker: Path) -> set[str]:
    """Return what an erasing that broke off wanted to look for."""
    try:
        return set(json.loads(marker.read_bytes()))
    except (FileNotFoundError, ValueError):
        return set()


def _discard_uploads(folder: Path, jobs: Iterable[Job], names: set[str]) -> None:
    """Remove the athlete's uploads: those that jobs name, and any whose bytes are known."""
    incoming = folder / "incoming"
    theirs = {Path(str(job.payload.get("path", ""))) for job in jobs}
    for path in incoming.glob("*"):
        if path in theirs or sha256_of(path) in names:
            path.unlink(missing_ok=True)


def _search(folder: Path, names: set[str]) -> int:
    """Read every file but other athletes' recordings; StoreError where a name is left.

    In a process of its own: SQLite's locks are POSIX's, which a process loses on a file as soon
    as it closes any descriptor of it, and another could take the log away from under its writers.
    """
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as reader:
            return reader.submit(search, folder, names).result()
    except (OSError, BrokenExecutor) as fault:
        raise StoreError(f"the files cannot be searched after erasing: {fault}") from fault
