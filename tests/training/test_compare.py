from dataclasses import replace
from random import Random
from typing import Any

import pytest

from catfoot.training import words
from catfoot.training.changes import effects_on
from catfoot.training.compare import (
    before_and_after,
    between_shoes,
    between_surfaces,
    compare_runs,
)
from catfoot.training.thresholds import DEFAULT

from .make import DAY, history, measured, session


def runs(
    n: int, gct_ms: float, first: int, seed: int, speed: float = 2.8, **more: Any
) -> list[Any]:
    dice = Random(seed)
    out = []
    for i in range(n):
        v = speed * dice.uniform(0.95, 1.05)
        out.append(
            measured(first - i, gct_ms * (v / 2.8) ** -0.6 * (1 + dice.gauss(0, 0.01)), v, **more)
        )
    return out


def test_a_real_change_is_called_changed_with_its_interval() -> None:
    found = compare_runs("gct", runs(12, 250, 60, 1), runs(12, 235, 30, 2), DEFAULT)
    assert found.verdict == "changed"
    low, change, high = found.low or 0.0, found.change or 0.0, found.high or 0.0
    assert change == pytest.approx(-0.06, abs=0.015)
    assert low < change < high < 0


def test_no_change_is_called_no_change_and_few_runs_cannot_tell() -> None:
    assert (
        compare_runs("gct", runs(20, 250, 60, 1), runs(20, 251, 30, 2), DEFAULT).verdict
        == "no change"
    )
    few = compare_runs("gct", runs(5, 250, 60, 1), runs(12, 200, 30, 2), DEFAULT)
    assert (few.verdict, few.change) == ("cannot tell", None)


def test_running_faster_is_no_change_of_contact_time() -> None:
    found = compare_runs(
        "gct", runs(20, 250, 60, 1, speed=2.7), runs(20, 250, 30, 2, speed=3.0), DEFAULT
    )
    assert found.verdict == "no change"


def test_other_devices_and_speeds_apart_are_not_compared() -> None:
    other = runs(20, 240, 30, 2, source="watch")
    assert compare_runs("gct", runs(20, 250, 60, 1), other, DEFAULT).n_after == 0
    fast = runs(20, 250, 30, 2, speed=4.5)
    assert compare_runs("gct", runs(20, 250, 60, 1), fast, DEFAULT).verdict == "cannot tell"


def test_by_default_foot_work_of_eight_weeks_parts_before_from_after() -> None:
    before, after = runs(10, 250, 120, 1), runs(10, 235, 12, 2)
    work = [session(100 - 5 * i) for i in range(20)]
    found = before_and_after("gct", DAY, history(*before, *after, *work))
    assert (found.verdict, found.n_before, found.n_after) == ("changed", 10, 10)
    assert before_and_after("gct", DAY, history(*before)).verdict == "cannot tell"


def test_it_calls_no_change_changed_in_one_of_twenty_at_most() -> None:
    wrong = 0
    for seed in range(200):
        found = compare_runs(
            "gct", runs(12, 250, 60, seed), runs(12, 250, 30, 1000 + seed), DEFAULT
        )
        wrong += found.verdict == "changed"
    assert wrong <= 10


def test_shoes_and_surfaces_are_compared_at_the_same_speed() -> None:
    light = runs(12, 240, 60, 1, shoe="light", surface="road")
    heavy = runs(12, 255, 30, 2, shoe="heavy", surface="trail", speed=2.9)
    h = history(*light, *heavy)
    found = between_shoes("gct", DAY, h, "light", "heavy")
    assert (found.verdict, found.n_before, found.n_after) == ("changed", 12, 12)
    assert between_surfaces("gct", DAY, h, "road", "trail").change == found.change
    assert between_shoes("gct", DAY, h, "light", "lost").verdict == "cannot tell"


def test_it_says_the_difference_its_interval_and_what_runs_could_show_and_no_cause() -> None:
    found = compare_runs("gct", runs(12, 250, 60, 1), runs(12, 235, 30, 2), DEFAULT)
    assert found.mdc is not None
    assert found.high is not None
    assert found.low is not None
    assert found.mdc == pytest.approx((found.high - found.low) / 2)
    assert found.text.startswith("Contact time: changed, -6.")
    assert "95 % interval -" in found.text
    assert "12 runs against 12" in found.text
    few = compare_runs("softness", (), (), DEFAULT)
    assert few.text == (
        "Softness: cannot tell; 6 comparable runs on each side are needed; there are 0 and 0."
    )
    causes = ("because", "due to", "thanks to", "caused", "led to", "improved", "result of")
    for one in (found, few):
        assert not any(word in one.text.lower() for word in causes)
        assert words.forbidden_in(one.text) == ()


def test_what_a_server_set_decides_what_is_worth_a_word_and_which_runs_count() -> None:
    before, after = runs(12, 250, 60, 1), runs(12, 235, 30, 2)
    assert compare_runs("gct", before, after, DEFAULT).verdict == "changed"
    coarse = replace(DEFAULT, drift_gct_frac=0.10)
    found = compare_runs("gct", before, after, coarse)
    assert (found.verdict, found.least) == ("no change", 0.10)
    assert found.text.endswith("10 % is worth a word.")
    long_only = replace(DEFAULT, drift_shortest_s=1e6)
    assert compare_runs("gct", before, after, long_only).n_after == 0


def test_every_way_to_compare_uses_the_thresholds_of_the_history() -> None:
    before, after = runs(12, 250, 60, 1, shoe="a"), runs(12, 235, 30, 2, shoe="b")
    work = [session(100 - 5 * i) for i in range(20)]
    told = replace(
        history(*before, *after, *work), thresholds=replace(DEFAULT, drift_gct_frac=0.10)
    )
    assert between_shoes("gct", DAY, told, "a", "b").verdict == "no change"
    assert before_and_after("gct", DAY, told).least == 0.10
    assert effects_on(DAY, told)["gct"].least == 0.10
