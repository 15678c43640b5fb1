"""One step easier or harder, of one variable at a time.

The ladder of the fifth article: form and tempo, then holds and repetitions, then resistance,
then balance and power. Steps are assumptions on the careful side.
"""

from dataclasses import replace
from datetime import date
from typing import Literal, get_args

from .catalogue import CATALOGUE
from .entries import Resistance
from .exercises import Dose, Exercise
from .gates import opening
from .history import History

Variable = Literal["nothing", "sets", "reps", "hold", "resistance", "exercise"]

HOLD_MOST_S, HOLD_STEP_S, REPS_MOST = 30.0, 5.0, 20
LADDER: tuple[Resistance, ...] = get_args(Resistance)


def easier(exercise: Exercise, dose: Dose) -> tuple[Variable, Dose, str | None]:
    """Return one step down: a lighter band, the easier exercise, else fewer repetitions."""
    step = LADDER.index(dose.resistance)
    if step > 1:
        return "resistance", replace(dose, resistance=LADDER[step - 1]), None
    if exercise.easier is not None:
        below = CATALOGUE[exercise.easier]
        return "exercise", below.dose, below.id
    if dose.hold_s is not None:
        return "hold", replace(dose, hold_s=max(1.0, round(dose.hold_s * 0.7))), None
    if dose.reps is not None:
        return "reps", replace(dose, reps=max(1, int(dose.reps * 0.7))), None
    return "sets", replace(dose, sets=max(1, dose.sets - 1)), None


def harder(
    exercise: Exercise, dose: Dose, day: date, history: History
) -> tuple[Variable, Dose, str | None]:
    """Return one step up the ladder: hold or repetitions, then resistance, then the next exercise."""
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
    if above is not None and opening(CATALOGUE[above].gate, day, history).open:
        return "exercise", CATALOGUE[above].dose, above
    return "nothing", dose, None
