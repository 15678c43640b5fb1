"""What the ground does to a run: minutes uphill, and the spring of the leg on the level."""

import math

import numpy as np

from .imu import G_MPS2
from .measures import LEAST_STEPS, LETTERS, Measure, withheld
from .medians import SPACE, TIME, Steps, common
from .quality import Reason
from .smoothing import rolling
from .tables import GRADE_B, GRADE_C, BoolArray, FloatArray, Table

LEVEL_RAD = math.radians(2.0)  # science.md A12: beyond this the spring's formula does not hold
_HILL_RAD = math.radians(2.5)  # medians of level trials (pyshoe) reach 2
_FASTEST_MPS = 4.0  # synthetic level runs read up to 0.6 degrees below, 3 above
_UNKNOWN = "the slope is not known"
_ROUGH = "the slope of a stride is rough, and not told above 4 m/s"
_SLOPE = SPACE | Reason.CLIPPED
_NOT_PROVEN = "an estimate from contact and flight time, not validated"


def slopes_rad(rows: Table) -> FloatArray:
    """Return the slope about each step, uphill positive; one stride alone is rough.

    Above 4 m/s and where a landing was clipped the height of a path reads uphill: there the
    neighbours' slope stands in. Not known where most steps are like that, or below 190 Hz.
    """
    sure = _sure(rows)
    if 2 * int(sure.sum()) < int((~np.isnan(rows["slope_rad"])).sum()):
        sure[:] = False
    return rolling(np.where(sure, rows["slope_rad"], np.nan))


def _sure(rows: Table) -> BoolArray:
    known = (rows["grade_space"] >= GRADE_B) & ~np.isnan(rows["slope_rad"])
    return np.asarray(known & ~(rows["speed_mps"] > _FASTEST_MPS) & (rows["clipped"] == 0))


def level(rows: Table) -> BoolArray:
    """Return which steps were on level ground; none where the slope is not known."""
    return np.asarray(np.abs(slopes_rad(rows)) <= LEVEL_RAD)


def hills(steps: Steps) -> tuple[Measure, ...]:
    """Return minutes spent going uphill and downhill, steeper than 2.5 degrees."""
    rows = steps.rows
    slope, stride_s = slopes_rad(rows), np.nan_to_num(rows["stride_s"])
    sure = _sure(rows)
    n = 0 if np.isnan(slope).all() else int(sure.sum())
    names = (("uphill", "uphill_min", 1), ("downhill", "downhill_min", -1))
    if n < LEAST_STEPS:
        why = (_UNKNOWN, *common(rows["reason"], _SLOPE))
        return tuple(withheld(name, key, n, why) for name, key, _ in names)
    why = (*common(rows["reason"][sure], SPACE), _ROUGH)
    return tuple(
        Measure(
            name=name, key=key, grade=LETTERS[GRADE_C], n=n, reasons=why,
            value=float(stride_s[way * slope > _HILL_RAD].sum()) / 60,
        )
        for name, key, way in names
    )  # fmt: skip


def stiffness(steps: Steps) -> Measure:
    """Return the vertical spring of a running leg per kilogram of body mass, in N/m/kg.

    From contact and flight time, on level ground only: on a slope the formula does not hold
    (Meyer et al. 2023). Source: Morin et al. 2005, J Appl Biomech 21:167. Differs from the
    paper: one foot, so flight is half a stride less contact.
    """
    rows = steps.rows
    flat = level(rows) & (rows["flight_s"] > 0)
    contact, flight = rows["gct_s"], rows["flight_s"]
    push = G_MPS2 * math.pi / 2 * (flight / contact + 1)
    sinks = np.abs(push * contact**2 / math.pi**2 - G_MPS2 * contact**2 / 8)
    values = np.where(flat, push / sinks, np.nan)
    name, key = "stiffness", "stiffness_npm_per_kg"
    if np.isnan(slopes_rad(rows)).all():
        return withheld(name, key, 0, (_UNKNOWN, *common(rows["reason"], _SLOPE)))
    return steps.median(
        name, key, values, rows["grade_time"], TIME & ~Reason.UNPROVEN, best=GRADE_C,
        label=_NOT_PROVEN,
    )  # fmt: skip
