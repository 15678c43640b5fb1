"""Steps: against known contacts, under every fault of a pod, and on real recordings."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from catfoot.signal import synth
from catfoot.signal.imu import ImuBlock
from catfoot.signal.quality import Findings, Reason
from catfoot.signal.steps import Mount, StepAnalyser
from catfoot.signal.stream import analyse
from catfoot.signal.synth import Gait, Sensor, Synthetic
from catfoot.signal.tables import GAIT_RUN, GAIT_WALK, FloatArray, Table
from tests.validation import recordings

LEFT = Mount("left", "lace")


def steps(block: ImuBlock, mount: Mount = LEFT) -> tuple[Table, Findings]:
    analyser = StepAnalyser(mount, block.rate_hz)
    rows = analyse(analyser, [block])
    return rows, analyser.findings()


def errors_ms(made: Synthetic, rows: Table, column: str) -> FloatArray:
    """Errors of the steps with a contact time, each against the nearest true contact."""
    known = rows[~np.isnan(rows["gct_s"])]
    near = np.abs(known["ic_ns"][:, None] - made.truth["ic_ns"][None]).argmin(axis=1)
    assert len(np.unique(near)) == len(near)
    if column == "gct_s":
        return np.asarray((known["gct_s"] - made.truth["gct_s"][near]) * 1e3)
    return np.asarray((known[column] - made.truth[column][near]) / 1e6)


def rotations(n: int, seed: int = 1) -> list[FloatArray]:
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(n):
        q, r = np.linalg.qr(rng.standard_normal((3, 3)))
        q *= np.sign(np.diag(r))
        out.append(q if np.linalg.det(q) > 0 else -q)
    return out


def turned(block: ImuBlock, rotation: FloatArray) -> ImuBlock:
    assert block.gyr is not None
    return ImuBlock(
        t_ns=block.t_ns, acc=block.acc @ rotation, gyr=block.gyr @ rotation, rate_hz=block.rate_hz
    )


RUN = synth.runner(40.0, seed=5)
WALKED = synth.walker(40.0, seed=6)


@pytest.mark.row("A01")
@pytest.mark.parametrize("cadence_spm", [140.0, 160.0, 175.0, 190.0, 215.0])
def test_cadence_is_right_to_a_fifth_of_a_step_a_minute(cadence_spm: float) -> None:
    gait = Gait(cadence_spm=cadence_spm, gct_s=0.30 * 120 / cadence_spm)
    made = synth.runner(40.0, gait=gait, seed=7)
    rows, _ = steps(made.block)
    found = 120 / np.nanmean(rows["stride_s"])
    assert found == pytest.approx(120 / made.truth["stride_s"][:-1].mean(), abs=0.2)


@pytest.mark.row("A02")
@pytest.mark.parametrize("gct_s", [0.20, 0.25, 0.30, 0.35])
def test_contact_time_in_running_has_a_bias_below_7_ms(gct_s: float) -> None:
    made = synth.runner(40.0, gait=Gait(gct_s=gct_s), seed=8)
    rows, _ = steps(made.block)
    error = errors_ms(made, rows, "gct_s")
    assert len(error) >= len(made.truth) - 2
    assert abs(error.mean()) <= 7
    assert error.std() <= 4


def test_walking_and_running_are_told_apart() -> None:
    made = synth.going([(synth.WALK, 15.0), (Gait(), 15.0), (synth.WALK, 15.0)], seed=9)
    rows, _ = steps(made.block)
    known = rows[~np.isnan(rows["gct_s"])]
    near = np.abs(known["ic_ns"][:, None] - made.truth["ic_ns"][None]).argmin(axis=1)
    assert (known["gait"] == made.truth["gait"][near]).mean() > 0.95
    assert {GAIT_RUN, GAIT_WALK} <= set(known["gait"].tolist())


@pytest.mark.parametrize("made", [RUN, WALKED], ids=["run", "walk"])
def test_20_random_mountings_give_the_same_events(made: Synthetic) -> None:
    straight, _ = steps(made.block)
    for rotation in rotations(20):
        rows, _ = steps(turned(made.block, rotation))
        assert len(rows) == len(straight)
        assert np.abs(rows["ic_ns"] - straight["ic_ns"]).max() <= 500_000
        assert np.abs(rows["fc_ns"] - straight["fc_ns"]).max() <= 500_000


def test_a_scale_of_three_quarters_is_flagged_and_changes_nothing() -> None:
    low = ImuBlock(t_ns=RUN.block.t_ns, acc=RUN.block.acc * 0.75, gyr=RUN.block.gyr, rate_hz=200.0)
    right, good = steps(RUN.block)
    rows, found = steps(low)
    assert found.scale_fault
    assert not good.scale_fault
    assert found.scale == pytest.approx(4 / 3, rel=0.01)
    # Multiplying by 0.75 and back rounds, so not to the bit.
    np.testing.assert_allclose(rows["ic_ns"], right["ic_ns"], atol=10_000)
    np.testing.assert_allclose(rows["shock_mps2"], right["shock_mps2"], rtol=1e-5)


def test_random_loss_invents_no_step_and_is_counted() -> None:
    made = synth.runner(40.0, sensor=Sensor(loss_frac=0.12), seed=5)
    rows, found = steps(made.block)
    assert found.lost_frac == pytest.approx(0.12 / 0.88, abs=0.02)
    error = errors_ms(made, rows, "ic_ns")
    assert np.abs(error).max() < 30
    assert (rows["bridged"] > 0).mean() > 0.9
    assert ((rows["reason"] & Reason.BRIDGED) != 0).mean() > 0.9


def test_a_stride_that_touches_a_hole_gives_no_step() -> None:
    made = synth.runner(60.0, sensor=Sensor(burst_every_s=4.0, burst_s=0.08), seed=5)
    rows, found = steps(made.block)
    t = made.block.t_ns
    holes = t[1:][np.diff(t) > 25_000_000]
    assert found.holes == len(holes)
    assert len(rows) > 0.5 * len(made.truth)
    for row in rows:
        stop = row["fc_ns"] if np.isnan(row["stride_s"]) else row["ic_ns"] + row["stride_s"] * 1e9
        assert not ((holes > row["ic_ns"]) & (holes <= stop)).any()
    assert np.abs(errors_ms(made, rows, "ic_ns")).max() < 30


def test_a_recording_that_starts_and_ends_in_motion_keeps_its_ends() -> None:
    whole = synth.runner(30.0, seed=5).block
    block = whole[round(5.1 * 200) : round(25.2 * 200)]
    rows, found = steps(block)
    assert found.rest_g is None
    assert rows["ic_ns"][0] - block.t_ns[0] < 800_000_000
    assert block.t_ns[-1] - rows["ic_ns"][-1] < 800_000_000


def test_a_stop_ends_the_stride_but_not_the_count() -> None:
    made = synth.going([(Gait(), 12.0)], seed=1)
    pause = synth.going([(Gait(), 12.0)], rest_s=5.0, seed=2)
    t = np.concatenate([made.block.t_ns, pause.block.t_ns + made.block.t_ns[-1] + 5_000_000])
    assert made.block.gyr is not None
    assert pause.block.gyr is not None
    block = ImuBlock(
        t_ns=t,
        acc=np.concatenate([made.block.acc, pause.block.acc]),
        gyr=np.concatenate([made.block.gyr, pause.block.gyr]),
        rate_hz=200.0,
    )
    rows, _ = steps(block)
    landed = (rows["reason"] & Reason.NO_IC) == 0
    assert abs(int(landed.sum()) - len(made.truth) - len(pause.truth)) <= 2
    assert np.nanmax(rows["stride_s"]) < 1.0


def test_without_a_gyroscope_there_is_no_contact_and_the_reason_is_said() -> None:
    block = ImuBlock(t_ns=RUN.block.t_ns, acc=RUN.block.acc, gyr=None, rate_hz=200.0)
    rows, found = steps(block)
    assert len(rows) == 0
    assert not found.has_gyro


def test_a_foot_that_pivots_in_the_air_makes_no_contact_there() -> None:
    assert WALKED.block.gyr is not None
    gyr, t = WALKED.block.gyr.copy(), WALKED.block.t_ns / 1e9
    swings_s = (WALKED.truth["fc_ns"][:-1] + WALKED.truth["ic_ns"][1:]) / 2e9
    for middle in swings_s[10::9] - 0.03:
        dip = np.exp(-0.5 * ((t - middle) / 0.045) ** 2)
        gyr[:, 1] += 14.0 * dip  # toes down between two humps of toes up
        gyr[np.abs(t - middle) < 0.2, 2] += 6.0
    straight, _ = steps(WALKED.block)
    rows, _ = steps(replace(WALKED.block, gyr=gyr))
    assert len(rows) == len(straight)
    assert np.nanmin(rows["swing_s"]) > 0.2


def test_sample_times_that_go_back_are_refused() -> None:
    analyser = StepAnalyser(LEFT, 200.0)
    analyser.update(RUN.block[:10])
    with pytest.raises(ValueError, match="must increase"):
        analyser.update(RUN.block[:10])


def test_a_loose_pod_is_noticed() -> None:
    made = synth.runner(30.0, sensor=Sensor(rate_hz=100.0, rattle_g=3.0, rattle_dps=900.0), seed=2)
    rows, found = steps(made.block)
    assert found.loose
    assert (rows["grade_impact"] == 0).all()


@pytest.mark.parametrize("name", recordings.RUNS + recordings.WALKS)
def test_jogging_and_walking_in_a_room_are_told_apart(shared_data: Path, name: str) -> None:
    rows, _ = steps(recordings.pyshoe(shared_data, name).block)
    known = rows[~np.isnan(rows["gct_s"])]
    gait = GAIT_RUN if name.startswith("run") else GAIT_WALK
    assert (known["gait"] == gait).mean() > 0.65
