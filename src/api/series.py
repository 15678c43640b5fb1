"""The rows behind a run's numbers: pages as JSON, a screen's width of them, or all as lines."""

from collections.abc import Callable, Iterator
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse

from ..store.bins import Window
from ..store.view import View
from ..training.entries import Run
from . import bodies, paging, rows
from .asking import Asked, Viewed, known_shape
from .problems import Unprocessable

router = APIRouter(prefix="/athletes/{athlete}/runs/{run}", tags=["series"])

#: What each address holds, and which of its columns are not measures to be drawn.
TABLES: dict[str, tuple[str, str]] = {
    "steps": (
        "step",
        """Return every contact, by recording; NaN, which is not known, comes as null.

        A run that only a watch saw has no steps: `/readings` has what the watch said.""",
    ),
    "readings": (
        "reading",
        "Return what devices that compute by themselves said, about once a second.",
    ),
    "sway": ("sway", "Return the sway of a balance drill, 10 to 20 rows a second."),
}

Format = Annotated[
    Literal["json", "ndjson", "csv"],
    Query(description="ndjson and csv are all rows of the run, a line each, without pages."),
]
Width = Annotated[
    int | None,
    Query(
        ge=10, le=5000, description="At most so many bins of time: mean, min, max and n of each."
    ),
]
MEDIA = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}
_GIVES = {
    200: {
        "description": "One page, or every row.",
        "content": {"application/json": {}, "application/x-ndjson": {}, "text/csv": {}},
    }
}


def _reader(table: str) -> Callable[..., Response]:
    def read(
        asked: Asked,
        run: str,
        seen: Viewed,
        columns: rows.Columns = None,
        cursor: paging.Cursor = None,
        limit: rows.Limit = 5000,
        format: Format = "json",
        width: Width = None,
    ) -> Response:
        row = seen.get(Run, asked.id, known_shape(run))  # before an empty answer misleads
        try:
            if width is not None:
                names = rows.names_of(table, columns or ",".join(rows.measures_of(table)))
                return JSONResponse(_thinned(seen, asked.id, row.id, table, names, width))
            names = rows.names_of(table, columns)
            found = seen.rows(asked.id, row.id, table)
            if format == "json":
                return JSONResponse(rows.page(found, table, columns, cursor, limit))
        except KeyError as fault:
            raise Unprocessable(f"columns: {table} has no column {fault}", "columns") from fault
        except ValueError as fault:
            raise Unprocessable(f"columns: {fault}", "columns") from fault
        lines: Iterator[str] = rows.LINES[format](found, names)
        name = f'attachment; filename="{table}-{row.entry.day.isoformat()}.{format}"'
        return StreamingResponse(
            lines, media_type=MEDIA[format], headers={"Content-Disposition": name}
        )

    return read


def _thinned(
    seen: View, athlete: str, run: str, table: str, names: tuple[str, ...], width: int
) -> bodies.Json:
    entry = seen.get(Run, athlete, run).entry
    start_ns = int(entry.started_at.timestamp() * 1e6) * 1000
    within = Window(start_ns, start_ns + max(1, int(entry.duration_s * 1e9)))
    found = seen.thinned(athlete, run, table, names, within, width)
    items = [rows.item(key, cut) for key, cut in rows.in_order(found)]
    return {"table": table, "width": width, "items": items}


for _path, (_table, _text) in TABLES.items():
    router.add_api_route(
        f"/{_path}",
        _reader(_table),
        methods=["GET"],
        name=f"get {_path}",
        description=_text,
        responses=_GIVES,  # type: ignore[arg-type]
    )
