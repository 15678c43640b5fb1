"""What people write down: one router for each noun, all of one shape.

A noun is an entry of the logbook. It can be listed, newest first, written down, read,
changed and taken out; what the body leaves out and the server knows (now, today) is filled
in. ``If-Match`` names the version that was looked at, so that nobody overwrites what they
have not seen.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any, TypeVar, cast

from fastapi import APIRouter, Query, Request, Response

from ..store.logbook import Row
from ..store.view import View
from ..training.entries import (
    AfterRun,
    Assessment,
    Availability,
    BarefootTime,
    CheckIn,
    Device,
    FlagAnswer,
    OwnExercise,
    PlannedRun,
    PlannedWeek,
    Programme,
    ProposalAnswer,
    StrengthSession,
)
from . import bodies, checks, once, paging
from .asking import Asked, Now, Viewed, known_shape
from .runs import Since, Until

E = TypeVar("E")

Override = Annotated[bool, Query(description="Write down what a stop of the day speaks against.")]


@dataclass(frozen=True, slots=True)
class Noun:
    """A kind of entry, what its addresses are called, and which field is its instant.

    ``listed``: the list is plain; otherwise another router answers with more beside it.
    """

    path: str
    kind: type[Any]
    instant: str | None = "at"
    has_day: bool = True
    listed: bool = True

    def filled(self, data: bodies.Json, day: date, at: datetime) -> bodies.Json:
        """Return the body with the instant, and the athlete's own day, where it leaves them out."""
        own_day = {"day": day.isoformat()} if self.has_day else {}
        instant = {self.instant: at.isoformat()} if self.instant else {}
        return {**instant, **own_day, **data}

    def when(self, row: Row[Any]) -> tuple[date, datetime]:
        """Return the day and the instant of a row, which put the rows of this noun in order."""
        at: datetime = getattr(row.entry, self.instant) if self.instant else row.created_at
        return row.entry.day if self.has_day else at.date(), at


NOUNS = (
    Noun("check-ins", CheckIn),
    Noun("after-runs", AfterRun),
    Noun("strength-sessions", StrengthSession, "started_at"),
    Noun("flag-answers", FlagAnswer, has_day=False),
    Noun("planned-runs", PlannedRun, None),
    Noun("planned-weeks", PlannedWeek, None),
    Noun("availability", Availability, None),
    Noun("barefoot-times", BarefootTime, None),
    Noun("assessments", Assessment, listed=False),
    Noun("devices", Device, None),
    Noun("programmes", Programme, None),
    Noun("own-exercises", OwnExercise, None),
    Noun("proposal-answers", ProposalAnswer),
)


def router_of(noun: Noun) -> APIRouter:
    """Return the routes of one noun."""
    router = APIRouter(prefix=f"/athletes/{{athlete}}/{noun.path}", tags=[noun.path])
    for path, make, method, status in (
        ("", _list, "GET", 200),
        ("", _create, "POST", 201),
        ("/{id}", _read, "GET", 200),
        ("/{id}", _change, "PUT", 200),
        ("/{id}", _remove, "DELETE", 204),
    ):
        if make is _list and not noun.listed:
            continue
        takes = bodies.takes(noun.kind) if method in ("POST", "PUT") else None
        gives = bodies.gives(noun.kind, status, many=make is _list) if status != 204 else {}
        if make is _create:
            gives |= bodies.gives(noun.kind)  # the same key again
        router.add_api_route(
            path, make(noun), methods=[method], status_code=status, openapi_extra=takes,
            name=f"{method.lower()} {noun.path}", description=make.__doc__, responses=gives,
        )  # fmt: skip
    return router


def _list(noun: Noun) -> Callable[..., Response]:
    """Return them, the newest first."""

    def listed(
        asked: Asked,
        seen: Viewed,
        since: Since = None,
        until: Until = None,
        cursor: paging.Cursor = None,
        limit: paging.Limit = 50,
    ) -> Response:
        found = seen.entries(noun.kind, asked.id, since, until)
        return paging.answer(sorted(found, key=noun.when, reverse=True), cursor, limit)

    return listed


def _create(noun: Noun) -> Callable[..., Response]:
    """Write one down; the server fills in the time and the day if they are left out.

    With an `Idempotency-Key` the same body again is answered like the first time (200) and
    written down once; another body under the same key is refused.
    """

    def written(
        asked: Asked,
        data: bodies.Body,
        seen: Viewed,
        now: Now,
        key: once.Key = None,
        override: Override = False,
    ) -> Response:
        def make(before: Row[Any] | None) -> Any:
            day, at = noun.when(before) if before else (asked.day(now), now)
            entry = _signed(seen, asked.id, bodies.entry(noun.kind, noun.filled(data, day, at)))
            if before is None:
                return checks.checked(seen, asked.id, entry, day, override)
            if isinstance(entry, FlagAnswer) and entry.severity is None:
                return replace(entry, severity=before.entry.severity)
            return entry

        if key is None:
            row, new = seen.add(asked.id, make(None)), True
        else:
            row, new = once.add(seen, asked.id, noun.kind, key, make)
        where = f"/api/v1/athletes/{asked.id}/{noun.path}/{row.id}"
        return bodies.created(row, where, new=new)

    return written


def _signed(seen: View, athlete: str, entry: E) -> E:
    """Return an entry that says who answered, whatever it says, where it is not the athlete."""
    if isinstance(entry, (FlagAnswer, ProposalAnswer)) and not seen.owns(athlete):
        return cast("E", replace(entry, by=seen.viewer.name))
    return entry


def _read(noun: Noun) -> Callable[..., Response]:
    """Return one; its `ETag` is what a change must name in `If-Match`."""

    def one(asked: Asked, id: str, seen: Viewed) -> Response:
        return bodies.answer(seen.get(noun.kind, asked.id, known_shape(id)))

    return one


def _change(noun: Noun) -> Callable[..., Response]:
    """Put another entry in its place; `If-Match` must name the version that was looked at."""

    def changed(
        request: Request, asked: Asked, id: str, data: bodies.Body, seen: Viewed
    ) -> Response:
        row = bodies.matching(request, seen.get(noun.kind, asked.id, known_shape(id)))
        entry = _signed(seen, asked.id, bodies.entry(noun.kind, data))
        return bodies.answer(seen.replace(asked.id, row.id, entry, row.version))

    return changed


def _remove(noun: Noun) -> Callable[..., Response]:
    """Take it out; `If-Match` must name the version that was looked at."""

    def removed(request: Request, asked: Asked, id: str, seen: Viewed) -> Response:
        row = bodies.matching(request, seen.get(noun.kind, asked.id, known_shape(id)))
        seen.remove(noun.kind, asked.id, row.id)
        return Response(status_code=204)

    return removed
