"""Holds: when they begin and end, how many wobbles, whether clean and why not."""

from dataclasses import replace

import numpy as np
import pytest

from catfoot.signal import synth, synthstands
from catfoot.signal.balance import SwayAnalyser
from catfoot.signal.holds import (
    END_BY_HAND,
    END_JOLTED,
    END_TILTED,
    END_TOUCHED,
    END_UNKNOWN,
    START,
    Aim,
    HoldAnalyser,
    stability,
    steadiness,
)
from catfoot.signal.lifts import LiftAnalyser
from catfoot.signal.quality import Reason
from catfoot.signal.steps import Mount
from catfoot.signal.stream import analyse
from catfoot.signal.synth import Sensor, Synthetic
from catfoot.signal.synthstands import Loss
from catfoot.signal.tables import GRADE_B, GRADE_C, GRADE_X, Side, Table


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
    shaky = synth.balancer(30.0, sway_deg=0.3, wobbles=14, seed=1)
    assert held(shaky)["reason"][0] == Reason.WOBBLES
    # Which way a foot wobbles needs its side, whether it wobbles does not.
    blind = held(shaky, "unknown")
    assert blind["reason"][0] == Reason.WOBBLES | Reason.SIDE
    assert blind["wobbles"][0] == held(shaky)["wobbles"][0]
    assert blind["wobbles_medial"][0] == blind["wobbles_lateral"][0] == 0
    lost = held(synthstands.stand(held_s=8.0, seed=1))[-2:-1]
    assert lost["reason"][0] == Reason.SHORT | Reason.LOST
    own = Aim(seconds=10, roll_rate_radps=0.001)
    assert held(synth.balancer(15.0, seed=1), aim=own)["reason"][0] == Reason.UNSTEADY


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


LOSSES: dict[Loss, int] = {
    "tip": END_TILTED, "turn": END_TILTED, "hop": END_JOLTED, "step": END_JOLTED,
}  # fmt: skip


@pytest.mark.row("B01")
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("rate_hz", [50.0, 200.0])
def test_a_hold_is_timed_to_300_ms_however_it_begins_and_ends(loss: Loss, rate_hz: float) -> None:
    for seed in range(4):
        sensor = Sensor(rate_hz=rate_hz, noise_g=0.01, noise_dps=0.2, offset_dps=(1.0, -2.0, 1.0))
        made = synthstands.stand(4.0, 12.0 + seed, loss=loss, sway_deg=0.3 + 0.2 * seed,
                                 sensor=sensor, seed=seed)  # fmt: skip
        rows = held(made)
        hold = rows[rows["stop_ns"] - rows["start_ns"] > 5e9]
        assert len(hold) == 1
        assert hold["start_ns"] / 1e9 == pytest.approx(made.truth["start_ns"] / 1e9, abs=0.3)
        assert hold["stop_ns"] / 1e9 == pytest.approx(made.truth["stop_ns"] / 1e9, abs=0.3)
        assert hold["end"][0] == LOSSES[loss]
        assert hold["grade"][0] == (GRADE_B if rate_hz >= 95 else GRADE_C)


@pytest.mark.row("B07")
@pytest.mark.parametrize("loss", LOSSES)
def test_every_way_to_lose_it_stops_the_clock_within_300_ms(loss: Loss) -> None:
    for seed in range(4):
        made = synthstands.stand(4.0, 10.0, loss=loss, sway_deg=0.7, seed=seed)
        analyser = HoldAnalyser(Mount("left", "lace"), 200.0)
        analyser.update(made.block[: round(14.0 * 200)])
        assert not analyser.stopped
        rows = analyser.update(made.block[round(14.0 * 200) : round(14.3 * 200)])
        assert rows["end"].tolist() == [LOSSES[loss]]


@pytest.mark.row("B07")
@pytest.mark.parametrize("softly", [False, True])
@pytest.mark.parametrize("rate_hz", [50.0, 200.0])
def test_the_free_foot_is_seen_to_lift_and_to_touch_down(rate_hz: float, softly: bool) -> None:
    for seed in range(4):
        sensor = Sensor(rate_hz=rate_hz, noise_dps=0.2, noise_g=0.01)
        made = synthstands.free_foot(4.0, 8.0 + seed, softly=softly, sensor=sensor, seed=seed)
        analyser = LiftAnalyser(Mount("right", "lace"), rate_hz)
        down = made.truth["stop_ns"][0] / 1e9
        found = analyser.update(made.block[: round((down + 0.3) * rate_hz)])
        assert found["end"].tolist() == [END_TOUCHED]
        assert found["start_ns"] / 1e9 == pytest.approx(made.truth["start_ns"] / 1e9, abs=0.3)
        assert found["stop_ns"] / 1e9 == pytest.approx(made.truth["stop_ns"] / 1e9, abs=0.3)
        assert not analyser.lifted


@pytest.mark.row("B07")
def test_at_most_one_of_ten_clean_holds_is_stopped_falsely() -> None:
    false = 0
    for seed in range(10):
        made = synthstands.stand(4.0, 25.0, loss="none", sway_deg=0.5 + 0.1 * seed, seed=seed)
        rows = held(made)
        false += int((rows["start_ns"] > 3e9).sum()) - 1
    assert false <= 1


def test_a_tap_on_the_page_ends_a_hold() -> None:
    made = synth.balancer(20.0, seed=3)
    analyser = HoldAnalyser(Mount("left", "lace"), 200.0)
    analyser.update(made.block[:2000])
    assert analyser.held_s == pytest.approx(10.0, abs=0.1)
    analyser.end_at(10_500_000_000)
    rows = analyser.update(made.block[2000:])
    assert rows["end"][0] == END_BY_HAND
    assert rows["stop_ns"][0] == 10_500_000_000


def test_what_cannot_be_known_is_refused() -> None:
    made = synth.balancer(25.0, seed=4)
    blind = replace(made.block, gyr=None)
    rows = analyse(HoldAnalyser(Mount("left", "lace"), 200.0), [blind])
    assert (rows["grade"] == GRADE_X).all()
    assert not rows["clean"].any()
    gone = np.flatnonzero((made.block.t_ns < 10e9) | (made.block.t_ns > 10.6e9))
    holed = [made.block[: gone[gone < 2000][-1] + 1], made.block[gone[gone > 2000][0] :]]
    rows = analyse(HoldAnalyser(Mount("left", "lace"), 200.0), holed)
    assert rows["reason"][0] & Reason.GAPS
    assert rows["clean"][0] == 0
    slow = held(synth.balancer(25.0, sensor=Sensor(rate_hz=40.0), seed=4))
    assert (slow["grade"] == GRADE_X).all()


@pytest.mark.row("B06")
def test_the_score_falls_with_every_part_of_sway_and_needs_no_usual_to_begin_with() -> None:
    made = synth.balancer(20.0, sway_deg=0.8, seed=5)
    rows = analyse(SwayAnalyser(Mount("left", "lace"), 200.0), [made.block])[60:]
    score = stability(rows, START)
    assert ((score > 0) & (score < 100)).all()
    columns = ("roll_rate_rms_radps", "ml_acc_rms_mps2", "ap_acc_rms_mps2", "path_radps")
    for name in columns:
        more = rows.copy()
        more[name] *= 1.2
        assert (stability(more, START) < score).all()
