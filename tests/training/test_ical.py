"""Runs planned in somebody's calendar: the runs, on their days, and nothing else."""

from datetime import UTC, date, datetime

import pytest

from catfoot.training.entries import PlannedRun
from catfoot.training.ical import FromCalendar, distance_m_of, kind_of, runs_of

FIRST, LAST = date(2026, 3, 10), date(2026, 9, 8)


def calendar(*events: str) -> bytes:
    """A file as calendars write them: lines ended by CR LF."""
    body = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n{body}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def read(*events: str, tz: str = "Europe/Berlin") -> FromCalendar:
    return runs_of(calendar(*events), tz, FIRST, LAST)


def planned(*events: str, tz: str = "Europe/Berlin") -> list[PlannedRun]:
    return sorted(read(*events, tz=tz).runs.values(), key=lambda run: run.day)


INTERVALS = """
UID:1
SUMMARY:Track intervals 8 km
DTSTART;TZID=Europe/Berlin:20260312T180000
DTEND;TZID=Europe/Berlin:20260312T191500
"""


def test_a_run_has_its_kind_distance_hour_and_minutes() -> None:
    (run,) = planned(INTERVALS)
    assert run == PlannedRun(
        day=date(2026, 3, 12), kind="key", starts_at=datetime(2026, 3, 12, 17, tzinfo=UTC),
        distance_m=8000.0, duration_s=4500.0, title="Track intervals 8 km", source="calendar",
    )  # fmt: skip


def test_what_is_no_run_is_counted_and_forgotten() -> None:
    dentist = "UID:2\nSUMMARY:Dentist\nDTSTART:20260313T090000Z"
    cancelled = "UID:3\nSUMMARY:Easy run\nSTATUS:CANCELLED\nDTSTART:20260313T090000Z"
    found = read(INTERVALS, dentist, cancelled)
    assert len(found.runs) == 1
    assert found.left_out == 2


def test_the_day_is_the_athletes_own() -> None:
    late = "UID:4\nSUMMARY:Easy run\nDTSTART:20260312T030000Z"
    assert planned(late, tz="America/Los_Angeles")[0].day == date(2026, 3, 11)
    floating = "UID:5\nSUMMARY:Easy run\nDTSTART:20260312T070000"
    assert planned(floating, tz="Asia/Tokyo")[0].starts_at == datetime(2026, 3, 11, 22, tzinfo=UTC)
    whole = "UID:6\nSUMMARY:Marathon\nDTSTART;VALUE=DATE:20260503"
    (race,) = planned(whole)
    assert (race.day, race.starts_at, race.kind) == (date(2026, 5, 3), None, "race")


WEEKLY = """
UID:7
SUMMARY:Easy run 6 km
DTSTART;TZID=Europe/Berlin:20260305T180000
RRULE:FREQ=WEEKLY;UNTIL=20260402T160000Z
EXDATE;TZID=Europe/Berlin:20260319T180000
"""
MOVED = """
UID:7
RECURRENCE-ID;TZID=Europe/Berlin:20260326T180000
SUMMARY:Easy run 6 km
DTSTART;TZID=Europe/Berlin:20260327T070000
"""


def test_a_series_keeps_its_hour_over_the_change_of_clocks_and_its_exceptions() -> None:
    runs = planned(WEEKLY, MOVED)
    assert [run.day for run in runs] == [date(2026, 3, 12), date(2026, 3, 27), date(2026, 4, 2)]
    assert [run.starts_at and run.starts_at.hour for run in runs] == [17, 6, 16]


def test_a_series_is_read_for_half_a_year_and_by_its_count() -> None:
    daily = "UID:8\nSUMMARY:Run\nDTSTART:20260301T060000Z\nRRULE:FREQ=DAILY;COUNT=12"
    assert [run.day.day for run in planned(daily)] == [10, 11, 12]
    endless = "UID:9\nSUMMARY:Run\nDTSTART:20260301T060000Z\nRRULE:FREQ=WEEKLY"
    assert 24 <= len(planned(endless)) <= 27


def test_a_name_stays_the_same_from_file_to_file() -> None:
    assert read(INTERVALS).runs.keys() == read(WEEKLY, INTERVALS).runs.keys() & read(INTERVALS).runs
    assert list(read(WEEKLY, MOVED).runs) == [
        "7/2026-03-12T18:00:00", "7/2026-04-02T18:00:00", "7/2026-03-26T18:00:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rule",
    ["FREQ=SECONDLY", "FREQ=DAILY;BYSECOND=1,2,3", "FREQ=MINUTELY;COUNT=5", "FREQ=NEVER",
     "INTERVAL=2"],
)  # fmt: skip
def test_a_rule_that_no_run_follows_is_left_out(rule: str) -> None:
    found = read(f"UID:1\nSUMMARY:Run\nDTSTART:20260312T060000Z\nRRULE:{rule}")
    assert (len(found.runs), found.left_out) == (0, 1)


def test_a_rule_that_never_fits_ends() -> None:
    never = (
        "UID:1\nSUMMARY:Run\nDTSTART:20260312T060000Z\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"
    )
    assert read(f"{never};COUNT=3").runs == {}


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"\xff\xfe\0", b"BEGIN:VCALENDAR\r\n", b"PK\x03\x04"]
)
def test_what_is_no_calendar_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(ValueError, match="not an iCalendar file"):
        runs_of(data, "UTC", FIRST, LAST)


@pytest.mark.parametrize(
    ("title", "kind", "far"),
    [
        ("Easy run 8,5 km", "easy", 8500.0), ("Long run 10 mi", "steady", 16093.4),
        ("5k race", "race", 5000.0), ("Marathon pace 12 km", "key", 12_000.0),
        ("Halbmarathon", "race", None), ("Run at 18:30", "easy", None),
        ("Intervals 6 x 800 m", "key", None),
    ],
)  # fmt: skip
def test_titles_say_kind_and_distance(title: str, kind: str, far: float | None) -> None:
    assert (kind_of(title), distance_m_of(title)) == (kind, far)
