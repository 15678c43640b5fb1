"""F13: standing on one leg worse than usual, under the same condition, twice; or felt unstable."""

from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median
from typing import NamedTuple

from .history import History, days_before
from .thresholds import Thresholds
from .verdict import Evidence, Outcome, Rule

HOLD_TESTS = ("single_leg_hold", "single_leg_foam", "single_leg_closed")
SWAY = "sway"


class Try(NamedTuple):
    """One hold or sway value; ``worse`` is -1 where less is worse."""

    day: date
    value: float
    unit: str
    worse: int


def check(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """Judge tests and measured holds of each condition, and what the mornings say."""
    felt = [c for c in history.check_ins_in(days_before(day, 1), day) if c.instability is not None]
    if felt:
        return _felt(rule, day, history, str(felt[-1].instability), len({c.day for c in felt}))
    tries = _tries(day, history)
    enough = [
        c for c, found in tries.items() if len(found) >= t.stability_trials + t.stability_twice
    ]
    if not enough:
        return rule.unknown(
            f"this needs {t.stability_trials} tests or measured holds before two more"
        )
    for condition, source in sorted(enough):
        found = tries[condition, source]
        newest, before = found[-t.stability_twice :], found[: -t.stability_twice]
        usual = median(one.value for one in before)
        fresh = newest[-1].day >= days_before(day, t.stability_shown_days - 1)
        if fresh and usual and all(_worse(one, usual, t) for one in newest):
            return _dropped(rule, day, history, condition, newest, usual, len(before), t)
    return rule.quiet()


def _tries(day: date, history: History) -> dict[tuple[str, str], list[Try]]:
    """Return tests and measured holds by condition and source, oldest first.

    Targets are not results, and what two pods say of sway is not compared.
    """
    found: dict[tuple[str, str], list[Try]] = {}
    first = days_before(day, 180)
    for assessment in history.assessments_in(first, day):
        if assessment.state == "fresh":
            for trial in assessment.trials:
                if trial.test in HOLD_TESTS:
                    name = f"{trial.test.replace('_', ' ')}, {trial.side}"
                    found.setdefault((name, ""), []).append(
                        Try(assessment.day, trial.value, trial.unit, -1)
                    )
    for session in history.strength_in(first, day):
        for done in session.sets:
            for result in done.results:
                if result.name == SWAY and result.value is not None and result.grade != "X":
                    name = (
                        f"sway in {done.exercise.replace('_', ' ')}, {done.side}, eyes {done.eyes}, "
                        f"{done.surface}"
                    )
                    found.setdefault((name, result.source), []).append(
                        Try(session.day, result.value, result.key.rsplit("_", 1)[-1], 1)
                    )
    return found


def _worse(one: Try, usual: float, t: Thresholds) -> bool:
    if one.worse < 0:
        return one.value <= usual * (1 - t.hold_drop_frac) + 1e-9
    return one.value >= usual * (1 + t.sway_rise_frac) - 1e-9


ACTION = "Go one step easier in balance work: a firm floor and a chair within reach."


def _felt(rule: Rule, day: date, history: History, side: str, n: int) -> Outcome:
    places = {"both": "both feet", "unknown": "foot not named"}
    where = places.get(side, f"{side} foot")
    return rule.flag(
        day,
        history,
        severity="notice",
        grade="B",
        until=day + timedelta(1),
        because=(Evidence(what=f"felt unstable, {where}", number=n, unit="mornings", n=n),),
        runner=f"You felt unstable ({where}). {ACTION}",
        coach=f"{history.person.name} felt unstable ({where}). Suggested: one step easier in "
        "balance work.",
        action=ACTION,
    )


def _dropped(
    rule: Rule,
    day: date,
    history: History,
    condition: str,
    newest: Sequence[Try],
    usual: float,
    n: int,
    t: Thresholds,
) -> Outcome:
    value = median(one.value for one in newest)
    pct = (value / usual - 1) * 100
    unit = newest[-1].unit
    return rule.flag(
        day,
        history,
        severity="notice",
        grade="B",
        first_day=newest[-1].day,
        until=newest[-1].day + timedelta(t.stability_shown_days - 1),
        because=(
            Evidence(what=condition, number=round(value, 2), unit=unit, n=n, usual=round(usual, 2)),
        ),
        runner=(
            f"Your balance has been worse than usual twice in a row ({condition}: {pct:+.0f} %). {ACTION}"
        ),
        coach=(
            f"{history.person.name}: {condition} {value:.3g} {unit} against a usual {usual:.3g} "
            f"({pct:+.0f} %, {n} tries), twice in a row. Suggested: one step easier in balance work."
        ),
        action=ACTION,
    )
