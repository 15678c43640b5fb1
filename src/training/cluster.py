"""F22: several signs at once; and what one flag makes of another.

Drift alone never makes a cluster: at least one of the signs is something the athlete felt. A
flag only ever rises by what stands beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from .history import History
from .phrases import day_name
from .thresholds import Thresholds
from .verdict import Evidence, Flag, Outcome, Rule, Severity, gravity

FELT = frozenset({"F03", "F04", "F05", "F06", "F07", "F13"})
MEASURED = frozenset({"F09", "F10"})
SIGNS = FELT | MEASURED

#: A flag rises to this severity while any of these stands beside it.
RISES: Mapping[str, tuple[frozenset[str], Severity]] = {
    "F04": (frozenset({"F03", "F08"}), "caution"),
    "F08": (frozenset({"F01", "F03", "F04", "F17"}), "notice"),
    "F15": (frozenset({"F03", "F04", "F05"}), "caution"),
}


def with_company(flags: Sequence[Flag]) -> list[Flag]:
    """Return the flags, each as grave as those beside it make it."""
    titles = {flag.rule: flag.title for flag in flags}
    return [_risen(flag, titles) for flag in flags]


def check(
    rule: Rule,
    day: date,
    history: History,
    t: Thresholds,
    held: Mapping[date, Sequence[Flag]],
    known: bool,
) -> Outcome:
    """Judge the flags held on the last three days; ``held`` has them by day, newest first.

    ``known`` is whether any of the signs could be judged today.
    """
    signs: dict[str, Flag] = {}
    for flags in held.values():
        for flag in flags:
            weak = flag.rule == "F05" and gravity(flag.severity) < gravity("notice")
            if flag.rule in SIGNS and not weak:
                signs.setdefault(flag.rule, flag)
    if len(signs) < t.cluster_least or not FELT & signs.keys():
        return rule.quiet() if known else rule.unknown("none of the signs can be judged")
    return _clustered(rule, day, history, signs)


def _clustered(rule: Rule, day: date, history: History, signs: Mapping[str, Flag]) -> Outcome:
    names = [signs[key].title.lower() for key in sorted(signs)]
    action = "A lighter week: about half the sets, no hops, easy runs only."
    first = min(flag.first_day for flag in signs.values())
    return rule.flag(
        day,
        history,
        severity="caution",
        grade=max((flag.grade for flag in signs.values()), key="ABCX".index),
        first_day=min(first, day),
        until=day + timedelta(1),
        because=tuple(
            Evidence(
                what=f"{signs[key].rule} {signs[key].title}", number=signs[key].because[0].number,
                unit=signs[key].because[0].unit, n=signs[key].because[0].n,
                usual=signs[key].because[0].usual,
            )
            for key in sorted(signs)
        ),
        runner=f"{len(signs)} signs at once: {', '.join(names)}. {action}",
        coach=(
            f"{history.person.name}: {len(signs)} signs within three days since "
            f"{day_name(first)} ({', '.join(names)}). Suggested: a lighter week."
        ),
        action=action,
    )  # fmt: skip


def _risen(flag: Flag, titles: Mapping[str, str]) -> Flag:
    others, severity = RISES.get(flag.rule, (frozenset[str](), "info"))
    beside = [f"“{titles[rule]}”" for rule in sorted(others & titles.keys())]
    if not beside or gravity(severity) <= gravity(flag.severity):
        return flag
    return replace(
        flag,
        severity=severity,
        coach=f"{flag.coach} Graver because of {' and '.join(beside)} beside it.",
    )
