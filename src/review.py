"""What an athlete's days amount to: stores -> training -> an answer for people.

Whatever the viewer was not allowed to see is named in ``not_shared``, so that a missing flag
is never mistaken for a good sign.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from .errors import NotFound, Refused
from .histories import Book, needed, open_book
from .training.answers import KEPT_DAYS, Answered, answered, first_shown, shown_flag, vanished_since
from .training.compare import (
    COMPARED,
    Effect,
    before_and_after,
    between_shoes,
    between_surfaces,
    compare_runs,
)
from .training.conflicts import Conflict, conflicts
from .training.consent import Kind
from .training.entries import Person, PlannedRun, Run, ShownFlag, StrengthSession
from .training.flags import announced_on, flags_on, outcomes_on
from .training.history import History, days_before
from .training.overview import Examined, Standing, examined_on, standing_on
from .training.programme import NextSession, next_session
from .training.standing import Number, numbers_of, sentence_about
from .training.verdict import Flag, Outcome
from .training.whatif import WhatIf
from .training.whatif import what_if as imagine
from .training.words import FOOTER

if TYPE_CHECKING:
    from .store.logbook import Row
    from .store.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What somebody reads after a run: a sentence, five numbers, at most three flags, what next."""

    athlete: str
    name: str
    day: date
    demo: bool
    sentence: str
    run: str | None
    numbers: tuple[Number, ...]
    flags: tuple[Flag, ...]
    more_flags: int
    unknown: tuple[Outcome, ...]
    gone: tuple[str, ...]
    next: NextSession
    not_shared: tuple[Kind, ...]
    footer: str = FOOTER


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Every flag of a day with its answer, what cannot be judged, and what was shown and went.

    ``gone`` has a sentence for each flag that this viewer was shown within a week and that does
    not hold for its day any more.
    """

    items: tuple[Answered, ...]
    unknown: tuple[Outcome, ...]
    gone: tuple[str, ...]
    not_shared: tuple[Kind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What a team page says of one athlete: a sentence, every flag with its answer."""

    sentence: str
    flags: tuple[Answered, ...]
    history: History
    not_shared: tuple[Kind, ...]

    @property
    def asking(self) -> tuple[Flag, ...]:
        """The flags that ask for an answer and that nobody has put aside."""
        return tuple(one.flag for one in self.flags if one.open and not one.quiet)


def today(view: "View", athlete: str, day: date) -> Today:
    """Return what the athlete, or whoever may see it, reads on ``day``; what is shown is kept."""
    book = open_book(view, athlete, day)
    history = book.history
    outcomes = outcomes_on(day, history)
    found = [outcome.flag for outcome in outcomes if outcome.flag is not None]
    first = first_shown(answered(found, history, day))
    last = _last_run(book)
    numbers = () if last is None else numbers_of(last.entry, history)
    gone = _gone(view, history, day)
    _keep_shown(view, first)
    return Today(
        athlete=athlete,
        name=history.person.name,
        day=day,
        demo=history.person.demo or (last is not None and last.entry.demo),
        sentence=sentence_about(None if last is None else last.entry, numbers, day),
        run=None if last is None else last.id,
        numbers=numbers,
        flags=first,
        more_flags=len(found) - len(first),
        unknown=tuple(o for o in outcomes if o.state in ("unknown", "returning")),
        gone=gone,
        next=next_session(day, history, found),
        not_shared=book.not_shared,
    )


def glance(view: "View", athlete: "Row[Person]", day: date) -> Glance:
    """Return what a team page says of an athlete on ``day``; ``keep_shown`` keeps what is seen."""
    book = open_book(view, athlete.id, day, person=athlete)
    found = flags_on(day, book.history)
    last = _last_run(book)
    numbers = () if last is None else numbers_of(last.entry, book.history)
    return Glance(
        sentence=sentence_about(None if last is None else last.entry, numbers, day),
        flags=tuple(answered(found, book.history, day)),
        history=book.history,
        not_shared=book.not_shared,
    )


def read_ahead(view: "View", athletes: Sequence[str], day: date) -> None:
    """Read what ``glance`` needs of several athletes at once."""
    view.read_ahead(athletes, needed(day).values())


def keep_shown(view: "View", shown: Mapping[str, Iterable[Flag]]) -> None:
    """Keep what this viewer is shown of several athletes at once, by athlete."""
    to = view.viewer.id
    view.keep_shown_of({a: [shown_flag(flag, to) for flag in flags] for a, flags in shown.items()})


def _last_run(book: Book) -> "Row[Run] | None":
    return max(book.runs, key=lambda row: (row.entry.day, row.entry.started_at), default=None)


def flags(view: "View", athlete: str, day: date) -> tuple[Answered, ...]:
    """Return every flag that holds on a day, gravest first, each with its last answer."""
    return held(view, athlete, day).items


def flag_called(view: "View", athlete: str, day: date, rule: str) -> Flag:
    """Return the flag of a rule that holds on a day; NotFound, naming those that do, where none."""
    found = {one.flag.rule: one.flag for one in held(view, athlete, day).items}
    if rule not in found:
        which = f"those that do: {', '.join(sorted(found))}" if found else "none does"
        raise NotFound(f"no flag {rule} holds today; {which}")
    return found[rule]


def flags_of(history: History, day: date) -> tuple[Flag, ...]:
    """Return every flag that holds on a day of a history that was read already."""
    return flags_on(day, history)


def held(view: "View", athlete: str, day: date) -> Held:
    """Return every flag with its answer, what cannot be judged, and what went; shown is kept."""
    book = open_book(view, athlete, day)
    outcomes = outcomes_on(day, book.history)
    found = [outcome.flag for outcome in outcomes if outcome.flag is not None]
    gone = _gone(view, book.history, day)
    _keep_shown(view, found)
    return Held(
        items=tuple(answered(found, book.history, day)),
        unknown=tuple(o for o in outcomes if o.state in ("unknown", "returning")),
        gone=gone,
        not_shared=book.not_shared,
    )


def announced(view: "View", athlete: str, day: date) -> frozenset[str]:
    """Return the rules whose flag is news on a day: not held, or less grave, in the week before."""
    return frozenset(flag.rule for flag in announced_on(day, history_of(view, athlete, day)))


def _gone(view: "View", history: History, day: date) -> tuple[str, ...]:
    """Return what this viewer was shown within a week and what does not hold any more."""
    try:
        rows = view.entries(ShownFlag, history.athlete, days_before(day, KEPT_DAYS - 1), day)
    except Refused:
        return ()
    kept = [row.entry for row in rows if row.entry.to == view.viewer.id]
    return vanished_since(kept, history, day) if kept else ()


def _keep_shown(view: "View", found: Iterable[Flag]) -> None:
    """Keep what this viewer is shown: text, numbers, version of the rule."""
    for athlete, flags in groupby(found, key=lambda flag: flag.athlete):
        view.keep_shown(athlete, [shown_flag(flag, view.viewer.id) for flag in flags])


def coming(view: "View", athlete: str, day: date) -> NextSession:
    """Return the next foot session with every decision that made it."""
    history = history_of(view, athlete, day)
    return next_session(day, history, flags_on(day, history))


def programme(view: "View", athlete: str, day: date) -> Standing:
    """Return where the athlete stands in the programme on a day."""
    return standing_on(day, history_of(view, athlete, day))


def assessments(view: "View", athlete: str, day: date) -> Examined:
    """Return what the athlete's tests say on a day."""
    return examined_on(day, history_of(view, athlete, day))


def clashes(view: "View", athlete: str, day: date) -> tuple[Conflict, ...]:
    """Return strength work too close before the key runs of the week ahead."""
    history = history_of(view, athlete, day)
    return conflicts(day, history, history.thresholds)


Period = tuple[date, date]


def compare(
    view: "View",
    athlete: str,
    name: str,
    day: date,
    *,
    periods: tuple[Period, Period] | None = None,
    shoes: tuple[str, str] | None = None,
    surfaces: tuple[str, str] | None = None,
) -> Effect:
    """Compare one measure in two periods, shoes or surfaces at matched speed.

    Unless said, before and after eight weeks of foot work. Raises ValueError for a measure that
    is not compared.
    """
    if name not in COMPARED:
        raise ValueError(f"measure: expected one of {', '.join(sorted(COMPARED))}, got {name!r}")
    history = history_of(view, athlete, day)
    if shoes is not None:
        return between_shoes(name, day, history, *shoes)
    if surfaces is not None:
        return between_surfaces(name, day, history, *surfaces)
    if periods is not None:
        before, after = (history.runs_in(*period) for period in periods)
        return compare_runs(name, before, after, history.thresholds)
    return before_and_after(name, day, history)


def what_if(
    view: "View",
    athlete: str,
    day: date,
    *,
    runs: tuple[PlannedRun, ...] = (),
    without: tuple[datetime, ...] = (),
    without_ids: tuple[str, ...] = (),
    sessions: tuple[StrengthSession, ...] = (),
) -> WhatIf:
    """Return what other runs and sessions would lead to; nothing is stored.

    Raises NotFound for an id that is neither a run's, a planned run's nor a session's.
    """
    book = open_book(view, athlete, day)
    known: dict[str, Run | PlannedRun | StrengthSession] = {}
    for rows in (book.runs, book.planned, book.strength):
        known |= {row.id: row.entry for row in rows}
    if unknown := [id for id in without_ids if id not in known]:
        raise NotFound(f"without_ids: there is no run, planned run or session {unknown[0]}")
    left_out = (*without, *(known[id] for id in dict.fromkeys(without_ids)))
    return imagine(day, book.history, runs=runs, without=left_out, sessions=sessions)


def history_of(view: "View", athlete: str, until: date) -> History:
    """Return the athlete's history up to a day, as far as the viewer may see it."""
    return open_book(view, athlete, until).history
