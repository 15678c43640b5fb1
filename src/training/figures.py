"""The three figures the articles name (pain-free distance, time under load, balance), and wins."""

from dataclasses import dataclass
from datetime import date, timedelta

from .assessments import best_clean_hold_s
from .entries import AfterRun, Run
from .history import History, days_before
from .load import distance_m, load_between
from .pain import hurts_in
from .schedule import adherence_pct

MILE_M = 1609.344
FREE = 2.0
PLAN_KEPT_PCT = 70.0
ABOUT_H = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the athlete has to show; None where nothing is known.

    ``asked`` of ``runs`` runs have an answer about pain; the others count as unknown, not as
    free of it.
    """

    longest_free_m: float | None
    longest_free_miles: float | None
    free_28_days_m: float
    free_28_days_miles: float
    runs: int
    asked: int
    under_load_28_days_s: float
    best_clean_hold_s: float | None
    recovered_h: float | None
    weeks_kept: int


def figures_on(day: date, history: History) -> Figures:
    """Return the figures of the last 28 days, and the longest run ever without pain."""
    since = days_before(day, 27)
    runs = history.runs_in(date.min, day)
    free = [run for run in runs if is_free(run, history, day)]
    recent = [run for run in runs if run.day >= since]
    hours = sorted(
        c.recovered_h for c in history.check_ins_in(since, day) if c.recovered_h is not None
    )
    longest_m = max((d for r in free if (d := distance_m(r)) is not None), default=None)
    month_m = sum(distance_m(run) or 0.0 for run in free if run.day >= since)
    return Figures(
        longest_free_m=longest_m,
        longest_free_miles=None if longest_m is None else longest_m / MILE_M,
        free_28_days_m=month_m,
        free_28_days_miles=month_m / MILE_M,
        runs=len(recent),
        asked=sum(pain_of(run, history, day) is not None for run in recent),
        under_load_28_days_s=load_between(history, since, day).under_load_s,
        best_clean_hold_s=best_clean_hold_s(history, day),
        recovered_h=hours[len(hours) // 2] if hours else None,
        weeks_kept=weeks_kept(day, history),
    )


def is_free(run: Run, history: History, until: date) -> bool:
    """Return whether somebody said that the run was without pain above 2 of 10."""
    score = pain_of(run, history, until)
    return score is not None and score <= FREE


def pain_of(run: Run, history: History, until: date) -> float | None:
    """Return the worst pain said about a run: after it, else on its day or the morning after."""
    after = after_of(run, history, until)
    if after is not None and (after.pain is not None or after.pains):
        return max([after.pain or 0.0, *(pain.score for pain in after.pains)])
    morning_after = min(run.day + timedelta(1), until)
    scores = [h.score for h in hurts_in(run.day, morning_after, history) if not h.exercise]
    return max(scores, default=None)


def after_of(run: Run, history: History, until: date) -> AfterRun | None:
    """Return what was said after a run: about the nearest start, at most half a day off."""
    last = min(run.day + timedelta(14), until)
    near = history.after_runs_in(days_before(run.day, 1), last)
    apart = [(abs((a.started_at - run.started_at) / timedelta(hours=1)), a) for a in near]
    found = min(apart, key=lambda pair: pair[0], default=None)
    return found[1] if found is not None and found[0] <= ABOUT_H else None


def weeks_kept(day: date, history: History) -> int:
    """Return weeks in a row with the plan kept; days off that were said do not break it."""
    kept = 0
    for week in range(52):
        last = days_before(day, 7 * week)
        share = adherence_pct(last, history, weeks=1)
        if share is None and history.availability_on(last) is not None:
            continue
        if share is None or share < PLAN_KEPT_PCT:
            break
        kept += 1
    return kept
