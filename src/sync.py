"""After a run: a recording's bytes become rows, and the run they belong to.

decode -> analyse -> keep the bytes -> write the rows -> commit the run, in that order: a
refusal leaves nothing behind, and after a crash between two steps doing it all again does it
once, because every id is made of athlete and content.
"""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from .errors import ConfigError, Conflict, FileError
from .ingest.files import Options, decode
from .ingest.source import Decoded
from .signal.summary import Summary, combine, summarise, summarise_readings
from .signal.tables import Table
from .store import disk
from .store.schema import Row
from .store.series import SeriesKey
from .training.entries import Person, Recording, Run
from .training.joining import (
    ASSUMED_START,
    JOIN_FROM,
    RANK_POD,
    RANK_POD_RAW,
    RANK_WATCH,
    overlap,
    run_from,
    starts_by_guess,
    stop_of,
)

if TYPE_CHECKING:
    from .config import Stores

#: A run's pauses are no part of its duration; looking for runs must reach over them.
_LONGEST_PAUSE = timedelta(hours=12)
#: Sports that are no running but steps of feet all the same; None is not known.
_ON_FOOT = frozenset({None, "running", "walking", "hiking", "generic"})
#: Pods that write FIT files themselves: nearer to the foot than a watch.
_POD_MAKERS = ("stryd", "runscribe", "scribe labs")
#: Earlier runs that make a runner's usual.
_USUAL_RUNS = 30
_BATCH = 1 << 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of one file: ``already`` changed nothing, ``joined`` found its run there."""

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
            "file": self.entry.name,
            "state": self.state,
            "athlete": self.athlete,
            "run": self.run,
            "recording": self.recording,
            "started_at": self.entry.started_at.isoformat(),
            "format": self.entry.format,
            "device": self.entry.device,
            **self.entry.summary.flat(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """A recording with everything computed and nothing stored."""

    content: str
    entry: Recording  # its run is not known yet
    tables: dict[str, Table]


def athlete_named(stores: "Stores", name: str) -> str:
    """Return the id of the athlete of that name, who is created if new."""
    try:
        person = Person(name=name)
    except ValueError as fault:
        raise ConfigError(f"athlete {name[:80]!r}: {fault}") from fault
    return stores.logbook.person_named(person)


def import_bytes(
    stores: "Stores",
    athlete: str | Callable[[], str],
    data: bytes,
    name: str,
    options: Options | None = None,
    *,
    mtime: datetime | None = None,
    force: bool = False,
) -> Imported:
    """Store a file's bytes, rows and run; the same bytes again change nothing.

    ``athlete`` is an id, or what returns one and is asked only once the file is sound. A file
    that does not say when it began is taken to have begun at ``mtime``. ``force`` measures
    again what is there. Raises FileError, and then nothing was stored.
    """
    options = options or Options()
    content = hashlib.sha256(data).hexdigest()
    if isinstance(athlete, str) and not force:
        there = stores.logbook.recording_of(athlete, content)
        if there is not None:
            return _already(athlete, there)
    decoded = _sound(decode(data, name, options), name)
    started_at, assumed = _begun(decoded, name, options, mtime)
    who = athlete if isinstance(athlete, str) else athlete()
    there = stores.logbook.recording_of(who, content)
    if there is not None and not force:
        return _already(who, there)
    measured = _measure(stores, who, decoded, content, name, len(data), started_at, assumed)
    return _store(stores, who, measured, data, there)


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


def _already(athlete: str, there: Row[Recording]) -> Imported:
    return Imported(
        state="already",
        athlete=athlete,
        run=there.entry.run,
        recording=there.id,
        entry=there.entry,
    )


def _sound(decoded: Decoded, name: str) -> Decoded:
    if decoded.sport == "drill":
        raise FileError(f"{name}: a balance drill, of which no run is made")
    if decoded.sport not in _ON_FOOT:
        raise FileError(f"{name}: the sport is {decoded.sport}, not running; it was not imported")
    if decoded.last_ns() <= decoded.first_ns():
        raise FileError(f"{name}: it holds a single moment, not a run")
    return decoded


def _begun(
    decoded: Decoded, name: str, options: Options, mtime: datetime | None
) -> tuple[datetime, tuple[str, ...]]:
    """Return (when it began, what had to be assumed)."""
    said = options.start or decoded.started_at
    if said is not None:
        return said.astimezone(UTC), ()
    if mtime is None:
        raise FileError(f"{name}: the file does not say when it began; say it with --start")
    started_at = mtime.astimezone(UTC)
    warning = (
        f"{ASSUMED_START}: its modification time, {started_at:%Y-%m-%d %H:%M} UTC, was taken,"
        " and it joins no other recording. Say it with --start."
    )
    return started_at, (warning,)


def _measure(
    stores: "Stores",
    athlete: str,
    decoded: Decoded,
    content: str,
    name: str,
    size: int,
    started_at: datetime,
    assumed: tuple[str, ...],
) -> _Measured:
    """Compute rows and summary; nothing is written."""
    first_ns, last_ns = decoded.first_ns(), decoded.last_ns()
    active_s = (last_ns - first_ns - sum(b - a for a, b in decoded.pauses)) / 1e9
    rate_hz = max((b.rate_hz for b in decoded.blocks), default=None)
    entry = Recording(
        run="",
        content=content,
        name=Path(name).name[:200],
        format=decoded.format,
        device=decoded.device,
        side=decoded.side,
        place=decoded.place,
        rank=_rank(decoded),
        started_at=started_at,
        duration_s=(last_ns - first_ns) / 1e9,
        origin_ns=round(started_at.timestamp() * 1e6) * 1000 - first_ns,
        rate_hz=rate_hz,
        size_bytes=size,
        rev=1,
        summary=Summary(),
        demo=decoded.demo,
    )
    tables: dict[str, Table] = {}
    summaries: list[Summary] = []
    if decoded.blocks:
        tables["step"], summary = _steps(stores, athlete, decoded, entry, active_s)
        summaries.append(summary)
    if len(decoded.readings):
        tables["reading"] = decoded.readings
        summaries.append(summarise_readings(decoded.readings, decoded.channels, active_s))
    summary = summaries[0] if len(summaries) == 1 else combine(summaries)
    said = [_sentence(warning) for warning in decoded.warnings]
    warnings = tuple(dict.fromkeys((*assumed, *said, *summary.warnings)))
    summary = replace(summary, side=decoded.side, warnings=warnings)
    return _Measured(content=content, entry=replace(entry, summary=summary), tables=tables)


def _steps(
    stores: "Stores", athlete: str, decoded: Decoded, entry: Recording, active_s: float
) -> tuple[Table, Summary]:
    # Imported here because scipy takes seconds, and whoever only asks for a summary needs none.
    from .signal.steps import Mount, StepAnalyser
    from .signal.stream import analyse

    rate_hz = decoded.blocks[0].rate_hz
    analyser = StepAnalyser(Mount(decoded.side, decoded.place), rate_hz)
    blocks = (b[i : i + _BATCH] for b in decoded.blocks for i in range(0, len(b), _BATCH))
    rows = analyse(analyser, blocks)
    usual = _usual(stores, athlete, entry)
    return rows, summarise(rows, analyser.findings(), active_s, decoded.side, usual)


def _usual(stores: "Stores", athlete: str, entry: Recording) -> Any:
    """Return the athlete's usual with this device, from the runs before this one."""
    from .signal.softness import usual_of

    source = _source(entry)
    earlier = [
        row.entry.summary
        for row in stores.logbook.entries(Recording, athlete)
        if row.entry.started_at < entry.started_at
        and row.entry.content != entry.content
        and _source(row.entry) == source
    ]
    return usual_of(earlier[-_USUAL_RUNS:], source)


def _source(entry: Recording) -> str:
    """Name what makes shocks comparable: device, place, side, rate."""
    rate = "" if entry.rate_hz is None else f"{entry.rate_hz:.0f} Hz"
    return f"{entry.device}|{entry.place}|{entry.side}|{rate}"


def _store(
    stores: "Stores",
    athlete: str,
    measured: _Measured,
    data: bytes,
    there: Row[Recording] | None,
) -> Imported:
    """Keep the bytes, write the rows, commit the run: the run last."""
    recording = _id("recording", athlete, measured.content) if there is None else there.id
    own = _id("run", athlete, measured.content)
    # Left and right pod close at the same moment; one after the other they find each other.
    with disk.alone(stores.settings.data / "locks" / athlete):
        stores.raw.keep(athlete, data)
        run = _run_of(stores, athlete, measured) if there is None else there.entry.run
        rev = 1 if there is None else there.entry.rev + 1
        entry = replace(measured.entry, run=run or own, rev=rev)
        key = SeriesKey(
            athlete=athlete,
            run=entry.run,
            recording=recording,
            side=entry.side,
            rev=entry.rev,
            origin_ns=entry.origin_ns,
        )
        stores.series.write(key, measured.tables)
        try:
            commit(stores, athlete, entry, recording, new=run is None)
        except Conflict:
            # Somebody brought the same bytes meanwhile, past the lock: theirs stands.
            theirs = stores.logbook.recording_of(athlete, measured.content)
            if theirs is None or theirs.id == recording:
                raise
            return _already(athlete, theirs)
    return Imported(
        state="imported" if run is None or there is not None else "joined",
        athlete=athlete,
        run=entry.run,
        recording=recording,
        entry=entry,
    )


def commit(stores: "Stores", athlete: str, entry: Recording, recording: str, *, new: bool) -> None:
    """Write down a recording and the run that it and its other recordings make."""
    logbook = stores.logbook
    others = [] if new else logbook.recordings(athlete, entry.run)
    entries = [entry, *(row.entry for row in others if row.id != recording)]
    before = None if new else logbook.get(Run, athlete, entry.run).entry
    zone = ZoneInfo(logbook.person(athlete).entry.tz)
    logbook.commit_run(
        athlete,
        run_from(entries, zone, before),
        entry,
        run_id=entry.run,
        recording_id=recording,
        new=new,
    )


def _run_of(stores: "Stores", athlete: str, measured: _Measured) -> str | None:
    """Return the run this recording watched too, None where it is the first to tell of it."""
    entry = measured.entry
    if starts_by_guess(entry):
        return None
    best, most = None, 0.0
    since = entry.started_at - _LONGEST_PAUSE
    for row in stores.logbook.runs_between(athlete, since, stop_of(entry)):
        for other in stores.logbook.recordings(athlete, row.id):
            shared = 0.0 if other.entry.demo != entry.demo else overlap(entry, other.entry)
            if shared >= JOIN_FROM and shared > most:
                best, most = row.id, shared
    return best


def _rank(decoded: Decoded) -> int:
    if decoded.blocks:
        return RANK_POD_RAW
    device = decoded.device.casefold()
    pod = decoded.format != "fit" or device.startswith(_POD_MAKERS)
    return RANK_POD if pod else RANK_WATCH


def _id(kind: str, athlete: str, content: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"catfoot/{kind}/{athlete}/{content}").hex


def _sentence(text: str) -> str:
    """Return a decoder's remark as a sentence."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
