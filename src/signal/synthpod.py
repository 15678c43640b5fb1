"""The pod on a synthetic foot: what it would feel on a path, and what its sensors make of that."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .imu import G_MPS2, ImuBlock
from .tables import FloatArray, IntArray, Table

FINE_HZ = 2000.0  # paths are worked out this finely

# Rows of a path: pitch (toes up) and roll in rad, and world velocity ahead and up in m/s.
PITCH, ROLL, VX, VZ = range(4)


def rest(seconds: float) -> FloatArray:
    return np.zeros((4, round(seconds * FINE_HZ)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """What the pod does to the truth; the default is a good pod, perfectly seated."""

    rate_hz: float = 200.0
    acc_range_g: float = 16.0
    gyr_range_dps: float = 2000.0
    acc_lsb_g: float = 16.0 / 32768
    gyr_lsb_dps: float = 2000.0 / 32768
    noise_g: float = 0.005
    noise_dps: float = 0.1
    bandwidth: float = 0.4  # of the rate
    scale: float = 1.0
    offset_dps: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rotation: Sequence[Sequence[float]] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    loss_frac: float = 0.0
    burst_every_s: float = 0.0
    burst_s: float = 0.08
    clock_ppm: float = 0.0
    jitter_s: float = 0.0
    rattle_g: float = 0.0
    rattle_dps: float = 0.0


POD = Sensor()
WIDE_POD = Sensor(acc_range_g=32.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthetic:
    """Samples, and the truth behind them on the same clock: rows of STEP, SWAY or HOP.

    ``ways`` are the directions of the wobbles: 1 is the left edge up.
    """

    block: ImuBlock
    truth: Table
    wobbles_ns: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    ways: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))


def pulse(t: FloatArray, length_s: float, kind: str) -> FloatArray:
    """How much of its speed the foot has lost, 0..1, by a deceleration of that shape."""
    u = np.clip(t / length_s, 0, 1)
    if kind == "half-sine":
        return (1 - np.cos(np.pi * u)) / 2
    early, late = 1 - (1 - u) ** 3 * (1 + 3 * u), u**3 * (4 - 3 * u)
    if kind == "double":
        return 0.6 * pulse(t, 0.5 * length_s, "early") + 0.4 * late
    return early if kind == "early" else late


def felt(path: FloatArray, slope: float) -> tuple[FloatArray, FloatArray]:
    """What a perfect pod would feel: specific force and turning rate, each (3, n)."""
    pitch, roll = path[PITCH], path[ROLL]
    ax = np.gradient(path[VX], 1 / FINE_HZ) + G_MPS2 * np.sin(slope)
    az = np.gradient(path[VZ], 1 / FINE_HZ) + G_MPS2 * np.cos(slope)
    c, s, cr, sr = np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)
    # World to foot: pitch about the left (toes up is negative there), then roll about the toes.
    x, z = ax * c + az * s, -ax * s + az * c
    turn = -np.gradient(pitch, 1 / FINE_HZ)
    rolling = np.gradient(roll, 1 / FINE_HZ)
    return np.stack([x, z * sr, z * cr]), np.stack([rolling, turn * cr, -turn * sr])


def sensed(
    acc: FloatArray, gyr: FloatArray, sensor: Sensor, truth: Table, rng: np.random.Generator
) -> ImuBlock:
    """Put the pod's faults on what it would feel."""
    n = int(acc.shape[1] / FINE_HZ * sensor.rate_hz)
    t = np.arange(n) / sensor.rate_hz
    if sensor.rattle_g or sensor.rattle_dps:
        acc, gyr = _rattled(acc, gyr, sensor, truth, rng)
    taps = _boxes(sensor.bandwidth * sensor.rate_hz)
    fine = np.arange(acc.shape[1]) / FINE_HZ
    rotation = np.asarray(sensor.rotation, float)

    def sample(x: FloatArray) -> FloatArray:
        slow = [np.convolve(np.pad(row, len(taps) // 2, mode="edge"), taps, "valid") for row in x]
        return np.stack([np.interp(t, fine, row[: len(fine)]) for row in slow], axis=1)

    a = sample(acc) @ rotation * sensor.scale / G_MPS2
    w = np.rad2deg(sample(gyr)) @ rotation + np.asarray(sensor.offset_dps)
    a += sensor.noise_g * rng.standard_normal((n, 3))
    w += sensor.noise_dps * rng.standard_normal((n, 3))
    a = _quantised(np.clip(a, -sensor.acc_range_g, sensor.acc_range_g), sensor.acc_lsb_g)
    w = _quantised(np.clip(w, -sensor.gyr_range_dps, sensor.gyr_range_dps), sensor.gyr_lsb_dps)
    t = t * (1 + sensor.clock_ppm * 1e-6)
    if sensor.jitter_s:
        t = np.sort(t + sensor.jitter_s * np.clip(rng.standard_normal(n), -2, 2))
    kept = rng.random(n) >= sensor.loss_frac
    if sensor.burst_every_s:
        kept &= (t % sensor.burst_every_s) >= sensor.burst_s
    reach, spin = sensor.acc_range_g * G_MPS2, float(np.deg2rad(sensor.gyr_range_dps))
    return ImuBlock(
        t_ns=np.round(t[kept] * 1e9).astype(np.int64),
        acc=a[kept] * G_MPS2,
        gyr=np.deg2rad(w[kept]),
        rate_hz=sensor.rate_hz,
        acc_range_mps2=(reach, reach, reach),
        gyr_range_radps=(spin, spin, spin),
        acc_lsb_mps2=sensor.acc_lsb_g * G_MPS2,
        gyr_lsb_radps=float(np.deg2rad(sensor.gyr_lsb_dps)),
    )


def _boxes(cutoff_hz: float) -> FloatArray:
    """Two moving averages in a row: what sensors' own decimation filters look like."""
    width = max(1, round(0.32 / cutoff_hz * FINE_HZ))
    box = np.full(width, 1 / width)
    return np.convolve(box, box)


def _quantised(x: FloatArray, step: float) -> FloatArray:
    return np.round(x / step) * step if step else x


def _rattled(
    acc: FloatArray, gyr: FloatArray, sensor: Sensor, truth: Table, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """A pod that swings on its strap after every impact, at 18 Hz, dying in 0.15 s."""
    acc, gyr = acc.copy(), gyr.copy()
    t = np.arange(round(0.5 * FINE_HZ)) / FINE_HZ
    for ic_ns in truth["ic_ns"]:
        i = int(ic_ns * FINE_HZ / 1e9)
        m = min(len(t), acc.shape[1] - i)
        phase = 2 * np.pi * (18.0 * t[:m] + rng.random())
        ring = np.sin(phase) * np.exp(-t[:m] / 0.15)
        way = rng.standard_normal(3)[:, None]
        acc[:, i : i + m] += sensor.rattle_g * G_MPS2 * way * ring
        gyr[:, i : i + m] += np.deg2rad(sensor.rattle_dps) * way[::-1] * ring
    return acc, gyr
