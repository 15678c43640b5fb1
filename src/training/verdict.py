"""What a rule can answer: a flag with its evidence, nothing, or that it cannot know."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from ..signal.summary import Grade
from .history import History
from .thresholds import Thresholds, said
from .words import FOOTER

Severity = Literal["info", "notice", "caution", "stop"]
Tier = Literal[1, 2, 3]
#: ``unknown`` (too little data) and ``returning`` (after a break) are never "all is well".
State = Literal["flag", "quiet", "unknown", "returning"]

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
#: What the tiers of evidence mean, for pages and docs.
TIERS: dict[Tier, str] = {
    1: "a cohort study or trial of runners",
    2: "clinical practice or the programme's own articles",
    3: "a rule of thumb, tuned on simulated runners",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One number behind a flag; ``n`` entries made it, ``usual`` is the athlete's own."""

    what: str
    number: float
    unit: str
    n: int
    usual: float | None = None

    @property
    def said(self) -> str:
        """The number as people read it, beside the usual one.

        >>> Evidence(what="longest run", number=14.0, unit="km", n=12, usual=11.2).said
        'longest run: 14 km, usual 11.2, n 12'
        """
        usual = "" if self.usual is None else f", usual {_plain(self.usual)}"
        return f"{self.what}: {self.amount}{usual}, n {self.n}"

    @property
    def amount(self) -> str:
        """The number with its unit, in the singular for one.

        >>> Evidence(what="swelling", number=1, unit="mornings", n=1).amount
        '1 morning'
        """
        unit = f" {self.unit}" if self.unit else ""
        # Words of people, not the s and ms of watches.
        if self.number == 1 and len(self.unit) > 3:
            unit = unit.removesuffix("s")
        return f"{_plain(self.number)}{unit}"


def _plain(number: float) -> str:
    return f"{number:.0f}" if abs(number) >= 1000 else f"{number:.4g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A pattern in one athlete's own data, with everything needed to explain it.

    ``first_day`` is the first day of the episode, which answers are tied to; ``day`` is the
    day it was judged for, ``until`` the last day it shows without anything new. Texts are for
    people; ``action`` is what the programme does about it. ``settings`` are the thresholds that
    this server sets otherwise than usual: they belong to the version.
    """

    rule: str
    version: int
    title: str
    severity: Severity
    tier: Tier
    grade: Grade
    athlete: str
    first_day: date
    day: date
    until: date
    because: tuple[Evidence, ...]
    runner: str
    coach: str
    action: str
    settings: str = ""
    footer: str = FOOTER

    @property
    def episode(self) -> tuple[str, str, date]:
        """(athlete, rule, first day): what an answer belongs to."""
        return self.athlete, self.rule, self.first_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one rule says about one day; ``why`` says what is missing where it cannot know."""

    rule: str
    state: State
    flag: Flag | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: small, versioned, a pure function of a day, a history and thresholds.

    ``by_day``: the episode began on the first of the unbroken days on which the rule holds;
    otherwise the rule knows by itself when it began.
    """

    id: str
    version: int
    title: str
    tier: Tier
    check: Callable[["Rule", date, History, Thresholds], Outcome]
    by_day: bool = False

    def flag(
        self,
        day: date,
        history: History,
        *,
        severity: Severity,
        until: date,
        because: tuple[Evidence, ...],
        runner: str,
        coach: str,
        action: str,
        grade: Grade,
        first_day: date | None = None,
        tier: Tier | None = None,
    ) -> Outcome:
        """Return that the pattern is there; an episode begins on ``day`` unless it is said."""
        flag = Flag(
            rule=self.id,
            version=self.version,
            title=self.title,
            severity=severity,
            tier=tier or self.tier,
            grade=grade,
            athlete=history.athlete,
            first_day=first_day or day,
            day=day,
            until=until,
            because=because,
            runner=runner,
            coach=coach,
            action=action,
            settings=history.once("settings", lambda: said(history.thresholds)),
        )
        return Outcome(rule=self.id, state="flag", flag=flag)

    def quiet(self) -> Outcome:
        """Return that the rule looked and found nothing."""
        return Outcome(rule=self.id, state="quiet")

    def unknown(self, why: str) -> Outcome:
        """Return that there is not enough data; ``why`` completes "not enough data: "."""
        return Outcome(rule=self.id, state="unknown", why=f"Not enough data: {why}.")


def is_grave(severity: Severity) -> bool:
    """Return whether it asks somebody to look first: caution or stop.

    >>> is_grave("notice"), is_grave("caution")
    (False, True)
    """
    return gravity(severity) >= gravity("caution")


def gravity(severity: Severity) -> int:
    """Return 0 for info up to 3 for stop."""
    return SEVERITIES.index(severity)
