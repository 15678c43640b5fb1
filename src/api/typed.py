"""What is written down of runs by hand: a run that no device saw, and plans from a calendar."""

import hashlib
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ..store.logbook import Row
from ..store.view import View
from ..training import ical
from ..training.entries import PlannedRun, Run
from . import bodies, once
from .asking import Asked, Athlete, Now, Viewed, known_shape
from .problems import Unprocessable, Unsupported
from .runs import SAID, run_json
from .tries import Tried

router = APIRouter(prefix="/athletes/{athlete}", tags=["runs"])

#: What a person says of a run that no device saw.
TYPED = (SAID - {"known_m"}) | {"day", "started_at", "duration_s", "distance_m"}
#: How far ahead a calendar is read, and how large it may be.
AHEAD = timedelta(days=182)
CALENDAR_BYTES = 256 * 1024


@router.post(
    "/runs",
    status_code=201,
    openapi_extra=bodies.takes(Run),
    responses=bodies.gives(Run, 201) | bodies.gives(Run),
)
def create_run(
    asked: Asked, data: bodies.Body, seen: Viewed, now: Now, key: once.Key = None
) -> Response:
    """Write down a run that no device saw: distance, minutes, effort; today unless said."""
    if unknown := sorted(set(data) - TYPED):
        text = f"Run: {unknown[0]!r} cannot be typed in; {', '.join(sorted(TYPED))} can"
        raise Unprocessable(text, unknown[0])

    def make(before: Row[Run] | None) -> Run:
        at = before.entry.started_at if before else now
        day = before.entry.day if before else asked.day(now)
        return bodies.entry(Run, {"started_at": at.isoformat(), "day": day.isoformat()} | data)

    if key is None:
        row, new = seen.add(asked.id, make(None)), True
    else:
        row, new = once.add(seen, asked.id, Run, key, make)
    where = f"/api/v1/athletes/{asked.id}/runs/{row.id}"
    return JSONResponse(
        run_json(row), 201 if new else 200, {"Location": where, "ETag": bodies.tag(row)}
    )


@router.put("/runs/{run}", openapi_extra=bodies.takes(Run), responses=bodies.gives(Run))
def change_typed_run(
    request: Request, asked: Asked, run: str, data: bodies.Body, seen: Viewed
) -> Response:
    """Put another in the place of a run that was typed in; `If-Match` names its version."""
    row = bodies.matching(request, _typed(seen, asked.id, run))
    if unknown := sorted(set(data) - TYPED):
        raise Unprocessable(f"Run: {unknown[0]!r} cannot be typed in", unknown[0])
    return bodies.answer(seen.replace(asked.id, row.id, bodies.entry(Run, data), row.version))


@router.delete("/runs/{run}", status_code=204)
def remove_typed_run(request: Request, asked: Asked, run: str, seen: Viewed) -> Response:
    """Take out a run that was typed in; `If-Match` names its version."""
    row = bodies.matching(request, _typed(seen, asked.id, run))
    seen.remove(Run, asked.id, row.id)
    return Response(status_code=204)


def _typed(seen: View, athlete: str, run: str) -> Row[Run]:
    row = seen.get(Run, athlete, known_shape(run))
    if row.entry.summary.measures or seen.recordings(athlete, run):
        raise HTTPException(409, "A device saw this run; change what you say of it with PATCH.")
    return row


async def calendar(request: Request) -> bytes:
    """Return the bytes of a calendar; 415 for another media type, 413 for a large one."""
    if request.headers.get("content-type", "").split(";")[0].strip() != "text/calendar":
        raise Unsupported("body: send the .ics file with Content-Type: text/calendar")
    data = await request.body()
    if len(data) > CALENDAR_BYTES:
        raise HTTPException(413, "body: a calendar of 256 kB at most is taken; export fewer weeks")
    return data


_CALENDAR: bodies.Json = {
    "requestBody": {"required": True, "content": {"text/calendar": {"schema": {"type": "string"}}}}
}


@router.post("/planned-runs/calendar", tags=["planned-runs"], openapi_extra=_CALENDAR)
def read_calendar(
    asked: Asked, seen: Viewed, now: Now, data: Annotated[bytes, Depends(calendar)], tried: Tried
) -> JSONResponse:
    """Take planned runs of half a year from an iCalendar file; what is no run is left out.

    The same file again changes nothing; a newer one replaces what an older one planned from
    today on. Plans by hand stay.
    """
    seen.must(asked.id, "load_and_flags", write=True)  # before anything of theirs is read
    sent = {"sha256": hashlib.sha256(data).hexdigest()}
    return tried.once(sent, lambda: _planned(asked, seen, now, data))


def _planned(asked: Athlete, seen: View, now: datetime, data: bytes) -> JSONResponse:
    today = asked.day(now)
    try:
        found = ical.runs_of(data, asked.row.entry.tz, today, today + AHEAD)
    except ValueError as fault:
        raise Unprocessable(f"body: {fault}", "body") from fault
    rows = seen.entries(PlannedRun, asked.id)
    there = {row.id: row for row in rows if row.entry.source == "calendar"}
    wanted = {_id(asked.id, name): run for name, run in found.runs.items()}
    counts = {"added": 0, "changed": 0, "removed": 0, "same": 0, "left_out": found.left_out}
    for id, run in wanted.items():
        row = there.get(id)
        if row is None:
            seen.add(asked.id, run, id=id)
        elif row.entry != run:
            seen.replace(asked.id, id, run, row.version)
        counts["added" if row is None else "same" if row.entry == run else "changed"] += 1
    over = {id for id, row in there.items() if row.entry.day >= today} - wanted.keys()
    for id in sorted(over):
        seen.remove(PlannedRun, asked.id, id)
    counts["removed"] = len(over)
    return JSONResponse(counts)


def _id(athlete: str, name: str) -> str:
    return hashlib.sha256(f"{athlete}\ncalendar\n{name}".encode()).hexdigest()[:32]
