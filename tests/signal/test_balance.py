"""Sway: a dial that moves with the ankle."""

from pathlib import Path

import numpy as np
import pytest

from catfoot.signal import synth, synthstands
from catfoot.signal.balance import SwayAnalyser
from catfoot.signal.quality import Reason
from catfoot.signal.steps import Mount
from catfoot.signal.stream import analyse
from catfoot.signal.synth import Sensor
from catfoot.signal.tables import Side, Table
from tests.validation import swaying

LEFT = Mount("left", "lace")


def sway(side: Side, sway_deg: float = 0.5, wobbles: int = 0) -> tuple[Table, synth.Synthetic]:
    made = synth.balancer(30.0, side=side, sway_deg=sway_deg, wobbles=wobbles, seed=2)
    return analyse(SwayAnalyser(Mount(side, "lace"), made.block.rate_hz), [made.block]), made


def test_rows_come_20_times_a_second() -> None:
    rows, made = sway("left")
    seconds = (made.block.t_ns[-1] - made.block.t_ns[0]) / 1e9
    assert len(rows) / seconds == pytest.approx(20, abs=0.1)


def test_roll_and_pitch_follow_the_ankle() -> None:
    rows, made = sway("left")
    for name in ("roll_rad", "pitch_rad"):
        true = np.interp(rows["t_ns"], made.truth["t_ns"], made.truth[name])
        error = rows[name] - true
        assert np.corrcoef(rows[name][40:], true[40:])[0, 1] > 0.95
        assert error[40:].std() < np.deg2rad(0.5)


def test_more_sway_reads_more() -> None:
    small, _ = sway("left", sway_deg=0.4)
    large, _ = sway("left", sway_deg=1.2)
    for name in ("roll_rate_rms_radps", "pitch_rate_rms_radps", "path_radps"):
        assert np.median(large[name]) > 2 * np.median(small[name])


@pytest.mark.row("B05")
def test_wobbles_are_counted_and_the_other_foot_turns_them_round() -> None:
    rows, made = sway("left", wobbles=8, sway_deg=0.3)
    count = int((rows["wobble"] != 0).sum())
    assert abs(count - len(made.wobbles_ns)) <= 1
    block = made.block
    other = analyse(SwayAnalyser(Mount("right", "lace"), block.rate_hz), [block])
    assert np.array_equal(other["wobble"], -rows["wobble"])
    unknown = analyse(SwayAnalyser(Mount("unknown"), block.rate_hz), [block])
    assert not unknown["wobble"].any()


def test_a_stance_that_begins_in_motion_is_found_later() -> None:
    made = synthstands.stand(5.0, 15.0, loss="none", sway_deg=0.3, seed=3)
    cut = made.block[round(3.3 * 200) :]  # in the middle of a step
    analyser = SwayAnalyser(Mount("left", "lace"), 200.0)
    rows = analyse(analyser, [cut])
    late = rows[rows["t_ns"] > 9e9]
    assert np.abs(late["roll_rad"]).max() < np.deg2rad(3)
    assert np.abs(late["pitch_rad"]).max() < np.deg2rad(3)
    assert analyser.reason == 0


def test_a_scale_fault_is_named_and_changes_no_angle() -> None:
    plain = analyse(SwayAnalyser(LEFT, 200.0), [synth.balancer(20.0, seed=4).block])
    faulty = SwayAnalyser(LEFT, 200.0)
    rows = analyse(faulty, [synth.balancer(20.0, sensor=Sensor(scale=0.75), seed=4).block])
    assert faulty.reason == Reason.SCALE
    assert rows["roll_rad"] == pytest.approx(plain["roll_rad"], abs=np.deg2rad(0.1))
    assert rows["ml_acc_rms_mps2"] == pytest.approx(plain["ml_acc_rms_mps2"], abs=0.02)


@pytest.mark.row("B05")
def test_where_the_pod_sits_unknown_no_wobble_has_a_direction() -> None:
    made = synth.balancer(30.0, wobbles=8, seed=2)
    analyser = SwayAnalyser(Mount("left"), 200.0)
    assert not analyse(analyser, [made.block])["wobble"].any()
    assert analyser.reason == Reason.MOUNT


def test_the_formulas_agree_with_a_force_platform_on_real_sway(shared_data: Path) -> None:
    of = swaying.trials(shared_data, every=4)
    ours = np.array([(t.path_cmps, t.area_cm2) for t in of])
    theirs = np.array([(t.true_path_cmps, t.true_area_cm2) for t in of])
    for k in range(2):
        assert np.corrcoef(ours[:, k], theirs[:, k])[0, 1] >= 0.95
