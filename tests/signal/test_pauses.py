"""The mid-stance-pause drill: how long each foot stood flat."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from catfoot.signal import synthmoves
from catfoot.signal.pauses import PauseAnalyser, reached
from catfoot.signal.quality import Reason
from catfoot.signal.steps import Mount
from catfoot.signal.stream import analyse
from catfoot.signal.synth import Sensor, Synthetic
from catfoot.signal.tables import GRADE_C, GRADE_X, Place, Table

DWELLS = [0.5, 0.8, 1.0, 1.3, 2.0] * 2
TURNED = Rotation.random(rng=np.random.default_rng(2)).as_matrix().tolist()
SENSORS = (
    Sensor(),
    Sensor(rate_hz=100.0, acc_range_g=4.0, gyr_range_dps=250.0),
    Sensor(rate_hz=50.0),
    Sensor(rotation=TURNED, noise_dps=0.5,
           noise_g=0.02, offset_dps=(3.0, 1.0, -2.0)),
)  # fmt: skip


def pauses(made: Synthetic, place: Place = "lace") -> Table:
    return analyse(PauseAnalyser(Mount("left", place), made.block.rate_hz), [made.block])


@pytest.mark.row("A16")
@pytest.mark.parametrize("sensor", SENSORS)
def test_every_pause_is_found_and_right_to_100_ms(sensor: Sensor) -> None:
    for seed in range(4):
        made = synthmoves.pausing(DWELLS, sensor=sensor, seed=seed)
        rows = pauses(made)
        assert len(rows) == len(DWELLS)
        assert np.abs(rows["top_s"] - made.truth["top_s"]).max() <= 0.1
        assert rows["start_ns"] == pytest.approx(made.truth["start_ns"], abs=100e6)


@pytest.mark.row("A16")
def test_pauses_that_reach_a_second_are_counted() -> None:
    rows = pauses(synthmoves.pausing(DWELLS, seed=5))
    assert reached(rows) == 6
    assert reached(rows, target_s=2.0) == 2


def test_standing_before_and_after_is_no_pause() -> None:
    assert len(pauses(synthmoves.pausing([], seed=6))) == 0


def test_a_hole_in_a_pause_is_named_and_a_shin_is_refused() -> None:
    rows = pauses(synthmoves.pausing([2.0] * 8, sensor=Sensor(burst_every_s=6.1), seed=7))
    holed = (rows["reason"] & Reason.GAPS) != 0
    assert holed.any()
    assert (rows["grade"][holed] == GRADE_C).all()
    assert (pauses(synthmoves.pausing(DWELLS, seed=7), "shank")["grade"] == GRADE_X).all()
