"""Everybody who shares their days with the person asking: who needs a look first."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from .. import review
from ..errors import Refused
from ..store.logbook import Row
from ..store.view import View
from ..training.entries import Person, as_json
from ..training.history import History
from ..training.load import distance_m
from ..training.verdict import Flag, gravity
from .asking import Athlete, Now, Viewed
from .bodies import Json
from .known import Asked as Question
from .known import Known

router = APIRouter(tags=["team"])

WEEKS = 6
#: Athletes whose rows are read together; more would hold many rows at once.
AT_ONCE = 25


@router.get("/team")
def read_team(request: Request, seen: Viewed, now: Now) -> JSONResponse:
    """Return one row for each athlete, those first whose flags are gravest.

    A row holds the flags that ask for an answer, six weeks of running beside foot strength, the
    last run, and what is not shared.
    """
    known: Known[Json] = request.app.state.team
    people = {person.id: person for person in seen.athletes()}
    versions = seen.versions(people)
    asked = {
        id: Question(seen.viewer.id, id, versions[id], Athlete(id, person).day(now))
        for id, person in people.items()
        if id in versions
    }
    found = {id: row for id, one in asked.items() if (row := known.find(one)) is not None}
    missing = [one for id, one in asked.items() if id not in found]
    for one, row in _made(seen, people, missing):
        known.keep(one, row)
        found[one.athlete] = row
    rows = sorted(found.values(), key=lambda row: (-row["gravity"], row["name"].casefold()))
    return JSONResponse({"items": rows})


def _made(
    seen: View, people: Mapping[str, Row[Person]], missing: Sequence[Question]
) -> list[tuple[Question, Json]]:
    """Return the rows that are not known, read some athletes at a time; what is shown is kept."""
    made: list[tuple[Question, Json]] = []
    shown: dict[str, tuple[Flag, ...]] = {}
    for day in sorted({one.day for one in missing}):
        today = [one for one in missing if one.day == day]
        for i in range(0, len(today), AT_ONCE):
            some = today[i : i + AT_ONCE]
            review.read_ahead(seen, [one.athlete for one in some], day)
            for one in some:
                glance = _glance(seen, people[one.athlete], day)
                made.append((one, _row(people[one.athlete], day, glance)))
                if glance is not None and glance.asking:
                    shown[one.athlete] = glance.asking
    review.keep_shown(seen, shown)
    return made


def _glance(seen: View, athlete: Row[Person], day: date) -> review.Glance | None:
    """Return what is said of an athlete, None where nothing of it is shared."""
    try:
        return review.glance(seen, athlete, day)
    except Refused:
        return None


def _row(athlete: Row[Person], day: date, glance: review.Glance | None) -> Json:
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
    if glance is None:
        return row
    history, asking = glance.history, glance.asking
    return row | {
        "sentence": glance.sentence,
        "flags": as_json(asking),
        "quiet_flags": len(glance.flags) - len(asking),
        "gravity": max((gravity(flag.severity) for flag in asking), default=-1),
        "weeks": [_week(history, day - timedelta(weeks=w)) for w in range(WEEKS - 1, -1, -1)],
        "last_run": max((run.day.isoformat() for run in history.runs), default=None),
        "last_strength": max((s.day.isoformat() for s in history.strength), default=None),
        "not_shared": list(glance.not_shared),
    }


def _week(history: History, until: date) -> Json:
    first = until - timedelta(days=6)
    metres = sum(distance_m(run) or 0.0 for run in history.runs_in(first, until))
    return {
        "until": until.isoformat(),
        "run_km": round(metres / 1000, 1),
        "strength_min": round(sum(s.duration_min for s in history.strength_in(first, until))),
    }
