"""Everybody who shares their days with the person asking: who needs a look first."""

from collections import OrderedDict
from datetime import date, timedelta
from threading import Lock

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

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

router = APIRouter(tags=["team"])

WEEKS = 6


class Cache:
    """The newest rows of the team page, until what they are made of changes; at most ``most``."""

    def __init__(self, most: int = 2000) -> None:
        self._most = most
        self._rows: OrderedDict[tuple[str, str, int, date], Json] = OrderedDict()
        self._lock = Lock()

    def row(self, seen: View, athlete: Row[Person], day: date) -> Json:
        """Return an athlete's row, worked out only if it is not known."""
        key = (seen.viewer.id, athlete.id, seen.version(athlete.id), day)
        with self._lock:
            if (known := self._rows.get(key)) is not None:
                self._rows.move_to_end(key)
                return known
        made = _row(seen, athlete, day)
        with self._lock:
            self._rows[key] = made
            while len(self._rows) > self._most:
                self._rows.popitem(last=False)
        return made


@router.get("/team")
def read_team(request: Request, seen: Viewed, now: Now) -> JSONResponse:
    """Return one row for each athlete, those first whose flags are gravest.

    A row holds the flags that ask for an answer, six weeks of running beside foot strength, the
    last run, and what is not shared.
    """
    cache: Cache = request.app.state.team
    rows = [
        cache.row(seen, person, Athlete(person.id, person).day(now)) for person in seen.athletes()
    ]
    rows.sort(key=lambda row: (-row["gravity"], row["name"].casefold()))
    return JSONResponse({"items": rows})


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
