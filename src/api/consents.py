"""Consents: what an athlete lets one person see, and write; theirs alone to give and end."""

from dataclasses import replace

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from ..post.board import Board
from ..store.logbook import Row
from ..training.consent import DASHBOARDS, TEXT_VERSION, Consent
from ..training.consenttexts import texts
from . import bodies, once
from .asking import Asked, Now, Viewed, known_shape

router = APIRouter(prefix="/athletes/{athlete}/consents", tags=["consents"])


@router.get("", responses=bodies.gives(Consent, many=True))
def list_consents(asked: Asked, seen: Viewed) -> JSONResponse:
    """Return what this athlete has shared with whom, also what has ended, and what it means.

    `texts` are shown to whoever gives a consent, which keeps their version.
    """
    rows = seen.entries(Consent, asked.id)
    return JSONResponse({"items": [bodies.row_json(row) for row in rows], "texts": texts()})


@router.post(
    "",
    status_code=201,
    openapi_extra=bodies.takes(Consent),
    responses=bodies.gives(Consent, 201) | bodies.gives(Consent),
)
def give_consent(
    request: Request, asked: Asked, data: bodies.Body, seen: Viewed, now: Now, key: once.Key = None
) -> JSONResponse:
    """Let `viewer` see `kinds` of data from today, or `since`, to `until`; with `write`, record."""

    def make(before: Row[Consent] | None) -> Consent:
        since = asked.day(now) if before is None else before.entry.since
        given = {"athlete": asked.id, "text_version": TEXT_VERSION}
        return bodies.entry(Consent, {"since": since.isoformat(), **data, **given})

    if key is None:
        row, new = seen.add(asked.id, make(None)), True
    else:
        row, new = once.add(seen, asked.id, Consent, key, make)
    _tell(request, row)
    where = f"/api/v1/athletes/{asked.id}/consents/{row.id}"
    return bodies.created(row, where, new=new)


@router.delete("/{consent}", status_code=204)
def withdraw_consent(
    request: Request, asked: Asked, consent: str, seen: Viewed, now: Now
) -> Response:
    """Withdraw a consent: it ends at once, and stays written down as ended."""
    row = seen.get(Consent, asked.id, known_shape(consent))
    if row.entry.withdrawn_at is None:
        seen.replace(asked.id, row.id, replace(row.entry, withdrawn_at=now), row.version)
        _tell(request, row)
    return Response(status_code=204)


def _tell(request: Request, row: Row[Consent]) -> None:
    """Have the club's dashboards show what they may from now on, and nothing else."""
    board: Board | None = request.app.state.board
    if board is not None and row.entry.viewer == DASHBOARDS.id:
        board.wake()
