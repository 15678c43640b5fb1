"""What a person waits for: an hour of one foot, from samples to steps.

Beside it, in the same run and the same unit (CPU seconds of one thread): one 41-tap filter
over the same number of samples, so that figures of different machines can be compared.
"""

import time
from collections.abc import Callable

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from scipy import ndimage

from catfoot.signal import synth
from catfoot.signal.imu import ImuBlock
from catfoot.signal.steps import Mount, StepAnalyser
from catfoot.signal.stream import analyse

RATE_HZ = 200.0
HOUR = 720_000


@pytest.fixture(scope="module")
def hour() -> ImuBlock:
    """One hour of running, ten minutes of it repeated."""
    part = synth.runner(600.0, rest_s=0.0, seed=1).block
    assert part.gyr is not None
    n = -(-HOUR // len(part))
    return ImuBlock(
        t_ns=np.arange(HOUR) * 5_000_000,
        acc=np.tile(part.acc, (n, 1))[:HOUR],
        gyr=np.tile(part.gyr, (n, 1))[:HOUR],
        rate_hz=RATE_HZ,
        acc_range_mps2=part.acc_range_mps2,
        gyr_range_radps=part.gyr_range_radps,
    )


def run(block: ImuBlock, size: int) -> int:
    analyser = StepAnalyser(Mount("left", "lace"), RATE_HZ)
    return len(analyse(analyser, (block[i : i + size] for i in range(0, len(block), size))))


def timed(benchmark: BenchmarkFixture, work: Callable[[], int], rounds: int) -> None:
    """Median CPU seconds of one thread, whatever else the machine does."""
    seconds = []
    for _ in range(rounds):
        start = time.process_time()
        assert work() > 4000
        seconds.append(time.process_time() - start)
    cpu_s = float(np.median(seconds))
    benchmark.pedantic(work, rounds=1)  # type: ignore[no-untyped-call]
    benchmark.extra_info["cpu_s"] = round(cpu_s, 4)
    benchmark.extra_info["times_real_time"] = round(3600 / cpu_s)
    print(f"  {benchmark.name}: {cpu_s:.3f} s CPU, {3600 / cpu_s:,.0f} times real time")


def test_a_41_tap_filter_over_an_hour(benchmark: BenchmarkFixture) -> None:
    x, taps = np.random.default_rng(0).standard_normal(HOUR), np.full(41, 1 / 41)
    timed(benchmark, lambda: len(ndimage.correlate1d(x, taps)), 9)


@pytest.mark.parametrize("size", [HOUR, 12_000], ids=["at-once", "minute-blocks"])
def test_an_hour_of_steps(benchmark: BenchmarkFixture, hour: ImuBlock, size: int) -> None:
    timed(benchmark, lambda: run(hour, size), 5)


def test_an_hour_of_steps_live(benchmark: BenchmarkFixture, hour: ImuBlock) -> None:
    """In packets of 20 samples, as a radio brings them."""
    timed(benchmark, lambda: run(hour, 20), 1)
