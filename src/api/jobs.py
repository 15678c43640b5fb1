"""Jobs: what became of an upload."""


from fastapi import APIRouter

router = APIRouter(prefix="/athletes/{athlete}/jobs", tags=["jobs"])


def location(athlete: str, job: str) -> str:
    """Return where a job can be watched."""
    return f"/api/v1/athletes/{athlete}/jobs/{job}"
