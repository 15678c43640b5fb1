"""What a person waits for when a run is stored and read, and what thousands of pods ask."""

import http.client
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from catfoot.signal.summary import Measure, Summary
from catfoot.signal.tables import STEP, Table, empty, on_grid
from catfoot.store import lineprotocol
from catfoot.store.bins import Window
from catfoot.store.embedded import EmbeddedSeries
from catfoot.store.influxserver import InfluxServer
from catfoot.store.logbook import Logbook
from catfoot.store.packing import pack
from catfoot.store.raw import RawStore, Writer
from catfoot.store.series import SeriesKey
from catfoot.store.view import View
from catfoot.training.consent import MACHINE
from catfoot.training.entries import Person, Run
from tests.store.influxd import Influxd

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
STEPS = 8_000
COLUMNS = [name for name in STEP.names or () if STEP[name].kind == "f"][:14]
ATHLETES, RUNS_BEFORE = 25, 625  # five million steps lie there already

# Step to step, of one runner on one run, in the order of the columns.
SPREADS = {
    "stride_m": 0.05, "clearance_m": 0.008, "slope_rad": 0.02, "strike_rad": 0.035,
    "roll_rad": 0.03, "eversion_rad": 0.035, "eversion_radps": 0.7, "ml_excursion_m": 0.005, "pushoff_radps": 0.5,
    "flat_s": 0.005, "heel_off_s": 0.008,
    "touchdown_mps": 0.1, "ppa_mps2": 10.0, "shock_mps2": 3.0, "arrest_s": 0.003,
}  # fmt: skip


def run_of(seed: int) -> Table:
    """Return 8,000 steps with all columns, every measure with noise of its own, as published.

    Worse than real ones, whose measures follow each other.
    """
    rng = np.random.default_rng(seed)
    table = empty(STEP, STEPS)
    table["ic_ns"] = np.cumsum(rng.normal(720e6, 15e6, STEPS))
    table["fc_ns"] = table["ic_ns"] + rng.normal(250e6, 10e6, STEPS).astype(np.int64)
    table["stride_s"][:-1] = np.diff(table["ic_ns"]) / 1e9
    table["gct_s"] = (table["fc_ns"] - table["ic_ns"]) / 1e9
    table["swing_s"] = table["stride_s"] - table["gct_s"]
    table["flight_s"] = table["stride_s"] / 2 - table["gct_s"]
    for name, spread in SPREADS.items():
        table[name] = 10 * spread + rng.normal(0, spread, STEPS)
    table["speed_mps"] = table["stride_m"] / table["stride_s"]
    table["gait"], table["grade_time"] = 2, 3
    return on_grid(table)


def timed(benchmark: BenchmarkFixture, work: Callable[[], object], bar_ms: float) -> None:
    """Print median wall time and least CPU time of one thread, beside the bar."""
    benchmark.pedantic(work, rounds=5, warmup_rounds=2)  # type: ignore[no-untyped-call]
    wall, cpu = [], []
    for _ in range(41):
        wall.append(time.perf_counter())
        cpu.append(time.process_time())
        work()
        wall[-1] = time.perf_counter() - wall[-1]
        cpu[-1] = time.process_time() - cpu[-1]
    p50, least = float(np.median(wall)) * 1e3, min(cpu) * 1e3
    print(f"\n{benchmark.name}: p50 {p50:.2f} ms (CPU {least:.2f} ms), bar {bar_ms:g} ms")


def whose(i: int) -> tuple[str, str]:
    return key(i).athlete, key(i).run


def _note(waited: list[float], since: float, _: int) -> None:
    waited.append(time.perf_counter() - since)


def key(i: int) -> SeriesKey:
    return SeriesKey(
        athlete=f"{i % ATHLETES:032x}", run=f"{i:032x}", recording="1" * 32, side="left", rev=1,
        origin_ns=1_772_366_400_000_000_000 + i * 10**13,
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def series(folder: Path) -> Iterator[EmbeddedSeries]:
    store = EmbeddedSeries(folder / "series.db")
    some = [run_of(i) for i in range(5)]
    for i in range(RUNS_BEFORE):
        store.write(key(i), {"step": some[i % len(some)]})
    size = sum(path.stat().st_size for path in folder.glob("series.db*"))
    print(f"\n{RUNS_BEFORE * STEPS:,} steps: {size / RUNS_BEFORE / STEPS:.2f} bytes each on disk")
    yield store
    store.close()


@pytest.fixture(scope="module")
def logbook(folder: Path) -> Iterator[Logbook]:
    """The logbook of a club: every athlete ran each of the days whose steps are stored."""
    book = Logbook.open(f"sqlite:///{folder / 'logbook.db'}")
    measures = tuple(Measure(name=name, key=name, value=1.0, grade="B", n=4000) for name in COLUMNS)
    for i in range(ATHLETES):
        athlete = book.add_person(Person(name=f"athlete {i}"))
        for n in range(RUNS_BEFORE // ATHLETES):
            at = NOON - timedelta(days=n)
            run = Run(
                day=at.date(), started_at=at, duration_s=2880.0, distance_m=9000.0, effort=4.0,
                summary=Summary(duration_s=2880.0, steps=STEPS, measures=measures),
            )  # fmt: skip
            book.add(athlete, run)
    yield book
    book.close()


def test_bytes_of_a_step() -> None:
    table = run_of(0)
    fourteen = table[["ic_ns", "fc_ns", *COLUMNS]]
    print(f"\nall columns {len(pack(table)) / STEPS:.1f}, 14 measures and their times"
          f" {len(pack(fourteen)) / STEPS:.1f} bytes a step, bar 18")  # fmt: skip


def test_a_run_is_stored(benchmark: BenchmarkFixture, series: EmbeddedSeries) -> None:
    table, numbers = run_of(0)[["ic_ns", "fc_ns", *COLUMNS]], iter(range(10**5, 10**6))
    timed(benchmark, lambda: series.write(key(next(numbers)), {"step": table}), 8)


def test_a_run_is_stored_with_all_columns(
    benchmark: BenchmarkFixture, series: EmbeddedSeries
) -> None:
    table, numbers = run_of(0), iter(range(2 * 10**5, 10**6))
    timed(benchmark, lambda: series.write(key(next(numbers)), {"step": table}), 8)


def test_a_run_is_read_with_all_columns(
    benchmark: BenchmarkFixture, series: EmbeddedSeries
) -> None:
    at = iter(range(RUNS_BEFORE))
    timed(benchmark, lambda: series.read(*whose(next(at)), "step"), 3)


def test_ten_second_bins_of_fourteen_measures(
    benchmark: BenchmarkFixture, series: EmbeddedSeries
) -> None:
    at = iter(range(RUNS_BEFORE))

    def bins() -> None:
        i = next(at)
        start_ns = key(i).origin_ns
        within = Window(start_ns, start_ns + 5760 * 10**9)
        (found,) = series.thinned(*whose(i), "step", COLUMNS, within, 577).values()
        assert len(found) > 570

    timed(benchmark, bins, 2)


def test_a_week_of_the_team(
    benchmark: BenchmarkFixture, series: EmbeddedSeries, logbook: Logbook
) -> None:
    view = View(MACHINE, logbook, series, RawStore(Path("nowhere")))
    days = NOON.date() - timedelta(days=6), NOON.date()
    assert len(view.days(*days)) == 7 * ATHLETES
    timed(benchmark, lambda: view.days(*days), 5)


def test_half_a_year_of_an_athlete_by_day(benchmark: BenchmarkFixture, logbook: Logbook) -> None:
    (athlete, *_) = logbook.persons()
    days = NOON.date() - timedelta(days=180), NOON.date()
    timed(benchmark, lambda: logbook.days([athlete.id], *days), 5)


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


TAGS = f"athlete={'a' * 32},foot=left,rev=1_0"


@pytest.mark.parametrize(
    ("name", "made"), [("step", lineprotocol.points), ("step10s", lineprotocol.bins)]
)
def test_lines_of_a_run_are_made(
    benchmark: BenchmarkFixture,
    name: str,
    made: Callable[[str, str, Table, int], list[bytes]],
) -> None:
    table = run_of(0)
    posts = made(name, TAGS, table, 0)
    n = sum(post.count(b"\n") for post in posts)
    print(
        f"\n{name}: {n} lines of {sum(map(len, posts)) / n:.0f} bytes, bar 200,000 lines/s", end=""
    )
    timed(benchmark, lambda: made(name, TAGS, table, 0), n / 200)


@pytest.mark.skipif(shutil.which("influxd") is None, reason="needs Debian's influxdb")
def test_a_run_is_posted_to_influxdb_beside_a_raw_post_of_the_same_bytes() -> None:
    """In pairs, each the other's reference, taking turns who goes first."""
    influxd = Influxd("influxd")
    try:
        influxd.start()
        server = InfluxServer(f"influx://127.0.0.1:{influxd.port}/client")
        ratios, wall = [], []
        for i in range(16):
            # A fresh database each time, or the second would find the points there.
            posts = lineprotocol.points("step", f"athlete=a,foot=left,rev={i}_0", run_of(i), 0)
            took = {}
            for name in ("client", "raw") if i % 2 else ("raw", "client"):
                influxd.query(f"CREATE DATABASE {name}")
                begun = time.perf_counter()
                for post in posts:
                    if name == "client":
                        server.write(post)
                    else:
                        _raw_post(influxd.port, post)
                took[name] = time.perf_counter() - begun
                influxd.query(f"DROP DATABASE {name}")
            ratios.append(took["client"] / took["raw"])
            wall.append(took["client"])
        server.close()
        print(f"\nclient {STEPS / float(np.median(wall)):,.0f} lines/s; client / raw POST:"
              f" median {float(np.median(ratios)):.3f} of {len(ratios)} pairs, bar 1.10")  # fmt: skip
    finally:
        influxd.remove()


def _raw_post(port: int, body: bytes) -> None:
    path = "/api/v2/write?org=&bucket=raw&precision=us"
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", path, body, {"Content-Type": "text/plain"})
    answer = connection.getresponse()
    assert answer.status == 204, answer.read()
    connection.close()
