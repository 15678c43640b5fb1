"""What a person waits for: an hour of one foot, from samples to steps.

Beside it, in the same run and the same unit (CPU seconds of one thread): one 41-tap filter
over the same number of samples, so that figures of different machines can be compared.
"""

import subprocess
import sys
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


GROWTH = """
import resource, sys, time
import numpy as np
from catfoot.signal import synth
from catfoot.signal.imu import ImuBlock
from catfoot.signal.steps import Mount, StepAnalyser

size, hours = int(sys.argv[1]), float(sys.argv[2])
part = synth.runner(600.0, rest_s=0.0, seed=1).block
at = np.arange(size)
analyser, n, took_s = StepAnalyser(Mount("left", "lace"), 200.0), int(hours * 720_000), 0.0
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
held = lambda: int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 2**20
before = None
for first in range(0, n, size):
    which = (at + first) % len(part)
    block = ImuBlock(t_ns=(at + first) * 5_000_000, acc=part.acc[which], gyr=part.gyr[which], rate_hz=200.0,
                     acc_range_mps2=part.acc_range_mps2, gyr_range_radps=part.gyr_range_radps)
    if before is None and (first >= 60_000 or size >= n):
        before = held()
    begun_s = time.process_time()
    analyser.update(block)
    took_s += time.process_time() - begun_s
analyser.finish()
# At once the peak counts, also that of making the runner; in blocks what is held in the end.
print((peak() if size >= n else held()) - before, took_s)
"""


def grown(size: int, hours: float) -> tuple[float, float]:
    """Return how many MB a process of its own grew by, and the CPU seconds of the analysis."""
    told = subprocess.run(
        [sys.executable, "-c", GROWTH, str(size), str(hours)],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    return float(told[0]), float(told[1])


def test_an_hour_in_blocks_grows_little_and_time_is_linear() -> None:
    grew_mb, hour_s = grown(12_000, 1.0)
    once_mb, _ = grown(HOUR, 1.0)
    short_s, long_s = grown(12_000, 1 / 6)[1], grown(12_000, 10.0)[1]
    print(
        f"  an hour in minute blocks: +{grew_mb:.1f} MB, bar 20; at once: +{once_mb:.0f} MB, bar 300;"
        f" CPU of 10 min, 1 h, 10 h: {short_s:.3f}, {hour_s:.3f}, {long_s:.2f} s"
    )
    assert grew_mb <= 20
    assert once_mb <= 300
    assert long_s < 15 * hour_s
