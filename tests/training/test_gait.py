from dataclasses import replace
from typing import Any

import pytest

from catfoot.signal.summary import Measure
from catfoot.training.entries import Run

from .make import measured, of_version, outcome, run, severity


def having(ago: int, **values: float) -> Run:
    """A run with these measures beside its contact time."""
    one = measured(ago, 250.0)
    source = one.summary.measures[0].source
    more = tuple(
        Measure(name=name, key=name, value=value, grade="B", n=900, source=source)
        for name, value in values.items()
    )
    kept = tuple(m for m in one.summary.measures if m.name not in values)
    return replace(one, summary=replace(one.summary, measures=(*kept, *more)))


def long_runs(n: int, *fades: float) -> list[Any]:
    return [having(60 - 6 * i, gct_fade=fades[i % len(fades)]) for i in range(n)]


@pytest.mark.parametrize(
    ("fade", "expected"), [(2, "quiet"), (3.9, "quiet"), (4, "notice"), (9, "notice")]
)
def test_fading_more_than_ever_in_a_long_run_is_said(fade: float, expected: str) -> None:
    assert severity("F12", *long_runs(10, 1.0, 1.5, 2.0), having(0, gct_fade=fade)) == expected


def test_fading_that_is_usual_for_somebody_is_not() -> None:
    assert severity("F12", *long_runs(10, 5.0, 6.0, 7.0), having(0, gct_fade=6.5)) == "quiet"
    assert severity("F12", *long_runs(9, 1.0), having(0, gct_fade=9.0)) == "unknown"
    short = replace(having(0, gct_fade=9.0), duration_s=1800.0)
    assert severity("F12", *long_runs(11, 1.0), short) == "quiet"


def test_fades_and_sides_of_another_version_are_no_usual() -> None:
    for rule, runs, newest in (
        ("F12", long_runs(12, 1.0, 1.5, 2.0), [having(0, gct_fade=9.0)]),
        ("F14", sides(), [having(2 - i, gct_balance=51.5) for i in range(3)]),
    ):
        assert severity(rule, *runs, *newest) == "notice"
        old = [of_version(one, 1) for one in runs]
        now = [of_version(one, 2) for one in newest]
        assert severity(rule, *old, *now) == "unknown"
        assert "Not enough data" in outcome(rule, *old, *now).why


def sides(*left_pct: float) -> list[Any]:
    return [
        *(having(40 - 2 * i, gct_balance=50.2 + 0.1 * (i % 3)) for i in range(12)),
        *(having(len(left_pct) - 1 - i, gct_balance=pct) for i, pct in enumerate(left_pct)),
    ]


@pytest.mark.parametrize(
    ("left_pct", "expected"),
    [
        ((50.3, 50.3, 50.3), "quiet"), ((51.5, 51.5, 51.5), "notice"),
        ((51.5, 50.3, 51.5), "notice"), ((50.3, 50.3, 51.5), "quiet"), ((49.0, 49.0, 49.0), "notice"),
        ((51.5, 50.3, 49.0), "quiet"), ((50.9, 50.9, 50.9), "quiet"),
    ],
)  # fmt: skip
@pytest.mark.row("A15")
def test_only_a_change_of_sides_in_two_of_three_runs_is_said(
    left_pct: tuple[float, ...], expected: str
) -> None:
    assert severity("F14", *sides(*left_pct)) == expected


def test_a_steady_difference_between_feet_is_nobodys_business() -> None:
    steady = [having(40 - 2 * i, gct_balance=54.0) for i in range(15)]
    assert severity("F14", *steady) == "quiet"
    found = outcome("F14", *sides(51.5, 51.5, 51.5)).flag
    assert found is not None
    assert "no bad sign by itself" in found.coach
    assert "longer on the left foot" in found.runner


def test_one_pod_says_nothing_about_sides() -> None:
    assert severity("F14", *(measured(i, 250.0) for i in range(20))) == "unknown"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"coverage": 79.0}, "info"), ({"coverage": 80.0}, "quiet"), ({"clipped": 31.0}, "info"),
        ({"clipped": 30.0}, "quiet"), ({}, "quiet"),
    ],
)  # fmt: skip
def test_numbers_that_rest_on_little_are_said(values: dict[str, float], expected: str) -> None:
    assert severity("F24", having(0, **values)) == expected


def test_only_a_recording_can_be_doubted() -> None:
    assert severity("F24", run(0)) == "unknown"
    assert severity("F24", having(3, coverage=10.0)) == "unknown"


def test_a_doubtful_run_is_left_out_of_fades_and_sides() -> None:
    doubtful = having(0, gct_fade=9.0, gct_balance=60.0, coverage=50.0)
    assert severity("F12", *long_runs(11, 1.0), doubtful) == "quiet"
    assert severity(
        "F14", *(having(36 - 2 * i, gct_balance=50.0) for i in range(14)), doubtful
    ) == ("quiet")
