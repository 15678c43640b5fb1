"""What to aim for in the tests, and how many days an aim took."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from .assessments import TESTS, Result, results_of
from .entries import Assessment, BodySide
from .history import History
from .work import TestName

#: Nobody needs more of these: an aim stops there. The angle is an assumption.
HOLD_MOST_S, DORSIFLEXION_MOST_DEG = 30.0, 45.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """A value to reach in a test; ``days`` is how long it took, None so far or not asked."""

    test: TestName
    side: BodySide
    value: float
    unit: str
    days: int | None = None


def aims_after(assessment: Assessment) -> tuple[Aim, ...]:
    """Return what to aim for next: longer holds, farther hops, freer toes, a bendier ankle."""
    found = ((result, _aim(result)) for result in results_of(assessment))
    return tuple(
        Aim(test=one.test, side=one.side, value=value, unit=one.unit)
        for one, value in found
        if value is not None
    )


def first_aims(history: History, day: date) -> tuple[Aim, ...]:
    """Return what each test's first try set as its aim, with the days it took to get there."""
    done = [a for a in history.assessments_in(date.min, day) if a.state == "fresh"]
    aims: dict[tuple[TestName, BodySide], Aim] = {}
    for assessment in done:
        for aim in aims_after(assessment):
            key = aim.test, aim.side
            if key not in aims:
                aims[key] = replace(aim, days=_days_to(aim, assessment.day, done))
    return tuple(aims[key] for key in sorted(aims))


def _aim(result: Result) -> float | None:
    if result.test == "single_leg_hold":
        return min(HOLD_MOST_S, result.best + 5)
    if result.test == "hop_distance":
        return round(result.best + max(0.05 * result.best, TESTS["hop_distance"].mdc))
    if result.test == "toe_mobility":
        return min(10.0, result.best + 1)
    if result.test == "dorsiflexion":
        return min(DORSIFLEXION_MOST_DEG, result.best + TESTS["dorsiflexion"].mdc)
    return None


def _days_to(aim: Aim, since: date, done: Sequence[Assessment]) -> int | None:
    """Return the days until a trial reached the aim, None where none has."""
    reached = (
        assessment.day
        for assessment in done
        for trial in assessment.trials
        if (trial.test, trial.side) == (aim.test, aim.side) and trial.value >= aim.value
    )
    first = next(reached, None)
    return None if first is None else (first - since).days
