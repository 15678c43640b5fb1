"""Rows of a run as JSON, column by column: far smaller than an object for each row."""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any

import numpy as np
from fastapi import Query

from ..signal.tables import TABLES, Table
from ..store.series import SeriesKey
from . import paging
from .problems import Unprocessable

PIECE = 2000  # rows that are turned into text at once

Limit = Annotated[int, Query(ge=1, le=20_000, description="How many rows at most.")]
Columns = Annotated[
    str | None, Query(max_length=1000, description="Some columns, with commas; all if absent.")
]


def page(
    found: Mapping[SeriesKey, Table],
    table: str,
    columns: str | None,
    cursor: str | None,
    limit: int,
) -> dict[str, Any]:
    """Return one page over all recordings of a run, in a fixed order.

    Raises KeyError for a column that the table does not have.
    """
    names = names_of(table, columns)
    keys = [key for key, _ in in_order(found)]
    first, start = _position(cursor, len(keys))
    items, left, after = [], limit, None
    for i in range(first, len(keys)):
        rows = found[keys[i]]
        offset = start if i == first else 0
        if left == 0 and offset < len(rows):
            after = paging.write(f"{i}:{offset}")
            break
        cut = rows[offset : offset + left]
        items.append(_item(keys[i], len(rows), offset, {n: values(cut[n]) for n in names}))
        left -= len(cut)
        if offset + len(cut) < len(rows):
            after = paging.write(f"{i}:{offset + len(cut)}")
            break
    return {"table": table, "items": items, "next": after}


def values(column: Table) -> list[float | int | None]:
    """Return a column as JSON numbers: what is not known is null, never NaN."""
    plain = column.tolist()
    if column.dtype.kind != "f" or bool(np.isfinite(column).all()):
        return plain  # type: ignore[no-any-return]
    return [value if math.isfinite(value) else None for value in plain]


def in_order(found: Mapping[SeriesKey, Table]) -> list[tuple[SeriesKey, Table]]:
    """Return the recordings of a run in the order in which pages and lines have them."""
    return sorted(found.items(), key=lambda one: (one[0].side, one[0].recording))


def item(key: SeriesKey, rows: Table) -> dict[str, Any]:
    """Return all rows of one recording, whatever columns they have."""
    columns = {name: values(rows[name]) for name in rows.dtype.names or ()}
    return _item(key, len(rows), 0, columns)


def ndjson(found: Mapping[SeriesKey, Table], names: Sequence[str]) -> Iterator[str]:
    """Return a JSON object a line for every row, each with its recording; in pieces."""
    for key, rows in in_order(found):
        whose = {"recording": key.recording, "side": key.side, "origin_ns": key.origin_ns}
        for lines in _pieces(rows, names):
            yield "".join(
                json.dumps(whose | dict(zip(names, line, strict=True)), allow_nan=False) + "\n"
                for line in lines
            )


def csv_lines(found: Mapping[SeriesKey, Table], names: Sequence[str]) -> Iterator[str]:
    """Return a table with one header, what is not known as an empty cell; in pieces."""
    yield ",".join(("recording", "side", "origin_ns", *names)) + "\r\n"  # RFC 4180
    for key, rows in in_order(found):
        # Ids and sides hold nothing that a spreadsheet could take for a formula.
        whose = (key.recording, key.side, str(key.origin_ns))
        for lines in _pieces(rows, names):
            yield "".join(
                ",".join((*whose, *("" if v is None else str(v) for v in line))) + "\r\n"
                for line in lines
            )


LINES: Mapping[str, Callable[[Mapping[SeriesKey, Table], Sequence[str]], Iterator[str]]] = {
    "ndjson": ndjson,
    "csv": csv_lines,
}


def _pieces(rows: Table, names: Sequence[str]) -> Iterator[Iterator[tuple[Any, ...]]]:
    for start in range(0, len(rows), PIECE):
        cut = rows[start : start + PIECE]
        yield zip(*(values(cut[name]) for name in names), strict=True)


def measures_of(table: str) -> tuple[str, ...]:
    """Return the columns that are measures: numbers that can be averaged."""
    dtype = TABLES[table]
    return tuple(name for name in dtype.names or () if dtype[name].kind == "f")


def names_of(table: str, columns: str | None) -> tuple[str, ...]:
    """Return the columns asked for, all if absent; KeyError for one that is not there."""
    known = TABLES[table].names or ()
    if columns is None:
        return known
    asked = tuple(name.strip() for name in columns.split(","))
    for name in asked:
        if name not in known:
            raise KeyError(name)
    return asked


def _position(cursor: str | None, n: int) -> tuple[int, int]:
    """Return which recording, and which of its rows, a page starts at."""
    if cursor is None:
        return 0, 0
    first, _, start = paging.read(cursor).partition(":")
    if not (first.isdecimal() and start.isdecimal() and int(first) < n):
        raise Unprocessable("cursor: use `next` of the page before, as it came", "cursor")
    return int(first), int(start)


def _item(key: SeriesKey, n: int, offset: int, columns: dict[str, Any]) -> dict[str, Any]:
    return {
        "recording": key.recording,
        "side": key.side,
        "rev": key.rev,
        "origin_ns": key.origin_ns,
        "rows": n,
        "offset": offset,
        "columns": columns,
    }
