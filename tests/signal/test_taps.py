"""Foot and toe taps: how many, how even."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from catfoot.signal import synthmoves
from catfoot.signal.stream import analyse
from catfoot.signal.synth import Sensor, Synthetic
from catfoot.signal.tables import GRADE_X, Table
from catfoot.signal.taps import TapAnalyser, rhythm_cv, taps_per_s

TURNED = Rotation.random(rng=np.random.default_rng(2)).as_matrix().tolist()
SENSORS = (
    Sensor(),
    Sensor(rate_hz=100.0, acc_range_g=4.0, gyr_range_dps=250.0),
    Sensor(rate_hz=50.0),
    Sensor(rotation=TURNED, noise_dps=0.5,
           noise_g=0.02, offset_dps=(3.0, 1.0, -2.0)),
)  # fmt: skip


def taps(made: Synthetic) -> Table:
    return analyse(TapAnalyser(made.block.rate_hz), [made.block])


@pytest.mark.row("B19", "B09")
@pytest.mark.parametrize("tap_hz", [1.0, 2.0, 3.0, 4.0, 5.0])
@pytest.mark.parametrize("sensor", SENSORS)
def test_taps_of_30_s_are_counted_to_one(tap_hz: float, sensor: Sensor) -> None:
    for seed in range(3):
        made = synthmoves.tapping(tap_hz, sensor=sensor, seed=seed)
        rows = taps(made)
        assert abs(len(rows) - len(made.truth)) <= 1
        assert taps_per_s(rows) == pytest.approx(tap_hz, rel=0.03)


@pytest.mark.row("B19")
@pytest.mark.parametrize("uneven", [0.02, 0.06, 0.12])
def test_uneven_taps_have_the_rhythm_they_were_made_with(uneven: float) -> None:
    made = synthmoves.tapping(3.0, uneven=uneven, seed=4)
    between = np.diff(made.truth["start_ns"])
    assert rhythm_cv(taps(made)) == pytest.approx(between.std() / between.mean(), abs=0.015)


def test_a_pause_between_taps_is_no_rhythm() -> None:
    one = taps(synthmoves.tapping(3.0, 8.0, seed=5))
    both = np.concatenate([one, one])
    both["pause_s"][len(one)] = 9.0
    assert rhythm_cv(both) == pytest.approx(rhythm_cv(one), abs=0.01)
    assert np.isnan(rhythm_cv(one[:4]))
    assert np.isnan(taps_per_s(one[:1]))


def test_standing_does_not_tap_and_a_slow_sensor_gets_no_grade() -> None:
    still = synthmoves.pushed([20.0], kick_dps=0.0, sway_deg=0.6, seed=6)
    assert len(taps(still)) == 0
    slow = taps(synthmoves.tapping(2.0, sensor=Sensor(rate_hz=40.0), seed=6))
    assert (slow["grade"] == GRADE_X).all()


def test_no_tap_is_counted_in_a_hole() -> None:
    whole = synthmoves.tapping(3.0, seed=7)
    holes = synthmoves.tapping(3.0, sensor=Sensor(burst_every_s=4.0, burst_s=0.5), seed=7)
    assert len(taps(holes)) < len(whole.truth)
