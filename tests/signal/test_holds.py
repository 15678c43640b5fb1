"""Holds: when they begin and end, how many wobbles, whether clean and why not."""

import numpy as np
import pytest

from catfoot.signal import synth
from catfoot.signal.balance import SwayAnalyser
from catfoot.signal.holds import (
    END_UNKNOWN,
    Aim,
    HoldAnalyser,
    stability,
    steadiness,
)
from catfoot.signal.quality import Reason
from catfoot.signal.steps import Mount
from catfoot.signal.stream import analyse
from catfoot.signal.synth import Synthetic
from catfoot.signal.tables import Side, Table


def held(made: Synthetic, side: Side = "left", aim: Aim | None = None) -> Table:
    return analyse(HoldAnalyser(Mount(side, "lace"), made.block.rate_hz, aim), [made.block])


@pytest.mark.row("B07")
@pytest.mark.parametrize("seed", range(5))
def test_losing_balance_ends_the_hold_within_300_ms(seed: int) -> None:
    made = synth.balancer(25.0, sway_deg=0.6, falls_at_s=15.0, seed=seed)
    analyser = HoldAnalyser(Mount("left"), 200.0)
    analyser.update(made.block[: round(15.0 * 200)])
    assert not analyser.stopped
    rows = analyser.update(made.block[round(15.0 * 200) : round(15.3 * 200)])
    assert len(rows) == 1
    assert rows["start_ns"][0] / 1e9 == pytest.approx(0.0, abs=0.3)
    assert rows["stop_ns"][0] / 1e9 == pytest.approx(15.0, abs=0.3)


def test_clean_holds_are_not_stopped() -> None:
    for seed in range(10):
        rows = held(synth.balancer(25.0, sway_deg=0.8, seed=seed))
        assert len(rows) == 1
        assert rows["end"][0] == END_UNKNOWN
        assert rows["clean"][0] == 1


@pytest.mark.row("B03")
def test_a_hold_that_is_not_clean_says_why() -> None:
    short = held(synth.balancer(15.0, sway_deg=0.4, seed=1), "unknown")
    assert short["reason"][0] == Reason.SHORT | Reason.SIDE
    assert short["clean"][0] == 0
    shaky = held(synth.balancer(30.0, sway_deg=0.3, wobbles=14, seed=1))
    assert shaky["reason"][0] == Reason.WOBBLES


@pytest.mark.row("B04")
@pytest.mark.parametrize("seed", range(5))
def test_medial_and_lateral_wobbles_are_counted(seed: int) -> None:
    made = synth.balancer(34.0, side="left", sway_deg=0.4, wobbles=9, seed=seed)
    rows = held(made, aim=Aim(seconds=20, wobbles_in_10_s=10))
    # Left edge up is the medial side of a left foot that rolls inwards.
    assert abs(int(rows["wobbles_medial"][0]) - int((made.ways > 0).sum())) <= 1
    assert abs(int(rows["wobbles_lateral"][0]) - int((made.ways < 0).sum())) <= 1


@pytest.mark.row("B06")
def test_stability_is_50_at_the_usual_and_falls_with_sway() -> None:
    def median(sway_deg: float) -> float:
        made = synth.balancer(30.0, sway_deg=sway_deg, seed=3)
        rows = analyse(SwayAnalyser(Mount("left"), 200.0), [made.block])
        return float(np.median(stability(rows[60:], usual)))

    calm = synth.balancer(30.0, sway_deg=0.6, seed=3)
    usual = steadiness(analyse(SwayAnalyser(Mount("left"), 200.0), [calm.block])[60:])
    scores = [median(s) for s in (0.3, 0.6, 1.2)]
    assert scores[1] == pytest.approx(50, abs=8)
    assert scores[0] > scores[1] > scores[2]
