"""Steps at the shin, against shins whose contacts are known."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from catfoot.signal import synthbody
from catfoot.signal.places import step_reader
from catfoot.signal.quality import Reason
from catfoot.signal.sacrum import SacrumAnalyser
from catfoot.signal.shank import ShankAnalyser
from catfoot.signal.steps import Mount, StepAnalyser
from catfoot.signal.stream import analyse
from catfoot.signal.synth import Sensor, Synthetic
from catfoot.signal.tables import GAIT_RUN, GAIT_WALK, GRADE_C, GRADE_X, Table


def strides(made: Synthetic) -> Table:
    mount = Mount("left", "shank")
    return analyse(ShankAnalyser(mount, made.block.rate_hz), [made.block])


@pytest.mark.parametrize("rate_hz", [50.0, 100.0, 200.0])
def test_runs_and_walks_are_counted_and_timed(rate_hz: float) -> None:
    sensor = Sensor(rate_hz=rate_hz)
    run = synthbody.shin(cadence_spm=172, gct_s=0.23, sensor=sensor, seed=1)
    walk = synthbody.shin(running=False, cadence_spm=108, gct_s=0.68, sensor=sensor, seed=2)
    for made, gait, spm in ((run, GAIT_RUN, 172), (walk, GAIT_WALK, 108)):
        rows = strides(made)
        assert abs(len(rows) - len(made.truth)) <= 3
        assert (rows["gait"] == gait).all()
        assert 120 / np.median(rows["stride_s"]) == pytest.approx(spm, abs=0.5)
        # 15 Hz low-pass and features of the knee: medians only.
        assert np.nanmedian(rows["gct_s"]) == pytest.approx(
            np.median(made.truth["gct_s"]), abs=0.02
        )
        assert (rows["grade_time"] == GRADE_C).all()
        assert (rows["reason"] & Reason.PLACE).all()


def test_any_mounting_gives_the_same_strides() -> None:
    plain = strides(synthbody.shin(20.0, seed=3))
    for k in range(5):
        sensor = Sensor(rotation=Rotation.random(rng=np.random.default_rng(k)).as_matrix().tolist())
        rows = strides(synthbody.shin(20.0, sensor=sensor, seed=3))
        assert rows["ic_ns"] == pytest.approx(plain["ic_ns"], abs=3e6)


def test_a_slow_sensor_gets_no_grade_and_a_blind_one_no_row() -> None:
    slow = strides(synthbody.shin(30.0, sensor=Sensor(rate_hz=40.0), seed=4))
    assert len(slow)
    assert (slow["grade_time"] == GRADE_X).all()
    made = synthbody.shin(20.0, seed=4)
    still = synthbody.shin(0.1, seed=4)
    assert len(strides(still)) == 0
    assert len(strides(made))


def test_the_place_decides_who_reads_the_steps() -> None:
    assert isinstance(step_reader(Mount("left", "sacrum"), 100.0), SacrumAnalyser)
    assert isinstance(step_reader(Mount("left", "shank"), 100.0), ShankAnalyser)
    assert isinstance(step_reader(Mount("left", "lace"), 100.0), StepAnalyser)
    assert isinstance(step_reader(Mount(), 100.0), StepAnalyser)
