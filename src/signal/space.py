"""What the paths between foot-flats say: how far each stride went, and how it landed.

A stride runs from foot-flat to foot-flat, so it holds the flight after one contact and the
landing of the next: ``SPACE`` belongs to the row of the first contact, ``LANDING`` to that of
the second.
"""

import math

import numpy as np

from . import stride
from .stride import Paths
from .tables import FloatArray, IntArray, Side, Table

SPACE = np.dtype([(n, "f8") for n in ("stride_m", "clearance_m", "slope_rad", "unrest")])
LANDING = np.dtype(
    [
        (n, "f8")
        for n in (
            "strike_rad", "touchdown_mps", "arrest_s",
            "eversion_rad", "eversion_radps", "ml_excursion_m",
        )
    ]
)  # fmt: skip

_STRIKE_BEFORE_S = 0.010  # science.md 2.3: the foot's angle just before it touches
_ARREST_S = 0.100  # the foot's fall is over by then
_ARREST = (0.9, 0.1)  # of the touchdown speed
_LEAST_MPS = 0.1


def measured(
    track: FloatArray,
    first: IntArray,
    last: IntArray,
    ic: FloatArray,
    tilt: FloatArray,
    unrest: FloatArray,
    side: Side,
    rate_hz: float,
) -> tuple[Table, Table]:
    """Return SPACE and LANDING of strides from sample ``first`` to ``last`` of ``track``.

    ``ic`` is where the second contact began, the rest as in ``stride.paths``.
    """
    space, landing = np.empty(len(first), SPACE), np.empty(len(first), LANDING)
    for g in stride.groups(len(first)):
        found = stride.paths(track, first[g], last[g], tilt[g], unrest[g], rate_hz)
        _space(found, space[g])
        _landing(found, ic[g] - first[g], side, rate_hz, landing[g])
    space["unrest"] = unrest
    return space, landing


def nothing(dtype: np.dtype[np.void], n: int) -> Table:
    """Rows that know nothing."""
    out = np.empty(n, dtype)
    for name in dtype.names or ():
        out[name] = np.nan
    return out


def _space(p: Paths, out: Table) -> None:
    i = np.arange(len(p.length))
    end = p.place[:, i, p.length]
    rise = stride.along(end, p.up)
    level = end[0] * end[0] + end[1] * end[1] + end[2] * end[2] - rise * rise
    out["stride_m"] = np.sqrt(np.maximum(level, 0.0))
    out["slope_rad"] = np.arctan2(rise, out["stride_m"])
    height = stride.along(p.place, p.up)
    inside = np.arange(height.shape[1]) <= p.length[:, None]
    # Over the straight line from flat to flat, so that a hill is not a high step.
    base = rise[:, None] * (np.arange(height.shape[1]) / p.length[:, None])
    out["clearance_m"] = np.where(inside, height - base, -np.inf).max(axis=1)


def _landing(p: Paths, ic: FloatArray, side: Side, rate_hz: float, out: Table) -> None:
    n, width = p.toes.shape
    i = np.arange(n)
    touch = np.clip(np.floor(ic).astype(np.int64), 1, p.length - 1)
    place = np.arange(width)
    down = (place >= touch[:, None]) & (place <= p.length[:, None])
    before = np.clip(np.round(ic - _STRIKE_BEFORE_S * rate_hz).astype(np.int64), 0, p.length)
    out["strike_rad"] = np.arcsin(_sine(p.toes[i, before])) - np.arcsin(_sine(p.toes[i, p.length]))
    falling = -stride.along(p.speed, p.up)
    share = ic - touch
    speed = falling[i, touch] * (1 - share) + falling[i, touch + 1] * share
    out["touchdown_mps"] = speed
    out["arrest_s"] = _arrest(falling, touch, speed, rate_hz)
    roll = np.arcsin(_sine(p.left))
    away = roll - roll[i, touch][:, None]
    outward = {"left": 1.0, "right": -1.0}.get(side, math.nan)
    out["eversion_rad"] = np.where(down, outward * away, -np.inf).max(axis=1)
    rate = np.zeros_like(roll)
    rate[:, 1:-1] = (roll[:, 2:] - roll[:, :-2]) * (0.5 * rate_hz)
    out["eversion_radps"] = np.where(down, outward * rate, -np.inf).max(axis=1)
    sideways = stride.along(p.place, p.aside)
    span = np.where(down, sideways, -np.inf).max(axis=1) - np.where(down, sideways, np.inf).min(
        axis=1
    )
    out["ml_excursion_m"] = span


def _arrest(falling: FloatArray, touch: IntArray, speed: FloatArray, rate_hz: float) -> FloatArray:
    """Time in which the fall goes from 0.9 to 0.1 of its speed at touchdown; NaN where none."""
    width = round(_ARREST_S * rate_hz) + 1
    at = touch[:, None] + np.arange(width)
    x = np.take_along_axis(falling, np.minimum(at, falling.shape[1] - 1), axis=1)
    times = []
    for level in _ARREST:
        below = x <= level * speed[:, None]
        k = np.argmax(below, axis=1)
        i = np.arange(len(x))
        a, b = x[i, np.maximum(k - 1, 0)], x[i, k]
        with np.errstate(invalid="ignore", divide="ignore"):
            place = np.where(k > 0, k - (b - level * speed) / (b - a), 0.0)
        times.append(np.where(below.any(axis=1), place, np.nan) / rate_hz)
    return np.where(speed >= _LEAST_MPS, times[1] - times[0], np.nan)


def _sine(x: FloatArray) -> FloatArray:
    return np.clip(x, -1.0, 1.0)
