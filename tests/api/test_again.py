"""Trying again: the same POST with the same Idempotency-Key, and nothing more has happened.

Every POST of the application is tried; one that is new and not here fails.
"""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from catfoot.api import create_app
from catfoot.api.auth import first_link
from catfoot.config import Settings
from catfoot.ingest.files.podlog import recording_of
from catfoot.ingest.source import Decoded
from catfoot.post import postman
from catfoot.radios import virtual
from catfoot.signal import synth
from catfoot.store.schema import metadata
from catfoot.sync import import_bytes
from catfoot.training.entries import CheckIn

from .conftest import BASE, NOW, enter, own
from .test_changes import BODIES
from .webdata import fit

KEY = {"Idempotency-Key": "the-same-random-text"}
OF = "/api/v1/athletes/{athlete}"
#: They answer with a new secret each time, or begin a login; what they take is used up at once.
NEVER = {"/api/v1/session", "/api/v1/keys", "/api/v1/join", "/api/v1/oidc/start"}
#: Only while a pod is recorded: test_radio.py tries it again there.
RECORDING = {f"{OF}/radio/marks"}
#: Questions: nothing is written down, with a key or without.
QUESTIONS = {f"{OF}/what-if"}
START = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
CALENDAR = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:x\r
BEGIN:VEVENT\r
UID:1\r
DTSTAMP:20260301T000000Z\r
DTSTART:20260320T070000Z\r
SUMMARY:Run 10 km\r
END:VEVENT\r
END:VCALENDAR\r
"""


def pod(side: Any) -> bytes:
    block = synth.runner(12.0, seed=4, side=side).block
    decoded = Decoded(format="m", device=f"pod {side}", started_at=START, blocks=(block,))
    return recording_of(decoded, side=side, place="lace")


class Scene:
    """A server with people, runs, a channel and news, and every POST with a body that fits."""

    def __init__(self, app: Any, executor: ThreadPoolExecutor) -> None:
        self.app, self.executor = app, executor
        self.stores = app.state.stores
        link = first_link(app, BASE)
        assert link is not None
        self.owner = enter(app, link, "owner")
        made = self.owner.post("/api/v1/invitations", json={"role": "coach"})
        self.carla = enter(app, made.json()["link"], "carla")
        self.athlete = own(self.owner)
        self.run = ""
        for data in (pod("left"), pod("right")):
            self.run = import_bytes(self.stores, self.athlete, data, "x").run or ""
        (kept, *_) = self.stores.logbook.recordings(self.athlete, self.run)
        self.recording = kept.id
        team = self.carla.post("/api/v1/teams", json={"name": "Club"}).json()["id"]
        invited = self.carla.post(f"/api/v1/teams/{team}/invitations", json={}).json()["link"]
        hook = self.owner.post(
            f"/api/v1/athletes/{self.athlete}/channels",
            json={"kind": "webhook", "target": "https://example.org/x"},
        ).json()
        channels = self.stores.logbook.channels
        channels.queue(channels.channel(hook["id"]), "run", "x", NOW)
        self.delivery = channels.deliveries(hook["id"])[0].id
        written = self.stores.logbook.add(self.athlete, CheckIn(day=NOW.date(), at=NOW), "coach")
        self.names = {
            "athlete": self.athlete, "run": self.run, "channel": hook["id"],
            "delivery": self.delivery, "team": team,
        }  # fmt: skip
        self.bodies: dict[str, dict[str, Any]] = {
            "/api/v1/athletes": {"name": "Bo"},
            "/api/v1/channels": {"kind": "webhook", "target": "https://example.org/y"},
            "/api/v1/invitations": {"role": "athlete"},
            "/api/v1/teams": {"name": "Other"},
            "/api/v1/teams/{team}/invitations": {},
            "/api/v1/memberships": {"token": invited.partition("#")[2]},
            f"{OF}/consents": {"viewer": "somebody", "kinds": ["metrics"]},
            f"{OF}/channels": {"kind": "calendar"},
            f"{OF}/runs": {"duration_s": 1800},
            f"{OF}/runs/{{run}}/split": {"recording": self.recording},
            f"{OF}/runs/{{run}}/replay": {"speed": 10},
            f"{OF}/declined": {"noun": "check-ins", "id": written.id},
            f"{OF}/radio/erase": {"pod": "F0:CA:7F:00:01:00"},
            f"{OF}/radio/collection": {"seconds": 1},
            f"{OF}/radio/claim": {"seconds": 1},
            **{f"{OF}/{noun}": body for noun, body in BODIES.items()},
        }

    def post(self, path: str) -> Any:
        """Send the POST of that route, always the same."""
        client = self.carla if path.startswith("/api/v1/teams") else self.owner
        below = path.removeprefix(OF)
        where = re.sub(r"\{(\w+)\}", lambda found: self.names[found[1]], path)
        if below == "/recordings":
            data = fit(START.replace(day=9), seconds=60)
            return client.post(where, content=data, headers=KEY)
        if below == "/planned-runs/calendar":
            return client.post(
                where, content=CALENDAR, headers=KEY | {"Content-Type": "text/calendar"}
            )
        body = self.bodies.get(path, {})
        if below == "/runs/{run}/join":
            body = {"other": self.other()}
        return client.post(where, json=body, headers=KEY)

    def other(self) -> str:
        """The run that was split off."""
        runs = self.owner.get(f"/api/v1/athletes/{self.athlete}/runs").json()["items"]
        found = [r["id"] for r in runs if r["id"] != self.run and r["started_at"] < "2026-03-02"]
        if found:
            self.names["other"] = str(found[0])
        return str(self.names["other"])

    def everything(self) -> dict[str, Any]:
        """All that is known and all that is being done, once nothing works any more."""
        self.executor.submit(lambda: None).result()  # after every job there was
        station, showings = self.app.state.station, self.app.state.showings
        deadline = time.monotonic() + 60
        while station.busy or showings._tasks:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        found: dict[str, Any] = {}
        with self.stores.logbook._db.read() as connection:
            for table in metadata.sorted_tables:
                found[table.name] = sorted(map(repr, connection.execute(sa.select(table))))
        errand = station.errand(self.athlete)
        found["errand"] = None if errand is None else id(errand)
        found["bytes"] = sorted(self.stores.raw.contents(self.athlete))
        return found


@contextmanager
def playing(settings: Settings) -> Iterator[Scene]:
    with ThreadPoolExecutor(1) as executor:
        asking = settings.model_copy(update={"accounts": True})
        app = create_app(asking, executor=executor, clock=lambda: NOW, bluetooth=virtual(()))
        with TestClient(app, base_url=BASE):
            app.state.station._listen_s = 0.1
            yield Scene(app, executor)


def posts(app: Any) -> list[str]:
    """Every POST of the application, changes of what was arranged after what they change."""
    paths = [path for path, ways in app.openapi()["paths"].items() if "post" in ways]
    last = {f"{OF}/runs/{{run}}/split": 1, f"{OF}/runs/{{run}}/join": 2, f"{OF}/runs/undo": 3}
    return sorted(paths, key=lambda path: last.get(path, 0))


def test_the_same_post_with_the_same_key_changes_nothing_more(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postman, "EVERY_S", 3600.0)  # nothing goes out meanwhile
    with playing(settings) as scene:
        for path in posts(scene.app):
            if path in NEVER | RECORDING:
                continue
            first = scene.post(path)
            assert 200 <= first.status_code < 300, (path, first.text)
            before = scene.everything()
            if path.endswith("/deliveries/{delivery}/replay"):
                channels = scene.stores.logbook.channels
                channels.settle(scene.delivery, "sent", "200", NOW, None)
                before = scene.everything()
            again = scene.post(path)
            assert again.status_code in (200, 202), (path, again.text)
            after = scene.everything()
            for what, rows in after.items():
                assert rows == before[what], (path, what)


def test_every_post_says_that_it_takes_a_key(client: TestClient) -> None:
    for path, ways in client.get("/openapi.json").json()["paths"].items():
        if "post" in ways and path not in NEVER | QUESTIONS:
            named = {one["name"] for one in ways["post"].get("parameters", [])}
            assert "Idempotency-Key" in named, path


def test_another_body_under_the_same_key_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postman, "EVERY_S", 3600.0)
    with playing(settings) as scene:
        for path, other in (
            ("/api/v1/invitations", {"role": "coach"}),
            ("/api/v1/channels", {"kind": "webhook", "target": "https://example.org/z"}),
            (f"{OF}/channels", {"kind": "webhook", "target": "https://example.org/z"}),
        ):
            assert scene.post(path).status_code == 201
            scene.bodies[path] = other
            refused = scene.post(path)
            assert refused.status_code == 422, (path, refused.text)
            assert refused.json()["errors"][0]["field"] == "Idempotency-Key"
        where = f"/api/v1/athletes/{scene.athlete}/recordings"
        for day, status in ((9, 202), (10, 422)):
            data = fit(START.replace(day=day), seconds=60)
            assert scene.owner.post(where, content=data, headers=KEY).status_code == status


def test_a_secret_is_shown_to_the_first_try_only_and_kept_for_no_other(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postman, "EVERY_S", 3600.0)
    with playing(settings) as scene:
        for path, secret in (
            ("/api/v1/invitations", "link"), ("/api/v1/teams/{team}/invitations", "link"),
            (f"{OF}/channels", "address"), ("/api/v1/channels", "secret"),
        ):  # fmt: skip
            first, again = scene.post(path).json(), scene.post(path).json()
            assert first[secret]
            assert secret not in again
            assert again["id"] == first["id"]
            kept = "".join(scene.everything()["tried"])
            assert first[secret].rpartition("#")[2] not in kept


def test_a_try_that_came_to_nothing_can_be_made_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postman, "EVERY_S", 3600.0)
    with playing(settings) as scene:
        undo = f"/api/v1/athletes/{scene.athlete}/runs/undo"
        assert scene.owner.post(undo, headers=KEY).status_code == 409  # nothing to take back
        assert scene.post(f"{OF}/runs/{{run}}/split").status_code == 200
        assert scene.owner.post(undo, headers=KEY).status_code == 200
        assert scene.owner.post(undo, headers=KEY).status_code == 200
        runs = scene.owner.get(f"/api/v1/athletes/{scene.athlete}/runs").json()["items"]
        assert [one["id"] for one in runs] == [scene.run]


def test_a_try_that_broke_off_says_so_and_is_not_done_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postman, "EVERY_S", 3600.0)
    with playing(settings) as scene:
        tries = scene.stores.logbook.tries
        kept = tries.forget
        monkeypatch.setattr(tries, "forget", lambda id: None)  # as where the power goes
        undo = f"/api/v1/athletes/{scene.athlete}/runs/undo"
        assert scene.owner.post(undo, headers=KEY).status_code == 409
        monkeypatch.setattr(tries, "forget", kept)
        told = scene.owner.post(undo, headers=KEY)
        assert told.status_code == 409
        assert "has not come to an end" in told.json()["detail"]


def test_a_key_of_somebody_else_is_another_key(settings: Settings) -> None:
    with playing(settings) as scene:
        made = [
            one.post("/api/v1/teams", json={"name": name}, headers=KEY).json()["id"]
            for one, name in ((scene.carla, "A"), (scene.owner, "B"))
        ]
        assert len(set(made)) == 2


def test_the_same_files_in_one_form_are_the_same_jobs(settings: Settings, tmp_path: Path) -> None:
    with playing(settings) as scene:
        files = [
            ("file", (f"{day}.fit", fit(START.replace(day=day), seconds=60))) for day in (10, 11)
        ]
        where = f"/api/v1/athletes/{scene.athlete}/recordings"
        told = [scene.owner.post(where, files=files, headers=KEY).json()["items"] for _ in range(2)]
        assert [one["id"] for one in told[0]] == [one["id"] for one in told[1]]
        assert len({one["id"] for one in told[0]}) == 2
