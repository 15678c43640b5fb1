"""What changed in an athlete's week beyond what runs and mornings differ anyway.

A change is a flag that began or has become graver, one that ended, a measure that left its own
usual, or a test that moved by more than its own error. Each says on how much it rests.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from .assessments import changes as changes_of_tests
from .compare import COMPARED, Effect, compare_runs
from .entries import Run
from .flags import CLUSTER, outcomes_on
from .history import History, days_before
from .phrases import counted
from .verdict import Flag, Outcome, Severity, gravity, is_grave

Way = Literal["flag", "still", "ended", "measure", "test"]

WEEK = 7
#: A measure of two weeks stands beside the eight before: one week alone has too few runs.
NEWEST_DAYS, BEFORE_DAYS = 14, 56

#: What a measure is called, in its first letter's case within a sentence, and its flag.
_CALLED = {
    "gct": "contact time",
    "cadence": "cadence",
    "shock": "shock",
    "softness": "softness",
    "flight": "flight time",
}
_TOLD_BY: Mapping[str, str] = {"gct": "F09", "softness": "F11"}
#: Clashes stand in a letter's look ahead; several signs are told one by one.
_NOT_HERE = frozenset({"F18", CLUSTER.id})


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One change: what it is in a few words, why we think so, and on how many entries it rests.

    ``rule`` and ``first_day`` name the flag it is about, ``severity`` how grave that is.
    """

    way: Way
    what: str
    why: str
    n: int
    rule: str | None = None
    first_day: date | None = None
    severity: Severity | None = None

    @property
    def text(self) -> str:
        """Both in one."""
        what = {
            "flag": f"“{self.what}”",
            "still": f"“{self.what}” still holds",
            "ended": f"“{self.what}” does not hold any more",
        }.get(self.way, self.what)
        return f"{what} ({self.why})" if self.why else what


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """How many runs could be compared, those of two weeks with those of eight before."""

    newest: int
    before: int
    enough: bool


def changed_in_week(last: date, history: History) -> tuple[Changed, ...]:
    """Return what changed in the seven days that end with ``last``, the gravest first."""
    now = _held(last, history)
    then = _held(days_before(last, WEEK), history)
    flags = [*_begun(now, then), *_ended(now, then)]
    told = {one.rule for one in flags}
    measures = [
        _measured(effect)
        for name, effect in effects_on(last, history).items()
        if _is_new(name, effect, last, history) and _TOLD_BY.get(name) not in told
    ]
    return (*flags, *measures, *_tested(last, history))


def effects_on(last: date, history: History) -> Mapping[str, Effect]:
    """Return every measure of the newest two weeks beside the eight before, by name."""
    newest, before = _groups(last, history)
    return {name: compare_runs(name, before, newest, history.thresholds) for name in COMPARED}


def _groups(last: date, history: History) -> tuple[Sequence[Run], Sequence[Run]]:
    begun = days_before(last, NEWEST_DAYS - 1)
    before = history.runs_in(days_before(begun, BEFORE_DAYS), days_before(begun, 1))
    return history.runs_in(begun, last), before


def compared_on(last: date, history: History) -> Compared:
    """Return on how many runs it rests that no measure changed."""
    known = [e for e in effects_on(last, history).values() if e.change is not None]
    if known:
        best = max(known, key=lambda e: min(e.n_before, e.n_after))
        return Compared(newest=best.n_after, before=best.n_before, enough=True)
    newest, before = _groups(last, history)
    return Compared(newest=len(newest), before=len(before), enough=False)


def _held(day: date, history: History) -> dict[str, Outcome]:
    return {outcome.rule: outcome for outcome in outcomes_on(day, history)}


def _flags(held: Mapping[str, Outcome]) -> dict[str, Flag]:
    return {
        rule: o.flag for rule, o in held.items() if o.flag is not None and rule not in _NOT_HERE
    }


def _begun(now: Mapping[str, Outcome], then: Mapping[str, Outcome]) -> list[Changed]:
    """Return flags that are new or graver, and grave ones that go on; info is not worth a word."""
    earlier = _flags(then)
    found = []
    for flag in sorted(_flags(now).values(), key=lambda f: (-gravity(f.severity), f.tier, f.rule)):
        before = earlier.get(flag.rule)
        new = before is None or gravity(flag.severity) > gravity(before.severity)
        # The same rule a week later may be another episode: a second long run.
        new = new or (before is not None and flag.first_day > before.day)
        if flag.severity != "info" and (new or is_grave(flag.severity)):
            found.append(
                Changed(
                    way="flag" if new else "still",
                    what=flag.title,
                    why="; ".join(e.said for e in flag.because[:1]),
                    n=max((e.n for e in flag.because), default=0),
                    rule=flag.rule,
                    first_day=flag.first_day,
                    severity=flag.severity,
                )
            )
    return found


def _ended(now: Mapping[str, Outcome], then: Mapping[str, Outcome]) -> Iterable[Changed]:
    """Return flags of a week ago that do not hold, where the rule could look and found nothing."""
    for flag in _flags(then).values():
        if flag.severity != "info" and now[flag.rule].state == "quiet":
            yield Changed(
                way="ended",
                what=flag.title,
                why="",
                n=max((e.n for e in flag.because), default=0),
                rule=flag.rule,
                first_day=flag.first_day,
                severity=flag.severity,
            )


def _is_new(name: str, effect: Effect, last: date, history: History) -> bool:
    """Whether a measure changed, and not already so a week ago: a letter says a thing once."""
    if effect.verdict != "changed" or effect.change is None:
        return False
    before = effects_on(days_before(last, WEEK), history)[name]
    again = before.verdict == "changed" and before.change is not None
    return not (again and (before.change or 0.0) * effect.change > 0)


def _measured(effect: Effect) -> Changed:
    assert effect.change is not None
    assert effect.low is not None
    assert effect.high is not None
    size, low, high = sizes(effect.change, effect.low, effect.high)
    scale, unit = (100, "%") if effect.relative else (1, "points")
    way = "up" if effect.change > 0 else "down"
    return Changed(
        way="measure",
        what=f"{_CALLED[effect.name]} at the same speed is {way} by {size * scale:.0f} {unit}",
        why=(
            f"95 % interval {low * scale:.0f} to {high * scale:.0f}, "
            f"{counted(effect.n_after, 'run')} against {effect.n_before}"
        ),
        n=effect.n_after + effect.n_before,
    )


def sizes(change: float, low: float, high: float) -> tuple[float, float, float]:
    """Return a change and its interval as sizes, for a sentence that says the direction.

    >>> sizes(-0.04, -0.06, -0.02)
    (0.04, 0.02, 0.06)
    """
    nearer, farther = sorted((abs(low), abs(high)))
    return abs(change), nearer, farther


def _tested(last: date, history: History) -> Sequence[Changed]:
    """Return tests of the week that moved by more than their own error since the last time."""
    first = days_before(last, WEEK - 1)
    fresh = [a for a in history.assessments_in(date.min, last) if a.state == "fresh"]
    if len(fresh) < 2 or fresh[-1].day < first:
        return ()
    return [
        Changed(
            way="test",
            what=(
                f"{one.test.replace('_', ' ')}{'' if one.side == 'both' else f' {one.side}'} is "
                f"{one.verdict}"
            ),
            why=f"{one.before:g} to {one.after:g} {one.unit}, beyond {one.mdc:g}",
            n=2,
        )
        for one in changes_of_tests(fresh[-2], fresh[-1])
        if one.verdict != "no change"
    ]
