"""Which way the pod sits on the foot, and what its sensors read wrongly.

Learnt once, from the first seconds of motion, and then kept: a number must not change
because the recording went on. Up is where gravity points while the foot hardly turns; the
pitch axis is where the foot turns most; front and back follow from two things a foot does
whichever way it goes: the toes rise before the impact, and they rise in mid-swing.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .filters import gaussian, smooth
from .imu import G_MPS2
from .tables import BoolArray, FloatArray, IntArray

MOTION_RADPS = 1.0  # turning faster than this counts as motion
MOTION_S = 8.0  # seconds of motion the calibration waits for
SWING_HZ = 4.0  # below this a swing is one hump of pitch rate, at any speed

UNREST_MPS2 = 4.0  # off gravity is as restless as turning at 1 rad/s
_RATTLE_HZ = 15.0
_REST_S = 0.5
_REST_ACC_SD_G = 0.03  # a foot on the ground; tuned on pyshoe and wmf, rest there 0.002..0.02
_REST_GYR_SD_RADPS = 0.06
_REST_GYR_RADPS = 0.25  # no pod here has a zero offset beyond 5 deg/s = 0.09 rad/s
# A foot stands about as it lies at foot-flat; a pod in a hand does not.
_UPRIGHT = np.cos(np.radians(20.0))
_NORMAL = 0.06  # a scale error up to 6 % is corrected by what gravity reads at rest
_FAULT = 0.75  # firmware that takes a +-16 g sensor for a +-12 g one, seen on hobby boards
_FAULT_WITHIN = 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """From the sensor's axes to the foot's: x toes, y left, z up.

    ``rotation`` is (3, 3), its rows the foot's axes seen by the sensor. ``scale`` multiplies
    the accelerometer; ``offset_radps`` is taken from the gyroscope. ``direction`` is the
    agreement of the votes on front and back, below 0.1 hardly better than a guess.
    ``swing_radps`` is how fast the toes rise in a typical swing. ``rattle`` is turning above
    15 Hz against turning below it: a pod that sits fast has 0.05 to 0.18, a loose one 0.48.
    ``stand_roll_rad`` is how far the left edge was up in quiet standing, None without any.
    """

    rotation: FloatArray
    scale: float
    scale_fault: bool
    scale_known: bool
    offset_radps: FloatArray
    offset_known: bool
    rest_g: float | None
    direction: float
    period_s: float
    swing_radps: float
    rattle: float
    stand_roll_rad: float | None = None

    def apply(self, acc: FloatArray, gyr: FloatArray, out: FloatArray) -> None:
        """Write foot-frame acceleration and turning rate, (6, n), from (3, n) each.

        Written out, not a matrix product: BLAS may round differently by size.
        """
        w = gyr - self.offset_radps[:, None]
        r, s = self.rotation, self.rotation * self.scale
        out[:3] = s[:, :1] * acc[0] + s[:, 1:2] * acc[1] + s[:, 2:] * acc[2]
        out[3:] = r[:, :1] * w[0] + r[:, 1:2] * w[1] + r[:, 2:] * w[2]

    def pitch(self, gyr: FloatArray, out: FloatArray) -> None:
        """Write the turning rate about the foot's left, (n,), from (3, n); bits as ``apply``."""
        w = gyr - self.offset_radps[:, None]
        x, y, z = self.rotation[1]
        np.add(x * w[0] + y * w[1], z * w[2], out=out)


def calibrate(acc: FloatArray, gyr: FloatArray, rate_hz: float) -> Alignment | None:
    """Return how the pod sits, from samples (3, n); None where it hardly moved."""
    moving = _moving(gyr, rate_hz)
    if moving.sum() < 2 * rate_hz:
        return None
    rest, offset = _rest(acc, gyr, rate_hz)
    rest_g = None if rest is None else float(np.median(np.linalg.norm(rest, axis=0))) / G_MPS2
    turn = gyr - (0.0 if offset is None else offset[:, None])
    slow = np.stack([smooth(w, gaussian(8.0, rate_hz)) for w in turn])
    period_s = _period_s(slow, moving, rate_hz)
    period = round(period_s * rate_hz)
    if rest_g is None:
        scale, fault, known = _scale_in_motion(_cycle_g(acc, turn, slow, moving, period, rate_hz))
    else:
        scale, fault, known = _scale_at_rest(rest_g)
    acc = acc * scale
    unrest = smooth((gyr * gyr).sum(axis=0) + _push(acc) ** 2, gaussian(6.0, rate_hz))
    still = moving & (unrest <= np.quantile(unrest[moving], 0.15))
    up = _unit(acc[:, still].mean(axis=1))
    flat = slow[:, moving] - np.outer(up, up @ slow[:, moving])
    left = np.linalg.eigh(flat @ flat.T)[1][:, 2]
    left = _unit(left - up * float(up @ left))
    vote = _votes(acc, turn, slow, up, left, unrest, moving, period, rate_hz)
    if vote < 0:
        left = -left
    swing = smooth(-(left @ turn), gaussian(SWING_HZ, rate_hz))
    steady = np.stack([smooth(w, gaussian(_RATTLE_HZ, rate_hz)) for w in turn])
    return Alignment(
        rotation=np.stack([np.cross(left, up), left, up]),
        scale=scale,
        scale_fault=fault,
        scale_known=known,
        offset_radps=np.zeros(3) if offset is None else offset,
        offset_known=offset is not None,
        rest_g=rest_g,
        direction=abs(vote),
        period_s=period_s,
        swing_radps=float(np.median(swing[_tops(swing, moving, period)])),
        rattle=float(np.sqrt(((turn - steady) ** 2).sum() / max((steady**2).sum(), 1e-12))),
        stand_roll_rad=None if rest is None else _standing(rest, left, up),
    )


def _standing(rest: FloatArray, left: FloatArray, up: FloatArray) -> float | None:
    """Roll of the foot in quiet standing, from gravity (3, k); None where it rested otherwise."""
    g = rest / np.linalg.norm(rest, axis=0)
    # On a table, in a hand or on its side a pod rests too, but not as on a standing foot.
    upright = up @ g > _UPRIGHT
    return float(np.arcsin(np.median(left @ g[:, upright]))) if upright.any() else None


def _unit(v: FloatArray) -> FloatArray:
    return np.asarray(v / np.linalg.norm(v))


def _cycle_g(
    acc: FloatArray,
    turn: FloatArray,
    slow: FloatArray,
    moving: BoolArray,
    period: int,
    rate_hz: float,
) -> float:
    """What gravity reads, in g, for a sensor that never rests.

    Turned back by the pitch, the acceleration's mean over a whole stride is gravity's: the
    foot ends as fast as it began. Within 20 % on all recordings at hand, fast runs included.
    """
    _, axes = np.linalg.eigh(slow[:, moving] @ slow[:, moving].T)
    sizes = []
    for a in range(0, len(moving) - period, max(1, period // 2)):
        if not moving[a : a + period].all():
            continue
        theta = np.cumsum(axes[:, 2] @ turn[:, a : a + period]) / rate_hz
        x, y, n = axes.T @ acc[:, a : a + period]
        back = np.exp(-1j * theta) if np.linalg.det(axes) < 0 else np.exp(1j * theta)
        sizes.append(np.hypot(abs(((x + 1j * y) * back).mean()), n.mean()))
    return float(np.median(sizes)) / G_MPS2 if sizes else 1.0


def _push(acc: FloatArray) -> FloatArray:
    """How far the acceleration is from gravity alone, in rad/s of turning as restless.

    Turning alone does not tell stance from the ends of the swing when the stance is short.
    """
    return np.asarray((np.sqrt((acc * acc).sum(axis=0)) - G_MPS2) / UNREST_MPS2)


def _moving(gyr: FloatArray, rate_hz: float) -> BoolArray:
    """Samples within half a second of fast turning."""
    fast = (gyr * gyr).sum(axis=0) > MOTION_RADPS**2
    half = round(0.5 * rate_hz)
    count = np.concatenate([np.zeros(half + 1), np.cumsum(fast), np.full(half, fast.sum())])
    near = count[2 * half + 1 :] - count[: -2 * half - 1]
    return np.asarray(near > 0.3 * half)


def _rest(
    acc: FloatArray, gyr: FloatArray, rate_hz: float
) -> tuple[FloatArray | None, FloatArray | None]:
    """What gravity reads at rest, (3, k) of the stretches, and the gyroscope's zero."""
    n = round(_REST_S * rate_hz)
    hop = max(1, n // 5)
    if acc.shape[1] < n:
        return None, None
    a = np.lib.stride_tricks.sliding_window_view(acc, n, axis=1)[:, ::hop]
    w = np.lib.stride_tricks.sliding_window_view(gyr, n, axis=1)[:, ::hop]
    w_mean = w.mean(axis=2)
    still = (
        (a.var(axis=2).sum(axis=0) < (_REST_ACC_SD_G * G_MPS2) ** 2)
        & (w.var(axis=2).sum(axis=0) < _REST_GYR_SD_RADPS**2)
        & ((w_mean * w_mean).sum(axis=0) < _REST_GYR_RADPS**2)
    )
    if not still.any():
        return None, None
    return a[:, still].mean(axis=2), w_mean[:, still].mean(axis=1)


def _scale_at_rest(rest_g: float) -> tuple[float, bool, bool]:
    """Return the factor, whether the 4/3 fault was found, and whether the factor is sure."""
    if abs(rest_g - 1) <= _NORMAL:
        return 1 / rest_g, False, True
    if abs(rest_g / _FAULT - 1) <= _FAULT_WITHIN:
        return 1 / rest_g, True, True
    return 1.0, False, False


def _scale_in_motion(cycle_g: float) -> tuple[float, bool, bool]:
    """As at rest; in motion only the gross fault can be seen."""
    if 0.62 < cycle_g < 0.87:
        return 1 / _FAULT, True, True
    return 1.0, False, 0.87 <= cycle_g <= 1.3


def _period_s(slow: FloatArray, moving: BoolArray, rate_hz: float) -> float:
    """Stride time by autocorrelation: the lowest lag with >= 0.8 of the best peak."""
    every = max(1, round(rate_hz / 50))
    x = (slow * moving)[:, ::every]
    x = x - x.mean(axis=1, keepdims=True)
    n = x.shape[1]
    power = np.abs(np.fft.rfft(x, 2 * n, axis=1)) ** 2
    r = np.fft.irfft(power, axis=1)[:, :n].sum(axis=0) / np.arange(n, 0, -1)
    lag_s = np.arange(n) * every / rate_hz
    peak = np.flatnonzero((r[1:-1] > r[:-2]) & (r[1:-1] >= r[2:])) + 1
    peak = peak[(lag_s[peak] >= 0.42) & (lag_s[peak] <= 2.2)]
    if not len(peak):
        return 1.0
    return float(lag_s[peak[r[peak] >= 0.8 * r[peak].max()][0]])


def _votes(
    acc: FloatArray,
    turn: FloatArray,
    slow: FloatArray,
    up: FloatArray,
    left: FloatArray,
    unrest: FloatArray,
    moving: BoolArray,
    period: int,
    rate_hz: float,
) -> float:
    """Say whether ``left`` is left (> 0) or right (< 0), -1 to 1.

    Moving towards the toes counts twice: it is right on every recording at hand.
    """
    pitch = -(left @ slow)
    still = _tops(-unrest, moving, period)
    ahead = _toeward(np.cross(left, up), up, left, acc, turn, still, period, rate_hz)
    impact = _rise_before_impact(pitch, acc, moving, period, rate_hz)
    return (2 * ahead + impact + _rise_in_swing(pitch, still, period)) / 4


def _rise_before_impact(
    pitch: FloatArray, acc: FloatArray, moving: BoolArray, period: int, rate_hz: float
) -> float:
    """Vote -1..1: just before the impact's burst the toes have been rising."""
    size = np.sqrt((acc * acc).sum(axis=0))
    burst = smooth((size - smooth(size, gaussian(15.0, rate_hz))) ** 2, gaussian(20.0, rate_hz))
    at = _tops(burst, moving, period)
    lead, span = max(1, round(0.04 * period)), max(2, round(0.16 * period))
    mean = np.convolve(pitch, np.full(span, 1 / span))
    return _agreement(mean[at[at >= lead] - lead])


def _rise_in_swing(pitch: FloatArray, still: IntArray, period: int) -> float:
    """Vote -1..1: half a period after quiet stance, in mid-swing, the toes rise."""
    at = still + period // 2
    return _agreement(pitch[at[at < len(pitch)]])


def _toeward(
    ahead: FloatArray,
    up: FloatArray,
    left: FloatArray,
    acc: FloatArray,
    turn: FloatArray,
    still: IntArray,
    period: int,
    rate_hz: float,
) -> float:
    """Vote -1..1: from one quiet stance to the next the foot moves towards its toes.

    Strapdown in the plane of the pitch, with the velocity made equal at both ends.
    """
    paths = []
    for a, b in pairwise(still.tolist()):
        if 0.6 * period < b - a < 1.6 * period:
            theta = np.cumsum(left @ turn[:, a:b]) / rate_hz
            push = (ahead @ acc[:, a:b]) * np.cos(theta) + (up @ acc[:, a:b]) * np.sin(theta)
            paths.append(np.cumsum(push - push.mean()).sum())
    return _agreement(np.array(paths))


def _agreement(votes: FloatArray) -> float:
    return float(votes.mean() / max(np.abs(votes).mean(), 1e-9)) if len(votes) > 1 else 0.0


def _tops(x: FloatArray, moving: BoolArray, period: int) -> IntArray:
    """The largest sample of each period while moving."""
    cells = len(x) // period
    x = np.where(moving, x, -np.inf)[: cells * period].reshape(cells, period)
    top = np.argmax(x, axis=1)
    return np.asarray((top + np.arange(cells) * period)[np.isfinite(x.min(axis=1))])
