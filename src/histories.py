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
    from .store.logbook import Row
    from .store.view import View

E = TypeVar("E")

#: How far back days are read: further than any rule looks.
LOOK_BACK_DAYS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """One athlete's history with the rows it was made of, and what is not shared."""

    history: History
    runs: Sequence["Row[Run]"]
    strength: Sequence["Row[StrengthSession]"]
    planned: Sequence["Row[PlannedRun]"]
    check_ins: Sequence["Row[CheckIn]"]
    not_shared: tuple[Kind, ...]


def open_book(view: "View", athlete: str, until: date, judged_from: date | None = None) -> Book:
    """Return what judging the days from ``judged_from`` (``until`` if None) to ``until`` needs."""
    person = view.person(athlete)
    since = days_before(judged_from or until, LOOK_BACK_DAYS)
    missing: dict[Kind, None] = {}

    def read(
        kind: type[E], shared_as: Kind, since: date | None = since, until: date = until
    ) -> Sequence["Row[E]"]:
        try:
            return view.entries(kind, athlete, since, until)
        except Refused:
            missing[shared_as] = None
            return ()

    # A recording knows its instant only, which may be another day in UTC than the athlete's.
    recordings = read(Recording, "metrics", days_before(since, 1), until + timedelta(1))
    runs = _with_sources(read(Run, "load_and_flags"), recordings)
    strength = read(StrengthSession, "load_and_flags")
    check_ins = read(CheckIn, "check_ins")
    planned = _planned(view, athlete, since)
    history = History(
        athlete=athlete,
        person=person.entry,
        runs=_entries(runs),
        strength=_entries(strength),
        check_ins=_entries(check_ins),
        after_runs=_entries(read(AfterRun, "check_ins")),
        barefoot=_entries(read(BarefootTime, "load_and_flags")),
        assessments=_entries(read(Assessment, "load_and_flags")),
        devices=_entries(read(Device, "load_and_flags", None)),
        availability=_entries(read(Availability, "load_and_flags")),
        programmes=_entries(read(Programme, "load_and_flags", None)),
        proposals=_entries(read(ProposalAnswer, "load_and_flags")),
        planned=_entries(planned),
        weeks=_entries(read(PlannedWeek, "load_and_flags", None)),
        own=_entries(read(OwnExercise, "load_and_flags", None)),
        answers=_entries(read(FlagAnswer, "load_and_flags")),
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


def _planned(view: "View", athlete: str, since: date) -> Sequence["Row[PlannedRun]"]:
    """Return plans of the days ahead too: they are known today."""
    try:
        return view.entries(PlannedRun, athlete, since)
    except Refused:
        return ()


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
