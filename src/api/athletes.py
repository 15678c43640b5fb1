"""Athletes: who has data here."""

from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from ..errors import Refused
from ..store.view import View
from ..training.consent import KINDS
from ..training.entries import Person
from . import bodies, once
from .asking import Asked, Viewed
from .problems import Unprocessable

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
