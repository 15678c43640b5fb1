"""A runner's usual: rolling or a frozen start, of one version, never mixed."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from catfoot.signal.summary import Measure, Summary
from catfoot.signal.usual import start_of, usual_of
from catfoot.training.plain import as_json, from_json

DAY = date(2026, 3, 2)


def run(shock_g: float = 2.0, speed_mps: float = 3.0, *, version: int = 2, s: float = 1800.0,
        gct_ms: float = 240.0) -> Summary:  # fmt: skip
    values = {"shock": shock_g, "gct": gct_ms, "speed": speed_mps}
    return Summary(
        version=version,
        duration_s=s,
        measures=tuple(
            Measure(name=k, key=k, value=v, grade="B", n=800) for k, v in values.items()
        ),
    )


def days(runs: list[Summary]) -> list[tuple[date, Summary]]:
    return [(DAY + timedelta(2 * i), one) for i, one in enumerate(runs)]


def test_runs_of_an_older_version_make_no_usual() -> None:
    assert usual_of("gct", [run(version=1)] * 6 + [run()] * 5) is None
    made = usual_of("gct", [run(version=1, gct_ms=300)] * 6 + [run()] * 6)
    assert made is not None
    assert (made.version, made.runs) == (2, 6)
    assert np.exp(made.ln_value) == pytest.approx(240)


def test_a_usual_is_kept_with_the_run_and_comes_back() -> None:
    made = usual_of("shock", [run(speed_mps=v) for v in (2.7, 2.8, 2.9, 3.0, 3.1, 3.2)], "pod")
    assert made is not None
    summary = Summary(usuals=(made,))
    assert from_json(Summary, as_json(summary)) == summary
    assert summary.usual("shock") == made
    assert summary.usual("gct") is None


def test_the_start_is_the_first_six_runs_whatever_comes_later() -> None:
    first = [run(2.0)] * 6
    made = start_of("shock", days(first + [run(4.0)] * 20))
    assert made == start_of("shock", days(first))
    assert made is not None
    assert made.view == "start"
    assert np.exp(made.ln_value) == pytest.approx(2.0)


def test_the_start_can_be_a_chosen_day() -> None:
    runs = days([run(2.0)] * 6 + [run(4.0)] * 6)
    made = start_of("shock", runs, since=runs[6][0])
    assert made is not None
    assert np.exp(made.ln_value) == pytest.approx(4.0)
    assert start_of("shock", runs, since=runs[7][0]) is None


def test_short_runs_and_runs_without_the_measure_are_not_the_start() -> None:
    dull = replace(run(), measures=())
    assert start_of("shock", days([run(s=600.0)] * 9 + [dull] * 9 + [run()] * 5)) is None


def test_the_two_views_are_told_apart() -> None:
    runs = [run()] * 6
    rolling, start = usual_of("shock", runs), start_of("shock", days(runs))
    assert rolling is not None
    assert start is not None
    assert rolling != start
    assert replace(start, view="rolling") == rolling


def test_contact_time_at_the_usual_speed() -> None:
    made = usual_of("gct", [run(speed_mps=v) for v in (2.9, 3.0, 3.1, 2.9, 3.0, 3.1)])
    assert made is not None
    faster = made.at_usual_speed(220.0, 3.5)
    assert 225 < faster < 245
    assert made.at_usual_speed(220.0, 3.0) == pytest.approx(220.0)
