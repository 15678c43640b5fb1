"""Everything of one athlete as one zip of open formats; ``restoring`` brings it back.

Inside: ``README.txt``; ``logbook.json``, every row as it is; ``raw/``, the original bytes of
every recording; ``rows/<run>/<recording>/<table>.csv``, what was measured, with names and
units of docs/measures.md; ``fit/``, an activity for each run. Nothing in it needs catfoot to be
read.
"""

import json
import zipfile
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from ..errors import NotFound
from ..store import disk
from ..store.schema import KINDS, Row
from ..sync import runs
from ..training.entries import Recording, Run, as_json
from . import fitrun, rowsfile

if TYPE_CHECKING:
    from ..config import Stores

VERSION = 1

_README = """\
What catfoot kept about {name}, exported {at} UTC.

logbook.json     what was written down: runs, check-ins, strength sessions, answers, consents
access.json      who looked at which kind of it on which day
rows/            what was measured: rows/<run>/<recording>/<table>.csv, one line for a contact,
                 a reading or a moment of balance. The unit is the end of a column's name, times
                 are nanoseconds on the recording's clock, and an empty cell is not known.
                 With Parquet, each table lies beside itself as <table>.parquet, the same rows.
rows/index.json  which recording is which foot, and where its clock's 0 lies in UTC nanoseconds
fit/             every run as a FIT activity, one record a second, for other programs
raw/             the recordings themselves, byte for byte, named by their SHA-256

catfoot brings all of it back on another machine.
"""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds. ``missing`` are recordings whose original bytes are gone."""

    path: Path
    rows: int
    recordings: int
    tables: int
    missing: tuple[str, ...]


def export(
    stores: "Stores", athlete: str, path: Path, at: datetime, *, parquet: bool = False
) -> Exported:
    """Write everything of the athlete into a zip, made at ``at``; NotFound, StoreError.

    The file appears whole or not at all, and only its owner can read it. With ``parquet`` rows
    are in it twice, as CSV and as Parquet; ConfigError where its library is not installed. Imports
    and erasing wait meanwhile: all that is in it is of one moment.
    """
    disk.checked_athlete(athlete)
    with runs.alone(stores, athlete):
        return _exported(stores, athlete, path, at, parquet)


def _exported(stores: "Stores", athlete: str, path: Path, at: datetime, parquet: bool) -> Exported:
    name = stores.logbook.person(athlete).entry.name
    rows = stores.logbook.everything(athlete)
    temporary = path.with_name(f".{disk.new_id()}.tmp")
    try:
        with disk.failing(f"cannot write {path}"):
            disk.create(temporary).close()
            with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as out:
                out.writestr("README.txt", _README.format(name=name, at=f"{at:%Y-%m-%d %H:%M}"))
                out.writestr("logbook.json", _logbook_json(athlete, rows))
                out.writestr("access.json", _access_json(stores, athlete))
                missing = _write_raw(stores, athlete, rows, out)
                tables = _write_rows(stores, athlete, out, parquet)
                _write_fit(stores, athlete, rows, out)
            with temporary.open("rb+") as file:
                disk.sync(file.fileno())
            temporary.replace(path)
            disk.sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)
    recordings = sum(isinstance(row.entry, Recording) for row in rows) - len(missing)
    return Exported(path, len(rows), recordings, tables, missing)


def exported_file(stores: "Stores", athlete: str, job: str) -> Path:
    """Return where the server keeps an export until it is fetched; a day at most."""
    folder = stores.settings.data / "exports" / disk.checked_athlete(athlete)
    return disk.make_folder(folder) / f"{disk.checked_recording(job)}.zip"


def _logbook_json(athlete: str, rows: list[Row[Any]]) -> str:
    said = {
        "format": "catfoot export",
        "version": VERSION,
        "athlete": athlete,
        "rows": [
            {
                "kind": KINDS[type(row.entry)].name,
                "id": row.id,
                "created_at": row.created_at.isoformat(),
                "version": row.version,
                "author": row.author,
                "entry": as_json(row.entry),
            }
            for row in rows
        ],
    }
    return json.dumps(said, indent=1, ensure_ascii=False, allow_nan=False)


def _access_json(stores: "Stores", athlete: str) -> str:
    """Return the access record; a restore leaves it out, for nobody looked at that server's."""
    said = [
        {"day": str(s.day), "viewer": s.viewer, "kind": s.kind, "at": s.at.isoformat()}
        for s in stores.logbook.sights.of(athlete)
    ]
    return json.dumps(said, indent=1)


def _write_raw(
    stores: "Stores", athlete: str, rows: list[Row[Any]], out: zipfile.ZipFile
) -> tuple[str, ...]:
    """Write the original bytes; return the recordings that have none any more."""
    missing: list[str] = []
    for row in rows:
        if isinstance(row.entry, Recording):
            try:
                data = stores.raw.read(athlete, row.entry.content)
            except NotFound:
                missing.append(row.id)
            else:
                suffix = PurePosixPath(row.entry.name.replace("\\", "/")).suffix
                plain = suffix if suffix[1:].isalnum() and suffix.isascii() else ""
                out.writestr(f"raw/{row.entry.content}{plain}", data)
    return tuple(missing)


def _write_rows(stores: "Stores", athlete: str, out: zipfile.ZipFile, parquet: bool) -> int:
    index: list[dict[str, Any]] = []
    for key, held in stores.series.held(athlete).items():
        layouts: dict[str, list[list[str]]] = {}
        for name in held:
            table = stores.series.read(athlete, key.run, name)[key]
            layouts[name] = rowsfile.layout_of(table)
            member = f"rows/{key.run}/{key.recording}/{name}"
            out.writestr(f"{member}.csv", rowsfile.write(table))
            if parquet:
                data = rowsfile.write_parquet(table)
                out.writestr(f"{member}.parquet", data, zipfile.ZIP_STORED)
        index.append({"key": asdict(key), "tables": layouts})
    out.writestr("rows/index.json", json.dumps(index, indent=1))
    return sum(len(entry["tables"]) for entry in index)


def _write_fit(stores: "Stores", athlete: str, rows: list[Row[Any]], out: zipfile.ZipFile) -> None:
    for row in rows:
        if isinstance(row.entry, Run):
            tables = {
                name: {
                    key.recording: (key, table)
                    for key, table in stores.series.read(athlete, row.id, name).items()
                }
                for name in ("step", "reading")
            }
            ranked = [
                (found[0], {name: found[1]})
                for recording in stores.logbook.recordings(athlete, row.id)
                for name, by_recording in tables.items()
                if (found := by_recording.get(recording.id)) is not None
            ]
            if (activity := fitrun.activity(row.entry, ranked)) is not None:
                out.writestr(f"fit/{row.entry.day} {row.id[:8]}.fit", activity)
