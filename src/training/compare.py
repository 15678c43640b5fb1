"""Two periods, shoes or conditions side by side at matched speed: changed, no change, cannot tell.

It says that numbers differ, never why. Runs next to each other are alike (a correlation of
about 0.3 from run to run), so each counts as a little more than half a run; the interval is
widened accordingly, and a difference below the smallest change worth a word is no change.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import log, sqrt
from statistics import fmean, variance
from typing import Literal

from .comparison import Reading, Watched
from .drift import reading
from .entries import Run
from .history import History, days_before
from .thresholds import Thresholds
from .usual import speed_mps

Verdict = Literal["changed", "no change", "cannot tell"]

LEAST_RUNS = 6
#: (1 - rho) / (1 + rho) of a correlation of 0.3 between neighbouring runs.
WORTH = 0.54
#: Student's t for 95 % two-sided, by degrees of freedom; 1.96 beyond.
_T95 = {
    4: 2.78,
    5: 2.57,
    6: 2.45,
    7: 2.36,
    8: 2.31,
    10: 2.23,
    12: 2.18,
    15: 2.13,
    20: 2.09,
    30: 2.04,
}
WEEKS_OF_WORK = 8
HALF_YEAR_DAYS = 182

#: Measures that can be compared: typical slope over ln(speed) and smallest change worth a word.
SLOPES = {"gct": -0.6, "cadence": 0.10, "shock": 1.2, "flight": 0.8}
LABELS = {
    "gct": "Contact time", "cadence": "Cadence", "shock": "Shock", "softness": "Softness",
    "flight": "Flight time",
}  # fmt: skip
#: Of the measures that no flag watches; what is worth a word of the others is the flag's setting.
_LEAST = {"cadence": 0.02, "shock": 0.10, "flight": 0.05}
COMPARED = tuple(LABELS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One measure in two groups of runs: the second against the first.

    ``change`` with its 95 % interval is a share (0.03 is 3 %) where ``relative``, else in the
    measure's unit. ``mdc`` is the smallest change that these runs could tell from none, ``least``
    the smallest one worth a word. The verdict is about the numbers, not about their cause.
    """

    name: str
    relative: bool
    change: float | None
    low: float | None
    high: float | None
    mdc: float | None
    least: float
    n_before: int
    n_after: int
    verdict: Verdict
    why: str

    @property
    def text(self) -> str:
        """What to say about it, in one sentence without a cause."""
        label = LABELS[self.name]
        if self.change is None or self.low is None or self.high is None or self.mdc is None:
            return f"{label}: cannot tell; {self.why}."
        unit, scale, digits = ("%", 100.0, 1) if self.relative else ("points", 1.0, 0)
        change, low, high = (f"{scale * v:+.{digits}f}" for v in (self.change, self.low, self.high))
        return (
            f"{label}: {self.verdict}, {change} {unit} at the same speed (95 % interval {low} to "
            f"{high} {unit}; {self.n_before} runs against {self.n_after}). These runs could show "
            f"{scale * self.mdc:.{digits}f} {unit}; {scale * self.least:g} {unit} is worth a word."
        )


def least_of(name: str, t: Thresholds) -> float:
    """Return the smallest change worth a word: a share, or points of softness."""
    watched = {"gct": t.drift_gct_frac, "softness": t.drift_softness_points}
    return watched[name] if name in watched else _LEAST[name]


def compare_runs(name: str, before: Sequence[Run], after: Sequence[Run], t: Thresholds) -> Effect:
    """Return how one measure of ``after`` differs from ``before`` at the same speed."""
    a, b = _levels(name, before, after, t)
    relative = name in SLOPES
    least = least_of(name, t)
    if min(len(a), len(b)) < LEAST_RUNS:
        why = (
            f"{LEAST_RUNS} comparable runs on each side are needed; there are {len(a)} and {len(b)}"
        )
        return Effect(
            name=name, relative=relative, change=None, low=None, high=None, mdc=None,
            least=least, n_before=len(a), n_after=len(b), verdict="cannot tell", why=why,
        )  # fmt: skip
    change, half = fmean(b) - fmean(a), _half_width(a, b)
    low, high = change - half, change + half
    verdict: Verdict = "cannot tell"
    why = "the interval holds both no change and a change worth a word"
    if low > 0 or high < 0:
        verdict = "changed" if abs(change) > least else "no change"
        why = "beyond what runs differ anyway" if verdict == "changed" else "too small to matter"
    elif max(abs(low), abs(high)) < least:
        verdict, why = "no change", "smaller than the smallest change worth a word"
    return Effect(
        name=name, relative=relative, change=change, low=low, high=high, mdc=half,
        least=least, n_before=len(a), n_after=len(b), verdict=verdict, why=why,
    )  # fmt: skip


def before_and_after(name: str, day: date, history: History) -> Effect:
    """Compare the eight weeks before the first foot session with those after eight weeks of it."""
    work = history.strength_in(date.min, day)
    if not work:
        return compare_runs(name, (), (), history.thresholds)
    first = work[0].day
    before = history.runs_in(days_before(first, 7 * WEEKS_OF_WORK), days_before(first, 1))
    after = history.runs_in(first + timedelta(7 * WEEKS_OF_WORK), day)
    return compare_runs(name, before, after, history.thresholds)


def _levels(
    name: str, before: Sequence[Run], after: Sequence[Run], t: Thresholds
) -> tuple[list[float], list[float]]:
    """Return the measure of both groups with speed taken out, of their common source only."""
    watched = Watched(
        read=lambda run: reading(name, run), worse=1, relative=name in SLOPES,
        slope=SLOPES.get(name), least=least_of(name, t), spread=0.0,
    )  # fmt: skip
    found = [[p for run in runs if (p := _point(watched, run, t))] for runs in (before, after)]
    kinds = [{(r.source, run.summary.version) for run, r, _ in group} for group in found]
    common = kinds[0] & kinds[1]
    if not common:
        return [], []
    best = max(sorted(common), key=lambda k: sum((r.source, u.summary.version) == k for g in found
                                                 for u, r, _ in g))  # fmt: skip
    groups = [[p for p in group if (p[1].source, p[0].summary.version) == best] for group in found]
    low = max(min((v for _, _, v in g), default=0.0) for g in groups) * (
        1 - t.drift_speed_reach_frac
    )
    high = min(max((v for _, _, v in g), default=0.0) for g in groups) * (
        1 + t.drift_speed_reach_frac
    )
    levels = [[_level(watched, r, v) for _, r, v in g if low <= v <= high] for g in groups]
    return levels[0], levels[1]


def _point(watched: Watched, run: Run, t: Thresholds) -> tuple[Run, Reading, float] | None:
    found, speed = watched.read(run), speed_mps(run)
    if found is None or found.grade == "X" or not speed or run.duration_s < t.drift_shortest_s:
        return None
    if watched.relative and found.value <= 0:
        return None
    return run, found, speed


def _level(watched: Watched, found: Reading, speed: float) -> float:
    if not watched.relative:
        return found.value
    return log(found.value) - (watched.slope or 0.0) * log(speed)


def _half_width(a: Sequence[float], b: Sequence[float]) -> float:
    """Return half the 95 % interval of the difference of means, runs counted for their worth."""
    n_a, n_b = len(a) * WORTH, len(b) * WORTH
    va, vb = variance(a) / n_a, variance(b) / n_b
    if va + vb == 0:
        return 0.0
    freedom = (va + vb) ** 2 / (va**2 / max(n_a - 1, 1) + vb**2 / max(n_b - 1, 1))
    return sqrt(va + vb) * _t95(freedom)


def _t95(freedom: float) -> float:
    known = [value for limit, value in _T95.items() if limit <= freedom]
    if freedom >= 60:
        return 1.96
    return known[-1] if known else 4.30


def between_shoes(name: str, day: date, history: History, first: str, second: str) -> Effect:
    """Compare the runs of half a year in one shoe with those in another."""
    return _between(name, day, history, lambda run: run.shoe, (first, second))


def between_surfaces(name: str, day: date, history: History, first: str, second: str) -> Effect:
    """Compare the runs of half a year on one surface with those on another."""
    return _between(name, day, history, lambda run: run.surface, (first, second))


def _between(
    name: str, day: date, history: History, of: Callable[[Run], str | None], two: tuple[str, str]
) -> Effect:
    runs = history.runs_in(days_before(day, HALF_YEAR_DAYS), day)
    first, second = ([run for run in runs if of(run) == one] for one in two)
    return compare_runs(name, first, second, history.thresholds)
