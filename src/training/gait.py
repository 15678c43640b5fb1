"""F12, F14, F24: fading within long runs, left against right, and what the numbers rest on.

Asymmetry is not a bad sign by itself: of 836 runners those with more of it in flight time were
injured less (Malisoux et al. 2024, BMJ Open SEM). Only a change from the own usual is said.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median

from ..signal.summary import Grade
from .comparison import Reading
from .drift import reading
from .entries import Run
from .history import History, days_before
from .load import distance_m
from .phrases import day_name, km
from .thresholds import Thresholds
from .verdict import Evidence, Outcome, Rule


def _trusted(run: Run, t: Thresholds) -> bool:
    coverage = run.summary.measure("coverage")
    if coverage is None or coverage.value is None:
        return True
    return coverage.value >= t.drift_coverage_pct


def _fades(history: History, t: Thresholds) -> list[tuple[Run, float, Reading]]:
    """Return how much contact time grew within each long run, in percent."""
    return [
        (run, found.value, found)
        for run in history.runs
        if run.duration_s >= t.fade_long_s and _trusted(run, t)
        if (found := reading("gct_fade", run)) is not None and found.grade != "X"
    ]


def _sides(history: History, t: Thresholds) -> list[tuple[Run, float, Reading]]:
    """Return the symmetry of each run in points: 4 where the left foot has 51 % of contact."""
    return [
        (run, 4 * (found.value - 50), found)
        for run in history.runs
        if _trusted(run, t)
        if (found := reading("gct_balance", run)) is not None and found.grade != "X"
    ]


def _since(
    day: date, found: Sequence[tuple[Run, float, Reading]], t: Thresholds
) -> Sequence[tuple[Run, float, Reading]]:
    """Return the part of the half year that ends with ``day`` that its newest run compares with.

    Another device, rate or version of the measure is another measure.
    """
    first = bisect_left(found, days_before(day, t.drift_baseline_days), key=_day_of)
    there = found[first : bisect_right(found, day, key=_day_of)]
    return [one for one in there if _kind(one) == _kind(there[-1])]


def _kind(one: tuple[Run, float, Reading]) -> tuple[str, int]:
    run, _, read = one
    return read.source, run.summary.version


def _day_of(one: tuple[Run, float, Reading]) -> date:
    return one[0].day


def check_fade(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """F12: contact time grew more within a long run than it nearly ever does for this athlete."""
    long_runs = _since(day, history.once(("fades", t), lambda: _fades(history, t)), t)
    if len(long_runs) <= t.fade_least:
        return rule.unknown(
            f"this needs {t.fade_least} comparable long runs with contact time before the last; "
            f"there are {max(0, len(long_runs) - 1)}"
        )
    faded: list[tuple[Run, float, Grade, list[float]]] = []
    for i, (run, fade_pct, found) in enumerate(long_runs):
        if run.day >= days_before(day, t.fade_shown_days - 1) and i >= t.fade_least:
            before = sorted(value for _, value, _ in long_runs[:i])
            if fade_pct >= t.fade_pct and fade_pct > _fade_limit(before, t):
                faded.append((run, fade_pct, found.grade, before))
    return _faded(rule, day, history, *faded[-1], t) if faded else rule.quiet()


def _faded(
    rule: Rule,
    day: date,
    history: History,
    run: Run,
    fade_pct: float,
    grade: Grade,
    before: Sequence[float],
    t: Thresholds,
) -> Outcome:
    metres = distance_m(run)
    after = f" after {km(metres * 0.8)}" if metres else " in the last fifth"
    action = "Make the next long run a little shorter, or start it slower."
    return rule.flag(
        day,
        history,
        severity="notice",
        grade=grade,
        first_day=run.day,
        until=run.day + timedelta(t.fade_shown_days - 1),
        because=(
            Evidence(
                what="contact time, last fifth against second", number=round(fade_pct, 1),
                unit="%", n=len(before), usual=round(median(before), 1),
            ),
        ),
        runner=(
            f"You faded{after} on {day_name(run.day)}: your feet stayed on the ground "
            f"{fade_pct:.0f} % longer than early on. {action}"
        ),
        coach=(
            f"{history.person.name} faded{after} on {day_name(run.day)}: contact time "
            f"+{fade_pct:.0f} % in the last fifth, usual {median(before):+.0f} % "
            f"({len(before)} long runs). Suggested: a shorter next one, or a slower start."
        ),
        action=action,
    )  # fmt: skip


def _fade_limit(before: Sequence[float], t: Thresholds) -> float:
    """Return what this athlete hardly ever fades beyond, from sorted earlier fades."""
    rarely = before[min(len(before) - 1, round(t.fade_share * len(before)))]
    middle = median(before)
    spread = median(abs(fade - middle) for fade in before) / 0.6745
    return max(rarely, middle + t.fade_z * max(spread, t.fade_spread_pct))


def check_sides(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """F14: left against right has changed from this athlete's usual in two of three runs."""
    same = _since(day, history.once(("sides", t), lambda: _sides(history, t)), t)
    if len(same) < t.sides_baseline + t.sides_runs:
        return rule.unknown(
            f"this needs {t.sides_baseline + t.sides_runs} runs with both feet; there are {len(same)}"
        )
    newest = same[-t.sides_runs :]
    if newest[-1][0].day < days_before(day, t.drift_shown_days - 1):
        return rule.unknown("the last run with both feet is too long ago")
    before = [si for _, si, _ in same[: -t.sides_runs]][-t.drift_baseline_most :]
    usual = median(before)
    limit = max(t.sides_points, t.sides_mads * median(abs(si - usual) for si in before))
    away = [si - usual for _, si, _ in newest]
    out = max(([a for a in away if s * a > limit] for s in (1, -1)), key=len)
    if len(out) < t.sides_needed:
        return rule.quiet()
    grade: Grade = max((r.grade for _, _, r in newest), key="ABCX".index)
    last = newest[-1][0].day
    return _sided(rule, day, history, out, usual, len(before), last, grade, t)


def _sided(
    rule: Rule,
    day: date,
    history: History,
    out: Sequence[float],
    usual: float,
    n: int,
    last: date,
    grade: Grade,
    t: Thresholds,
) -> Outcome:
    change, often = median(out), f"{len(out)} of the last {t.sides_runs}"
    side = "left" if change > 0 else "right"
    action = "Check shoes, lacing and where the pods sit, and notice how that side feels."
    return rule.flag(
        day,
        history,
        severity="notice",
        grade=grade,
        until=last + timedelta(t.drift_shown_days - 1),
        because=(
            Evidence(
                what="left against right, last three runs", number=round(usual + change, 1),
                unit="points", n=n, usual=round(usual, 1),
            ),
        ),
        runner=(
            f"Left and right have changed from your usual in {often} runs: you stay longer on the "
            f"{side} foot ({abs(change):.1f} points). {action}"
        ),
        coach=(
            f"{history.person.name}: contact time left against right {change:+.1f} points from the "
            f"own usual ({n} runs) in {often} runs, longer on the {side}. A change only; "
            "a difference between feet is no bad sign by itself."
        ),
        action=action,
    )  # fmt: skip


def check_quality(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """F24: the newest run's numbers rest on too little; other rules leave it out."""
    recent = history.runs_in(days_before(day, t.quality_days - 1), day)
    measured = [run for run in recent if run.summary.measures]
    if not measured:
        return rule.unknown(f"no run of the last {t.quality_days} days has a recording")
    run = measured[-1]
    because = _doubts(run, t)
    if not because:
        return rule.quiet()
    what = "; ".join(_doubt_said(doubt) for doubt in because)
    return rule.flag(
        day,
        history,
        severity="info",
        grade="C",
        first_day=run.day,
        until=run.day + timedelta(t.quality_days - 1),
        because=tuple(because),
        runner=f"The numbers of your run on {day_name(run.day)} rest on little: {what}. They "
        "are not compared with other runs.",
        coach=f"{history.person.name}, run on {day_name(run.day)}: {what}. Left out of comparisons.",
        action="Charge the pod, fasten it well and check it before the next run.",
    )


def _doubt_said(doubt: Evidence) -> str:
    """Return what a number rests on, in words: what is not known has no number."""
    return f"{doubt.what}: {doubt.number:g} {doubt.unit}" if "%" in doubt.unit else doubt.what


def _doubts(run: Run, t: Thresholds) -> Sequence[Evidence]:
    n = max((m.n for m in run.summary.measures), default=0)
    found = []
    coverage, clipped = reading("coverage", run), reading("clipped", run)
    if coverage is not None and coverage.value < t.drift_coverage_pct:
        number = round(coverage.value, 1)
        found.append(Evidence(what="recorded", number=number, unit="% of the run", n=max(n, 1)))
    if clipped is not None and clipped.value > t.clipped_pct:
        number = round(clipped.value, 1)
        found.append(Evidence(what="clipped", number=number, unit="% of steps", n=max(n, 1)))
    if len(found) == 0 and run.duration_s >= t.drift_shortest_s:
        unknown = [m for m in run.summary.measures if m.grade == "X"]
        gct = next((m for m in unknown if m.name == "gct"), None)
        if gct is not None and gct.reasons:
            found.append(
                Evidence(what=f"contact time not known ({gct.reasons[0]})", number=0, unit="steps",
                         n=max(n, 1))
            )  # fmt: skip
    return found
