"""Steps at the waist, against bodies whose pulses are known."""

from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from catfoot.signal import synthbody
from catfoot.signal.quality import Reason
from catfoot.signal.sacrum import (
    WAIST,
    WAIST_ON_SLOPES,
    ContactTerms,
    SacrumAnalyser,
    pulse_width_s,
)
from catfoot.signal.stream import analyse
from catfoot.signal.synth import Sensor, Synthetic
from catfoot.signal.tables import GAIT_RUN, GAIT_WALK, GRADE_C, GRADE_X, Table
from tests.validation import waist

#: The width of the pulses itself, as contact time.
WIDTH = ContactTerms(offset=0.0, pulse=1.0, speed=0.0)


def strides(made: Synthetic, terms: ContactTerms | None = None) -> Table:
    return analyse(SacrumAnalyser(made.block.rate_hz, lambda _: 3.0, terms=terms), [made.block])


@pytest.mark.parametrize("cadence_spm", [150.0, 168.0, 195.0])
@pytest.mark.parametrize("limp", [0.0, 0.12])
def test_cadence_is_neither_halved_nor_doubled(cadence_spm: float, limp: float) -> None:
    gct_s = 42 / cadence_spm  # 0.7 of a step
    for seed in range(3):
        made = synthbody.waist(cadence_spm=cadence_spm, gct_s=gct_s, limp=limp, seed=seed)
        rows = strides(made)
        assert abs(2 * len(rows) - len(made.truth)) <= 3
        # Strides of 1 % spread, 60 of them: the median is good to 0.3 spm.
        assert 120 / np.median(rows["stride_s"]) == pytest.approx(cadence_spm, abs=0.5)


@pytest.mark.parametrize("gct_s", [0.18, 0.24, 0.30])
def test_the_width_of_half_sine_pulses_is_their_contact(gct_s: float) -> None:
    made = synthbody.waist(gct_s=gct_s, seed=4)
    rows = strides(made, WIDTH)
    assert np.nanmedian(rows["gct_s"]) == pytest.approx(np.median(made.truth["gct_s"]), abs=0.003)
    assert (rows["gait"] == GAIT_RUN).all()


def test_pulses_of_another_shape_keep_their_order() -> None:
    widths = [
        np.nanmedian(strides(synthbody.waist(gct_s=g, lean=lean, seed=5), WIDTH)["gct_s"])
        for lean in (0.4,)
        for g in (0.19, 0.22, 0.25, 0.28)
    ]
    assert widths == sorted(widths)
    assert widths[0] < widths[-1] - 0.07


def test_neither_mounting_nor_scale_changes_a_stride() -> None:
    plain = strides(synthbody.waist(20.0, seed=6))
    for k in range(5):
        turned = Rotation.random(rng=np.random.default_rng(k)).as_matrix().tolist()
        sensor = Sensor(rotation=turned, scale=0.75)
        rows = strides(synthbody.waist(20.0, sensor=sensor, seed=6))
        assert rows["ic_ns"] == pytest.approx(plain["ic_ns"], abs=3e6)
        assert rows["gct_s"] == pytest.approx(plain["gct_s"], abs=0.002)


def test_without_a_speed_there_is_cadence_and_no_contact_time() -> None:
    made = synthbody.waist(30.0, seed=7)
    rows = analyse(SacrumAnalyser(200.0), [made.block])
    assert np.isnan(rows["gct_s"]).all()
    assert (rows["reason"] & Reason.NO_SPEED).all()
    assert (rows["grade_time"] == GRADE_C).all()
    assert len(rows) > 30


def test_a_faster_runner_has_a_shorter_contact_by_the_same_pulse() -> None:
    width = pulse_width_s(0.357, 1.6)
    assert WAIST.contact_s(width, 4.0) < WAIST.contact_s(width, 3.0)
    assert np.isnan(WAIST.contact_s(width, np.nan))


def test_holes_lose_strides_and_invent_none() -> None:
    whole = strides(synthbody.waist(seed=8))
    sensor = Sensor(burst_every_s=5.0, burst_s=0.08)
    rows = strides(synthbody.waist(sensor=sensor, seed=8))
    assert 0.5 * len(whole) < len(rows) < len(whole)
    assert rows["stride_s"] == pytest.approx(np.median(whole["stride_s"]), rel=0.1)


def test_a_slow_sensor_gets_no_grade_and_standing_no_row() -> None:
    slow = strides(synthbody.waist(30.0, sensor=Sensor(rate_hz=40.0), seed=9))
    assert (slow["grade_time"] == GRADE_X).all()
    assert np.isnan(slow["gct_s"]).all()
    assert len(strides(synthbody.waist(0.1, seed=9))) == 0


def test_pulses_without_flight_are_walking() -> None:
    made = synthbody.waist(40.0, cadence_spm=110, gct_s=0.62, seed=10)
    rows = strides(made)
    assert (rows["gait"] == GAIT_WALK).all()
    assert np.isnan(rows["gct_s"]).all()
    assert 120 / np.median(rows["stride_s"]) == pytest.approx(110, abs=0.5)


def test_the_terms_are_those_that_the_published_fit_gives(shared_data: Path) -> None:
    of = waist.trials(shared_data)
    for terms, slope in ((WAIST, False), (WAIST_ON_SLOPES, True)):
        offset, speed, width, *rest = waist.fitted(of, sensor=True, slope=slope)
        found = (offset, width, speed, *(rest or [0.0]))
        assert astuple(terms) == pytest.approx(found, abs=6e-5)


def test_contact_of_unseen_conditions_is_nearer_than_by_speed_alone(shared_data: Path) -> None:
    of = waist.trials(shared_data)
    assert waist.left_out(of, sensor=True, slope=False).rmse <= 10
    assert waist.left_out(of, sensor=True, slope=True).rmse <= 8.5
    assert waist.left_out(of, sensor=False, slope=False).rmse > 12
    for trial in of:
        assert 0.9 < trial.found_spm / trial.cadence_spm < 1.1
