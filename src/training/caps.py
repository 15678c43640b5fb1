"""How much strength work a week may still hold, and how many contacts a session.

Strength load grows by 30 % over the mean of three weeks at most, contacts by a tenth over the
most of 30 days. No study fixes these limits; they follow the rule for single runs by analogy.
"""

from datetime import date
from statistics import fmean

from .entries import PerformedSet
from .exercises import Dose, Exercise
from .history import History, days_before
from .load import strength_load, under_load_s
from .own import exercises_on
from .thresholds import DEFAULT, Thresholds

WEEKS = 3


def room_s(day: date, history: History, t: Thresholds = DEFAULT) -> float | None:
    """Return the seconds under load in strength work that the week of ``day`` still holds.

    The week is the seven days that end with ``day``. None before three weeks are known.
    """
    begun = history.strength_in(date.min, day)
    if not begun or begun[0].day > days_before(day, 7 * (WEEKS + 1) - 1):
        return None
    now, *before = (_strength_s(days_before(day, 7 * i), history) for i in range(WEEKS + 1))
    return max(0.0, t.ramp_ratio * fmean(before) - now) if any(before) else None


def most_contacts(day: date, history: History, t: Thresholds = DEFAULT) -> int:
    """Return how many contacts a session on ``day`` may have."""
    recent = history.strength_in(days_before(day, t.contacts_days), day)
    most = max((strength_load(session).contacts for session in recent), default=0)
    return int(t.contacts_ratio * most + 1e-9) if most else t.contacts_first_most


def dose_s(exercise: Exercise, dose: Dose, day: date, history: History) -> float:
    """Return the seconds under load of a dose, as this athlete writes sets down.

    Some write both feet as one set and some as two, so the last session is the measure.
    """
    if dose.reps is None and dose.hold_s is None:
        return 0.0
    once = PerformedSet(
        exercise=exercise.id, reps=dose.reps, hold_s=dose.hold_s, resistance=dose.resistance
    )
    written = (
        {one.side for one in session.sets if one.exercise == exercise.id}
        for session in reversed(history.strength_in(days_before(day, 120), day))
    )
    both = next((sides for sides in written if sides), set()) >= {"left", "right"}
    return under_load_s(once) * dose.sets * (2 if both else 1)


def _strength_s(last: date, history: History) -> float:
    known = exercises_on(last, history)
    return sum(
        under_load_s(one)
        for session in history.strength_in(days_before(last, 6), last)
        for one in session.sets
        if one.exercise not in known or known[one.exercise].pillar == "strength"
    )
