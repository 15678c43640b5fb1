"""Sway: a dial that moves with the ankle."""

import numpy as np
import pytest

from catfoot.signal import synth
from catfoot.signal.balance import SwayAnalyser
from catfoot.signal.steps import Mount
from catfoot.signal.stream import analyse
from catfoot.signal.tables import Side, Table


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
