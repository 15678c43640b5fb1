"""What an athlete's days amount to beyond today: flags, what is next, programme, tests, what if."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from .. import review
from ..training.compare import Effect
from ..training.conflicts import Conflict
from ..training.entries import Assessment, PlannedRun, StrengthSession, as_json
from . import bodies, paging
from .asking import Asked, Now, Viewed
from .fresh import NOT_CHANGED, Fresh
from .problems import Unprocessable
from .runs import Since, Until

router = APIRouter(prefix="/athletes/{athlete}", tags=["review"])

#: What one question may imagine: so many things, so many days from today.
IMAGINED_MOST, IMAGINED_DAYS = 60, 366


@router.get("/flags", responses=NOT_CHANGED)
def read_flags(asked: Asked, seen: Viewed, now: Now, fresh: Fresh) -> Response:
    """Return every flag that holds today, gravest first, each with its last answer.

    `unknown` are rules without enough data, `gone` what you were shown and does not hold any more.
    """
    return fresh.answer(lambda: as_json(review.held(seen, asked.id, asked.day(now))))


@router.get("/next", responses=NOT_CHANGED)
def read_next(asked: Asked, seen: Viewed, now: Now, fresh: Fresh) -> Response:
    """Return the next foot session with the why of every dose."""
    return fresh.answer(lambda: as_json(review.coming(seen, asked.id, asked.day(now))))


@router.get("/programme", responses=NOT_CHANGED)
def read_programme(asked: Asked, seen: Viewed, now: Now, fresh: Fresh) -> Response:
    """Return where the athlete stands in the programme: kept plan, figures, what to aim at."""
    return fresh.answer(lambda: as_json(review.programme(seen, asked.id, asked.day(now))))


@router.get("/assessments", tags=["assessments"], responses=bodies.gives(Assessment, many=True))
def read_assessments(
    asked: Asked,
    seen: Viewed,
    now: Now,
    since: Since = None,
    until: Until = None,
    cursor: paging.Cursor = None,
    limit: paging.Limit = 50,
) -> JSONResponse:
    """Return the assessments, newest first, and what they amount to.

    `standing`: what is due, the last results, and what changed beyond the error of measuring.
    """
    rows = seen.entries(Assessment, asked.id, since, until)
    found = sorted(rows, key=lambda row: (row.entry.day, row.entry.at), reverse=True)
    standing = as_json(review.assessments(seen, asked.id, asked.day(now)))
    return paging.answer(found, cursor, limit, more={"standing": standing})


@router.get("/conflicts", responses=NOT_CHANGED)
def read_conflicts(asked: Asked, seen: Viewed, now: Now, fresh: Fresh) -> Response:
    """Return strength work too close before the key runs of the week ahead, and better days."""
    day = asked.day(now)
    return fresh.answer(lambda: {"items": [_told(c) for c in review.clashes(seen, asked.id, day)]})


def _told(told: Conflict | Effect) -> bodies.Json:
    out: bodies.Json = as_json(told)
    return out | {"text": told.text}


By = Literal["foot_work", "period", "shoe", "surface"]
_SIDE = Query(max_length=120, description="A shoe, a surface, or 2026-01-01..2026-02-28.")


@router.get("/compare", responses=NOT_CHANGED)
def read_compare(
    asked: Asked,
    seen: Viewed,
    now: Now,
    fresh: Fresh,
    measure: Annotated[str, Query(max_length=40, description="gct, cadence, softness, ...")],
    by: Annotated[By, Query(description="What parts the runs.")] = "foot_work",
    first: Annotated[str, _SIDE] = "",
    second: Annotated[str, _SIDE] = "",
) -> Response:
    """Compare one measure at matched speed: the second group of runs against the first.

    Unless `by` says otherwise, before and after eight weeks of foot work. The answer is the
    difference with its interval and `changed`, `no change` or `cannot tell`; never a cause.
    """
    day = asked.day(now)
    periods = (_period(first, "first"), _period(second, "second")) if by == "period" else None
    try:
        told = review.compare(
            seen, asked.id, measure, day, periods=periods,
            shoes=(first, second) if by == "shoe" else None,
            surfaces=(first, second) if by == "surface" else None,
        )  # fmt: skip
    except ValueError as fault:
        raise Unprocessable(str(fault), "measure") from fault
    return fresh.answer(lambda: _told(told))


def _period(text: str, name: str) -> review.Period:
    try:
        start, stop = (date.fromisoformat(part) for part in text.split(".."))
    except ValueError as fault:
        raise Unprocessable(f"{name}: expected two days as 2026-01-01..2026-02-28", name) from fault
    return start, stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Imagined:
    """Runs and sessions that might happen, and those that would not, by start or by id."""

    runs: tuple[PlannedRun, ...] = ()
    sessions: tuple[StrengthSession, ...] = ()
    without: tuple[datetime, ...] = ()
    without_ids: tuple[str, ...] = ()


@router.post("/what-if", openapi_extra=bodies.takes(Imagined))
def ask_what_if(
    request: Request, asked: Asked, seen: Viewed, now: Now, data: bodies.Body
) -> JSONResponse:
    """Return the flags, conflicts and next session that would follow; nothing is stored.

    To move a run, a plan or a session, leave it out by its id (`without_ids`) or its start
    (`without`) and add it elsewhere.
    """
    day, asks = asked.day(now), bodies.entry(Imagined, data)
    days = [run.day for run in asks.runs] + [session.day for session in asks.sessions]
    if len(days) + len(asks.without) + len(asks.without_ids) > IMAGINED_MOST:
        raise Unprocessable(f"runs: expected {IMAGINED_MOST} runs and sessions at most", "runs")
    if any(abs(one - day) > timedelta(IMAGINED_DAYS) for one in days):
        raise Unprocessable("day: expected a day within a year of today", "day")
    for at in asks.without:
        if at.tzinfo is None:
            raise Unprocessable("without: expected times with their zone", "without")
    told = review.what_if(
        seen, asked.id, day, runs=asks.runs, sessions=asks.sessions,
        without=asks.without, without_ids=asks.without_ids,
    )  # fmt: skip
    return JSONResponse(as_json(told) | {"conflicts": [_told(one) for one in told.conflicts]})
