"""F09: contact time that drifts between comparable runs, at the same speed.

Comparable means one source (device and rate), one version of the measure, one shoe: devices
differ by up to 27 ms, more than any change worth a word. Contact time falls with speed, so it
is compared as what is left of ln(gct) after a line in ln(speed); the line is the athlete's
own, held towards a typical slope while the runs are few. The last three runs are kept out of
the usual, so that a slow change does not hide in it. Two of three must stand out by z > 2 and
by more than 3 %: of all rules tried on simulated runners without any change, this raised the
fewest alarms (docs/flags.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log
from statistics import fmean, median

from ..signal.summary import Grade, Measure
from .entries import Run
from .history import History, days_before
from .thresholds import Thresholds
from .usual import speed_mps as speed_of
from .verdict import Evidence, Flag, Outcome, Rule

#: Slope of ln(gct) over ln(speed) that few runs are held towards, and how firmly: as ten runs
#: with a spread of 8 % in speed would.
TYPICAL_SLOPE = -0.6
SLOPE_WEIGHT = 10 * 0.08**2
JUDGED = 3
NEEDED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One run's contact time and speed, and what makes it comparable."""

    run: Run
    gct: Measure
    gct_ms: float
    speed_mps: float

    @property
    def cell(self) -> tuple[str, int, str | None]:
        """What must be equal for two runs to be compared."""
        return self.gct.source, self.run.summary.version, self.run.shoe


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What ln(gct) usually is at a speed, and how much it varies between runs."""

    n: int
    slope: float
    centre: float
    middle: float
    spread: float
    gct_ms: float
    speeds_mps: tuple[float, float]

    def change(self, point: Point) -> float:
        """Return the run's contact time against the usual at its speed, as a fraction."""
        return exp(self._left(point)) - 1

    def z(self, point: Point, most: float) -> float:
        """Return how far the run stands out, in robust standard deviations, clipped."""
        return max(-most, min(most, self._left(point) / self.spread))

    def _left(self, point: Point) -> float:
        return _residual(point, self.slope, self.centre) - self.middle


def check(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """Judge the last three comparable runs before or on ``day``."""
    points = comparable(day, history, t)
    if not points:
        return rule.unknown("no run has a contact time with a speed")
    if points[-1].run.day < days_before(day, t.drift_shown_days - 1):
        return rule.unknown("the last run with a contact time is too long ago")
    judged, earlier = points[-JUDGED:], points[:-JUDGED]
    usual = usual_of(earlier, t)
    if usual is None:
        return rule.unknown(
            f"this needs {t.drift_baseline_runs + JUDGED} comparable runs (same device, rate, "
            f"measure and shoe); there are {len(points)}"
        )
    out = [point for point in judged if stands_out(point, usual, t)]
    if len(out) < NEEDED:
        return rule.quiet()
    return Outcome(
        rule=rule.id, state="flag", flag=_flag(rule, day, judged, out, usual, history, t)
    )


def comparable(day: date, history: History, t: Thresholds) -> list[Point]:
    """Return the runs that may be compared with the newest one, oldest first."""
    window = history.runs_in(days_before(day, t.drift_baseline_days), day)
    points = [point for run in window if (point := point_of(run, t)) is not None]
    return [point for point in points if point.cell == points[-1].cell]


def point_of(run: Run, t: Thresholds) -> Point | None:
    """Return the run's contact time and speed, None where either is missing or doubtful."""
    gct, coverage = run.summary.measure("gct"), run.summary.measure("coverage")
    if gct is None or not gct.value or gct.grade == "X" or run.duration_s < t.drift_shortest_s:
        return None
    if coverage and coverage.value is not None and coverage.value < t.drift_coverage_pct:
        return None
    speed_mps = speed_of(run)
    if not speed_mps:
        return None
    return Point(run=run, gct=gct, gct_ms=gct.value, speed_mps=speed_mps)


def usual_of(points: Sequence[Point], t: Thresholds) -> Usual | None:
    """Return the usual of the newest of these runs, None where they are too few."""
    base = points[-t.drift_baseline_most :]
    if len(base) < t.drift_baseline_runs:
        return None
    x = [log(point.speed_mps) for point in base]
    y = [log(point.gct_ms) for point in base]
    x_mean, y_mean = fmean(x), fmean(y)
    sxx = sum((a - x_mean) ** 2 for a in x)
    sxy = sum((a - x_mean) * (b - y_mean) for a, b in zip(x, y, strict=True))
    slope = (sxy + SLOPE_WEIGHT * TYPICAL_SLOPE) / (sxx + SLOPE_WEIGHT)
    left = [_residual(point, slope, x_mean) for point in base]
    middle = median(left)
    mad = median(abs(value - middle) for value in left)
    return Usual(
        n=len(base),
        slope=slope,
        centre=x_mean,
        middle=middle,
        # Ten even runs do not prove that a runner never varies, hence the least spread.
        spread=max(mad / 0.6745, t.drift_gct_spread_frac),
        gct_ms=exp(middle),
        speeds_mps=(min(p.speed_mps for p in base), max(p.speed_mps for p in base)),
    )


def stands_out(point: Point, usual: Usual, t: Thresholds) -> bool:
    """Return whether the feet stayed down longer than usual by z and by share."""
    slow, fast = usual.speeds_mps
    reach = t.drift_speed_reach_frac
    if not slow * (1 - reach) <= point.speed_mps <= fast * (1 + reach):
        return False
    return usual.z(point, t.drift_z_most) > t.drift_z and usual.change(point) > t.drift_gct_frac


def _residual(point: Point, slope: float, centre: float) -> float:
    return log(point.gct_ms) - slope * (log(point.speed_mps) - centre)


def _flag(
    rule: Rule,
    day: date,
    judged: Sequence[Point],
    out: Sequence[Point],
    usual: Usual,
    history: History,
    t: Thresholds,
) -> Flag:
    change_pct = median(usual.change(point) for point in out) * 100
    newest = out[-1]
    expected_ms = newest.gct_ms / (1 + usual.change(newest))
    grade: Grade = max((point.gct.grade for point in out), key="ABCX".index)
    often = "all" if len(out) == len(judged) else str(len(out))
    action = "Keep the next run easy, and look at sleep and soreness too."
    return Flag(
        rule=rule.id,
        version=rule.version,
        title=rule.title,
        severity="notice",
        tier=rule.tier,
        grade=grade,
        athlete=history.athlete,
        first_day=day,
        day=day,
        until=judged[-1].run.day + timedelta(t.drift_shown_days - 1),
        because=(
            Evidence(
                what="contact time, newest of these runs", number=round(newest.gct_ms, 1),
                unit="ms", n=newest.gct.n, usual=round(expected_ms, 1),
            ),
            Evidence(
                what="change at the same speed", number=round(change_pct, 1), unit="%",
                n=len(out), usual=0.0,
            ),
            Evidence(what="runs that stand out, of the last three", number=len(out), unit="runs",
                     n=usual.n),
        ),
        runner=(
            f"Your feet have stayed on the ground longer than usual at this pace "
            f"(+{change_pct:.0f} %) in {often} of your last {len(judged)} comparable runs. "
            f"This often goes with fatigue. {action}"
        ),
        coach=(
            f"{history.person.name}: contact time +{change_pct:.0f} % at matched speed in "
            f"{often} of the last {len(judged)} comparable runs (newest {newest.gct_ms:.0f} ms, "
            f"usual {expected_ms:.0f} ms from {usual.n} runs). Drift alone says little; look for "
            "a second sign. Suggested: keep the next run easy."
        ),
        action=action,
    )  # fmt: skip
