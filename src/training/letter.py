"""The week's letter: what changed and why we think so, what was done of the plan, what is ahead.

Written for the Monday it is read on, from the facts up to the Sunday before, so that it stays the
same all week. At most three sentences; where nothing changed and nothing clashes it is one line.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from .answers import answered
from .changes import WEEK, Changed, changed_in_week, compared_on
from .conflicts import Conflict, conflicts
from .consent import Kind
from .flags import ALL, outcomes_on
from .history import History, days_before
from .load import days_between, week_load
from .phrases import capital, counted, day_name
from .words import FOOTER

MOST_NAMED = 2
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

Became = Literal["ended", "holds", "graver", "not known"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The week's running and foot work beside what was planned; ``of_*`` None without a plan."""

    runs: int
    km: float
    sessions: int
    of_runs: int | None
    of_sessions: int | None
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """The seven days from Monday on: planned runs, the key ones by day, slots, clashes."""

    runs: int
    keys: tuple[date, ...]
    sessions: int
    clashes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Led:
    """An answer of the week, and what has become of the flag since."""

    rule: str
    title: str
    answer: str
    by: str
    became: Became


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One athlete's week in at most three sentences, with the facts they are made of.

    ``monday`` is the athlete's own; the week told ended on the day before it. ``quiet`` where
    nothing changed, nothing goes on and nothing clashes. What the reader may not see is in
    ``not_shared``.
    """

    athlete: str
    name: str
    monday: date
    sentences: tuple[str, ...]
    quiet: bool
    changed: tuple[Changed, ...]
    done: Done
    ahead: Ahead
    led: tuple[Led, ...]
    not_shared: tuple[Kind, ...] = ()
    demo: bool = False
    footer: str = FOOTER


def monday_of(day: date) -> date:
    """Return the Monday of a day's week.

    >>> monday_of(date(2026, 3, 15))
    datetime.date(2026, 3, 9)
    """
    return days_before(day, day.weekday())


def letter_on(day: date, history: History, not_shared: tuple[Kind, ...] = ()) -> Letter:
    """Return the letter of the week that holds ``day``; nothing after its Sunday before is used."""
    monday = monday_of(day)
    last = days_before(monday, 1)
    done, ahead = _done(last, history), _ahead(monday, history)
    changed = changed_in_week(last, history) if done.entries else ()
    sentences, quiet = _sentences(last, history, done, ahead, changed)
    return Letter(
        athlete=history.athlete,
        name=history.person.name,
        monday=monday,
        sentences=sentences,
        quiet=quiet,
        changed=changed,
        done=done,
        ahead=ahead,
        led=_led(last, history),
        not_shared=not_shared,
        demo=history.person.demo,
    )


def _done(last: date, history: History) -> Done:
    first = days_before(last, WEEK - 1)
    load = week_load(last, history)
    days = [day for day in days_between(first, last) if history.is_available(day)]
    programme = history.programme_on(last)
    slots = () if programme is None else programme.slots
    ran = {run.day for run in history.runs_in(first, last)}
    planned = history.planned_in(first, last)
    said = len(history.check_ins_in(first, last)) + len(history.after_runs_in(first, last))
    return Done(
        runs=sum(run.day in ran for run in planned) if planned else load.runs,
        km=round(load.run_km, 1),
        sessions=sum(
            s.kind not in ("activation", "rest") for s in history.strength_in(first, last)
        ),
        of_runs=len(planned) if planned else None,
        of_sessions=(
            sum(slot.weekday == day.weekday() for day in days for slot in slots) if slots else None
        ),
        entries=load.runs + load.strength_sessions + said,
    )


def _ahead(monday: date, history: History) -> Ahead:
    sunday = monday + timedelta(WEEK - 1)
    planned = history.planned_in(monday, sunday)
    programme = history.programme_on(monday)
    found = conflicts(monday, history, history.thresholds)
    return Ahead(
        runs=len(planned),
        keys=tuple(run.day for run in planned if run.kind in ("key", "race")),
        sessions=0 if programme is None else len(programme.slots),
        clashes=tuple(_clash(one) for one in found),
    )


def _clash(conflict: Conflict) -> str:
    return conflict.text.removesuffix(".")


def _sentences(
    last: date, history: History, done: Done, ahead: Ahead, changed: tuple[Changed, ...]
) -> tuple[tuple[str, ...], bool]:
    if not done.entries:
        when = f"{day_name(days_before(last, WEEK - 1))} to {day_name(last)}"
        nothing = f"Nothing was written down from {when}, so nothing can be said about that week."
        return (nothing, *([_ahead_said(ahead)] if ahead.clashes else [])), False
    if changed:
        told = (_changed_said(changed), f"Done: {_done_said(done)}.", _ahead_said(ahead))
        return told, False
    compared = compared_on(last, history)
    same = (
        f"Nothing changed beyond the usual ups and downs ({counted(compared.newest, 'run')} of two"
        f" weeks against {compared.before} before)"
        if compared.enough
        else "No flag, and too few comparable runs to say more "
        f"({counted(compared.newest, 'run')} of two weeks, {compared.before} before)"
    )
    if ahead.clashes:
        return (f"{same}; {_done_said(done)}.", _ahead_said(ahead)), False
    clear = "no clash ahead" if ahead.runs else "no run is planned ahead"
    return (f"{same}; {_done_said(done)}; {clear}.",), compared.enough


def _changed_said(changed: tuple[Changed, ...]) -> str:
    named = [one.text for one in changed[:MOST_NAMED]]
    more = len(changed) - len(named)
    rest = f"; and {more} more" if more else ""
    return f"{capital('; '.join(named))}{rest}."


def _done_said(done: Done) -> str:
    km = f", {done.km:g} km" if done.km else ""
    runs = (
        counted(done.runs, "run")
        if done.of_runs is None
        else f"{done.runs} of {counted(done.of_runs, 'planned run')}"
    )
    sessions = (
        counted(done.sessions, "foot session")
        if done.of_sessions is None
        else f"{done.sessions} of {counted(done.of_sessions, 'planned foot session')}"
    )
    return f"{runs}{km} and {sessions}"


def _ahead_said(ahead: Ahead) -> str:
    if not (ahead.runs or ahead.sessions or ahead.clashes):
        return "Nothing is planned for the week ahead."
    keys = ", ".join(WEEKDAYS[day.weekday()] for day in ahead.keys)
    key = f" (key on {keys})" if keys else ""
    runs = f"{counted(ahead.runs, 'planned run')}{key}" if ahead.runs else "no planned run"
    told = f"Ahead: {runs} and {counted(ahead.sessions, 'foot session')}"
    if not ahead.clashes:
        return f"{told}, no clash."
    more = len(ahead.clashes) - 1
    first = ahead.clashes[0][0].lower() + ahead.clashes[0][1:]
    return f"{told}; {first}{f' ({more} more like it)' if more else ''}."


def _led(last: date, history: History) -> tuple[Led, ...]:
    """Return the answers of the week, each with what its flag does on the last day of it."""
    first = days_before(last, WEEK - 1)
    given = {(a.rule, a.first_day): a for a in history.answers if first <= a.at.date() <= last}
    if not given:
        return ()
    now = {outcome.rule: outcome for outcome in outcomes_on(last, history)}
    flags = [outcome.flag for outcome in now.values() if outcome.flag is not None]
    held = {one.answer: one for one in answered(flags, history, last) if one.answer is not None}
    titles = {rule.id: rule.title for rule in ALL}
    found = []
    for answer in given.values():
        one, known = held.get(answer), now.get(answer.rule)
        became: Became = "holds"
        if one is None:
            became = "ended" if known is not None and known.state != "unknown" else "not known"
        elif one.open and answer.answer not in ("snoozed", "hide_7_days"):
            became = "graver"
        found.append(
            Led(
                rule=answer.rule, title=titles.get(answer.rule, answer.rule), answer=answer.answer,
                by=answer.by, became=became,
            )
        )  # fmt: skip
    return tuple(found)
