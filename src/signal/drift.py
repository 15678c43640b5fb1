"""Drift within a run: the last fifth against the first, at the same speed and cadence.

A tiring runner stays longer on the ground at the same speed; so does a fresh one who slows down.
What speed and cadence explain is taken out first, by the runner's own slopes: found *within* the
fifths, where tiredness hardly changes, and held towards what is typical while speed hardly varies.

Sources: directions, Meyer et al. 2021, Int J Sports Med 42:1182; correction, Zandbergen et al.
2023, Front Sports Act Living 5:1085513. Differs from the latter: slopes are within fifths.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .grades import IMPACT_GOOD_HZ
from .ground import LEVEL_RAD, slopes_rad
from .interval import draws, interval
from .measures import LETTERS, Measure, Summary, withheld
from .medians import IMPACT, TIME, GradeArray, Steps, common
from .quality import SENTENCES, Reason
from .smoothing import WIDTH, rolling
from .softness import of_away
from .tables import GRADE_C, GRADE_X, BoolArray, FloatArray, IntArray
from .usual import BY_SPEED

FIFTHS = 5
_LEAST = 60  # steps in a fifth: 300 in all, four minutes
#: How firmly slopes are held: as by this sum of squared deviations of ln speed or ln cadence. A
#: run with 3 % of true variation in its fifths says six times as much.
_HOLD = 0.005
_NO_SPEED = "speed is not known: corrected by cadence alone"

#: Smallest drift worth a word beside an interval without 0; assumptions of this project.
LEAST = {"gct_drift": 2.5, "duty_drift": 2.5, "softness_drift": 5.0, "eversion_drift": 1.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watched:
    """One thing that may drift: its values, typical slopes, and how a change is told.

    ``slopes`` are of the value with ln speed and with ln cadence.
    """

    name: str
    key: str
    values: FloatArray
    grades: GradeArray
    slopes: tuple[float, float]
    told: Callable[[FloatArray], FloatArray]
    about: Reason


def drifts(steps: Steps, gct_by_speed: float | None = None) -> tuple[Measure, ...]:
    """Return the drift of contact time, duty factor, softness and eversion, and the fade.

    The fade is contact time in the last fifth against the *second*: the first is often warming
    up. ``gct_by_speed`` is the runner's own slope of ln contact with ln speed, where known.
    Hills beyond 2 degrees are left out. Withheld for fewer than 300 steps of one foot.
    """
    rows = steps.rows
    slope = BY_SPEED["gct"].typical if gct_by_speed is None else gct_by_speed
    with np.errstate(divide="ignore", invalid="ignore"):
        gct, duty = np.log(rows["gct_s"]), np.log(rows["gct_s"] / rows["stride_s"])
        shock = np.log(rows["shock_mps2"])
    eversion = np.rad2deg(rows["roll_rad"] + rows["eversion_rad"])
    # At one speed a quicker step is partly a shorter contact, partly a shorter flight.
    contact = _Watched(
        name="gct_drift", key="gct_drift_pct", values=gct, grades=rows["grade_time"],
        slopes=(slope, -0.5), told=_percent, about=TIME,
    )  # fmt: skip
    watched = (
        contact,
        _Watched(name="duty_drift", key="duty_drift_pct", values=duty, grades=rows["grade_time"],
                 slopes=(slope, 0.5), told=_percent, about=TIME),
        _Watched(name="softness_drift", key="softness_drift_points", values=shock,
                 grades=rows["grade_impact"], slopes=(BY_SPEED["shock"].typical, 0.0), told=_points,
                 about=IMPACT),
        _Watched(name="eversion_drift", key="eversion_drift_deg", values=eversion,
                 grades=rows["grade_angle"], slopes=(0.0, 0.0), told=_plain, about=IMPACT),
    )  # fmt: skip
    fade = _of(steps, contact, 1, "gct_fade", "gct_fade_pct")
    return (*(_of(steps, one, 0, one.name, one.key) for one in watched), fade)


def drifted(summary: Summary) -> tuple[Measure, ...]:
    """Return the drifts of a run that stand out: worth a word, and surely not 0."""
    out = []
    for name, least in LEAST.items():
        m = summary.measure(name)
        if m is None or m.value is None or m.low is None or m.high is None:
            continue
        if abs(m.value) >= least and (m.low > 0 or m.high < 0):
            out.append(m)
    return tuple(out)


def _of(steps: Steps, watched: _Watched, against: int, name: str, key: str) -> Measure:
    """Return the change from the fifth ``against`` to the last one."""
    rows = steps.rows
    hilly = np.abs(slopes_rad(rows)) > LEVEL_RAD  # not known is not hilly
    use = ~np.isnan(watched.values) & (watched.grades > GRADE_X) & ~hilly
    n = int(use.sum())
    reasons = common(rows["reason"][use] if n else rows["reason"], watched.about)
    if n < FIFTHS * _LEAST:
        few = "fewer than 300 steps of a foot on the level"
        return withheld(name, key, n, (few, *reasons))
    fifth = np.arange(n) * FIFTHS // n
    steady, by_speed = _steady(steps, watched, use, fifth)
    before, after = steady[fifth == against], steady[fifth == FIFTHS - 1]
    drawn = draws(after, steps.seed, name) - draws(before, steps.seed, f"{name} before")
    low, high = sorted(interval(watched.told(drawn)))
    value = watched.told(np.array([np.median(after) - np.median(before)]))
    grade = int(np.sort(watched.grades[use])[(n - 1) // 2])
    if watched.name == "softness_drift" and steps.findings.rate_hz < IMPACT_GOOD_HZ:
        reasons = tuple(dict.fromkeys((*reasons, SENTENCES[Reason.RATE])))
    if not by_speed:
        grade, reasons = min(grade, GRADE_C), (*reasons, _NO_SPEED)
    return Measure(
        name=name, key=key, value=float(value[0]), grade=LETTERS[grade], n=n, reasons=reasons,
        low=low, high=high,
    )  # fmt: skip


def _steady(
    steps: Steps, watched: _Watched, use: BoolArray, fifth: IntArray
) -> tuple[FloatArray, bool]:
    """Return the values at the run's usual speed and cadence, and whether speed was known."""
    rows, values = steps.rows, watched.values[use]
    with np.errstate(divide="ignore"):
        speed = rolling(np.log(np.where(rows["speed_mps"] > 0, rows["speed_mps"], np.nan)))[use]
        cadence = rolling(-np.log(rows["stride_s"]))[use]
    known = [(x, typical) for x, typical in zip((speed, cadence), watched.slopes, strict=True)
             if not np.isnan(x).any()]  # fmt: skip
    if not known:
        return values, False
    x = np.stack([one - np.median(one) for one, _ in known])
    typical = np.array([slope for _, slope in known])
    # Within the fifths alone; a window of steps counts once, its steps are alike.
    inner, aside = x.copy(), values.copy()
    for k in range(FIFTHS):
        inner[:, fifth == k] -= inner[:, fifth == k].mean(axis=1, keepdims=True)
        aside[fifth == k] -= aside[fifth == k].mean()
    hold = _HOLD * np.eye(len(known))
    slopes = np.linalg.solve(inner @ inner.T / WIDTH + hold, inner @ aside / WIDTH + hold @ typical)
    return np.asarray(values - slopes @ x), not np.isnan(speed).any()


def _percent(change: FloatArray) -> FloatArray:
    return np.asarray(100 * (np.exp(change) - 1))


def _points(change: FloatArray) -> FloatArray:
    """Change of ln shock as points of softness, about 50."""
    return np.asarray(of_away(change) - 50)


def _plain(change: FloatArray) -> FloatArray:
    return change
