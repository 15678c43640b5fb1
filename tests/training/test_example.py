from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catfoot.training import flags
from catfoot.training.entries import Person, Run
from catfoot.training.example import NAME, Entry, ten_weeks
from catfoot.training.history import History

from .make import DAY, history


def history_of(entries: tuple[Entry, ...]) -> History:
    return history(*entries[1:], name=NAME)


@settings(max_examples=40)
@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers())
def test_three_flags_hold_on_the_last_day_whatever_it_is(today: date, seed: int) -> None:
    found = flags.flags_on(today, history_of(ten_weeks(today, seed)))
    assert {flag.rule for flag in found} == {"F01", "F03", "F09", "F22"}
    assert {flag.rule for flag in flags.shown(found)} == {"F01", "F03", "F09"}


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers())
def test_everything_is_labelled_demo(today: date, seed: int) -> None:
    assert all(entry.demo for entry in ten_weeks(today, seed))


def test_it_covers_ten_weeks_and_ends_today() -> None:
    days = [e.day for e in ten_weeks(DAY, seed=1) if not isinstance(e, Person)]
    assert max(days) == DAY
    assert DAY - timedelta(69) <= min(days) <= DAY - timedelta(66)


def test_the_same_day_and_seed_give_the_same_weeks() -> None:
    assert ten_weeks(DAY, seed=3) == ten_weeks(DAY, seed=3)
    assert ten_weeks(DAY, seed=3) != ten_weeks(DAY, seed=4)


def test_runs_say_what_a_pod_would() -> None:
    run = next(e for e in ten_weeks(DAY, seed=1) if isinstance(e, Run))
    names = {measure.name for measure in run.summary.measures}
    assert {"cadence", "gct", "speed", "shock", "softness"} <= names
    assert all(m.source and m.n > 0 and m.grade != "X" for m in run.summary.measures)
    cadence = run.summary.measure("cadence")
    assert cadence is not None
    assert cadence.value == pytest.approx(169, abs=6)


def test_most_weeks_raise_nothing() -> None:
    h = history_of(ten_weeks(DAY, seed=1))
    calm = [not flags.flags_on(DAY - timedelta(ago), h) for ago in range(7, 70)]
    assert sum(calm) >= 40
