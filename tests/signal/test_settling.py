"""After a push: how long until the sway is the usual again."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from catfoot.signal import synthmoves
from catfoot.signal.quality import Reason
from catfoot.signal.settling import SettleAnalyser
from catfoot.signal.stream import analyse
from catfoot.signal.synth import Sensor, Synthetic
from catfoot.signal.tables import GRADE_B, GRADE_X, FloatArray, Table


def settled(made: Synthetic, marks: list[int]) -> Table:
    return analyse(SettleAnalyser(made.block.rate_hz, marks), [made.block])


def errors(late_s: float | None) -> FloatArray:
    """Settle times less their truth, over feet, pushes and sensors; marked late or not at all."""
    out = []
    for seed in range(15):
        turned = Rotation.random(rng=np.random.default_rng(seed)).as_matrix().tolist()
        sensor = (Sensor(), Sensor(rate_hz=100.0), Sensor(noise_dps=0.3, rotation=turned))[seed % 3]
        made = synthmoves.pushed(
            sensor=sensor, seed=seed, dies_s=0.2 + 0.05 * (seed % 8), kick_dps=60 + 20 * (seed % 4),
            sway_deg=0.3 + 0.1 * (seed % 5),
        )  # fmt: skip
        marks = [] if late_s is None else [int(t + late_s * 1e9) for t in made.truth["start_ns"]]
        rows = settled(made, marks)
        assert len(rows) == len(made.truth)
        assert rows["start_ns"] == pytest.approx(made.truth["start_ns"], abs=60e6)
        out.append(rows["lower_s"] - made.truth["lower_s"])
    return np.concatenate(out)


@pytest.mark.row("B10")
@pytest.mark.parametrize("late_s", [None, -0.5, 0.0, 0.4])
def test_settle_times_are_right_to_100_ms(late_s: float | None) -> None:
    error = errors(late_s)
    assert abs(np.median(error)) < 0.04
    assert np.abs(error).max() <= 0.1


def test_who_does_not_settle_has_no_time() -> None:
    made = synthmoves.pushed([6.0], dies_s=8.0, seed=2)
    rows = settled(made, [])
    assert len(rows) == 1
    assert np.isnan(rows["lower_s"][0])
    assert rows["reason"][0] & Reason.LOST


def test_standing_is_no_push_not_even_a_marked_one() -> None:
    made = synthmoves.pushed([12.0], kick_dps=0.0, seed=3)
    assert len(settled(made, [])) == 0


def test_a_mark_on_the_way_is_as_good_as_one_before() -> None:
    made = synthmoves.pushed([8.0], seed=4)
    analyser = SettleAnalyser(200.0)
    before = analyser.update(made.block[:1500])
    analyser.mark(8_000_000_000)
    rows = np.concatenate([before, analyser.update(made.block[1500:]), analyser.finish()])
    assert rows.tobytes() == settled(made, [8_000_000_000]).tobytes()
    assert rows["grade"][0] == GRADE_B


def test_a_slow_sensor_gets_no_grade() -> None:
    made = synthmoves.pushed([6.0], sensor=Sensor(rate_hz=40.0), seed=5)
    assert (settled(made, [])["grade"] == GRADE_X).all()
