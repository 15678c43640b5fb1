"""What must be shown before an exercise opens: levels, hops, barefoot running, phase two.

The articles ask for foundation first and name no numbers; the numbers are assumptions, kept in
one place (science gives none for a hop gate).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from .entries import Trial
from .exercises import Gate
from .history import History, days_before
from .schedule import adherence_pct

HOLD_S = 30.0
HARD_HOLD_S = 20.0
HOLD_TIMES = 3
HEEL_RAISES = 20.0
DOUBLE_HEEL_RAISES = 15
QUIET_DAYS = 14
QUIET_PAIN = 3.0
TRAINED_DAYS = 28
LEVEL_DAYS = 14
PHASE_DAYS = 42
KEPT_PCT = 70.0


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a gate is open; the reasons say what is missing."""

    gate: Gate
    reasons: tuple[str, ...]

    @property
    def open(self) -> bool:
        """Whether nothing is missing."""
        return not self.reasons


def opening(gate: Gate, day: date, history: History) -> Opening:
    """Return whether a gate is open on a day, and what is missing where it is not."""
    if gate == "none":
        return Opening(gate, ())
    checks: dict[Gate, Callable[[date, History], list[str]]] = {
        "baseline": _baseline,
        "hold_30": _hold_30,
        "level_3": _level_3,
        "plyometric": _plyometric,
        "barefoot": _barefoot,
        "phase_2": _phase_2,
    }
    return Opening(gate, tuple(checks[gate](day, history)))


def barefoot_open(day: date, history: History) -> Opening:
    """Return whether barefoot running and drills are open; standing and walking always are."""
    return opening("barefoot", day, history)


def _baseline(day: date, history: History) -> list[str]:
    done = any(a.battery in ("baseline", "full") for a in history.assessments_in(date.min, day))
    return [] if done else ["the first assessment"]


def _trials(day: date, history: History, *tests: str) -> list[Trial]:
    return [
        trial
        for assessment in history.assessments_in(days_before(day, 120), day)
        for trial in assessment.trials
        if trial.test in tests
    ]


def _holds(day: date, history: History, times: int) -> list[str]:
    """Ask for clean 30 s on one leg, on each side."""
    trials = [t for t in _trials(day, history, "single_leg_hold") if t.clean and t.value >= HOLD_S]
    short = [side for side in ("left", "right") if sum(t.side == side for t in trials) < times]
    return [f"{times} clean 30 s on the {side} leg" for side in short]


def _hold_30(day: date, history: History) -> list[str]:
    return [*_baseline(day, history), *_holds(day, history, 1)]


def _level_3(day: date, history: History) -> list[str]:
    missing = _hold_30(day, history)
    if _trained_days(day, history) < LEVEL_DAYS:
        missing.append("two weeks of level 1 and 2")
    if not _best(_trials(day, history, "double_heel_raise", "heel_raise"), DOUBLE_HEEL_RAISES):
        missing.append("15 controlled heel raises")
    return missing


def _plyometric(day: date, history: History) -> list[str]:
    missing = [*_baseline(day, history), *_holds(day, history, HOLD_TIMES)]
    harder = _trials(day, history, "single_leg_foam", "single_leg_closed")
    if not _best((t for t in harder if t.clean), HARD_HOLD_S):
        missing.append("20 s on foam or with eyes closed")
    if not _best(_trials(day, history, "heel_raise"), HEEL_RAISES):
        missing.append("20 single-leg heel raises")
    if _pain(day, history) > QUIET_PAIN:
        missing.append("14 days with pain of 3 or less")
    if _trained_days(day, history) < TRAINED_DAYS:
        missing.append("four weeks of foot training")
    return missing


def _barefoot(day: date, history: History) -> list[str]:
    missing = _hold_30(day, history)
    tired = [
        score
        for check_in in history.check_ins_in(days_before(day, QUIET_DAYS), day)
        if (score := check_in.arch_fatigue) is not None
    ]
    if not tired or max(tired) > QUIET_PAIN:
        missing.append("14 days with arch fatigue of 3 or less")
    return missing


def _phase_2(day: date, history: History) -> list[str]:
    missing = [] if _trained_days(day, history) >= PHASE_DAYS else ["six weeks of phase one"]
    recent = history.assessments_in(days_before(day, PHASE_DAYS), day)
    if not any(a.battery in ("mini", "full") for a in recent):
        missing.append("a mini assessment in the last six weeks")
    kept = adherence_pct(day, history, weeks=PHASE_DAYS // 7)
    if kept is not None and kept < KEPT_PCT:
        missing.append("70 % of the planned sessions of six weeks")
    return missing


def _best(trials: Iterable[Trial], least: float) -> bool:
    return any(trial.value >= least for trial in trials)


def _trained_days(day: date, history: History) -> int:
    """Return for how many days there has been at least one session every two weeks."""
    days = [s.day for s in history.strength_in(date.min, day)]
    if not days or (day - days[-1]).days > LEVEL_DAYS:
        return 0
    first = days[-1]
    for earlier in reversed(days):
        if (first - earlier).days > LEVEL_DAYS:
            break
        first = earlier
    return (day - first).days


def _pain(day: date, history: History) -> float:
    first = days_before(day, QUIET_DAYS)
    scores = [c.pain for c in history.check_ins_in(first, day)]
    scores += [p.score for c in history.check_ins_in(first, day) for p in c.pains]
    scores += [a.pain for a in history.after_runs_in(first, day)]
    scores += [s.pain for w in history.strength_in(first, day) for s in w.sets]
    return max((score for score in scores if score is not None), default=0.0)
