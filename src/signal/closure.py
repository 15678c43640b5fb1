"""What an integrated stride misses at its end, given back along the stride to its likely causes.

A stride that starts and ends at rest must end with the velocity that its last foot-flat says, and
about as high as the ground goes. Four things keep it from that, each with its variance:

* the tilt, learnt at restless foot-flats: a constant acceleration along the ground;
* impacts sampled too coarsely: a random walk of the velocity, by the square of the jump of the
  acceleration from sample to sample;
* a sensor that is shaken hard: an acceleration upwards, all along;
* the velocity at both foot-flats, which the turning of the foot tells not quite.

The most likely causes, given what is missed, are taken out: least squares, in closed form, because
the first acts along the ground only, the third upwards, the others alike in all directions. So the drift model,
ramp or step, follows the device, the gait and the stride. The ground is expected to rise as it did
over the last strides, less what a few metres of level ground more would say; stairs and kerbs
break that expectation and are believed.

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
    """Strides closed: ``place`` (3, n, w) in m, ``up`` (3, n), and what they rose and went.

    ``slope_rad`` (n,) is from before the expected height was looked at; NaN where the tilt leaves
    more than 0.06 rad in doubt.
    """

    place: FloatArray
    up: FloatArray
    slope_rad: FloatArray


def closed(
    speed: FloatArray,
    push: FloatArray,
    end: FloatArray,
    up: FloatArray,
    length: IntArray,
    unrest: FloatArray,
    clipped: FloatArray,
    level: Level,
    rate_hz: float,
) -> Closed:
    """Close the strides ``speed`` (3, n, w), in place.

    ``clipped`` (n, w) counts the samples at the end of the range so far.
    ``push`` and ``speed`` are with gravity, ``end`` (3, n) is the velocity that the last foot-flat
    says, ``up`` (3, n) where the foot-flats say that up is.
    """
    i = np.arange(len(length))
    time = length / rate_hz
    clock = np.arange(speed.shape[2]) / rate_hz
    tilt = _TILT * (unrest + _TILT_LEAST)
    walk = _walk(push, clipped, rate_hz)  # variance of the velocity that came up to each sample
    given = walk + _FLAT
    above = walk[i, length] + 2 * _FLAT
    lack = end - speed[:, i, length]
    # Foot-flats that speak of another gravity than the whole stride does were no foot-flats.
    odd = lack + up * (G_MPS2 * time)
    tilt = np.maximum(tilt, (dot(odd, odd) / _ODD - above) / (time * time))
    along = above + tilt * time * time
    # Gravity as the foot-flats have it, and as what is left of the stride's mean acceleration.
    up = unit(up * (G_MPS2 * above) - lack * (tilt * time))
    lack += up * (G_MPS2 * time)
    speed -= (G_MPS2 * up)[:, :, None] * clock
    # Upwards a restless stride may also be off all along.
    shift = (_SHIFT * unrest) ** 2
    high = dot(lack, up) / (1 + above / (shift * time * time))
    speed += ((lack - high * up) / above)[:, :, None] * given
    speed += (high / time * up)[:, :, None] * clock
    above = above + shift * time * time
    place = integral(speed, rate_hz)
    last = place[:, i, length]
    rise = dot(last, up)
    ahead = last - rise * up
    way = np.maximum(np.sqrt(dot(ahead, ahead)), 1e-9)
    missed = level.slope(rise, way) * way - rise
    # What is still open after the velocity: how far the walk and the tilt may have lifted the end.
    area = integral(walk, rate_hz)
    middle = (area[i, length] + _FLAT * time + 0.5 * shift * time**3) / above
    lifted = 2 * integral(area, rate_hz)[i, length] + _FLAT * time * time
    lifted += 0.25 * shift * time**4 - middle * middle * above
    tilted = tilt * (1 - tilt * time * time / along)
    turned = (way / G_MPS2) ** 2 * tilted
    doubt = np.maximum(_RISE_M, _SURPRISE * np.abs(missed)) ** 2
    unsure = lifted + turned
    slope = np.where(unsure <= (_SLOPE_RAD * way) ** 2, np.arctan2(rise, way), np.nan)
    gain = missed / (unsure + doubt)
    # Upwards: each step of the walk by its lever, the time left after it, less their mean.
    by = (time[:, None] - clock - middle[:, None]) * walk + area
    by += (_FLAT * (time - middle))[:, None] + (shift * time * (0.5 * time - middle))[
        :, None
    ] * clock
    by *= gain[:, None]
    rising = up[:, :, None]
    speed += rising * by
    place += rising * integral(by, rate_hz)
    # Ahead: the tilt that turns the way, and what that would do to the velocity at the end.
    to = ahead * (gain / G_MPS2)
    by = (tilt * time / along)[:, None] * given - tilted[:, None] * clock
    speed += to[:, :, None] * by
    place += to[:, :, None] * integral(by, rate_hz)
    return Closed(place, unit(up + (tilted / G_MPS2) * to), slope)


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
