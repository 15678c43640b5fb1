"""Laws that hold whatever the recording: any mounting, any loss, a wrong scale."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from catfoot.signal import synth
from catfoot.signal.imu import ImuBlock
from catfoot.signal.quality import Findings
from catfoot.signal.steps import ROWS_S, Mount, StepAnalyser
from catfoot.signal.stream import analyse
from catfoot.signal.synth import Sensor
from catfoot.signal.tables import BoolArray, FloatArray, Table
from tests.validation import recordings

LEFT = Mount("left", "lace")
RUN = synth.runner(30.0, seed=21)
WALKED = synth.walker(30.0, seed=22)
SEEDS = st.integers(0, 2**32 - 1)


def steps(block: ImuBlock) -> tuple[Table, Findings]:
    analyser = StepAnalyser(LEFT, block.rate_hz)
    rows = analyse(analyser, [block])
    return rows, analyser.findings()


def turned(block: ImuBlock, by: FloatArray) -> ImuBlock:
    assert block.gyr is not None
    far = (np.inf,) * 3  # the range is of the axes as they were
    return replace(
        block, acc=block.acc @ by, gyr=block.gyr @ by, acc_range_mps2=far, gyr_range_radps=far
    )


def without(block: ImuBlock, lost: BoolArray) -> ImuBlock:
    kept = np.ones(len(block), bool)
    kept[lost] = False
    kept[0] = True
    assert block.gyr is not None
    return replace(block, t_ns=block.t_ns[kept], acc=block.acc[kept], gyr=block.gyr[kept])


def true_to(rows: Table, whole: Table) -> None:
    """Every step that was found is a step, at its time, and none was found twice."""
    landed = rows[~np.isnan(rows["gct_s"])]["ic_ns"]
    off = np.abs(landed[:, None] - whole["ic_ns"][None])
    assert off.min(axis=1).max() < 40_000_000
    assert len(np.unique(off.argmin(axis=1))) == len(landed)


def same_events(rows: Table, straight: Table) -> None:
    assert len(rows) == len(straight)
    for column in ("ic_ns", "fc_ns"):
        assert np.abs(rows[column] - straight[column]).max() <= 500_000


@pytest.mark.parametrize("made", [RUN, WALKED], ids=["run", "walk"])
@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_any_mounting_gives_the_same_events(made: synth.Synthetic, seed: int) -> None:
    straight, _ = steps(turned(made.block, np.eye(3)))
    rows, _ = steps(
        turned(made.block, Rotation.random(rng=np.random.default_rng(seed)).as_matrix())
    )
    same_events(rows, straight)
    np.testing.assert_allclose(rows["stride_m"], straight["stride_m"], atol=0.002)


@pytest.mark.parametrize("name", ["run_2017-11-27-11-18-11", "walk_2017-11-22-11-30-14"])
def test_20_mountings_of_a_real_recording_give_the_same_events(
    shared_data: Path, name: str
) -> None:
    block = recordings.pyshoe(shared_data, name).block
    straight, _ = steps(turned(block, np.eye(3)))
    for seed in range(20):
        rows, _ = steps(turned(block, Rotation.random(rng=np.random.default_rng(seed)).as_matrix()))
        same_events(rows, straight)


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS, share=st.floats(0.02, 0.12))
def test_random_loss_invents_no_step(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    rows, found = steps(without(RUN.block, rng.random(len(RUN.block)) < share))
    assert found.lost > 0
    true_to(rows, RUN.truth)
    assert len(rows) > 0.5 * len(RUN.truth)


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS, every_s=st.floats(1.5, 6.0))
def test_bursts_invent_no_step_and_end_the_strides_they_touch(seed: int, every_s: float) -> None:
    sensor = Sensor(burst_every_s=every_s, burst_s=0.08)
    made = synth.runner(30.0, sensor=sensor, seed=seed % 1000)
    rows, _ = steps(made.block)
    true_to(rows, made.truth)
    t = made.block.t_ns
    ends = t[1:][np.diff(t) > 25_000_000]
    for row in rows[~np.isnan(rows["stride_s"])]:
        over = row["ic_ns"] + row["stride_s"] * 1e9
        assert not ((ends > row["ic_ns"]) & (ends <= over)).any()


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 999))
def test_a_scale_of_three_quarters_is_flagged_and_changes_nothing(seed: int) -> None:
    made = synth.runner(25.0, seed=seed)
    right, good = steps(made.block)
    rows, found = steps(replace(made.block, acc=made.block.acc * 0.75))
    assert found.scale_fault
    assert not good.scale_fault
    # Multiplying by 0.75 and back rounds, so not to the bit.
    np.testing.assert_allclose(rows["ic_ns"], right["ic_ns"], atol=20_000)
    np.testing.assert_allclose(rows["stride_m"], right["stride_m"], atol=1e-3)


def test_rows_come_within_3_seconds() -> None:
    analyser, waits_s = StepAnalyser(LEFT, 200.0), []
    for i in range(0, len(RUN.block), 20):
        packet = RUN.block[i : i + 20]
        learnt = analyser.contacts.frame.alignment is not None
        rows = analyser.update(packet)
        over = rows["ic_ns"] + rows["stride_s"] * 1e9
        if learnt:
            waits_s += ((packet.t_ns[-1] - over) / 1e9).tolist()
    # The stride's end is a contact, certain 0.6 s after it began; then 3 s and a packet.
    assert len(waits_s) > 20
    assert np.nanmax(waits_s) < 0.7 + ROWS_S + 0.2


def test_the_newest_contact_is_there_when_asked_for_and_rows_are_the_same() -> None:
    analyser, rows, waits_s, newest_ns = StepAnalyser(LEFT, 200.0), [], [], 0
    for i in range(0, len(RUN.block), 5):
        packet = RUN.block[i : i + 5]
        learnt = analyser.contacts.frame.alignment is not None
        rows.append(analyser.update(packet))
        newest = analyser.latest
        if newest is not None and newest["fc_ns"][0] > newest_ns:
            newest_ns = int(newest["fc_ns"][0])
            if learnt:
                waits_s.append((int(packet.t_ns[-1]) - newest_ns) / 1e9)
    rows.append(analyser.finish())
    assert len(waits_s) > 20
    assert np.percentile(waits_s, 95) < 0.45
    assert np.concatenate(rows).tobytes() == steps(RUN.block)[0].tobytes()
