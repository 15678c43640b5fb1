from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catfoot.signal.summary import Measure
from catfoot.training.entries import BarefootTime, PerformedSet, Run, Tempo
from catfoot.training.load import (
    Load,
    UnderLoad,
    barefoot_by,
    days_between,
    load_between,
    load_on,
    strength_load,
    total,
    under_load_by,
    under_load_s,
    week_load,
)

from .make import DAY, history, measured, run, session, sets


def test_a_day_stacks_runs_and_strength() -> None:
    done = session(0, effort=3, sets=(PerformedSet(exercise="short_foot", reps=8, hold_s=5),))
    load = load_on(DAY, history(run(0, 8.0, effort=4), done, run(1, 20.0)))
    assert (load.runs, load.run_km, load.run_min, load.run_rpe_min) == (1, 8.0, 50.0, 200.0)
    assert (load.strength_min, load.strength_rpe_min, load.under_load_s) == (15.0, 45.0, 40.0)
    assert load.rpe_min == 245.0
    assert load.effort_known


def test_an_effort_not_given_is_counted_and_not_guessed() -> None:
    load = load_on(DAY, history(run(0), session(0)))
    assert load.rpe_min == 0
    assert (load.runs_without_effort, load.strength_without_effort) == (1, 1)
    assert not load.effort_known
    assert load_on(DAY, history(run(0, effort=0))).effort_known


def test_a_run_without_distance_is_counted_apart() -> None:
    load = load_on(DAY, history(run(0, None), run(0, 0.0)))
    assert (load.runs, load.run_km, load.runs_without_km) == (2, 0.0, 1)


@pytest.mark.parametrize(
    ("done", "seconds"),
    [
        (PerformedSet(exercise="a", reps=4, hold_s=15), 60.0),
        (PerformedSet(exercise="a", hold_s=30), 30.0),
        (PerformedSet(exercise="a", reps=10), 30.0),
        (PerformedSet(exercise="a", reps=10, tempo=Tempo(down_s=2, pause_s=1, up_s=2)), 50.0),
        (
            PerformedSet(
                exercise="a",
                reps=10,
                tempo=Tempo(down_s=2, pause_s=1, up_s=2),
                measured_tempo=Tempo(down_s=1, pause_s=0, up_s=1),
            ),
            20.0,
        ),
        (PerformedSet(exercise="a", reps=10, resistance="heavy"), 60.0),
        (PerformedSet(exercise="a", contacts=30), 0.0),
    ],
)
@pytest.mark.row("C04")
def test_time_under_load_is_hold_or_tempo_times_repetitions(
    done: PerformedSet, seconds: float
) -> None:
    assert under_load_s(done) == seconds


def test_contacts_are_summed() -> None:
    sets = (PerformedSet(exercise="hops", contacts=20), PerformedSet(exercise="hops", contacts=15))
    assert strength_load(session(0, sets=sets)).contacts == 35


@pytest.mark.row("C04")
@pytest.mark.row("C07")
def test_time_under_load_is_told_by_pillar_and_side() -> None:
    left = sets("short_foot", 2, reps=8, hold_s=5.0, side="left", resistance="heavy")
    right = sets("short_foot", 1, reps=8, hold_s=5.0, side="right")
    stand = sets("single_leg_stand", 1, reps=1, hold_s=30.0, side="left")
    unknown = sets("my_thing", 1, reps=2)
    h = history(session(0, sets=(*left, *right, *stand, *unknown)), session(9, sets=left))
    assert under_load_by(DAY, DAY, h) == (
        UnderLoad(pillar="strength", side="left", seconds=80.0),
        UnderLoad(pillar="strength", side="right", seconds=40.0),
        UnderLoad(pillar="stability", side="left", seconds=30.0),
        UnderLoad(pillar=None, side="both", seconds=6.0),
    )


@pytest.mark.row("C15")
def test_barefoot_minutes_are_told_by_what_was_done_and_on_what() -> None:
    days = [DAY - timedelta(ago) for ago in range(41)]
    said = [
        BarefootTime(day=days[0], minutes=5.0, doing="walking", surface="grass"),
        BarefootTime(day=days[1], minutes=10.0, doing="walking", surface="grass"),
        BarefootTime(day=days[2], minutes=4.0, doing="drill", surface="track"),
        BarefootTime(day=days[3], minutes=6.0, doing="walking", surface="sand"),
        BarefootTime(day=days[40], minutes=60.0, doing="walking", surface="sand"),
    ]
    told = [
        (part.doing, part.surface, part.minutes)
        for part in barefoot_by(DAY - timedelta(27), DAY, history(*said))
    ]
    assert told == [("walking", "grass", 15.0), ("walking", "sand", 6.0), ("drill", "track", 4.0)]


def test_strength_load_is_kept_apart_by_tissue() -> None:
    done = (
        *sets("short_foot", 1, reps=8, hold_s=5.0), *sets("double_heel_raise", 1, reps=10),
        *sets("band_inversion", 1, reps=10, resistance="light"),
        *sets("hops_in_place", 2, contacts=10),
    )  # fmt: skip
    load = strength_load(session(0, sets=done))
    assert (load.intrinsic_s, load.calf_achilles_s, load.ankle_s) == (40.0, 30.0, 37.5)
    assert (load.under_load_s, load.contacts) == (107.5, 20)


def test_steps_and_minutes_uphill_are_of_runs_that_were_measured() -> None:
    seen = measured(0, 250.0)
    more = (
        Measure(name="cadence", key="cadence_spm", value=170.0, grade="A", n=800),
        Measure(name="uphill", key="uphill_min", value=6.5, grade="B", n=800),
    )
    summary = replace(seen.summary, measures=(*seen.summary.measures, *more))
    load = load_on(DAY, history(replace(seen, summary=summary), run(0, 5.0)))
    assert (load.steps, load.uphill_min, load.runs_without_steps) == (8500, 6.5, 1)
    assert load.step_load == pytest.approx(18_846, rel=0.01)


def test_nothing_is_zero() -> None:
    assert total([]) == Load()
    assert load_on(DAY, history()) == Load()


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 300)), max_size=20))
def test_a_week_is_the_sum_of_its_days_and_order_does_not_matter(
    given_runs: list[tuple[int, int]],
) -> None:
    runs = [run(ago, hm / 10, effort=3) for ago, hm in given_runs]
    h = history(*runs)
    assert h == history(*reversed(runs))
    by_day = total(load_on(d, h) for d in days_between(DAY - timedelta(6), DAY))
    assert week_load(DAY, h).run_km == pytest.approx(by_day.run_km)
    assert week_load(DAY, h).runs == by_day.runs


@given(st.integers(-14 * 60, 14 * 60), st.integers(0, 24 * 60 - 1))
def test_a_run_belongs_to_the_athletes_own_day_in_every_zone(offset_min: int, minute: int) -> None:
    zone = timezone(timedelta(minutes=offset_min))
    start = datetime(2026, 3, 10, tzinfo=zone) + timedelta(minutes=minute)
    h = history(Run(day=DAY, started_at=start, duration_s=60.0, distance_m=500.0))
    assert load_on(DAY, h).run_km == 0.5
    assert load_between(h, DAY - timedelta(5), DAY - timedelta(1)) == Load()


def test_days_between_are_both_ends_and_all_between() -> None:
    assert len(days_between(DAY, DAY)) == 1
    assert len(days_between(DAY - timedelta(6), DAY)) == 7
    assert days_between(DAY, DAY - timedelta(1)) == ()
