"""What the paths between foot-flats say: how far each stride went, and how it landed.

A stride runs from foot-flat to foot-flat, so it holds the flight after one contact and the
landing of the next: ``SPACE`` belongs to the row of the first contact, ``LANDING`` to that of
the second.
"""

import math

import numpy as np

from . import stride
from .closure import Level, dot
from .stride import Paths
from .tables import FloatArray, IntArray, Side, Table

SPACE = np.dtype(
    [(n, "f8") for n in ("stride_m", "clearance_m", "slope_rad", "heel_off_s", "unrest")]
)
LANDING = np.dtype(
    [
        (n, "f8")
        for n in (
            "strike_rad", "touchdown_mps", "arrest_s", "flat_s",
            "roll_rad", "eversion_rad", "eversion_radps", "ml_excursion_m",
        )
    ]
)  # fmt: skip

_STRIKE_BEFORE_S = 0.010  # science.md 2.3: the foot's angle just before it touches
_ARREST_S = 0.100  # the foot's fall is over by then
_ARREST = (0.9, 0.1)  # of the touchdown speed
_LEAST_MPS = 0.1
# How far a foot may be turned from how it lies and still lie: a sole gives by as much.
_FLAT_RAD = math.radians(3.0)


def measured(
    track: FloatArray,
    first: IntArray,
    last: IntArray,
    fc: FloatArray,
    ic: FloatArray,
    tilt: FloatArray,
    unrest: FloatArray,
    level: Level,
    side: Side,
    point_m: tuple[float, float, float],
    rate_hz: float,
) -> tuple[Table, Table]:
    """Return SPACE and LANDING of strides from sample ``first`` to ``last`` of ``track``.

    ``fc`` is where the first contact ended, ``ic`` where the second began; clearance is of the
    point of the foot that lies at ``point_m`` from the pod (toes, left, up); the rest as in
    ``stride.paths``.
    """
    space, landing = np.empty(len(first), SPACE), np.empty(len(first), LANDING)
    for g in stride.groups(len(first)):
        found = stride.paths(track, first[g], last[g], tilt[g], unrest[g], level, rate_hz)
        _space(found, point_m, space[g])
        space["heel_off_s"][g] = _heel_off_s(found, fc[g] - first[g], rate_hz)
        _landing(found, ic[g] - first[g], side, rate_hz, landing[g])
    space["unrest"] = unrest
    return space, landing


def nothing(dtype: np.dtype[np.void], n: int) -> Table:
    """Rows that know nothing."""
    out = np.empty(n, dtype)
    for name in dtype.names or ():
        out[name] = np.nan
    return out


def _space(p: Paths, point_m: tuple[float, float, float], out: Table) -> None:
    i = np.arange(len(p.length))
    end = p.closed.end
    rise = dot(end, p.closed.up)
    out["stride_m"] = np.sqrt(np.maximum(dot(end, end) - rise * rise, 0.0))
    out["slope_rad"] = p.closed.slope_rad
    height = p.closed.height()
    if any(point_m):
        x, y, z = point_m
        lever = x * p.rises[0] + y * p.rises[1] + z * p.rises[2]
        height += lever - lever[:, :1]
        rise = rise + lever[i, p.length] - lever[:, 0]
    inside = np.arange(height.shape[1]) <= p.length[:, None]
    # Over the straight line from flat to flat, so that a hill is not a high step.
    base = rise[:, None] * (np.arange(height.shape[1]) / p.length[:, None])
    out["clearance_m"] = np.where(inside, height - base, -np.inf).max(axis=1)


def _landing(p: Paths, ic: FloatArray, side: Side, rate_hz: float, out: Table) -> None:
    i = np.arange(len(p.length))
    touch = np.clip(np.floor(ic).astype(np.int64), 1, p.length - 1)
    before = np.clip(np.round(ic - _STRIKE_BEFORE_S * rate_hz).astype(np.int64), 0, p.length)
    out["strike_rad"] = _angle(p.rises[0, i, before]) - _angle(p.rises[0, i, p.length])
    # From IC to foot-flat; beyond it, the foot-flat itself.
    at = np.minimum(
        touch[:, None] + np.arange(int((p.length - touch).max()) + 1), p.length[:, None]
    )
    row = i[:, None]
    falling = -p.closed.speed_along(p.closed.up, row, at)
    share = ic - touch
    speed = falling[:, 0] * (1 - share) + falling[:, 1] * share
    out["touchdown_mps"] = speed
    out["arrest_s"] = _arrest(falling, speed, rate_hz)
    out["flat_s"] = _flat_s(_angle(p.rises[0, row, at]), share, rate_hz)
    roll = _angle(p.rises[1, row, at])
    outward = {"left": 1.0, "right": -1.0}.get(side, math.nan)
    out["roll_rad"] = outward * (roll[:, 0] * (1 - share) + roll[:, 1] * share)
    out["eversion_rad"] = (outward * (roll - roll[:, :1])).max(axis=1)
    turning = (roll[:, 1:] - roll[:, :-1]) * rate_hz
    out["eversion_radps"] = (outward * turning).max(axis=1)
    sideways = p.closed.place_along(p.aside, row, at)
    out["ml_excursion_m"] = sideways.max(axis=1) - sideways.min(axis=1)


def _arrest(falling: FloatArray, speed: FloatArray, rate_hz: float) -> FloatArray:
    """Time in which the fall goes from 0.9 to 0.1 of its speed at touchdown; NaN where none."""
    x = falling[:, : round(_ARREST_S * rate_hz) + 1]
    i = np.arange(len(x))
    times = []
    for level in _ARREST:
        below = x <= level * speed[:, None]
        k = np.argmax(below, axis=1)
        a, b = x[i, np.maximum(k - 1, 0)], x[i, k]
        with np.errstate(invalid="ignore", divide="ignore"):
            place = np.where(k > 0, k - (b - level * speed) / (b - a), 0.0)
        times.append(np.where(below.any(axis=1), place, np.nan) / rate_hz)
    return np.where(speed >= _LEAST_MPS, times[1] - times[0], np.nan)


def _flat_s(pitch: FloatArray, ic: FloatArray, rate_hz: float) -> FloatArray:
    """Time from ``ic`` until the pitch stays within 3 degrees of its last, foot-flat's."""
    away = np.abs(pitch - pitch[:, -1:]) - _FLAT_RAD
    i, k = np.arange(len(away)), away.shape[1] - 1 - np.argmax(away[:, ::-1] > 0, axis=1)
    a, b = away[i, k], away[i, np.minimum(k + 1, away.shape[1] - 1)]
    with np.errstate(invalid="ignore", divide="ignore"):
        place = np.where(a > 0, k + a / (a - b), 0.0)
    return np.maximum(place - ic, 0.0) / rate_hz


def _heel_off_s(p: Paths, fc: FloatArray, rate_hz: float) -> FloatArray:
    """Time from where the heel stays up by 3 degrees to ``fc``; NaN where it does not."""
    at = np.minimum(np.arange(int(fc.max()) + 3), p.length[:, None])
    i = np.arange(len(fc))
    down = _angle(p.rises[0, i[:, None], at]) - _angle(p.rises[0, :, :1]) + _FLAT_RAD
    lies = (down > 0) & (at <= fc[:, None])
    k = lies.shape[1] - 1 - np.argmax(lies[:, ::-1], axis=1)
    a, b = down[i, k], down[i, np.minimum(k + 1, down.shape[1] - 1)]
    with np.errstate(invalid="ignore", divide="ignore"):
        place = np.where(b < 0, k + a / (a - b), np.nan)
    return np.where(place < fc, (fc - place) / rate_hz, np.nan)


def _angle(x: FloatArray) -> FloatArray:
    return np.asarray(np.arcsin(np.minimum(np.maximum(x, -1.0), 1.0)))
