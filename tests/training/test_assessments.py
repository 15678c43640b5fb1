from datetime import timedelta

import pytest

from catfoot.training import words
from catfoot.training.aims import aims_after, first_aims
from catfoot.training.assessments import (
    BATTERIES,
    TESTS,
    best_clean_hold_s,
    changes,
    due_on,
    fatigued_pairs,
    gains,
    results_of,
    verdict,
)
from catfoot.training.entries import Assessment, Trial

from .make import DAY, assessed, at, history, run


@pytest.mark.row("B22")
def test_the_first_battery_is_due_at_once() -> None:
    due = due_on(DAY, history())
    assert (due.battery, due.due, due.overdue) == ("baseline", True, False)


@pytest.mark.row("B23")
@pytest.mark.parametrize(
    ("ago", "due", "overdue"),
    [(34, False, False), (35, True, False), (41, True, False), (42, True, True)],
)
def test_a_mini_battery_is_due_after_five_weeks_and_overdue_after_six(
    ago: int, due: bool, overdue: bool
) -> None:
    found = due_on(DAY, history(assessed(ago, "baseline", single_leg_hold=20)))
    assert (found.battery, found.due, found.overdue) == ("mini", due, overdue)


@pytest.mark.row("B24")
@pytest.mark.parametrize(
    ("ago", "due", "overdue"), [(90, False, False), (91, True, False), (98, True, True)]
)
def test_a_full_battery_is_due_each_quarter(ago: int, due: bool, overdue: bool) -> None:
    done = [assessed(ago, "baseline", single_leg_hold=20), assessed(20, "mini", single_leg_hold=20)]
    found = due_on(DAY, history(*done))
    if due:
        assert (found.battery, found.due, found.overdue) == ("full", due, overdue)
    else:
        assert found.battery in ("mini", "full")
        assert not found.due


def test_best_and_median_are_kept_for_each_side() -> None:
    values = (18.0, 26.0, 20.0)
    trials = tuple(Trial(test="single_leg_hold", value=v, unit="s", side="left") for v in values)
    (found,) = results_of(Assessment(day=DAY, at=at(0), battery="mini", trials=trials))
    assert (found.best, found.middle, found.n) == (26.0, 20.0, 3)


@pytest.mark.row("B14")
@pytest.mark.parametrize(
    ("test", "before", "after", "expected"),
    [
        ("single_leg_hold", 20, 25, "no change"), ("single_leg_hold", 20, 25.1, "better"),
        ("single_leg_hold", 20, 14.9, "worse"), ("dorsiflexion", 35, 39, "no change"),
        ("dorsiflexion_time", 5, 3, "better"), ("perturbation_settle", 1.0, 1.6, "worse"),
    ],
)  # fmt: skip
def test_less_than_the_detectable_change_is_no_change(
    test: str, before: float, after: float, expected: str
) -> None:
    assert verdict(test, before, after) == expected  # type: ignore[arg-type]


@pytest.mark.row("G04")
def test_only_gains_beyond_the_error_are_gains() -> None:
    small = history(
        assessed(40, "baseline", single_leg_hold=20), assessed(1, "mini", single_leg_hold=24)
    )
    assert gains(small, DAY) == ()
    large = history(
        assessed(40, "baseline", single_leg_hold=20), assessed(1, "mini", single_leg_hold=28)
    )
    assert [(c.side, c.verdict) for c in gains(large, DAY)] == [
        ("left", "better"),
        ("right", "better"),
    ]


def test_before_and_after_compare_what_both_have() -> None:
    before = assessed(40, "baseline", single_leg_hold=20, toe_mobility=4)
    after = assessed(1, "mini", single_leg_hold=30)
    assert {c.test for c in changes(before, after)} == {"single_leg_hold"}


@pytest.mark.row("B15")
def test_days_to_the_aim_count_from_the_first_try() -> None:
    tries = [assessed(a, "single", dorsiflexion=v) for a, v in ((60, 30), (30, 33), (5, 34))]
    aims = first_aims(history(*tries), DAY)
    assert {(a.test, a.side, a.value, a.days) for a in aims} == {
        ("dorsiflexion", "left", 34.0, 55),
        ("dorsiflexion", "right", 34.0, 55),
    }
    assert [a.days for a in first_aims(history(*tries[:2]), DAY)] == [None, None]
    bendy = first_aims(history(assessed(9, "single", dorsiflexion=46)), DAY)
    assert [(a.value, a.days) for a in bendy] == [(45.0, 0), (45.0, 0)]


@pytest.mark.row("B15")
def test_seconds_to_the_angle_are_a_test_of_their_own_and_quicker_is_better() -> None:
    before, after = (assessed(a, "mini", dorsiflexion_time=s) for a, s in ((40, 4.0), (1, 2.5)))
    assert [c.verdict for c in changes(before, after)] == ["better", "better"]


@pytest.mark.row("B25")
@pytest.mark.parametrize(("minutes", "pairs"), [(0, 1), (30, 1), (31, 0)])
def test_a_tired_test_is_paired_with_the_fresh_one_before_it(minutes: int, pairs: int) -> None:
    done = run(0)
    end = done.started_at + timedelta(seconds=done.duration_s, minutes=minutes)
    trials = (Trial(test="single_leg_hold", value=15, unit="s", side="left"),)
    tired = Assessment(day=DAY, at=end, battery="single", state="post_run", trials=trials)
    h = history(done, assessed(7, "mini", single_leg_hold=25), tired)
    assert len(fatigued_pairs(h, DAY)) == pairs


def test_targets_are_five_seconds_a_twentieth_and_a_point_more() -> None:
    done = assessed(0, "mini", single_leg_hold=27, hop_distance=300, toe_mobility=4)
    wanted = {(aim.test, aim.side): aim.value for aim in aims_after(done)}
    assert wanted["single_leg_hold", "left"] == 30
    assert wanted["hop_distance", "left"] == 315
    assert wanted["toe_mobility", "right"] == 5


def test_the_best_clean_hold_is_clean() -> None:
    trials = (
        Trial(test="single_leg_hold", value=40, unit="s", side="left", clean=False),
        Trial(test="single_leg_hold", value=22, unit="s", side="left"),
    )
    h = history(Assessment(day=DAY, at=at(0), battery="single", trials=trials))
    assert best_clean_hold_s(h, DAY) == 22
    assert best_clean_hold_s(history(), DAY) is None


def test_every_battery_holds_tests_that_there_are() -> None:
    assert all(set(tests) <= set(TESTS) for tests in BATTERIES.values())
    assert set(BATTERIES["mini"]) < set(BATTERIES["full"])
    assert not any(words.forbidden_in(test.title) for test in TESTS.values())
