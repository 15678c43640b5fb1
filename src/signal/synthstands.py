"""Made-up stands on one leg: a foot put down, held and lost; a free foot lifted and put back."""

from typing import Literal

import numpy as np

from .synthdrills import noise
from .synthpod import FINE_HZ, PITCH, POD, ROLL, VX, VZ, Sensor, Synthetic, felt, pulse, sensed
from .tables import HOLD, STEP, FloatArray, Table, table

Loss = Literal["none", "tip", "turn", "hop", "step"]


def stand(
    begins_s: float = 4.0,
    held_s: float = 20.0,
    *,
    loss: Loss = "tip",
    sway_deg: float = 0.5,
    sensor: Sensor = POD,
    seed: int = 0,
) -> Synthetic:
    """Return the stance foot of somebody who steps about, stands at ``begins_s`` and loses it.

    The foot swings and is put down before; it then sways, and at the end it tips to an edge, turns
    about the upright, hops, or feels the other foot come down next to it. The truth is HOLD.
    """
    rng = np.random.default_rng(seed)
    ends_s = begins_s + held_s
    n = round((ends_s + 2.5) * FINE_HZ)
    t = np.arange(n) / FINE_HZ
    roll, pitch = (np.deg2rad(sway_deg) * noise(t, rng) * np.clip((t - begins_s) * 2, 0, 1)
                   for _ in range(2))  # fmt: skip
    path = np.zeros((4, n))
    # Two steps on the spot, the second one ends the stepping: lifted, swung, put down.
    for k in range(2):
        u = np.clip((t - begins_s + 0.9 * (2 - k)) / 0.9, 0, 1)
        pitch = pitch - np.deg2rad(40) * np.sin(np.pi * u) ** 2 * np.cos(2 * np.pi * u)
        path[VZ] += 0.8 * np.sin(2 * np.pi * u) * (u < 1)
        path[VX] += (0.6 if k else -0.6) * np.sin(np.pi * u) ** 2
    yaw = np.zeros(n)
    late = np.clip((t - ends_s) / 0.25, 0, 1)
    if loss == "tip":
        roll = roll + np.deg2rad(25.0) * late**2 * (3 - 2 * late)
    elif loss == "turn":
        yaw = np.deg2rad(30.0) * late**2 * (3 - 2 * late)
    elif loss == "hop":
        push, air = 0.10, 0.18
        leave = 9.80665 * air / 2
        path[VZ] += leave * pulse(t - ends_s, push, "half-sine") * (t < ends_s + push)
        fly = (t >= ends_s + push) & (t < ends_s + push + air)
        path[VZ][fly] = leave - 9.80665 * (t[fly] - ends_s - push)
        down = t >= ends_s + push + air
        path[VZ][down] = -leave * (1 - pulse(t[down] - ends_s - push - air, 0.03, "early"))
    elif loss == "step":
        for at in (ends_s, ends_s + 0.08):  # the other foot lands beside it and the weight shifts
            path[VX] += 0.12 * (pulse(t - at, 0.02, "early") - pulse(t - at - 0.03, 0.02, "late"))
    path[PITCH], path[ROLL] = pitch, roll
    acc, gyr = felt(path, 0.0)
    gyr[2] += np.gradient(yaw, 1 / FINE_HZ)
    stop_s = ends_s if loss != "none" else n / FINE_HZ
    truth = table(HOLD, [{"start_ns": round(begins_s * 1e9), "stop_ns": round(stop_s * 1e9)}])
    return Synthetic(block=sensed(acc, gyr, sensor, _no_steps(), rng), truth=truth)


def free_foot(
    lifted_s: float = 4.0,
    held_s: float = 15.0,
    *,
    softly: bool = False,
    unrest_deg: float = 4.0,
    sensor: Sensor = POD,
    seed: int = 0,
) -> Synthetic:
    """Return the other foot: lifted with bent knee, not quite still in the air, put down again."""
    rng = np.random.default_rng(seed)
    down_s = lifted_s + held_s
    n = round((down_s + 2.5) * FINE_HZ)
    t = np.arange(n) / FINE_HZ
    up = np.clip((t - lifted_s) / 0.5, 0, 1)
    lower = np.clip((t - down_s + 0.5) / 0.5, 0, 1)
    bend = up**2 * (3 - 2 * up) - lower**2 * (3 - 2 * lower)
    in_air = np.clip(np.minimum(t - lifted_s - 0.3, down_s - 0.4 - t) * 3, 0, 1)
    path = np.zeros((4, n))
    path[PITCH] = -np.deg2rad(35.0) * bend + np.deg2rad(unrest_deg) * in_air * noise(t, rng)
    path[ROLL] = np.deg2rad(unrest_deg) * in_air * noise(t, rng)
    height = 0.15 * bend
    path[VZ] = np.gradient(height, 1 / FINE_HZ)
    if not softly:
        fall = np.clip((t - down_s + 0.12) / 0.12, 0, 1)
        path[VZ] -= 0.35 * fall * (1 - pulse(t - down_s, 0.02, "early")) * (t > down_s - 0.12)
    acc, gyr = felt(path, 0.0)
    truth = table(HOLD, [{"start_ns": round(lifted_s * 1e9), "stop_ns": round(down_s * 1e9)}])
    return Synthetic(block=sensed(acc, gyr, sensor, _no_steps(), rng), truth=truth)


def leaning(
    roll_rad: FloatArray,
    pitch_rad: FloatArray,
    rate_hz: float,
    *,
    sensor: Sensor = POD,
    seed: int = 0,
) -> Synthetic:
    """Return a pod that turns by given angles, sampled at ``rate_hz``, two still seconds before."""
    rng = np.random.default_rng(seed)
    still_s = 2.0
    n = round((still_s + len(roll_rad) / rate_hz) * FINE_HZ)
    t = np.arange(n) / FINE_HZ
    at = still_s + np.arange(len(roll_rad)) / rate_hz
    path = np.zeros((4, n))
    ease = np.clip(t - still_s, 0, 1)
    path[ROLL] = ease * np.interp(t, at, roll_rad - roll_rad[0])
    path[PITCH] = ease * np.interp(t, at, pitch_rad - pitch_rad[0])
    acc, gyr = felt(path, 0.0)
    return Synthetic(block=sensed(acc, gyr, sensor, _no_steps(), rng), truth=table(HOLD, []))


def _no_steps() -> Table:
    return table(STEP, [])
