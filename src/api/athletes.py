"""Athletes: who has data here."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ..custody import Eraser
from ..errors import Refused
from ..store.view import View
from ..training.consent import KINDS
from ..training.entries import Person
from . import bodies, once
from .asking import Asked, Athlete, Viewed, Who
from .auth import SCOPES
from .problems import Unprocessable
from .texts import only, text_of

router = APIRouter(prefix="/athletes", tags=["athletes"])


@router.get("", responses=bodies.gives(Person, many=True))
def list_athletes(seen: Viewed) -> JSONResponse:
    """Return every athlete whom the person asking may see, by name.

    `may_write` says whether they may also plan and record for that athlete, `shares` which
    kinds of data they may see.
    """
    rows = sorted(seen.athletes(), key=lambda row: row.entry.name.casefold())
    items = [
        bodies.row_json(row)
        | {
            "may_write": _may_write(seen, row.id),
            "shares": [kind for kind in KINDS if seen.may_see(row.id, kind)],
        }
        for row in rows
    ]
    return JSONResponse({"items": items})


@router.post(
    "",
    status_code=201,
    openapi_extra=bodies.takes(Person),
    responses=bodies.gives(Person, 201) | bodies.gives(Person),
)
def create_athlete(data: bodies.Body, seen: Viewed, key: once.Key = None) -> JSONResponse:
    """Write down an athlete; only ``name`` is needed."""
    person = _person(data)
    row, new = (
        (seen.add_person(person), True) if key is None else once.add_person(seen, person, key)
    )
    return bodies.created(row, f"/api/v1/athletes/{row.id}", new=new)


@router.get("/{athlete}", responses=bodies.gives(Person))
def read_athlete(asked: Asked) -> JSONResponse:
    """Return one athlete; its `ETag` is what a change must name in `If-Match`."""
    return bodies.answer(asked.row)


@router.put("/{athlete}", openapi_extra=bodies.takes(Person), responses=bodies.gives(Person))
def change_athlete(request: Request, asked: Asked, data: bodies.Body, seen: Viewed) -> JSONResponse:
    """Put other words about the athlete in the place of those there; needs `If-Match`."""
    row = bodies.matching(request, asked.row)
    return bodies.answer(seen.replace(asked.id, asked.id, _person(data), row.version))


def own(asked: Asked, seen: Viewed, who: Who) -> Athlete:
    """Return the athlete of the path; NotFound for anybody but them, 403 for a lesser key of theirs."""
    seen.must_own(asked.id)
    if set(who.scopes) != set(SCOPES):
        raise HTTPException(403, "Erasing needs a login, or a key that may do everything.")
    return asked


@router.delete("/{athlete}", status_code=202)
def erase_athlete(
    request: Request, mine: Annotated[Athlete, Depends(own)], data: bodies.Body
) -> JSONResponse:
    """Erase everything of an athlete from every store, in the background; it cannot be undone.

    Only the athlete may, and ``name`` in the body must be their name, as a confirmation. Once it is done
    `location` is unknown; a server that stops meanwhile goes on at its next start.
    """
    only(data, {"name"})
    if text_of(data, "name", 200).strip() != mine.row.entry.name:
        raise Unprocessable("name: expected the athlete's name, to confirm", "name")
    eraser: Eraser = request.app.state.eraser
    eraser.ask(mine.id)
    return JSONResponse({"athlete": mine.id, "location": f"/api/v1/athletes/{mine.id}"}, 202)


def _may_write(seen: View, athlete: str) -> bool:
    try:
        seen.must(athlete, "load_and_flags", write=True)
    except Refused:
        return False
    return True


def _person(data: bodies.Json) -> Person:
    person = bodies.entry(Person, data)
    try:
        ZoneInfo(person.tz)
    except (KeyError, ValueError, OSError) as fault:
        raise Unprocessable(f"tz: no time zone is called {person.tz!r}", "tz") from fault
    return person
