"""How an exercise has gone so far: by session, and since when its dose has been what it is."""

from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import get_args

from .entries import PerformedSet, Resistance
from .exercises import Dose, Exercise
from .history import History, days_before
from .load import RESISTANCE_WEIGHT

LADDER: tuple[Resistance, ...] = get_args(Resistance)

LOOK_BACK_DAYS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One exercise in one session: the worst of how it felt, the middle of what was done."""

    day: date
    sets: int
    dose: Dose
    ease: float | None
    form: float | None
    pain: float
    sharp: bool
    clean_share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """All sessions of an exercise; ``dose`` is the last one's, or the catalogue's first.

    ``raised_on`` is when the dose last grew; ``same_days`` and ``same_sessions`` tell how long
    it has been what it is; ``in_a_row`` counts the newest sessions that all had the exercise.
    """

    sessions: tuple[Session, ...]
    dose: Dose
    raised_on: date | None
    same_days: int
    same_sessions: int
    in_a_row: int


def past_of(exercise: Exercise, day: date, history: History) -> Past:
    """Return how the exercise has gone up to a day."""
    done = history.strength_in(days_before(day, LOOK_BACK_DAYS), day)
    sessions = []
    for session in done:
        sets = [one for one in session.sets if one.exercise == exercise.id]
        if sets:
            sessions.append(_session(session.day, sets, exercise))
    in_a_row = 0
    for session in reversed([s for s in done if s.sets]):
        if not any(one.exercise == exercise.id for one in session.sets):
            break
        in_a_row += 1
    same = _same(sessions)
    return Past(
        sessions=tuple(sessions),
        dose=sessions[-1].dose if sessions else exercise.dose,
        raised_on=_raised_on(sessions),
        same_days=(day - same[0].day).days if same else 0,
        same_sessions=len(same),
        in_a_row=in_a_row,
    )


def size(dose: Dose) -> float:
    """Return how much a dose is, for comparing doses of one exercise."""
    amount = dose.reps or dose.contacts or 1
    seconds = dose.hold_s or dose.duration_s or dose.distance_m or 1.0
    return amount * seconds * RESISTANCE_WEIGHT[dose.resistance]


def fullest(past: Past, since: date) -> int:
    """Return the most sets of a session since a day; the dose's own where there was none."""
    return max((one.sets for one in past.sessions if one.day >= since), default=past.dose.sets)


def _session(day: date, sets: list[PerformedSet], exercise: Exercise) -> Session:
    sides = 2 if exercise.per_side and {one.side for one in sets} >= {"left", "right"} else 1
    tries = [(one.clean, one.reps or 1) for one in sets if one.clean is not None]
    asked = sum(reps for _, reps in tries)
    return Session(
        day=day,
        sets=max(1, len(sets) // sides),
        dose=Dose(
            sets=max(1, len(sets) // sides),
            reps=_whole([one.reps for one in sets]),
            hold_s=_middle([one.hold_s for one in sets]),
            duration_s=_middle([one.duration_s for one in sets]),
            contacts=_whole([one.contacts for one in sets]),
            distance_m=_middle([one.distance_m for one in sets]),
            resistance=_least([one.resistance for one in sets]),
        ),
        ease=_lowest([one.ease for one in sets]),
        form=_lowest([one.form for one in sets]),
        pain=max((one.pain or 0.0 for one in sets), default=0.0),
        sharp=any(one.sharp for one in sets),
        clean_share=sum(clean or 0 for clean, _ in tries) / asked if asked else None,
    )


def _same(sessions: list[Session]) -> list[Session]:
    """Return the newest sessions whose dose has not grown since the first of them."""
    same: list[Session] = []
    for session in reversed(sessions):
        if same and abs(size(session.dose) / size(same[-1].dose) - 1) > 0.05:
            break
        same.append(session)
    return same[::-1]


def _raised_on(sessions: list[Session]) -> date | None:
    for before, after in zip(reversed(sessions[:-1]), reversed(sessions), strict=False):
        if size(after.dose) > 1.05 * size(before.dose):
            return after.day
    return None


def _middle(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def _whole(values: list[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return int(median(known)) if known else None


def _lowest(values: list[float | None]) -> float | None:
    return min((value for value in values if value is not None), default=None)


def _least(values: list[Resistance]) -> Resistance:
    return LADDER[min(LADDER.index(value) for value in values)]
