"""Flags: what a person answered to one. The flags themselves come with today and timeline."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from ..training.entries import FlagAnswer
from . import bodies, paging
from .asking import Asked, Now, Viewed
from .runs import Since, Until

router = APIRouter(prefix="/athletes/{athlete}/flag-answers", tags=["flags"])


@router.get("", responses=bodies.gives(FlagAnswer, many=True))
def list_flag_answers(
    asked: Asked,
    seen: Viewed,
    since: Since = None,
    until: Until = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = 50,
) -> JSONResponse:
    """Return answers to flags, the newest first."""
    return paging.answer(seen.entries(FlagAnswer, asked.id, since, until)[::-1], cursor, limit)


@router.post(
    "",
    status_code=201,
    openapi_extra=bodies.takes(FlagAnswer),
    responses=bodies.gives(FlagAnswer, 201),
)
def answer_flag(asked: Asked, data: bodies.Body, seen: Viewed, now: Now) -> JSONResponse:
    """Answer one episode of a flag: a rule, and the day on which it was first raised."""
    row = seen.add(asked.id, bodies.entry(FlagAnswer, {"at": now.isoformat(), **data}))
    return bodies.created(row, f"/api/v1/athletes/{asked.id}/flag-answers/{row.id}")
