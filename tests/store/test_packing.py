import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from catfoot.errors import StoreError
from catfoot.signal.tables import READING, STEP, TABLES, Table, empty, on_grid
from catfoot.store.packing import pack, unpack, unpack_columns

NUMBERS = st.sampled_from(["<i8", "<i4", "<u4", "<u2", "<i1", "<u1", "<f8", "<f4"])


@given(
    columns=st.lists(NUMBERS, min_size=1, max_size=4),
    rows=st.integers(0, 60),
    data=st.data(),
)
@settings(deadline=None)
def test_any_table_comes_back_bit_for_bit(
    columns: list[str], rows: int, data: st.DataObject
) -> None:
    dtype = np.dtype([(f"c{i}", kind) for i, kind in enumerate(columns)])
    # Any bytes at all: NaN of every payload, -0.0, infinities, denormals.
    raw = data.draw(st.binary(min_size=rows * dtype.itemsize, max_size=rows * dtype.itemsize))
    table = np.frombuffer(raw, dtype)
    assert unpack(pack(table), "no contract table").tobytes() == raw


@given(
    places=st.integers(0, 9),
    whole=hnp.arrays(np.int64, st.integers(1, 50), elements=st.integers(-(10**12), 10**12)),
    times=st.booleans(),
    unknown=st.booleans(),
)
def test_decimal_fractions_come_back_bit_for_bit(
    places: int, whole: np.ndarray, times: bool, unknown: bool
) -> None:
    table = empty(READING, len(whole))
    table["gct_s"] = whole * 10.0**-places if times else whole / 10.0**places
    if unknown:
        table["gct_s"][0] = np.nan
    assert unpack(pack(table), "reading").tobytes() == table.tobytes()


@pytest.mark.parametrize("name", TABLES)
def test_an_empty_contract_table_and_one_that_knows_nothing_come_back(name: str) -> None:
    for n in (0, 1, 2, 5000):
        table = empty(TABLES[name], n)
        blob = pack(table)
        assert unpack(blob, name).tobytes() == table.tobytes()
        assert len(blob) < 800


def test_times_and_durations_of_steps_take_few_bytes() -> None:
    table = empty(STEP, 8000)
    gct_ns = 250_000_000 + np.arange(8000) * 7919 % 1_000_000 * 10
    table["ic_ns"] = np.cumsum(gct_ns * 3)
    table["fc_ns"] = table["ic_ns"] + gct_ns
    table["gct_s"] = gct_ns * 1e-9
    assert len(pack(table)) < 8000 * 3 * 4


def steps(n: int = 8000, seed: int = 0) -> Table:
    """Return steps as an analysis publishes them, every measure with noise of its own."""
    rng = np.random.default_rng(seed)
    table = empty(STEP, n)
    table["ic_ns"] = np.cumsum(rng.normal(720e6, 15e6, n))
    table["fc_ns"] = table["ic_ns"] + rng.normal(250e6, 10e6, n).astype(np.int64)
    table["stride_s"][:-1] = np.diff(table["ic_ns"]) / 1e9
    table["gct_s"] = (table["fc_ns"] - table["ic_ns"]) / 1e9
    table["swing_s"] = table["stride_s"] - table["gct_s"]
    table["flight_s"] = table["stride_s"] / 2 - table["gct_s"]
    for name, spread in SPREADS.items():
        table[name] = 10 * spread + rng.normal(0, spread, n)
    table["speed_mps"] = table["stride_m"] / table["stride_s"]
    for name in ("stride_s", "swing_s", "flight_s", "stride_m", "speed_mps"):
        table[name][::50] = np.nan  # the runner stopped
    table["gait"], table["grade_time"] = 2, 3
    return on_grid(table)


# Step to step, of one runner on one run.
SPREADS = {
    "stride_m": 0.05, "clearance_m": 0.008, "slope_rad": 0.02, "strike_rad": 0.035,
    "eversion_rad": 0.035, "eversion_radps": 0.7, "ml_excursion_m": 0.005, "pushoff_radps": 0.5,
    "touchdown_mps": 0.1, "ppa_mps2": 10.0, "shock_mps2": 3.0, "arrest_s": 0.003,
}  # fmt: skip


def test_all_columns_of_published_steps_take_at_most_18_bytes_and_come_back() -> None:
    table = steps()
    blob = pack(table)
    assert unpack(blob, "step").tobytes() == table.tobytes()
    assert len(blob) / len(table) <= 18


def test_steps_that_nobody_rounded_come_back_all_the_same() -> None:
    table = steps(500)
    table["speed_mps"] *= 1 + 1e-12
    table["gct_s"][3], table["swing_s"][4], table["stride_m"][5] = -0.0, 1e300, -np.inf
    table["ic_ns"][6] = -(2**63)
    assert unpack(pack(table), "step").tobytes() == table.tobytes()


@pytest.mark.parametrize("names", [["speed_mps"], ["swing_s", "ic_ns"], ["flight_s", "nothing"]])
def test_some_columns_are_read_without_the_others(names: list[str]) -> None:
    table = steps(200)
    n, columns = unpack_columns(pack(table), "step", names)
    assert n == 200
    assert set(columns) == set(names) - {"nothing"}
    for name, column in columns.items():
        assert column.tobytes() == table[name].tobytes()


@pytest.mark.parametrize("at", [4, 30, 900, -1])
def test_one_changed_bit_is_never_returned(at: int) -> None:
    blob = bytearray(pack(steps(200)))
    blob[at] ^= 1
    with pytest.raises(StoreError, match="rows of step are damaged"):
        unpack(bytes(blob), "step")


def test_a_column_gained_since_is_not_known_and_one_lost_is_left_out() -> None:
    old = np.zeros(3, np.dtype([("ic_ns", "i8"), ("gone_s", "f8"), ("gct_s", "f8")]))
    old["gct_s"] = 0.25
    rows = unpack(pack(old), "step")
    assert rows.dtype == STEP
    assert rows["gct_s"].tolist() == [0.25] * 3
    assert np.isnan(rows["stride_s"]).all()


@pytest.mark.parametrize("cut", [0, 3, 7, 20, 60, -1])
def test_damaged_rows_are_named_and_never_returned(cut: int) -> None:
    table = empty(STEP, 100)
    table["gct_s"] = np.linspace(0.2, 0.3, 100)
    with pytest.raises(StoreError, match="rows of step are damaged"):
        unpack(pack(table)[:cut], "step")
