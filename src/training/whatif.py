"""What would follow from other runs and sessions; nothing is written down."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeAlias, TypeVar

from .conflicts import Conflict, conflicts
from .entries import PlannedRun, Run, StrengthSession
from .flags import flags_on
from .history import History
from .programme import NextSession, next_session
from .spike import longest_without_flag_m
from .thresholds import Thresholds
from .verdict import Flag
from .zones import local

#: What may be left out.
Done: TypeAlias = Run | PlannedRun | StrengthSession
E = TypeVar("E", Run, PlannedRun, StrengthSession)

#: A planned run without minutes is taken at this speed; only distance is judged of it.
EASY_MPS = 2.8


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What would hold at the end of ``day``: flags, those that are new, conflicts, what next."""

    day: date
    flags: tuple[Flag, ...]
    new: tuple[Flag, ...]
    gone: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    next: NextSession


def what_if(
    day: date,
    history: History,
    *,
    runs: tuple[PlannedRun, ...] = (),
    without: tuple[datetime | Done, ...] = (),
    sessions: tuple[StrengthSession, ...] = (),
    thresholds: Thresholds | None = None,
) -> WhatIf:
    """Return what would follow if these runs and sessions happened, up to the last of them.

    ``without`` are runs, planned runs or sessions that would not happen, or their starts: to
    move a run, leave it out and add it elsewhere.
    """
    thresholds = thresholds or history.thresholds
    last = max([day, *(run.day for run in runs), *(session.day for session in sessions)])
    before = flags_on(day, history, thresholds)
    changed = _changed(history, runs, without, sessions)
    flags = flags_on(last, changed, thresholds)
    known = {flag.rule for flag in before}
    return WhatIf(
        day=last,
        flags=flags,
        new=tuple(flag for flag in flags if flag.rule not in known),
        gone=tuple(sorted(known - {flag.rule for flag in flags})),
        conflicts=_conflicts(day, changed, runs, sessions, thresholds),
        next=next_session(last, changed, flags),
    )


def longest_m(day: date, history: History) -> float | None:
    """Return the longest distance for a run on ``day`` that raises no F01, in whole 100 m.

    None where too few runs came before it to say.
    """
    return longest_without_flag_m(day, history, history.thresholds)


def _changed(
    history: History,
    runs: tuple[PlannedRun, ...],
    without: tuple[datetime | Done, ...],
    sessions: tuple[StrengthSession, ...],
) -> History:
    added = tuple(_as_run(run, history) for run in runs)
    return replace(
        history,
        runs=(*_left(history.runs, without), *added),
        strength=(*_left(history.strength, without), *sessions),
        planned=(*_left(history.planned, without), *runs),
    )


def _left(entries: tuple[E, ...], without: tuple[datetime | Done, ...]) -> list[E]:
    """Return the entries but those that are named, or that begin at one of the instants.

    Of two that are the same in everything, as plans without an hour may be, one goes for each
    time it is named.
    """
    starts = {one for one in without if isinstance(one, datetime)}
    named = [one for one in without if not isinstance(one, datetime)]
    kept = []
    for entry in entries:
        if entry in named:
            named.remove(entry)
        elif (entry.starts_at if isinstance(entry, PlannedRun) else entry.started_at) not in starts:
            kept.append(entry)
    return kept


def _conflicts(
    day: date,
    changed: History,
    runs: tuple[PlannedRun, ...],
    sessions: tuple[StrengthSession, ...],
    thresholds: Thresholds,
) -> tuple[Conflict, ...]:
    """Return the conflicts of the week ahead and of every day that was imagined, each once.

    A rule sees sessions up to its day only, so imagined ones are asked about on their own days;
    a slot of the programme gives way to a session imagined for its day.
    """
    days = {day, *(run.day for run in runs), *(session.day for session in sessions)}
    filled = {session.day for session in sessions}
    found = {
        (one.run.day, one.run.starts_at, one.work.at): one
        for d in sorted(days)
        for one in conflicts(d, changed, thresholds)
        if not (one.work.planned and one.work.day in filled)
    }
    return tuple(found[key] for key in sorted(found, key=lambda k: (k[0], k[2])))


def _as_run(plan: PlannedRun, history: History) -> Run:
    """Return the run that a plan would be, begun on the evening of its day unless it says when."""
    seconds = plan.duration_s or (plan.distance_m or 0.0) / EASY_MPS
    earlier = [run.started_at for run in history.runs_in(plan.day, plan.day)]
    start = plan.starts_at or local(plan.day, 12 * 60, history.person.tz)
    if plan.starts_at is None and earlier:
        start = max(start, max(earlier) + timedelta(minutes=1))
    return Run(
        day=plan.day,
        started_at=start,
        duration_s=seconds,
        distance_m=plan.distance_m,
        kind=plan.kind,
        title=plan.title,
    )
