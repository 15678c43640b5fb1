"""What a runner waits for after a run, and a coach before a session: flags, next, what-if."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from catfoot.training.entries import PlannedRun
from catfoot.training.flags import flags_on
from catfoot.training.history import History
from catfoot.training.programme import next_session
from catfoot.training.whatif import what_if

from ..training import alarms


@pytest.fixture(scope="module")
def months() -> History:
    """120 days, six runs a week in two shoes, mornings and foot sessions."""
    dice = Random(1)
    runs = alarms.year_of(alarms.Runner(weekdays=(0, 1, 2, 4, 5, 6), shoes=2), dice, days=120)
    return alarms.everything(runs, dice)


def test_flags_and_next_session_of_one_athlete_cold(benchmark: Any, months: History) -> None:
    day = months.runs[-1].day

    def ask() -> Any:
        history = replace(months)  # forgets what was worked out before
        return next_session(day, history, flags_on(day, history))

    assert benchmark(ask).exercises


def test_what_if_of_one_athlete_cold(benchmark: Any, months: History) -> None:
    day = months.runs[-1].day
    far = (PlannedRun(day=day, distance_m=30_000),)
    found = benchmark(lambda: what_if(day, replace(months), runs=far))
    assert "F01" in {flag.rule for flag in found.new}


def test_flags_of_a_team_of_200_cold(benchmark: Any, months: History) -> None:
    day = months.runs[-1].day

    def ask() -> int:
        return sum(len(flags_on(day, replace(months, athlete=str(i)))) for i in range(200))

    benchmark.pedantic(ask, rounds=1)
