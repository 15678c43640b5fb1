"""Check-ins: the athlete's own twenty seconds of the morning."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from ..training.entries import CheckIn
from . import bodies, paging
from .asking import Asked, Now, Viewed, known_shape
from .runs import Since, Until

router = APIRouter(prefix="/athletes/{athlete}/check-ins", tags=["check-ins"])


@router.get("", responses=bodies.gives(CheckIn, many=True))
def list_check_ins(
    asked: Asked,
    seen: Viewed,
    since: Since = None,
    until: Until = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = 50,
) -> JSONResponse:
    """Return check-ins, the newest first."""
    return paging.answer(seen.entries(CheckIn, asked.id, since, until)[::-1], cursor, limit)


@router.post(
    "",
    status_code=201,
    openapi_extra=bodies.takes(CheckIn),
    responses=bodies.gives(CheckIn, 201),
)
def create_check_in(asked: Asked, data: bodies.Body, seen: Viewed, now: Now) -> JSONResponse:
    """Write down a check-in; ``at`` is now and ``day`` today, unless said."""
    filled = {"at": now.isoformat(), "day": asked.day(now).isoformat(), **data}
    row = seen.add(asked.id, bodies.entry(CheckIn, filled))
    return bodies.created(row, f"/api/v1/athletes/{asked.id}/check-ins/{row.id}")


@router.get("/{check_in}", responses=bodies.gives(CheckIn))
def read_check_in(asked: Asked, check_in: str, seen: Viewed) -> JSONResponse:
    """Return one check-in."""
    return JSONResponse(bodies.row_json(seen.get(CheckIn, asked.id, known_shape(check_in))))
