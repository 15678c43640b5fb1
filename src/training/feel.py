"""F04, F06, F07, F08: what the mornings say about stiffness, arch, calf and sleep.

The programme's first article: more morning stiffness, tired arches or tight calves mean scaling
back and looking at technique again. Sleep quality carried signal in 339 runners followed for 26
weeks (2025, Scand J Med Sci Sports).
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from math import exp
from statistics import median

from .comparison import JUDGED
from .drift import reading
from .entries import AfterRun, CheckIn
from .history import History, days_before
from .thresholds import Thresholds
from .verdict import Evidence, Outcome, Rule, Severity

Scores = list[tuple[date, float]]


def check_stiffness(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """F04: three stiffer mornings than the three weeks before, by score or by minutes."""
    points = _stiffer(_scores(history, day, t, lambda c: c.stiffness), day, t)
    minutes = _stiffer(_scores(history, day, t, lambda c: c.stiffness_min), day, t)
    if points is None and minutes is None:
        return rule.unknown(
            f"this needs {t.stiff_mornings} mornings in a row and {t.stiff_baseline_least} before"
        )
    because: list[Evidence] = []
    if points and median(points[0]) - median(points[1]) >= t.stiff_points:
        because.append(_evidence("morning stiffness, median of three", "of 10", points))
    if minutes and _longer(minutes, t):
        because.append(_evidence("minutes until it goes, median of three", "min", minutes))
    if not because:
        return rule.quiet()
    action = "Make the next foot session easy, and go over your technique cues."
    return rule.flag(
        day,
        history,
        severity="notice",
        grade="B",
        until=day + timedelta(1),
        because=tuple(because),
        runner=f"Your feet have been stiffer than usual for three mornings. {action}",
        coach=(
            f"{history.person.name}: morning stiffness {because[0].number:g} {because[0].unit} "
            f"over three mornings, usual {because[0].usual:g} ({because[0].n} mornings). "
            "Suggested: an easy foot session and technique cues."
        ),
        action=action,
    )


def check_arch(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """F06: the arch is more tired in this week than in this month; barefoot work waits."""
    scores = _scores(history, day, t, lambda c: c.arch_fatigue, lambda a: a.arch_fatigue)
    found = _worse_week(rule, "arch fatigue, this week", scores, day, t)
    if isinstance(found, Outcome):
        return found
    action = "Keep your shoes on for runs and drills, and ease the arch exercises."
    return rule.flag(
        day,
        history,
        severity="notice",
        grade="B",
        until=scores[-1][0] + timedelta(t.trend_fresh_days),
        because=(found,),
        runner=(
            f"Your arches have been more tired this week than is usual for you "
            f"({found.number:.1f} against {found.usual:.1f} of 10). {action}"
        ),
        coach=(
            f"{history.person.name}: arch fatigue {found.number:.1f} of 10 this week, "
            f"{found.usual:.1f} over the month ({found.n} answers). Suggested: no barefoot running "
            "or drills, easier arch work."
        ),
        action=action,
    )


def check_calf(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """F07: tighter calves than this month; graver with a strike that has moved forward."""
    scores = _scores(history, day, t, lambda c: c.calf_tightness)
    found = _worse_week(rule, "calf tightness, this week", scores, day, t)
    if isinstance(found, Outcome):
        return found
    shift = strike_shift(day, history, t)
    moved = shift is not None and shift.number <= -t.shift_strike_deg
    severity: Severity = "caution" if moved else "notice"
    action = "Ease heel raises and hops, and keep the next runs flat and easy."
    with_strike = " You are also landing further forward, which loads the calf." if moved else ""
    return rule.flag(
        day,
        history,
        severity=severity,
        grade="B",
        until=scores[-1][0] + timedelta(t.trend_fresh_days),
        because=(found, shift) if moved and shift else (found,),
        runner=(
            f"Your calves have been tighter this week than is usual for you "
            f"({found.number:.1f} against {found.usual:.1f} of 10).{with_strike} {action}"
        ),
        coach=(
            f"{history.person.name}: calf tightness {found.number:.1f} of 10 this week, "
            f"{found.usual:.1f} over the month ({found.n} answers)"
            f"{'; strike angle has moved forward' if moved else ''}. "
            "Suggested: fewer heel raises, no hops, flat easy runs."
        ),
        action=action,
    )


def check_sleep(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """F08: poor sleep on three of seven nights."""
    first = days_before(day, t.sleep_of_days - 1)
    # A night said twice is one night, as badly slept as said.
    said: dict[date, float] = {}
    for c in history.check_ins_in(first, day):
        if c.sleep_quality is not None:
            said[c.day] = min(c.sleep_quality, said.get(c.day, c.sleep_quality))
    nights = list(said.values())
    if len(nights) < t.sleep_least:
        return rule.unknown(f"this needs {t.sleep_least} of {t.sleep_of_days} nights")
    poor = sum(night <= t.sleep_poor for night in nights)
    if poor < t.sleep_nights:
        return rule.quiet()
    action = "Choose easy days over hard ones until you have slept better."
    return rule.flag(
        day,
        history,
        severity="info",
        grade="B",
        until=day + timedelta(1),
        because=(Evidence(what="poor nights of seven", number=poor, unit="nights", n=len(nights)),),
        runner=f"You slept poorly on {poor} of the last {len(nights)} nights you noted. {action}",
        coach=(
            f"{history.person.name} slept poorly on {poor} of the last {len(nights)} nights noted. "
            "Suggested: easy days before hard ones."
        ),
        action=action,
    )


def strike_shift(day: date, history: History, t: Thresholds) -> Evidence | None:
    """Return how far the strike angle of the last three runs is from the usual, in degrees."""
    found = [
        r
        for run in history.runs_in(days_before(day, t.drift_baseline_days), day)
        if (r := reading("strike", run)) is not None and r.grade != "X"
    ]
    same = [r.value for r in found if r.source == found[-1].source]
    judged, earlier = same[-JUDGED:], same[:-JUDGED]
    if len(earlier) < t.drift_baseline_runs:
        return None
    usual = median(earlier[-t.drift_baseline_most :])
    return Evidence(
        what="strike angle, change of the last three runs", number=round(median(judged) - usual, 1),
        unit="deg", n=len(judged), usual=round(usual, 1),
    )  # fmt: skip


def _scores(
    history: History,
    day: date,
    t: Thresholds,
    of: Callable[[CheckIn], float | None],
    of_run: Callable[[AfterRun], float | None] | None = None,
) -> Scores:
    """Return one score by day, the worst of a day, oldest first."""
    first = days_before(day, int(3 * t.trend_long_days))
    worst: dict[date, float] = {}
    found = [(c.day, of(c)) for c in history.check_ins_in(first, day)]
    if of_run is not None:
        found += [(a.day, of_run(a)) for a in history.after_runs_in(first, day)]
    for when, score in found:
        if score is not None:
            worst[when] = max(score, worst.get(when, 0.0))
    return sorted(worst.items())


def _stiffer(
    scores: Scores, day: date, t: Thresholds
) -> tuple[Sequence[float], Sequence[float]] | None:
    """Return (the last mornings, those before), None where they are too few or too old."""
    last = scores[-t.stiff_mornings :]
    if not last or last[0][0] < days_before(day, t.stiff_mornings) or len(last) < t.stiff_mornings:
        return None
    earliest = days_before(last[0][0], t.stiff_baseline_days)
    before = [score for when, score in scores[: -t.stiff_mornings] if when >= earliest]
    if len(before) < t.stiff_baseline_least:
        return None
    return [score for _, score in last], before


def _longer(minutes: tuple[Sequence[float], Sequence[float]], t: Thresholds) -> bool:
    usual = median(minutes[1])
    needed = max(usual * t.stiff_minutes_ratio, usual + t.stiff_minutes_least)
    return all(value >= needed for value in minutes[0])


def _evidence(what: str, unit: str, found: tuple[Sequence[float], Sequence[float]]) -> Evidence:
    return Evidence(
        what=what, number=median(found[0]), unit=unit, n=len(found[1]), usual=median(found[1])
    )


def _worse_week(
    rule: Rule, what: str, scores: Scores, day: date, t: Thresholds
) -> Evidence | Outcome:
    """Return this week's level beside the month's before it, or why there is no flag."""
    if len(scores) < t.trend_least:
        return rule.unknown(f"this needs {t.trend_least} answers; there are {len(scores)}")
    newest = scores[-1][0]
    if newest < days_before(day, t.trend_fresh_days):
        return rule.unknown("the last answer is too long ago")
    # The month leaves out this week, so that a slow worsening is not absorbed by it.
    before = [(when, s) for when, s in scores if (newest - when).days >= t.trend_short_days]
    if len(before) < t.trend_least / 2:
        return rule.unknown(
            f"this needs {t.trend_least // 2} answers before this week; there are {len(before)}"
        )
    week = _level(scores, newest, t.trend_short_days)
    month = _level(before, newest, t.trend_long_days)
    if week - month < t.trend_points:
        return rule.quiet()
    return Evidence(
        what=what, number=round(week, 1), unit="of 10", n=len(scores), usual=round(month, 1)
    )


def _level(scores: Scores, newest: date, days: float) -> float:
    """Return the mean in which an answer counts the more the younger it is, by day."""
    weights = [exp(-(newest - when).days / days) for when, _ in scores]
    return sum(w * s for w, (_, s) in zip(weights, scores, strict=True)) / sum(weights)
