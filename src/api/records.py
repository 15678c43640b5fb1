"""What an athlete can look up about others: who saw what, whose names those are, what was declined."""

import hashlib
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from ..errors import NotFound, Refused
from ..store.logbook import Row
from ..store.view import View
from ..training.consent import DASHBOARDS, Consent, Declined
from . import bodies
from .asking import Asked, Athlete, Now, Viewed, known_shape, stores_of
from .entries import NOUNS
from .problems import Unprocessable
from .texts import only, text_of
from .tries import Tried

router = APIRouter(prefix="/athletes/{athlete}", tags=["records"])

_KINDS = {noun.path: noun.kind for noun in NOUNS}


@router.get("/access-record")
def read_access_record(request: Request, asked: Asked, seen: Viewed) -> JSONResponse:
    """Return who saw which kind of this athlete's data on which day, newest first."""
    names = _Names(request)
    items = [
        {
            "day": one.day.isoformat(),
            "viewer": one.viewer,
            "name": names.of(one.viewer),
            "kind": one.kind,
            "first_at": bodies.stamp(one.at),
        }
        for one in seen.sights(asked.id)
    ]
    return JSONResponse({"items": items})


@router.get("/names")
def read_names(request: Request, asked: Asked, seen: Viewed) -> JSONResponse:
    """Return the names behind the ids in this athlete's rows: authors, and who may see what."""
    ids = {asked.id, seen.viewer.id}
    for noun in NOUNS:
        if seen.may_see(asked.id, seen.shared_as(noun.kind)):
            ids |= {row.author for row in seen.entries(noun.kind, asked.id)}
    if seen.owns(asked.id):
        ids |= {row.entry.viewer for row in seen.entries(Consent, asked.id)}
    names = _Names(request)
    found = {id: name for id in sorted(ids) if (name := names.of(id)) is not None}
    return JSONResponse({"items": [{"id": id, "name": name} for id, name in found.items()]})


@router.get("/declined")
def list_declined(asked: Asked, seen: Viewed) -> JSONResponse:
    """Return what the athlete declined: all of it to them, to others what they had written."""
    seen.must(asked.id, "load_and_flags")
    rows = seen.declined(asked.id)
    return JSONResponse({"items": [bodies.row_json(row) for row in rows]})


@router.post("/declined", status_code=201)
def decline(asked: Asked, data: bodies.Body, seen: Viewed, now: Now, tried: Tried) -> JSONResponse:
    """Decline what somebody else wrote: `noun` and `id` name it, `reason` may say why.

    It goes, and whoever wrote it reads that it was declined. Doing it twice is doing it once.
    """
    if not seen.owns(asked.id):
        raise Refused("only the athlete declines what others write for them")
    return tried.once(data, lambda: _declined(asked, data, seen, now))


def _declined(asked: Athlete, data: bodies.Json, seen: View, now: datetime) -> JSONResponse:
    only(data, {"noun", "id", "reason"})
    kind = _KINDS.get(str(data.get("noun")))
    if kind is None:
        raise Unprocessable(f"noun: expected one of {', '.join(_KINDS)}", "noun")
    id = known_shape(text_of(data, "id", 64))
    mark = hashlib.sha256(f"declined {asked.id} {id}".encode()).hexdigest()[:32]
    row = _there_already(seen, asked.id, mark)
    if row is not None:
        seen.decline(asked.id, row.entry, kind, mark)  # what a crash may have left
        return bodies.created(row, f"/api/v1/athletes/{asked.id}/declined", new=False)
    found = seen.get(kind, asked.id, id)
    if found.author in (seen.viewer.id, asked.id):
        raise Unprocessable("id: you wrote that yourself; take it out instead", "id")
    reason = data.get("reason", "")
    entry = bodies.entry(
        Declined,
        {"day": asked.day(now).isoformat(), "noun": data["noun"], "of": id, "by": found.author,
         "reason": reason},
    )  # fmt: skip
    made = seen.decline(asked.id, entry, kind, mark)
    return bodies.created(made, f"/api/v1/athletes/{asked.id}/declined")


def _there_already(seen: View, athlete: str, mark: str) -> Row[Declined] | None:
    try:
        return seen.get(Declined, athlete, mark)
    except NotFound:
        return None


class _Names:
    """Names by the ids that rows have, looked up once."""

    def __init__(self, request: Request) -> None:
        self._accounts = stores_of(request).logbook.accounts
        self._known: dict[str, str | None] = {
            "machine": "this machine",
            "erased": "somebody erased",
            DASHBOARDS.id: DASHBOARDS.name,
        }

    def of(self, id: str) -> str | None:
        """Return somebody's name, None where there is no account any more."""
        if id not in self._known:
            account = self._accounts.of_viewer(id)
            self._known[id] = None if account is None else account.name
        return self._known[id]
