"""Stride length made true by known distances."""

import numpy as np
import pytest

from catfoot.signal.calibration import calibration_by, calibration_of
from catfoot.signal.summary import Summary
from catfoot.signal.synth import Gait

from .making import stepped, summed, value


@pytest.mark.row("A03")
def test_a_known_distance_makes_a_pod_true_that_reads_short() -> None:
    rng = np.random.default_rng(1)
    true = rng.uniform(3000, 12_000, 8)
    pairs = [(0.97 * x, x + rng.normal(0, 15)) for x in true]
    found = calibration_of(pairs, "a watch")
    assert found is not None
    assert found.factor == pytest.approx(1 / 0.97, rel=0.005)
    run = Summary(distance_m=0.97 * 10_000)
    assert found.applied(run).distance_m == pytest.approx(10_000, rel=0.015)


@pytest.mark.row("A03")
def test_length_and_speed_of_synthetic_running_are_true_without_it() -> None:
    rows, _, _ = stepped(((Gait(), 60.0),))
    lengths = rows["stride_m"][~np.isnan(rows["stride_m"])]
    true = 3.0 * rows["stride_s"][~np.isnan(rows["stride_m"])]
    assert np.abs(lengths / true - 1).max() < 0.02
    assert value(summed((Gait(), 60.0)), "speed") == pytest.approx(3.0, rel=0.01)


def test_what_was_made_true_says_so() -> None:
    found = calibration_of([(990.0, 1000.0)], "a track")
    assert found is not None
    speed = found.applied(summed((Gait(), 60.0))).measure("speed")
    assert speed is not None
    assert speed.value is not None
    assert speed.value == pytest.approx(3.0 * 1000 / 990, rel=0.01)
    assert "made true by a track: x1.010 from 1 run in this shoe" in speed.reasons
    assert speed.low is not None
    assert speed.high is not None
    assert speed.low <= speed.value <= speed.high


def test_one_known_distance_says_what_its_own_run_was() -> None:
    found = calibration_by(980.0, 1000.0, "a treadmill")
    assert found is not None
    assert found.factor == pytest.approx(1000 / 980)
    assert found.n == 1
    assert calibration_by(490.0, 1000.0, "a track") is None
    assert calibration_by(0.0, 1000.0, "a track") is None


def test_few_short_or_impossible_distances_say_nothing() -> None:
    assert calibration_of([(990.0, 1000.0)] * 2, "a watch") is None
    assert calibration_of([(490.0, 500.0)] * 9, "a watch") is None
    assert calibration_of([(5000.0, 10_000.0)] * 9, "a watch") is None
    assert calibration_of([], "a treadmill") is None
