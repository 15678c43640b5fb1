"""Own exercises, own sessions, the usual week of runs."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from catfoot.training.catalogue import CATALOGUE
from catfoot.training.entries import (
    Availability,
    Dose,
    OwnExercise,
    OwnSession,
    PlannedRun,
    PlannedWeek,
    Programme,
    WeeklyRun,
)
from catfoot.training.flags import flags_on
from catfoot.training.own import exercises_on
from catfoot.training.programme import NextSession, next_session

from .make import DAY, assessed, history, outcome, session, sets

TESTED = assessed(20, "baseline", single_leg_hold=30)
SAND = OwnExercise(
    day=DAY - timedelta(30), name="Sand walk", pillar="strength", target="arch", mode="time",
    dose=Dose(sets=2, duration_s=60.0), cues=("Barefoot, slowly.",), swaps=("short_foot", "gone"),
)  # fmt: skip
MINE = Programme(
    day=DAY - timedelta(30),
    sessions=(
        OwnSession(title="Beach", exercises=("own_sand_walk", "toe_spread")),
        OwnSession(title="Home", exercises=("short_foot", "toe_curls"), kind="foundation"),
    ),
)


def upcoming(*entries: Any) -> NextSession:
    h = history(*entries)
    return next_session(DAY, h, flags_on(DAY, h))


def test_an_own_exercise_is_known_from_its_day_on_until_it_is_retired() -> None:
    h = history(SAND, replace(SAND, day=DAY, retired=True))
    assert exercises_on(DAY - timedelta(1), h)["own_sand_walk"].name == "Sand walk"
    assert "own_sand_walk" not in exercises_on(DAY, h)
    assert "own_sand_walk" not in exercises_on(DAY - timedelta(31), h)
    assert exercises_on(DAY, history()) is CATALOGUE


def test_a_way_on_that_leads_nowhere_is_taken_off() -> None:
    found = exercises_on(DAY, history(replace(SAND, easier="nowhere", harder="dome_hold")))
    assert found["own_sand_walk"].swaps == ("short_foot",)
    assert (found["own_sand_walk"].easier, found["own_sand_walk"].harder) == (None, "dome_hold")


def test_own_sessions_are_taken_in_turn_with_own_exercises_in_them() -> None:
    first = upcoming(TESTED, SAND, MINE)
    assert (first.title, first.exercises) == ("Beach", ("own_sand_walk", "toe_spread"))
    assert first.items[0].dose == "2 x 60 s"
    assert first.items[0].cue == "Barefoot, slowly."
    done = session(3, sets=sets("own_sand_walk", 2, duration_s=60.0))
    second = upcoming(TESTED, SAND, MINE, done)
    assert (second.title, second.kind) == ("Home", "foundation")


def test_pain_stops_an_own_session_like_any_other() -> None:
    sharp = session(3, sets=sets("own_sand_walk", 1, duration_s=60.0, sharp=True))
    after = upcoming(TESTED, SAND, MINE, sharp, session(2, sets=sets("toe_curls", reps=20)))
    assert "own_sand_walk" not in after.exercises
    assert any("Sand walk: Sharp discomfort" in line for line in after.left_out)


def test_own_hops_wait_for_the_gate_of_hops() -> None:
    hops = replace(
        SAND, name="Sand hops", pillar="plyometric", target="elastic", mode="contacts",
        dose=Dose(sets=2, contacts=10), swaps=(),
    )  # fmt: skip
    mine = replace(MINE, sessions=(OwnSession(title="Hops", exercises=(hops.key, "toe_spread")),))
    found = upcoming(TESTED, hops, mine)
    assert found.exercises == ("toe_spread",)
    assert "Sand hops: opens after" in found.left_out[0]
    assert {"F03", "F05", "F07"} <= set(exercises_on(DAY, history(hops))[hops.key].contra)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"name": " "}, "name"),
        ({"dose": Dose(sets=0, reps=3)}, "dose.sets"),
        ({"dose": Dose(sets=1, contacts=3)}, "pillar"),
        ({"level": 6}, "level"),
    ],
)
def test_an_own_exercise_that_cannot_be_done_is_refused(change: Any, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        replace(SAND, **change)


def week(*runs: WeeklyRun, ago: int = 30, until: date | None = None) -> PlannedWeek:
    return PlannedWeek(day=DAY - timedelta(ago), runs=runs, until=until)


KEY = WeeklyRun(weekday=3, kind="key", starts_min=18 * 60, distance_m=9000.0)
THURSDAY = DAY + timedelta(2)


def test_a_usual_week_plans_the_runs_of_the_days_ahead() -> None:
    h = history(week(KEY))
    (found,) = h.planned_in(DAY, DAY + timedelta(6))
    assert found == PlannedRun(
        day=THURSDAY, kind="key", starts_at=datetime(2026, 3, 12, 18, tzinfo=UTC),
        distance_m=9000.0, source="template",
    )  # fmt: skip
    berlin = replace(h, person=replace(h.person, tz="Europe/Berlin"))
    assert berlin.planned_in(THURSDAY, THURSDAY)[0].starts_at == datetime(
        2026, 3, 12, 17, tzinfo=UTC
    )


def test_what_is_planned_by_hand_goes_before_the_usual_week() -> None:
    easy = PlannedRun(day=THURSDAY, kind="easy")
    assert history(week(KEY), easy).planned_in(DAY, DAY + timedelta(6)) == (easy,)


def test_a_newer_week_or_its_end_replaces_the_usual_one() -> None:
    friday = WeeklyRun(weekday=4, kind="easy")
    days = [r.day for r in history(week(KEY), week(friday, ago=0)).planned_in(DAY, THURSDAY)]
    assert days == []
    assert history(week(KEY, until=DAY)).planned_in(DAY, THURSDAY) == ()


def test_nothing_is_planned_for_days_on_which_the_athlete_does_not_run() -> None:
    away = Availability(day=DAY, state="not_running", until=THURSDAY)
    by_hand = PlannedRun(day=DAY + timedelta(1), kind="race")
    assert history(week(KEY), by_hand, away).planned_in(DAY, DAY + timedelta(6)) == ()


def test_a_usual_week_meets_strength_work_as_any_plan_does() -> None:
    evening = session(0, hour=20, sets=sets("short_foot", reps=8), effort=5)
    wednesday = replace(KEY, weekday=2, starts_min=7 * 60)
    found = outcome("F18", session(40, sets=sets("short_foot", reps=8)), evening, week(wednesday))
    assert found.flag is not None
    assert found.flag.because[0].number == 11.0
