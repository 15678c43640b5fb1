from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from catfoot.training.conflicts import conflicts, good_days
from catfoot.training.entries import PlannedRun, Programme, Slot
from catfoot.training.thresholds import DEFAULT
from catfoot.training.zones import local

from .make import DAY, history, outcome, session, sets, severity


def key(ahead: int, kind: Any = "key", starts_at: datetime | None = None) -> PlannedRun:
    return PlannedRun(day=DAY + timedelta(ahead), kind=kind, starts_at=starts_at)


DONE = tuple(session(20 + i, sets=sets("short_foot", reps=8)) for i in range(3))


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        (session(0, hour=18, sets=sets("short_foot", reps=8)), "notice"),
        (session(1, hour=18, sets=sets("short_foot", reps=8)), "quiet"),
        (session(0, hour=6, sets=sets("short_foot", reps=8)), "quiet"),
        (session(0, hour=8, sets=sets("short_foot", reps=8)), "notice"),
        (session(1, hour=18, sets=sets("short_foot", reps=8, resistance="heavy")), "notice"),
        (session(1, hour=18, sets=sets("short_foot", contacts=20)), "notice"),
        (session(1, hour=18, sets=sets("toe_curls", reps=8)), "notice"),
        (session(0, hour=18, duration_min=7, effort=3), "quiet"),
        (session(0, hour=18, duration_min=7, effort=4), "notice"),
        (session(0, hour=18, kind="activation", effort=2), "quiet"),
    ],
    ids=["24 h", "37 h", "25 h", "23 h", "heavy", "hops", "new", "short", "short, hard", "gentle"],
)
@pytest.mark.row("E05")
def test_strength_work_keeps_a_day_from_a_key_run_and_two_if_heavy_or_new(
    done: Any, expected: str
) -> None:
    assert severity("F18", *DONE, done, key(1)) == expected


@pytest.mark.parametrize(
    ("kind", "expected"), [("race", "notice"), ("easy", "quiet"), ("steady", "quiet")]
)
def test_only_key_runs_and_races_ask_for_it(kind: str, expected: str) -> None:
    done = session(0, sets=sets("short_foot", reps=8))
    assert severity("F18", *DONE, done, key(1, kind)) == expected


def test_planned_slots_are_judged_before_they_happen_and_a_better_day_is_named() -> None:
    friday = DAY + timedelta(3)
    programme = Programme(
        day=DAY - timedelta(30), slots=(Slot(weekday=(friday.weekday() - 1) % 7, kind="strength"),)
    )
    easy = PlannedRun(day=DAY + timedelta(5), kind="easy")
    h = history(programme, key(3), easy)
    (found,) = conflicts(DAY, h, DEFAULT)
    assert found.work.planned
    assert found.hours == 13
    assert found.better[0] == easy.day
    assert found.text == (
        "Planned foot session (strength) on 12 March is 13 hours before the key run on 13 March; "
        "move it after the easy run on 15 March."
    )


@pytest.mark.row("E07")
def test_a_planned_activation_or_mobility_slot_conflicts_with_nothing() -> None:
    slots = tuple(Slot(weekday=d, kind="activation", minutes=5) for d in range(7))
    programme = Programme(day=DAY - timedelta(30), slots=slots)
    assert severity("F18", programme, key(3)) == "quiet"


def test_without_a_plan_nothing_can_be_said() -> None:
    assert severity("F18", session(0)) == "unknown"
    found = outcome("F18", *DONE, session(0, sets=sets("short_foot", reps=8)), key(1))
    assert found.flag is not None
    assert found.flag.because[0].number == 13.0


@pytest.mark.row("E04")
def test_days_after_easy_runs_come_first() -> None:
    easy = PlannedRun(day=DAY + timedelta(4), kind="easy")
    days = good_days(DAY, history(key(2), easy), DEFAULT)
    assert days[0] == easy.day
    assert DAY + timedelta(1) not in days


def test_an_hour_of_the_day_is_the_athletes_own() -> None:
    there = local(date(2026, 7, 1), 18 * 60, "Asia/Tokyo")
    assert there == datetime(2026, 7, 1, 18, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert local(date(2026, 7, 1), 18 * 60, "Mars/Base").utcoffset() == timedelta()


def test_nobody_is_asked_to_move_a_race() -> None:
    work = session(0, kind="strength", effort=6, duration_min=20)
    race = PlannedRun(day=DAY + timedelta(1), kind="race")
    (found,) = conflicts(DAY, history(work, race), DEFAULT)
    assert "keep the rest easy until then" in found.text
    assert "move" not in found.text
