"""F18: strength work too close before a key run, done or planned, and better days for it.

Strength six hours before running raised the cost of the next day's run in 14 trained runners
(Doma and Deakin 2013). Those were heavy leg sessions; foot work is lighter, so 24 hours is on the
careful side. Short activation before a hard run is meant to be there and conflicts with nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .entries import Person, PlannedRun, Slot, StrengthSession
from .history import History, days_before
from .load import days_between
from .phrases import counted, day_name
from .thresholds import Thresholds
from .verdict import Evidence, Outcome, Rule
from .zones import local

ACTIVATION_MIN = 7.0
ACTIVATION_EFFORT = 3.0
#: When a planned run or session without an hour is taken to be, in the athlete's zone.
RUN_HOUR, SLOT_HOUR = 7, 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Strength work done or planned: when, how demanding, and what it is called."""

    at: datetime
    day: date
    demanding: bool
    activation: bool
    title: str
    planned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Strength work too close before a key run; ``better`` are days without any conflict."""

    work: Work
    run: PlannedRun
    hours: float
    needed_h: float
    better: tuple[date, ...]
    after_easy: bool

    @property
    def text(self) -> str:
        """What to say about it."""
        what = "race" if self.run.kind == "race" else f"{self.run.kind} run"
        before = (
            f"{self.work.title} on {day_name(self.work.day)} is {self.hours:.0f} hours before the "
            f"{what} on {day_name(self.run.day)}"
        )
        if not self.work.planned:
            if self.run.kind == "race":  # which nobody can move
                return f"{before}. The legs may still feel it: keep the rest easy until then."
            return f"{before}. The legs may still feel it: move the run by a day if you can."
        if not self.better:
            return f"{before}; leave it out or make it light."
        when = "after the easy run on" if self.after_easy else "to the evening of"
        return f"{before}; move it {when} {day_name(self.better[0])}."


def is_demanding(session: StrengthSession) -> bool:
    """Return whether a session is heavy or has hops, which asks for 48 hours."""
    heavy = any(done.resistance == "heavy" or done.contacts for done in session.sets)
    return heavy or "plyometric" in session.pillars or (session.effort or 0) >= 7


def is_activation(session: StrengthSession) -> bool:
    """Return whether a session is a short easy activation, which conflicts with nothing."""
    if session.kind in ("activation", "mobility", "rest"):
        return (session.effort or 0) <= ACTIVATION_EFFORT
    return session.duration_min <= ACTIVATION_MIN and (session.effort or 10) <= ACTIVATION_EFFORT


def work_between(history: History, first: date, last: date, today: date) -> list[Work]:
    """Return strength work done up to ``today`` and the programme's slots after it."""
    done = [
        Work(
            at=s.started_at,
            day=s.day,
            demanding=is_demanding(s) or _has_new(s, history),
            activation=is_activation(s),
            title=f"Foot session ({s.kind})",
            planned=False,
        )
        for s in history.strength_in(first, min(last, today))
    ]
    programme = history.programme_on(today)
    if programme is not None:
        taken = {s.day for s in history.strength_in(today, today)}
        done += [
            _planned(slot, day, history.person)
            for day in days_between(max(first, today), last)
            for slot in programme.slots
            if slot.weekday == day.weekday() and day not in taken
        ]
    return done


def conflicts(day: date, history: History, t: Thresholds) -> tuple[Conflict, ...]:
    """Return strength work that stands too close before the key runs of the week ahead."""
    ahead = day + timedelta(t.conflict_ahead_days)
    keys = [r for r in history.planned_in(day, ahead) if r.kind in ("key", "race")]
    work = work_between(history, days_before(day, 2), ahead, day)
    found = []
    for run in keys:
        for one in work:
            hours = (_run_at(run, history.person) - one.at) / timedelta(hours=1)
            needed_h = t.conflict_hard_h if one.demanding else t.conflict_h
            if not one.activation and 0 <= hours < needed_h:
                better = _better_days(day, ahead, history, keys, needed_h)
                easy = bool(better) and any(
                    r.kind == "easy" for r in history.planned_in(better[0], better[0])
                )
                found.append(
                    Conflict(
                        work=one, run=run, hours=hours, needed_h=needed_h, better=better,
                        after_easy=easy,
                    )
                )  # fmt: skip
    return tuple(sorted(found, key=lambda c: (c.run.day, c.work.at, c.work.title)))


def check(rule: Rule, day: date, history: History, t: Thresholds) -> Outcome:
    """F18: strength work too close before a key run of the week ahead."""
    if not history.planned_in(day, day + timedelta(t.conflict_ahead_days)):
        return rule.unknown("no run is planned for the days ahead")
    found = conflicts(day, history, t)
    if not found:
        return rule.quiet()
    first = found[0]
    return rule.flag(
        day,
        history,
        severity="notice",
        grade="B",
        until=first.run.day,
        because=(
            Evidence(
                what="hours from strength work to the key run", number=round(first.hours, 1),
                unit="h", n=len(found), usual=None,
            ),
        ),
        runner=f"{first.text} A run often feels harder the day after strength work.",
        coach=f"{history.person.name}: {first.text} {counted(len(found), 'such case')} in the week ahead.",
        action="Move the foot session, or keep it to a few easy minutes.",
    )  # fmt: skip


def good_days(day: date, history: History, t: Thresholds, demanding: bool = False) -> list[date]:
    """Return days of the week ahead for a session, best first: after easy runs, then free days."""
    ahead = day + timedelta(6)
    keys = [r for r in history.planned_in(day, ahead + timedelta(2)) if r.kind in ("key", "race")]
    free = _better_days(day, ahead, history, keys, t.conflict_hard_h if demanding else t.conflict_h)
    easy = {r.day for r in history.planned_in(day, ahead) if r.kind == "easy"}
    return sorted(free, key=lambda d: (d not in easy, d))


def _planned(slot: Slot, day: date, person: Person) -> Work:
    easy = slot.kind in ("activation", "mobility", "rest")
    return Work(
        at=local(day, 60 * SLOT_HOUR, person.tz),
        day=day,
        demanding=False,
        activation=easy,
        title=f"Planned foot session ({slot.kind})",
        planned=True,
    )


def _run_at(run: PlannedRun, person: Person) -> datetime:
    return run.starts_at or local(run.day, 60 * RUN_HOUR, person.tz)


def _has_new(session: StrengthSession, history: History) -> bool:
    """Return whether an exercise of the session was done for the first time in it."""
    before = {
        done.exercise
        for earlier in history.strength_in(date.min, session.day)
        if earlier.started_at < session.started_at
        for done in earlier.sets
    }
    return bool(before) and any(done.exercise not in before for done in session.sets)


def _better_days(
    first: date, last: date, history: History, keys: Sequence[PlannedRun], needed_h: float
) -> tuple[date, ...]:
    """Return days on whose evening a session is far enough from every key run, easy runs first."""
    taken = {s.day for s in history.strength_in(days_before(first, 1), last)}
    easy = {run.day for run in history.planned_in(first, last) if run.kind == "easy"}
    free = []
    for day in days_between(first, last):
        at = local(day, 60 * SLOT_HOUR, history.person.tz)
        near = [
            h
            for r in keys
            if 0 <= (h := (_run_at(r, history.person) - at) / timedelta(hours=1)) < needed_h
        ]
        if not near and day not in taken and days_before(day, 1) not in taken:
            free.append(day)
    return tuple(sorted(free, key=lambda d: (d not in easy, d)))
