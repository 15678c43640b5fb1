"""How much strength work a week may still hold, how many contacts and minutes barefoot a session.

Strength load grows by 30 % over the mean of three weeks at most, contacts and barefoot running by
a tenth over the most of 30 days. No study fixes these limits; they follow the rule for single runs by analogy.
"""

from datetime import date
from statistics import fmean

from .entries import PerformedSet
from .exercises import Dose, Exercise
from .history import History, days_before
from .load import strength_load, under_load_s
from .own import exercises_on

WEEKS = 3
#: What counts as running without a shoe; standing and walking always are open.
BAREFOOT_RUNNING = ("drill", "running")


def room_s(day: date, history: History) -> float | None:
    """Return the seconds under load in strength work that the week of ``day`` still holds.

    The week is the seven days that end with ``day``. None before three weeks are known.
    """
    begun = history.strength_in(date.min, day)
    if not begun or begun[0].day > days_before(day, 7 * (WEEKS + 1) - 1):
        return None
    now, *before = (_strength_s(days_before(day, 7 * i), history) for i in range(WEEKS + 1))
    return max(0.0, history.thresholds.ramp_ratio * fmean(before) - now) if any(before) else None


def most_contacts(day: date, history: History) -> int:
    """Return how many contacts a session on ``day`` may have."""
    recent = history.strength_in(days_before(day, history.thresholds.contacts_days), day)
    most = max((strength_load(session).contacts for session in recent), default=0)
    return (
        int(history.thresholds.contacts_ratio * most + 1e-9)
        if most
        else history.thresholds.contacts_first_most
    )


def most_barefoot_s(day: date, history: History) -> float | None:
    """Return how many seconds barefoot running and drills a session on ``day`` may still have.

    None where nothing of the month before says: then the first dose stands. What was done on the
    day counts.
    """
    seconds = _barefoot_s(days_before(day, history.thresholds.barefoot_days), day, history)
    most = max((s for d, s in seconds.items() if d < day), default=0.0)
    return (
        max(0.0, history.thresholds.barefoot_ratio * most - seconds.get(day, 0.0)) if most else None
    )


def _barefoot_s(first: date, last: date, history: History) -> dict[date, float]:
    """Return seconds of barefoot running and drills by day; a day said twice counts its larger."""
    said: dict[date, float] = {}
    for one in history.barefoot_in(first, last):
        if one.doing in BAREFOOT_RUNNING:
            said[one.day] = said.get(one.day, 0.0) + 60 * one.minutes
    done: dict[date, float] = {}
    for session in history.strength_in(first, last):
        known = exercises_on(session.day, history)
        for drill in session.sets:
            if drill.exercise in known and known[drill.exercise].gate == "barefoot":
                done[session.day] = done.get(session.day, 0.0) + (drill.duration_s or 0.0)
    return {d: max(said.get(d, 0.0), done.get(d, 0.0)) for d in said.keys() | done.keys()}


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
