"""What becomes of an exercise next: stop, deload, regress, hold, swap or progress.

The first clause that fires decides; every clause that makes things easier stands before any
that makes them harder, so a worse entry never leads to a harder session. One variable changes
at a time. Numbers without a study behind them are assumptions, with a version.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

from .assessments import due_on
from .decision import Clause, Decision
from .exercises import Dose, Exercise
from .flags import flags_on
from .gates import opening
from .history import History, days_before
from .ladder import Variable, deloaded, easier, harder
from .load import week_load
from .own import exercises_on
from .regression import (
    ANKLE,
    DEVICES,
    FORM_BAD,
    OWN,
    Asked,
    Found,
    evidence_of,
    regress,
    regressed_twice,
)
from .schedule import adherence_pct, days_to_race, is_peak_week, lighter_week
from .trials import past_of
from .verdict import Evidence, Flag, is_grave

STOP_DAYS = 7
EVERY_DAYS, TENDON_EVERY_DAYS = 7, 14
EASE, EASY_SESSIONS = 4.0, 2
FORM_FAIR, FORM_GOOD = 3.0, 4.0
PAIN_STOP, PAIN_HOLD = 5.0, 3.0
PLATEAU_DAYS, PLATEAU_SESSIONS, PLATEAU_KEPT_PCT = 28, 6, 80.0
SAME_SESSIONS = 4
KEPT_PCT = 70.0


def decide(
    exercise: Exercise, day: date, history: History, flags: Iterable[Flag] | None = None
) -> Decision:
    """Return what becomes of an exercise on ``day``; the first clause that fires decides."""
    held = flags_on(day, history) if flags is None else tuple(flags)
    asked = Asked(
        exercise=exercise,
        past=past_of(exercise, day, history),
        day=day,
        history=history,
        flags={flag.rule: flag for flag in held},
    )
    for clause, check in _CHECKS:
        found = check(asked)
        if found is not None:
            return _decision(asked, clause, found)
    return _decision(
        asked,
        "hold",
        ("Keep the dose until two sessions in a row feel easy.", (_felt(asked),), OWN),
    )


_PROGRESS = "articles on ankle mobility and devices: one step at a time, pain-free"


def _stop(a: Asked) -> Found | None:
    since = days_before(a.day, STOP_DAYS - 1)
    bad = [s for s in a.past.sessions if s.day >= since and (s.sharp or s.pain > PAIN_STOP)]
    if bad:
        what = "sharp discomfort" if bad[-1].sharp else f"pain of {bad[-1].pain:g} out of 10"
        evidence = Evidence(what=what, number=bad[-1].pain, unit="of 10", n=len(bad))
        return f"{what.capitalize()} in it within the last week.", (evidence,), DEVICES
    if a.holds("F23"):
        return "Somebody should look at it first.", a.flags["F23"].because, "flag F23"
    return None


def _deload(a: Asked) -> Found | None:
    if a.exercise.pillar == "mobility":
        return None  # what loosens is what a lighter week is made of
    if a.holds("F22"):
        return "Several signs at once: a lighter week.", a.flags["F22"].because, "flag F22"
    grave = [f for f in a.flags.values() if is_grave(f.severity)]
    if grave and _life_load(a) == "high":
        return f"{grave[0].title}, and a full week outside running.", grave[0].because, OWN
    if (again := regressed_twice(a)) is not None:
        return again
    if (left := days_to_race(a.day, a.history)) is not None:
        ahead = evidence_of("days until the race", left, "days", 1)
        return "A race within a week: nothing new, and about 40 % less.", (ahead,), OWN
    if (week := lighter_week(a.day, a.history)) is not None:
        number = evidence_of("week of the programme", week, "weeks", 1)
        return "The lighter week of the plan.", (number,), OWN
    return None


def _hold(a: Asked) -> Found | None:
    for rule in ("F22", "F01", "F03", "F05", "F06", "F07", "F19", "F20"):
        if a.holds(rule):
            return f"{a.flags[rule].title}: the same dose.", a.flags[rule].because, f"flag {rule}"
    due = due_on(a.day, a.history)
    if due.overdue:
        late = evidence_of("days since it was due", (a.day - due.on).days, "days", 1)
        return (
            f"The {due.battery} assessment is overdue: the same dose until then.",
            (late,),
            "articles: look again regularly",
        )
    if not a.past.sessions:
        first = evidence_of("the first dose", a.exercise.dose.sets, "sets", 1)
        return "Not done yet: begin with the usual first dose.", (first,), OWN
    newest = a.past.sessions[-1]
    if newest.pain >= PAIN_HOLD:
        return (
            "Some pain in it last time: the same dose.",
            (evidence_of("pain", newest.pain, "of 10", 1),),
            OWN,
        )
    if newest.form is not None and newest.form <= FORM_FAIR:
        return "Form first: the same dose.", (evidence_of("form", newest.form, "of 5", 1),), OWN
    if newest.ease is not None and newest.ease <= FORM_BAD:
        return (
            "It felt hard last time: the same dose.",
            (evidence_of("ease", newest.ease, "of 5", 1),),
            OWN,
        )
    return _wait(a)


def _wait(a: Asked) -> Found | None:
    """Hold for the calendar's sake: too soon, plan not kept, a full or a race week."""
    every = TENDON_EVERY_DAYS if a.exercise.tendon else EVERY_DAYS
    if a.past.raised_on is not None and (a.day - a.past.raised_on).days < every:
        since = evidence_of(
            "days since the last increase", (a.day - a.past.raised_on).days, "days", 1
        )
        return f"It went up lately: an increase every {every} days at most.", (since,), ANKLE
    kept = adherence_pct(a.day, a.history, weeks=2)
    if kept is not None and kept < KEPT_PCT:
        return (
            "First keep to the planned sessions: the same dose.",
            (evidence_of("plan kept", round(kept), "%", 1),),
            OWN,
        )
    if is_peak_week(a.day, a.history):
        far = evidence_of("this week", round(week_load(a.day, a.history).run_km, 1), "km", 1)
        return "A full running week: no more than last time.", (far,), "article on devices: mileage"
    if (left := days_to_race(a.day, a.history)) is not None:
        ahead = evidence_of("days until the race", left, "days", 1)
        return "A race within a week: nothing new.", (ahead,), OWN
    if a.holds("F08") and any(c.soreness for c in a.history.check_ins_in(a.day, a.day)):
        return "Poor sleep and soreness: the same dose.", a.flags["F08"].because, "flag F08"
    return None


def _swap(a: Asked) -> Found | None:
    if not _way_on(a.exercise, a):
        return None
    if a.exercise.pillar == "strength" and a.past.in_a_row >= SAME_SESSIONS:
        row = evidence_of("sessions in a row", a.past.in_a_row, "sessions", a.past.in_a_row)
        return "In every one of the last sessions: swap it once.", (row,), "articles: rotate"
    kept = adherence_pct(a.day, a.history)
    flat = a.past.same_days >= PLATEAU_DAYS and a.past.same_sessions >= PLATEAU_SESSIONS
    if flat and (kept is None or kept >= PLATEAU_KEPT_PCT) and not _easy(a):
        days = evidence_of("days at this dose", a.past.same_days, "days", a.past.same_sessions)
        return "No change for four weeks: one change of exercise.", (days,), DEVICES
    return None


def _progress(a: Asked) -> Found | None:
    if not _easy(a):
        return None
    last = a.past.sessions[-EASY_SESSIONS:]
    evidence = evidence_of(
        "ease, last two sessions", min(s.ease or 0 for s in last), "of 5", len(last)
    )
    return "Two sessions in a row were easy and clean.", (evidence,), _PROGRESS


_CHECKS: tuple[tuple[Clause, Callable[[Asked], Found | None]], ...] = (
    ("stop", _stop),
    ("deload", _deload),
    ("regress", regress),
    ("hold", _hold),
    ("swap", _swap),
    ("progress", _progress),
)


def _easy(a: Asked) -> bool:
    last = a.past.sessions[-EASY_SESSIONS:]
    return len(last) == EASY_SESSIONS and all(
        s.ease is not None
        and s.ease >= EASE
        and (s.form is None or s.form >= FORM_GOOD)
        and s.pain < PAIN_HOLD
        and s.sets >= a.past.dose.sets
        for s in last
    )


def _decision(a: Asked, clause: Clause, found: Found) -> Decision:
    why, because, source = found
    changed, dose, becomes = _change(a, clause)
    return Decision(
        exercise=a.exercise.id,
        clause=clause,
        changed=changed,
        dose=dose,
        becomes=becomes,
        why=why,
        because=because,
        source=source,
        cue=a.exercise.cues[0],
    )


def _change(a: Asked, clause: Clause) -> tuple[Variable, Dose, str | None]:
    """Return the one variable that changes, the dose, and the exercise that takes the place."""
    dose = a.past.dose
    if clause == "stop":
        return "sets", replace(dose, sets=0), None
    if clause == "deload":
        race = days_to_race(a.day, a.history) is not None and not a.holds("F22")
        race = race and regressed_twice(a) is None
        return deloaded(a.exercise, a.past, a.day, race=race)
    if clause == "regress":
        return easier(a.exercise, dose, a.day, a.history)
    if clause == "swap":
        way = _way_on(a.exercise, a)
        known = exercises_on(a.day, a.history)
        return ("exercise", known[way].dose, way) if way else ("nothing", dose, None)
    if clause == "progress":
        return harder(a.exercise, dose, a.day, a.history)
    return "nothing", dose, None


def _way_on(exercise: Exercise, a: Asked) -> str | None:
    """Return the first swap that is open, of the same level or lower, and not locked by a flag."""
    for way in exercise.swaps:
        other = exercises_on(a.day, a.history)[way]
        locked = any(a.holds(rule) for rule in other.contra)
        fits = other.level <= exercise.level and not locked
        if fits and opening(other.gate, a.day, a.history).open:
            return way
    return None


def _life_load(a: Asked) -> str | None:
    said = [
        c.life_load for c in a.history.check_ins_in(days_before(a.day, 6), a.day) if c.life_load
    ]
    return said[-1] if said else None


def _felt(a: Asked) -> Evidence:
    eases = [one.ease for one in a.past.sessions[-EASY_SESSIONS:] if one.ease is not None]
    if eases:
        return evidence_of("ease, last sessions", min(eases), "of 5", len(eases))
    return evidence_of("sessions that said how easy it was", 0, "sessions", len(a.past.sessions))
