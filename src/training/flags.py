"""All flags of one day: which rules there are, in which order people see what they found."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from . import (
    breaks,
    cluster,
    conflicts,
    drift,
    feel,
    gait,
    pain,
    ramps,
    response,
    soreness,
    spike,
    stability,
)
from .history import History, days_before
from .thresholds import Thresholds
from .verdict import Flag, Outcome, Rule, Tier, gravity


def _rule(
    id: str,
    title: str,
    tier: Tier,
    check: Callable[[Rule, date, History, Thresholds], Outcome],
    by_day: bool = False,
    version: int = 1,
) -> Rule:
    return Rule(id=id, version=version, title=title, tier=tier, check=check, by_day=by_day)


#: Every rule that stands alone, in order of its number.
RULES: tuple[Rule, ...] = (
    _rule("F01", "One run much longer", 1, spike.check),
    _rule("F02", "Back after a break", 3, breaks.check),
    _rule("F03", "Soreness that lasts", 2, soreness.check),
    _rule("F04", "Stiffer mornings", 2, feel.check_stiffness, by_day=True),
    _rule("F05", "Pain", 2, pain.check_level),
    _rule("F06", "Arches more tired", 2, feel.check_arch, by_day=True),
    _rule("F07", "Calves tighter", 2, feel.check_calf, by_day=True),
    _rule("F08", "Poor sleep", 1, feel.check_sleep, by_day=True),
    _rule("F09", "Longer on the ground", 3, drift.check_contact, by_day=True),
    _rule("F10", "More heartbeats for the pace", 2, drift.check_efficiency, by_day=True),
    _rule("F11", "Harder landings", 3, drift.check_softness, by_day=True),
    _rule("F12", "Faded in a long run", 3, gait.check_fade),
    _rule("F13", "Less steady", 2, stability.check, by_day=True),
    _rule("F14", "Left and right changed", 3, gait.check_sides, by_day=True),
    _rule("F15", "A full week for the feet", 3, ramps.check_steps, by_day=True),
    _rule("F16", "Days much alike", 3, ramps.check_monotony, by_day=True),
    _rule("F17", "Strength work jumped", 3, ramps.check_strength),
    _rule("F18", "Strength before a key run", 2, conflicts.check, by_day=True),
    _rule("F19", "Sore after strength work", 3, response.check, by_day=True),
    _rule("F20", "New site after something new", 2, pain.check_new_site),
    _rule("F21", "Barefoot running grew fast", 2, ramps.check_barefoot),
    _rule("F23", "Let somebody look at it", 2, pain.check_see_someone, by_day=True),
    _rule("F24", "Numbers that rest on little", 3, gait.check_quality),
)
#: What several of them make together; it judges the flags of three days.
CLUSTER = _rule("F22", "Several signs at once", 2, lambda rule, *_: rule.quiet())
ALL: tuple[Rule, ...] = tuple(sorted((*RULES, CLUSTER), key=lambda rule: rule.id))

MOST_SHOWN = 3
COOL_DOWN_DAYS = 7
LONGEST_EPISODE_DAYS = 60


def outcomes_on(
    day: date, history: History, thresholds: Thresholds | None = None
) -> tuple[Outcome, ...]:
    """Return what every rule says about one day, knowing nothing of later ones."""
    thresholds = thresholds or history.thresholds
    outcomes = [_outcome(rule, day, history, thresholds) for rule in RULES if _on(rule, thresholds)]
    outcomes.append(_cluster(day, history, thresholds, outcomes))
    risen = {f.rule: f for f in cluster.with_company([o.flag for o in outcomes if o.flag])}
    found = (replace(o, flag=risen[o.rule]) if o.flag else o for o in outcomes)
    return tuple(sorted(found, key=lambda outcome: outcome.rule))


def flags_on(day: date, history: History, thresholds: Thresholds | None = None) -> tuple[Flag, ...]:
    """Return the flags that hold on one day, the gravest and best founded first."""
    return in_order(o.flag for o in outcomes_on(day, history, thresholds) if o.flag is not None)


def rule_on(id: str, day: date, history: History) -> Flag | None:
    """Return the flag of one rule that stands alone on a day, as grave as it is by itself."""
    (rule,) = (rule for rule in RULES if rule.id == id)
    return _checked(rule, day, history, history.thresholds).flag


def in_order(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """Return flags by severity, then tier of evidence, then rule."""
    return tuple(sorted(flags, key=lambda f: (-gravity(f.severity), f.tier, f.rule, f.first_day)))


def shown(flags: Iterable[Flag], most: int = MOST_SHOWN) -> tuple[Flag, ...]:
    """Return what a person is shown at once: at most three, in order.

    A cluster stands in for its signs only where they do not all fit without it.
    """
    ordered = in_order(flags)
    signs = [flag for flag in ordered if flag.rule != CLUSTER.id]
    if len(signs) <= most or len(signs) == len(ordered):
        return tuple(signs[:most])
    return tuple(flag for flag in ordered if flag.rule not in cluster.SIGNS)[:most]


def announced_on(
    day: date, history: History, thresholds: Thresholds | None = None
) -> tuple[Flag, ...]:
    """Return the flags of one day that are worth a message: not told in the last seven days.

    Cool-down silences the telling only; a flag that holds is shown all the same. A flag that
    has become graver is told again.
    """
    flags = flags_on(day, history, thresholds)
    if not flags:
        return ()
    earlier = [
        flag
        for back in range(1, COOL_DOWN_DAYS + 1)
        for flag in flags_on(days_before(day, back), history, thresholds)
    ]
    told = {flag.rule: max(gravity(f.severity) for f in earlier if f.rule == flag.rule)
            for flag in earlier}  # fmt: skip
    return tuple(flag for flag in flags if gravity(flag.severity) > told.get(flag.rule, -1))


def _on(rule: Rule, t: Thresholds) -> bool:
    return rule.id != "F16" or t.monotony_on


def _outcome(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    outcome = _checked(rule, day, history, t)
    if outcome.flag is None or not rule.by_day:
        return outcome
    first = _first_day(day, lambda d: _checked(rule, d, history, t).flag is not None)
    return replace(outcome, flag=replace(outcome.flag, first_day=first))


def _checked(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """Ask one rule about one day, once for each history."""
    return history.once((rule.id, day, t), lambda: rule.check(rule, day, history, t))


def _cluster(day: date, history: History, t: Thresholds, outcomes: Sequence[Outcome]) -> Outcome:
    signs = [rule for rule in RULES if rule.id in cluster.SIGNS]
    held = {day: [o.flag for o in outcomes if o.flag is not None and o.rule in cluster.SIGNS]}
    for back in range(1, t.cluster_days):
        earlier = days_before(day, back)
        found = (_checked(rule, earlier, history, t).flag for rule in signs)
        held[earlier] = [flag for flag in found if flag is not None]
    known = any(o.rule in cluster.SIGNS and o.state != "unknown" for o in outcomes)
    return cluster.check(CLUSTER, day, history, t, held, known)


def _first_day(day: date, holds: Callable[[date], bool]) -> date:
    """Return the first of the unbroken days that end with ``day`` and on which it holds."""
    first = day
    for back in range(1, LONGEST_EPISODE_DAYS + 1):
        if not holds(days_before(day, back)):
            break
        first = days_before(day, back)
    return first
