from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catfoot.training.entries import PlannedRun
from catfoot.training.flags import flags_on
from catfoot.training.whatif import longest_m, what_if

from .make import DAY, at, history, run, session, sets

BEFORE = history(run(3, 10.0), run(6, 8.0), run(9, 6.0))


def test_a_longer_run_shows_the_flag_that_would_follow_and_changes_nothing() -> None:
    plan = PlannedRun(day=DAY, kind="easy", distance_m=13_500)
    found = what_if(DAY, BEFORE, runs=(plan,))
    assert [(f.rule, f.severity) for f in found.new] == [("F01", "caution")]
    assert found.next.kind == "mobility"
    assert flags_on(DAY, BEFORE) == ()


def test_a_moved_run_leaves_its_flag_behind() -> None:
    h = history(*BEFORE.runs, run(0, 13.5))
    found = what_if(DAY, h, without=(at(0),))
    assert found.gone == ("F01",)
    assert found.flags == ()


@pytest.mark.row("E05")
def test_a_moved_session_shows_whether_it_still_conflicts() -> None:
    key = PlannedRun(day=DAY + timedelta(1), kind="key")
    done = [session(20 + i, sets=sets("short_foot", reps=8)) for i in range(2)]
    late = session(0, sets=sets("short_foot", reps=8))
    h = history(key, *done)
    assert len(what_if(DAY, h, sessions=(late,)).conflicts) == 1
    early = session(1, hour=6, sets=sets("short_foot", reps=8))
    assert what_if(DAY, h, sessions=(early,)).conflicts == ()


def test_a_plan_without_an_hour_is_left_out_and_its_twin_stays() -> None:
    key = PlannedRun(day=DAY + timedelta(1), kind="key")
    done = [session(20 + i, sets=sets("short_foot", reps=8)) for i in range(2)]
    late = session(0, sets=sets("short_foot", reps=8))
    moved = PlannedRun(day=DAY + timedelta(5), kind="key")
    h = history(key, late, *done)
    assert len(what_if(DAY, h).conflicts) == 1
    assert what_if(DAY, h, runs=(moved,), without=(key,)).conflicts == ()
    twice = history(key, key, late, *done)
    assert len(what_if(DAY, twice, without=(key,)).conflicts) == 1
    assert what_if(DAY, twice, without=(key, key)).conflicts == ()


def test_the_longest_run_without_a_flag_is_a_tenth_more_down_to_what_a_watch_shows() -> None:
    assert longest_m(DAY, BEFORE) == 11_000
    assert longest_m(DAY, history(run(3, 7.77), run(6, 7), run(9, 7))) == 8_500
    assert longest_m(DAY, history(run(3, 10.0))) is None


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(1, 30), st.integers(10, 300)), min_size=3, max_size=12))
def test_running_the_planned_distance_never_raises_f01(earlier: list[tuple[int, int]]) -> None:
    h = history(*(run(ago, hm / 10) for ago, hm in earlier))
    most = longest_m(DAY, h)
    assert most is not None
    before = {f.episode for f in flags_on(DAY, h)}
    found = what_if(DAY, h, runs=(PlannedRun(day=DAY, distance_m=most),))
    assert {f.episode for f in found.flags if f.rule == "F01"} <= before
