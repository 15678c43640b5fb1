"""Made-up waists and shins: what sensors there feel of steps whose contacts are known."""

import numpy as np

from .imu import G_MPS2
from .synthpod import (
    FINE_HZ,
    PITCH,
    POD,
    VZ,
    Sensor,
    Synthetic,
    felt,
    rest,
    sensed,
)
from .tables import GAIT_RUN, GAIT_WALK, STEP, FloatArray, Table, empty

# The turn of a shin over a stride, rad/s at shares of contact (0..1) and of swing (1..2). Drawn
# after the averaged shins of biomac: a runner's knee bends at FC, a walker's before it.
_RUNNING = ((0.0, 0.0), (0.25, -6.5), (0.6, -1.5), (1.0, 0.5), (1.25, -6.0), (1.5, 0.0), (1.8, 10.0),
            (2.0, 0.0))  # fmt: skip
_WALKING = ((0.0, 0.0), (0.15, -2.0), (0.5, -0.9), (0.8, -1.8), (1.0, -3.2), (1.25, 0.0), (1.6, 6.0),
            (2.0, 0.0))  # fmt: skip


def waist(
    duration_s: float = 60.0,
    *,
    cadence_spm: float = 168.0,
    gct_s: float = 0.25,
    lean: float = 0.0,
    limp: float = 0.0,
    spread: float = 0.01,
    sensor: Sensor = POD,
    seed: int = 0,
) -> Synthetic:
    """Return the waist of a runner: pulses that carry the body over each step, then flight.

    ``lean`` moves the pulse's top to early (+) or late (-); ``limp`` is the share by which the
    steps of one foot are longer. The truth is STEP, one row a step of either foot.
    """
    rng = np.random.default_rng(seed)
    n = round(duration_s * cadence_spm / 60)
    pieces, rows, at = [np.zeros(round(2 * FINE_HZ))], empty(STEP, n), 2.0
    for k in range(n):
        uneven = 1 + limp * (0.5 if k % 2 else -0.5)
        step_s = 60 / cadence_spm * uneven * (1 + spread * rng.standard_normal())
        contact_s = gct_s * (1 + spread * rng.standard_normal())
        m = round(step_s * FINE_HZ)
        u = np.clip((np.arange(m) + 0.5) / FINE_HZ / contact_s, 0, 1)
        pulse = np.sin(np.pi * u) * (1 + lean * np.cos(np.pi * u))
        pieces.append(pulse * m / pulse.sum() - 1)
        rows["ic_ns"][k], rows["fc_ns"][k] = round(at * 1e9), round((at + contact_s) * 1e9)
        rows["gct_s"][k], rows["stride_s"][k] = contact_s, 2 * m / FINE_HZ
        at += m / FINE_HZ
    rows["gait"] = GAIT_RUN
    path = np.zeros((4, sum(map(len, pieces)) + round(2 * FINE_HZ)))
    push = np.concatenate([*pieces, np.zeros(round(2 * FINE_HZ))])
    path[VZ] = np.cumsum(push) * G_MPS2 / FINE_HZ
    acc, gyr = felt(path, 0.0)
    return Synthetic(block=sensed(acc, gyr, sensor, empty(STEP), rng), truth=rows)


def shin(
    duration_s: float = 60.0,
    *,
    running: bool = True,
    cadence_spm: float = 168.0,
    gct_s: float = 0.25,
    spread: float = 0.01,
    sensor: Sensor = POD,
    seed: int = 0,
) -> Synthetic:
    """Return one shin of a runner or walker; the truth is STEP, one row a contact."""
    rng = np.random.default_rng(seed)
    n = round(duration_s * cadence_spm / 120)
    pieces, rows, at = [rest(2.0)[PITCH]], empty(STEP, n), 2.0
    for k in range(n):
        stride_s = 120 / cadence_spm * (1 + spread * rng.standard_normal())
        contact_s = gct_s * (1 + spread * rng.standard_normal())
        rate = _turn(stride_s, contact_s, running=running)
        pieces.append(rate * (1 + 0.03 * rng.standard_normal()))
        rows["ic_ns"][k], rows["fc_ns"][k] = round(at * 1e9), round((at + contact_s) * 1e9)
        rows["gct_s"][k], rows["stride_s"][k] = contact_s, len(rate) / FINE_HZ
        at += len(rate) / FINE_HZ
    rows["gait"] = GAIT_RUN if running else GAIT_WALK
    pieces.append(rest(2.0)[PITCH])
    rate = np.concatenate(pieces)
    path = np.zeros((4, len(rate)))
    # A shin comes back to where it was after every stride: its mean turn is taken out.
    path[PITCH] = np.cumsum(rate) / FINE_HZ
    acc, gyr = felt(path, 0.0)
    return Synthetic(block=sensed(acc, gyr, sensor, empty(STEP), rng), truth=_without_last(rows))


def _turn(stride_s: float, contact_s: float, *, running: bool) -> FloatArray:
    """The turn over one stride from IC to IC, by straight lines rounded off at the corners."""
    knots = np.array(_RUNNING if running else _WALKING)
    swing_s = stride_s - contact_s
    at = np.where(
        knots[:, 0] <= 1, knots[:, 0] * contact_s, contact_s + (knots[:, 0] - 1) * swing_s
    )
    t = np.arange(round(stride_s * FINE_HZ)) / FINE_HZ
    i = np.clip(np.searchsorted(at, t, "right") - 1, 0, len(at) - 2)
    u = (t - at[i]) / (at[i + 1] - at[i])
    rate = knots[i, 1] + (knots[i + 1, 1] - knots[i, 1]) * (1 - np.cos(np.pi * u)) / 2
    # The hump of swing takes back what the rest of the stride has turned.
    hump = (t > at[-3]) & (rate > 0)
    return np.asarray(rate - np.where(hump, rate, 0.0) * rate.sum() / rate[hump].sum())


def _without_last(rows: Table) -> Table:
    rows["stride_s"][-1:] = np.nan
    return rows
