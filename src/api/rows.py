"""Rows of a run as JSON, column by column: far smaller than an object for each row."""

import math
from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
from fastapi import Query

from ..signal.tables import TABLES, Table
from ..store.series import SeriesKey
from . import paging
from .problems import Unprocessable

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
    names = _names(table, columns)
    keys = sorted(found, key=lambda key: (key.side, key.recording))
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


def _names(table: str, columns: str | None) -> tuple[str, ...]:
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
