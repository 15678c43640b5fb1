"""Tests of foot and ankle: what a battery holds, when it is due, what counts as a change.

The minimal detectable change (MDC) hides what is within the measure's own error: smaller is "no
change". Published values exist for the lunge angle and heel raises; the others are assumptions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Literal

from .entries import Assessment, BodySide, Trial
from .history import History, days_before
from .work import TestName

Verdict = Literal["better", "worse", "no change"]
Battery = Literal["baseline", "mini", "full"]

MINI_DUE_DAYS, MINI_OVERDUE_DAYS = 35, 42
FULL_DUE_DAYS, FULL_OVERDUE_DAYS = 91, 98
PAIR_MINUTES = 30
PAIR_DAYS = 35
#: What a hold should reach: longer on a firm floor than on foam or with the eyes closed.
HOLD_TARGETS_S: Mapping[TestName, float] = {
    "single_leg_hold": 30.0, "single_leg_foam": 20.0, "single_leg_closed": 20.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Test:
    """One test of a battery: what to do, in which unit, how often, and what is a change."""

    name: TestName
    title: str
    unit: str
    trials: int
    per_side: bool
    mdc: float
    higher_is_better: bool = True
    #: Only where hops are open.
    hops: bool = False

    # pytest would otherwise take the class for one of its own.
    __test__ = False


TESTS: Mapping[TestName, Test] = {
    test.name: test
    for test in (
        Test("single_leg_hold", "One leg, firm floor, eyes open, up to 30 s", "s", 2, True, 5.0),
        Test("single_leg_foam", "One leg on foam, up to 20 s", "s", 2, True, 5.0),
        Test("single_leg_closed", "One leg, eyes closed, up to 20 s", "s", 2, True, 5.0),
        Test("heel_raise", "Single-leg heel raises until form goes", "reps", 1, True, 3.0),
        Test("double_heel_raise", "Double heel raises, up to 20", "reps", 1, False, 3.0),
        Test("toe_curls", "Toe curls, 3 x 20, how many in good form", "reps", 1, True, 5.0),
        Test("arch_squeeze", "Arch squeeze 15 s, three times, form 1 to 5", "of 5", 3, True, 1.0),
        Test("foot_taps", "Foot taps in 30 s", "taps", 1, True, 6.0),
        Test("dorsiflexion", "Knee to wall, angle of the shin", "deg", 2, True, 4.0),
        Test(
            "dorsiflexion_time", "Seconds to the target angle", "s", 2, True, 1.0,
            higher_is_better=False,
        ),
        Test("hops", "Ten hops in place, how springy", "of 10", 1, False, 2.0, hops=True),
        Test("hop_comfort", "How light hops feel", "of 10", 1, True, 2.0, hops=True),
        Test("hop_distance", "Hop for distance, landed still", "cm", 3, True, 10.0, hops=True),
        Test("quiet_landing", "Three quiet landings from 20 cm", "of 100", 3, False, 10.0, hops=True),
        Test(
            "perturbation_settle", "Seconds until steady after a push", "s", 2, True, 0.5,
            higher_is_better=False,
        ),
        Test("dynamic_balance", "Slow heel-to-toe shifts in 30 s", "reps", 1, True, 3.0),
        Test("toe_mobility", "How freely the toes spread", "of 10", 1, True, 1.0),
        Test("arch_height", "Arch height standing, same ruler", "mm", 1, True, 3.0),
        Test(
            "fascia_tenderness", "Tenderness along the sole", "of 10", 1, True, 2.0,
            higher_is_better=False,
        ),
        Test("easy_run", "Eight easy minutes with the pod", "run", 1, False, 0.0),
    )
}  # fmt: skip

_MINI: tuple[TestName, ...] = (
    "single_leg_hold", "single_leg_foam", "heel_raise", "double_heel_raise", "toe_curls",
    "arch_squeeze", "foot_taps", "dorsiflexion", "dorsiflexion_time", "toe_mobility", "hops",
    "hop_comfort",
)  # fmt: skip
BATTERIES: Mapping[Battery, tuple[TestName, ...]] = {
    "baseline": ("single_leg_hold", "heel_raise", "double_heel_raise", "toe_curls", "arch_squeeze",
                 "foot_taps", "dorsiflexion", "toe_mobility", "arch_height", "fascia_tenderness"),
    "mini": _MINI,
    "full": (*_MINI, "single_leg_closed", "dynamic_balance", "perturbation_settle", "hop_distance",
             "quiet_landing", "arch_height", "fascia_tenderness", "easy_run"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The next battery: when, and whether it is due or overdue on the day of asking."""

    battery: Battery
    on: date
    due: bool
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One test of one side: best and median of its trials.

    ``met`` is how many of them were clean and reached the target, None where there is none.
    """

    test: TestName
    side: BodySide
    best: float
    middle: float
    unit: str
    n: int
    met: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One result beside an earlier one; smaller than the MDC is no change."""

    test: TestName
    side: BodySide
    before: float
    after: float
    unit: str
    mdc: float
    verdict: Verdict


def due_on(day: date, history: History) -> Due:
    """Return which battery is next: the first one, every five weeks a mini, each quarter a full."""
    done = history.assessments_in(date.min, day)
    begun = [a.day for a in done if a.battery in ("baseline", "full")]
    if not begun:
        return Due(battery="baseline", on=day, due=True, overdue=False)
    full_on = begun[-1] + timedelta(FULL_DUE_DAYS)
    last = max(a.day for a in done if a.battery != "single")
    mini_on = last + timedelta(MINI_DUE_DAYS)
    if full_on <= max(mini_on, day):
        late = begun[-1] + timedelta(FULL_OVERDUE_DAYS)
        return Due(battery="full", on=full_on, due=day >= full_on, overdue=day >= late)
    late = last + timedelta(MINI_OVERDUE_DAYS)
    return Due(battery="mini", on=mini_on, due=day >= mini_on, overdue=day >= late)


def results_of(assessment: Assessment) -> tuple[Result, ...]:
    """Return best and median of each test and side, in the order of the tests."""
    found: dict[tuple[TestName, BodySide], list[Trial]] = {}
    for trial in assessment.trials:
        found.setdefault((trial.test, trial.side), []).append(trial)
    return tuple(_result(name, side, trials) for (name, side), trials in sorted(found.items()))


def changes(before: Assessment, after: Assessment) -> tuple[Change, ...]:
    """Return what changed between two assessments, for tests and sides that both have."""
    earlier = {(r.test, r.side): r for r in results_of(before)}
    return tuple(
        _change(earlier[result.test, result.side], result)
        for result in results_of(after)
        if (result.test, result.side) in earlier
    )


def verdict(test: TestName, before: float, after: float) -> Verdict:
    """Return whether a result changed by more than its own error.

    >>> verdict("single_leg_hold", 20.0, 24.0), verdict("single_leg_hold", 20.0, 26.0)
    ('no change', 'better')
    """
    about = TESTS[test]
    if abs(after - before) <= about.mdc:
        return "no change"
    return "better" if (after > before) == about.higher_is_better else "worse"


def fatigued_pairs(history: History, until: date) -> tuple[tuple[Assessment, Assessment], ...]:
    """Return (fresh, within half an hour after a run) pairs at most five weeks apart."""
    pairs = []
    for tired in history.assessments_in(date.min, until):
        if tired.state != "post_run" or not _after_a_run(tired, history):
            continue
        window = history.assessments_in(days_before(tired.day, PAIR_DAYS), tired.day)
        fresh = [a for a in window if a.state == "fresh" and a.at < tired.at]
        if fresh:
            pairs.append((fresh[-1], tired))
    return tuple(pairs)


def gains(history: History, day: date) -> tuple[Change, ...]:
    """Return what is better than at the first assessment, beyond the error of measuring."""
    done = [a for a in history.assessments_in(date.min, day) if a.state == "fresh"]
    if len(done) < 2:
        return ()
    return tuple(c for c in changes(done[0], done[-1]) if c.verdict == "better")


def best_clean_hold_s(history: History, until: date) -> float | None:
    """Return the longest clean single-leg hold on a firm floor, in seconds."""
    holds = [
        trial.value
        for assessment in history.assessments_in(date.min, until)
        for trial in assessment.trials
        if trial.test == "single_leg_hold" and trial.clean
    ]
    return max(holds, default=None)


def _result(test: TestName, side: BodySide, trials: Sequence[Trial]) -> Result:
    values = [trial.value for trial in trials]
    best = max(values) if TESTS[test].higher_is_better else min(values)
    unit = trials[0].unit
    target_s = HOLD_TARGETS_S.get(test)
    met = (trial.clean and hold_met(trial.value, target_s) for trial in trials if target_s)
    return Result(
        test=test, side=side, best=best, middle=median(values), unit=unit, n=len(values),
        met=None if target_s is None else sum(met),
    )  # fmt: skip


def hold_met(hold_s: float, target_s: float = 20.0) -> bool:
    """Return whether a hold reached its target, 20 s unless said, 30 s at the most asked for.

    >>> hold_met(20.0), hold_met(19.9), hold_met(25.0, target_s=30.0)
    (True, False, False)
    """
    return hold_s >= min(target_s, 30.0)


def _change(before: Result, after: Result) -> Change:
    return Change(
        test=after.test,
        side=after.side,
        before=before.best,
        after=after.best,
        unit=after.unit,
        mdc=TESTS[after.test].mdc,
        verdict=verdict(after.test, before.best, after.best),
    )


def _after_a_run(tired: Assessment, history: History) -> bool:
    near = history.runs_in(days_before(tired.day, 1), tired.day)
    ends: Iterable[timedelta] = (
        tired.at - (run.started_at + timedelta(seconds=run.duration_s)) for run in near
    )
    return any(timedelta(0) <= since <= timedelta(minutes=PAIR_MINUTES) for since in ends)
