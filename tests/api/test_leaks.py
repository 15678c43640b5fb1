"""What is shared by kind, and nothing else: every answer is searched for what it must not hold."""

import re
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from catfoot.signal.measures import Measure, Summary
from catfoot.training.entries import (
    AfterRun,
    CheckIn,
    FlagAnswer,
    Recording,
    Run,
)

from .conftest import NOW, Join, own
from .test_people import let

OF = "/api/v1/athletes/{athlete}"
#: What stands in the athlete's days, by the kind that it is shared as; no other text is like it.
MARKS = {
    "load_and_flags": "TitleOfARun",
    "metrics": "251.7373",
    "heart_rate": "163.7373",
    "check_ins": "NoteOfACheckIn",
    "raw": "NameOfAnUpload",
    "location": "NoPlaceIsInAnyRow",
}
PRIVATE = "NoteToMyself"
ASKED = {
    "/compare": ("?measure=gct", "?measure=gct&by=shoe&first=old&second=new"),
    "/runs/{run}/steps": ("", "?format=csv"),
}


def measured(key: str, name: str, value: float) -> Measure:
    return Measure(name=name, key=key, value=value, grade="A", n=900, source="pod 200 Hz")


def days_of(app: Any, ada: TestClient) -> dict[str, str]:
    """Write the athlete's days down; return the names that addresses need."""
    logbook, athlete = app.state.stores.logbook, own(ada)
    summary = Summary(
        measures=(
            measured("gct_ms", "gct", 251.7373),
            measured("heart_rate_bpm", "heart_rate", 163.7373),
        )
    )
    runs = [
        logbook.add(
            athlete,
            Run(
                day=(NOW - timedelta(days)).date(), started_at=NOW - timedelta(days), duration_s=1800,
                distance_m=5000, title=MARKS["load_and_flags"], shoe="old" if days > 9 else "new",
                summary=summary,
            ),
            athlete,
        )
        for days in range(1, 20)
    ]  # fmt: skip
    recording = Recording(
        run=runs[0].id, content="0" * 64, name="a.fit", format="fit", device="pod 200 Hz",
        side="left", place="lace", rank=0, started_at=NOW - timedelta(1), duration_s=1800,
        origin_ns=0, rate_hz=200.0, size_bytes=9, rev=1, summary=summary,
    )  # fmt: skip
    kept = logbook.add(athlete, recording, athlete)
    note = MARKS["check_ins"]
    logbook.add(athlete, CheckIn(day=NOW.date(), at=NOW, stiffness=2, note=note), athlete)
    after = AfterRun(day=NOW.date(), at=NOW, started_at=NOW - timedelta(1), effort=4, note=note)
    logbook.add(athlete, after, athlete)
    answered = FlagAnswer(
        at=NOW, rule="F01", first_day=NOW.date(), answer="seen", note=PRIVATE, shared=False
    )
    logbook.add(athlete, answered, athlete)
    sent = ada.post(
        f"/api/v1/athletes/{athlete}/recordings?name={MARKS['raw']}.fit", content=b"no file"
    )
    return {
        "athlete": athlete, "run": runs[0].id, "recording": kept.id, "job": sent.json()["id"],
    }  # fmt: skip


def answers(app: Any, client: TestClient, names: dict[str, str]) -> dict[str, str]:
    """Ask everything that can be asked; return what was answered, by address."""
    found: dict[str, str] = {}
    for path, ways in app.openapi()["paths"].items():
        if "get" not in ways or "oidc" in path:
            continue
        where = re.sub(r"\{(\w+)\}", lambda part: names.get(part[1], "0" * 32), path)
        for more in ASKED.get(path.removeprefix(OF), ("",)):
            found[path + more] = client.get(where + more).text
    what_if = f"{OF.replace('{athlete}', names['athlete'])}/what-if"
    found["what-if"] = client.post(what_if, json={}).text
    return found


@pytest.mark.row("G02")
@pytest.mark.parametrize("kind", [*MARKS, None])
def test_what_is_not_shared_stands_in_no_answer(app: Any, join: Join, kind: str | None) -> None:
    ada, carla = join("athlete", "ada"), join("coach", "carla")
    names = days_of(app, ada)
    mine = "".join(answers(app, ada, names).values())
    for mark in {*MARKS.values(), PRIVATE} - {MARKS["location"]}:
        assert mark in mine, mark  # what is searched for is there to be found
    if kind is not None:
        let(ada, carla, kind)
    for path, text in answers(app, carla, names).items():
        for of, mark in MARKS.items():
            assert mark not in text or of == kind, (path, of)
        assert PRIVATE not in text, path
        if kind is None:
            assert names["run"] not in text, path


def test_running_measures_are_shared_with_the_runs_they_are_of(app: Any, join: Join) -> None:
    ada, carla = join("athlete", "ada"), join("coach", "carla")
    names = days_of(app, ada)
    let(ada, carla, "load_and_flags", "metrics")
    text = "".join(answers(app, carla, names).values())
    assert MARKS["metrics"] in text
    assert MARKS["heart_rate"] not in text
