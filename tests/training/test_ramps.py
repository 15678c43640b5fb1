from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from catfoot.training.entries import Availability, BarefootTime, Run
from catfoot.training.load import step_load
from catfoot.training.thresholds import DEFAULT

from .make import (
    DAY,
    assessed,
    measured,
    morning,
    of_version,
    outcome,
    run,
    session,
    sets,
    severity,
)


@pytest.mark.parametrize(("ago", "expected"), [(13, "quiet"), (14, "notice"), (56, "notice")])
def test_a_fortnight_without_a_run_is_a_break(ago: int, expected: str) -> None:
    assert severity("F02", run(ago, 10.0), run(ago + 3, 8.0)) == expected


def test_a_break_is_still_said_in_the_first_week_back_and_by_its_cap() -> None:
    before = [run(20, 10.0), run(23, 8.0)]
    found = outcome("F02", *before, run(0, 5.0)).flag
    assert found is not None
    assert found.action == "Keep the first runs back at 11.0 km or less."
    assert found.first_day == DAY - timedelta(6)
    assert severity("F02", run(28, 10.0), run(31, 8.0), run(7, 5.0)) == "quiet"
    longer = outcome("F02", run(29, 10.0), run(33, 8.0), run(0, 5.0)).flag
    assert longer is not None
    assert longer.action == "Keep the first runs back at 5.5 km or less."


def test_a_break_that_was_announced_is_said_to_be_known() -> None:
    away = Availability(day=DAY - timedelta(15), state="not_running", until=DAY)
    found = outcome("F02", run(16, 10.0), run(19, 8.0), away).flag
    assert found is not None
    assert "(you had said so)" in found.runner


def test_somebody_who_never_ran_has_no_break() -> None:
    assert severity("F02", morning(0, pain=0)) == "unknown"


def stepped(ago: int, minutes: float, gct_ms: float = 250.0) -> Run:
    one = measured(ago, gct_ms)
    cadence = replace(one.summary.measures[0], name="cadence", key="cadence_spm", value=170.0)
    summary = replace(one.summary, measures=(*one.summary.measures, cadence))
    return replace(one, duration_s=minutes * 60, summary=summary)


def test_step_load_is_steps_times_the_force_of_a_sine_push() -> None:
    # 170 spm: a step takes 353 ms, 250 on the ground and 103 in the air.
    assert step_load(stepped(0, 10.0)) == pytest.approx(
        1700 * 3.14159 / 2 * (102.9 / 250 + 1), 1e-3
    )
    assert step_load(run(0)) is None


@pytest.mark.parametrize(
    ("weeks", "minutes", "expected"),
    [(7, 120, "unknown"), (8, 120, "info"), (12, 120, "info"), (12, 60, "quiet")],
)
def test_a_week_beyond_nearly_all_own_weeks_is_said(
    weeks: int, minutes: float, expected: str
) -> None:
    before = [stepped(7 * (i + 1), 50 + i) for i in range(weeks)]
    assert severity("F15", *before, stepped(0, minutes)) == expected


def test_a_week_mostly_without_sensor_is_not_judged() -> None:
    before = [stepped(7 * (i + 1), 50) for i in range(12)]
    assert severity("F15", *before, stepped(0, 60), run(1, duration_s=7200.0)) == "unknown"


def test_weeks_of_another_version_are_no_usual_weeks() -> None:
    before = [stepped(7 * week, 60) for week in range(1, 10)]
    assert severity("F15", *before, stepped(0, 90)) == "info"
    now = of_version(stepped(0, 90), 2)
    assert severity("F15", *(of_version(one, 1) for one in before), now) == "unknown"


def test_monotony_is_off_unless_switched_on() -> None:
    weeks = [run(i, effort=3.0, duration_s=1800.0 if i > 6 else 2400.0) for i in range(28)]
    with pytest.raises(StopIteration):
        outcome("F16", *weeks)
    on = replace(DEFAULT, monotony_on=True)
    assert outcome("F16", *weeks, thresholds=on).state == "flag"
    hard = [replace(one, effort=9.0) if i == 3 else one for i, one in enumerate(weeks)]
    assert outcome("F16", *hard, thresholds=on).state == "quiet"
    silent = [replace(one, effort=None) if i == 3 else one for i, one in enumerate(weeks)]
    assert outcome("F16", *silent, thresholds=on).state == "unknown"


def weekly(minutes: float, kind: str = "strength") -> list[Any]:
    before = [session(ago, effort=3, duration_min=10) for ago in (29, 25, 22, 18, 15, 11)]
    return [*before, session(4, effort=3, duration_min=minutes, kind=kind), session(1, effort=3)]


@pytest.mark.parametrize(
    ("minutes", "kind", "expected"),
    [(10, "strength", "quiet"), (12, "strength", "notice"), (60, "strength", "notice"),
     (60, "activation", "quiet")],
)  # fmt: skip
@pytest.mark.row("C18")
def test_a_week_of_strength_work_far_beyond_the_three_before_is_flagged(
    minutes: float, kind: str, expected: str
) -> None:
    assert severity("F17", *weekly(minutes, kind)) == expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [(50, 55, "quiet"), (50, 56, "notice"), (0, 40, "quiet"), (0, 41, "notice")],
)
def test_contacts_of_one_session_may_grow_by_a_tenth(before: int, now: int, expected: str) -> None:
    old = session(30, effort=1, duration_min=5)
    hops = sets("hops_in_place", int(before > 0), contacts=before or 1)
    earlier = session(9, effort=1, duration_min=5, sets=hops)
    newest = session(1, effort=1, duration_min=5, sets=sets("hops_in_place", 1, contacts=now))
    assert severity("F17", old, earlier, newest) == expected


def test_three_weeks_of_strength_work_are_needed_first() -> None:
    assert severity("F17", session(26), session(0, effort=9, duration_min=60)) == "unknown"
    assert severity("F17", run(0)) == "unknown"


OPEN = (
    assessed(30, "baseline", single_leg_hold=30.0),
    *(morning(i, arch_fatigue=1) for i in range(14)),
)


def barefoot(ago: int, minutes: float, doing: Any = "running") -> BarefootTime:
    return BarefootTime(day=DAY - timedelta(ago), minutes=minutes, doing=doing, surface="grass")


@pytest.mark.parametrize(
    ("minutes", "expected"), [(10, "quiet"), (11, "quiet"), (11.5, "notice"), (30, "notice")]
)
@pytest.mark.row("C15")
def test_barefoot_running_may_grow_by_a_tenth(minutes: float, expected: str) -> None:
    assert severity("F21", *OPEN, barefoot(10, 10), barefoot(0, minutes)) == expected


def test_barefoot_running_waits_for_its_gate_and_walking_never_does() -> None:
    assert severity("F21", barefoot(0, 2)) == "notice"
    assert severity("F21", barefoot(0, 60, "walking")) == "quiet"
    assert severity("F21", barefoot(0, 60, "standing")) == "quiet"
    tired = morning(3, hour=8, arch_fatigue=5)
    assert severity("F21", *OPEN, tired, barefoot(0, 2)) == "notice"
    assert severity("F21", *OPEN, barefoot(0, 2)) == "quiet"


def test_a_break_of_three_months_is_never_all_is_well() -> None:
    before = [run(ago, 10.0) for ago in (60, 62, 64)]
    found = outcome("F02", *before)
    assert found.state == "returning"
    assert found.why == "60 days without a run. Begin well below what you ran before the break."
    held = outcome("F02", *before, ago=4).flag
    assert held is not None
    assert held.until == DAY - timedelta(60) + timedelta(56)
