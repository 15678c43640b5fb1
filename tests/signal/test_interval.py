"""The bootstrap: seeded, wide enough for steps that are alike, never of one step alone."""

import numpy as np
import pytest

from catfoot.signal.interval import draws, interval


def test_the_same_seed_gives_the_same_interval() -> None:
    x = np.random.default_rng(1).normal(240, 5, 700)
    assert (draws(x, 5, "gct") == draws(x, 5, "gct")).all()
    assert (draws(x, 5, "gct") != draws(x, 6, "gct")).any()


@pytest.mark.parametrize("block", [1, 40])
def test_the_interval_holds_the_truth_about_19_times_in_20(block: int) -> None:
    rng = np.random.default_rng(2)
    inside = 0
    for k in range(100):
        x = np.repeat(rng.normal(0, 5, 1600 // block), block) + rng.normal(0, 1, 1600)
        low, high = interval(draws(x, k))
        inside += low <= 0 <= high
    assert 85 <= inside <= 100


def test_alike_neighbours_widen_it() -> None:
    rng = np.random.default_rng(3)
    alike = np.repeat(rng.normal(0, 5, 20), 80)
    width = [np.ptp(interval(draws(x, 1))) for x in (rng.permutation(alike), alike)]
    assert width[1] > 3 * width[0]


def test_a_median_drawn_is_one_of_the_values() -> None:
    x = np.array([1.0, 2.0, 4.0])
    assert set(draws(x, 1)) <= set(x)
