"""Planned runs from an iCalendar file (RFC 5545): what looks like a run, and nothing else.

Other appointments are nobody's business here: they are counted and forgotten.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from .entries import PlannedRun, RunKind

if TYPE_CHECKING:
    from icalendar import Event

#: Rules that repeat more often than daily are no runs, and could be without end.
_REPEATS = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_TOO_FINE = ("BYHOUR", "BYMINUTE", "BYSECOND")
MOST_EVENTS, MOST_RUNS = 5000, 1000
_FIRST_YEAR = 1970

_RUN = re.compile(
    r"\b(run(s|ning)?|jog(ging)?|race|marathon|parkrun|intervals?|tempo|threshold|fartlek|strides|"
    r"track session|hill repeats|lauf(en)?|dauerlauf|intervalle?|wettkampf|halbmarathon)\b",
    re.IGNORECASE,
)
_WORDS: tuple[tuple[RunKind, str], ...] = (
    ("race", r"race|parkrun|wettkampf|(half|halb)?[- ]?marathon(?! (pace|tempo))"),
    ("key", r"key|intervals?|intervalle?|tempo|threshold|fartlek|track|hill repeats|marathon pace"),
    ("steady", r"steady|long|lang(er)?|dauerlauf"),
)
_KINDS: tuple[tuple[RunKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"\b({words})\b", re.IGNORECASE)) for kind, words in _WORDS
)
_FAR = re.compile(r"(?<![\d:.,])(\d{1,3}(?:[.,]\d{1,2})?)\s?(km|k|mi|miles?)\b", re.IGNORECASE)
MILE_M = 1609.344


@dataclass(frozen=True, slots=True, kw_only=True)
class FromCalendar:
    """The runs of a calendar by a name that stays the same from file to file; what was no run."""

    runs: dict[str, PlannedRun]
    left_out: int


def runs_of(data: bytes, tz: str, first: date, last: date) -> FromCalendar:
    """Return the planned runs from ``first`` to ``last``, days in the athlete's zone.

    Raises ValueError, in one sentence, for what is no calendar.
    """
    from icalendar import Calendar, Event

    try:
        calendars = Calendar.from_ical(data, multiple=True)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as fault:
        raise ValueError("that is not an iCalendar file (.ics)") from fault
    events = [e for one in calendars for e in one.walk("VEVENT") if isinstance(e, Event)]
    if not calendars:
        raise ValueError("that is not an iCalendar file (.ics)")
    if len(events) > MOST_EVENTS:
        raise ValueError(f"a calendar of {MOST_EVENTS} entries at most is taken; export fewer")
    zone, left_out = ZoneInfo(tz), 0
    found: dict[str, PlannedRun] = {}
    # An entry of a series that was moved stands beside the series, under its first place.
    moved = {_moved(event, zone): event for event in events if event.get("RECURRENCE-ID")}
    for event in (*(e for e in events if not e.get("RECURRENCE-ID")), *moved.values()):
        if not _is_run(event):
            left_out += 1
            continue
        try:
            runs = dict(_runs(event, zone, first, last))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            left_out += 1
            continue
        own = event.get("RECURRENCE-ID") is not None
        found |= {name: run for name, run in runs.items() if own or name not in moved}
        if len(found) > MOST_RUNS:  # at once: a small file may repeat for ever, a thousand times
            raise ValueError(f"more than {MOST_RUNS} runs in half a year; export fewer")
    return FromCalendar(runs=found, left_out=left_out)


def kind_of(title: str) -> RunKind:
    """Return what kind of run a title means; easy where it does not say.

    >>> kind_of("Intervals 6 x 800 m"), kind_of("City half marathon"), kind_of("Run 8 km")
    ('key', 'race', 'easy')
    """
    for kind, pattern in _KINDS:
        if pattern.search(title):
            return kind
    return "easy"


def distance_m_of(title: str) -> float | None:
    """Return the distance that a title names, None where it names none.

    >>> distance_m_of("Easy run 8,5 km"), distance_m_of("Long run, 10 mi"), distance_m_of("Run")
    (8500.0, 16093.4, None)
    """
    found = _FAR.search(title)
    if found is None:
        return None
    number = float(found[1].replace(",", "."))
    return round(number * (MILE_M if found[2].lower().startswith("mi") else 1000.0), 1)


def _is_run(event: "Event") -> bool:
    return (
        str(event.get("STATUS", "")).upper() != "CANCELLED"
        and _RUN.search(str(event.get("SUMMARY", ""))) is not None
    )


def _runs(
    event: "Event", zone: ZoneInfo, first: date, last: date
) -> Iterator[tuple[str, PlannedRun]]:
    start = event.decoded("DTSTART")
    title = str(event.get("SUMMARY", ""))[:120]
    plan = PlannedRun(
        day=first, kind=kind_of(title), distance_m=distance_m_of(title), title=title,
        duration_s=_seconds(event, start), source="calendar",
    )  # fmt: skip
    whole_day = not isinstance(start, datetime)
    there = _zone_of(start, zone)
    for at in _starts(event, _plain(start), there, last):
        name = f"{event.get('UID', title)}/{at.isoformat()}"
        instant = at.replace(tzinfo=there)
        day = at.date() if whole_day else instant.astimezone(zone).date()
        if first <= day <= last:
            starts_at = None if whole_day else instant.astimezone(UTC)
            yield _first_place(event, there) or name, replace(plan, day=day, starts_at=starts_at)


def _starts(event: "Event", start: datetime, there: tzinfo, last: date) -> Iterator[datetime]:
    """Return the starts of an entry up to a day, by the clock of its own zone."""
    from dateutil.rrule import rrule, rrulestr
    from icalendar import vRecur

    if start.year < _FIRST_YEAR:
        raise ValueError("too long ago")
    rules = event.get("RRULE")
    if rules is None:
        yield start
        return
    if (
        isinstance(rules, list)
        or rules["FREQ"][0] not in _REPEATS
        or any(k in rules for k in _TOO_FINE)
    ):
        raise ValueError("a rule that no run follows")
    end = datetime.combine(last, time.max)
    for until in rules.get("UNTIL", ()):
        end = min(end, _in_zone(until, there) if isinstance(until, datetime)
                  else datetime.combine(until, time.max))  # fmt: skip
    rest = {key: value for key, value in rules.items() if key not in ("UNTIL", "COUNT")}
    text = str(vRecur(rest).to_ical(), "utf-8")  # type: ignore[no-untyped-call]
    # A day more on both sides of the zone; without an end a rule that never fits has none.
    series = rrulestr(text, dtstart=start)
    if not isinstance(series, rrule):
        raise TypeError("one rule was given and one is expected")
    series = series.replace(until=end + timedelta(days=1))
    most = rules.get("COUNT", [None])[0]
    out = _left_out(event, there)
    for at in takewhile(lambda at: at <= end, islice(series, most)):
        if at not in out:
            yield at


def _left_out(event: "Event", there: tzinfo) -> set[datetime]:
    dates = event.get("EXDATE", [])
    lists = dates if isinstance(dates, list) else [dates]
    return {_in_zone(one.dt, there) for dates in lists for one in dates.dts}


def _moved(event: "Event", zone: ZoneInfo) -> str:
    return _first_place(event, _zone_of(event.decoded("DTSTART"), zone)) or ""


def _first_place(event: "Event", there: tzinfo) -> str | None:
    """Return the name of the entry of the series that this one was moved from."""
    if event.get("RECURRENCE-ID") is None:
        return None
    return f"{event.get('UID')}/{_in_zone(event.decoded('RECURRENCE-ID'), there).isoformat()}"


def _seconds(event: "Event", start: Any) -> float | None:
    if not isinstance(start, datetime):
        return None
    if event.get("DTEND"):
        lasts = event.decoded("DTEND") - start
    elif event.get("DURATION"):
        lasts = event.decoded("DURATION")
    else:
        return None
    return float(lasts.total_seconds()) or None


def _zone_of(value: Any, zone: ZoneInfo) -> tzinfo:
    """Return the zone an instant is written in; without one it is by the athlete's clock."""
    there = value.tzinfo if isinstance(value, datetime) else None
    return there or zone


def _plain(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return datetime.combine(value, time(0))


def _in_zone(value: Any, there: tzinfo) -> datetime:
    """Return an instant, or a day, by the clock of a zone and without its name."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(there).replace(tzinfo=None)
    return _plain(value)
