"""Hops and drop landings, against known flights."""

import numpy as np
import pytest

from catfoot.signal import synth
from catfoot.signal.hops import HopAnalyser
from catfoot.signal.stream import analyse
from catfoot.signal.synth import Synthetic
from catfoot.signal.tables import Table


def hops(made: Synthetic) -> Table:
    return analyse(HopAnalyser(made.block.rate_hz), [made.block])


@pytest.mark.row("B13")
@pytest.mark.parametrize("height_m", [0.03, 0.08, 0.20])
def test_contact_and_flight_are_right_to_10_ms(height_m: float) -> None:
    made = synth.hopper([height_m] * 20, seed=1)
    rows = hops(made)
    assert len(rows) == len(made.truth)
    inner = slice(0, -1)
    assert np.abs(rows["gct_s"] - made.truth["gct_s"])[inner].max() < 0.010
    # The flight of a row is the one after its contact.
    assert np.abs(rows["flight_s"] - made.truth["flight_s"])[inner].max() < 0.010
    assert rows["height_m"][inner] == pytest.approx(made.truth["height_m"][inner], rel=0.2)


@pytest.mark.row("A18")
@pytest.mark.parametrize("rate_hz", [100.0, 200.0])
def test_hops_are_counted_to_two_per_cent(rate_hz: float) -> None:
    for seed in range(3):
        rng = np.random.default_rng(seed)
        heights = (0.02 + 0.1 * rng.random(60)).tolist()
        sensor = synth.Sensor(rate_hz=rate_hz, noise_g=0.02)
        made = synth.hopper(heights, spread=0.2, sensor=sensor, seed=seed)
        assert len(hops(made)) == pytest.approx(len(made.truth), abs=1)


@pytest.mark.row("B13")
def test_a_foot_that_points_its_toes_in_the_air_still_flies() -> None:
    for flex_deg, height_m in ((10.0, 0.08), (20.0, 0.15)):
        made = synth.hopper([height_m] * 12, flex_deg=flex_deg, sensor=synth.Sensor(), seed=5)
        rows = hops(made)
        assert len(rows) == len(made.truth)
        assert np.abs(rows["flight_s"] - made.truth["flight_s"])[:-1].max() < 0.010


@pytest.mark.row("A05")
@pytest.mark.parametrize("height_m", [0.10, 0.20, 0.30])
def test_all_drop_landings_are_found(height_m: float) -> None:
    made = synth.hopper([height_m] * 6, drop=True, seed=3)
    rows = hops(made)
    assert len(rows) == 6
    assert np.isnan(rows["gct_s"]).all()
    assert rows["height_m"] == pytest.approx(made.truth["height_m"], rel=0.2)
    assert (rows["settle_s"] < 0.3).all()


@pytest.mark.row("A05")
def test_shock_rises_with_height_and_tells_soft_from_stiff() -> None:
    by_height = [
        np.median(hops(synth.hopper([h] * 6, drop=True, seed=4))["shock_mps2"])
        for h in (0.1, 0.2, 0.3)
    ]
    assert by_height == sorted(by_height)
    stiff = hops(synth.hopper([0.2] * 15, drop=True, arrest_s=0.025, seed=5))["shock_mps2"]
    soft = hops(synth.hopper([0.2] * 15, drop=True, arrest_s=0.060, seed=6))["shock_mps2"]
    assert (stiff[:, None] > soft[None]).mean() >= 0.9
