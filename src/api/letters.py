"""The week's letter: an athlete's own, and a coach's about everybody."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from ..post import letters
from ..training.entries import as_json
from ..training.letter import Letter
from .asking import Asked, Now, Viewed
from .fresh import NOT_CHANGED, Fresh
from .known import Known
from .runs import sane

router = APIRouter(tags=["letters"])

Week = Annotated[
    date | None, Query(description="Any day of the week to read; this week's if absent."), sane
]


@router.get("/athletes/{athlete}/letter", responses=NOT_CHANGED)
def read_letter(asked: Asked, seen: Viewed, now: Now, fresh: Fresh, week: Week = None) -> Response:
    """Return the week's letter: at most three sentences, and the facts they are made of.

    What changed and why we think so, what was done of the plan, the week ahead. A week is the
    athlete's own, from Monday, and its letter tells the seven days before.
    """
    day = week or asked.day(now)
    return fresh.answer(lambda: as_json(letters.letter(seen, asked.id, day)))


@router.get("/letter")
def read_coach_letter(request: Request, seen: Viewed, now: Now) -> JSONResponse:
    """Return this week's letter about everybody who shares load and flags with you.

    Whom to look at first, who is back to usual, of whom there are no data, and what last week's
    answers led to.
    """
    known: Known[Letter] = request.app.state.letters
    versions = seen.versions([row.id for row in seen.athletes()])
    told = letters.letter_of_coach(
        seen,
        now,
        lambda row, today, work: known.get(seen, row.id, today, work, versions.get(row.id)),
    )
    return JSONResponse(as_json(told))
