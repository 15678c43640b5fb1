"""All flags of one day: which rules there are, in which order people see what they found."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

from . import drift, soreness, spike
from .history import History, days_before
from .thresholds import DEFAULT, Thresholds
from .verdict import Flag, Outcome, Rule, gravity

RULES: tuple[Rule, ...] = (
    Rule(id="F01", version=1, title="One run much longer", tier=1, check=spike.check),
    Rule(id="F03", version=1, title="Soreness that lasts", tier=2, check=soreness.check),
    Rule(
        id="F09",
        version=1,
        title="Longer on the ground",
        tier=3,
        check=drift.check_contact,
        by_day=True,
    ),
)
MOST_SHOWN = 3
COOL_DOWN_DAYS = 7
LONGEST_EPISODE_DAYS = 60


def outcomes_on(
    day: date, history: History, thresholds: Thresholds = DEFAULT
) -> tuple[Outcome, ...]:
    """Return what every rule says about one day, knowing nothing of later ones."""
    return tuple(_outcome(rule, day, history, thresholds) for rule in RULES)


def flags_on(day: date, history: History, thresholds: Thresholds = DEFAULT) -> tuple[Flag, ...]:
    """Return the flags that hold on one day, the gravest and best founded first."""
    return in_order(o.flag for o in outcomes_on(day, history, thresholds) if o.flag is not None)


def in_order(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """Return flags by severity, then tier of evidence, then rule."""
    return tuple(sorted(flags, key=lambda f: (-gravity(f.severity), f.tier, f.rule, f.first_day)))


def shown(flags: Iterable[Flag], most: int = MOST_SHOWN) -> tuple[Flag, ...]:
    """Return what a person is shown at once: at most three, in order."""
    return in_order(flags)[:most]


def announced_on(day: date, history: History, thresholds: Thresholds = DEFAULT) -> tuple[Flag, ...]:
    """Return the flags of one day that are worth a message: not told in the last seven days.

    Cool-down silences the telling only; a flag that holds is shown all the same. A flag that
    has become graver is told again.
    """
    return tuple(
        flag
        for flag in flags_on(day, history, thresholds)
        if not _told(flag, day, history, thresholds)
    )


def _told(flag: Flag, day: date, history: History, t: Thresholds) -> bool:
    rule = next(rule for rule in RULES if rule.id == flag.rule)
    earlier = (
        rule.check(rule, days_before(day, back), history, t).flag
        for back in range(1, COOL_DOWN_DAYS + 1)
    )
    return any(f is not None and gravity(f.severity) >= gravity(flag.severity) for f in earlier)


def _outcome(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    outcome = rule.check(rule, day, history, t)
    if outcome.flag is None or not rule.by_day:
        return outcome
    first = _first_day(day, lambda d: rule.check(rule, d, history, t).flag is not None)
    return replace(outcome, flag=replace(outcome.flag, first_day=first))


def _first_day(day: date, holds: Callable[[date], bool]) -> date:
    """Return the first of the unbroken days that end with ``day`` and on which it holds."""
    first = day
    for back in range(1, LONGEST_EPISODE_DAYS + 1):
        if not holds(days_before(day, back)):
            break
        first = days_before(day, back)
    return first
