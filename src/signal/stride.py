"""The path of a foot from one foot-flat to the next: strapdown integration, all strides at once.

Orientation. A foot turns mostly about one axis. Its pitch is carried exactly, as an angle, then
its yaw seen from the pitched frame, which turning on the way makes large; what is left is small
and is carried by its Magnus series to second order. That needs sums along time only, no loop over
samples.

Velocity. At foot-flat the pod turns about the ground under it, so its velocity there follows from
the turning rate. What the integrated velocity misses of that at the end is given back along the
stride by ``closure``.

Sources: Magnus 1954, Commun Pure Appl Math 7:649; zero-velocity updates after Foxlin 2005, IEEE
CG&A 25:38. Differs from the papers: no filter; the tilt at foot-flat is the mean of six, weighted
by how still they were; the closure.
"""

from dataclasses import dataclass

import numpy as np

from .closure import Closed, Level, closed, integral, unit
from .footframe import AX, CLIPPED, WX
from .tables import FloatArray, IntArray

# How a pod on the laces moves while the foot turns at foot-flat, per rad/s: toes up, it goes ahead
# as if 0.09 m above the axis, which lies under the ball, 0.07 m before it; rolling, sideways as if
# 0.15 m above, since the sole gives too. Within 2 cm of each, pyshoe's lengths get 1 mm worse.
_PITCH_M, _BALL_M, _ROLL_M = 0.09, 0.07, 0.15
TILTS = 6  # foot-flats behind one tilt
_STILL = 0.3  # (m/s^2)^2 added to how restless a foot-flat was, for its weight
_LEFT = np.array([[0.0], [1.0], [0.0]])
_GROUP = 128  # strides worked out side by side: more would leave the cache, fewer cost more calls


@dataclass(frozen=True, slots=True)
class Paths:
    """Strides from foot-flat to foot-flat in the frame of the first; axes x toes, y left, z up
    of the foot as it lay there. Beyond its ``length`` a row means nothing.

    ``rises`` (3, n, w) is how far each of the foot's axes points up, the first two sines of pitch
    and of roll; ``aside`` (3, n) is the left at the last sample.
    """

    length: IntArray
    closed: Closed
    rises: FloatArray
    aside: FloatArray


def tilt_weight(unrest: FloatArray) -> FloatArray:
    """Weight of what the accelerometer read at foot-flats, by how restless they were."""
    return np.asarray(1 / (_STILL + unrest))


def paths(
    track: FloatArray,
    first: IntArray,
    last: IntArray,
    tilt: FloatArray,
    unrest: FloatArray,
    level: Level,
    rate_hz: float,
) -> Paths:
    """Integrate the foot-frame samples ``track`` (rows of ``footframe``) of each stride.

    ``first`` and ``last`` are the samples of the two foot-flats; ``tilt`` (n, 3) is the sum of
    what the accelerometer read at this foot-flat and those before, each times its weight
    (``tilt_weight``); ``unrest`` (n,) is the mean of what both missed gravity by, squared;
    ``level`` is how the ground went so far.
    """
    length = last - first
    width = int(length.max()) + 1
    if len(first) == 1:  # live, one stride at a time: a view instead of a gather
        both = track[:, None, int(first[0]) : int(last[0]) + 1]
        acc, turn, count = both[AX : AX + 3], both[WX : WX + 3], both[CLIPPED]
    else:
        at = np.minimum(first[:, None] + np.arange(width), last[:, None])
        acc, turn = track[AX : AX + 3][:, at], track[WX : WX + 3][:, at]
        count = track[CLIPPED][at]
    attitude = _attitude(turn, rate_hz)
    push = _rotated(acc, attitude)
    i = np.arange(len(first))
    end = _rotated(_rolling(turn[:, i, length]), attitude[:, i, length])
    start = _rolling(turn[:, :, 0])
    out = closed(push, start, end, unit(tilt.T), length, unrest, count, level, rate_hz)
    return Paths(
        length=length,
        closed=out,
        rises=_rises(attitude, out.up),
        aside=_rotated(_LEFT, attitude[:, i, length]),
    )


def groups(n: int) -> list[slice]:
    """Cut ``n`` strides into groups that fit the cache."""
    return [slice(i, min(i + _GROUP, n)) for i in range(0, n, _GROUP)]


# Rows of an attitude: cosines and sines of pitch and yaw, and the small rest as a rotation vector
# with its two coefficients.
_CP, _SP, _CY, _SY, _RX, _RY, _RZ, _SINE, _VERSINE = range(9)


def _attitude(turn: FloatArray, rate_hz: float) -> FloatArray:
    """Rotation from the foot to the frame it started in, (9, n, w), by turning rates (3, n, w)."""
    out = np.empty((9, *turn.shape[1:]))
    # Single precision is right to 1e-7, ten times faster, and the same whatever stands beside it.
    theta = integral(turn[1], rate_hz).astype(np.float32)
    out[_CP], out[_SP] = np.cos(theta), np.sin(theta)
    c, s = out[_CP], out[_SP]
    x, z = turn[0] * c + turn[2] * s, turn[2] * c - turn[0] * s
    psi = integral(z, rate_hz).astype(np.float32)
    out[_CY], out[_SY] = np.cos(psi), np.sin(psi)
    u, v = x * out[_CY], x * out[_SY]
    a, b = integral(u, rate_hz), integral(v, rate_hz)
    out[_RX], out[_RY] = a, b
    out[_RZ] = 0.5 * integral(a * v - b * u, rate_hz)
    q = a * a + b * b + out[_RZ] * out[_RZ]
    # sin |r| / |r| and (1 - cos |r|) / |r|^2 by series, right to 1e-5 up to a right angle.
    out[_SINE] = 1 - q / 6 * (1 - q / 20 * (1 - q / 42 * (1 - q / 72)))
    out[_VERSINE] = 0.5 - q / 24 * (1 - q / 30 * (1 - q / 56 * (1 - q / 90)))
    return out


def _rotated(x: FloatArray, by: FloatArray) -> FloatArray:
    """Turn foot vectors x (3, ...) into the frame the foot started in."""
    cp, sp, cy, sy = by[_CP], by[_SP], by[_CY], by[_SY]
    ahead = x[0] * cp + x[2] * sp
    out = np.empty(by[:3].shape)
    out[0] = ahead * cy - x[1] * sy
    out[1] = ahead * sy + x[1] * cy
    out[2] = x[2] * cp - x[0] * sp
    rest = by[_RX : _RZ + 1]
    once = _cross(rest, out)
    twice = _cross(rest, once)
    once *= by[_SINE]
    twice *= by[_VERSINE]
    out += once
    out += twice
    return out


def _rises(by: FloatArray, up: FloatArray) -> FloatArray:
    """How far each of the foot's axes points up, (3, n, w); ``up`` is (3, n).

    Up is turned back by the small rest instead of three axes forth.
    """
    rest = -by[_RX : _RZ + 1]
    fixed = up[:, :, None]
    once = _cross(rest, fixed)
    twice = _cross(rest, once)
    once *= by[_SINE]
    twice *= by[_VERSINE]
    once += twice
    once += fixed
    cp, sp, cy, sy = by[_CP], by[_SP], by[_CY], by[_SY]
    ahead = cy * once[0] + sy * once[1]
    out = np.empty(rest.shape)
    out[0] = cp * ahead - sp * once[2]
    out[1] = cy * once[1] - sy * once[0]
    out[2] = sp * ahead + cp * once[2]
    return out


def _cross(a: FloatArray, b: FloatArray) -> FloatArray:
    out = np.empty(a.shape)
    out[0] = a[1] * b[2] - a[2] * b[1]
    out[1] = a[2] * b[0] - a[0] * b[2]
    out[2] = a[0] * b[1] - a[1] * b[0]
    return out


def _rolling(turn: FloatArray) -> FloatArray:
    """Velocity of a pod on a foot that turns about the ground under it."""
    out = np.empty(turn.shape)
    np.multiply(turn[1], _PITCH_M, out=out[0])
    np.multiply(turn[0], -_ROLL_M, out=out[1])
    np.multiply(turn[1], _BALL_M, out=out[2])
    return out
