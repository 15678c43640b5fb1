from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catfoot.signal.tables import READING, STEP, Table, empty
from catfoot.store import lineprotocol as lp

KINDS = st.sampled_from(["<i8", "<i4", "<u4", "<u2", "<i1", "<u1", "<f8"])


def lines_of(posts: list[bytes]) -> list[str]:
    """Return the lines; every one of them ends."""
    whole = b"".join(posts).decode()
    assert not whole or whole.endswith("\n")
    return whole.splitlines()


def read_back(lines: list[str], table: Table) -> Table:
    """Return what a server that keeps every field would answer."""
    found: list[dict[str, Any]] = []
    for line in sorted(lines, key=lambda line: int(line.rsplit(" ", 1)[1])):
        fields = (field.split("=") for field in line.split(" ")[1].split(","))
        found.append({name: float(v) for name, v in fields})
    names = {name for row in found for name in row}
    answer = {name: [row.get(name) for row in found] for name in names}
    return lp.rows("anything", lp.layout(table), answer)


@given(kinds=st.lists(KINDS, min_size=1, max_size=4), n=st.integers(0, 40), data=st.data())
@settings(deadline=None)
def test_any_numbers_come_back_from_their_lines(
    kinds: list[str], n: int, data: st.DataObject
) -> None:
    table = empty(
        np.dtype([("t_ns", "<i8"), *((f"c{i}", kind) for i, kind in enumerate(kinds))]), n
    )
    table["t_ns"] = data.draw(st.lists(st.integers(-(2**62), 2**62), min_size=n, max_size=n))
    for i, kind in enumerate(kinds):
        number = np.dtype(kind)
        values = (
            st.floats(allow_infinity=False)
            if number.kind == "f"
            else st.integers(int(np.iinfo(number).min), int(np.iinfo(number).max))
        )
        table[f"c{i}"] = data.draw(st.lists(values, min_size=n, max_size=n))
    # Only the usual NaN: a server does not keep its payload.
    for i, kind in enumerate(kinds):
        if kind == "<f8":
            table[f"c{i}"][np.isnan(table[f"c{i}"])] = np.nan
    lines = lines_of(lp.points("m", "a=b", table, 1_772_366_400_000_000_000))
    assert len({line.rsplit(" ", 1)[1] for line in lines}) == n
    assert read_back(lines, table).tobytes() == table.tobytes()


def test_rows_at_one_instant_are_a_microsecond_apart() -> None:
    table = empty(READING, 3)
    table["t_ns"] = 5_000
    order, us = lp.times_us(table, 1_000_000_000)
    assert order.tolist() == [0, 1, 2]
    assert us.tolist() == [1_000_005, 1_000_006, 1_000_007]


def test_a_line_has_floats_and_nothing_unknown() -> None:
    table = empty(np.dtype([("ic_ns", "i8"), ("gct_s", "f8"), ("shock_mps2", "f8")]), 1)
    table["gct_s"] = 1.0
    (post,) = lp.points("step", "athlete=a,foot=left,rev=1_0", table, 7_000)
    assert post == b"step,athlete=a,foot=left,rev=1_0 ic_ns=0,gct_s=1.0000 7\n"


def test_a_whole_number_that_no_float_holds_is_two_floats() -> None:
    table = empty(np.dtype([("t_ns", "i8"), ("gct_s", "f8")]), 2)
    table["t_ns"] = [2**53 + 1, 2**60 + 12_345]
    lines = lines_of(lp.points("m", "a=b", table, 0))
    assert lines[0].startswith(f"m,a=b t_ns={2**53},t_ns_low=1 ")
    assert read_back(lines, table).tobytes() == table.tobytes()


def test_a_post_has_at_most_5000_lines_and_no_line_is_lost() -> None:
    table = empty(STEP, 12_001)
    table["ic_ns"] = np.arange(12_001) * 700_000_000
    table["gct_s"] = 0.25
    table["gct_s"][::3] = np.nan
    posts = lp.points("step", "a=b", table, 0)
    assert [post.count(b"\n") for post in posts] == [5000, 5000, 2001]
    lines = lines_of(posts)
    assert len(set(lines)) == 12_001
    assert sum("gct_s=0.2500 " in line for line in lines) == 8000


def test_bins_are_ten_seconds_of_mean_least_and_greatest() -> None:
    table = empty(STEP, 4)
    table["ic_ns"] = np.array([0, 4, 9, 25]) * 10**9
    table["gct_s"] = [0.2, 0.3, np.nan, 0.25]
    first, second = lines_of(lp.bins("step10s", "a=b", table, 0))
    assert first == "step10s,a=b n=3,gct_s_mean=0.250000,gct_s_min=0.2000,gct_s_max=0.3000 0"
    assert (
        second == "step10s,a=b n=1,gct_s_mean=0.250000,gct_s_min=0.2500,gct_s_max=0.2500 20000000"
    )
    assert lp.bins("step10s", "a=b", table[:0], 0) == []


@pytest.mark.parametrize("name", ["time", "row", "gct_low", "Gct", "a b", "a,b"])
def test_a_column_that_would_mean_something_else_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name"):
        lp.points("m", "", np.zeros(1, np.dtype([(name, "f8")])), 0)


def test_infinity_is_refused() -> None:
    with pytest.raises(ValueError, match="infinity"):
        lp.points("m", "", np.full(1, np.inf).view(np.dtype([("gct_s", "f8")])), 0)
