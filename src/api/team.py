"""Everybody who shares their days with the person asking: who needs a look first."""

from datetime import date, timedelta
from functools import partial

from fastapi import APIRouter, Request, Response

from .. import review
from ..errors import Refused
from ..store.logbook import Row
from ..store.view import View
from ..training.entries import Person, as_json
from ..training.history import History
from ..training.load import Load, load_on
from ..training.verdict import gravity
from .asking import Athlete, Now, Viewed
from .bodies import Json
from .fresh import NOT_CHANGED, unless_known
from .known import Known

router = APIRouter(tags=["team"])

WEEKS = 6


@router.get("/team", responses=NOT_CHANGED)
def read_team(request: Request, seen: Viewed, now: Now) -> Response:
    """Return one row for each athlete, those first whose flags are gravest.

    A row holds the flags that ask for an answer, six weeks of running beside foot strength, the
    last run, and what is not shared.
    """
    known: Known[Json] = request.app.state.team
    people = [(row, Athlete(row.id, row).day(now)) for row in seen.athletes()]
    versions = seen.versions(row.id for row, _ in people)

    def told() -> Json:
        rows = [
            known.get(seen, row.id, day, partial(_row, seen, row, day), versions[row.id])
            for row, day in people
            if row.id in versions
        ]
        rows.sort(key=lambda row: (-row["gravity"], row["name"].casefold()))
        return {"items": rows}

    days = [(row.id, versions.get(row.id), day) for row, day in people]
    return unless_known(request, (seen.viewer.id, *days), told)


def _row(seen: View, athlete: Row[Person], day: date) -> Json:
    row: Json = {
        "athlete": athlete.id,
        "name": athlete.entry.name,
        "demo": athlete.entry.demo,
        "day": day.isoformat(),
        "sentence": "",
        "flags": [],
        "quiet_flags": 0,
        "gravity": -1,
        "weeks": [],
        "last_run": None,
        "last_strength": None,
        "not_shared": [],
    }
    try:
        look = review.look(seen, athlete.id, day)
    except Refused:
        return row
    today, found, history = look.today, look.flags, look.history
    asking = [a.flag for a in found if a.open and not a.quiet]
    return row | {
        "sentence": today.sentence,
        "flags": as_json(tuple(asking)),
        "quiet_flags": len(found) - len(asking),
        "gravity": max((gravity(flag.severity) for flag in asking), default=-1),
        "weeks": [_week(history, day - timedelta(weeks=w)) for w in range(WEEKS - 1, -1, -1)],
        "last_run": max((run.day.isoformat() for run in history.runs), default=None),
        "last_strength": max((s.day.isoformat() for s in history.strength), default=None),
        "not_shared": list(today.not_shared),
    }


def _week(history: History, until: date) -> Json:
    total = sum((load_on(until - timedelta(days=d), history) for d in range(7)), Load())
    return {
        "until": until.isoformat(),
        "run_km": round(total.run_km, 1),
        "strength_min": round(total.strength_min),
    }
