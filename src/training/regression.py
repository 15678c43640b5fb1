"""When an exercise becomes easier, and when it did so twice within a fortnight."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from .exercises import Exercise
from .flags import rule_on
from .history import History, days_before
from .load import counts
from .tissues import flare_up, lasting_soreness
from .trials import Past, past_of
from .verdict import Evidence, Flag, Severity, gravity

FORM_BAD = 2.0
CLEAN_SHARE = 0.5
#: Two regressions within so many days make the next days lighter.
TWICE_DAYS, LIGHTER_DAYS = 14, 7

OWN = "assumption of this programme"
ANKLE = "article on ankle mobility: soreness beyond 24 to 48 hours"
DEVICES = "article on devices: flare-ups and plateaus"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Everything one decision looks at."""

    exercise: Exercise
    past: Past
    day: date
    history: History
    flags: Mapping[str, Flag]

    def holds(self, rule: str, severity: Severity = "info") -> bool:
        """Return whether a flag of that rule holds, at least that grave."""
        flag = self.flags.get(rule)
        return flag is not None and gravity(flag.severity) >= gravity(severity)


#: Why a clause fires, its numbers, its source.
Found = tuple[str, tuple[Evidence, ...], str]


def regress(a: Asked) -> Found | None:
    """Return why the exercise becomes easier, None where nothing asks for it."""
    sore = lasting_soreness(a.exercise, a.day, a.history)
    if sore is not None:
        return "Soreness has lasted over 48 hours.", (sore,), ANKLE
    if a.holds("F05", "caution") and a.exercise.pillar != "mobility":
        return "Pain that is too much, or stayed until morning.", a.flags["F05"].because, "flag F05"
    flare = flare_up(a.day, a.history)
    if flare is not None and a.exercise.tissue in ("intrinsic", "impact"):
        return "A flare-up under the foot.", (flare,), DEVICES
    last = a.past.sessions[-2:]
    if len(last) == 2 and all(s.form is not None and s.form <= FORM_BAD for s in last):
        return "Form went twice.", (evidence_of("form", last[-1].form or 0.0, "of 5", 2),), ANKLE
    share = a.past.sessions[-1].clean_share if a.past.sessions else None
    if share is not None and share < CLEAN_SHARE:
        evidence = evidence_of("clean holds", round(100 * share), "%", a.past.sessions[-1].sets)
        return "Fewer than half of the holds were clean.", (evidence,), OWN
    if a.holds("F13") and a.exercise.target == "balance":
        return "Less steady than usual.", a.flags["F13"].because, "flag F13"
    return None


def regressed_twice(a: Asked) -> Found | None:
    """Return that the exercise became easier twice within a fortnight, the last time this week.

    What asks for it today counts, and each foot session that had been made easier. A session is
    judged by the evening before: what went wrong in it makes the next one easier, not itself.
    """
    since = days_before(a.day, TWICE_DAYS - 1)
    days = {s.day for s in a.history.strength_in(since, a.day) if counts(s)}
    times = [a.day] if regress(a) is not None else []
    for day in sorted(days, reverse=True):
        if not times and day < days_before(a.day, LIGHTER_DAYS - 1):
            return None
        if regress(_evening_before(a, day)) is not None:
            times.append(day)
        if len(times) == 2:
            number = evidence_of("times made easier within a fortnight", 2, "times", 2)
            return "Made easier twice within a fortnight: a lighter week.", (number,), OWN
    return None


def _evening_before(a: Asked, day: date) -> Asked:
    before = days_before(day, 1)
    found = (rule_on(rule, before, a.history) for rule in ("F05", "F13"))
    return Asked(
        exercise=a.exercise,
        past=past_of(a.exercise, before, a.history),
        day=before,
        history=a.history,
        flags={flag.rule: flag for flag in found if flag is not None},
    )


def evidence_of(what: str, number: float, unit: str, n: int) -> Evidence:
    """Return one number behind a decision."""
    return Evidence(what=what, number=number, unit=unit, n=n)
