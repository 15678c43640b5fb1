"""What a person waits for when a run is stored and read, and what thousands of pods ask."""

import shutil
import threading
import time
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catfoot.signal.tables import STEP, Table, empty
from catfoot.store import lineprotocol
from catfoot.store.embedded import EmbeddedSeries
from catfoot.store.influxserver import InfluxServer
from catfoot.store.packing import pack
from catfoot.store.raw import RawStore, Writer
from catfoot.store.series import SeriesKey
from tests.store.influxd import Influxd

STEPS = 8_000
MEASURES = 14
RUNS_BEFORE = 60  # half a million rows lie there already


def run_of(seed: int) -> Table:
    """Return 8,000 steps with fourteen measures, as noisy as an analysis leaves them."""
    rng = np.random.default_rng(seed)
    table = empty(STEP, STEPS)
    gct_ns = np.rint(rng.normal(250e6, 10e6, STEPS)).astype(np.int64)
    table["ic_ns"] = np.cumsum(np.rint(rng.normal(720e6, 20e6, STEPS)).astype(np.int64))
    table["fc_ns"] = table["ic_ns"] + gct_ns
    floats = [name for name in STEP.names or () if STEP[name].kind == "f"]
    for name in floats[:MEASURES]:
        table[name] = rng.normal(size=STEPS)
    table["gct_s"] = gct_ns * 1e-9
    return table


def _note(waited: list[float], since: float, _: int) -> None:
    waited.append(time.perf_counter() - since)


def key(i: int) -> SeriesKey:
    return SeriesKey(
        athlete=f"{i % 30:032x}", run=f"{i:032x}", recording="1" * 32, side="left", rev=1,
        origin_ns=1_772_366_400_000_000_000 + i * 10**13,
    )  # fmt: skip


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedSeries]:
    store = EmbeddedSeries(tmp_path_factory.mktemp("series") / "series.db")
    for i in range(RUNS_BEFORE):
        store.write(key(i), {"step": run_of(i)})
    yield store
    store.close()


def test_a_run_is_stored(benchmark: Any, series: EmbeddedSeries) -> None:
    table, numbers = run_of(0), iter(range(RUNS_BEFORE, 10**6))
    benchmark(lambda: series.write(key(next(numbers)), {"step": table}))
    print(f"\n{len(pack(table)) / STEPS:.1f} bytes a step")


def test_a_run_is_read(benchmark: Any, series: EmbeddedSeries) -> None:
    found = benchmark(lambda: series.read(key(7).athlete, key(7).run, "step"))
    assert len(found[key(7)]) == STEPS


def test_three_thousand_open_recordings_each_grow_once_a_second(tmp_path: Path) -> None:
    raw, writer = RawStore(tmp_path), Writer(capacity=20_000)
    recordings = [raw.begin("a" * 32, f"r{i}") for i in range(3000)]
    waited: list[float] = []
    seconds, record = 4, bytes(240)
    for second in range(seconds):
        begun = time.perf_counter()
        for i, recording in enumerate(recordings):
            due = begun + i / len(recordings)
            while (rest := due - time.perf_counter()) > 0:
                threading.Event().wait(rest)
            at = time.perf_counter()
            writer.submit(recording, record, partial(_note, waited, at))
        late = time.perf_counter() - begun - 1
        print(f"\nsecond {second}: {max(0.0, late) * 1e3:.0f} ms late", end="")
    writer.close()
    for recording in recordings:
        recording.abandon()
    p50, p99 = np.percentile(waited, [50, 99]) * 1e3
    print(f"\nappended to durable: p50 {p50:.1f} ms, p99 {p99:.1f} ms, refused {writer.refused}")
    assert len(waited) == 3000 * seconds


def test_lines_of_a_run_are_made(benchmark: Any) -> None:
    table = run_of(0)
    points = benchmark(lambda: lineprotocol.points("step", "athlete=a,foot=left,rev=1_0", table, 0))
    print(f"\n{STEPS / benchmark.stats.stats.median:,.0f} lines/s")
    assert len(points.lines) == STEPS


@pytest.mark.skipif(shutil.which("influxd") is None, reason="needs Debian's influxdb")
def test_a_run_is_posted_to_influxdb_beside_a_raw_post_of_the_same_bytes() -> None:
    influxd = Influxd("influxd")
    try:
        influxd.start()
        influxd.query("CREATE DATABASE bench")
        server = InfluxServer(f"influx://127.0.0.1:{influxd.port}/bench")
        took: dict[str, list[float]] = {"client": [], "raw": []}
        for i in range(6):
            lines = lineprotocol.points(
                "step", f"athlete=a,foot=left,rev={i}_0", run_of(i), i * 10**13
            ).lines
            begun = time.perf_counter()
            server.write(lines)
            took["client"].append(time.perf_counter() - begun)
            begun = time.perf_counter()
            for at in range(0, len(lines), 5000):
                urllib.request.urlopen(
                    f"http://127.0.0.1:{influxd.port}/api/v2/write?bucket=bench&precision=us",
                    "\n".join(lines[at : at + 5000]).encode(),
                ).close()
            took["raw"].append(time.perf_counter() - begun)
        server.close()
        client, raw = (STEPS / float(np.median(times)) for times in took.values())
        print(f"\nclient {client:,.0f} lines/s, raw POST {raw:,.0f} lines/s")
    finally:
        influxd.remove()
