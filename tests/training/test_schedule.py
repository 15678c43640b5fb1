from datetime import timedelta
from typing import Any

import pytest

from catfoot.training import words
from catfoot.training.entries import Availability, PlannedRun, Programme, Slot
from catfoot.training.schedule import (
    adherence_pct,
    hard_share_pct,
    is_peak_week,
    is_race_week,
    week_notices,
)

from .make import DAY, history, run, session, sets

SUNDAY = DAY + timedelta(5)
#: Days ago, counted from the Sunday that the notices are asked on.
NOW = -5


def told(*entries: Any) -> dict[str, str]:
    notices = week_notices(SUNDAY, history(*entries))
    assert not any(words.forbidden_in(notice.text) for notice in notices)
    return {notice.rule: notice.text for notice in notices}


def full(ago: int, **more: Any) -> Any:
    given: dict[str, Any] = {
        "sets": (
            *sets("short_foot", 2, reps=8), *sets("single_leg_stand", 2, hold_s=20),
            *sets("ankle_circles", 2, reps=10),
        ),
        "duration_min": 18.0, "warmup_min": 6.0,
    }  # fmt: skip
    return session(NOW + ago, **(given | more))


OLD = full(40)


@pytest.mark.row("E01")
@pytest.mark.parametrize(
    ("days", "noticed"),
    [((), True), ((5,), True), ((5, 2), False), ((6, 4, 2, 0), False), ((6, 5, 4, 2, 0), True)],
)
def test_two_to_four_sessions_a_week_are_the_aim(days: tuple[int, ...], noticed: bool) -> None:
    assert ("E01" in told(OLD, *(full(ago) for ago in days))) is noticed


def test_a_week_off_that_was_said_is_no_missing_week() -> None:
    away = Availability(day=SUNDAY - timedelta(6), state="not_running", until=SUNDAY)
    assert "E01" not in told(OLD, away)


@pytest.mark.row("E02")
@pytest.mark.row("E03")
def test_a_week_asks_for_balance_strength_and_mobility_on_its_last_days() -> None:
    only_strength = [full(a, sets=sets("short_foot", 4, reps=8)) for a in (5, 2)]
    assert told(OLD, *only_strength).keys() >= {"E02", "E03"}
    assert (
        told(OLD, *only_strength)["E02"] == "No stability work in seven days; 1 a week is the aim."
    )
    assert not told(OLD, full(5), full(2)).keys() & {"E02", "E03"}
    early = week_notices(DAY, history(OLD, session(1, sets=sets("short_foot", 4, reps=8))))
    assert not {"E02", "E03"} & {notice.rule for notice in early}


@pytest.mark.row("C07")
def test_pillars_are_counted_by_what_was_done_else_by_what_was_said() -> None:
    said = [full(a, sets=(), pillars=("strength", "stability", "mobility")) for a in (5, 2)]
    assert not told(OLD, *said).keys() & {"E02", "E03"}


@pytest.mark.row("E08")
def test_two_hard_days_in_a_row_are_noticed() -> None:
    hard = sets("single_heel_raise", 2, reps=8, resistance="heavy")
    assert "E08" in told(OLD, full(3, sets=hard), full(2, sets=hard))
    assert "E08" not in told(OLD, full(4, sets=hard), full(2, sets=hard))
    assert "E08" not in told(OLD, full(3, sets=hard), full(2))


@pytest.mark.row("E09")
def test_a_week_without_a_rest_day_is_noticed() -> None:
    runs = [run(NOW + ago) for ago in range(6)]
    assert "E09" in told(OLD, *runs, full(6))
    assert "E09" not in told(OLD, *runs, full(6, kind="activation"))


@pytest.mark.row("C14")
def test_the_same_strength_exercise_three_times_in_a_row_is_noticed() -> None:
    assert told(full(5), full(3), full(1))["C14"].startswith("Short foot was in three sessions")
    swapped = full(3, sets=sets("arch_squeeze", 3, hold_s=15))
    assert "C14" not in told(full(5), swapped, full(1))


@pytest.mark.row("C08")
@pytest.mark.parametrize(("minutes", "noticed"), [(4.0, True), (5.0, False), (None, False)])
def test_a_short_warm_up_is_noticed(minutes: float | None, noticed: bool) -> None:
    assert ("C08" in told(OLD, full(5), full(1, warmup_min=minutes))) is noticed


@pytest.mark.row("E13")
@pytest.mark.parametrize(
    ("begun", "minutes", "noticed"),
    [(10, 15, False), (10, 16, True), (40, 25, False), (40, 26, True)],
)
def test_sessions_are_short_at_first(begun: int, minutes: float, noticed: bool) -> None:
    assert ("E13" in told(full(begun, duration_min=12.0), full(1, duration_min=minutes))) is noticed


@pytest.mark.row("E14")
def test_the_share_of_hard_runs_leaves_out_those_nobody_named() -> None:
    kinds = ("easy", "easy", "steady", "key", "unknown")
    assert hard_share_pct(DAY, history(*(run(i, kind=k) for i, k in enumerate(kinds)))) == 25.0
    assert hard_share_pct(DAY, history(run(0))) is None


@pytest.mark.row("E06")
def test_a_peak_week_is_among_the_fullest_fifth_of_twelve() -> None:
    steady = [run(7 * week + 2, 30.0 + week % 3) for week in range(1, 12)]
    assert is_peak_week(DAY, history(*steady, run(1, 40.0)))
    assert not is_peak_week(DAY, history(*steady, run(1, 30.0)))
    assert not is_peak_week(DAY, history(run(1, 40.0)))


def test_a_race_week_begins_seven_days_before() -> None:
    def ahead(days: int) -> Any:
        return history(PlannedRun(day=DAY + timedelta(days), kind="race"))

    assert is_race_week(DAY, ahead(7))
    assert not is_race_week(DAY, ahead(8))


@pytest.mark.row("E12")
def test_adherence_is_done_by_planned_without_days_off() -> None:
    slots = (
        Slot(weekday=DAY.weekday(), kind="strength"),
        Slot(weekday=(DAY.weekday() - 3) % 7, kind="foundation"),
    )
    programme = Programme(day=DAY - timedelta(60), slots=slots)
    assert adherence_pct(DAY, history(programme)) == 0.0
    assert adherence_pct(DAY, history(programme, *(session(7 * i) for i in range(4)))) == 50.0
    assert adherence_pct(DAY, history(programme, *(session(i) for i in range(20)))) == 100.0
    away = Availability(day=DAY - timedelta(13), state="not_running", until=DAY)
    done = [session(ago) for ago in (24, 21, 17, 14)]
    assert adherence_pct(DAY, history(programme, away, *done)) == 100.0
    assert adherence_pct(DAY, history(session(0))) is None
