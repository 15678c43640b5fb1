"""Athletes and calendars that are not the usual ones: every answer comes, and is true."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from catfoot.training import flags
from catfoot.training.entries import Availability, PlannedWeek, Run, WeeklyRun
from catfoot.training.history import History
from catfoot.training.overview import examined_on, standing_on
from catfoot.training.programme import next_session
from catfoot.training.verdict import Outcome
from catfoot.training.words import forbidden_in
from catfoot.training.zones import local

from .make import DAY, history, measured, run, severity


def everything(h: History, day: date = DAY) -> dict[str, Outcome]:
    """Every answer of a day, its words checked, the outcomes by rule."""
    found = {one.rule: one for one in flags.outcomes_on(day, h)}
    held = flags.flags_on(day, h)
    told = next_session(day, h, held)
    texts = [told.why, *(item.decision.why for item in told.items), *told.left_out]
    texts += [text for flag in held for text in (flag.runner, flag.coach, flag.action)]
    assert [text for text in texts if forbidden_in(text)] == []
    assert standing_on(day, h).week.runs == len(h.runs_in(day - timedelta(6), day))
    assert examined_on(day, h).changed == ()
    return found


def test_a_hundred_kilometres_are_no_jump_for_who_runs_them() -> None:
    ultra = [run(ago, 100.0, duration_s=12 * 3600.0) for ago in range(0, 40, 4)]
    assert everything(history(*ultra))["F01"].state == "quiet"
    assert standing_on(DAY, history(*ultra)).longest_m == 110_000.0
    assert severity("F01", *ultra[1:], run(0, 161.0)) == "caution"


def test_two_runs_are_too_few_to_judge_and_said_so() -> None:
    found = everything(history(run(3, 3.0), run(0, 9.0)))
    assert found["F01"].state == "unknown"
    assert {one.rule for one in found.values() if one.flag} == set()


def test_one_foot_is_never_half_of_two() -> None:
    one_pod = [measured(ago, 240 + ago % 3) for ago in range(0, 60, 3)]
    found = everything(history(*one_pod))
    assert found["F14"].state == "unknown"
    assert found["F09"].state == "quiet"


def test_twice_a_day_the_morning_is_the_measure_of_the_evening() -> None:
    days = [
        run(ago, km, started_at=datetime(2026, 3, 10, hour, tzinfo=UTC) - timedelta(ago))
        for ago in range(20)
        for hour, km in ((6, 8.0), (18, 8.5))
    ]
    assert everything(history(*days))["F01"].state == "quiet"
    assert everything(history(*reversed(days)))["F01"].state == "quiet"


def test_a_belt_without_a_distance_is_compared_by_minutes() -> None:
    belt = [run(ago, None, duration_s=1800.0) for ago in range(1, 20, 3)]
    assert severity("F01", *belt, run(0, None, duration_s=2460.0)) == "caution"
    everything(history(*belt, run(0, None, duration_s=2460.0)))
    assert standing_on(DAY, history(*belt)).longest_m is None


def test_three_months_away_are_no_good_sign() -> None:
    before = [run(ago, 12.0) for ago in range(90, 120, 3)]
    away = Availability(day=DAY - timedelta(89), state="not_running")
    found = everything(history(*before, away))
    assert found["F02"].state == "returning"
    assert standing_on(DAY, history(*before, away)).longest_m is None


ZONES = ("Pacific/Apia", "Europe/Berlin", "Pacific/Kiritimati", "America/St_Johns")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2028, 2, 29)])
def test_the_usual_evening_stays_that_evening_when_clocks_change(zone: str, day: date) -> None:
    begun = local(day, 18 * 60, zone).astimezone(UTC).astimezone(ZoneInfo(zone))
    assert (begun.date(), begun.hour, begun.minute) == (day, 18, 0)
    week = PlannedWeek(
        day=day - timedelta(30),
        runs=tuple(WeeklyRun(weekday=n, kind="easy", starts_min=18 * 60) for n in range(7)),
    )
    h = history(week)
    planned = h.planned_in(day - timedelta(2), day + timedelta(2))
    assert [one.day for one in planned] == [day + timedelta(n) for n in range(-2, 3)]


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_is_the_athletes_own_wherever_it_lies_in_the_world(zone: str) -> None:
    """Runs at half past midnight and half past eleven of their own days are one run a day."""

    def owned(ago: int, minutes: float, km: float) -> Run:
        day = DAY - timedelta(ago)
        return run(ago, km, started_at=local(day, minutes, zone).astimezone(UTC))

    late: list[Any] = [owned(ago, 30 if ago % 2 else 23 * 60 + 30, 8.0) for ago in range(1, 31)]
    found = everything(history(*late, owned(0, 30, 8.8)))
    assert found["F01"].state == "quiet"
    assert everything(history(*late, owned(0, 30, 8.9)))["F01"].flag is not None


def test_a_leap_day_counts_as_one_day() -> None:
    day = date(2028, 3, 30)
    long_run = [run(ago, 12.0 if ago == 30 else 6.0, day) for ago in (30, 20, 10)]
    assert long_run[0].day == date(2028, 2, 29)
    assert everything(history(*long_run, run(0, 12.0, day)), day)["F01"].state == "quiet"
    later = history(*long_run, run(-1, 12.0, day))
    assert everything(later, day + timedelta(1))["F01"].flag is not None


def test_what_lies_ahead_changes_nothing_of_today() -> None:
    past = [run(ago, 8.0) for ago in range(0, 30, 3)]
    today = flags.outcomes_on(DAY, history(*past))
    ahead = [run(-1, 42.0), measured(-2, 400.0)]
    assert flags.outcomes_on(DAY, history(*past, *ahead)) == today
