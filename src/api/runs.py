"""Runs: the list, one with its recordings, and the rows behind its numbers."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AfterValidator

from .. import review, sync
from ..store.logbook import Row
from ..training.entries import Run, as_json
from ..training.progress import since_start
from ..training.standing import left_right_of, numbers_of
from . import bodies, chart, paging
from .asking import Asked, Viewed, known_shape
from .fresh import NOT_CHANGED, Fresh
from .problems import Unprocessable

router = APIRouter(prefix="/athletes/{athlete}/runs", tags=["runs"])

#: What a person may say of a run; the rest was measured.
SAID = frozenset({"effort", "kind", "known_m", "shoe", "surface", "title"})


def _sane(day: date | None) -> date | None:
    """Refuse days so far off that the days around them do not exist."""
    if day is not None and not 1970 <= day.year < 2200:
        raise ValueError("expected a day between 1970 and 2200")
    return day


#: Refuses days of a query that the days around them do not exist for.
sane = AfterValidator(_sane)
Since = Annotated[date | None, Query(description="First day, the athlete's own."), sane]
Until = Annotated[date | None, Query(description="Last day, the athlete's own."), sane]
StartDay = Annotated[
    date | None,
    Query(description="Compare with the first six runs from this day, not the first ever."),
    sane,
]


@router.get("", responses=bodies.gives(Run, many=True))
def list_runs(
    asked: Asked,
    seen: Viewed,
    since: Since = None,
    until: Until = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = 50,
) -> JSONResponse:
    """Return runs, the newest first."""
    found = seen.entries(Run, asked.id, since, until)
    found = sorted(found, key=lambda row: (row.entry.started_at, row.id), reverse=True)
    return paging.answer(found, cursor, limit, run_json)


@router.get("/{run}", responses=bodies.gives(Run))
def read_run(asked: Asked, run: str, seen: Viewed) -> JSONResponse:
    """Return one run with its numbers, and who watched it; `ETag` is for changing it."""
    row = seen.get(Run, asked.id, known_shape(run))
    recordings = seen.recordings(asked.id, run)
    watched = [bodies.row_json(r) | {"numbers": r.entry.summary.flat()} for r in recordings]
    told = run_json(row) | {"recordings": watched}
    return JSONResponse(told, headers={"ETag": bodies.tag(row)})


@router.patch("/{run}", responses=bodies.gives(Run))
def change_run(
    request: Request, asked: Asked, run: str, data: bodies.Body, seen: Viewed
) -> Response:
    """Change what a person says of a run: effort, kind, shoe, surface, title, and how far it was.

    `known_m` are the metres of laps of a track, a treadmill or a measured course: they make this
    run's stride length, speed and distance true, and later runs in its shoe. The rest that was
    measured stays. `If-Match` must name the version that was looked at.
    """
    row = bodies.matching(request, seen.get(Run, asked.id, known_shape(run)))
    if unknown := sorted(set(data) - SAID):
        text = f"Run: {unknown[0]!r} cannot be changed; {', '.join(sorted(SAID))} can"
        raise Unprocessable(text, unknown[0])
    said = bodies.entry(Run, as_json(row.entry) | data)
    changed = seen.replace(asked.id, row.id, said, row.version)
    if "known_m" in data or said.known_m is not None:
        sync.made_true(request.app.state.stores, asked.id, row.id)
        changed = seen.get(Run, asked.id, row.id)
    return bodies.answer(changed)


@router.get("/{run}/usual", responses=NOT_CHANGED)
def read_usual(
    asked: Asked, run: str, seen: Viewed, fresh: Fresh, start_day: StartDay = None
) -> Response:
    """Return the run's five numbers beside the athlete's own usual at that speed, before it.

    ``items`` are against the rolling usual, ``start`` against the frozen beginning, which shows
    progress; no number is of both. ``left_right`` is the left share of contact time where two
    feet were measured, else null.
    """
    row = seen.get(Run, asked.id, known_shape(run))

    def told() -> bodies.Json:
        history = review.history_of(seen, asked.id, row.entry.day)
        # There it also knows which device each of its numbers came from.
        run = next((r for r in history.runs if r.started_at == row.entry.started_at), row.entry)
        return {
            "items": as_json(numbers_of(run, history)),
            "left_right": as_json(left_right_of(run, history)),
            "start": as_json(since_start(run, history, start_day)),
        }

    return fresh.answer(told)


@router.get("/{run}/chart", tags=["series"], responses=NOT_CHANGED)
def read_chart(
    asked: Asked,
    run: str,
    seen: Viewed,
    fresh: Fresh,
    bins: Annotated[int, Query(ge=10, le=2000, description="How many points at most.")] = 300,
) -> Response:
    """Return the run as lines to draw: medians in equal bins of time, null where nothing is known.

    Here the units are people's (`gct_ms`, `shock_g`), as in a summary.
    """
    row = seen.get(Run, asked.id, known_shape(run))

    def drawn() -> bodies.Json:
        tables = {table: seen.rows(asked.id, run, table) for table in chart.DRAWN}
        summaries = {r.id: r.entry.summary for r in seen.recordings(asked.id, run)}
        return chart.chart(tables, row.entry.started_at, row.entry.duration_s, bins, summaries)

    return fresh.answer(drawn)


def run_json(row: Row[Run]) -> bodies.Json:
    """Return a run as one object; ``numbers`` holds its summary flat, keys with units."""
    return bodies.row_json(row) | {"numbers": row.entry.summary.flat()}
