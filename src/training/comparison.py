"""One measure of a run against the athlete's own usual, at the same speed and in the same shoe.

Comparable means one source (device and rate) and one version of the measure: devices differ by
up to 27 ms of contact time, more than any change worth a word. Within that, shoe and surface
make a cell. While a cell has few runs it borrows from all of them, with an offset of its own
that is trusted the more the more runs it has. Speed is taken out by a line in ln(speed), the
athlete's own, held towards a typical slope while the runs are few. The newest three runs are
kept out of the usual, so that a slow change does not hide in it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, log
from statistics import fmean, median

from ..signal.summary import Grade
from .entries import Run
from .history import History, days_before
from .thresholds import Thresholds
from .usual import speed_mps

JUDGED = 3
NEEDED = 2
#: How firmly the slope is held to the typical one: as ten runs with 8 % spread in speed would.
SLOPE_WEIGHT = 10 * 0.08**2
#: A cell's own offset counts n / (n + this).
CELL_WEIGHT = 3.0
#: Fewer earlier runs than this in a shoe say nothing about it.
CELL_LEAST = 3

Cell = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one run says about one thing."""

    value: float
    grade: Grade
    n: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A measure that is watched from run to run.

    ``worse`` is 1 where higher is worse, else -1. ``relative``: compared as a share of the
    usual, else in its own unit. ``slope`` is the typical slope of ln(value) over ln(speed),
    None where speed is not taken out. ``least`` is the smallest change worth a word, ``spread``
    the least spread between runs that is believed; both are shares where ``relative``.
    """

    read: Callable[[Run], Reading | None]
    worse: int
    relative: bool
    slope: float | None
    least: float
    spread: float


@dataclass(frozen=True, slots=True)
class Point:
    """One run's value and speed, and what it may be compared with."""

    run: Run
    reading: Reading
    speed_mps: float

    @property
    def kind(self) -> tuple[str, int]:
        """What must be equal: source and version."""
        return self.reading.source, self.run.summary.version

    @property
    def cell(self) -> Cell:
        """Shoe and surface, which shift the usual."""
        return self.run.shoe, self.run.surface


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What is usual at a speed in a cell, and how much it varies between runs."""

    watched: Watched
    n: int
    slope: float
    centre: float
    middle: float
    spread: float
    offsets: dict[Cell, float]
    speeds_mps: tuple[float, float]

    def away(self, point: Point) -> float:
        """Return how far a run is from the usual, positive where higher."""
        level = _level(point, self.watched, self.slope, self.centre)
        return level - self.middle - self.offsets.get(point.cell, 0.0)

    def change(self, point: Point) -> float:
        """Return the change as a share of the usual, or in the measure's unit."""
        return exp(self.away(point)) - 1 if self.watched.relative else self.away(point)

    def expected(self, point: Point) -> float:
        """Return what would have been usual for that run."""
        value = point.reading.value
        return value / exp(self.away(point)) if self.watched.relative else value - self.away(point)

    def stands_out(self, point: Point, t: Thresholds) -> bool:
        """Return whether a run is worse than usual by z and by the smallest change."""
        slow, fast = self.speeds_mps
        reach = t.drift_speed_reach_frac
        if not slow * (1 - reach) <= point.speed_mps <= fast * (1 + reach):
            return False
        z = self.watched.worse * self.away(point) / self.spread
        return z > t.drift_z and self.watched.worse * self.change(point) > self.watched.least


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The newest three runs beside the usual of those before; ``out`` stand out."""

    judged: tuple[Point, ...]
    out: tuple[Point, ...]
    usual: Usual

    @property
    def drifted(self) -> bool:
        """Whether two of the three stand out."""
        return len(self.out) >= NEEDED


def points_of(watched: Watched, day: date, history: History, t: Thresholds) -> list[Point]:
    """Return the runs up to a day that may be compared with the newest one, oldest first."""
    found, days = history.once(("points", watched, t), lambda: _all_points(watched, history, t))
    first = bisect_left(days, days_before(day, t.drift_baseline_days))
    points = found[first : bisect_right(days, day)]
    return [point for point in points if point.kind == points[-1].kind]


def compare(watched: Watched, day: date, history: History, t: Thresholds) -> Comparison | str:
    """Compare the newest three comparable runs with the usual, or say what is missing."""
    points = points_of(watched, day, history, t)
    if not points:
        return "no run has this number with a speed"
    if points[-1].run.day < days_before(day, t.drift_shown_days - 1):
        return "the last run with this number is too long ago"
    judged, earlier = points[-JUDGED:], points[:-JUDGED]
    usual = usual_of(watched, earlier, t)
    known = () if usual is None else _known(judged, earlier)
    if usual is None or not known:
        return (
            f"this needs {t.drift_baseline_runs + JUDGED} comparable runs (same device, rate and "
            f"measure, in known shoes); there are {len(points)}"
        )
    out = tuple(point for point in known if usual.stands_out(point, t))
    return Comparison(judged=tuple(judged), out=out, usual=usual)


def usual_of(watched: Watched, points: Sequence[Point], t: Thresholds) -> Usual | None:
    """Return the usual of the newest of these runs, None where they are too few."""
    base = points[-t.drift_baseline_most :]
    if len(base) < t.drift_baseline_runs:
        return None
    x = [log(point.speed_mps) for point in base]
    centre = fmean(x)
    slope = _slope(watched, base, x, centre)
    levels = [_level(point, watched, slope, centre) for point in base]
    middle = median(levels)
    offsets = _offsets(base, levels, middle)
    left = [level - middle - offsets[p.cell] for level, p in zip(levels, base, strict=True)]
    mad = median(abs(value - median(left)) for value in left)
    return Usual(
        watched=watched,
        n=len(base),
        slope=slope,
        centre=centre,
        middle=middle,
        # Ten even runs do not prove that a runner never varies, hence the least spread.
        spread=max(mad / 0.6745, watched.spread),
        offsets=offsets,
        speeds_mps=(min(p.speed_mps for p in base), max(p.speed_mps for p in base)),
    )


def _all_points(
    watched: Watched, history: History, t: Thresholds
) -> tuple[list[Point], list[date]]:
    points = [p for run in history.runs if (p := _point(watched, run, t)) is not None]
    return points, [point.run.day for point in points]


def _point(watched: Watched, run: Run, t: Thresholds) -> Point | None:
    coverage = run.summary.measure("coverage")
    if coverage and coverage.value is not None and coverage.value < t.drift_coverage_pct:
        return None
    reading, speed = watched.read(run), speed_mps(run)
    if reading is None or reading.grade == "X" or not speed or run.duration_s < t.drift_shortest_s:
        return None
    if watched.relative and reading.value <= 0:
        return None
    return Point(run, reading, speed)


def _known(judged: Sequence[Point], earlier: Sequence[Point]) -> tuple[Point, ...]:
    """Leave out runs in a shoe that too few earlier runs were in."""
    cells = [point.cell for point in earlier]
    return tuple(point for point in judged if cells.count(point.cell) >= CELL_LEAST)


def _slope(watched: Watched, base: Sequence[Point], x: Sequence[float], centre: float) -> float:
    if watched.slope is None:
        return 0.0
    y = [log(point.reading.value) for point in base]
    sxx = sum((a - centre) ** 2 for a in x)
    sxy = sum((a - centre) * (b - fmean(y)) for a, b in zip(x, y, strict=True))
    return (sxy + SLOPE_WEIGHT * watched.slope) / (sxx + SLOPE_WEIGHT)


def _level(point: Point, watched: Watched, slope: float, centre: float) -> float:
    value = point.reading.value
    if not watched.relative:
        return value
    return log(value) - slope * (log(point.speed_mps) - centre)


def _offsets(base: Sequence[Point], levels: Sequence[float], middle: float) -> dict[Cell, float]:
    by_cell: dict[Cell, list[float]] = {}
    for point, level in zip(base, levels, strict=True):
        by_cell.setdefault(point.cell, []).append(level - middle)
    return {c: median(v) * len(v) / (len(v) + CELL_WEIGHT) for c, v in by_cell.items()}
