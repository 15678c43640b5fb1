"""The path between foot-flats: length, height and slope against made-up strides, at any speed."""

import numpy as np
import pytest

from catfoot.signal import synth
from catfoot.signal.steps import Mount, StepAnalyser
from catfoot.signal.stream import analyse
from catfoot.signal.synth import Gait, Synthetic
from catfoot.signal.tables import FloatArray

LEFT = Mount("left", "lace")


def errors(made: Synthetic, column: str) -> FloatArray:
    """Errors of a column, each step against the nearest true contact."""
    rows = analyse(StepAnalyser(LEFT, made.block.rate_hz), [made.block])
    known = rows[~np.isnan(rows[column])]
    near = np.abs(known["ic_ns"][:, None] - made.truth["ic_ns"][None]).argmin(axis=1)
    return np.asarray(known[column] - made.truth[column][near])


@pytest.mark.parametrize(
    ("speed_mps", "cadence_spm", "gct_s"),
    [(2.2, 160.0, 0.30), (3.0, 168.0, 0.245), (4.0, 180.0, 0.20), (5.5, 195.0, 0.16)],
)
def test_stride_length_is_right_to_half_a_percent_at_any_speed(
    speed_mps: float, cadence_spm: float, gct_s: float
) -> None:
    gait = Gait(speed_mps=speed_mps, cadence_spm=cadence_spm, gct_s=gct_s)
    made = synth.runner(40.0, gait=gait, seed=3)
    wrong = errors(made, "stride_m")
    length_m = float(made.truth["stride_m"].mean())
    assert len(wrong) > 40
    assert abs(wrong.mean()) < 0.005 * length_m
    assert wrong.std() < 0.005 * length_m
    # The foot is never still in a contact of 0.16 s, and its gravity 30 degrees off.
    assert abs(errors(made, "clearance_m").mean()) < 0.006


@pytest.mark.parametrize("slope_rad", [-0.08, -0.03, 0.03, 0.08])
def test_a_hill_is_a_hill_although_level_ground_is_expected(slope_rad: float) -> None:
    made = synth.runner(40.0, gait=Gait(slope_rad=slope_rad), seed=4)
    wrong = errors(made, "slope_rad")
    assert abs(wrong.mean()) < 0.01
    assert abs(errors(made, "stride_m").mean()) < 0.015


def test_every_stride_of_a_walker_is_measured_to_3_cm() -> None:
    made = synth.walker(40.0, seed=5)
    assert np.abs(errors(made, "stride_m")).max() < 0.03
