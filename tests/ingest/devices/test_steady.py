import numpy as np
import pytest

from catfoot.ingest.devices.steady import Steady
from catfoot.signal.tables import FloatArray


def test_stamps_in_whole_milliseconds_become_even_times() -> None:
    # the sensor's own idea of 208 Hz
    true: FloatArray = np.linspace(50e6, 50e6 + 4159e9 / 208.7, 4160, dtype=np.float64)
    steady = Steady(208, slack_ns=15e6)
    got = [steady.times(int(true[k] // 1e6) * 1_000_000, 8) for k in range(0, len(true), 8)]
    off_ms = (np.concatenate(got) - true)[1000:] / 1e6
    assert off_ms.std() < 0.2
    assert np.diff(np.concatenate(got))[1000:] == pytest.approx(1e9 / 208.7, abs=0.3e6)
    assert steady.gaps == 0


def test_times_only_grow_whatever_the_stamps_do() -> None:
    rng = np.random.default_rng(3)
    steady = Steady(100, slack_ns=50e6)
    stamps = np.arange(500) * 40_000_000 + rng.integers(-60_000_000, 60_000_000, 500)
    times = np.concatenate([steady.times(int(stamp), 4) for stamp in stamps])
    assert (np.diff(times) > 0).all()


def test_a_stamp_far_ahead_is_a_gap_and_starts_anew() -> None:
    steady = Steady(100, slack_ns=50e6)
    steady.times(0, 4)
    assert steady.times(1_000_000_000, 4)[0] == 1_000_000_000
    assert steady.gaps == 1
