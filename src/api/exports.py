"""Everything of an athlete as one zip, for the athlete alone: a job makes it, then it is fetched."""

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse
from starlette.responses import Response

from ..custody import exported_file
from ..errors import NotFound
from ..jobs import Jobs
from .asking import Asked, Viewed, known_shape, stores_of
from .jobs import location
from .tries import Tried

router = APIRouter(prefix="/athletes/{athlete}/exports", tags=["exports"])


@router.post("", status_code=202)
def ask_for_export(request: Request, asked: Asked, seen: Viewed, tried: Tried) -> JSONResponse:
    """Have everything put into one zip of open formats, original recordings and places too.

    Only the athlete may. `location` is the job to watch; `file` is where the zip will be, for
    a day.
    """
    seen.must_own(asked.id)
    jobs: Jobs = request.app.state.jobs

    def work() -> JSONResponse:
        job = jobs.submit_export(asked.id)
        body = {
            "job": job,
            "location": location(asked.id, job),
            "file": f"/api/v1/athletes/{asked.id}/exports/{job}",
        }
        return JSONResponse(body, 202, {"Location": body["location"]})

    return tried.once({}, work)


@router.get("/{job}", response_class=FileResponse)
def fetch_export(request: Request, asked: Asked, job: str, seen: Viewed) -> Response:
    """Return the zip that a job made; 404 until it has, and a day later."""
    seen.must_own(asked.id)
    found = seen.job(asked.id, known_shape(job))
    path = exported_file(stores_of(request), asked.id, found.id)
    if found.kind != "export" or found.state != "done" or not path.is_file():
        raise NotFound("no such export, or no more")
    return FileResponse(
        path,
        media_type="application/zip",
        filename=f"catfoot-{found.created_at:%Y-%m-%d}.zip",
        headers={"Cache-Control": "no-store"},
    )
