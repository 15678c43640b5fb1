"""Knee to wall: the angle of a shin that is held."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from catfoot.signal import synthmoves
from catfoot.signal.lunges import LungeAnalyser, angle_between
from catfoot.signal.quality import Reason
from catfoot.signal.steps import Mount
from catfoot.signal.stream import analyse
from catfoot.signal.synth import Sensor, Synthetic
from catfoot.signal.tables import GRADE_B, GRADE_C, GRADE_X, Place, Table


def leans(made: Synthetic, place: Place = "shank") -> Table:
    return analyse(LungeAnalyser(Mount("left", place), made.block.rate_hz), [made.block])


@pytest.mark.row("B14")
@pytest.mark.parametrize("rate_hz", [50.0, 100.0, 200.0])
def test_angles_are_right_to_one_degree_however_the_pod_sits(rate_hz: float) -> None:
    for seed in range(5):
        sensor = Sensor(
            rate_hz=rate_hz, noise_g=0.015, noise_dps=0.3, offset_dps=(1.0, -2.0, 0.5),
            rotation=Rotation.random(rng=np.random.default_rng(seed)).as_matrix().tolist(),
        )  # fmt: skip
        made = synthmoves.lunges([12.0, 30.0, 38.0, 47.0], sensor=sensor, seed=seed)
        rows = leans(made)
        assert len(rows) == 4
        assert np.rad2deg(np.abs(rows["angle_rad"] - made.truth["angle_rad"])).max() <= 1.0
        assert (rows["grade"] == (GRADE_B if rate_hz >= 95 else GRADE_C)).all()
        assert (rows["rise_s"] < made.truth["rise_s"]).all()
        assert rows["top_s"] == pytest.approx(made.truth["top_s"], abs=1.0)


def test_a_wrong_scale_keeps_the_angle_and_is_named() -> None:
    made = synthmoves.lunges(sensor=Sensor(scale=0.75), seed=6)
    rows = leans(made)
    assert np.rad2deg(np.abs(rows["angle_rad"] - made.truth["angle_rad"])).max() <= 1.0
    assert (rows["reason"] & Reason.SCALE).all()


def test_on_the_foot_there_is_no_lean_and_in_the_hand_a_rough_one() -> None:
    made = synthmoves.lunges(seed=7)
    assert (leans(made, "lace")["grade"] == GRADE_X).all()
    held = leans(made, "unknown")
    assert (held["grade"] == GRADE_C).all()
    assert (held["reason"] & Reason.MOUNT).all()


def test_less_than_five_degrees_is_no_lean() -> None:
    assert len(leans(synthmoves.lunges([3.0, 4.0], seed=8))) == 0


def test_small_angles_are_exact() -> None:
    one, other = np.array([0.0, 0.0, 1.0]), np.array([1e-6, 0.0, 1.0])
    assert angle_between(one, other) == pytest.approx(1e-6, rel=1e-6)
