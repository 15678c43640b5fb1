"""Which run a recording belongs to, and the run that its recordings make."""

import uuid
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ..errors import CatfootError, Conflict, NotFound
from ..signal.tables import TABLES, Table
from ..store import disk
from ..store.schema import Row
from ..store.series import SeriesKey
from ..training.entries import Recording, Run
from ..training.joining import JOIN_FROM, overlap, run_from, stop_of
from .calibrating import calibrated

if TYPE_CHECKING:
    from ..config import Stores

#: A run's pauses are no part of its duration; looking for runs must reach over them.
_LONGEST_PAUSE = timedelta(hours=12)
_DAY = timedelta(days=1)
#: More packets move the clock of a recording, and with it its start, by the link's delays.
BEGAN_WITHIN = timedelta(seconds=30)


def alone(stores: "Stores", athlete: str) -> AbstractContextManager[None]:
    """Hold everybody else off the athlete's runs: one process and thread at a time.

    Left and right pod close at the same moment; one after the other they find each other.
    """
    return disk.alone(stores.settings.data / "locks" / athlete)


def key_of(athlete: str, recording: str, entry: Recording) -> SeriesKey:
    """Return whose the rows of a recording are."""
    return SeriesKey(
        athlete=athlete,
        run=entry.run,
        recording=recording,
        side=entry.side,
        rev=entry.rev,
        origin_ns=entry.origin_ns,
    )


def run_of(stores: "Stores", athlete: str, entry: Recording) -> str | None:
    """Return the run this recording watched too, None where it is the first to tell of it."""
    if entry.start_assumed:
        return None
    best, most = None, 0.0
    since = entry.started_at - _LONGEST_PAUSE
    for row in stores.logbook.runs_between(athlete, since, stop_of(entry)):
        for other in stores.logbook.recordings(athlete, row.id):
            shared = 0.0 if other.entry.demo != entry.demo else overlap(entry, other.entry)
            if shared >= JOIN_FROM and shared > most:
                best, most = row.id, shared
    return best


def same_beginning(
    stores: "Stores", athlete: str, entry: Recording, data: bytes
) -> Row[Recording] | None:
    """Return the recording whose bytes go on from these, or which these go on from.

    A collector that came back after its recording was sealed makes it longer: it is one.
    """
    day = entry.started_at.date()
    for row in stores.logbook.entries(Recording, athlete, day - _DAY, day + _DAY):
        other = row.entry
        apart = abs(other.started_at - entry.started_at)
        if other.device != entry.device or other.content == entry.content or apart > BEGAN_WITHIN:
            continue
        try:
            theirs = stores.raw.read(athlete, other.content)
        except CatfootError:  # damaged or gone: nothing can be said of it
            continue
        if data.startswith(theirs) or theirs.startswith(data):
            return row
    return None


def commit(
    stores: "Stores",
    athlete: str,
    entry: Recording,
    recording: str,
    *,
    new: bool,
    title: str = "",
    shoe: str | None = None,
) -> None:
    """Write down a recording and the run that it and its other recordings make.

    ``title`` and ``shoe`` are taken where the run has none.
    """
    logbook = stores.logbook
    others = [] if new else logbook.recordings(athlete, entry.run)
    entries = [entry, *(row.entry for row in others if row.id != recording)]
    before = None if new else logbook.get(Run, athlete, entry.run).entry
    zone = ZoneInfo(logbook.person(athlete).entry.tz)
    run = run_from(entries, zone, before)
    run = replace(run, title=run.title or title, shoe=run.shoe or shoe)
    logbook.commit_run(
        athlete,
        calibrated(stores, athlete, run, entries),
        entry,
        run_id=entry.run,
        recording_id=recording,
        new=new,
    )


def made_true(stores: "Stores", athlete: str, run: str) -> Row[Run]:
    """Measure a run's lengths again by the distance, shoe and surface that were said of it."""
    with alone(stores, athlete):
        row = stores.logbook.get(Run, athlete, run)
        entries = [other.entry for other in stores.logbook.recordings(athlete, run)]
        if not entries:
            return row
        zone = ZoneInfo(stores.logbook.person(athlete).entry.tz)
        true = calibrated(stores, athlete, run_from(entries, zone, row.entry), entries)
        return row if true == row.entry else stores.logbook.replace(athlete, run, true, row.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """Which recordings lie in which runs, and those runs as they were: what undoes a change.

    ``runs`` are (id, run), ``places`` are (recording, run); ``absent`` runs are not there.
    """

    runs: tuple[tuple[str, Run], ...]
    places: tuple[tuple[str, str], ...]
    absent: tuple[str, ...] = ()


def join_runs(stores: "Stores", athlete: str, run: str, other: str) -> Arrangement:
    """Make two runs one, by hand; return what ``arrange`` needs to undo it.

    What a person wrote about ``run`` stays, and what only ``other`` says is taken from there.
    """
    if run == other:
        raise Conflict("a run cannot be joined with itself")
    with alone(stores, athlete):
        before = _as_it_is(stores, athlete, (run, other))
        (_, kept), (_, gone) = before.runs
        filled = replace(
            kept,
            effort=kept.effort if kept.effort is not None else gone.effort,
            kind=kept.kind if kept.kind != "unknown" else gone.kind,
            shoe=kept.shoe or gone.shoe,
            title=kept.title or gone.title,
            known_m=kept.known_m or gone.known_m,
        )
        places = tuple((recording, run) for recording, _ in before.places)
        wanted = Arrangement(runs=((run, filled),), places=places, absent=(other,))
        _arrange(stores, athlete, wanted)
    return before


def split_off(stores: "Stores", athlete: str, recording: str) -> Arrangement:
    """Make a recording a run of its own, by hand; return what ``arrange`` needs to undo it."""
    with alone(stores, athlete):
        entry = stores.logbook.get(Recording, athlete, recording).entry
        before = _as_it_is(stores, athlete, (entry.run,))
        if len(before.places) < 2:
            raise Conflict("the recording is the only one of its run")
        ((run, kept),) = before.runs
        own = uuid.uuid5(uuid.NAMESPACE_OID, f"catfoot/split/{run}/{recording}").hex
        places = tuple((id, own if id == recording else run) for id, _ in before.places)
        bare = replace(kept, effort=None, kind="unknown", title="", known_m=None)
        _arrange(stores, athlete, Arrangement(runs=((run, kept), (own, bare)), places=places))
    return replace(before, absent=(own,))


def arrange(stores: "Stores", athlete: str, wanted: Arrangement) -> Arrangement:
    """Put recordings into runs as an earlier arrangement had them; return how they lay."""
    with alone(stores, athlete):
        now = {stores.logbook.get(Recording, athlete, id).entry.run for id, _ in wanted.places}
        named = {*now, *(id for id, _ in wanted.runs), *wanted.absent}
        there = [id for id in sorted(named) if _has(stores, athlete, id)]
        before = _as_it_is(stores, athlete, tuple(there))
        _arrange(stores, athlete, wanted)
    return replace(before, absent=tuple(sorted(named.difference(there))))


def _has(stores: "Stores", athlete: str, run: str) -> bool:
    try:
        stores.logbook.get(Run, athlete, run)
    except NotFound:
        return False
    return True


def _as_it_is(stores: "Stores", athlete: str, ids: tuple[str, ...]) -> Arrangement:
    return Arrangement(
        runs=tuple((id, stores.logbook.get(Run, athlete, id).entry) for id in ids),
        places=tuple((row.id, id) for id in ids for row in stores.logbook.recordings(athlete, id)),
    )


def _arrange(stores: "Stores", athlete: str, wanted: Arrangement) -> None:
    """Move what lies elsewhere: rows first, then the logbook, then the rows left behind.

    Stopped at any point, doing it again finishes it; readers find every recording once.
    """
    logbook = stores.logbook
    runs, zone = dict(wanted.runs), ZoneInfo(logbook.person(athlete).entry.tz)
    rows = {id: logbook.get(Recording, athlete, id) for id, _ in wanted.places}
    left = set()
    for id, run in wanted.places:
        row = rows[id]
        if row.entry.run != run:
            _copy_rows(stores, row, run)
            left.add((row.entry.run, id))
    for run, written in runs.items():
        entries = {id: replace(rows[id].entry, run=run) for id, at in wanted.places if at == run}
        if not entries:
            _put(stores, athlete, run, written)
            continue
        whole = run_from(list(entries.values()), zone, written)
        whole = calibrated(stores, athlete, whole, list(entries.values()))
        for id, entry in entries.items():
            logbook.commit_run(
                athlete,
                whole,
                entry,
                run_id=run,
                recording_id=id,
                new=not _has(stores, athlete, run),
            )
    for run, id in sorted(left):
        stores.series.drop(athlete, run, id)
    for run in wanted.absent:
        if _has(stores, athlete, run) and not logbook.recordings(athlete, run):
            stores.series.drop(athlete, run)
            logbook.remove(Run, athlete, run)


def _put(stores: "Stores", athlete: str, id: str, run: Run) -> None:
    """Write down a run that nobody watched."""
    try:
        version = stores.logbook.get(Run, athlete, id).version
    except NotFound:
        stores.logbook.add(athlete, run, id=id)
    else:
        stores.logbook.replace(athlete, id, run, version)


def _copy_rows(stores: "Stores", row: Row[Recording], run: str) -> None:
    entry = row.entry
    tables: dict[str, Table] = {}
    for name in TABLES:
        for key, table in stores.series.read(row.athlete, entry.run, name).items():
            if key.recording == row.id:
                tables[name] = table
    key = key_of(row.athlete, row.id, replace(entry, run=run))
    stores.series.write(key, tables)
