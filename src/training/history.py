"""Everything written down about one athlete, in an order that does not depend on who asks."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol, TypeVar

from .entries import CheckIn, FlagAnswer, Person, Run, StrengthSession


class Dated(Protocol):
    """An entry of one day."""

    @property
    def day(self) -> date:
        """The athlete's own day."""
        ...


D = TypeVar("D", bound=Dated)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One athlete's entries, frozen and in time order however they were given.

    Rules ask for a window of days; what lies after the day they judge is never seen.
    """

    athlete: str
    person: Person
    runs: tuple[Run, ...] = ()
    strength: tuple[StrengthSession, ...] = ()
    check_ins: tuple[CheckIn, ...] = ()
    answers: tuple[FlagAnswer, ...] = ()
    _days: dict[str, list[date]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ordered: dict[str, tuple[Any, ...]] = {
            "runs": _sorted(self.runs, lambda run: run.started_at),
            "strength": _sorted(self.strength, lambda session: session.started_at),
            "check_ins": _sorted(self.check_ins, lambda check_in: check_in.at),
        }
        for name, entries in ordered.items():
            object.__setattr__(self, name, entries)
        object.__setattr__(self, "_days", {k: [e.day for e in v] for k, v in ordered.items()})

    def runs_in(self, first: date, last: date) -> tuple[Run, ...]:
        """Return the runs from ``first`` to ``last``, both included."""
        return _window(self.runs, self._days["runs"], first, last)

    def strength_in(self, first: date, last: date) -> tuple[StrengthSession, ...]:
        """Return the strength sessions from ``first`` to ``last``, both included."""
        return _window(self.strength, self._days["strength"], first, last)

    def check_ins_in(self, first: date, last: date) -> tuple[CheckIn, ...]:
        """Return the check-ins from ``first`` to ``last``, both included."""
        return _window(self.check_ins, self._days["check_ins"], first, last)


def days_before(day: date, n: int) -> date:
    """Return the day ``n`` days earlier; the calendar's first day where there is none.

    >>> days_before(date(2026, 3, 1), 1)
    datetime.date(2026, 2, 28)
    """
    return day - timedelta(min(n, day.toordinal() - 1))


def _sorted(entries: Iterable[D], instant: Callable[[D], datetime]) -> tuple[D, ...]:
    # repr settles what happened at the same instant, so that the order given never matters.
    return tuple(sorted(entries, key=lambda e: (e.day, instant(e), _Tie(e))))


@dataclass(slots=True)
class _Tie:
    """Compares by text, and makes the text only where two instants are equal."""

    entry: object

    def __lt__(self, other: "_Tie") -> bool:
        return repr(self.entry) < repr(other.entry)


def _window(entries: Sequence[D], days: list[date], first: date, last: date) -> tuple[D, ...]:
    return tuple(entries[bisect_left(days, first) : bisect_right(days, last)])
