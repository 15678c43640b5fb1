"""Heel raises: counted, timed, and honest about what they do not know."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from catfoot.signal import synthmoves
from catfoot.signal.quality import Reason
from catfoot.signal.reps import RepAnalyser
from catfoot.signal.steps import Mount
from catfoot.signal.stream import analyse
from catfoot.signal.synth import Sensor, Synthetic
from catfoot.signal.tables import GRADE_B, GRADE_C, GRADE_X, Place, Table
from catfoot.training.suggestions import controlled

TURNED = Rotation.random(rng=np.random.default_rng(3)).as_matrix().tolist()
SENSORS = (
    Sensor(),
    Sensor(rate_hz=100.0, acc_range_g=2.0, gyr_range_dps=250.0),
    Sensor(rate_hz=50.0, rotation=TURNED),
    Sensor(rotation=TURNED, offset_dps=(2.0, -3.0, 1.0), noise_g=0.02, noise_dps=0.5),
)


def reps(made: Synthetic, place: Place = "lace") -> Table:
    return analyse(RepAnalyser(Mount("left", place), made.block.rate_hz), [made.block])


@pytest.mark.row("B16")
@pytest.mark.parametrize("sensor", SENSORS)
def test_25_heel_raises_are_counted_to_one(sensor: Sensor) -> None:
    for seed in range(3):
        for skew, fade in ((0.0, 0.0), (0.4, 0.4), (-0.4, 0.2)):
            made = synthmoves.heel_raises(skew=skew, fade=fade, sensor=sensor, seed=seed)
            rows = reps(made)
            assert abs(len(rows) - 25) <= 1
            assert (rows["grade"] == (GRADE_B if sensor.rate_hz >= 95 else GRADE_C)).all()


@pytest.mark.row("B16")
@pytest.mark.parametrize("sensor", SENSORS)
@pytest.mark.parametrize("pause_s", [0.5, 0.8, 1.5])
def test_bottom_pauses_of_half_a_second_are_seen_to_100_ms(sensor: Sensor, pause_s: float) -> None:
    pauses = [pause_s if i % 2 else 0.0 for i in range(12)]
    made = synthmoves.heel_raises(pauses, rise_s=0.6, lower_s=0.8, sensor=sensor, seed=5)
    rows = reps(made)
    assert len(rows) == 13
    error = (rows["pause_s"] - made.truth["pause_s"])[1:]
    assert np.abs(error).max() < 0.1
    assert ((rows["pause_s"][1:] >= 0.4) == (np.array(pauses) > 0)).all()


@pytest.mark.row("C13")
@pytest.mark.parametrize("skew", [-0.4, 0.0, 0.4])
def test_tempo_is_measured_well_enough_to_call_it_controlled(skew: float) -> None:
    made = synthmoves.heel_raises([1.0] * 11, rise_s=1.0, lower_s=2.0, skew=skew, seed=6)
    rows = reps(made)
    for name in ("rise_s", "lower_s"):
        true = made.truth[name]
        assert np.median(rows[name]) == pytest.approx(np.median(true), rel=0.1)
        assert controlled(float(np.median(true)), float(np.median(rows[name])))
        assert not controlled(1.6 * float(np.median(true)), float(np.median(rows[name])))


def test_range_is_right_to_a_degree_and_gives_a_height() -> None:
    made = synthmoves.heel_raises(angle_deg=30.0, sensor=SENSORS[3], seed=7)
    rows = reps(made)
    assert np.rad2deg(np.abs(rows["angle_rad"] - made.truth["angle_rad"]).max()) < 1.5
    assert rows["height_m"] == pytest.approx(0.18 * np.sin(rows["angle_rad"]))


def test_a_rest_is_no_pause_and_the_first_rep_has_none() -> None:
    rows = reps(synthmoves.heel_raises([0.6, 12.0, 0.6], seed=8))
    assert len(rows) == 4
    assert np.isnan(rows["pause_s"]).tolist() == [True, False, True, False]


def test_a_hole_lowers_the_grade_of_the_rep_it_is_in() -> None:
    rows = reps(synthmoves.heel_raises(sensor=Sensor(burst_every_s=9.0, burst_s=0.1), seed=9))
    holed = (rows["reason"] & Reason.GAPS) != 0
    assert 0 < holed.sum() < len(rows)
    assert (rows["grade"][holed] == GRADE_C).all()


def test_a_slow_sensor_or_one_off_the_foot_gets_no_grade() -> None:
    slow = reps(synthmoves.heel_raises(sensor=Sensor(rate_hz=40.0), seed=10))
    assert (slow["grade"] == GRADE_X).all()
    assert (slow["reason"] & Reason.RATE).all()
    shin = reps(synthmoves.heel_raises(seed=10), "shank")
    assert (shin["grade"] == GRADE_X).all()
    assert (shin["reason"] & Reason.PLACE).all()


def test_standing_is_no_rep() -> None:
    made = synthmoves.pushed([20.0], kick_dps=0.0, sway_deg=0.6, seed=11)
    assert len(reps(made)) == 0
