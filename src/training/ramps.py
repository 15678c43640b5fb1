"""F15, F16, F17, F21: load that grows beyond what the feet are used to.

Foot-strength contacts and barefoot minutes follow F01 by analogy only: no study fixes their
limits. Step load uses the first power of the force alone: higher powers turn a 5 % error in
contact time into 40 %.
"""

from datetime import date, timedelta
from statistics import fmean, median, pstdev

from .entries import StrengthSession
from .gates import barefoot_open
from .history import History, days_before
from .load import counts, days_between, load_between, step_load, strength_load
from .phrases import day_name
from .thresholds import Thresholds
from .verdict import Evidence, Outcome, Rule


def check_steps(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """F15: this week's step load beyond nearly all of the athlete's own twelve weeks."""
    version = next((r.summary.version for r in reversed(history.runs) if r.day <= day), 0)
    weeks = [
        _week_steps(days_before(day, 7 * i), version, history, t)
        for i in range(t.steps_weeks_most + 1)
    ]
    now, before = weeks[0], [week for week in weeks[1:] if week]
    if now is None or len(before) < t.steps_weeks:
        return rule.unknown(
            f"this needs {t.steps_weeks} weeks of runs with steps and contact time; there are "
            f"{len(before)}"
        )
    limit = sorted(before)[min(len(before) - 1, round(t.steps_share * (len(before) - 1)))]
    if now <= limit:
        return rule.quiet()
    more_pct = (now / median(before) - 1) * 100
    action = "Let the next days be ordinary ones."
    return rule.flag(
        day,
        history,
        severity="info",
        grade="C",
        until=day,
        because=(
            Evidence(
                what="steps x force, against the usual week", number=round(more_pct, 1), unit="%",
                n=len(before), usual=0.0,
            ),
        ),
        runner=(
            f"Your feet have carried more this week than in nearly all of your last {len(before)} "
            f"weeks ({more_pct:.0f} % more than in the usual one). {action}"
        ),
        coach=(
            f"{history.person.name}: steps x force +{more_pct:.0f} % against the median of "
            f"{len(before)} weeks, more than in {100 * t.steps_share:.0f} % of them. Own weeks only; "
            "not comparable between people."
        ),
        action=action,
    )  # fmt: skip


def _week_steps(day: date, version: int, history: History, t: Thresholds) -> float | None:
    """Return the step load of seven days; None where too much of the running is unknown.

    What another version of the measures says is not known by this one.
    """
    runs = history.runs_in(days_before(day, 6), day)
    known = [
        (run, load)
        for run in runs
        if run.summary.version == version and (load := step_load(run)) is not None
    ]
    minutes = sum(run.duration_s for run in runs)
    if not minutes:
        return 0.0
    share = sum(run.duration_s for run, _ in known) / minutes
    return sum(load for _, load in known) / share if share >= t.steps_known_frac else None


def check_monotony(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """F16: every day about as hard as the others, in a heavy week; off unless switched on."""
    weeks = [
        load_between(history, days_before(day, 7 * i + 6), days_before(day, 7 * i))
        for i in range(t.monotony_weeks + 1)
    ]
    if any(not week.runs or not week.effort_known for week in weeks):
        return rule.unknown(f"this needs {t.monotony_weeks + 1} weeks with every effort given")
    daily = [load_between(history, d, d).rpe_min for d in days_between(days_before(day, 6), day)]
    ratio = fmean(daily) / pstdev(daily) if pstdev(daily) else float("inf")
    usual = median(week.rpe_min for week in weeks[1:])
    if ratio <= t.monotony_ratio or weeks[0].rpe_min <= usual:
        return rule.quiet()
    number = min(round(ratio, 1), 99.0)
    return rule.flag(
        day,
        history,
        severity="info",
        grade="C",
        until=day,
        because=(Evidence(what="mean by spread of seven days", number=number, unit="to 1", n=7),),
        runner="Your days have been much alike this week, and the week was a full one. "
        "An easy day beside a hard one often feels better.",
        coach=f"{history.person.name}: seven days much alike (mean by spread {number:g} to 1) in a "
        "week above the usual load. Suggested: one clearly easier day.",
        action="Make one day clearly easier.",
    )


def check_strength(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """F17: foot-strength work, or contacts in one session, well beyond the weeks before."""
    sessions = history.strength_in(date.min, day)
    if not sessions or sessions[0].day > days_before(day, 7 * (t.ramp_weeks + 1) - 1):
        return rule.unknown(f"this needs {t.ramp_weeks} weeks of strength sessions before this one")
    jumps = [j for j in (_week_jump(day, history, t), _contacts_jump(day, history, t)) if j]
    if not jumps:
        return rule.quiet()
    what, evidence, first = jumps[0]
    action = "Do no more than the usual dose in the next foot session."
    return rule.flag(
        day,
        history,
        severity="notice",
        grade="B",
        first_day=first,
        until=first + timedelta(t.ramp_shown_days - 1),
        because=(evidence,),
        runner=f"{what}. {action}",
        coach=(
            f"{history.person.name}: {what[0].lower()}{what[1:]} ({evidence.number:g} "
            f"{evidence.unit}, usual {evidence.usual or 0:g}). Suggested: the usual dose next time."
        ),
        action=action,
    )


def _week_jump(day: date, history: History, t: Thresholds) -> tuple[str, Evidence, date] | None:
    """Judge the weeks that ended on each of the last days; the newest jump counts."""
    for back in range(t.ramp_shown_days):
        last = days_before(day, back)
        if not any(counts(s) for s in history.strength_in(last, last)):
            continue
        now, *before = (
            _week_strength(days_before(last, 7 * i), history) for i in range(t.ramp_weeks + 1)
        )
        usual = fmean(before)
        # Beyond the fullest of the weeks too: two sessions after a week of one are no jump.
        if usual and now >= t.ramp_least_rpe_min and now > max(before) * t.ramp_ratio:
            return (
                f"Foot-strength work of seven days was {(now / usual - 1) * 100:.0f} % more than usual",
                Evidence(
                    what="effort x minutes of the week", number=round(now), unit="effort x min", n=t.ramp_weeks,
                    usual=round(usual),
                ),
                last,
            )  # fmt: skip
    return None


def _week_strength(day: date, history: History) -> float:
    """Return effort x minutes of seven days; effort 3 stands in where none was given.

    Only growth is judged by it, so that a missing effort neither hides nor makes a jump.
    """
    return sum(
        s.duration_min * (3.0 if s.effort is None else s.effort)
        for s in history.strength_in(days_before(day, 6), day)
        if counts(s)
    )


def _contacts_jump(day: date, history: History, t: Thresholds) -> tuple[str, Evidence, date] | None:
    for session in reversed(history.strength_in(days_before(day, t.ramp_shown_days - 1), day)):
        contacts = strength_load(session).contacts
        window = history.strength_in(days_before(session.day, t.contacts_days), session.day)
        earlier = [strength_load(s).contacts for s in window if s.started_at < session.started_at]
        most = max(earlier, default=0)
        limit = most * t.contacts_ratio if most else t.contacts_first_most
        if contacts > limit + 1e-9:
            return (
                f"{contacts} hops or landings on {day_name(session.day)} are more than usual",
                Evidence(
                    what="contacts in one session", number=contacts, unit="contacts",
                    n=len(earlier) + 1, usual=float(most),
                ),
                session.day,
            )  # fmt: skip
    return None


def check_barefoot(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """F21: barefoot running or drills beyond the month before, or before they are open."""
    if not history.barefoot_in(date.min, day):
        return rule.unknown("no barefoot time is logged")
    minutes: dict[date, float] = {}
    since = days_before(day, t.barefoot_days + t.barefoot_shown_days)
    for one in history.barefoot_in(since, day):
        if one.doing in ("drill", "running") and one.minutes > 0:
            minutes[one.day] = minutes.get(one.day, 0.0) + one.minutes
    jumps: list[tuple[date, float, int, tuple[str, ...]]] = []
    for when in sorted(d for d in minutes if d >= days_before(day, t.barefoot_shown_days - 1)):
        before = [m for d, m in minutes.items() if days_before(when, t.barefoot_days) <= d < when]
        most, open_ = max(before, default=0.0), barefoot_open(when, history)
        if open_.reasons or (most and minutes[when] > most * t.barefoot_ratio + 1e-9):
            jumps.append((when, most, len(before), open_.reasons))
    if not jumps:
        return rule.quiet()
    when, most, n, reasons = jumps[-1]
    return _unshod(rule, day, history, minutes[when], when, most, n, reasons, t)


def _unshod(
    rule: Rule,
    day: date,
    history: History,
    minutes: float,
    when: date,
    most: float,
    n: int,
    reasons: tuple[str, ...],
    t: Thresholds,
) -> Outcome:
    barefoot = f"{minutes:g} min of barefoot running or drills"
    why = f"the most in {t.barefoot_days} days before was {most:g} min"
    if reasons:
        why = f"which opens for you after {reasons[0]}"
    action = "Walk or stand barefoot instead for now."
    if most and not reasons:
        action = f"Stay at {most:g} min for now."
    return rule.flag(
        day,
        history,
        severity="notice",
        grade="B",
        first_day=when,
        until=when + timedelta(t.barefoot_shown_days - 1),
        because=(
            Evidence(
                what="barefoot or minimal running", number=minutes, unit="min", n=n + 1,
                usual=most,
            ),
        ),
        runner=f"{barefoot} on {day_name(when)}: {why}. {action}",
        coach=(
            f"{history.person.name}: {barefoot} on {day_name(when)}, {why}. "
            f"Suggested: {action[0].lower()}{action[1:]}"
        ),
        action=action,
    )  # fmt: skip
