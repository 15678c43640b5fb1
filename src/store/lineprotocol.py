"""Tables as InfluxDB's line protocol, and rows of its answers as tables.

A measure is always a float field and a time, count or code always an integer field, so that
no field ever changes its type. Line protocol has no NaN: what is not known is left out, and
what is missing comes back as NaN. Every other value comes back bit for bit.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..signal.tables import TABLES, IntArray, Table, empty

_COLUMN = re.compile(r"[a-z][a-z0-9_]{0,63}")

#: Rows of a table that is not in the order of its times say their place in this field.
_PLACE = "row"

#: Width of the bins that dashboards read.
BIN_US = 10_000_000


@dataclass(frozen=True, slots=True)
class Points:
    """Lines of one measurement, and the first and last of their times, in us UTC."""

    lines: list[str]
    first_us: int
    last_us: int


def times_us(table: Table, origin_ns: int) -> tuple[IntArray, IntArray]:
    """Return the order of the rows in time and, in that order, a time of its own for each.

    InfluxDB knows a point by its time in us, so rows at one instant are 1 us apart.
    """
    clock = next((name for name in table.dtype.names or () if name.endswith("_ns")), None)
    own = np.zeros(len(table), np.int64) if clock is None else table[clock].astype(np.int64)
    order = np.argsort(own, kind="stable").astype(np.int64)
    count = np.arange(len(table), dtype=np.int64)
    # Through Python's integers: origin and clock together may pass 2**63 ns.
    us = np.array([(origin_ns + t) // 1000 for t in own[order].tolist()], np.int64)
    return order, np.maximum.accumulate(us - count) + count


def points(measurement: str, tags: str, table: Table, origin_ns: int) -> Points:
    """Return a line for each row; ValueError for a column or number that has no place there."""
    names = _checked(table)
    order, us = times_us(table, origin_ns)
    rows = table[order]
    floats = [name for name in names if table.dtype[name].kind == "f"]
    whole = [name for name in names if name not in floats]
    # Nothing but zeros reads back as zeros where it is left out; the first is never left out.
    whole = whole[:1] + [name for name in whole[1:] if rows[name].any()]
    places = [] if whole and (order[1:] > order[:-1]).all() else [_PLACE]
    lines = [""] * len(rows)
    # One format for each pattern of what is known; there are few.
    known = np.zeros(len(rows), np.uint64)
    for i, name in enumerate(floats):
        known |= (~np.isnan(rows[name])).astype(np.uint64) << np.uint64(i)
    for pattern in np.unique(known).tolist():
        at = np.flatnonzero(known == pattern)
        some = [name for i, name in enumerate(floats) if pattern >> i & 1]
        fields = [f"{name}=%di" for name in [*whole, *places]]
        line = f"{measurement},{tags} {','.join([*fields, *(f'{n}=%r' for n in some)])} %d"
        columns = [rows[name][at].tolist() for name in whole]
        columns += [order[at].tolist()] * len(places)
        columns += [rows[name][at].tolist() for name in some] + [us[at].tolist()]
        for j, values in zip(at.tolist(), zip(*columns, strict=True), strict=True):
            lines[j] = line % values
    return Points(lines, int(us[0]), int(us[-1])) if len(rows) else Points([], 0, 0)


def bins(measurement: str, tags: str, table: Table, origin_ns: int) -> list[str]:
    """Return lines of mean, least and greatest of every measure in bins of 10 s."""
    if not len(table):
        return []
    order, us = times_us(table, origin_ns)
    starts = us // BIN_US * BIN_US
    edges = np.flatnonzero(np.diff(starts, prepend=starts[0] - 1))
    fields: list[list[str]] = [[f"n={n}i"] for n in np.diff(edges, append=len(us)).tolist()]
    for name in table.dtype.names or ():
        if table.dtype[name].kind == "f":
            values = table[name][order]
            known = np.add.reduceat(~np.isnan(values), edges, dtype=np.int64)
            total = np.add.reduceat(np.nan_to_num(values), edges)
            least, most = np.fmin.reduceat(values, edges), np.fmax.reduceat(values, edges)
            for i in np.flatnonzero(known).tolist():
                mean, low, high = float(total[i] / known[i]), float(least[i]), float(most[i])
                fields[i] += [
                    f"{name}_mean={mean!r}",
                    f"{name}_min={low!r}",
                    f"{name}_max={high!r}",
                ]
    return [
        f"{measurement},{tags} {','.join(said)} {start}"
        for said, start in zip(fields, starts[edges].tolist(), strict=True)
    ]


def layout(table: Table) -> list[list[str]]:
    """Return names and types of the columns, for whoever reads them back."""
    return [[name, table.dtype[name].str] for name in _checked(table)]


def rows(name: str, columns: Sequence[Sequence[str]], answer: Mapping[str, Sequence[Any]]) -> Table:
    """Return the rows that InfluxDB answered, column by column, None where it has no value.

    The columns are today's of a contract table, and those of ``layout`` for any other.
    """
    dtype = TABLES.get(name) or np.dtype([(column, kind) for column, kind in columns])
    found = next(iter(answer.values()), ())
    table = empty(dtype, len(found))
    for column in dtype.names or ():
        values = answer.get(column)
        if values is None or all(value is None for value in values):
            continue
        if dtype[column].kind == "f":
            table[column] = np.array(values, np.float64)
        else:
            table[column] = np.array([value or 0 for value in values])
    places = answer.get(_PLACE)
    if places is None or not len(table) or places[0] is None:
        return table
    back = empty(dtype, len(table))
    back[np.array(places, np.int64)] = table
    return back


def quoted(text: str) -> str:
    """Return a string field's value."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _checked(table: Table) -> Sequence[str]:
    names = table.dtype.names or ()
    for name in names:
        if not _COLUMN.fullmatch(name) or name in ("time", _PLACE):
            raise ValueError(f"{name!r} cannot be the name of a column in InfluxDB")
        kind = table.dtype[name]
        if kind.kind not in "iuf" or kind.str[1:] == "u8":
            raise ValueError(f"{name}: expected numbers up to 64 bits with sign, got {kind}")
        if kind.kind == "f" and np.isinf(table[name]).any():
            raise ValueError(f"{name}: infinity has no place in InfluxDB")
    return names
