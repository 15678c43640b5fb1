"""Everything at a path: a file, a folder, an archive, a whole export; one line per file.

Stopped at any point and started again it goes on where it was: what is there already is
known by its bytes and not decoded again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..errors import FileError, NotRunning
from ..ingest.files import Options, archive, sniff
from ..ingest.files.archive import Limits, Member
from .imports import Imported, import_bytes

if TYPE_CHECKING:
    from ..config import Stores

Outcome = Literal["imported", "joined", "already", "skipped", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What became of one file: ``skipped`` is no run, ``refused`` is a run that is not sound.

    ``why`` is one sentence, for the two.
    """

    file: str
    outcome: Outcome
    imported: Imported | None = None
    why: str | None = None

    def flat(self) -> dict[str, Any]:
        """Return one flat JSON object, as ``Imported.flat`` for what was imported."""
        if self.imported is not None:
            return {**self.imported.flat(), "file": self.file}
        return {"file": self.file, "state": self.outcome, "error": self.why}


def import_path(
    stores: "Stores",
    athlete: str | Callable[[], str],
    path: Path,
    options: Options | None = None,
    *,
    name: str | None = None,
    force: bool = False,
    limits: Limits | None = None,
    inside: bool = False,
) -> Iterator[Line]:
    """Import whatever is at ``path`` and yield a line for every file as it is done.

    ``athlete`` is an id, or what returns one and is asked once a sound file was found;
    ``name`` is what a person calls the path; ``inside`` means that nobody chose this very file,
    so that what is no activity is skipped and not refused. Raises FileError where the path or the archive
    itself cannot be read; a bad file inside is a line.
    """
    if not path.exists():
        raise FileError(f"{path}: there is no such file")
    limits = limits or Limits(member_bytes=stores.settings.max_upload_bytes)
    alone = not inside and path.is_file() and not _packed(path)
    for member in archive.members(path, limits, name):
        line = _line(stores, athlete, member, options or Options(), alone, force)
        if line.imported is not None:
            athlete = line.imported.athlete
        yield line


def _packed(path: Path) -> bool:
    with path.open("rb") as file:
        return archive.is_zip(file.read(4))


def _line(
    stores: "Stores",
    athlete: str | Callable[[], str],
    member: Member,
    options: Options,
    alone: bool,
    force: bool,
) -> Line:
    """Import one member; ``alone`` means that the person named this very file."""
    name = member.name
    if member.fault is not None:
        return Line(file=name, outcome="refused", why=f"{name}: {member.fault}")
    listed = member.listed
    if listed is not None and listed.runs is False:
        return Line(file=name, outcome="skipped", why=f"{name}: {listed.sport}, not a run")
    if not alone and (why := _no_activity(member.data)) is not None:
        return Line(file=name, outcome="skipped", why=f"{name}: {why}")
    try:
        imported = import_bytes(
            stores,
            athlete,
            member.data,
            name,
            options,
            mtime=member.mtime,
            force=force,
            title=(listed is not None and listed.title) or member.index.title_at,
            shoe=None if listed is None else listed.shoe,
        )
    except NotRunning as fault:
        return Line(file=name, outcome="refused" if alone else "skipped", why=str(fault))
    except FileError as fault:
        return Line(file=name, outcome="refused", why=str(fault))
    return Line(file=name, outcome=imported.state, imported=imported)


def _no_activity(data: bytes) -> str | None:
    """Return why a file of an export is nothing to import, None where it may be a run.

    Exports hold photos, settings, days of steps: counting those as refused would bury the
    runs that are.
    """
    kind = sniff(data)
    if kind in {"empty", "unknown", "zip"}:
        return "not an activity"
    if kind == "xml" and not any(tag in data[:4000] for tag in (b"<gpx", b"<TrainingCenter")):
        return "not an activity"
    if kind == "text":
        from ..ingest.files import csv

        return None if csv.has_samples(data) else "not an activity"
    if kind == "fit":
        from ..ingest.files import fitmessages

        type_ = fitmessages.type_of(data)
        return None if type_ in {None, "activity"} else f"a FIT file of type {type_!r}"
    return None
