"""What a device or watch computed by itself, summed up over a run."""

import numpy as np

from .measures import LEAST_STEPS, Bout, Measure, Summary, withheld
from .tables import FloatArray, Table
from .usual import BY_SPEED

_DEVICE = ("computed by the device itself",)
_HELD_MOST = 10.0  # watches that record "smartly" leave out a few readings, a pause many
_ANEW_M = 100.0  # more is not covered between two readings: the total is not one counted anew
_FADE_LEAST = 300  # readings: five minutes at one a second
_READINGS: tuple[tuple[str, str, str, float], ...] = (
    ("cadence", "cadence_spm", "cadence_spm", 1.0),
    ("gct", "gct_ms", "gct_s", 1e3),
    ("gct_balance", "gct_left_pct", "gct_left_frac", 100.0),
    ("flight", "flight_ms", "flight_s", 1e3),
    ("step", "step_m", "step_m", 1.0),
    ("speed", "speed_mps", "speed_mps", 1.0),
    ("vertical_oscillation", "vertical_oscillation_mm", "vertical_oscillation_m", 1e3),
    ("leg_stiffness", "leg_stiffness_knpm", "leg_stiffness_npm", 1e-3),
    ("power", "power_w", "power_w", 1.0),
    ("heart_rate", "heart_rate_bpm", "heart_rate_bpm", 1.0),
)


def summarise_readings(
    readings: Table, duration_s: float | None = None, segments: tuple[tuple[int, int], ...] = ()
) -> Summary:
    """Return the medians of what a device or watch computed, while the athlete moved.

    Rows with cadence 0 are standing and count for nothing but heart rate. ``segments`` are
    the athlete's laps on the readings' clock, in ns; each has measures of its own.
    """
    t = readings["t_ns"]
    if duration_s is None:
        duration_s = float(t[-1] - t[0]) / 1e9 if len(t) else 0.0
    distance = readings["distance_m"][~np.isnan(readings["distance_m"])]
    origin_ns = int(t[0]) if len(t) else 0
    laps = tuple(
        Bout(
            kind="segment", start_s=(a - origin_ns) / 1e9, stop_s=(b - origin_ns) / 1e9,
            measures=_medians(readings[(t >= a) & (t < b)]),
        )
        for a, b in segments
    )  # fmt: skip
    return Summary(
        duration_s=duration_s,
        distance_m=_covered_m(distance) if len(distance) > 1 else None,
        steps=_steps_of(readings),
        measures=(*_medians(readings), *_fade(readings)),
        bouts=laps,
    )


def _covered_m(distance: FloatArray) -> float:
    """Return the way between the first and the last total of a device.

    A pod that was switched off and on, or set back, counts again from 0. A single total that
    does not fit its neighbours on both sides is damage and counts for nothing.
    """
    steps = np.diff(distance)
    covered = float(distance[-1] - distance[0])
    for i in np.flatnonzero(steps < 0).tolist():
        beside = steps[max(0, i - 1) : i + 2]
        if distance[i + 1] < _ANEW_M and beside.max() < _ANEW_M:
            covered += float(distance[i + 1] - steps[i])
    return covered


def _medians(readings: Table) -> tuple[Measure, ...]:
    moving = ~(readings["cadence_spm"] <= 0)
    measures = []
    for name, key, column, factor in _READINGS:
        values = readings[column] if name == "heart_rate" else readings[column][moving]
        values = values[~np.isnan(values)] * factor
        if not len(values):
            continue
        if len(values) < LEAST_STEPS:
            measures.append(withheld(name, key, len(values), ("fewer than 20 readings",)))
            continue
        p10, p90 = np.quantile(values, [0.1, 0.9])
        measures.append(
            Measure(
                name=name, key=key, n=len(values), value=float(np.median(values)), grade="B",
                reasons=_DEVICE, p10=float(p10), p90=float(p90),
            )
        )  # fmt: skip
    return tuple(measures)


def _fade(readings: Table) -> tuple[Measure, ...]:
    """Contact time in the last fifth against the second, at the same speed, in percent.

    Speed is taken out by the typical slope: what a device computed is too coarse for one of its
    own. Nothing for a device without contact time or speed.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        gct, speed = np.log(readings["gct_s"]), np.log(readings["speed_mps"])
    use = (readings["cadence_spm"] > 0) & np.isfinite(gct) & np.isfinite(speed)
    n = int(use.sum())
    if not n:
        return ()
    if n < _FADE_LEAST:
        return (withheld("gct_fade", "gct_fade_pct", n, ("fewer than 300 readings",)),)
    steady = gct[use] - BY_SPEED["gct"].typical * speed[use]
    fifth = np.arange(n) * 5 // n
    change = float(np.median(steady[fifth == 4]) - np.median(steady[fifth == 1]))
    return (
        Measure(
            name="gct_fade", key="gct_fade_pct", value=100 * float(np.expm1(change)), grade="C",
            n=n, reasons=_DEVICE,
        ),
    )  # fmt: skip


def _steps_of(readings: Table) -> int:
    """Steps of both feet: each cadence holds until the next one, unless that is far off."""
    readings = readings[~np.isnan(readings["cadence_spm"])]
    if len(readings) < 2:
        return 0
    step_s = np.diff(readings["t_ns"]) / 1e9
    usual_s = float(np.median(step_s))
    held_s = np.append(np.where(step_s > _HELD_MOST * usual_s, usual_s, step_s), usual_s)
    return round(float((readings["cadence_spm"] * held_s).sum()) / 60)
