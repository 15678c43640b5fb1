"""What people said to flags, and what they had been shown.

An answer belongs to an episode (athlete, rule, first day). A new analysis may move the first
day of a rule that dates episodes by days; such an answer still belongs to it. A flag that has
become graver than it was when answered is open again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .consent import MACHINE
from .entries import FlagAnswer, ShownFlag
from .flags import ALL, flags_on, in_order, shown
from .history import History, days_before
from .phrases import day_name
from .thresholds import said
from .verdict import Flag, Rule, gravity

MOVED_DAYS = 3
HIDE_DAYS = 7
#: For how many days a flag that vanished is explained.
KEPT_DAYS = 7

#: Between the numbers kept of a flag and the thresholds they were judged by.
_SET = "; set here: "

_BY_DAY = frozenset(rule.id for rule in ALL if rule.by_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A flag with the last answer to its episode; ``open`` where it still asks for one.

    ``quiet`` until a day: snoozed or hidden, which takes it off the first three, never off
    the list.
    """

    flag: Flag
    answer: FlagAnswer | None
    open: bool
    quiet: bool


def answered(flags: Iterable[Flag], history: History, day: date) -> list[Answered]:
    """Return the flags in order, each with its last answer up to that day."""
    return [_answered(flag, history, day) for flag in in_order(flags)]


def first_shown(flags: Iterable[Answered], most: int = 3) -> tuple[Flag, ...]:
    """Return at most three flags to show at once: those nobody has put aside."""
    return shown((one.flag for one in flags if not one.quiet), most)


def shown_flag(flag: Flag, to: str) -> ShownFlag:
    """Return what is kept of a flag that a person was shown: the runner's text or the coach's.

    At the machine itself, where nobody logs in, it is the runner who reads.
    """
    numbers = "; ".join(e.said for e in flag.because)
    if flag.settings:
        numbers = f"{numbers}{_SET}{flag.settings}"
    return ShownFlag(
        day=flag.day,
        rule=flag.rule,
        version=flag.version,
        first_day=flag.first_day,
        severity=flag.severity,
        text=flag.runner if to in (flag.athlete, MACHINE.id) else flag.coach,
        numbers=numbers,
        to=to,
    )


def vanished(
    kept: Sequence[ShownFlag], flags: Sequence[Flag], day: date, settings: str = ""
) -> tuple[str, ...]:
    """Return one sentence for each flag that was shown for a day and does not hold any more.

    ``flags`` are those that hold for that day by what is known now, ``settings`` the thresholds
    set otherwise than usual.
    """
    held = {flag.rule for flag in flags}
    rules = {rule.id: rule for rule in ALL}
    gone = {one.rule: one for one in kept if one.day == day and one.rule not in held}
    return tuple(_farewell(one, rules.get(one.rule), settings) for one in gone.values())


def vanished_since(
    kept: Sequence[ShownFlag], history: History, until: date, days: int = KEPT_DAYS
) -> tuple[str, ...]:
    """Return what was shown in the days up to ``until`` and does not hold for its day any more."""
    shown_on = sorted({one.day for one in kept if days_before(until, days - 1) <= one.day <= until})
    return tuple(
        sentence
        for day in shown_on
        for sentence in vanished(kept, flags_on(day, history), day, said(history.thresholds))
    )


def _farewell(one: ShownFlag, rule: Rule | None, settings: str) -> str:
    title = one.rule if rule is None else f"{rule.title} ({one.rule})"
    numbers, _, then = one.numbers.partition(_SET)
    newer = rule is None or rule.version != one.version or then != settings
    why = (
        "the rule has changed"
        if newer
        else "a run or an entry was added, changed or measured again"
    )
    return (
        f"On {day_name(one.day)} you were shown: {title}, {numbers}. It does not hold for that "
        f"day any more because {why}."
    )


def _answered(flag: Flag, history: History, day: date) -> Answered:
    given = history.answers
    mine = [a for a in given if _belongs(a, flag) and a.at.date() <= day + timedelta(1)]
    if not mine:
        return Answered(flag=flag, answer=None, open=True, quiet=False)
    last = mine[-1]
    graver = gravity(flag.severity) > _gravity_then(last, flag, history, day)
    quiet = not graver and _put_aside(last, day)
    over = last.answer in ("snoozed", "hide_7_days") and not _put_aside(last, day)
    return Answered(flag=flag, answer=last, open=graver or over, quiet=quiet)


def _gravity_then(answer: FlagAnswer, flag: Flag, history: History, day: date) -> int:
    """Return how grave the flag was when it was answered: as said, else as it was that day."""
    if answer.severity is not None:
        return gravity(answer.severity)
    when = min(answer.at.date(), day)
    held = history.once(
        ("flags", when, answer.at), lambda: flags_on(when, history.as_of(answer.at))
    )
    return max((gravity(one.severity) for one in held if one.rule == flag.rule), default=-1)


def _belongs(answer: FlagAnswer, flag: Flag) -> bool:
    if answer.rule != flag.rule:
        return False
    apart = abs((answer.first_day - flag.first_day).days)
    return apart == 0 or (flag.rule in _BY_DAY and apart <= MOVED_DAYS)


def _put_aside(answer: FlagAnswer, day: date) -> bool:
    if answer.answer == "snoozed" and answer.until is not None:
        return day <= answer.until
    if answer.answer == "hide_7_days":
        return day <= answer.at.date() + timedelta(HIDE_DAYS)
    return answer.answer == "not_true"
