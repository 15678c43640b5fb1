"""A stored run shown as live through the API: seen by whoever watches, and kept by nobody."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from catfoot.api import create_app
from catfoot.config import Settings
from catfoot.ingest.files.podlog import recording_of
from catfoot.ingest.records import MAGIC, NOTIFICATION, payloads
from catfoot.ingest.source import Decoded
from catfoot.signal import synth
from catfoot.sync import import_bytes

BASE, WS = "http://127.0.0.1:8000", "ws://127.0.0.1:8000"
START = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)


def tape(seconds: float = 20.0, **said: Any) -> bytes:
    block = synth.runner(seconds, seed=4).block
    decoded = Decoded(format="m", device="m", started_at=START, blocks=(block,))
    return recording_of(decoded, side="left", place="lace", **said)


@contextmanager
def serving(folder: Path) -> Iterator[tuple[TestClient, Any, str, str]]:
    """A server, its stores, an athlete, and their run of one pod recording."""
    with ThreadPoolExecutor(1) as executor:
        app = create_app(Settings(data=folder), executor=executor)
        with TestClient(app, base_url=BASE) as client:
            athlete = client.post("/api/v1/athletes", json={"name": "Ada"}).json()["id"]
            run = import_bytes(app.state.stores, athlete, tape(), "x").run
            assert run is not None
            yield client, app.state, athlete, run


def test_a_run_is_seen_as_live_and_nothing_of_it_is_kept(tmp_path: Path) -> None:
    with serving(tmp_path) as (client, state, athlete, run):
        kept = set(state.stores.raw.contents(athlete))
        path = f"/api/v1/athletes/{athlete}/runs/{run}/replay"
        with client.websocket_connect(f"{WS}/api/v1/athletes/{athlete}/live") as viewer:
            begun = client.post(path, json={"speed": 10})
            assert begun.status_code == 202, begun.text
            assert client.post(path, json={}).status_code == 409
            while (shown := viewer.receive_json())["feet"]["left"]["state"] != "closed":
                assert shown["replay"] is True
        sent = sum(payload[0] == NOTIFICATION for _, payload in payloads(tape(), len(MAGIC)))
        assert shown["feet"]["left"]["packets"] == sent
        assert shown["feet"]["left"]["steps"] > 20
        assert set(state.stores.raw.contents(athlete)) == kept
        assert state.stores.raw.unclosed() == []
        assert len(client.get(f"/api/v1/athletes/{athlete}/runs").json()["items"]) == 1


def test_a_replay_can_be_stopped_and_a_pod_that_is_live_goes_before(tmp_path: Path) -> None:
    with serving(tmp_path) as (client, _, athlete, run):
        path = f"/api/v1/athletes/{athlete}/runs/{run}/replay"
        assert client.delete(path).status_code == 409
        with client.websocket_connect(f"{WS}/api/v1/athletes/{athlete}/live") as viewer:
            assert client.post(path, json={}).status_code == 202
            assert viewer.receive_json()["replay"] is True
            assert client.delete(path).status_code == 202
            while viewer.receive_json()["feet"]["left"]["state"] != "closed":
                pass
        with client.websocket_connect(f"{WS}/api/v1/athletes/{athlete}/collect") as pod:
            pod.send_json({"recording": "live"})
            assert pod.receive_json() == {"resume": 0}
            refused = client.post(path, json={})
            assert refused.status_code == 409
            assert "live" in refused.json()["detail"]


@pytest.mark.parametrize("body", [{"speed": 0}, {"speed": 11}, {"speed": True}, {"pace": 1}])
def test_a_speed_that_is_none_is_refused(tmp_path: Path, body: dict[str, Any]) -> None:
    with serving(tmp_path) as (client, _, athlete, run):
        path = f"/api/v1/athletes/{athlete}/runs/{run}/replay"
        assert client.post(path, json=body).status_code == 422
        unknown = f"/api/v1/athletes/{athlete}/runs/{'0' * 32}/replay"
        assert client.post(unknown, json={}).status_code == 404
