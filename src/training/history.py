"""Everything written down about one athlete, in an order that does not depend on who asks."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol, TypeVar

from .entries import (
    AfterRun,
    Assessment,
    Availability,
    BarefootTime,
    CheckIn,
    Device,
    FlagAnswer,
    OwnExercise,
    Person,
    PlannedRun,
    PlannedWeek,
    Programme,
    ProposalAnswer,
    Run,
    StrengthSession,
    WeeklyRun,
)
from .thresholds import DEFAULT, Thresholds
from .zones import local


class Dated(Protocol):
    """An entry of one day."""

    @property
    def day(self) -> date:
        """The athlete's own day."""
        ...


D = TypeVar("D", bound=Dated)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One athlete's entries, frozen and in time order however they were given.

    Rules ask for a window of days; what lies after the day they judge is never seen.
    ``thresholds`` are what the rules go by unless they are told otherwise.
    """

    athlete: str
    person: Person
    runs: tuple[Run, ...] = ()
    strength: tuple[StrengthSession, ...] = ()
    check_ins: tuple[CheckIn, ...] = ()
    after_runs: tuple[AfterRun, ...] = ()
    barefoot: tuple[BarefootTime, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    devices: tuple[Device, ...] = ()
    availability: tuple[Availability, ...] = ()
    programmes: tuple[Programme, ...] = ()
    proposals: tuple[ProposalAnswer, ...] = ()
    planned: tuple[PlannedRun, ...] = ()
    weeks: tuple[PlannedWeek, ...] = ()
    own: tuple[OwnExercise, ...] = ()
    answers: tuple[FlagAnswer, ...] = ()
    thresholds: Thresholds = DEFAULT
    _days: dict[str, list[date]] = field(init=False, repr=False, compare=False)
    _known: dict[Hashable, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        days = {}
        for name in _DATED:
            entries = _sorted(getattr(self, name))
            object.__setattr__(self, name, entries)
            days[name] = [entry.day for entry in entries]
        object.__setattr__(self, "_days", days)
        object.__setattr__(self, "_known", {})
        object.__setattr__(
            self, "answers", tuple(sorted(self.answers, key=lambda a: (a.at, repr(a))))
        )

    def once(self, key: Hashable, work: Callable[[], T]) -> T:
        """Return what ``work`` makes of this history, done once; the key must name it fully.

        A history never changes, so neither does what follows from it.
        """
        if key not in self._known:
            self._known[key] = work()
        found: T = self._known[key]
        return found

    def as_of(self, instant: datetime) -> "History":
        """Return what had happened by an instant; entries without an hour are kept."""
        at = instant.timestamp()
        kept: dict[str, Any] = {
            name: tuple(e for e in getattr(self, name) if _instant(e) <= at) for name in _DATED
        }
        return replace(self, **kept)

    def runs_in(self, first: date, last: date) -> tuple[Run, ...]:
        """Return the runs from ``first`` to ``last``, both included."""
        return _window(self.runs, self._days["runs"], first, last)

    def strength_in(self, first: date, last: date) -> tuple[StrengthSession, ...]:
        """Return the strength sessions from ``first`` to ``last``, both included."""
        return _window(self.strength, self._days["strength"], first, last)

    def check_ins_in(self, first: date, last: date) -> tuple[CheckIn, ...]:
        """Return the check-ins from ``first`` to ``last``, both included."""
        return _window(self.check_ins, self._days["check_ins"], first, last)

    def after_runs_in(self, first: date, last: date) -> tuple[AfterRun, ...]:
        """Return what was said after runs from ``first`` to ``last``, both included."""
        return _window(self.after_runs, self._days["after_runs"], first, last)

    def barefoot_in(self, first: date, last: date) -> tuple[BarefootTime, ...]:
        """Return the barefoot time from ``first`` to ``last``, both included."""
        return _window(self.barefoot, self._days["barefoot"], first, last)

    def assessments_in(self, first: date, last: date) -> tuple[Assessment, ...]:
        """Return the assessments from ``first`` to ``last``, both included."""
        return _window(self.assessments, self._days["assessments"], first, last)

    def planned_in(self, first: date, last: date) -> tuple[PlannedRun, ...]:
        """Return the planned runs from ``first`` to ``last``, both included.

        A day without a plan of its own goes by the usual week; what was planned for days on
        which the athlete does not run, as they said, waits.
        """
        written = _window(self.planned, self._days["planned"], first, last)
        if self.weeks:
            taken = {run.day for run in written}
            weekly = [run for run in self._weekly(first, last) if run.day not in taken]
            written = tuple(sorted((*written, *weekly), key=lambda run: run.day))
        return tuple(run for run in written if self._runs_on(run.day)) if written else ()

    def _weekly(self, first: date, last: date) -> Iterator[PlannedRun]:
        """Return the runs of the usual week in force on each day, as plans of that day."""
        for n in range(max(first, self.weeks[0].day).toordinal(), last.toordinal() + 1):
            day = date.fromordinal(n)
            week = _window(self.weeks, self._days["weeks"], date.min, day)[-1]
            if week.until is None or week.until >= day:
                yield from (
                    self._run_of(run, day) for run in week.runs if run.weekday == day.weekday()
                )

    def _run_of(self, run: WeeklyRun, day: date) -> PlannedRun:
        at = None if run.starts_min is None else local(day, run.starts_min, self.person.tz)
        return PlannedRun(
            day=day, kind=run.kind, starts_at=at, distance_m=run.distance_m,
            duration_s=run.duration_s, title=run.title, source="template",
        )  # fmt: skip

    def _runs_on(self, day: date) -> bool:
        said = self.availability_on(day)
        return said is None or said.state != "not_running"

    def programme_on(self, day: date) -> Programme | None:
        """Return the programme in force on a day, None where there is none yet."""
        begun = _window(self.programmes, self._days["programmes"], date.min, day)
        return begun[-1] if begun else None

    def availability_on(self, day: date) -> Availability | None:
        """Return what the athlete said last about that day, None where nothing."""
        said = _window(self.availability, self._days["availability"], date.min, day)
        holds = [a for a in said if a.until is None or a.until >= day]
        return holds[-1] if holds else None

    def is_available(self, day: date) -> bool:
        """Return whether the athlete runs and trains as usual on a day, as far as they said."""
        said = self.availability_on(day)
        return said is None or said.state == "full"

    def barred_on(self, day: date) -> frozenset[str]:
        """Return the names of devices that are barred on a day: said so, or by sharp discomfort."""
        return frozenset(device.name for device in self._devices_on(day) if device.barred)

    def barred_types_on(self, day: date) -> frozenset[str]:
        """Return the types of device of which every one the athlete has is barred."""
        latest = self._devices_on(day)
        usable = {device.type for device in latest if not device.barred}
        return frozenset(device.type for device in latest if device.type not in usable)

    def _devices_on(self, day: date) -> list[Device]:
        known = {d.name: d for d in _window(self.devices, self._days["devices"], date.min, day)}
        for name, hurt in self.once("hurt", self._hurt).items():
            device = known.get(name)
            last = max((d for d in hurt if d <= day), default=None)
            # A newer entry about the device is the athlete's word that it may be used again.
            if device is not None and last is not None and device.day <= last:
                known[name] = replace(device, barred=True, reason="sharp discomfort")
        return list(known.values())

    def _hurt(self) -> dict[str, list[date]]:
        """Return the days of sharp discomfort by the device that was used."""
        found: dict[str, list[date]] = {}
        for session in self.strength:
            for one in session.sets:
                if one.sharp and one.device:
                    found.setdefault(one.device, []).append(session.day)
        return found


def days_before(day: date, n: int) -> date:
    """Return the day ``n`` days earlier; the calendar's first day where there is none.

    >>> days_before(date(2026, 3, 1), 1)
    datetime.date(2026, 2, 28)
    """
    return day - timedelta(min(n, day.toordinal() - 1))


#: What a history is made of: the kind of entry behind each field.
PARTS: Mapping[str, type[Any]] = {
    "runs": Run,
    "strength": StrengthSession,
    "check_ins": CheckIn,
    "after_runs": AfterRun,
    "barefoot": BarefootTime,
    "assessments": Assessment,
    "devices": Device,
    "availability": Availability,
    "programmes": Programme,
    "proposals": ProposalAnswer,
    "planned": PlannedRun,
    "weeks": PlannedWeek,
    "own": OwnExercise,
    "answers": FlagAnswer,
}
#: Answers belong to an episode; everything else to a day.
_DATED = tuple(name for name in PARTS if name != "answers")


def _sorted(entries: Iterable[Any]) -> tuple[Any, ...]:
    # Its text settles what happened at the same instant, so that the order given never matters.
    return tuple(sorted(entries, key=lambda e: (e.day, _instant(e), _Tie(e))))


def _instant(entry: Any) -> float:
    at = getattr(entry, "started_at", None) or getattr(entry, "at", None)
    return at.timestamp() if isinstance(at, datetime) else 0.0


@dataclass(slots=True)
class _Tie:
    """Compares by text, and makes the text only where two instants are equal."""

    entry: object

    def __lt__(self, other: "_Tie") -> bool:
        return repr(self.entry) < repr(other.entry)


def _window(entries: Sequence[D], days: list[date], first: date, last: date) -> tuple[D, ...]:
    return tuple(entries[bisect_left(days, first) : bisect_right(days, last)])
