"""Holes: bridged and marked, or the end of a stride."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catfoot.signal.gaps import Bridge
from catfoot.signal.imu import ImuBlock


def block(at_ms: list[int]) -> ImuBlock:
    t = np.array(at_ms, np.int64) * 1_000_000
    ramp = np.asarray(t / 1e6)[:, None] * np.array([1.0, -1.0, 0.0])
    return ImuBlock(t_ns=t, acc=ramp, gyr=2 * ramp, rate_hz=200.0)


def test_a_complete_recording_passes_unchanged() -> None:
    bridge = Bridge(200.0)
    track = bridge.update(block([0, 5, 10, 15]))
    assert track.bridged is None
    assert (bridge.samples, bridge.lost, bridge.holes) == (4, 0, 0)


def test_a_short_hole_is_bridged_by_a_straight_line_and_marked() -> None:
    bridge = Bridge(200.0)
    track = bridge.update(block([0, 5, 20, 25]))
    assert track.t_ns.tolist() == [0, 5_000_000, 10_000_000, 15_000_000, 20_000_000, 25_000_000]
    np.testing.assert_allclose(track.acc[0], [0, 5, 10, 15, 20, 25])
    assert track.bridged is not None
    assert track.bridged.tolist() == [0, 0, 1, 1, 0, 0]
    assert (bridge.lost, bridge.holes) == (2, 0)


def test_more_than_25_ms_is_a_hole() -> None:
    bridge = Bridge(200.0)
    track = bridge.update(block([0, 5, 31, 36]))
    assert track.hole is not None
    assert track.hole.sum() == 4
    assert bridge.holes == 1


def test_a_hole_of_minutes_is_not_filled_with_minutes_of_samples() -> None:
    track = Bridge(200.0).update(block([0, 5, 600_000]))
    assert len(track.t_ns) < 200


def test_slow_sensors_are_not_all_holes() -> None:
    bridge = Bridge(25.0)
    t = np.arange(10) * 40_000_000
    bridge.update(ImuBlock(t_ns=t, acc=np.zeros((10, 3)), gyr=None, rate_hz=25.0))
    assert bridge.holes == 0


@given(st.lists(st.integers(1, 90), min_size=1, max_size=60), st.integers(0, 60))
def test_holes_across_two_blocks_are_those_of_one(steps_ms: list[int], cut: int) -> None:
    whole = block(np.cumsum(steps_ms).tolist())
    one, two = Bridge(200.0), Bridge(200.0)
    a = one.update(whole)
    parts = [two.update(whole[:cut]), two.update(whole[cut:])]
    assert np.concatenate([p.t_ns for p in parts]).tolist() == a.t_ns.tolist()
    assert np.concatenate([p.acc for p in parts], axis=1).tobytes() == a.acc.tobytes()
    assert (one.samples, one.lost, one.holes) == (two.samples, two.lost, two.holes)


def test_time_must_go_on() -> None:
    with pytest.raises(ValueError, match="must increase"):
        Bridge(200.0).update(block([0, 5, 5]))
