"""Runs, strength, check-ins and flags on one axis (in one call), and what today amounts to."""

from datetime import timedelta

from fastapi import APIRouter, Response

from .. import review
from ..timeline import Timeline, timeline
from ..training.entries import as_json
from .asking import Asked, Now, Viewed
from .bodies import Json
from .fresh import NOT_CHANGED, Fresh
from .problems import Unprocessable
from .runs import Since, Until

router = APIRouter(prefix="/athletes/{athlete}", tags=["review"])

WEEKS = 10
LONGEST = timedelta(days=3 * 366)


@router.get("/timeline", responses=NOT_CHANGED)
def read_timeline(
    asked: Asked,
    seen: Viewed,
    now: Now,
    fresh: Fresh,
    since: Since = None,
    until: Until = None,
) -> Response:
    """Return every day with runs, strength sessions, check-ins and flags; ten weeks unless said."""
    last = until or asked.day(now)
    first = since or last - timedelta(weeks=WEEKS) + timedelta(days=1)
    if first > last:
        raise Unprocessable("since: expected a day not after until", "since")
    if last - first > LONGEST:
        raise Unprocessable("since: expected three years at most", "since")
    return fresh.answer(lambda: _plain(timeline(seen, asked.id, first, last)))


def _plain(told: Timeline) -> Json:
    out: Json = as_json(told)
    for day in out["days"]:
        for kind in ("runs", "strength", "check_ins"):
            day[kind] = [{"id": item["id"], **item["entry"]} for item in day[kind]]
        for run in day["runs"]:
            del run["summary"]  # nine tenths of the bytes; the run itself has it
    return out


@router.get("/today", responses=NOT_CHANGED)
def read_today(asked: Asked, seen: Viewed, now: Now, fresh: Fresh) -> Response:
    """Return the last run in one sentence, its numbers, at most three flags, what is next."""
    return fresh.answer(lambda: as_json(review.today(seen, asked.id, asked.day(now))))
