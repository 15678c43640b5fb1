"""An athlete's data as a whole, to take away: made by the pool, then fetched."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse

from ..errors import Conflict, NotFound, Refused
from ..jobs import Jobs
from . import bodies
from .asking import Asked, Viewed, known_shape
from .jobs import job_json, location

router = APIRouter(prefix="/athletes/{athlete}/exports", tags=["exports"])


@router.post("", status_code=202)
def make_export(request: Request, asked: Asked, seen: Viewed) -> JSONResponse:
    """Have everything of the athlete written into one zip; 202 and a job to watch.

    The zip stands until the next one is made. Only the athlete may ask.
    """
    if not seen.owns(asked.id):
        raise Refused("only the athlete takes everything away")
    jobs: Jobs = request.app.state.jobs
    id = jobs.submit_export(asked.id)
    body = job_json(seen.job(asked.id, id))
    return JSONResponse(body, 202, {"Location": location(asked.id, id)})


@router.get(
    "/{job}",
    responses={
        200: {"description": "The zip.", "content": {"application/zip": {}}},
        409: {"description": "It is not ready yet.", **bodies.PROBLEM},
    },
)
def fetch_export(request: Request, asked: Asked, job: str, seen: Viewed) -> FileResponse:
    """Return the zip of an export's job; 409 while it is being made."""
    if not seen.owns(asked.id):
        raise Refused("only the athlete takes everything away")
    found = seen.job(asked.id, known_shape(job))
    if found.kind != "export":
        raise NotFound("that job made no export")
    if found.state in ("waiting", "working"):
        raise Conflict("The export is not ready yet; ask again in a moment.")
    path = Path(str((found.result or {}).get("path", "")))
    if found.state != "done" or not path.is_file():
        raise NotFound("that export is gone; make another")
    return FileResponse(path, media_type="application/zip", filename="catfoot-export.zip")
