"""The server's own Bluetooth through the API, over the virtual radio."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from catfoot.api import create_app
from catfoot.config import Settings
from catfoot.ingest.files.podlog import recording_of
from catfoot.ingest.records import EVENT, MAGIC, MARKER, payloads
from catfoot.ingest.source import Decoded
from catfoot.pairing import Claim, Claims
from catfoot.radios import Played, virtual
from catfoot.signal import synth
from catfoot.signal.imu import G_MPS2, ImuBlock
from catfoot.station import Station
from tests.ingest.test_aligning import TAPS_S, made, recorded, tapped

from .conftest import BASE

pytestmark = pytest.mark.radio

FIRST = "F0:CA:7F:00:01:00"
HOST = {"host": "127.0.0.1:8000"}
STARTED = datetime(2026, 3, 15, 6, 30, tzinfo=UTC)


def played(block: ImuBlock) -> Played:
    decoded = Decoded(format="m", device="m", started_at=STARTED, blocks=(block,))
    return Played(name="m", recording=recording_of(decoded))


def stamping() -> ImuBlock:
    acc = np.tile([0.0, 0.0, G_MPS2], (800, 1))
    for at in (80, 160, 240):
        acc[at : at + 8, 2] = np.linspace(12, 8, 8) * G_MPS2
    return ImuBlock(t_ns=np.arange(800) * 5_000_000, acc=acc, gyr=acc * 0, rate_hz=200.0)


@contextmanager
def serving(settings: Settings, *pods: Played, fast: bool = True) -> Iterator[tuple[Any, str]]:
    """A server with virtual pods in range, and an athlete's address."""
    with ThreadPoolExecutor(1) as executor:
        app = create_app(settings, executor=executor, bluetooth=virtual(pods, fast=fast))
        with TestClient(app, base_url=BASE) as client:
            station: Station = app.state.station
            # A search ends once all virtual pods are heard: this is only how long it may take.
            station._listen_s = 5.0 if pods else 0.3
            athlete = client.post("/api/v1/athletes", json={"name": "Ada"}).json()["id"]
            yield client, f"/api/v1/athletes/{athlete}"


def until(ask: Callable[[], Any], limit_s: float = 30.0) -> Any:
    """Ask until there is an answer."""
    deadline = time.monotonic() + limit_s
    while (answer := ask()) is None:
        assert time.monotonic() < deadline, "no answer in time"
    return answer


def ended(client: TestClient, path: str) -> dict[str, Any]:
    """The radio's errand, once it works no more."""

    def ask() -> dict[str, Any] | None:
        said: dict[str, Any] = client.get(f"{path}/radio").json()
        return None if said["state"] == "working" else said

    answer: dict[str, Any] = until(ask)
    return answer


@pytest.mark.parametrize("pod", [FIRST, FIRST.lower()])
def test_a_pod_that_somebody_else_claimed_is_left_to_them(settings: Settings, pod: str) -> None:
    with serving(settings) as (client, path):
        Claims(settings.data / "pods.json").claim(Claim(address=FIRST, athlete="bo", side="left"))
        for what, body in (
            ("collection", {"pods": [pod]}),
            ("sync", {"pods": [pod]}),
            ("erase", {"pod": pod}),
        ):
            answer = client.post(f"{path}/radio/{what}", json=body)
            assert answer.status_code == 409, answer.text
            assert "somebody else's pod" in answer.json()["detail"]
        assert client.get(f"{path}/radio").json()["state"] == "idle"


def test_pods_in_range_are_found_and_claimed_by_stamping(settings: Settings) -> None:
    with serving(settings, played(stamping()), fast=False) as (client, path):
        assert client.get(f"{path}/radio").json() == {"what": None, "state": "idle", "busy": False}
        assert client.post(f"{path}/radio/scan").status_code == 202
        (found,) = ended(client, path)["found"]
        assert (found["address"], found["yours"], found["taken"]) == (FIRST, False, False)
        begun = client.post(f"{path}/radio/claim", json={"side": "left", "place": "heel"})
        assert begun.status_code == 202
        again = client.post(f"{path}/radio/scan")
        assert (again.status_code, "busy" in again.json()["detail"]) == (409, True)
        claimed = ended(client, path)["claimed"]
        pod = {"address": FIRST, "name": "virtual pod 1", "side": "left", "place": "heel"}
        assert claimed == pod
        assert client.get(f"{path}/pods").json()["items"] == [claimed]
        client.post(f"{path}/radio/scan")
        (found,) = ended(client, path)["found"]
        assert (found["yours"], found["side"]) == (True, "left")


def test_a_collection_is_started_watched_and_stopped(settings: Settings) -> None:
    with serving(settings, played(synth.runner(60, seed=4).block), fast=False) as (client, path):
        said = client.post(f"{path}/radio/collection", json={"side": "right", "place": "lace"})
        assert said.status_code == 202, said.text
        with client.websocket_connect(f"{path}/live", headers=HOST) as watching:
            while watching.receive_json()["feet"]["right"]["packets"] < 100:
                pass
        assert client.get(f"{path}/radio").json()["state"] == "working"
        for _ in range(2):  # the second is another try of the first
            key = {"Idempotency-Key": "a-random-text"}
            assert client.post(f"{path}/radio/marks", json={}, headers=key).status_code == 202
        assert client.post(f"{path}/radio/marks", json={"what": "tea"}).status_code == 422
        assert client.delete(f"{path}/radio").status_code == 202
        done = ended(client, path)
        assert (done["state"], len(done["recordings"])) == ("stopped", 1)
        athlete = path.rpartition("/")[2]
        kept = client.app.state.stores.raw.read(athlete, done["recordings"][0])
        events = [p for _, p in payloads(kept, len(MAGIC)) if p[0] == EVENT]
        assert sum(MARKER.encode() in event for event in events) == 1
        assert client.delete(f"{path}/radio").status_code == 409
        assert client.post(f"{path}/radio/marks", json={}).status_code == 409

        def measured() -> str | None:
            jobs = client.get(f"{path}/jobs").json()["items"]
            return jobs[0]["state"] if jobs and jobs[0]["state"] in ("done", "refused") else None

        assert until(measured) in ("done", "refused")


def test_stored_runs_come_with_progress_and_are_erased_only_once_measured(
    settings: Settings,
) -> None:
    with serving(settings, played(synth.runner(60, seed=4).block)) as (client, path):
        assert client.post(f"{path}/radio/sync", json={}).status_code == 202
        (run,) = ended(client, path)["runs"]
        assert run["have"] == run["size"]
        assert run["bytes_per_s"] > 0
        assert run["outcome"] == "stored"

        def done() -> bool | None:
            (job,) = client.get(f"{path}/jobs").json()["items"]
            return True if job["state"] == "done" else None

        until(done)
        assert len(client.get(f"{path}/runs").json()["items"]) == 1
        client.post(f"{path}/radio/sync", json={})
        assert [r["outcome"] for r in ended(client, path)["runs"]] == ["already"]
        assert client.post(f"{path}/radio/erase", json={"pod": FIRST}).status_code == 202
        assert ended(client, path)["erased"] == ["1"]


def test_runs_are_joined_split_and_undone_through_the_api(settings: Settings) -> None:
    pods = [played(synth.runner(30, seed=k).block) for k in (4, 5)]
    later = datetime(2026, 3, 15, 7, 30, tzinfo=UTC)
    with serving(settings) as (client, path):
        octets = {"Content-Type": "application/octet-stream"}
        for pod, at in zip(pods, (STARTED, later), strict=True):
            asked = f"{path}/recordings?name=a.podlog&start={at:%Y-%m-%dT%H:%M:%SZ}"
            assert client.post(asked, content=pod.recording, headers=octets).status_code == 202

        def both() -> list[str] | None:
            ids = [one["id"] for one in client.get(f"{path}/runs").json()["items"]]
            return ids if len(ids) == 2 else None

        second, first = until(both)

        def there() -> dict[str, int]:
            ids = [one["id"] for one in client.get(f"{path}/runs").json()["items"]]
            return {id: len(client.get(f"{path}/runs/{id}").json()["recordings"]) for id in ids}

        joined = client.post(f"{path}/runs/{first}/join", json={"other": second})
        assert (joined.status_code, joined.json()["what"]) == (200, "join")
        assert there() == {first: 2}
        recording = client.get(f"{path}/runs/{first}").json()["recordings"][1]["id"]
        wrong = client.post(f"{path}/runs/{second}/split", json={"recording": recording})
        assert wrong.status_code == 404
        split = client.post(f"{path}/runs/{first}/split", json={"recording": recording})
        assert split.status_code == 200
        assert sorted(there().values()) == [1, 1]
        assert client.post(f"{path}/runs/undo").status_code == 200
        assert there() == {first: 2}
        assert client.post(f"{path}/runs/undo").status_code == 200
        assert there() == {first: 1, second: 1}
        assert client.post(f"{path}/runs/undo").status_code == 409
        nothing = client.post(f"{path}/runs/{first}/join", json={})
        assert nothing.json()["errors"][0]["field"] == "other"


def test_what_goes_wrong_is_said_where_the_errand_is_watched(settings: Settings) -> None:
    with serving(settings) as (client, path):
        client.post(f"{path}/radio/sync", json={})
        failed = ended(client, path)
        assert failed["state"] == "failed"
        assert "no pod that stores runs is in range" in failed["error"]


@pytest.mark.parametrize(
    ("what", "body", "field"),
    [
        ("collection", {"mode": "swim"}, "mode"),
        ("collection", {"seconds": 0}, "seconds"),
        ("collection", {"pods": "all"}, "pods"),
        ("collection", {"foo": 1}, "foo"),
        ("claim", {"side": "middle"}, "side"),
        ("claim", {"seconds": True}, "seconds"),
        ("sync", {"pods": [""]}, "pods"),
        ("erase", {}, "pod"),
    ],
)
def test_a_request_that_does_not_fit_starts_nothing(
    client: TestClient, athlete: str, what: str, body: dict[str, Any], field: str
) -> None:
    answer = client.post(f"/api/v1/athletes/{athlete}/radio/{what}", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert client.get(f"/api/v1/athletes/{athlete}/radio").json()["state"] == "idle"


def test_what_each_kind_of_device_gives_is_there_for_the_pages(client: TestClient) -> None:
    said = client.get("/api/v1/devices/kinds").json()
    assert said["columns"][:2] == ["cadence", "contact time"]
    by_key = {item["key"]: item["cells"] for item in said["items"]}
    assert by_key["two-pods"]["left/right"]["grade"] == "B"
    assert by_key["nothing"]["F24"]["grade"] is None
    assert by_key["nothing"]["F24"]["why"]


def test_how_well_taps_lined_up_two_pods_is_said_of_the_stored_run(settings: Settings) -> None:
    pods = recorded(
        made(tapped(TAPS_S, seed=1), "left", 3), made(tapped(TAPS_S, seed=2), "right", 43)
    )
    with serving(settings) as (client, path):
        octets = {"Content-Type": "application/octet-stream"}
        for data in pods:
            client.post(f"{path}/recordings?name=a.podlog", content=data, headers=octets)

        def both() -> list[dict[str, Any]] | None:
            for run in client.get(f"{path}/runs").json()["items"]:
                watched = client.get(f"{path}/runs/{run['id']}").json()["recordings"]
                if len(watched) == 2:
                    return sorted(watched, key=lambda one: one["side"])
            return None

        left, right = until(both)
        assert left["taps_apart_ms"] == 0
        assert right["taps_apart_ms"] == pytest.approx(40, abs=2.5)
        assert left["taps_residual_ms"] == right["taps_residual_ms"] < 1.5
