"""Made-up runners, walkers and balancers whose every contact is known.

A foot moves on a written path: it turns about its heel after IC, lies flat, turns about its
toes until FC, and swings; what a pod on it would read follows by mechanics. Nothing here is
taken from the estimators: pitch rates are cubic pieces between knots, impacts are pulses that
stop the foot's own speed, so a detector that is right here is right for a reason. The place of
the knots against IC and FC is an assumption (docs/measures.md), not a measurement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from .synthdrills import balancer, hopper
from .synthpod import (
    FINE_HZ,
    PITCH,
    POD,
    ROLL,
    VX,
    VZ,
    Sensor,
    Synthetic,
    felt,
    pulse,
    rest,
    sensed,
)
from .tables import GAIT_RUN, GAIT_WALK, STEP, FloatArray, Side, Table, empty

__all__ = [
    "RUN", "WALK", "Gait", "Sensor", "Synthetic", "balancer", "going", "hopper", "runner", "walker",
]  # fmt: skip

_HEEL = (-0.17, -0.09)  # heel and ball of the foot seen from a pod on the laces: ahead, up, m
_BALL = (0.06, -0.07)
# The push-off trough comes this long before FC: 22 ms on the one running stride with a force
# plate (biomac), 8 to 16 ms on motion capture in walking (gaitmap).
_RUN_LEAD_S, _WALK_LEAD_S = 0.022, 0.016


@dataclass(frozen=True, slots=True, kw_only=True)
class Gait:
    """How a foot goes; the defaults are an easy run. Angles are toes up, rates in rad/s."""

    kind: Literal["run", "walk"] = "run"
    cadence_spm: float = 168.0
    gct_s: float = 0.245
    speed_mps: float = 3.0
    strike_rad: float = 0.17
    touchdown_mps: float = 1.2
    arrest_s: float = 0.030
    pulse: Literal["half-sine", "early", "late", "double"] = "early"
    spread: float = 0.015  # step to step, of stride and contact
    impact_spread: float = 0.12
    fatigue: float = 0.0  # growth of contact time and touchdown speed over the recording
    asymmetry: float = 0.0  # of contact time, left longer
    slope_rad: float = 0.0
    eversion_rad: float = 0.10


RUN = Gait()
WALK = Gait(
    kind="walk", cadence_spm=112.0, gct_s=0.68, speed_mps=1.35, strike_rad=0.35,
    touchdown_mps=0.5, arrest_s=0.025,
)  # fmt: skip


def runner(
    duration_s: float = 60.0,
    *,
    side: Side = "left",
    gait: Gait = RUN,
    sensor: Sensor = POD,
    rest_s: float = 2.0,
    seed: int = 0,
) -> Synthetic:
    """Return one foot of somebody who stands, runs and stands again."""
    return going([(gait, duration_s)], side=side, sensor=sensor, rest_s=rest_s, seed=seed)


def walker(
    duration_s: float = 60.0,
    *,
    side: Side = "left",
    gait: Gait = WALK,
    sensor: Sensor = POD,
    rest_s: float = 2.0,
    seed: int = 0,
) -> Synthetic:
    """Return one foot of somebody who stands, walks and stands again."""
    return going([(gait, duration_s)], side=side, sensor=sensor, rest_s=rest_s, seed=seed)


def going(
    parts: Sequence[tuple[Gait, float]],
    *,
    side: Side = "left",
    sensor: Sensor = POD,
    rest_s: float = 2.0,
    seed: int = 0,
) -> Synthetic:
    """Return one foot of somebody who goes through ``parts``: gaits and seconds."""
    rng = np.random.default_rng(seed)
    strides = [_Stride.of(g, s, side, rng) for g, seconds in parts for s in _times(g, seconds)]
    pieces, truth, at = [rest(rest_s)], [], rest_s
    for i, stride in enumerate(strides):
        following = strides[i + 1] if i + 1 < len(strides) else None
        piece, row = stride.path(following)
        pieces.append(piece)
        row["ic_ns"] += round(at * 1e9)
        row["fc_ns"] += round(at * 1e9)
        truth.append(row)
        at += piece.shape[1] / FINE_HZ
    pieces.append(rest(rest_s))
    slope = parts[0][0].slope_rad if parts else 0.0
    acc, gyr = felt(np.concatenate(pieces, axis=1), slope)
    rows = np.concatenate(truth) if truth else empty(STEP)
    return Synthetic(block=sensed(acc, gyr, sensor, rows, rng), truth=_on_clock(rows, sensor))


def _times(gait: Gait, seconds: float) -> list[float]:
    """How far through the part each stride is, 0..1."""
    n = max(1, round(seconds * gait.cadence_spm / 120))
    return [(i + 0.5) / n for i in range(n)]


@dataclass(frozen=True, slots=True)
class _Stride:
    """One stride from IC to the next IC, drawn from a gait."""

    gait: Gait
    side: Side
    stride_s: float
    gct_s: float
    touchdown_mps: float
    arrest_s: float
    strike_rad: float
    push_radps: float

    @classmethod
    def of(cls, gait: Gait, through: float, side: Side, rng: np.random.Generator) -> "_Stride":
        a, b, c, d, e, f = rng.standard_normal(6)
        tired = 1 + gait.fatigue * through
        uneven = 1 + gait.asymmetry * {"left": 0.5, "right": -0.5}.get(side, 0.0)
        return cls(
            gait=gait,
            side=side,
            stride_s=120 / gait.cadence_spm * (1 + gait.spread * a),
            gct_s=gait.gct_s * tired * uneven * (1 + gait.spread * b),
            touchdown_mps=gait.touchdown_mps * tired * float(np.exp(gait.impact_spread * c)),
            arrest_s=gait.arrest_s * float(np.exp(0.5 * gait.impact_spread * d)),
            strike_rad=gait.strike_rad + 0.02 * e,
            push_radps=(11.0 if gait.kind == "run" else 8.0) * (1 + 0.03 * f),
        )

    def path(self, following: "_Stride | None") -> tuple[FloatArray, Table]:
        """Return the path and the truth, its times counted from IC."""
        n = round(self.stride_s * FINE_HZ)
        t = np.arange(n) / FINE_HZ
        pitch = self._pitch(t, self.strike_rad if following is None else following.strike_rad)
        out = np.empty((4, n))
        out[PITCH] = pitch
        out[ROLL] = self._roll(t)
        land = (0.25, 0.0) if following is None else (0.35, -following.touchdown_mps)
        out[VX], out[VZ] = self._velocity(t, pitch, land)
        fly = t >= self.gct_s
        row = empty(STEP, 1)
        row["fc_ns"] = round(self.gct_s * 1e9)
        row["gait"] = GAIT_RUN if self.gait.kind == "run" else GAIT_WALK
        row["stride_s"], row["gct_s"] = n / FINE_HZ, self.gct_s
        row["swing_s"] = n / FINE_HZ - self.gct_s
        row["flight_s"] = n / FINE_HZ / 2 - self.gct_s
        row["stride_m"] = out[VX].sum() / FINE_HZ
        row["speed_mps"] = row["stride_m"] / row["stride_s"]
        height = np.cumsum(out[VZ]) / FINE_HZ
        row["clearance_m"] = height[fly].max() - height[t < self.gct_s].min()
        row["strike_rad"], row["touchdown_mps"] = self.strike_rad, self.touchdown_mps
        row["arrest_s"], row["slope_rad"] = self.arrest_s, self.gait.slope_rad
        away = np.abs(pitch[~fly]) > np.deg2rad(3.0)
        # Mid-stance lies still: what is away before it is the landing, after it the push-off.
        middle = round(0.35 * len(away))
        landed, off = np.flatnonzero(away[:middle]), np.flatnonzero(~away[middle:])
        row["flat_s"] = (landed[-1] + 1) / FINE_HZ if len(landed) else 0.0
        row["heel_off_s"] = (len(away) - middle - off[-1] - 1) / FINE_HZ
        return out, row

    def _pitch(self, t: FloatArray, next_strike: float) -> FloatArray:
        """Pitch, from a rate of cubic pieces; the swing brings it to the next strike angle."""
        g, end = self.gct_s, self.stride_s
        swing = end - g
        push = -self.push_radps
        if self.gait.kind == "run":
            flat = min(0.30 * g, 0.08)
            stance = [(0.42 * g, 0.0, 0.0), (0.75 * g, 0.55 * push, 2.2 * push / g)]
            trough = [(0.030, 0.70), (0.060, 0.40), (0.085, 0.20)]
            back = [(0.28, -0.35), (0.46, 0.0)]
        else:
            flat = 0.11
            stance = [(0.5 * g, 0.0, 0.0), (0.80 * g, 0.25 * push, 2.0 * push / g)]
            trough = [(0.020, 0.50), (0.045, -0.20)]
            back = [(0.30, 0.62)]
        # From strike angle to flat: the area under the slap is that angle.
        slap = [
            (0.0, 0.3 if self.gait.kind == "run" else 0.9),
            (0.35 * flat, -1.6 * self.strike_rad / flat),
            (flat, -0.05),
        ]
        knots = [(at, rate, None) for at, rate in slap] + [(*k,) for k in stance]
        low = g - (_RUN_LEAD_S if self.gait.kind == "run" else _WALK_LEAD_S)
        knots += [(low, push, 0.0), *((low + a, b * push, None) for a, b in trough)]
        knots += [(g + a * swing, b * -push, None) for a, b in back]
        shape = _pieces(t, [*knots, (end - 0.35 * swing, 0.0, None), (end, -0.4, None)])
        hump = _pieces(t, [
            (g + 0.1 * swing, 0.0, 0.0), (end - 0.36 * swing, 1.0, 0.0), (end, 0.0, -7.0 / swing),
        ])  # fmt: skip
        before = np.cumsum(shape) / FINE_HZ
        start_flat = np.argmin(np.abs(t - flat))
        stance_turn = before[: len(t)]
        # Flat is flat: what the knots leave over goes into the slap.
        shape[:start_flat] -= (stance_turn[start_flat] + self.strike_rad) * FINE_HZ / start_flat
        before = np.cumsum(shape) / FINE_HZ
        lack = next_strike - self.strike_rad - before[-1]
        rate = shape + hump * lack / (hump.sum() / FINE_HZ)
        return np.asarray(self.strike_rad + np.cumsum(rate) / FINE_HZ)

    def _roll(self, t: FloatArray) -> FloatArray:
        """Eversion after IC, back before FC, and a little inversion in swing."""
        lateral = -1.0 if self.side == "right" else 1.0
        g = self.gct_s
        stance = np.sin(np.pi * np.clip(t / g, 0, 1)) ** 2
        swing = np.sin(np.pi * np.clip((t - g) / (self.stride_s - g), 0, 1)) ** 2
        return np.asarray(lateral * self.gait.eversion_rad * (stance - 0.6 * swing))

    def _velocity(
        self, t: FloatArray, pitch: FloatArray, land: tuple[float, float]
    ) -> tuple[FloatArray, FloatArray]:
        """World velocity of the pod: pivots in stance, a smooth flight in swing."""
        rate = np.gradient(pitch, 1 / FINE_HZ)
        n = int(np.searchsorted(t, self.gct_s))
        # About the heel while the toes are up, about the ball while they are down.
        down = np.clip(-pitch / 0.02, 0.0, 1.0)
        ahead = _HEEL[0] * (1 - down) + _BALL[0] * down
        up = _HEEL[1] * (1 - down) + _BALL[1] * down
        c, s = np.cos(pitch), np.sin(pitch)
        vx, vz = rate * (ahead * s + up * c), -rate * (ahead * c - up * s)
        stop = 1 - pulse(t, self.arrest_s, self.gait.pulse)
        vx += (0.35 - vx[0]) * stop
        vz += (-self.touchdown_mps - vz[0]) * stop
        u = (t[n:] - t[n]) / (self.stride_s - t[n])
        span = self.stride_s - t[n]
        length = self.gait.speed_mps * self.stride_s
        for v, end, path in ((vx, land[0], length), (vz, land[1], 0.0)):
            slope = (v[n - 1] - v[n - 6]) * FINE_HZ / 5 * span
            v[n:] = _hermite(u, v[n - 1], end, slope, 0.0)
            lack = path - v.sum() / FINE_HZ
            v[n:] += lack / span * 30 * u**2 * (1 - u) ** 2
        return vx, vz


def _pieces(t: FloatArray, knots: Sequence[tuple[float, float, float | None]]) -> FloatArray:
    """Cubic pieces through (time, value, slope); no slope given: the mean of both sides."""
    at = np.array([k[0] for k in knots])
    v = np.array([k[1] for k in knots])
    secant = np.diff(v) / np.diff(at)
    # Fritsch and Carlson 1980: no overshoot between knots.
    inner = np.where(secant[1:] * secant[:-1] > 0, 2 * secant[1:] * secant[:-1] /
                     np.where(secant[1:] + secant[:-1] == 0, 1, secant[1:] + secant[:-1]), 0.0)  # fmt: skip
    slope = np.concatenate([[secant[0]], inner, [secant[-1]]])
    slope = np.array([s if k[2] is None else k[2] for k, s in zip(knots, slope, strict=True)])
    i = np.clip(np.searchsorted(at, t, "right") - 1, 0, len(at) - 2)
    h = at[i + 1] - at[i]
    u = (t - at[i]) / h
    inside = (u >= 0) & (u <= 1)
    return np.where(inside, _hermite(u, v[i], v[i + 1], slope[i] * h, slope[i + 1] * h), 0.0)


def _hermite(
    u: FloatArray,
    a: FloatArray | float,
    b: FloatArray | float,
    da: FloatArray | float,
    db: FloatArray | float,
) -> FloatArray:
    """Cubic from a to b over u = 0..1, with slopes da and db."""
    return np.asarray(
        (2 * u**3 - 3 * u**2 + 1) * a + (u**3 - 2 * u**2 + u) * da
        + (3 * u**2 - 2 * u**3) * b + (u**3 - u**2) * db
    )  # fmt: skip


def _on_clock(rows: Table, sensor: Sensor) -> Table:
    out = rows.copy()
    for name in ("ic_ns", "fc_ns"):
        out[name] = np.round(rows[name] * (1 + sensor.clock_ppm * 1e-6))
    return out
