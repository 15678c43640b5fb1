"""Made-up balancers and hoppers: drills on the spot whose every wobble and landing is known."""

from collections.abc import Sequence

import numpy as np

from .imu import G_MPS2
from .synthpod import (
    FINE_HZ,
    PITCH,
    POD,
    ROLL,
    VX,
    VZ,
    WIDE_POD,
    Sensor,
    Synthetic,
    felt,
    pulse,
    rest,
    sensed,
)
from .tables import HOP, STEP, SWAY, FloatArray, Side, empty

_ANKLE_M = (0.08, 0.04)  # the pod on the laces seen from the ankle: ahead, up


def balancer(
    duration_s: float = 30.0,
    *,
    side: Side = "left",
    sway_deg: float = 0.5,
    wobbles: int = 0,
    wobble_deg: float = 5.0,
    falls_at_s: float | None = None,
    sensor: Sensor = POD,
    seed: int = 0,
) -> Synthetic:
    """Return the standing foot of somebody on one leg; the first 2 s are quiet.

    Sway is smooth noise of ``sway_deg`` RMS below 2 Hz; a wobble is a roll of ``wobble_deg`` to
    either edge and back in 0.6 s; at ``falls_at_s`` the foot tips over and hops. The truth is
    SWAY with the true roll and pitch.
    """
    rng = np.random.default_rng(seed)
    n = round(duration_s * FINE_HZ)
    t = np.arange(n) / FINE_HZ
    ease = np.clip((t - 1.5) / 1.0, 0, 1)
    angles = [np.deg2rad(sway_deg) * ease * noise(t, rng) for _ in range(2)]
    room = (duration_s - 4.0) / max(1, wobbles)
    at = 3.0 + room * (np.arange(wobbles) + 0.3 * rng.random(wobbles))
    ways: list[int] = []
    for start in at:
        u = np.clip((t - start) / 0.6, 0, 1)
        way = rng.choice((-1, 1))
        ways.append(way)
        angles[0] += way * np.deg2rad(wobble_deg) * np.sin(np.pi * u) ** 2
    path = np.zeros((4, n))
    if falls_at_s is not None:
        tip = np.clip((t - falls_at_s) / 0.25, 0, 1)
        angles[0] += np.deg2rad(25.0) * tip**2 * (3 - 2 * tip)
        hop = np.clip((t - falls_at_s - 0.2) / 0.4, 0, 1)
        path[VZ] = 1.0 * np.sin(2 * np.pi * hop)
    path[PITCH], path[ROLL] = -angles[1], angles[0]
    acc, gyr = felt(path, 0.0)
    rows = empty(SWAY, int(duration_s * 50))
    rows["t_ns"] = np.arange(len(rows)) * 20_000_000
    rows["roll_rad"] = np.interp(rows["t_ns"] / 1e9, t, angles[0])
    rows["pitch_rad"] = np.interp(rows["t_ns"] / 1e9, t, angles[1])
    return Synthetic(
        block=sensed(acc, gyr, sensor, empty(STEP), rng),
        truth=rows,
        wobbles_ns=np.round(at * 1e9).astype(np.int64),
        ways=np.array(ways, np.int64),
    )


def noise(t: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Smooth noise of RMS 1: a sum of sines between 0.1 and 2 Hz, weaker above 0.5 Hz."""
    f = np.linspace(0.1, 2.0, 24) + 0.03 * rng.random(24)
    size = 1 / (1 + (f / 0.5) ** 2)
    phase = 2 * np.pi * rng.random(24)
    x = sum(s * np.sin(2 * np.pi * g * t + p) for s, g, p in zip(size, f, phase, strict=True))
    return np.asarray(x / np.sqrt((size**2).sum() / 2))


def hopper(
    heights_m: Sequence[float] = (0.05,) * 20,
    *,
    gct_s: float = 0.22,
    arrest_s: float = 0.03,
    drop: bool = False,
    shape: str = "early",
    spread: float = 0.0,
    flex_deg: float = 0.0,
    sensor: Sensor = WIDE_POD,
    seed: int = 0,
) -> Synthetic:
    """Return the foot of somebody who hops to these heights, or drops from each and stands.

    The foot is thrown up in the last 40 ms of each contact, flies free, and is stopped within
    ``arrest_s`` by a pulse of that ``shape``; before a drop it climbs up. ``spread`` is how unlike
    each other the stops are (SD of ln); ``flex_deg`` how far the toes point in the air, about the
    ankle, which a pod on the laces feels. The truth is HOP: the contact between two flights and
    the flight after it, or the landing of a drop and its fall.
    """
    rng = np.random.default_rng(seed)
    pieces, rows, at, came = [rest(2.0)], [], 2.0, 0.0
    fell = fell_m = 0.0
    for i, height in enumerate(heights_m):
        flight = float(np.sqrt((2 if drop else 8) * height / G_MPS2))
        leave = 0.0 if drop else G_MPS2 * flight / 2
        stand_s = 2.0 if drop or i == 0 else gct_s * float(np.exp(0.03 * rng.standard_normal()))
        stop_s = arrest_s * float(np.exp(spread * rng.standard_normal()))
        pieces.append(_bounce(came, leave, stand_s, stop_s, shape, climb_m=height if drop else 0.0))
        if i:
            rows.append((at, np.nan, fell, fell_m) if drop else (at, stand_s, flight, height))
        at += stand_s
        pieces.append(_air(flight, leave, flex_deg))
        at, came = at + pieces[-1].shape[1] / FINE_HZ, leave - G_MPS2 * flight
        fell, fell_m = flight, height
    stop_s = arrest_s * float(np.exp(spread * rng.standard_normal()))
    pieces.append(_bounce(came, 0.0, 2.5, stop_s, shape))
    rows.append((at, np.nan, fell, fell_m))
    acc, gyr = felt(np.concatenate(pieces, axis=1), 0.0)
    truth = empty(HOP, len(rows))
    for k, (ic, contact, flight, height) in enumerate(rows):
        truth["ic_ns"][k] = round(ic * 1e9)
        truth["gct_s"][k], truth["flight_s"][k], truth["height_m"][k] = contact, flight, height
    return Synthetic(block=sensed(acc, gyr, sensor, empty(STEP), rng), truth=truth)


def _air(seconds: float, leave: float, flex_deg: float) -> FloatArray:
    """A flight: the ankle falls freely, and the foot points its toes and lifts them again."""
    t = np.arange(round(seconds * FINE_HZ)) / FINE_HZ
    out = np.zeros((4, len(t)))
    out[VZ] = leave - G_MPS2 * t
    u = t / max(seconds, 1e-9)
    # Toes go down over the first part of the flight and up again before it lands.
    out[PITCH] = -np.deg2rad(flex_deg) * np.sin(np.pi * u) ** 2
    rate = np.gradient(out[PITCH], 1 / FINE_HZ) if len(t) > 2 else np.zeros(len(t))
    out[VX] -= rate * _ANKLE_M[1]
    out[VZ] += rate * _ANKLE_M[0]
    return out


def _bounce(
    came: float, leave: float, contact_s: float, arrest_s: float, shape: str, climb_m: float = 0.0
) -> FloatArray:
    """A contact that stops a foot falling at ``came`` and throws it up at ``leave`` m/s."""
    t = np.arange(round(contact_s * FINE_HZ)) / FINE_HZ
    out = np.zeros((4, len(t)))
    out[VZ] = came * (1 - pulse(t, arrest_s, shape))
    out[VZ] += leave * pulse(t - contact_s + 0.040, 0.040, "half-sine")
    u = np.clip((t - 0.7) / 1.0, 0, 1)  # a slow step up, so that there is something to drop from
    out[VZ] += climb_m * (1 - np.cos(2 * np.pi * u))
    return out
