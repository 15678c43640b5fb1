"""What the logbook knows of one athlete, read as a history, as far as the viewer may see it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar

from .errors import Refused
from .training.consent import Kind
from .training.entries import (
    AfterRun,
    Assessment,
    Availability,
    BarefootTime,
    CheckIn,
    Device,
    FlagAnswer,
    OwnExercise,
    Person,
    PlannedRun,
    PlannedWeek,
    Programme,
    ProposalAnswer,
    Recording,
    Run,
    StrengthSession,
)
from .training.history import History, days_before
from .training.usual import source_of

if TYPE_CHECKING:
    from .store.bulk import Wanted
    from .store.logbook import Row
    from .store.view import View

E = TypeVar("E")

#: How far back days are read: further than any rule looks.
LOOK_BACK_DAYS = 400

#: What a history is made of, and what an athlete must share for each kind to be seen.
_SHARED_AS: dict[type, Kind] = {
    Recording: "metrics",
    CheckIn: "check_ins",
    AfterRun: "check_ins",
    Run: "load_and_flags",
    StrengthSession: "load_and_flags",
    BarefootTime: "load_and_flags",
    Assessment: "load_and_flags",
    Device: "load_and_flags",
    Availability: "load_and_flags",
    Programme: "load_and_flags",
    ProposalAnswer: "load_and_flags",
    PlannedRun: "load_and_flags",
    PlannedWeek: "load_and_flags",
    OwnExercise: "load_and_flags",
    FlagAnswer: "load_and_flags",
}
_LASTING = (Device, Programme, PlannedWeek, OwnExercise)


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """One athlete's history with the rows it was made of, and what is not shared."""

    history: History
    runs: Sequence["Row[Run]"]
    strength: Sequence["Row[StrengthSession]"]
    planned: Sequence["Row[PlannedRun]"]
    check_ins: Sequence["Row[CheckIn]"]
    not_shared: tuple[Kind, ...]


def needed(until: date, judged_from: date | None = None) -> "dict[type, Wanted]":
    """Return which rows judging the days from ``judged_from`` to ``until`` needs, by kind."""
    from .store.bulk import Wanted

    since = days_before(judged_from or until, LOOK_BACK_DAYS)
    wanted = {kind: Wanted(kind, since, until) for kind in _SHARED_AS}
    # What was once said holds until something else is.
    wanted |= {kind: Wanted(kind, None, until) for kind in _LASTING}
    # A recording knows its instant only, which may be another day in UTC than the athlete's.
    wanted[Recording] = Wanted(Recording, days_before(since, 1), until + timedelta(1))
    # Plans of the days ahead are known today.
    wanted[PlannedRun] = Wanted(PlannedRun, since)
    return wanted


def open_book(
    view: "View",
    athlete: str,
    until: date,
    judged_from: date | None = None,
    person: "Row[Person] | None" = None,
) -> Book:
    """Return what judging the days from ``judged_from`` (``until`` if None) to ``until`` needs.

    ``person`` spares reading who the athlete is where the caller knows.
    """
    person = person or view.person(athlete)
    wanted = needed(until, judged_from)
    missing: dict[Kind, None] = {}

    def read(kind: type[E]) -> Sequence["Row[E]"]:
        one = wanted[kind]
        try:
            return view.entries(kind, athlete, one.since, one.until)
        except Refused:
            missing[_SHARED_AS[kind]] = None
            return ()

    recordings = read(Recording)
    runs = _with_sources(read(Run), recordings)
    strength, check_ins, planned = read(StrengthSession), read(CheckIn), read(PlannedRun)
    history = History(
        athlete=athlete,
        person=person.entry,
        runs=_entries(runs),
        strength=_entries(strength),
        check_ins=_entries(check_ins),
        after_runs=_entries(read(AfterRun)),
        barefoot=_entries(read(BarefootTime)),
        assessments=_entries(read(Assessment)),
        devices=_entries(read(Device)),
        availability=_entries(read(Availability)),
        programmes=_entries(read(Programme)),
        proposals=_entries(read(ProposalAnswer)),
        planned=_entries(planned),
        weeks=_entries(read(PlannedWeek)),
        own=_entries(read(OwnExercise)),
        answers=_entries(read(FlagAnswer)),
        thresholds=view.thresholds,
    )
    return Book(
        history=history,
        runs=runs,
        strength=strength,
        planned=planned,
        check_ins=check_ins,
        not_shared=tuple(missing),
    )


def _entries(rows: Iterable["Row[E]"]) -> tuple[E, ...]:
    return tuple(row.entry for row in rows)


def _with_sources(
    runs: Sequence["Row[Run]"], recordings: Sequence["Row[Recording]"]
) -> list["Row[Run]"]:
    """Return the runs with each measure's source, from the recordings that watched them."""
    by_run: dict[str, list[Recording]] = {}
    for row in recordings:
        by_run.setdefault(row.entry.run, []).append(row.entry)
    return [_with_source(run, by_run[run.id]) if run.id in by_run else run for run in runs]


def _with_source(run: "Row[Run]", recordings: Sequence[Recording]) -> "Row[Run]":
    measures = tuple(
        m if m.source else replace(m, source=source_of(m.name, recordings))
        for m in run.entry.summary.measures
    )
    summary = replace(run.entry.summary, measures=measures)
    return replace(run, entry=replace(run.entry, summary=summary))
