"""What an athlete's days amount to beyond today: all flags, what is next, the programme, tests."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from .. import review
from ..training.entries import as_json
from .asking import Asked, Now, Viewed
from .fresh import NOT_CHANGED, Fresh
from .problems import Unprocessable

router = APIRouter(prefix="/athletes/{athlete}", tags=["review"], responses=NOT_CHANGED)


@router.get("/flags")
def read_flags(asked: Asked, seen: Viewed, now: Now, fresh: Fresh) -> Response:
    """Return every flag that holds today, gravest first, each with its last answer."""
    day = asked.day(now)
    return fresh.answer(lambda: {"items": as_json(review.flags(seen, asked.id, day))})


@router.get("/next-session")
def read_next_session(asked: Asked, seen: Viewed, now: Now, fresh: Fresh) -> Response:
    """Return the next foot session with the why of every dose."""
    return fresh.answer(lambda: as_json(review.coming(seen, asked.id, asked.day(now))))


@router.get("/standing")
def read_standing(asked: Asked, seen: Viewed, now: Now, fresh: Fresh) -> Response:
    """Return where the athlete stands in the programme: kept plan, figures, what to aim at."""
    return fresh.answer(lambda: as_json(review.programme(seen, asked.id, asked.day(now))))


@router.get("/tests")
def read_tests(asked: Asked, seen: Viewed, now: Now, fresh: Fresh) -> Response:
    """Return what is due, the last results, and what changed beyond the error of measuring."""
    return fresh.answer(lambda: as_json(review.assessments(seen, asked.id, asked.day(now))))


@router.get("/clashes")
def read_clashes(asked: Asked, seen: Viewed, now: Now, fresh: Fresh) -> Response:
    """Return strength work too close before the key runs of the week ahead."""
    day = asked.day(now)
    return fresh.answer(lambda: {"items": as_json(review.clashes(seen, asked.id, day))})


@router.get("/comparison")
def read_comparison(
    asked: Asked,
    seen: Viewed,
    now: Now,
    fresh: Fresh,
    measure: Annotated[str, Query(max_length=40, description="gct, cadence, softness, ...")],
) -> Response:
    """Compare one measure before and after the last eight weeks of foot work."""
    try:
        told = review.compare(seen, asked.id, measure, asked.day(now))
    except ValueError as fault:
        raise Unprocessable(str(fault), "measure") from fault
    return fresh.answer(lambda: as_json(told))
