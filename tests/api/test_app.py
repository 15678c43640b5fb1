"""What stands outside the athletes, and what holds for every route."""

import logging
import re
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
from starlette.testclient import TestClient

from catfoot.api import create_app, requests
from catfoot.api.examples import OF_ROUTE
from catfoot.config import Settings, open_stores
from catfoot.errors import StoreError
from catfoot.training.entries import Person

from .conftest import BASE


def test_it_lives_and_is_ready(client: TestClient) -> None:
    assert client.get("/health").json()["status"] == "ok"
    assert client.get("/ready").json()["status"] == "ready"


def test_metrics_count_by_route_and_never_name_an_athlete(client: TestClient, athlete: str) -> None:
    client.get(f"/api/v1/athletes/{athlete}/runs")
    client.request("BREW", "/coffee")
    text = client.get("/metrics").text
    assert 'route="/api/v1/athletes/{athlete}/runs",status="200"' in text
    assert "OTHER" in text
    assert athlete not in text
    assert "coffee" not in text


def test_metrics_say_how_recordings_jobs_and_stores_are_doing(
    client: TestClient, athlete: str
) -> None:
    path = f"/api/v1/athletes/{athlete}"
    client.post(f"{path}/recordings?name=a.csv", content=b"x,y\n1,2\n")
    text = client.get("/metrics").text
    lines = dict(line.rsplit(" ", 1) for line in text.splitlines() if line[:1] != "#")
    jobs = {name: float(n) for name, n in lines.items() if name.startswith("catfoot_jobs{")}
    assert sum(jobs.values()) == 1
    assert float(lines["catfoot_live_open"]) == float(lines["catfoot_live_packets_total"]) == 0
    assert 0 < float(lines["catfoot_disk_used_ratio"]) < 1
    assert lines['catfoot_findings{about="clock",severity="fault"}'] == "0.0"
    assert sys.platform != "linux" or float(lines["process_resident_memory_bytes"]) > 1e6


def test_metrics_are_there_when_a_store_is_not(client: TestClient, settings: Settings) -> None:
    with closing(sqlite3.connect(settings.data / "logbook.db")) as database:
        database.execute("DROP TABLE job")
        database.execute("DROP TABLE athlete")
        database.commit()
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert 'catfoot_findings{about="logbook",severity="fault"} 1.0' in answer.text
    assert "catfoot_jobs{" not in answer.text


def test_erasing_that_was_broken_off_is_finished_at_the_next_start(settings: Settings) -> None:
    with open_stores(settings) as stores:
        ada = stores.logbook.add_person(Person(name="Ada"))
    (settings.data / "erasing").mkdir()
    (settings.data / "erasing" / ada).touch()
    with TestClient(create_app(settings, executor=ThreadPoolExecutor(1)), base_url=BASE) as client:
        assert client.get("/api/v1/athletes").json()["items"] == []
    assert list((settings.data / "erasing").iterdir()) == []


def test_every_error_is_a_problem(client: TestClient, athlete: str) -> None:
    answers = [
        client.get("/nothing"),
        client.get("/api/v1/nothing"),
        client.put("/api/v1/athletes"),
        client.delete(f"/api/v1/athletes/{athlete}"),
        client.get("/web/nothing.js"),
        client.get(f"/api/v1/athletes/{athlete}/runs", params={"limit": "many"}),
        client.get(f"/api/v1/athletes/{athlete}/timeline", params={"since": "soon"}),
    ]
    for answer in answers:
        assert answer.headers["content-type"] == "application/problem+json", answer.url
        problem = answer.json()
        assert problem["status"] == answer.status_code >= 400
        assert problem["detail"]
        assert problem["title"]


def test_a_fault_of_ours_says_nothing_about_this_machine(client: TestClient, athlete: str) -> None:
    client.app.state.stores.logbook.close()  # type: ignore[attr-defined]
    del client.app.state.stores  # type: ignore[attr-defined]
    quiet = TestClient(client.app, base_url=str(client.base_url), raise_server_exceptions=False)
    answer = quiet.get("/api/v1/athletes")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Traceback" not in answer.text
    assert "stores" not in answer.text


def test_the_api_describes_itself(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert "/api/v1/athletes/{athlete}/timeline" in described["paths"]
    schemas = described["components"]["schemas"]
    assert schemas["CheckIn"]["additionalProperties"] is False
    assert "at" not in schemas["CheckIn"].get("required", [])
    assert _refs(described) <= {f"#/components/schemas/{name}" for name in schemas}


def test_every_json_body_has_an_example(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    schemas, without = described["components"]["schemas"], []
    for path, ways in described["paths"].items():
        for method, text in ways.items():
            content = text.get("requestBody", {}).get("content", {})
            if method in ("post", "put", "patch") and not content:
                assert path.rpartition("/")[2] in BODILESS, path
            for taken in content.values():
                name = taken["schema"].get("$ref", "").rpartition("/")[2]
                if "example" not in taken and not schemas.get(name, {}).get("examples"):
                    without.append((path, sorted(content)))
    assert {path.rpartition("/")[2] for path, _ in without} == {"calendar", "recordings"}


#: What is done without being told more.
BODILESS = {"exports", "replay", "undo", "scan"}


def test_a_key_of_a_plain_body_that_no_example_has_is_refused(
    client: TestClient, athlete: str
) -> None:
    for (method, path), example in OF_ROUTE.items():
        where = re.sub(r"\{\w+\}", "0" * 32, path.replace("{athlete}", athlete))
        answer = client.request(method, where, json=example | {"zzz": 1})
        assert 400 <= answer.status_code < 500, (path, answer.text)


def test_another_media_type_is_refused_as_such(client: TestClient, athlete: str) -> None:
    for noun in ("check-ins", "planned-runs/calendar"):
        path = f"/api/v1/athletes/{athlete}/{noun}"
        answer = client.post(path, content=b"x", headers={"Content-Type": "text/html"})
        assert answer.status_code == 415
        assert answer.headers["content-type"] == "application/problem+json"


def test_every_answer_names_its_request_and_so_does_the_log(
    client: TestClient,
    athlete: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = f"/api/v1/athletes/{athlete}/check-ins"
    named = [
        client.get(path, headers={"X-Request-Id": "mine"}).headers["x-request-id"] for _ in "ab"
    ]
    assert len({*named, "mine"}) == 3
    said: list[tuple[str, str]] = []

    class Heard(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append((requests.current(), record.getMessage()))

    logbook = client.app.state.stores.logbook  # type: ignore[attr-defined]

    def broken(*_: Any) -> None:
        raise StoreError("the disk is gone")

    monkeypatch.setattr(type(logbook), "entries", broken)
    heard = Heard()
    logging.getLogger("catfoot").addHandler(heard)
    try:
        answer = client.get(path)
    finally:
        logging.getLogger("catfoot").removeHandler(heard)
    assert answer.status_code == 503
    assert [id for id, text in said if "disk is gone" in text] == [answer.headers["x-request-id"]]


def test_what_did_not_change_is_not_sent_again(client: TestClient, athlete: str) -> None:
    for below in ("", "/check-ins", "/runs", "/jobs", "/pods", "/consents"):
        path = f"/api/v1/athletes/{athlete}{below}"
        tag = client.get(path).headers["etag"]
        if below:
            again = client.get(path, headers={"If-None-Match": tag})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == tag
    client.post(f"/api/v1/athletes/{athlete}/check-ins", json={"stiffness": 2})
    path = f"/api/v1/athletes/{athlete}/check-ins"
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def _refs(value: object) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(_refs(item) for item in value.values()))
    if isinstance(value, list):
        return set().union(*(_refs(item) for item in value))
    return set()


def test_no_documentation_page_loads_from_elsewhere(client: TestClient) -> None:
    assert client.get("/docs").status_code == 404
    assert client.get("/redoc").status_code == 404
