"""The quiet-landing drill: every landing found and scored by how it was stopped."""

import numpy as np
import pytest

from catfoot.signal import synth
from catfoot.signal.drops import (
    LandingUsual,
    falls_mps,
    quiet_set,
    too_hard_to_score,
    usual_landing,
)
from catfoot.signal.hops import HopAnalyser
from catfoot.signal.stream import analyse
from catfoot.signal.synth import Sensor, Synthetic
from catfoot.signal.tables import FloatArray, Table


def landings(made: Synthetic) -> Table:
    return analyse(HopAnalyser(made.block.rate_hz), [made.block])


def usual_at(sensor: Sensor) -> LandingUsual:
    made = synth.hopper([0.2] * 8, drop=True, arrest_s=0.035, spread=0.1, sensor=sensor, seed=3)
    found = usual_landing(landings(made))
    assert found is not None
    return found


@pytest.mark.row("A05")
@pytest.mark.parametrize("shape", ["half-sine", "early", "late", "double"])
def test_every_drop_of_10_to_30_cm_is_found_and_intensity_rises_with_height(shape: str) -> None:
    for seed, rate_hz in enumerate((100.0, 200.0, 400.0)):
        made = synth.hopper([0.1, 0.2, 0.3] * 3, drop=True, shape=shape, spread=0.05,
                            flex_deg=5.0, sensor=Sensor(rate_hz=rate_hz), seed=seed)  # fmt: skip
        rows = landings(made)
        assert len(rows) == len(made.truth)
        assert np.abs(rows["ic_ns"] - made.truth["ic_ns"]).max() < 10e6
        assert np.abs(rows["flight_s"] - made.truth["flight_s"]).max() < 0.010
        shock = rows["shock_mps2"].reshape(-1, 3)
        assert (np.diff(np.median(shock, axis=0)) > 0).all()


@pytest.mark.row("A05")
@pytest.mark.parametrize("rate_hz", [100.0, 200.0])
def test_the_score_tells_soft_from_stiff_at_any_height(rate_hz: float) -> None:
    sensor = Sensor(rate_hz=rate_hz, acc_range_g=32.0)
    usual = usual_at(sensor)

    def scores(arrest_s: float, seed: int) -> FloatArray:
        made = synth.hopper([0.1, 0.2, 0.3] * 4, drop=True, arrest_s=arrest_s, spread=0.15,
                            sensor=sensor, seed=seed)  # fmt: skip
        return quiet_set(landings(made), usual).scores

    stiff, soft = scores(0.025, 5), scores(0.055, 6)
    assert (soft[:, None] > stiff[None]).mean() >= 0.9


@pytest.mark.row("A05")
def test_the_same_landing_scores_the_same_from_any_height() -> None:
    usual = usual_at(Sensor())
    medians = [
        quiet_set(landings(synth.hopper([h] * 6, drop=True, arrest_s=0.035, seed=8)), usual).median
        for h in (0.1, 0.2, 0.3)
    ]
    assert max(medians) - min(medians) <= 8
    assert medians == pytest.approx([50] * 3, abs=8)


@pytest.mark.row("A05")
def test_a_set_has_its_best_its_middle_and_how_many_met_the_band() -> None:
    made = synth.hopper([0.2] * 6, drop=True, arrest_s=0.05, spread=0.2, seed=9)
    found = quiet_set(landings(made), usual_at(Sensor()), band=(60.0, 90.0))
    assert found.n == 6
    assert found.best == found.scores.max() > found.median == np.median(found.scores)
    assert found.in_band == ((found.scores >= 60) & (found.scores <= 90)).sum()


def test_too_few_landings_make_no_usual_and_too_many_clipped_ones_no_score() -> None:
    few = landings(synth.hopper([0.2] * 3, drop=True, seed=10))
    assert usual_landing(few) is None
    assert np.isnan(quiet_set(few, None).scores).all()
    clipped = landings(synth.hopper([0.3] * 5, drop=True, sensor=Sensor(acc_range_g=4.0), seed=10))
    assert too_hard_to_score(clipped)
    assert not too_hard_to_score(few)


def test_hops_are_met_with_the_speed_of_the_flight_before_them() -> None:
    made = synth.hopper([0.05, 0.08, 0.05, 0.08, 0.05, 0.08], seed=11)
    falls = falls_mps(landings(made))
    assert np.isnan(falls[0])
    true = 9.80665 * np.sqrt(8 * np.array([0.08, 0.05, 0.08, 0.05, 0.08]) / 9.80665) / 2
    assert falls[1:] == pytest.approx(true, rel=0.05)


def test_arrest_is_longer_where_the_stop_is() -> None:
    times = [
        np.median(landings(synth.hopper([0.2] * 4, drop=True, arrest_s=a, shape="half-sine",
                                        sensor=Sensor(rate_hz=400.0), seed=12))["arrest_s"])
        for a in (0.03, 0.05, 0.08)
    ]  # fmt: skip
    assert times == sorted(times)
    # Between a tenth and nine tenths of the speed a half-sine takes 0.59 of its length.
    assert times[1] == pytest.approx(0.59 * 0.05, abs=0.006)
