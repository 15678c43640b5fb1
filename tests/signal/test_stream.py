"""The streaming law, for every analyser: however it is cut, the same bits."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catfoot.signal import synth, synthmoves, synthstands
from catfoot.signal.balance import SwayAnalyser
from catfoot.signal.contacts import ContactAnalyser
from catfoot.signal.holds import HoldAnalyser
from catfoot.signal.hops import HopAnalyser
from catfoot.signal.imu import ImuBlock
from catfoot.signal.lifts import LiftAnalyser
from catfoot.signal.lunges import LungeAnalyser
from catfoot.signal.pauses import PauseAnalyser
from catfoot.signal.reps import RepAnalyser
from catfoot.signal.sacrum import SacrumAnalyser
from catfoot.signal.settling import SettleAnalyser
from catfoot.signal.shank import ShankAnalyser
from catfoot.signal.steps import Mount, StepAnalyser
from catfoot.signal.stream import Analyser, analyse
from catfoot.signal.taps import TapAnalyser

LEFT = Mount("left", "lace")
ANALYSERS: dict[str, Callable[[float], Analyser]] = {
    "steps": lambda rate_hz: StepAnalyser(LEFT, rate_hz),
    "contacts": ContactAnalyser,
    "sway": lambda rate_hz: SwayAnalyser(LEFT, rate_hz),
    "hops": HopAnalyser,
    "holds": lambda rate_hz: HoldAnalyser(LEFT, rate_hz),
    "lifts": lambda rate_hz: LiftAnalyser(LEFT, rate_hz),
    "waist": lambda rate_hz: SacrumAnalyser(rate_hz, lambda t_ns: 3.0 + t_ns % 7 / 10),
    "shin": lambda rate_hz: ShankAnalyser(LEFT, rate_hz),
    "reps": lambda rate_hz: RepAnalyser(LEFT, rate_hz),
    "taps": TapAnalyser,
    "lunges": lambda rate_hz: LungeAnalyser(LEFT, rate_hz),
    "pauses": lambda rate_hz: PauseAnalyser(LEFT, rate_hz),
    "pushes": lambda rate_hz: SettleAnalyser(rate_hz, [3_000_000_000, 9_000_000_000]),
}
#: A run has few of these or none.
RARE = ("holds", "hops", "lifts", "lunges", "pauses", "pushes")
#: Awkward on purpose: holes, jitter, a hole before the calibration is done, clipping.
RECORDINGS = {
    "run": synth.going(
        [(synth.Gait(cadence_spm=172), 14.0), (synth.WALK, 6.0)],
        sensor=synth.Sensor(
            rate_hz=100.0, acc_range_g=4.0, loss_frac=0.05, burst_every_s=5.3, jitter_s=0.001
        ),
        rest_s=1.5,
        seed=3,
    ).block,
    "hops": synth.hopper(
        [0.05] * 12, sensor=synth.Sensor(burst_every_s=3.1, acc_range_g=6.0), seed=4
    ).block,
    "walk": synth.walker(
        16.0, sensor=synth.Sensor(rate_hz=128.0, burst_every_s=7.0, burst_s=1.2), seed=4
    ).block,
    "raises": synthmoves.heel_raises(
        [0.2, 0.6] * 4,
        sensor=synth.Sensor(rate_hz=100.0, loss_frac=0.05, burst_every_s=4.1),
        seed=4,
    ).block,
    "lunges": synthmoves.lunges([30.0, 20.0], sensor=synth.Sensor(rate_hz=60.0), seed=4).block,
    "pushes": synthmoves.pushed([6.0, 12.0], seed=4).block,
    "stand": synthstands.stand(4.0, 6.0, sensor=synth.Sensor(rate_hz=128.0), seed=4).block[400:],
}
WHOLE = {
    (name, r): analyse(make(block.rate_hz), [block])
    for name, make in ANALYSERS.items()
    for r, block in RECORDINGS.items()
}


def cut(block: ImuBlock, at: list[int]) -> list[ImuBlock]:
    edges = [0, *sorted(at), len(block)]
    return [block[a:b] for a, b in pairwise(edges)]


@pytest.mark.parametrize("name", ANALYSERS)
@pytest.mark.parametrize("recording", RECORDINGS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_any_cut_gives_the_same_bits(name: str, recording: str, data: st.DataObject) -> None:
    block = RECORDINGS[recording]
    at = data.draw(st.lists(st.integers(0, len(block)), max_size=40))
    rows = analyse(ANALYSERS[name](block.rate_hz), cut(block, at))
    assert rows.tobytes() == WHOLE[name, recording].tobytes()


@pytest.mark.parametrize("name", ANALYSERS)
@pytest.mark.parametrize("size", [1, 7, 64])
def test_blocks_of_one_size_give_the_same_bits(name: str, size: int) -> None:
    block = RECORDINGS["run"]
    rows = analyse(ANALYSERS[name](block.rate_hz), cut(block, list(range(0, len(block), size))))
    assert len(rows) > 10 or name in RARE
    assert rows.tobytes() == WHOLE[name, "run"].tobytes()


@pytest.mark.parametrize("size", [1, 7, 5000])
def test_parts_of_unlike_blocks_give_the_same_bits_however_they_are_cut(size: int) -> None:
    block = RECORDINGS["run"]
    parts = [
        replace(block[:333], gyr=None),  # the gyroscope starts a little later
        block[333:901],
        replace(block[901:1400], acc_range_mps2=(157.0, 157.0, 157.0)),
        replace(block[1400:1403], gyr=None),
        block[1403:],
    ]
    whole = analyse(StepAnalyser(LEFT, block.rate_hz), parts)
    assert len(whole) > 10
    cuts = [c for part in parts for c in cut(part, list(range(0, len(part), size)))]
    assert analyse(StepAnalyser(LEFT, block.rate_hz), cuts).tobytes() == whole.tobytes()


@pytest.mark.parametrize("name", ANALYSERS)
def test_an_empty_recording_gives_no_rows(name: str) -> None:
    analyser = ANALYSERS[name](200.0)
    assert len(analyser.update(RECORDINGS["run"][:0])) == 0
    assert len(analyser.finish()) == 0
