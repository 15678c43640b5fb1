"""Jobs: what became of an upload."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from ..store.logbook import Job
from . import bodies
from .asking import Asked, Viewed, known_shape

router = APIRouter(prefix="/athletes/{athlete}/jobs", tags=["jobs"])


@router.get("")
def list_jobs(asked: Asked, seen: Viewed) -> JSONResponse:
    """Return the athlete's jobs, the newest first."""
    return JSONResponse({"items": [job_json(job) for job in seen.jobs(asked.id)[::-1]]})


@router.get("/{job}")
def read_job(asked: Asked, job: str, seen: Viewed) -> JSONResponse:
    """Return how far a job is: waiting, working, done, already, refused or failed.

    ``error`` is one sentence for the person who asked, ``result`` what came of it.
    """
    return JSONResponse(job_json(seen.job(asked.id, known_shape(job))))


def job_json(job: Job) -> bodies.Json:
    """Return a job as one object."""
    return {
        "id": job.id,
        "athlete": job.athlete,
        "kind": job.kind,
        "state": job.state,
        "name": job.payload.get("name"),
        "result": job.result,
        "error": job.error,
        "created_at": bodies.stamp(job.created_at),
        "changed_at": bodies.stamp(job.changed_at),
        "location": location(job.athlete, job.id),
    }


def location(athlete: str, job: str) -> str:
    """Return where a job can be watched."""
    return f"/api/v1/athletes/{athlete}/jobs/{job}"
