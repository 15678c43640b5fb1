"""Strength sessions: foot-strength work as it was done."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from ..training.entries import StrengthSession
from . import bodies, paging
from .asking import Asked, Now, Viewed, known_shape
from .runs import Since, Until

router = APIRouter(prefix="/athletes/{athlete}/strength-sessions", tags=["strength sessions"])


@router.get("", responses=bodies.gives(StrengthSession, many=True))
def list_strength_sessions(
    asked: Asked,
    seen: Viewed,
    since: Since = None,
    until: Until = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = 50,
) -> JSONResponse:
    """Return strength sessions, the newest first."""
    return paging.answer(seen.entries(StrengthSession, asked.id, since, until)[::-1], cursor, limit)


@router.post(
    "",
    status_code=201,
    openapi_extra=bodies.takes(StrengthSession),
    responses=bodies.gives(StrengthSession, 201),
)
def create_strength_session(
    asked: Asked, data: bodies.Body, seen: Viewed, now: Now
) -> JSONResponse:
    """Write down a session with its sets; it started now and is of today, unless said."""
    filled = {"started_at": now.isoformat(), "day": asked.day(now).isoformat(), **data}
    row = seen.add(asked.id, bodies.entry(StrengthSession, filled))
    return bodies.created(row, f"/api/v1/athletes/{asked.id}/strength-sessions/{row.id}")


@router.get("/{session}", responses=bodies.gives(StrengthSession))
def read_strength_session(asked: Asked, session: str, seen: Viewed) -> JSONResponse:
    """Return one strength session."""
    row = seen.get(StrengthSession, asked.id, known_shape(session))
    return JSONResponse(bodies.row_json(row))
