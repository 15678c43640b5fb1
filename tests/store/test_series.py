"""The contract of the port: one suite, every implementation."""

import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from catfoot.errors import StoreError
from catfoot.signal.tables import READING, STEP, SWAY, TABLES, Table, empty
from catfoot.store.bins import Window
from catfoot.store.embedded import EmbeddedSeries
from catfoot.store.influx import InfluxSeries
from catfoot.store.packing import pack
from catfoot.store.series import Series, SeriesKey

from .conftest import ADA, BEN, Spawn

RUN, OTHER_RUN = "1" * 32, "2" * 32
KEY = SeriesKey(
    athlete=ADA, run=RUN, recording="3" * 32, side="left", rev=1,
    origin_ns=1_772_366_400_123_456_789,
)  # fmt: skip

Open = Callable[[], Series]


@pytest.fixture(params=["embedded", "influx", "influx delivered"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Open the same store as often as wanted; every opening is closed at the end.

    InfluxDB is asked twice: while writes may still be on their way, and when all are there.
    """
    stores: list[Series] = []

    def open_one() -> Series:
        if request.param == "embedded":
            stores.append(EmbeddedSeries(tmp_path / "series.db"))
        else:
            kind = InfluxSeries if request.param == "influx" else Delivered
            stores.append(kind(request.getfixturevalue("influx_url"), tmp_path))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()


class Delivered(InfluxSeries):
    """A store that waits until the server has what was written."""

    def write(self, key: SeriesKey, tables: Mapping[str, Table]) -> None:
        super().write(key, tables)
        assert self.flush(30), (self.fault, self.dead())


@pytest.fixture
def series(opened: Open) -> Series:
    return opened()


def rows(dtype: np.dtype[np.void] = STEP, n: int = 50, seed: int = 1) -> Table:
    """Return rows of noise, with a column that knows nothing and one that half does."""
    rng = np.random.default_rng(seed)
    table = empty(dtype, n)
    for i, name in enumerate(dtype.names or ()):
        if dtype[name].kind == "f":
            if i % 3:
                table[name] = rng.normal(size=n)
                table[name][::7] = np.nan
        else:
            top = min(np.iinfo(dtype[name]).max, 10**12)
            table[name] = rng.integers(0, top, n)
    table[(dtype.names or ("",))[0]] = np.cumsum(rng.integers(10**8, 10**9, n))
    return table


def same(found: dict[SeriesKey, Table], expected: dict[SeriesKey, Table]) -> bool:
    return found.keys() == expected.keys() and all(
        found[key].dtype == rows.dtype and found[key].tobytes() == rows.tobytes()
        for key, rows in expected.items()
    )


@pytest.mark.parametrize("name", TABLES)
def test_every_table_comes_back_as_it_was_written(series: Series, name: str) -> None:
    table = rows(TABLES[name])
    series.write(KEY, {name: table})
    assert same(series.read(ADA, RUN, name), {KEY: table})


def test_an_empty_table_comes_back_empty(series: Series) -> None:
    series.write(KEY, {"step": empty(STEP)})
    assert same(series.read(ADA, RUN, "step"), {KEY: empty(STEP)})


def test_what_was_never_written_is_nothing(series: Series) -> None:
    series.write(KEY, {"step": rows()})
    assert series.read(ADA, RUN, "sway") == {}
    assert series.read(ADA, OTHER_RUN, "step") == {}
    assert series.read(BEN, RUN, "step") == {}


def test_recordings_of_a_run_come_each_under_their_own_key(series: Series) -> None:
    right = replace(KEY, recording="4" * 32, side="right", origin_ns=5)
    series.write(KEY, {"step": rows(seed=1)})
    series.write(right, {"step": rows(seed=2)})
    expected = {KEY: rows(seed=1), right: rows(seed=2)}
    assert same(series.read(ADA, RUN, "step"), expected)


def test_rows_within_a_time_are_read_and_no_others(series: Series) -> None:
    right = replace(KEY, recording="4" * 32, side="right", origin_ns=KEY.origin_ns + 10**12)
    for key in (KEY, right):
        series.write(key, {"step": rows(n=200)})
    at_ns = rows(n=200)["ic_ns"]
    low, high = KEY.origin_ns + int(at_ns[20]), KEY.origin_ns + int(at_ns[70])
    found = series.read(ADA, RUN, "step", Window(low, high))
    assert same(found, {KEY: rows(n=200)[20:70], right: empty(STEP)})
    everything = Window(KEY.origin_ns, right.origin_ns + int(at_ns[-1]) + 1)
    assert same(series.read(ADA, RUN, "step", everything), {KEY: rows(n=200), right: rows(n=200)})
    with pytest.raises(ValueError, match="an end after the start"):
        Window(high, low)


def test_rows_that_are_not_in_the_order_of_time_are_read_within_a_time_too(series: Series) -> None:
    table = rows(n=60)[np.random.default_rng(7).permutation(60)]
    series.write(KEY, {"step": table})
    low, high = np.sort(table["ic_ns"])[[10, 40]].tolist()
    kept = table[(table["ic_ns"] >= low) & (table["ic_ns"] < high)]
    found = series.read(ADA, RUN, "step", Window(KEY.origin_ns + low, KEY.origin_ns + high))
    assert same(found, {KEY: kept})
    (bins,) = series.thinned(
        ADA, RUN, "step", ["gct_s"], Window(KEY.origin_ns + low, KEY.origin_ns + high), 5
    ).values()
    assert bins["n"].sum() in (29, 30)  # bins count whole us


@pytest.mark.parametrize("width", [2, 7, 300, 100_000])
def test_a_screens_width_shows_mean_least_and_greatest_of_every_bin(
    series: Series, width: int
) -> None:
    table = rows(n=400)
    series.write(KEY, {"step": table})
    at_us = (KEY.origin_ns + table["ic_ns"]) // 1000
    within = Window(int(at_us[30]) * 1000, int(at_us[350]) * 1000)
    columns = ["gct_s", "speed_mps", "slope_rad"]
    (bins,) = series.thinned(ADA, RUN, "step", columns, within, width).values()
    every_us = within.every_us(width)
    assert bins["n"].sum() == 320
    assert 0 < len(bins) <= width
    assert (np.diff(bins["start_us"]) > 0).all()
    for bin in bins:
        inside = (at_us // every_us * every_us == bin["start_us"])[30:350]
        mine = table[30:350][inside]
        assert bin["n"] == len(mine)
        for name in columns:
            known = mine[name][~np.isnan(mine[name])]
            said = [bin[f"{name}_{what}"] for what in ("mean", "min", "max")]
            if len(known):
                assert said == [pytest.approx(known.mean()), known.min(), known.max()]
            else:
                assert np.isnan(said).all()


def test_thinning_needs_a_measure_and_a_width(series: Series) -> None:
    series.write(KEY, {"step": rows()})
    within = Window(0, 10**9)
    assert {
        key: len(t) for key, t in series.thinned(ADA, RUN, "step", ["gct_s"], within, 9).items()
    } == {KEY: 0}
    assert series.thinned(ADA, OTHER_RUN, "step", ["gct_s"], within, 9) == {}
    for table, column, width in (
        ("step", "gct_s; DROP", 9), ("step", "ic_ns", 9), ("x", "gct_s", 9), ("step", "gct_s", 1),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"expected|no measure"):
            series.thinned(ADA, RUN, table, [column], within, width)


def test_what_is_held_is_told_with_its_numbers_of_rows(series: Series) -> None:
    right = replace(KEY, recording="4" * 32, side="right", rev=2)
    later = replace(KEY, run=OTHER_RUN, recording="5" * 32)
    series.write(KEY, {"step": rows(n=7), "sway": rows(SWAY, n=0)})
    series.write(right, {"reading": rows(READING, n=3)})
    series.write(later, {"step": rows(n=5)})
    series.write(replace(KEY, athlete=BEN), {"step": rows()})
    assert series.held(ADA) == {
        KEY: {"step": 7, "sway": 0},
        right: {"reading": 3},
        later: {"step": 5},
    }
    assert series.held("c" * 32) == {}


def test_writing_twice_is_writing_once(series: Series) -> None:
    for _ in range(2):
        series.write(KEY, {"step": rows(), "sway": rows(SWAY)})
    assert same(series.read(ADA, RUN, "step"), {KEY: rows()})
    assert series.drop(ADA) == 2


def test_a_new_revision_replaces_all_tables_of_the_recording_and_no_others(series: Series) -> None:
    right = replace(KEY, recording="4" * 32, side="right")
    series.write(right, {"step": rows(seed=9)})
    series.write(KEY, {"step": rows(), "sway": rows(SWAY)})
    newer = replace(KEY, rev=2, origin_ns=7)
    series.write(newer, {"step": rows(n=20, seed=3)})
    assert same(series.read(ADA, RUN, "step"), {newer: rows(n=20, seed=3), right: rows(seed=9)})
    assert series.read(ADA, RUN, "sway") == {}


def test_an_older_revision_that_comes_late_is_not_read(series: Series) -> None:
    newer = replace(KEY, rev=2)
    series.write(newer, {"step": rows(seed=2)})
    series.write(KEY, {"step": rows(seed=1), "reading": rows(READING)})
    assert same(series.read(ADA, RUN, "step"), {newer: rows(seed=2)})
    assert series.read(ADA, RUN, "reading") == {}


def test_dropping_takes_a_recording_a_run_or_an_athlete_and_nothing_else(series: Series) -> None:
    right = replace(KEY, recording="4" * 32, side="right")
    later = replace(KEY, run=OTHER_RUN, recording="5" * 32)
    bens = replace(KEY, athlete=BEN)
    for key in (KEY, right, later, bens):
        series.write(key, {"step": rows(), "reading": rows(READING)})
    assert series.drop(ADA, RUN, right.recording) == 2
    assert set(series.read(ADA, RUN, "step")) == {KEY}
    assert series.drop(ADA, RUN) == 2
    assert series.read(ADA, RUN, "step") == {}
    assert set(series.read(ADA, OTHER_RUN, "step")) == {later}
    assert series.traces(ADA) != []
    assert series.drop(ADA) == 2
    assert series.drop(ADA) == 0
    assert series.traces(ADA) == []
    assert same(series.read(BEN, RUN, "step"), {bens: rows()})


def test_what_is_written_is_there_for_everybody_who_opens_the_store(opened: Open) -> None:
    first, second = opened(), opened()
    first.write(KEY, {"step": rows()})
    assert same(second.read(ADA, RUN, "step"), {KEY: rows()})
    first.close()
    second.drop(ADA)
    assert opened().read(ADA, RUN, "step") == {}


def test_an_id_that_is_not_32_hex_digits_is_refused(series: Series) -> None:
    with pytest.raises(ValueError, match="athlete"):
        series.write(replace(KEY, athlete="ada' OR 1=1 --"), {"step": rows()})


def test_threads_read_and_write_side_by_side(series: Series) -> None:
    def work(seed: int) -> None:
        for i in range(10):
            key = replace(KEY, run=f"{seed:016x}{i:016x}")
            series.write(key, {"step": rows(seed=seed)})
            assert same(series.read(ADA, key.run, "step"), {key: rows(seed=seed)})

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(work, range(4))) == [None] * 4
    assert series.drop(ADA) == 40


# The embedded store's own


def test_a_file_of_a_newer_catfoot_is_refused_with_one_sentence(tmp_path: Path) -> None:
    EmbeddedSeries(tmp_path / "series.db").close()
    with closing(sqlite3.connect(tmp_path / "series.db")) as database:
        database.execute("PRAGMA user_version=99")
    with pytest.raises(StoreError, match="newer catfoot; update catfoot"):
        EmbeddedSeries(tmp_path / "series.db")


def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "series.db").write_bytes(b"not a database " * 100)
    with pytest.raises(StoreError, match=r"series\.db cannot be used: file is not a database"):
        EmbeddedSeries(tmp_path / "series.db")


def test_a_corrupted_page_is_one_sentence_and_is_never_returned(tmp_path: Path) -> None:
    series = EmbeddedSeries(tmp_path / "series.db")
    for n in range(20):
        series.write(replace(KEY, run=f"{n:032x}"), {"step": rows(n=500, seed=n)})
    series.close()
    data = bytearray((tmp_path / "series.db").read_bytes())
    data[8 * 4096 : 12 * 4096] = bytes(4 * 4096)
    (tmp_path / "series.db").write_bytes(data)
    series = EmbeddedSeries(tmp_path / "series.db")
    damaged = 0
    for n in range(20):
        key = replace(KEY, run=f"{n:032x}")
        try:
            assert same(series.read(ADA, key.run, "step"), {key: rows(n=500, seed=n)})
        except StoreError as fault:
            damaged += "\n" not in str(fault)
    assert 0 < damaged < 20
    series.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_full_disk_is_one_sentence_and_nothing_is_half_written(tmp_path: Path) -> None:
    import resource

    series = EmbeddedSeries(tmp_path / "series.db")
    series.write(KEY, {"step": rows()})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(StoreError, match=r"series\.db cannot be used"):
            series.write(replace(KEY, rev=2), {"step": rows(n=5000), "sway": rows(SWAY, n=5000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert same(series.read(ADA, RUN, "step"), {KEY: rows()})
    series.write(replace(KEY, rev=2), {"step": rows(n=5000)})
    assert [len(found) for found in series.read(ADA, RUN, "step").values()] == [5000]
    series.close()


def test_what_was_dropped_is_in_no_file(tmp_path: Path) -> None:
    series = EmbeddedSeries(tmp_path / "series.db")
    table = np.zeros(4096, np.dtype([("noise", "u1")]))
    table["noise"] = np.random.default_rng(5).integers(0, 256, 4096)
    for n in range(20):
        series.write(replace(KEY, run=f"{n:032x}"), {"noise": table})
    needle = pack(table)[1000:1040]
    assert any(needle in path.read_bytes() for path in tmp_path.iterdir())
    series.drop(ADA)
    for path in tmp_path.iterdir():
        assert needle not in path.read_bytes()
        assert ADA.encode() not in path.read_bytes()
    series.close()


WRITER = """
from pathlib import Path
from dataclasses import replace
import numpy as np
from catfoot.store.bins import Window
from catfoot.store.embedded import EmbeddedSeries
from catfoot.store.influx import InfluxSeries
from catfoot.store.packing import pack
from catfoot.store.series import SeriesKey
from catfoot.signal.tables import STEP, empty
print("ready", flush=True)
input()
series = EmbeddedSeries(Path({folder!r}) / "series.db")
for i in range({n}):
    table = empty(STEP, 500)
    table["ic_ns"] = np.arange(500) * i
    key = SeriesKey(athlete={athlete!r}, run="%032x" % i, recording="3" * 32, side="left", rev=1,
        origin_ns=0)
    series.write(key, {{"step": table, "reading": table[["ic_ns"]]}})
    print(i, flush=True)
"""


def test_two_processes_open_a_new_store_and_write_at_once(tmp_path: Path, spawn: Spawn) -> None:
    children = [
        spawn(WRITER.format(folder=str(tmp_path), athlete=athlete, n=40)) for athlete in (ADA, BEN)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        said, _ = child.communicate("go\n")
        assert said.endswith("39\n")
        assert child.returncode == 0
    series = EmbeddedSeries(tmp_path / "series.db")
    assert (series.drop(ADA), series.drop(BEN)) == (80, 80)
    series.close()


def test_rows_that_were_acknowledged_survive_kill_9_and_none_are_halved(
    tmp_path: Path, spawn: Spawn
) -> None:
    for kill in range(3):
        child = spawn(WRITER.format(folder=str(tmp_path), athlete=ADA, n=10**6))
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write("go\n")
        child.stdin.flush()
        assert child.stdout.readline() == "ready\n"
        last = [child.stdout.readline() for _ in range(20 + 7 * kill)][-1]
        child.kill()
        child.communicate()
        series = EmbeddedSeries(tmp_path / "series.db")
        for i in range(int(last) + 3):
            run = f"{i:032x}"
            (steps,) = series.read(ADA, run, "step").values() or [None]
            (others,) = series.read(ADA, run, "reading").values() or [None]
            assert (steps is None) == (others is None)
            assert steps is not None or i > int(last)
            if steps is not None:
                assert steps["ic_ns"].tolist() == (np.arange(500) * i).tolist()
        series.drop(ADA)
        series.close()
