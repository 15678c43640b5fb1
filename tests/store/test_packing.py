import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from catfoot.errors import StoreError
from catfoot.signal.tables import READING, STEP, TABLES, empty
from catfoot.store.packing import pack, unpack

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
