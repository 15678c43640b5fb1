"""Pages of a longer list: an opaque cursor says where the next one starts."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Query
from fastapi.responses import JSONResponse

from ..store.logbook import Row
from .bodies import Json, row_json
from .problems import Unprocessable

E = TypeVar("E")

Limit = Annotated[int, Query(ge=1, le=500, description="How many at most.")]
Cursor = Annotated[
    str | None, Query(max_length=200, description="`next` of the page before, as it came.")
]


def write(position: str) -> str:
    """Return the position as an opaque cursor."""
    return urlsafe_b64encode(position.encode()).decode().rstrip("=")


def read(cursor: str) -> str:
    """Return the position inside a cursor; Unprocessable for one that was not made here."""
    try:
        return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError as fault:
        raise Unprocessable(
            "cursor: use `next` of the page before, as it came", "cursor"
        ) from fault


def answer(
    found: Sequence[Row[E]],
    cursor: str | None,
    limit: int,
    shape: Callable[[Row[E]], Json] = row_json,
    more: Json | None = None,
) -> JSONResponse:
    """Answer with the rows after the cursor, ``limit`` at most, and the next page's cursor.

    The cursor is the id of the last row shown: a list that has grown at its head since then
    neither repeats nor skips a row. ``more`` stands beside them.
    """
    start = 0
    if cursor is not None:
        last = read(cursor)
        start = next((i + 1 for i, row in enumerate(found) if row.id == last), 0)
        if start == 0:
            raise Unprocessable("cursor: that item is gone; start again", "cursor")
    chosen = found[start : start + limit]
    after = write(chosen[-1].id) if start + limit < len(found) else None
    page = {"items": [shape(row) for row in chosen], "next": after}
    return JSONResponse(page | (more or {}))
