"""What an integrated stride misses at its end, given back along the stride to its likely causes.

A stride that starts and ends at rest must end with the velocity that its last foot-flat says, and
about as high as the ground goes. Four things keep it from that, each with its variance:

* the tilt, learnt at restless foot-flats: a constant acceleration along the ground;
* impacts sampled too coarsely: a random walk of the velocity, by the square of the jump of the
  acceleration from sample to sample;
* a sensor that is shaken hard: an acceleration upwards, all along;
* the velocity at both foot-flats, which the turning of the foot tells not quite.

The most likely causes, given what is missed, are taken out: least squares, in closed form, because
the first acts along the ground only, the third upwards, the others alike in all directions. So the
drift model, ramp or step, follows the device, the gait and the stride. The ground is expected to
rise as it did over the last strides, less what a few metres of level ground more would say; stairs
and kerbs break that expectation and are believed.

Source: the same least squares as a Rauch-Tung-Striebel smoother with these noises (Skog et al.
2010, IEEE Trans Biomed Eng 57:2657 for the smoothing of foot-mounted strides). Differs: no loop
over samples; the expected rise.
"""

from dataclasses import dataclass

import numpy as np

from .imu import G_MPS2
from .tables import FloatArray, IntArray

# Tuned on pyshoe (running and walking) and gaitmap together; a factor of 1.5 either way costs less
# than 1 mm of stride length.
_TILT, _TILT_LEAST = 1 / 6, 0.05  # of the unrest at foot-flat, (m/s^2)^2, plus the second
_ODD = 9.0  # three times what is likely, squared
_WALK = 4e-4  # (m/s)^2 per second, always
_JUMP = 2e-6  # (m/s)^2 per (m/s^2)^2 of jump between samples 5 ms apart
_SAMPLE_S = 0.005
_HIDDEN_MPS2 = 60.0  # of a clipped sample: impacts go on as far again, and half of that
_SHIFT = 0.05  # m/s^2 upwards, all along, per (m/s^2)^2 of unrest: boards that rattle and clip
_FLAT = 9e-4  # (m/s)^2 of the velocity at a foot-flat
_RISE_M = 0.01  # how far a stride ends beside the expected height, on a floor
_SURPRISE = 1 / 3  # ... or this share of what it seems to, where that is more: a step
STRIDES = 6  # behind an expected rise
_SLOPE_RAD = 0.06
_LEVEL_M = 10.0  # of level ground, counted among them


class Level:
    """Rise and way of the last strides, before they were levelled: how the ground goes."""

    def __init__(self) -> None:
        self._last = np.zeros((2, STRIDES - 1))

    def slope(self, rise: FloatArray, way: FloatArray) -> FloatArray:
        """Expected rise per metre of the next strides (n,), each by itself and those before."""
        n = len(rise)
        seen = np.concatenate([self._last, np.stack([rise, way])], axis=1)
        total = np.zeros((2, n))
        for back in range(STRIDES):
            total += seen[:, STRIDES - 1 - back : STRIDES - 1 - back + n]
        self._last = seen[:, n:]
        return np.asarray(total[0] / (total[1] + _LEVEL_M))


def integral(x: FloatArray, rate_hz: float) -> FloatArray:
    """Trapezoidal sum from the first sample on, along the last axis."""
    out = np.zeros_like(x)
    np.cumsum((x[..., 1:] + x[..., :-1]) * (0.5 / rate_hz), axis=-1, out=out[..., 1:])
    return out


@dataclass(frozen=True, slots=True)
class Closed:
    """Strides whose ends meet what was known of them, in the frame of their first foot-flat.

    Speed and place are those of the integrated acceleration, ``speed`` and ``place`` (3, n, w) in
    m/s and m, and four causes of the closure error: constant, ramp, the random walk of variance
    ``walk`` (n, w), and the same times the time since the start. ``shares`` (4, 3, n) says how
    much of each; ``area`` and ``twice`` are the integrals that their places need. They are put
    together only where they are looked at.

    ``up`` (3, n) is where up is. ``end`` (3, n) is the place of the last foot-flat. ``slope_rad``
    (n,) is from before the expected height was looked at; NaN where the tilt leaves more than
    0.06 rad in doubt.
    """

    speed: FloatArray
    place: FloatArray
    walk: FloatArray
    area: FloatArray
    twice: FloatArray
    clock: FloatArray
    shares: FloatArray
    up: FloatArray
    end: FloatArray
    slope_rad: FloatArray

    def height(self) -> FloatArray:
        """Height over the first foot-flat, (n, w)."""
        c = self._parts(self.up)
        t = self.clock
        out = dot(self.place, self.up[:, :, None])
        out += (c[0] + c[1] * (0.5 * t)) * t
        out += c[2] * self.area
        out += c[3] * self.twice
        return out

    def speed_along(self, way: FloatArray, row: IntArray, at: IntArray) -> FloatArray:
        """Speed along the unit vectors ``way`` (3, n) at samples ``at`` (n, k) of rows ``row``."""
        c = self._parts(way)
        t, walk = self.clock[at], self.walk[row, at]
        out = dot(self.speed[:, row, at], way[:, :, None])
        out += c[0] + c[1] * t + c[2] * walk + c[3] * (self.area[row, at] - t * walk)
        return np.asarray(out)

    def place_along(self, way: FloatArray, row: IntArray, at: IntArray) -> FloatArray:
        """Place along the unit vectors ``way`` (3, n) at samples ``at`` (n, k) of rows ``row``."""
        c = self._parts(way)
        t = self.clock[at]
        out = dot(self.place[:, row, at], way[:, :, None])
        out += (c[0] + c[1] * (0.5 * t)) * t
        out += c[2] * self.area[row, at] + c[3] * self.twice[row, at]
        return np.asarray(out)

    def _parts(self, way: FloatArray) -> FloatArray:
        """How much of each cause goes along ``way``, (4, n, 1)."""
        return np.asarray(dot(self.shares.transpose(1, 0, 2), way[:, None])[..., None])


def closed(
    push: FloatArray,
    start: FloatArray,
    end: FloatArray,
    up: FloatArray,
    length: IntArray,
    unrest: FloatArray,
    clipped: FloatArray,
    level: Level,
    rate_hz: float,
) -> Closed:
    """Integrate ``push`` (3, n, w), acceleration with gravity, from foot-flat to foot-flat.

    ``start`` and ``end`` (3, n) are the velocities that the foot-flats say, ``up`` where they say
    that up is; ``clipped`` (n, w) counts the samples at the end of the range so far.
    """
    i = np.arange(len(length))
    time = length / rate_hz
    speed = integral(push, rate_hz)
    place = integral(speed, rate_hz)
    walk = _walk(push, clipped, rate_hz)  # variance of the velocity that came up to each sample
    area = integral(walk, rate_hz)
    twice = integral(area, rate_hz)
    area_end, twice_end = area[i, length], twice[i, length]
    above = walk[i, length] + 2 * _FLAT
    lack = end - start - speed[:, i, length]
    # Foot-flats that speak of another gravity than the whole stride does were no foot-flats.
    odd = lack + up * (G_MPS2 * time)
    tilt = _TILT * (unrest + _TILT_LEAST)
    tilt = np.maximum(tilt, (dot(odd, odd) / _ODD - above) / (time * time))
    along = above + tilt * time * time
    # Gravity as the foot-flats have it, and as what is left of the stride's mean acceleration.
    up = unit(up * (G_MPS2 * above) - lack * (tilt * time))
    lack += up * (G_MPS2 * time)
    shift = (_SHIFT * unrest) ** 2
    high = dot(lack, up) * (shift * time / (above + shift * time * time))
    by_walk = (lack - high * time * up) / above
    constant, ramp = start + by_walk * _FLAT, (high - G_MPS2) * up
    above = above + shift * time * time
    last = place[:, i, length] + constant * time + ramp * (0.5 * time * time) + by_walk * area_end
    rise = dot(last, up)
    ahead = last - rise * up
    way = np.maximum(np.sqrt(dot(ahead, ahead)), 1e-9)
    missed = level.slope(rise, way) * way - rise
    # What is still open after the velocity: how far the walk and the tilt may have lifted the end.
    middle = (area_end + _FLAT * time + 0.5 * shift * time**3) / above
    lifted = 2 * twice_end + _FLAT * time * time + 0.25 * shift * time**4 - middle * middle * above
    tilted = tilt * (1 - tilt * time * time / along)
    unsure = lifted + (way / G_MPS2) ** 2 * tilted
    slope = np.where(unsure <= (_SLOPE_RAD * way) ** 2, np.arctan2(rise, way), np.nan)
    doubt = np.maximum(_RISE_M, _SURPRISE * np.abs(missed)) ** 2
    gain = missed / (unsure + doubt)
    # Upwards: each step of the walk by its lever, the time left after it, less their mean. Ahead:
    # the tilt that turns the way, and what that would do to the velocity at the end.
    higher, to = gain * up, ahead * (gain / G_MPS2)
    by_walk += higher * (time - middle) + to * (tilt * time / along)
    constant += (higher * (time - middle) + to * (tilt * time / along)) * _FLAT
    ramp += higher * (shift * time * (0.5 * time - middle)) - to * tilted
    twice += twice
    twice -= np.arange(push.shape[2]) / rate_hz * area
    last = place[:, i, length] + constant * time + ramp * (0.5 * time * time) + by_walk * area_end
    last += higher * twice[i, length]
    return Closed(
        speed=speed,
        place=place,
        walk=walk,
        area=area,
        twice=twice,
        clock=np.arange(push.shape[2]) / rate_hz,
        shares=np.stack([constant, ramp, by_walk, higher]),
        up=unit(up + (tilted / G_MPS2) * to),
        end=last,
        slope_rad=slope,
    )


def dot(a: FloatArray, b: FloatArray) -> FloatArray:
    """Scalar product of (3, ...) vectors."""
    return np.asarray(a[0] * b[0] + a[1] * b[1] + a[2] * b[2])


def unit(x: FloatArray) -> FloatArray:
    """(3, ...) vectors of length one."""
    return np.asarray(x / np.sqrt(dot(x, x)))


def _walk(push: FloatArray, clipped: FloatArray, rate_hz: float) -> FloatArray:
    jump = push[..., 1:] - push[..., :-1]
    jump *= jump
    variance = (jump[0] + jump[1] + jump[2]) * (_JUMP / (rate_hz * _SAMPLE_S) ** 2)
    variance += _WALK / rate_hz
    out = np.zeros(push.shape[1:])
    np.cumsum(variance, axis=-1, out=out[:, 1:])
    out += (clipped - clipped[:, :1]) * (_HIDDEN_MPS2 / rate_hz) ** 2
    return out
