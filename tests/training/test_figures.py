from datetime import timedelta
from typing import Any

import pytest

from catfoot.training.entries import AfterRun, Pain, Programme, Slot
from catfoot.training.figures import figures_on, weeks_kept

from .make import DAY, assessed, at, history, morning, run, session, sets


def after(ago: int, **said: Any) -> AfterRun:
    return AfterRun(day=DAY - timedelta(ago), at=at(ago, hour=12), started_at=at(ago), **said)


@pytest.mark.row("D10")
def test_pain_free_distance_counts_runs_that_were_said_to_be_free() -> None:
    found = figures_on(
        DAY,
        history(
            run(1, 10.0), after(1, pain=2), run(3, 15.0), after(3, pain=3), run(5, 8.0),
            run(40, 20.0), after(40, pain=0), run(7, 5.0), after(7, pain=0),
        ),
    )  # fmt: skip
    assert found.longest_free_m == 20_000
    assert found.longest_free_miles == pytest.approx(12.427, abs=0.001)
    assert found.free_28_days_m == 15_000
    assert (found.runs, found.asked) == (4, 3)


def test_a_site_that_hurt_counts_and_a_morning_after_does_too() -> None:
    hurt = after(1, pains=(Pain(site="arch", score=4.0),))
    assert figures_on(DAY, history(run(1, 10.0), hurt)).longest_free_m is None
    assert figures_on(DAY, history(run(1, 10.0), morning(0, pain=0))).longest_free_m == 10_000
    assert figures_on(DAY, history(run(1, 10.0), morning(0, pain=5))).longest_free_m is None


def test_nothing_asked_is_nothing_known() -> None:
    found = figures_on(DAY, history(run(1, 10.0)))
    assert (found.longest_free_m, found.longest_free_miles, found.best_clean_hold_s) == (None,) * 3
    assert found.recovered_h is None


@pytest.mark.row("D06")
def test_time_under_load_holds_and_recovery_are_of_four_weeks() -> None:
    done = session(3, sets=sets("arch_squeeze", 4, hold_s=15))
    hours = [morning(i, recovered_h=h) for i, h in enumerate((12, 20, 30))]
    found = figures_on(DAY, history(done, assessed(9, "mini", single_leg_hold=27), *hours))
    assert found.under_load_28_days_s == 60
    assert found.best_clean_hold_s == 27
    assert found.recovered_h == 20


@pytest.mark.row("G04")
def test_weeks_kept_count_planned_sessions_and_never_punish_rest() -> None:
    programme = Programme(
        day=DAY - timedelta(60), slots=(Slot(weekday=DAY.weekday(), kind="strength"),)
    )
    done = [session(7 * i) for i in range(3)]
    assert weeks_kept(DAY, history(programme, *done)) == 3
    assert weeks_kept(DAY, history(programme, *done[1:])) == 0
    assert weeks_kept(DAY, history(*done)) == 0
