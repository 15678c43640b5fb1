"""From a file's bytes to a stored run.

decode -> measure -> keep the bytes -> write the rows -> commit the run, in that order: a
refusal leaves nothing behind, and after a crash between two steps doing it all again does it
once, because every id is made of athlete and content.
"""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from ..errors import FileError, NotRunning
from ..ingest.files import Options, decode
from ..ingest.files.archive import unpacked
from ..ingest.source import Decoded
from ..signal.summary import Summary
from ..store.schema import Row
from ..training.entries import Recording
from ..training.plain import END_YEAR, FIRST_YEAR
from . import runs
from .measure import Measured, entry_of, measure, shown

if TYPE_CHECKING:
    from ..config import Stores

#: Sports that are no running but steps of feet all the same; None is not known.
_ON_FOOT = frozenset({None, "running", "walking", "hiking", "generic"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of one file: ``already`` changed nothing, ``joined`` found its run there.

    ``file`` is what it is called this time; ``entry.name`` what it was called the first time.
    """

    file: str
    state: Literal["imported", "already", "joined"]
    athlete: str
    run: str
    recording: str
    entry: Recording

    @property
    def summary(self) -> Summary:
        """The numbers of this recording alone."""
        return self.entry.summary

    @property
    def warnings(self) -> tuple[str, ...]:
        """Everything that was assumed, left out or odd, one sentence each."""
        return self.entry.summary.warnings

    def flat(self) -> dict[str, Any]:
        """Return one flat JSON object: whose and what, then the keys of ``Summary.flat``."""
        return {
            "file": self.file,
            "state": self.state,
            "athlete": self.athlete,
            "run": self.run,
            "recording": self.recording,
            "started_at": self.entry.started_at.isoformat(),
            "format": self.entry.format,
            "device": self.entry.device,
            **self.entry.summary.flat(),
        }


def import_bytes(
    stores: "Stores",
    athlete: str | Callable[[], str],
    data: bytes,
    name: str,
    options: Options | None = None,
    *,
    mtime: datetime | None = None,
    force: bool = False,
    title: str | Callable[[datetime], str] = "",
    shoe: str | None = None,
) -> Imported:
    """Store a file's bytes, rows and run; the same bytes again change nothing.

    ``athlete`` is an id, or what returns one and is asked only once the file is sound. A file
    that does not say when it began is taken to have begun at ``mtime``. ``force`` measures
    again what is there. ``title``, or what returns one for the start, and ``shoe`` are for a run
    that has none. gzip is unpacked first. Raises FileError, and then nothing was stored.
    """
    options = options or Options()
    data, name = unpacked(data, "".join(c if c.isprintable() else "?" for c in name))
    content = hashlib.sha256(data).hexdigest()
    if isinstance(athlete, str) and not force:
        there = stores.logbook.recording_of(athlete, content)
        if there is not None:
            return _already(athlete, there, name)
    decoded = _sound(decode(data, name, options), name)
    said = options.start or decoded.started_at
    if said is None and mtime is None and not force:
        raise FileError(f"{name}: {_NO_START}")
    _possible(said or mtime, name)
    who = athlete if isinstance(athlete, str) else athlete()
    there = stores.logbook.recording_of(who, content)
    if there is not None and not force:
        return _already(who, there, name)
    begun, assumed = _begun(said, mtime, there, name)
    known = decoded if there is None else _as_known(decoded, there.entry)
    entry = entry_of(known, content, name if there is None else there.entry.name, len(data), begun)
    measured = measure(stores, who, known, entry, assumed)
    about = _About(name, title if isinstance(title, str) else title(begun), shoe)
    return _store(stores, who, measured, data, about, force)


_NO_START = "the file does not say when it began; say it with --start"


@dataclass(frozen=True, slots=True)
class _About:
    """What a person or an export says of a file."""

    name: str
    title: str
    shoe: str | None


def import_recording(
    stores: "Stores",
    athlete: str,
    content: str,
    name: str = "live recording",
    options: Options | None = None,
    *,
    force: bool = False,
) -> Imported:
    """Measure a recording whose bytes are in the raw store already; the bytes always stay."""
    data = stores.raw.read(athlete, content)
    return import_bytes(stores, athlete, data, name, options, force=force)


def _already(athlete: str, there: Row[Recording], name: str) -> Imported:
    return Imported(
        file=shown(name),
        state="already",
        athlete=athlete,
        run=there.entry.run,
        recording=there.id,
        entry=there.entry,
    )


def _sound(decoded: Decoded, name: str) -> Decoded:
    if decoded.sport == "drill":
        raise NotRunning(f"{name}: a drill, of which no run is made")
    if decoded.sport not in _ON_FOOT:
        raise NotRunning(f"{name}: the sport is {decoded.sport}, not running; it was not imported")
    if decoded.last_ns() <= decoded.first_ns():
        raise FileError(f"{name}: it holds a single moment, not a run")
    return decoded


def _possible(began: datetime | None, name: str) -> None:
    """Refuse a start that no store can keep, before anything is stored."""
    if began is not None and not FIRST_YEAR <= began.year < END_YEAR:
        raise FileError(
            f"{name}: it cannot have begun in the year {began.year}; say when with --start"
        )


def _as_known(decoded: Decoded, before: Recording) -> Decoded:
    """Return a recording measured again with the foot and place that were said the first time."""
    side = decoded.side if decoded.side != "unknown" else before.side
    place = decoded.place if decoded.place != "unknown" else before.place
    return replace(decoded, side=side, place=place)


def _begun(
    said: datetime | None, mtime: datetime | None, there: Row[Recording] | None, name: str
) -> tuple[datetime, str | None]:
    """Return (when it began, the sentence that says so where it had to be assumed)."""
    if said is not None:
        return said.astimezone(UTC), None
    if there is not None and not there.entry.start_assumed:
        return there.entry.started_at, None
    guess = mtime if there is None else there.entry.started_at
    if guess is None:
        raise FileError(f"{name}: {_NO_START}")
    started_at = guess.astimezone(UTC)
    return started_at, (
        f"The file does not say when it began: its modification time, {started_at:%Y-%m-%d %H:%M}"
        " UTC, was taken, and it joins no other recording. Say it with --start."
    )


def _store(
    stores: "Stores", athlete: str, measured: Measured, data: bytes, about: _About, force: bool
) -> Imported:
    """Keep the bytes, write the rows, commit the run: the run last."""
    content = measured.entry.content
    # Left and right pod close at the same moment; one after the other they find each other.
    with runs.alone(stores, athlete):
        there = stores.logbook.recording_of(athlete, content)
        if there is not None and not force:
            return _already(athlete, there, about.name)
        shorter = None
        if there is None and (kin := runs.same_beginning(stores, athlete, measured.entry, data)):
            if kin.entry.size_bytes > len(data):
                stores.raw.forget(athlete, content)
                return _already(athlete, kin, about.name)
            there = shorter = kin
        stores.raw.keep(athlete, data)
        joins = runs.run_of(stores, athlete, measured.entry) if there is None else there.entry.run
        entry = replace(
            measured.entry,
            run=joins or _id("run", athlete, content),
            rev=1 if there is None else there.entry.rev + 1,
        )
        recording = _id("recording", athlete, content) if there is None else there.id
        stores.series.write(runs.key_of(athlete, recording, entry), measured.tables)
        new = joins is None
        runs.commit(stores, athlete, entry, recording, new=new, title=about.title, shoe=about.shoe)
        if shorter is not None:
            stores.raw.forget(athlete, shorter.entry.content)
    return Imported(
        file=shown(about.name),
        state="imported" if new or there is not None else "joined",
        athlete=athlete,
        run=entry.run,
        recording=recording,
        entry=entry,
    )


def _id(kind: str, athlete: str, content: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"catfoot/{kind}/{athlete}/{content}").hex
