"""Made-up drills: heel raises, taps, lunges, pauses on the whole foot and pushes, with their truth.

Every movement is written as an angle over time, by shapes that the analysers do not know: quintic
and skewed curves, a tap that is stopped by the floor, a push that dies out while it turns.
"""

from collections.abc import Sequence

import numpy as np

from .synthdrills import noise
from .synthpod import FINE_HZ, PITCH, POD, ROLL, VX, VZ, Sensor, Synthetic, felt, sensed
from .tables import REP, STEP, FloatArray, Table, empty, table

_HEEL = (-0.17, -0.09)  # as in synth.py: from a pod on the laces, ahead and up, m
_BALL = (0.06, -0.07)
_ANKLE = (0.0, -0.15)  # from a pod on the shin


def heel_raises(
    pauses_s: Sequence[float] = (0.3,) * 24,
    *,
    rise_s: float = 0.8,
    top_s: float = 0.2,
    lower_s: float = 1.0,
    angle_deg: float = 35.0,
    skew: float = 0.0,
    tremor_deg: float = 0.3,
    fade: float = 0.0,
    sensor: Sensor = POD,
    seed: int = 0,
) -> Synthetic:
    """Return the foot of somebody who raises the heel once more than there are bottom pauses.

    ``fade`` is how much of the height is lost by the last one; ``skew`` moves the fastest moment
    of rise and return early (+) or late (-). The truth is REP.
    """
    rng = np.random.default_rng(seed)
    pieces, rows, at = [np.zeros(round(2.0 * FINE_HZ))], [], 2.0
    n = len(pauses_s) + 1
    for i in range(n):
        size = np.deg2rad(angle_deg) * (1 - fade * i / n) * (1 + 0.05 * rng.standard_normal())
        up, high, down = np.array([rise_s, top_s, lower_s]) * (1 + 0.08 * rng.standard_normal(3))
        pieces += [
            size * _eased(up, skew), np.full(round(high * FINE_HZ), size),
            size * (1 - _eased(down, skew)),
        ]  # fmt: skip
        moved = sum(len(p) for p in pieces[-3:]) / FINE_HZ
        pause = pauses_s[i - 1] if i else np.nan
        rows.append(
            {"start_ns": round(at * 1e9), "stop_ns": round((at + moved) * 1e9), "rise_s": up,
             "top_s": high, "lower_s": down, "pause_s": pause, "angle_rad": size}
        )  # fmt: skip
        at += moved
        if i < n - 1:
            pieces.append(np.zeros(round(pauses_s[i] * FINE_HZ)))
            at += pauses_s[i]
    pieces.append(np.zeros(round(2.0 * FINE_HZ)))
    angle = np.concatenate(pieces)
    path = _turned(-angle, _BALL)
    shake = _trembling(path, tremor_deg, rng)
    return _made(shake, table(REP, rows), sensor, rng)


def tapping(
    tap_hz: float = 3.0,
    seconds: float = 30.0,
    *,
    angle_deg: float = 14.0,
    uneven: float = 0.04,
    sensor: Sensor = POD,
    seed: int = 0,
) -> Synthetic:
    """Return a foot that taps with its toes, the heel down; the truth is REP at the floor."""
    rng = np.random.default_rng(seed)
    pieces, rows, at = [np.zeros(round(2.0 * FINE_HZ))], [], 2.0
    while at < 2.0 + seconds - 0.5 / tap_hz:
        period = (1 + uneven * rng.standard_normal()) / tap_hz
        size = np.deg2rad(angle_deg) * (1 + 0.12 * rng.standard_normal())
        up, down, rest = (s * min(period, 0.6) for s in (0.45, 0.30, 0.25))
        fall = 1 - np.linspace(0, 1, round(down * FINE_HZ)) ** 2  # fastest where the floor stops it
        still = np.zeros(max(1, round((rest + period - min(period, 0.6)) * FINE_HZ)))
        pieces += [size * _eased(up, 0.2), size * fall, still]
        floor_ns = round((at + (len(pieces[-3]) + len(pieces[-2])) / FINE_HZ) * 1e9)
        rows.append({"start_ns": floor_ns, "stop_ns": floor_ns})
        at += sum(len(p) for p in pieces[-3:]) / FINE_HZ
    pieces.append(np.zeros(round(2.0 * FINE_HZ)))
    path = _turned(np.concatenate(pieces), _HEEL)
    return _made(_trembling(path, 0.1, rng), table(REP, rows), sensor, rng)


def lunges(
    angles_deg: Sequence[float] = (38.0, 40.0, 35.0),
    *,
    hold_s: float = 3.0,
    tremor_deg: float = 0.2,
    sensor: Sensor = POD,
    seed: int = 0,
) -> Synthetic:
    """Return a shin that leans forward to these angles, is held and comes back upright."""
    rng = np.random.default_rng(seed)
    pieces, rows, at = [np.zeros(round(2.5 * FINE_HZ))], [], 2.5
    for degrees in angles_deg:
        lean = np.deg2rad(degrees)
        go, back = (1.5 * (1 + 0.1 * rng.standard_normal()) for _ in range(2))
        pieces += [
            lean * _eased(go, 0.0), np.full(round(hold_s * FINE_HZ), lean),
            lean * (1 - _eased(back, 0.0)), np.zeros(round(2.0 * FINE_HZ)),
        ]  # fmt: skip
        rows.append(
            {"start_ns": round(at * 1e9), "stop_ns": round((at + go + hold_s) * 1e9), "rise_s": go,
             "top_s": hold_s, "angle_rad": lean}
        )  # fmt: skip
        at += sum(len(p) for p in pieces[-4:]) / FINE_HZ
    path = _turned(-np.concatenate(pieces), _ANKLE)
    return _made(_trembling(path, tremor_deg, rng), table(REP, rows), sensor, rng)


def pausing(
    dwells_s: Sequence[float] = (1.0,) * 10,
    *,
    tremor_deg: float = 0.3,
    sensor: Sensor = POD,
    seed: int = 0,
) -> Synthetic:
    """Return a foot that walks and stands flat for so long in each stance; the truth is REP."""
    rng = np.random.default_rng(seed)
    pieces, rows, at = [np.zeros(round(2.0 * FINE_HZ))], [], 2.0
    speeds = [np.zeros(round(2.0 * FINE_HZ))]
    for dwell_s in (None, *dwells_s):
        if dwell_s is not None:
            rows.append({"start_ns": round(at * 1e9), "stop_ns": round((at + dwell_s) * 1e9),
                         "top_s": dwell_s})  # fmt: skip
            pieces.append(np.zeros(round(dwell_s * FINE_HZ)))
            speeds.append(np.zeros(len(pieces[-1])))
            at += dwell_s
        off, lift, slap = (s * (1 + 0.05 * rng.standard_normal()) for s in (0.40, 0.45, 0.14))
        low, high = -np.deg2rad(50), np.deg2rad(18)
        pieces += [
            low * _eased(off, -0.3), low + (high - low) * _eased(lift, 0.0),
            high * (1 - _eased(slap, 0.2)),
        ]  # fmt: skip
        m = sum(len(p) for p in pieces[-3:])
        speeds.append(2.4 * np.sin(np.pi * np.linspace(0, 1, m)) ** 4)
        at += m / FINE_HZ
    pieces.append(np.zeros(round(2.0 * FINE_HZ)))
    speeds.append(np.zeros(len(pieces[-1])))
    path = _turned(np.concatenate(pieces), _BALL)
    path[VX] += np.concatenate(speeds)
    return _made(_trembling(path, tremor_deg, rng), table(REP, rows), sensor, rng)


def pushed(
    at_s: Sequence[float] = (6.0, 16.0, 26.0),
    *,
    kick_dps: float = 90.0,
    dies_s: float = 0.35,
    turns_hz: float = 1.7,
    sway_deg: float = 0.4,
    sensor: Sensor = POD,
    seed: int = 0,
) -> Synthetic:
    """Return a standing foot that is pushed at these times; the truth is REP: push and calm.

    A push turns the ankle round in a circle that dies out; calm is where the strength of the whole
    motion's rate, sway included (root of its mean square over 0.4 s), stays for half a second
    within 2.5 times that of the four seconds before the push, read off a perfect sensor.
    """
    rng = np.random.default_rng(seed)
    n = round((max(at_s) + 8.0) * FINE_HZ)
    t = np.arange(n) / FINE_HZ
    ease = np.clip((t - 1.2) / 0.8, 0, 1)
    roll, pitch = (np.deg2rad(sway_deg) * ease * noise(t, rng) for _ in range(2))
    for start in at_s:
        u = np.clip(t - start, 0, None)
        grow = np.deg2rad(kick_dps) / (2 * np.pi * turns_hz) * (1 - np.exp(-u / 0.05))
        envelope = grow * np.exp(-u / (dies_s * (1 + 0.1 * rng.standard_normal())))
        roll = roll + envelope * np.cos(2 * np.pi * turns_hz * u)
        pitch = pitch + envelope * np.sin(2 * np.pi * turns_hz * u)
    path = np.zeros((4, n))
    path[PITCH], path[ROLL] = pitch, roll
    rate = np.hypot(np.gradient(roll, 1 / FINE_HZ), np.gradient(pitch, 1 / FINE_HZ))
    rows = [_calm(rate, start) for start in at_s] if kick_dps else []
    return _made(path, table(REP, rows), sensor, rng)


def _calm(rate: FloatArray, start: float) -> dict[str, float]:
    """Push and calm of a perfect sensor's rate."""
    i = round(start * FINE_HZ)
    half = round(0.2 * FINE_HZ)
    mean = np.cumsum(np.pad(rate * rate, (half + 1, half), mode="edge"))
    strength = np.sqrt((mean[2 * half + 1 :] - mean[: -2 * half - 1]) / (2 * half + 1))
    before = rate[max(0, i - round(4 * FINE_HZ)) : i]
    within = strength[i:] <= 2.5 * np.sqrt((before * before).mean())
    left = int(np.argmin(within))  # the first moment beyond the usual
    out = np.flatnonzero(~within[left:])
    ends = out[np.flatnonzero(np.diff(out, append=10**9) >= 0.5 * FINE_HZ)[0]]
    settled = i + left + int(ends) + 1
    return {
        "start_ns": round(start * 1e9), "stop_ns": round(settled / FINE_HZ * 1e9),
        "lower_s": settled / FINE_HZ - start,
    }  # fmt: skip


def _eased(seconds: float, skew: float) -> FloatArray:
    """From 0 to 1: a quintic without jerk at its ends, its fastest moment early or late."""
    u = np.linspace(0, 1, max(2, round(seconds * FINE_HZ)))
    u = u + skew * u * (1 - u)
    return np.asarray(u**3 * (10 - 15 * u + 6 * u**2))


def _turned(pitch: FloatArray, pivot: tuple[float, float]) -> FloatArray:
    """A path that turns about a point given from the pod (ahead, up, m); toes up is positive."""
    rate = np.gradient(pitch, 1 / FINE_HZ)
    c, s = np.cos(pitch), np.sin(pitch)
    path = np.zeros((4, len(pitch)))
    path[PITCH] = pitch
    path[VX] = rate * (pivot[0] * s + pivot[1] * c)
    path[VZ] = -rate * (pivot[0] * c - pivot[1] * s)
    return path


def _trembling(path: FloatArray, degrees: float, rng: np.random.Generator) -> FloatArray:
    """The path with a little sway of both angles on it."""
    t = np.arange(path.shape[1]) / FINE_HZ
    ease = np.clip((t - 1.2) / 0.6, 0, 1)
    path[ROLL] += np.deg2rad(degrees) * ease * noise(t, rng)
    path[PITCH] += 0.5 * np.deg2rad(degrees) * ease * noise(t, rng)
    return path


def _made(path: FloatArray, truth: Table, sensor: Sensor, rng: np.random.Generator) -> Synthetic:
    acc, gyr = felt(path, 0.0)
    return Synthetic(block=sensed(acc, gyr, sensor, empty(STEP), rng), truth=truth)
