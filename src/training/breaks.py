"""F02: coming back after a fortnight or more without a run.

No study fixes the cap; it is an assumption on the careful side.
"""

from datetime import date, timedelta
from itertools import pairwise
from statistics import median

from .history import History, days_before
from .load import distance_m
from .phrases import day_name, km
from .thresholds import Thresholds
from .verdict import Evidence, Outcome, Rule


def check(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """F02: a fortnight or more without a run, up to a week after the first one back."""
    runs = history.runs_in(date.min, day)
    if len(runs) < 2 and (not runs or (day - runs[-1].day).days < t.break_days):
        return rule.unknown("there is no earlier run to count from")
    found = _break(day, [run.day for run in runs], t)
    if found is None:
        # Not a pattern any more, and still no sign that all is as it was.
        away = (day - runs[-1].day).days
        return _away(rule, away) if away > t.break_shown_days else rule.quiet()
    return _back(rule, day, history, *found, t)


def _away(rule: Rule, days: int) -> Outcome:
    why = f"{days} days without a run. Begin well below what you ran before the break."
    return Outcome(rule=rule.id, state="returning", why=why)


def _back(
    rule: Rule, day: date, history: History, last: date, days: int, back: date | None, t: Thresholds
) -> Outcome:
    runs = history.runs_in(date.min, day)
    before = history.runs_in(days_before(last, 60), last)
    lengths = [d for run in before if (d := distance_m(run))]
    cap_m = max(lengths, default=0.0) * t.break_cap_ratio
    if days > t.break_long_days:
        cap_m *= t.break_long_factor
    action = "Keep the first runs back short and easy."
    if cap_m:
        action = f"Keep the first runs back at {km(cap_m)} or less."
    away = history.availability_on(last + timedelta(1))
    known = " (you had said so)" if away is not None and away.state != "full" else ""
    return rule.flag(
        day,
        history,
        severity="notice",
        grade="B",
        first_day=last + timedelta(t.break_days),
        until=back + timedelta(6) if back else last + timedelta(t.break_shown_days),
        because=(
            Evidence(
                what="days between runs", number=days, unit="days", n=len(runs),
                usual=_usual_gap([run.day for run in runs]),
            ),
            *(
                [Evidence(what="longest before the break", number=round(max(lengths) / 1000, 1),
                          unit="km", n=len(lengths))]
                if lengths
                else []
            ),
        ),
        runner=f"{days} days without a run after {day_name(last)}{known}. {action}",
        coach=(
            f"{history.person.name}: {days} days without a run after {day_name(last)}. "
            f"Suggested: {action[0].lower()}{action[1:]}"
        ),
        action=action,
    )  # fmt: skip


def _break(day: date, days: list[date], t: Thresholds) -> tuple[date, int, date | None] | None:
    """Return (last run before the break, its length, first run back) of a break that matters."""
    open_for = (day - days[-1]).days
    if t.break_days <= open_for <= t.break_shown_days:
        return days[-1], open_for, None
    week = days_before(day, 6)
    gaps = [
        (a, (b - a).days, b)
        for a, b in pairwise(days)
        if (b - a).days >= t.break_days and b >= week
    ]
    return gaps[-1] if gaps else None


def _usual_gap(days: list[date]) -> float | None:
    gaps = [(b - a).days for a, b in pairwise(days)]
    return float(median(gaps)) if gaps else None
