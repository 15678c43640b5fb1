"""F01: one run much longer than any of the thirty days before it.

Source: Frandsen et al. 2025, BJSM 59:1203 (5205 runners, 588,071 sessions). Hazard ratios of
1.64, 1.52 and 2.28 for runs 10-30, 30-100 and over 100 % beyond the longest of the previous
30 days; the middle band is not above the first, so nothing smooth is made of them. Distance
only was studied: where distances are missing, minutes are compared and the tier drops.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from ..signal.summary import Grade
from .entries import Run
from .history import History, days_before
from .load import distance_m
from .phrases import day_name, km
from .thresholds import Thresholds
from .verdict import Evidence, Outcome, Rule, Severity, Tier, gravity


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """One run beside the longest before it, both in metres or both in seconds."""

    run: Run
    unit: str
    length: float
    longest: float
    typical: float
    n: int
    grade: Grade

    @property
    def ratio(self) -> float:
        """How many times the longest before it this run was."""
        return self.length / self.longest


def check(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """Judge the runs of the week that ends with ``day``; the gravest, then newest, is shown.

    Where no run of the week jumped, the newest one decides what can be said.
    """
    if not history.runs_in(date.min, day):
        return rule.unknown("no run is logged yet")
    jumps: list[Jump] = []
    newest = rule.quiet()
    for run in history.runs_in(days_before(day, t.spike_shown_days - 1), day):
        found = jump_of(rule, run, history, t)
        newest = found if isinstance(found, Outcome) else rule.quiet()
        if isinstance(found, Jump) and severity_of(found.ratio, t):
            jumps.append(found)
    if jumps:
        worst = max(jumps, key=lambda j: (gravity(severity_of(j.ratio, t) or "info"), j.run.day))
        return _flag(rule, day, worst, history, t)
    return newest


def severity_of(ratio: float, t: Thresholds) -> Severity | None:
    """Return how grave a jump to ``ratio`` times the longest before it is."""
    # Room for rounding, so that exactly 10 % more (what a plan would say) raises nothing.
    if ratio > t.spike_caution_ratio + 1e-9:
        return "caution"
    return "notice" if ratio > t.spike_notice_ratio + 1e-9 else None


def jump_of(rule: Rule, run: Run, history: History, t: Thresholds) -> Jump | Outcome:
    """Compare one run with the longest before it, or say why that cannot be done."""
    earlier = _earlier(run, history, t.spike_history_days)
    window = [r for r in earlier if r.day >= days_before(run.day, t.spike_window_days)]
    if not window or len(earlier) < t.spike_history_runs:
        return _no_history(rule, run, history, len(earlier), t)
    metres = distance_m(run)
    lengths = [d for r in window if (d := distance_m(r))]
    if metres is not None and lengths:
        grade: Grade = "B" if len(lengths) == len(window) else "C"
        return _jump(run, "m", metres, lengths, grade)
    seconds = [r.duration_s for r in window if r.duration_s > 0]
    if not seconds:
        return rule.unknown("the runs before have neither distance nor minutes")
    return _jump(run, "s", run.duration_s, seconds, "C")


def longest_without_flag_m(day: date, history: History, t: Thresholds) -> float | None:
    """Return the longest distance that raises nothing on ``day``, down to whole 100 m.

    A jump of the last week is no measure for the next run: it is left out. None where F01
    could not judge a run of that day.
    """
    earlier = history.runs_in(days_before(day, t.spike_history_days), day)
    lengths = [
        d
        for run in earlier
        if run.day >= days_before(day, t.spike_window_days) and (d := distance_m(run))
        if not _jumped_lately(run, day, history, t)
    ]
    if not lengths or len(earlier) < t.spike_history_runs:
        return None
    return int(max(lengths) * t.spike_notice_ratio / 100 + 1e-9) * 100.0


def _jumped_lately(run: Run, day: date, history: History, t: Thresholds) -> bool:
    if run.day < days_before(day, t.spike_shown_days - 1):
        return False
    earlier = _earlier(run, history, t.spike_window_days)
    lengths = [d for r in earlier if (d := distance_m(r))]
    known = (
        bool(lengths) and len(_earlier(run, history, t.spike_history_days)) >= t.spike_history_runs
    )
    return known and severity_of((distance_m(run) or 0.0) / max(lengths), t) is not None


def _earlier(run: Run, history: History, days: int) -> list[Run]:
    window = history.runs_in(days_before(run.day, days), run.day)
    return [r for r in window if r.started_at < run.started_at]


def _jump(run: Run, unit: str, length: float, before: Sequence[float], grade: Grade) -> Jump:
    return Jump(
        run=run, unit=unit, length=length, longest=max(before), typical=median(before),
        n=len(before), grade=grade,
    )  # fmt: skip


def _no_history(rule: Rule, run: Run, history: History, n: int, t: Thresholds) -> Outcome:
    """Tell somebody who is back after a break from somebody who has only begun."""
    before = [r for r in history.runs_in(date.min, run.day) if r.started_at < run.started_at]
    if len(before) >= t.spike_history_runs:
        why = (
            "Returning after a break: there are too few runs in the weeks before to compare "
            "this one with. Begin well below what you ran before the break."
        )
        return Outcome(rule=rule.id, state="returning", why=why)
    return rule.unknown(
        f"this needs {t.spike_history_runs} earlier runs in {t.spike_history_days} days, one of "
        f"them in {t.spike_window_days} days; there are {n}"
    )


def _flag(rule: Rule, day: date, jump: Jump, history: History, t: Thresholds) -> Outcome:
    severity = severity_of(jump.ratio, t)
    assert severity is not None
    more = f"{(jump.ratio - 1) * 100:.0f} %"
    length, longest = _amount(jump.length, jump.unit), _amount(jump.longest, jump.unit)
    far = (
        "more than twice as long as" if jump.ratio > t.spike_strong_ratio else f"{more} longer than"
    )
    which = "Today's run" if jump.run.day == day else f"Your run on {day_name(jump.run.day)}"
    tier: Tier = 1 if jump.unit == "m" else 3
    study = (
        "In one large study of runners, single runs more than 10 % longer came with more "
        "overuse injuries. "
        if tier == 1
        else "The study behind this looked at distance; minutes are the next best here. "
    )
    limit = f"Keep the next two runs at {longest} or less."
    return rule.flag(
        day,
        history,
        severity=severity,
        tier=tier,
        grade=jump.grade,
        first_day=jump.run.day,
        until=jump.run.day + timedelta(t.spike_shown_days - 1),
        because=_because(jump),
        runner=(
            f"{which} was {far} your longest in the {t.spike_window_days} days before "
            f"({length} against {longest}). {study}{limit}"
        ),
        coach=(
            f"{history.person.name} ran {length} on {day_name(jump.run.day)}, {more} beyond the "
            f"longest of the {t.spike_window_days} days before ({longest}, {jump.n} runs). "
            f"Suggested: the next two runs at {longest} or less."
        ),
        action=limit,
    )


def _because(jump: Jump) -> tuple[Evidence, ...]:
    unit, scale = ("km", 1000.0) if jump.unit == "m" else ("min", 60.0)
    return (
        Evidence(
            what="this run", number=round(jump.length / scale, 2), unit=unit, n=1,
            usual=round(jump.typical / scale, 2),
        ),
        Evidence(
            what="longest of the days before", number=round(jump.longest / scale, 2), unit=unit,
            n=jump.n,
        ),
        Evidence(
            what="beyond the longest", number=round((jump.ratio - 1) * 100, 1), unit="%", n=jump.n,
        ),
    )  # fmt: skip


def _amount(length: float, unit: str) -> str:
    return km(length) if unit == "m" else f"{length / 60:.0f} min"
