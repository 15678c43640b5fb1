"""What people write down: one router for each noun, all of one shape.

A noun is an entry of the logbook. It can be listed, newest first, read, and written down;
what the body leaves out and the server knows (now, today) is filled in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from ..store.logbook import Row
from ..training.entries import CheckIn, FlagAnswer, StrengthSession
from . import bodies, paging
from .asking import Asked, Athlete, Now, Viewed, known_shape
from .runs import Since, Until


@dataclass(frozen=True, slots=True)
class Noun:
    """A kind of entry, what its addresses are called, and which of its fields is its time."""

    path: str
    kind: type[Any]
    time: str
    has_day: bool = True

    def filled(self, data: bodies.Json, asked: Athlete, now: datetime) -> bodies.Json:
        """Return the body with now, and the athlete's own day, where it leaves them out."""
        day = {"day": asked.day(now).isoformat()} if self.has_day else {}
        return {self.time: now.isoformat(), **day, **data}

    def when(self, row: Row[Any]) -> tuple[datetime, str]:
        """Return what puts the rows of this noun in order."""
        return getattr(row.entry, self.time), row.id


NOUNS = (
    Noun("check-ins", CheckIn, "at"),
    Noun("strength-sessions", StrengthSession, "started_at"),
    Noun("flag-answers", FlagAnswer, "at", has_day=False),
)


def router_of(noun: Noun) -> APIRouter:
    """Return the routes of one noun."""
    router = APIRouter(prefix=f"/athletes/{{athlete}}/{noun.path}", tags=[noun.path])
    router.add_api_route(
        "", _list(noun), methods=["GET"], name=f"list {noun.path}",
        description="Return them, the newest first.",
        responses=bodies.gives(noun.kind, many=True),
    )  # fmt: skip
    router.add_api_route(
        "", _create(noun), methods=["POST"], name=f"write {noun.path}", status_code=201,
        description="Write one down; the server fills in the time and the day if left out.",
        openapi_extra=bodies.takes(noun.kind), responses=bodies.gives(noun.kind, 201),
    )  # fmt: skip
    router.add_api_route(
        "/{id}", _read(noun), methods=["GET"], name=f"read {noun.path}",
        description="Return one.", responses=bodies.gives(noun.kind),
    )  # fmt: skip
    return router


def _list(noun: Noun) -> Callable[..., JSONResponse]:
    def listed(
        asked: Asked,
        seen: Viewed,
        since: Since = None,
        until: Until = None,
        cursor: paging.Cursor = None,
        limit: paging.Limit = 50,
    ) -> JSONResponse:
        found = seen.entries(noun.kind, asked.id, since, until)
        return paging.answer(sorted(found, key=noun.when, reverse=True), cursor, limit)

    return listed


def _create(noun: Noun) -> Callable[..., JSONResponse]:
    def written(asked: Asked, data: bodies.Body, seen: Viewed, now: Now) -> JSONResponse:
        entry = bodies.entry(noun.kind, noun.filled(data, asked, now))
        row = seen.add(asked.id, entry)
        return bodies.created(row, f"/api/v1/athletes/{asked.id}/{noun.path}/{row.id}")

    return written


def _read(noun: Noun) -> Callable[..., JSONResponse]:
    def one(asked: Asked, id: str, seen: Viewed) -> JSONResponse:
        return JSONResponse(bodies.row_json(seen.get(noun.kind, asked.id, known_shape(id))))

    return one
