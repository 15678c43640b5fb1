"""A copy of everything while the server runs, and the way back.

A backup folder holds one folder for each backup, the sealed recordings they share, which
never change, and the list of erased athletes, which is applied before anything is served.
"""

import hashlib
import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..config import RESTORING
from ..errors import ConfigError, FileError, StoreError
from ..store import disk
from .erasing import (
    BACKUP_FOLDERS,
    data_folder,
    erase,
    erased,
    forget_in_backups,
    is_erased,
    remember_erased,
    strike,
)

if TYPE_CHECKING:
    from ..config import Settings, Stores

_CHUNK = 1 << 20

# The logbook first: what it refers to is in the files that are copied after it, because rows
# and recordings are always written before it. "outbox.db" is on its way to InfluxDB.
_DATABASES = ("logbook.db", "series.db", "outbox.db")


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup: where it lies, how many recordings it names, how many of them were copied now.

    ``elsewhere`` says what must be backed up by its own means.
    """

    path: Path
    recordings: int
    copied: int
    size_bytes: int
    elsewhere: tuple[str, ...]


def back_up(stores: "Stores", folder: Path, at: datetime) -> Backup:
    """Copy everything into ``folder/<time>``; the server may go on writing. StoreError.

    A backup that was interrupted has no list of what it holds, and is not taken for one.
    """
    data = data_folder(stores)
    target = folder / f"{at:%Y%m%dT%H%M%SZ}"
    if target.exists():
        raise StoreError(f"{target} is there already")
    with disk.failing(f"cannot write the backup {target}"):
        disk.make_folder(target)
        disk.make_folder(folder / "raw")
        _remember_folder(data, folder)
        strike(folder, (row.id for row in stores.logbook.persons()))  # who came back since
        forget_in_backups(data, folder)
        hashes = {}
        for name in _DATABASES:
            if (data / name).is_file():
                _copy_database(data / name, target / name)
                hashes[name] = _sha256(target / name)
        recordings = [path.relative_to(data / "raw") for path in (data / "raw").glob("*/*.raw")]
        copied = [
            path for path in recordings if _copy_once(data / "raw" / path, folder / "raw" / path)
        ]
        for log in (data / "raw" / "open").glob("*/*.log"):
            copy = target / "open" / log.parent.name / log.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(log, copy)
            copy.chmod(0o600)
        said = {
            "format": "catfoot backup",
            "version": 1,
            "at": at.isoformat(),
            "databases": hashes,
            "recordings": sorted(path.as_posix() for path in recordings),
        }
        disk.write_file(target / "backup.json", json.dumps(said, indent=1).encode())
        size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
        size += sum((folder / "raw" / path).stat().st_size for path in copied)
    return Backup(target, len(recordings), len(copied), size, _elsewhere(stores))


def bring_back(settings: "Settings", path: Path) -> int:
    """Fill the settings' empty data folder from a backup; return how many athletes it has.

    Whoever was erased since the backup is erased again before this returns. Stopped at any
    point, doing it again goes on; until it is done nothing opens the folder. FileError where
    the backup is not whole, ConfigError where the data folder is in use.
    """
    data = settings.data
    marker = data / RESTORING
    said = _checked(path)
    mine = _sha256(path / "backup.json")
    if marker.is_file():
        if marker.read_text() != mine:
            raise ConfigError(
                f"data: {data} is being filled from another backup; finish that, or empty it"
            )
    elif any((data / name).exists() for name in (*_DATABASES, "raw")):
        raise ConfigError(f"data: {data} is not empty; name another folder to restore into")
    pool = path.parent / "raw"
    with disk.failing(f"cannot restore into {data}"):
        disk.make_folder(data)
        disk.write_file(marker, mine.encode())
        for name in said["recordings"]:
            athlete, _, file = name.partition("/")
            disk.checked_athlete(athlete)
            disk.checked_content(file.removesuffix(".raw"))
            if (pool / name).is_file():  # an erased athlete's are gone from every backup
                _copy_once(pool / name, data / "raw" / name)
        for log in (path / "open").glob("*/*.log"):
            _copy_once(log, data / "raw" / "open" / log.parent.name / log.name)
        remember_erased(data, erased(path.parent))
        for name in said["databases"]:
            if not (data / name).is_file():  # perhaps changed since, by erasing
                _copy_durably(path / name, data / name)
    athletes = _without_erased(settings, data)
    marker.unlink()
    return athletes


def _without_erased(settings: "Settings", data: Path) -> int:
    from ..config import open_stores

    with open_stores(settings, restoring=True) as stores:
        hashes = erased(data)
        people = [row.id for row in stores.logbook.persons()]
        begun = {path.name for path in (data / "erasing").glob("*")}
        for athlete in {*people, *begun}:
            if is_erased(hashes, athlete):
                erase(stores, athlete)
        for folder in (*(data / "raw").glob("*"), *(data / "raw" / "open").glob("*")):
            if is_erased(hashes, folder.name):
                stores.raw.forget(folder.name)
        return len(stores.logbook.persons())


def _checked(path: Path) -> dict[str, dict[str, str]]:
    try:
        said: dict[str, dict[str, str]] = json.loads((path / "backup.json").read_bytes())
        for name, hash in said["databases"].items():
            if name not in _DATABASES or _sha256(path / name) != hash:
                raise FileError(f"{path}: {name} was changed since it was backed up")
    except (OSError, ValueError, KeyError) as fault:
        raise FileError(f"{path}: it is not a whole backup of catfoot") from fault
    return said


def _copy_database(source: Path, target: Path) -> None:
    try:
        disk.touch_private(target)
        with closing(sqlite3.connect(source)) as from_, closing(sqlite3.connect(target)) as to:
            from_.backup(to)
            to.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as fault:
        raise StoreError(f"{source.name} cannot be backed up: {fault}") from fault
    with target.open("rb+") as file:
        disk.sync(file.fileno())


def _remember_folder(data: Path, folder: Path) -> None:
    """Write down where backups are, so that erasing reaches them."""
    path = data / BACKUP_FOLDERS
    known = path.read_text().splitlines() if path.is_file() else []
    if str(folder.absolute()) not in known:
        text = "".join(f"{line}\n" for line in (*known, folder.absolute()))
        disk.write_file(path, text.encode())


def _copy_durably(source: Path, target: Path) -> None:
    """Copy a file of any size; it appears whole or not at all."""
    temporary = target.with_name(f".{disk.new_id()}.tmp")
    try:
        with source.open("rb") as old, disk.create(temporary) as new:
            shutil.copyfileobj(old, new, _CHUNK)
            new.flush()
            disk.sync(new.fileno())
        temporary.replace(target)
        disk.sync_folder(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _copy_once(source: Path, target: Path) -> bool:
    """Copy a file that never changes, unless it is there; it appears whole or not at all."""
    if target.is_file():
        return False
    disk.write_file(target, source.read_bytes())
    return True


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _elsewhere(stores: "Stores") -> tuple[str, ...]:
    found = []
    if stores.settings.logbook_url is not None:
        found.append("the logbook's database, with its own tool (pg_dump)")
    if stores.settings.series_url is not None:
        found.append("the InfluxDB bucket, with its own tool (influxd backup)")
    return tuple(found)
