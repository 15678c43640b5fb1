"""One step easier or harder, of one variable at a time.

The ladder of the fifth article: form and tempo, then holds and repetitions, then resistance,
then balance and power. Steps are assumptions on the careful side.
"""

from dataclasses import replace
from datetime import date
from typing import Literal, get_args

from .entries import Resistance
from .exercises import Dose, Exercise
from .gates import opening
from .history import History, days_before
from .own import exercises_on
from .trials import Past, fullest

Variable = Literal["nothing", "sets", "reps", "hold", "resistance", "exercise"]

HOLD_MOST_S, HOLD_STEP_S, REPS_MOST = 30.0, 5.0, 20
#: What is left of the sets: of a week with several signs, and of a week before a race.
DELOAD_SHARE, LIGHTER_SHARE = 0.55, 0.6
FULLEST_DAYS = 14
LADDER: tuple[Resistance, ...] = get_args(Resistance)


def easier(
    exercise: Exercise, dose: Dose, day: date, history: History
) -> tuple[Variable, Dose, str | None]:
    """Return one step down: a lighter band, the easier exercise, else fewer repetitions."""
    step = LADDER.index(dose.resistance)
    if step > 1:
        return "resistance", replace(dose, resistance=LADDER[step - 1]), None
    if exercise.easier is not None:
        below = exercises_on(day, history)[exercise.easier]
        return "exercise", below.dose, below.id
    if dose.hold_s is not None:
        return "hold", replace(dose, hold_s=max(1.0, round(dose.hold_s * 0.7))), None
    if dose.reps is not None:
        return "reps", replace(dose, reps=max(1, int(dose.reps * 0.7))), None
    return "sets", replace(dose, sets=max(1, dose.sets - 1)), None


def harder(
    exercise: Exercise, dose: Dose, day: date, history: History
) -> tuple[Variable, Dose, str | None]:
    """Return one step up the ladder: hold or repetitions, then resistance, then the next exercise.

    Sets that a lighter week took away come back first, one at a time.
    """
    if dose.sets < exercise.dose.sets:
        return "sets", replace(dose, sets=dose.sets + 1), None
    if dose.contacts is not None:
        return (
            "reps",
            replace(dose, contacts=max(dose.contacts + 1, int(dose.contacts * 1.1))),
            None,
        )
    if dose.hold_s is not None and dose.hold_s < HOLD_MOST_S:
        return "hold", replace(dose, hold_s=min(HOLD_MOST_S, dose.hold_s + HOLD_STEP_S)), None
    if dose.hold_s is None and dose.reps is not None and dose.reps < REPS_MOST:
        more = max(dose.reps + 1, int(dose.reps * 1.15))
        return "reps", replace(dose, reps=min(REPS_MOST, more)), None
    step = LADDER.index(dose.resistance)
    if 0 < step < len(LADDER) - 1:
        return "resistance", replace(dose, resistance=LADDER[step + 1]), None
    above = exercise.harder
    known = exercises_on(day, history)
    if above is not None and opening(known[above].gate, day, history).open:
        return "exercise", known[above].dose, above
    return "nothing", dose, None


def lighter(dose: Dose, share: float) -> tuple[Variable, Dose, str | None]:
    """Return about that share of a dose: of its sets, or of a single set's one number.

    >>> lighter(Dose(sets=3, reps=8), 0.6)[1].said(), lighter(Dose(sets=1, reps=10), 0.6)[1].said()
    ('2 x 8', '1 x 6')
    """
    if dose.sets > 1:
        return "sets", replace(dose, sets=max(1, round(dose.sets * share))), None
    for name in ("reps", "contacts"):
        if (count := getattr(dose, name)) is not None and count > 1:
            return "reps", replace(dose, **{name: max(1, round(count * share))}), None
    for name in ("hold_s", "duration_s"):
        if (seconds := getattr(dose, name)) is not None:
            return "hold", replace(dose, **{name: max(1.0, round(seconds * share))}), None
    return "nothing", dose, None


def deloaded(
    exercise: Exercise, past: Past, day: date, *, race: bool
) -> tuple[Variable, Dose, str | None]:
    """Return the dose of a lighter week, or of a ``race`` week, which keeps a few hops.

    It counts from the fullest session of a fortnight: the last one may itself have been lighter.
    """
    if exercise.tissue == "impact" and not race:
        return "sets", replace(past.dose, sets=0), None
    sets = fullest(past, days_before(day, FULLEST_DAYS))
    share = LIGHTER_SHARE if race else DELOAD_SHARE
    if sets > 1 and max(1, round(sets * share)) >= past.dose.sets:
        return "nothing", past.dose, None
    return lighter(replace(past.dose, sets=sets), share)
