"""Where in the pitch rate a contact begins and ends: the definitions, all contacts at once.

Published with every number (docs/measures.md); toes up is positive:

* IC walking   the pitch rate falls through zero after mid-swing.
* IC running   12 ms before the foot slaps down with three quarters of its fastest rate; where it
               does not slap (flat or forefoot landing), half of the acceleration's burst.
* FC walking   half of the push-off trough is recovered.
* FC running   a fifth of it is: the half level is reached late there, past a second trough.

Sources: Falbriard et al. 2018, Front Physiol 9:610 (features of the pitch rate between
mid-swings). Differs from the paper: crossings of a level instead of the two minima. In walking
they have half the scatter against motion capture; in running three quarters of the slap scatters
a third less than the zero crossing against a motion-captured foot (docs/validation.md).

Every function works on a matrix of windows, one row a contact, and along its rows only: so a
contact's bits do not depend on how many others are worked out beside it. What was not seen is
NaN and stays NaN; the caller keeps numpy quiet about that, once for all.
"""

import numpy as np

from .imu import G_MPS2
from .orientation import UNREST_MPS2
from .tables import BoolArray, FloatArray, IntArray

SLAP_LEVEL = 0.75
SLAP_LEAD_S = 0.012  # from IC to that level: 8 ms on the force-plate stride, see validation
_SLAP_S = 0.12  # the slap is over by then
_SLAP_LEAST_RADPS = 2.0  # less is no slap; slapping landings have 3 to 9
BURST_S = (-0.13, 0.12)  # about the zero crossing: a flat landing comes up to 0.1 s before it
_BURST_LEVEL = 0.5
_BURST_HALF_S = 0.030  # what is slower than this is not burst
_BURST_SMOOTH_S = 0.005
_AGREE_S = 0.040  # slap and burst further apart are not of one landing

WALK_LEVEL, RUN_LEVEL = 0.5, 0.8  # of the trough's depth still there at FC
_DEEP = 0.5  # the first trough at least half as deep as the deepest is the push-off
_QUIET = (0.05, 0.45)  # quiet stance lies there between IC and the next swing's rise
_QUIET_HALF_S = 0.030


def crossing(x: FloatArray, hit: BoolArray, level: FloatArray | float) -> FloatArray:
    """Place, with fraction, where each row first hits; NaN where it does not, or at once.

    ``hit`` (n, w) marks the samples beyond ``level``; the place lies between the first of them
    and the sample before it, on a straight line.
    """
    at = np.argmax(hit, axis=1)
    i = np.arange(len(x))
    before, after = x[i, np.maximum(at - 1, 0)], x[i, at]
    place = at - (after - level) / (after - before)
    return np.where(hit.any(axis=1) & (at > 0), place, np.nan)


def zero_after_swing(x: FloatArray, until: IntArray) -> FloatArray:
    """Where the pitch rate, from mid-swing on, first falls through zero before ``until``."""
    falls = np.zeros(x.shape, bool)
    falls[:, 1:] = (x[:, :-1] > 0) & (x[:, 1:] <= 0)
    falls &= np.arange(x.shape[1]) <= until[:, None]
    return crossing(x, falls, 0.0)


def slap(x: FloatArray, rate_hz: float) -> tuple[FloatArray, FloatArray]:
    """Where the slap after a zero crossing reaches its level, and how deep it is (rad/s)."""
    x = x[:, : round(_SLAP_S * rate_hz) + 1]
    filled = np.where(np.isnan(x), np.inf, x)
    deep = filled.min(axis=1)
    place = crossing(x, filled <= SLAP_LEVEL * deep[:, None], SLAP_LEVEL * deep)
    return place, np.where(np.isfinite(deep), -deep, 0.0)


def burst(acc: FloatArray, rate_hz: float) -> FloatArray:
    """Where the quick part of the acceleration (3, n, w) has risen to half of its top."""
    acc = np.where(np.isnan(acc), 0.0, acc)
    quick = acc - _running_mean(acc, max(1, round(_BURST_HALF_S * rate_hz)))
    size = np.sqrt(quick[0] * quick[0] + quick[1] * quick[1] + quick[2] * quick[2])
    size = _running_mean(size, max(1, round(_BURST_SMOOTH_S * rate_hz)))
    edge = max(1, round(_BURST_HALF_S * rate_hz))
    size[:, :edge] = size[:, -edge:] = 0.0  # seen with one side only
    top = np.argmax(size, axis=1)
    level = _BURST_LEVEL * size[np.arange(len(size)), top]
    place = np.arange(size.shape[1])
    below = (size < level[:, None]) & (place < top[:, None])
    last = np.where(below, place, -1).max(axis=1)
    return crossing(size, (place > last[:, None]) & (last[:, None] >= 0), level)


def landing(
    zero: FloatArray, slapped: FloatArray, depth: FloatArray, burst_at: FloatArray, rate_hz: float
) -> FloatArray:
    """IC of running from its three signs, all in the same count of samples."""
    early = slapped - SLAP_LEAD_S * rate_hz
    one = np.abs(early - burst_at) <= _AGREE_S * rate_hz
    by_slap = (one | np.isnan(burst_at)) & (depth >= _SLAP_LEAST_RADPS) & ~np.isnan(early)
    return np.where(by_slap, early, np.where(np.isnan(burst_at), zero, burst_at))


def push_off(
    x: FloatArray, spin: FloatArray, first: IntArray, rate_hz: float
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Trough of the push-off, where it has recovered as in walking and in running, its depth.

    ``x`` is the pitch rate and ``spin`` the square of the turning rate in windows that end at
    the next swing's rise; the contact begins at sample ``first`` of the window.
    """
    n, width = x.shape
    place = np.arange(width)
    left = (width - first)[:, None]
    middle = (place >= first[:, None] + _QUIET[0] * left) & (
        place <= first[:, None] + _QUIET[1] * left
    )
    calm = _running_mean(
        np.where(np.isnan(spin), 1e9, spin), max(1, round(_QUIET_HALF_S * rate_hz))
    )
    quiet = np.argmin(np.where(middle, calm, np.inf), axis=1)
    after = np.where((place > quiet[:, None]) & ~np.isnan(x), x, np.inf)
    deepest = after.min(axis=1, keepdims=True)
    lowest = np.zeros(x.shape, bool)
    lowest[:, 1:-1] = (after[:, 1:-1] < after[:, :-2]) & (after[:, 1:-1] <= after[:, 2:])
    lowest &= after <= _DEEP * deepest
    found = lowest.any(axis=1) & (deepest[:, 0] < 0)
    at = np.minimum(np.maximum(np.argmax(lowest, axis=1), 1), width - 2)
    i = np.arange(n)
    a, b, c = x[i, at - 1], x[i, at], x[i, at + 1]
    trough = at + 0.5 * (a - c) / (a - 2 * b + c)
    later = place > at[:, None]
    out = [trough]
    for level in (WALK_LEVEL * b, RUN_LEVEL * b):
        out.append(crossing(x, later & (x >= level[:, None]), level))
    trough, walking, running = (np.where(found, p, np.nan) for p in out)
    return trough, walking, running, np.where(found, -b, np.nan)


def stillest(spin: FloatArray, size: FloatArray, first: IntArray, rate_hz: float) -> IntArray:
    """Sample of each window, from ``first`` on, about which the foot lies stillest.

    By its turning and by how far the acceleration's size is from gravity, as ``orientation``.
    """
    unrest = spin + ((size - G_MPS2) / UNREST_MPS2) ** 2
    calm = _running_mean(
        np.where(np.isnan(unrest), 1e9, unrest), max(1, round(_QUIET_HALF_S * rate_hz))
    )
    early = np.arange(spin.shape[1]) < first[:, None]
    return np.asarray(np.argmin(np.where(early, np.inf, calm), axis=1))


def hidden(size: FloatArray, clipped: BoolArray) -> FloatArray:
    """Energy of an impact's acceleration, less gravity's, that the end of the range cut off.

    A parabola over the clipped samples that leaves them as steeply as the samples beside them
    stand apart. It is a lower guess, but it grows with the impact, which the ceiling does not.
    """
    n = clipped.sum(axis=1)
    width = size.shape[1]
    i = np.arange(len(size))
    first = np.argmax(clipped, axis=1)
    last = width - 1 - np.argmax(clipped[:, ::-1], axis=1)
    level = np.where(clipped, size, 0.0).sum(axis=1) / np.maximum(n, 1)
    rise = size[i, first] - size[i, np.maximum(first - 1, 0)]
    fall = size[i, last] - size[i, np.minimum(last + 1, width - 1)]
    top = np.maximum(rise + fall, 0.0) * (n / 8)
    extra = n * (2 * (level - G_MPS2) * top * (2 / 3) + top * top * (8 / 15))
    return np.where(n > 0, np.maximum(extra, 0.0), 0.0)


def _running_mean(x: FloatArray, half: int) -> FloatArray:
    """Mean of 2 half + 1 samples along the last axis; fewer at its ends."""
    width = x.shape[-1]
    total = np.zeros((*x.shape[:-1], width + 1))
    np.cumsum(x, axis=-1, out=total[..., 1:])
    place = np.arange(width)
    lo, hi = np.maximum(place - half, 0), np.minimum(place + half + 1, width)
    return np.asarray((total[..., hi] - total[..., lo]) / (hi - lo))
