"""What an athlete's days amount to: stores -> training -> an answer for people.

Whatever the viewer was not allowed to see is named in ``not_shared``, so that a missing flag
is never mistaken for a good sign.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from .errors import Refused
from .signal.summary import Grade, Measure
from .training.consent import Kind
from .training.entries import CheckIn, Person, Run, StrengthSession
from .training.flags import flags_on, outcomes_on, shown
from .training.history import History
from .training.load import Load, days_between, distance_m, load_on
from .training.phrases import day_name, km, minutes, pace
from .training.programme import NextSession, next_session
from .training.usual import Standing, usual_of
from .training.verdict import Flag, Outcome
from .training.words import FOOTER

E_co = TypeVar("E_co", covariant=True)
K = TypeVar("K", Person, Run, StrengthSession, CheckIn)


class Kept(Protocol[E_co]):
    """An entry with the id that its row has."""

    @property
    def id(self) -> str:
        """The row's id."""
        ...

    @property
    def entry(self) -> E_co:
        """What was written down."""
        ...


class Rows(Protocol):
    """What a viewer may read of an athlete; raises Refused where that is not shared."""

    def entries(
        self, kind: type[K], athlete: str, since: date | None = None, until: date | None = None
    ) -> Sequence[Kept[K]]:
        """Return the entries of one kind in day order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry of a day, with its id."""

    id: str
    entry: Run | StrengthSession | CheckIn


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the timeline: what was done and said, what it asked, what holds."""

    day: date
    runs: tuple[Item, ...]
    strength: tuple[Item, ...]
    check_ins: tuple[Item, ...]
    load: Load
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Runs, strength sessions, check-ins and flags of a period, every day of it."""

    athlete: str
    name: str
    demo: bool
    since: date
    until: date
    days: tuple[Day, ...]
    not_shared: tuple[Kind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number of the last run beside the athlete's own usual at that speed.

    ``usual`` is None where fewer than five runs are comparable; ``text`` says so.
    """

    name: str
    key: str
    label: str
    value: float | None
    grade: Grade
    n: int
    usual: float | None
    usual_n: int
    standing: Standing
    text: str
    reasons: tuple[str, ...]


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
    next: NextSession
    not_shared: tuple[Kind, ...]
    footer: str = FOOTER


#: The five numbers of a run: measure, what people call it, unit, digits.
NUMBERS = (
    ("cadence", "cadence_spm", "Cadence", "steps/min", 0),
    ("gct", "gct_ms", "Contact time", "ms", 0),
    ("softness", "softness", "Softness", "", 0),
    ("shock", "shock_g", "Shock", "g", 1),
    ("flight", "flight_ms", "Flight time", "ms", 0),
)


def timeline(view: Rows, athlete: str, since: date, until: date) -> Timeline:
    """Return every day from ``since`` to ``until`` with all that belongs to it, in one answer."""
    book = _open(view, athlete, until)
    days = tuple(
        Day(
            day=day,
            runs=_items(book.runs, day),
            strength=_items(book.strength, day),
            check_ins=_items(book.check_ins, day),
            load=load_on(day, book.history),
            flags=flags_on(day, book.history),
        )
        for day in days_between(since, until)
    )
    return Timeline(
        athlete=athlete,
        name=book.history.person.name,
        demo=book.history.person.demo,
        since=since,
        until=until,
        days=days,
        not_shared=book.not_shared,
    )


def today(view: Rows, athlete: str, day: date) -> Today:
    """Return what the athlete, or whoever may see it, reads on ``day``."""
    book = _open(view, athlete, day)
    history = book.history
    outcomes = outcomes_on(day, history)
    found = [outcome.flag for outcome in outcomes if outcome.flag is not None]
    last = max(book.runs, key=lambda row: (row.entry.day, row.entry.started_at), default=None)
    numbers = () if last is None else _numbers(last.entry, history)
    return Today(
        athlete=athlete,
        name=history.person.name,
        day=day,
        demo=history.person.demo or (last is not None and last.entry.demo),
        sentence=_sentence(None if last is None else last.entry, numbers, day),
        run=None if last is None else last.id,
        numbers=numbers,
        flags=shown(found),
        more_flags=len(found) - len(shown(found)),
        unknown=tuple(o for o in outcomes if o.state in ("unknown", "returning")),
        next=next_session(day, history, found),
        not_shared=book.not_shared,
    )


def history_of(view: Rows, athlete: str, until: date) -> History:
    """Return the athlete's history up to a day, as far as the viewer may see it."""
    return _open(view, athlete, until).history


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    history: History
    runs: Sequence[Kept[Run]]
    strength: Sequence[Kept[StrengthSession]]
    check_ins: Sequence[Kept[CheckIn]]
    not_shared: tuple[Kind, ...]


def _open(view: Rows, athlete: str, until: date) -> _Book:
    (person,) = view.entries(Person, athlete)
    runs = view.entries(Run, athlete, until=until)
    strength = view.entries(StrengthSession, athlete, until=until)
    not_shared: tuple[Kind, ...] = ()
    check_ins: Sequence[Kept[CheckIn]] = ()
    try:
        check_ins = view.entries(CheckIn, athlete, until=until)
    except Refused:
        not_shared = ("check_ins",)
    history = History(
        athlete=athlete,
        person=person.entry,
        runs=tuple(row.entry for row in runs),
        strength=tuple(row.entry for row in strength),
        check_ins=tuple(row.entry for row in check_ins),
    )
    return _Book(
        history=history, runs=runs, strength=strength, check_ins=check_ins, not_shared=not_shared
    )


def _items(
    rows: Sequence[Kept[Run]] | Sequence[Kept[StrengthSession]] | Sequence[Kept[CheckIn]], day: date
) -> tuple[Item, ...]:
    return tuple(Item(id=row.id, entry=row.entry) for row in rows if row.entry.day == day)


def _numbers(run: Run, history: History) -> tuple[Number, ...]:
    return tuple(
        _number(run.summary.measure(name) or _missing(name, key), label, unit, digits, run, history)
        for name, key, label, unit, digits in NUMBERS
    )


def _missing(name: str, key: str) -> Measure:
    return Measure(
        name=name, key=key, value=None, grade="X", n=0, reasons=("this source does not measure it",)
    )


def _number(
    measure: Measure, label: str, unit: str, digits: int, run: Run, history: History
) -> Number:
    usual = usual_of(measure.name, run, history)
    standing: Standing = "unknown"
    if measure.value is None:
        text = f"{label}: not known ({', '.join(measure.reasons) or 'no reason given'})"
    elif usual is None:
        text = f"{label}: {_said(measure.value, unit, digits)}; too few comparable runs yet"
    else:
        standing = usual.standing(measure.value)
        text = (
            f"{label}: {_said(measure.value, unit, digits)}, {_standing_said(standing)} "
            f"{_said(usual.middle, unit, digits)}"
        )
    return Number(
        name=measure.name,
        key=measure.key,
        label=label,
        value=measure.value,
        grade=measure.grade,
        n=measure.n,
        usual=None if usual is None else usual.middle,
        usual_n=0 if usual is None else usual.n,
        standing=standing,
        text=text,
        reasons=measure.reasons,
    )


def _said(value: float, unit: str, digits: int) -> str:
    return f"{value:.{digits}f} {unit}".rstrip()


def _standing_said(standing: Standing) -> str:
    return {"usual": "like your usual", "above": "above your usual", "below": "below your usual"}[
        standing
    ]


def _sentence(run: Run | None, numbers: Sequence[Number], day: date) -> str:
    """Return one sentence about the last run, or that there is none."""
    if run is None:
        return "No run is stored yet."
    days_ago = (day - run.day).days
    when = {0: "Today", 1: "Yesterday"}.get(days_ago, f"On {day_name(run.day)}")
    metres = distance_m(run)
    parts = [] if metres is None else [km(metres)]
    parts.append(f"{'in ' if parts else ''}{minutes(run.duration_s)}")
    if metres and run.duration_s:
        parts.append(f"({pace(metres / run.duration_s)})")
    apart = [number for number in numbers if number.standing in ("above", "below")]
    known = [number for number in numbers if number.standing != "unknown"]
    if apart:
        first = apart[0].text
        end = f"; {first[0].lower()}{first[1:]}"
    elif known:
        end = "; every number that can be compared is like your usual"
    else:
        end = "; too few comparable runs yet to say what is usual"
    demo = " (demo)" if run.demo else ""
    return f"{when}{demo}: {' '.join(parts)}{end}."
