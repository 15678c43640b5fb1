"""Entries and histories for tests, in as few words as possible."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from catfoot.signal.summary import Grade, Measure, Summary
from catfoot.training import flags
from catfoot.training.entries import (
    AfterRun,
    Assessment,
    Availability,
    BarefootTime,
    CheckIn,
    Device,
    OwnExercise,
    PerformedSet,
    Person,
    PlannedRun,
    PlannedWeek,
    Programme,
    ProposalAnswer,
    Run,
    Soreness,
    StrengthSession,
    Trial,
)
from catfoot.training.history import History
from catfoot.training.thresholds import DEFAULT, Thresholds
from catfoot.training.verdict import Outcome

DAY = date(2026, 3, 10)
SOURCE = "pod, 200 Hz"


def at(ago: float, day: date = DAY, hour: float = 7.0) -> datetime:
    """The instant ``ago`` days before that hour of the day, UTC."""
    return datetime.combine(day, time(0), UTC) + timedelta(hours=hour) - timedelta(ago)


def run(ago: int, km: float | None = 8.0, day: date = DAY, **more: Any) -> Run:
    """A run ``ago`` days before, at 7:00 UTC."""
    given: dict[str, Any] = {
        "day": day - timedelta(ago),
        "started_at": at(ago, day),
        "duration_s": 3000.0,
        "distance_m": None if km is None else km * 1000,
    }
    return Run(**(given | more))


def measured(
    ago: int,
    gct_ms: float,
    speed_mps: float = 2.8,
    day: date = DAY,
    grade: Grade = "B",
    source: str = SOURCE,
    coverage_pct: float = 100.0,
    **more: Any,
) -> Run:
    """A run with a contact time at a speed."""
    values: tuple[tuple[str, str, float, Grade], ...] = (
        ("gct", "gct_ms", gct_ms, grade),
        ("speed", "speed_mps", speed_mps, "B"),
        ("coverage", "coverage_pct", coverage_pct, "A"),
    )
    summary = Summary(
        duration_s=3000.0,
        measures=tuple(
            Measure(name=name, key=key, value=value, grade=g, n=8000, source=source)
            for name, key, value, g in values
        ),
    )
    return run(ago, speed_mps * 3, day, summary=summary, **more)


def of_version(one: Run, version: int) -> Run:
    """The run as another version of the measures says it."""
    return replace(one, summary=replace(one.summary, version=version))


def sore(ago: float, score: float, hour: float = 6.0, **more: Any) -> CheckIn:
    """A morning's check-in with calf soreness."""
    moment = at(ago, hour=hour)
    place: dict[str, Any] = {"site": "calf", "side": "left"} | more
    return CheckIn(day=moment.date(), at=moment, soreness=(Soreness(score=score, **place),))


def session(ago: float, hour: float = 18.0, **more: Any) -> StrengthSession:
    """A foot-strength session of a quarter of an hour."""
    moment = at(ago, hour=hour)
    given: dict[str, Any] = {"day": moment.date(), "started_at": moment, "duration_min": 15.0}
    return StrengthSession(**(given | more))


def morning(ago: float, hour: float = 6.0, **said: Any) -> CheckIn:
    """A morning's check-in that says just this."""
    moment = at(ago, hour=hour)
    return CheckIn(day=moment.date(), at=moment, **said)


def sets(exercise: str, n: int = 3, **more: Any) -> tuple[PerformedSet, ...]:
    """So many equal sets of one exercise."""
    return tuple(PerformedSet(exercise=exercise, **more) for _ in range(n))


def assessed(ago: float, battery: str, **values: float) -> Assessment:
    """An assessment with these values on both sides, all clean."""
    moment = at(ago, hour=17)
    trials = tuple(
        Trial(test=name, value=value, unit="s", side=side)  # type: ignore[arg-type]
        for name, value in values.items()
        for side in ("left", "right")
    )
    return Assessment(day=moment.date(), at=moment, battery=battery, trials=trials)  # type: ignore[arg-type]


#: Where each kind of entry stands in a history.
_PLACES: dict[type, str] = {
    Run: "runs",
    StrengthSession: "strength",
    CheckIn: "check_ins",
    AfterRun: "after_runs",
    BarefootTime: "barefoot",
    Assessment: "assessments",
    Device: "devices",
    Availability: "availability",
    Programme: "programmes",
    ProposalAnswer: "proposals",
    PlannedRun: "planned",
    PlannedWeek: "weeks",
    OwnExercise: "own",
}


def history(*entries: Any, name: str = "Ada") -> History:
    """All of these as one athlete's history."""
    places: dict[str, Any] = {}
    for entry in entries:
        places.setdefault(_PLACES[type(entry)], []).append(entry)
    return History(
        athlete="a1",
        person=Person(name=name),
        **{place: tuple(found) for place, found in places.items()},  # type: ignore[arg-type]
    )


def outcome(rule: str, *entries: Any, ago: int = 0, thresholds: Thresholds = DEFAULT) -> Outcome:
    """What one rule says about these entries, alone or in company."""
    found = flags.outcomes_on(DAY - timedelta(ago), history(*entries), thresholds)
    return next(o for o in found if o.rule == rule)


def severity(rule: str, *entries: Any, ago: int = 0) -> str:
    """How grave one rule finds it, or which state it is in."""
    found = outcome(rule, *entries, ago=ago)
    return found.flag.severity if found.flag else found.state
