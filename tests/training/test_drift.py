from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catfoot.training import comparison, drift, flags
from catfoot.training.history import History
from catfoot.training.thresholds import DEFAULT
from catfoot.training.verdict import Outcome, gravity

from .make import DAY, history, measured, of_version, run, sore

#: Small differences between ten runs nobody would call a change.
WOBBLE = (0.4, -0.6, 0.1, 0.9, -0.3, -0.8, 0.5, 0.2, -0.1, 0.6, -0.4, 0.7)


def usual(n: int = 10, gct_ms: float = 250.0, first: int = 30, **more: Any) -> list[Any]:
    """``n`` comparable runs, a day apart, oldest first."""
    return [measured(first - i, gct_ms * (1 + WOBBLE[i % 12] / 100), **more) for i in range(n)]


def f09(h: History, ago: int = 0) -> Outcome:
    return next(o for o in flags.outcomes_on(DAY - timedelta(ago), h) if o.rule == "F09")


@pytest.mark.parametrize(
    ("newest", "state"),
    [
        ((0, 0, 0), "quiet"),
        ((5, 0, 0), "quiet"),
        ((0, 0, 9), "quiet"),
        ((5, 5, 0), "flag"),
        ((5, 0, 5), "flag"),
        ((0, 5, 5), "flag"),
        ((5, 5, 5), "flag"),
        ((2.8, 2.8, 2.8), "quiet"),
        ((-5, -5, -5), "quiet"),
    ],
)
def test_two_of_three_runs_must_stand_out(newest: tuple[float, ...], state: str) -> None:
    runs = [measured(3 - i, 250 * (1 + pct / 100)) for i, pct in enumerate(newest)]
    outcome = f09(history(*usual(), *runs))
    assert outcome.state == state
    if outcome.flag:
        assert outcome.flag.severity == "notice"


@pytest.mark.parametrize(("n", "state"), [(9, "unknown"), (10, "flag"), (12, "flag")])
def test_ten_comparable_runs_are_needed_before_the_last_three(n: int, state: str) -> None:
    outcome = f09(history(*usual(n), *(measured(ago, 265.0) for ago in (3, 2, 1))))
    assert outcome.state == state
    if state == "unknown":
        assert "needs 13 comparable runs" in outcome.why
        assert "there are 12" in outcome.why


@pytest.mark.parametrize(
    "change",
    [{"source": "watch"}, {"shoe": "other"}, {"grade": "X"}, {"coverage_pct": 79.0},
     {"duration_s": 599.0}],
    ids=str,
)  # fmt: skip
def test_what_is_not_comparable_or_doubtful_is_left_out(change: dict[str, Any]) -> None:
    tired = [measured(3, 265.0), measured(2, 265.0, **change), measured(1, 265.0)]
    assert f09(history(*usual(11), *tired)).state in ("flag", "unknown")
    doubtful = [measured(ago, 265.0, **change) for ago in (3, 2, 1)]
    assert f09(history(*usual(), *doubtful)).state != "flag"


def test_another_device_starts_a_new_usual() -> None:
    old = usual(30, first=60)
    assert f09(history(*old, measured(1, 265.0, source="pod, 400 Hz"))).state == "unknown"


@pytest.mark.parametrize(("again", "state"), [(0, "unknown"), (9, "unknown"), (10, "flag")])
def test_runs_of_another_version_are_no_usual_until_ten_are_measured_again(
    again: int, state: str
) -> None:
    old = [of_version(one, 1) for one in usual(12 - again, first=30)]
    new = [of_version(one, 2) for one in usual(again, first=18)]
    newest = [of_version(measured(ago, 265.0), 2) for ago in (3, 2, 1)]
    outcome = f09(history(*old, *new, *newest))
    assert outcome.state == state
    if state == "unknown":
        assert outcome.why.startswith("Not enough data: ")
        assert f"there are {again + 3}." in outcome.why


def test_slower_running_is_not_drift() -> None:
    slow = [measured(ago, 250.0 * (2.45 / 2.8) ** -0.6, speed_mps=2.45) for ago in (3, 2, 1)]
    assert (slow[0].summary.measures[0].value or 0) > 265
    assert f09(history(*usual(), *slow)).state == "quiet"


def test_a_speed_far_from_the_usual_is_not_judged() -> None:
    walk = [measured(ago, 400.0, speed_mps=1.5) for ago in (3, 2, 1)]
    assert f09(history(*usual(), *walk)).state == "quiet"


def test_the_own_slope_is_learnt_from_runs_at_many_speeds() -> None:
    speeds = [2.2 + 0.08 * i for i in range(20)]
    runs = [measured(40 - i, 250 * (v / 2.8) ** -0.9, v) for i, v in enumerate(speeds)]
    watched = drift.watched("F09", DEFAULT)
    points = comparison.points_of(watched, DAY, history(*runs), DEFAULT)
    found = comparison.usual_of(watched, points, DEFAULT)
    assert found is not None
    # Exactly -0.9 in, held a little towards -0.6.
    assert found.slope == pytest.approx(-0.9, abs=0.05)


def test_a_slow_worsening_is_not_absorbed_by_the_last_three_runs() -> None:
    flag = f09(history(*usual(), *(measured(ago, 262.0) for ago in (3, 2, 1)))).flag
    assert flag is not None
    assert flag.because[1].n == 3


def test_the_flag_says_what_it_compared() -> None:
    flag = f09(history(*usual(), measured(3, 250.0), measured(2, 265.0), measured(1, 265.0))).flag
    assert flag is not None
    newest, change, out = flag.because
    assert (newest.number, newest.unit) == (265.0, "ms")
    assert newest.usual == pytest.approx(250, abs=2)
    assert (change.unit, change.n) == ("%", 2)
    assert change.number == pytest.approx(6, abs=0.7)
    assert (out.number, out.unit, out.n) == (2, "runs", 10)
    assert "in 2 of the last 3 comparable runs" in flag.runner
    assert flag.runner.startswith("Your feet have stayed on the ground longer than usual")
    assert "Drift alone says little" in flag.coach


def test_an_episode_begins_with_the_run_that_made_it_two() -> None:
    h = history(*usual(11), measured(8, 265.0), measured(6, 265.0), measured(3, 265.0))
    flag = f09(h).flag
    assert flag is not None
    assert flag.first_day == DAY - timedelta(6)


@pytest.mark.parametrize(("ago", "state"), [(13, "flag"), (14, "unknown")])
def test_drift_is_not_shown_a_fortnight_after_the_last_run(ago: int, state: str) -> None:
    h = history(*usual(first=50), *(measured(ago + i, 265.0) for i in range(3)))
    assert f09(h).state == state


def test_runs_without_contact_time_are_not_all_is_well() -> None:
    assert f09(history(*(run(ago) for ago in range(20)))).state == "unknown"


@given(st.lists(st.floats(200, 350), min_size=2, max_size=4), st.floats(230, 290))
def test_staying_longer_on_the_ground_never_lowers_the_flag(
    today: list[float], before: float
) -> None:
    fixed = [*usual(), measured(3, before), measured(2, before)]
    found = [f09(history(*fixed, measured(0, gct_ms))).flag for gct_ms in sorted(today)]
    graves = [-1 if flag is None else gravity(flag.severity) for flag in found]
    assert all(a <= b for a, b in pairwise(graves))


@given(st.integers(0, 60), st.floats(0, 10))
def test_a_check_in_changes_nothing(ago: int, score: float) -> None:
    runs = [*usual(), *(measured(day, 265.0) for day in (3, 2, 1))]
    assert f09(history(*runs)) == f09(history(*runs, sore(ago, score)))
