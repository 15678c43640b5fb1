from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from catfoot.training import words
from catfoot.training.catalogue import CATALOGUE
from catfoot.training.entries import Availability, Device, PlannedRun, Programme, Slot
from catfoot.training.flags import flags_on
from catfoot.training.gates import opening
from catfoot.training.programme import NextSession, next_session, stand_on
from catfoot.training.templates import COOL_DOWN, DAILY_HABITS, GOALS, TEMPLATES, WARM_UP
from catfoot.training.worklist import locked_by

from .make import DAY, assessed, history, morning, run, session, sets, sore

TESTED = assessed(20, "baseline", single_leg_hold=20)


def upcoming(*entries: Any) -> NextSession:
    h = history(*entries)
    return next_session(DAY, h, flags_on(DAY, h))


def done(ago: float, kind: str) -> Any:
    return session(ago, kind=kind, sets=sets("toe_spread", 2, reps=10))


@pytest.mark.parametrize(
    ("entries", "kind", "rule"),
    [
        ((), "foundation", None),
        ((done(5, "foundation"),), "strength", None),
        ((done(5, "strength"),), "stability", None),
        ((done(5, "stability"),), "foundation", None),
        ((done(1, "foundation"),), "activation", None),
        ((done(5, "foundation"), done(1, "activation")), "strength", None),
        ((morning(0, swelling=True),), "rest", "F23"),
        ((morning(0, pain=6),), "mobility", "F05"),
        ((morning(0, pain=4), done(5, "foundation")), "strength", "F05"),
        ((session(3), sore(2, 5), sore(1, 5), sore(0, 5)), "mobility", "F03"),
        ((PlannedRun(day=DAY, kind="key"),), "activation", "F18"),
        ((PlannedRun(day=DAY + timedelta(1), kind="race"),), "activation", "F18"),
        ((PlannedRun(day=DAY + timedelta(2), kind="race"),), "foundation", None),
        ((run(4, 8.0), run(6, 8.0), run(9, 8.0), run(1, 9.5)), "mobility", "F01"),
        ((Availability(day=DAY, state="not_running"),), "micro", None),
    ],
)
def test_flags_come_first_then_rest_then_the_sessions_in_turn(
    entries: tuple[Any, ...], kind: str, rule: str | None
) -> None:
    found = upcoming(*entries)
    assert (found.kind, found.rule) == (kind, rule)
    assert found.why
    assert words.forbidden_in(f"{found.title} {found.why} {' '.join(found.left_out)}") == ()


@pytest.mark.row("C09")
def test_work_has_a_warm_up_and_a_cool_down() -> None:
    found = upcoming()
    assert (found.warm_up, found.cool_down) == (WARM_UP, COOL_DOWN)
    assert upcoming(done(1, "foundation")).warm_up == ()


def test_each_item_says_its_dose_and_why() -> None:
    found = upcoming(
        TESTED, session(9, kind="stability", sets=sets("short_foot", 3, reps=8, hold_s=5))
    )
    item = next(item for item in found.items if item.exercise == "short_foot")
    assert item.dose == "3 x 8, 5 s"
    assert item.decision.why
    assert found.exercises == tuple(item.exercise for item in found.items)


def test_what_is_locked_is_left_out_and_said() -> None:
    found = upcoming(done(5, "foundation"))
    assert "double_heel_raise" not in found.exercises
    assert any("opens after the first assessment" in reason for reason in found.left_out)
    assert "double_heel_raise" in upcoming(TESTED, done(5, "foundation")).exercises


@pytest.mark.row("C05")
def test_a_device_that_hurt_is_barred() -> None:
    band = Device(day=DAY - timedelta(9), name="red", type="band", barred=True, reason="sharp")
    raise_ = CATALOGUE["band_dorsiflexion"]
    assert locked_by(raise_, DAY, history(TESTED, band), ()) == "its device is barred"
    other = Device(day=DAY - timedelta(5), name="blue", type="band")
    assert locked_by(raise_, DAY, history(TESTED, band, other), ()) is None


def test_a_flag_locks_what_it_names() -> None:
    h = history(TESTED, *(morning(4 + i, arch_fatigue=1) for i in range(20)),
                *(morning(i, arch_fatigue=9) for i in range(4)))  # fmt: skip
    assert locked_by(CATALOGUE["short_foot"], DAY, h, flags_on(DAY, h)) == "Arches more tired"


@pytest.mark.row("E13")
def test_the_first_weeks_are_short() -> None:
    assert upcoming(done(5, "foundation")).minutes <= 15
    assert upcoming(done(40, "foundation"), done(5, "foundation")).minutes > 15


@pytest.mark.row("C10")
@pytest.mark.parametrize(("weeks", "stage"), [(0, 1), (3, 1), (4, 2), (7, 2), (8, 3), (30, 3)])
def test_the_ladder_goes_from_form_to_resistance_to_balance(weeks: int, stage: int) -> None:
    stand = stand_on(DAY, history(Programme(day=DAY - timedelta(7 * weeks))))
    assert (stand.stage, stand.week) == (stage, weeks + 1)


@pytest.mark.row("C11")
def test_phase_two_opens_by_its_gate_and_brings_its_own_session() -> None:
    trained = [done(50 - 4 * i, "stability") for i in range(12)]
    mini = assessed(3, "mini", single_leg_hold=30, double_heel_raise=20)
    h = history(assessed(30, "baseline", single_leg_hold=30), mini, *trained)
    assert opening("phase_2", DAY, h).open
    assert stand_on(DAY, h).phase == 2
    assert next_session(DAY, h, ()).title == "Strength, phase two"
    slots = tuple(Slot(weekday=i, kind="strength") for i in range(5))
    half = replace(h, programmes=(Programme(day=DAY - timedelta(60), phase=2, slots=slots),))
    assert opening("phase_2", DAY, half).reasons == ("70 % of the planned sessions of six weeks",)


@pytest.mark.row("C20")
def test_a_goal_changes_what_comes_first() -> None:
    def with_goal(goal: Any) -> tuple[str, ...]:
        h = history(TESTED, Programme(day=DAY - timedelta(5), goal=goal))
        return next_session(DAY, h, ()).exercises

    assert with_goal("short")[1] == "foot_taps"
    assert with_goal("long")[1] == "arch_squeeze"


@pytest.mark.row("E15")
def test_there_is_a_session_of_three_minutes_for_the_road() -> None:
    assert TEMPLATES["micro"].minutes == 3
    assert not any(CATALOGUE[e].equipment for e in TEMPLATES["micro"].exercises)


def test_two_exercises_of_one_target_never_grow_in_one_session() -> None:
    easy = [
        session(ago, kind="stability", sets=(
            *sets("resisted_toe_flexion", 3, reps=12, ease=5, form=5, resistance="light"),
            *sets("resisted_big_toe", 3, reps=10, ease=5, form=5, resistance="light"),
        ))
        for ago in (20, 9, 3)
    ]  # fmt: skip
    others = [session(ago, sets=sets("foot_taps", duration_s=30)) for ago in (12, 6)]
    found = upcoming(TESTED, *easy, *others)
    grown = [CATALOGUE[i.exercise].target for i in found.items if i.decision.clause == "progress"]
    assert len(grown) == len(set(grown))


@pytest.mark.row("C19")
def test_templates_and_habits_are_whole() -> None:
    for template in TEMPLATES.values():
        assert set(template.exercises) <= set(CATALOGUE)
    assert set(WARM_UP) | set(COOL_DOWN) <= set(CATALOGUE)
    assert all(set(first) <= set(CATALOGUE) for first in GOALS.values())
    assert not any(words.forbidden_in(habit) for habit in DAILY_HABITS)
