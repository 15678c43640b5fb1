"""Cadence as steps of both feet per minute, never doubled or halved by mistake.

FIT counts strides: ``cadence`` is revolutions of one leg. Apps and exporters break that rule
in both directions, so the numbers themselves are asked: nobody makes 120 strides a minute over
a whole run, and nobody runs at 110 steps a minute.
"""

import numpy as np

from ...signal.tables import FloatArray

#: Above this median, "revolutions a minute" are steps of both feet. World-class sprinting
#: reaches 140 for seconds; over a run 75 to 100 is what is seen.
MOST_STRIDES = 120.0
#: Below this median, while running, "steps a minute" are strides of one foot.
FEWEST_STEPS_RUNNING = 110.0
#: Faster than this nobody walks for long (2 m/s is the usual walk-run change).
RUNNING_MPS = 2.2

_PER_LEG = frozenset({"rpm", "strides/min"})


def steps_a_minute(
    value: FloatArray, unit: str, speed_mps: FloatArray | None
) -> tuple[FloatArray, str | None]:
    """Return (cadence in spm, what had to be assumed or None); ``unit`` is the declared one.

    >>> steps_a_minute(np.array([82.0, 0.0]), "rpm", None)
    (array([164.,   0.]), None)
    >>> steps_a_minute(np.array([164.0, 166.0]), "rpm", None)[0]
    array([164., 166.])
    """
    moving = value[value > 0]
    if not len(moving):
        return value, None
    middle = float(np.median(moving))
    if unit in _PER_LEG:
        if middle <= MOST_STRIDES:
            return 2 * value, None
        return value, (
            f"cadence is declared as strides of one leg, but {middle:.0f} a minute can only be "
            "steps of both feet: taken as they are"
        )
    if middle < FEWEST_STEPS_RUNNING and _runs(value, speed_mps):
        return 2 * value, (
            f"cadence is declared as steps of both feet, but {middle:.0f} a minute at running "
            "speed can only be strides of one leg: doubled"
        )
    return value, None


def _runs(value: FloatArray, speed_mps: FloatArray | None) -> bool:
    if speed_mps is None:
        return False
    speed = speed_mps[(value > 0) & np.isfinite(speed_mps)]
    return len(speed) > 0 and float(np.median(speed)) > RUNNING_MPS
