"""Rows over time in few numbers: mean, least and greatest of every measure in equal bins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..signal.tables import TABLES, BoolArray, FloatArray, IntArray, Table

#: Width of the bins that dashboards read, us.
TEN_SECONDS_US = 10_000_000

_WHAT = ("mean", "min", "max")

_FAR_NS = 1 << 62


@dataclass(frozen=True, slots=True)
class Window:
    """From ``start_ns`` up to, not including, ``stop_ns``: UTC, in ns."""

    start_ns: int
    stop_ns: int

    def __post_init__(self) -> None:
        if self.stop_ns <= self.start_ns:
            raise ValueError("window: expected an end after the start")

    def every_us(self, width: int) -> int:
        """Return how wide bins are of which ``width``, 2 or more, cover the window.

        Bins begin at multiples of their width since 1970, so that moving the window moves
        none of them; hence one less than asked for is spread over it.
        """
        if width < 2:
            raise ValueError(f"width: expected 2 bins or more, got {width}")
        span_us = -(-(self.stop_ns - self.start_ns) // 1000)
        return max(1, -(-span_us // (width - 1)))


def clock_of(dtype: np.dtype[np.void]) -> str | None:
    """Return the column that says when a row was, the first that ends in ``_ns``."""
    return next((name for name in dtype.names or () if name.endswith("_ns")), None)


def ordered_us(own_ns: IntArray, origin_ns: int) -> tuple[IntArray, IntArray]:
    """Return the order of times in ns and, in it, each in whole us UTC and 1 us after the last.

    ``origin_ns`` is UTC at time 0 of the clock.
    """
    if len(own_ns) and _steady(own_ns):
        us = (own_ns + origin_ns % 1000) // 1000 + origin_ns // 1000
        return np.arange(len(own_ns), dtype=np.int64), us
    order = np.argsort(own_ns, kind="stable").astype(np.int64)
    own = own_ns[order]
    count = np.arange(len(own), dtype=np.int64)
    # Thousandths apart, because origin and clock together may pass 2**63 ns.
    us = own // 1000 + origin_ns // 1000 + (own % 1000 + origin_ns % 1000) // 1000
    return order, np.maximum.accumulate(us - count) + count


def _steady(own_ns: IntArray) -> bool:
    """Tell whether times are in order and 1 us apart or more, far from where they wrap around."""
    near = own_ns.min() > -_FAR_NS and own_ns.max() < _FAR_NS
    return bool(near and (np.diff(own_ns) >= 1000).all())


def inside(table: Table, origin_ns: int, window: Window) -> Table:
    """Return the rows within the window, given UTC, in ns, at time 0 of their clock."""
    clock = clock_of(table.dtype)
    if clock is None:
        return table
    # In Python's integers: clocks may be anything.
    low, high = (
        min(max(ns - origin_ns, -(2**63)), 2**63 - 1) for ns in (window.start_ns, window.stop_ns)
    )
    return table[(table[clock] >= low) & (table[clock] < high)]


def measured(name: str, columns: Sequence[str]) -> None:
    """Raise ValueError unless these are measures, columns of floats, of the contract table."""
    if name not in TABLES:
        raise ValueError(f"table: expected one of {', '.join(TABLES)}, got {name!r}")
    for column in columns:
        if column not in (TABLES[name].names or ()) or TABLES[name][column].kind != "f":
            raise ValueError(f"columns: {name} has no measure {column!r}")


def dtype_of(columns: Sequence[str]) -> np.dtype[np.void]:
    """Return the table of bins: start_us, n, then mean, min and max of each column."""
    return np.dtype(
        [("start_us", "<i8"), ("n", "<i8")]
        + [(f"{column}_{what}", "<f8") for column in columns for what in _WHAT]
    )


@dataclass(frozen=True, slots=True)
class Scaled:
    """Measures as numbers over ``per``; ``unknown`` tells which are none, None: every one is known.

    What stands in the place of an unknown number has no meaning.
    """

    numbers: FloatArray | IntArray
    per: float = 1.0
    unknown: BoolArray | None = None

    def __getitem__(self, rows: slice | IntArray) -> "Scaled":
        """Return some of the rows."""
        unknown = None if self.unknown is None else self.unknown[rows]
        return Scaled(self.numbers[rows], self.per, unknown)


def scaled(values: FloatArray) -> Scaled:
    """Return a column of measures as it is, NaN where it is not known."""
    unknown = np.isnan(values)
    return Scaled(values, 1.0, unknown if unknown.any() else None)


def thinned(
    own_ns: IntArray,
    columns: Mapping[str, Scaled],
    origin_ns: int,
    within: Window,
    every_us: int,
) -> Table:
    """Return the bins of the window, given what the clock said and UTC at its time 0."""
    order, us = ordered_us(own_ns, origin_ns)
    low, high = (-(-ns // 1000) for ns in (within.start_ns, within.stop_ns))
    first, last = np.searchsorted(us, [low, high]).tolist()
    if (order[1:] > order[:-1]).all():
        some = {name: column[first:last] for name, column in columns.items()}
    else:
        some = {name: column[order[first:last]] for name, column in columns.items()}
    return binned(us[first:last], some, every_us)


def binned(us: IntArray, columns: Mapping[str, Scaled], every_us: int) -> Table:
    """Return a row for each bin that has any, given times in order; NaN: nothing known in it."""
    bins = us // every_us
    edges = np.flatnonzero(np.diff(bins, prepend=bins[:1] - 1))
    out = np.empty(len(edges), dtype_of(list(columns)))
    out["start_us"] = bins[edges] * every_us
    out["n"] = n = np.diff(edges, append=len(us))
    if len(edges):
        for name, values in columns.items():
            for what, found in zip(_WHAT, _summed(values, edges, n), strict=True):
                np.divide(found, values.per, out=out[f"{name}_{what}"])
    return out


def _summed(
    measure: Scaled, edges: IntArray, n: IntArray
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    values, unknown = measure.numbers, measure.unknown
    if unknown is None or not unknown.any():
        total = np.add.reduceat(values, edges)
        return total / n, np.minimum.reduceat(values, edges), np.maximum.reduceat(values, edges)
    which = np.flatnonzero(unknown)
    in_bin = np.searchsorted(edges, which, "right") - 1
    known = n - np.bincount(in_bin, minlength=len(n))
    ends = np.iinfo(np.int64) if values.dtype.kind == "i" else np.finfo(np.float64)
    found: list[NDArray[Any]] = []
    filled = values.copy()
    for ufunc, instead in ((np.add, 0), (np.minimum, ends.max), (np.maximum, ends.min)):
        filled[which] = instead
        found.append(ufunc.reduceat(filled, edges).astype(np.float64))
    found[0] /= np.maximum(known, 1)
    for column in found:
        column[known == 0] = np.nan
    return found[0], found[1], found[2]
