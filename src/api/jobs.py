"""Jobs: what became of an upload."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from . import bodies
from .asking import Asked, Viewed, known_shape

router = APIRouter(prefix="/athletes/{athlete}/jobs", tags=["jobs"])


def location(athlete: str, job: str) -> str:
    """Return where a job can be watched."""
    return f"/api/v1/athletes/{athlete}/jobs/{job}"
