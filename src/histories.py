"""What the logbook knows of one athlete, read as a history, as far as the viewer may see it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar

from .errors import Refused
from .training.consent import Kind
from .training.entries import (
    CheckIn,
    Device,
    OwnExercise,
    Person,
    PlannedRun,
    PlannedWeek,
    Programme,
    Recording,
    Run,
    StrengthSession,
)
from .training.history import PARTS, History, days_before
from .training.usual import source_of

if TYPE_CHECKING:
    from .store.bulk import Wanted
    from .store.logbook import Row
    from .store.view import View

E = TypeVar("E")

#: How far back days are read: further than any rule looks.
LOOK_BACK_DAYS = 400

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
    wanted = {kind: Wanted(kind, since, until) for kind in PARTS.values()}
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
            missing[view.shared_as(kind)] = None
            return ()

    recordings = read(Recording)
    rows = {name: read(kind) for name, kind in PARTS.items()}
    rows["runs"] = _with_sources(rows["runs"], recordings)
    history = History(
        athlete=athlete,
        person=person.entry,
        thresholds=view.thresholds,
        **{name: tuple(row.entry for row in found) for name, found in rows.items()},
    )
    return Book(
        history=history,
        runs=rows["runs"],
        strength=rows["strength"],
        planned=rows["planned"],
        check_ins=rows["check_ins"],
        not_shared=tuple(missing),
    )


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
