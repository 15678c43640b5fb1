"""Bodies that stall, endless texts, keys that are there twice: given up or refused in words."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest
from starlette.testclient import TestClient

from catfoot.api import create_app
from catfoot.api.recordings import UPLOADS_AT_ONCE
from catfoot.config import Settings
from catfoot.errors import ConfigError

from .conftest import BASE, NOW

OCTETS = [(b"host", b"127.0.0.1"), (b"content-type", b"application/octet-stream")]
FORM = [(b"host", b"127.0.0.1"), (b"content-type", b"multipart/form-data; boundary=x")]


@pytest.fixture
def impatient(settings: Settings) -> Iterator[TestClient]:
    """A server that gives a body up after a fifth of a second without a byte."""
    with ThreadPoolExecutor(1) as executor:
        hurried = settings.model_copy(update={"upload_idle_s": 0.2})
        app = create_app(hurried, executor=executor, clock=lambda: NOW)
        with TestClient(app, base_url=BASE) as client:
            yield client


async def _stalled(app: Any, path: str, headers: list[tuple[bytes, bytes]], n: int) -> list[int]:
    """Begin so many uploads of which only the first bytes come; return what each answered."""
    statuses: list[int] = []

    async def one() -> None:
        sent = False

        async def receive() -> dict[str, Any]:
            nonlocal sent
            if sent:
                await anyio.sleep_forever()
            sent = True
            return {"type": "http.request", "body": b"--x\r\n", "more_body": True}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
            "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"name=a.csv",
            "root_path": "", "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        }  # fmt: skip
        await app(scope, receive, send)

    async with anyio.create_task_group() as tasks:
        for _ in range(n):
            tasks.start_soon(one)
    return statuses


@pytest.mark.parametrize("headers", [OCTETS, FORM], ids=["raw", "form"])
def test_stalled_uploads_are_given_up_and_hold_nobody_else_up(
    impatient: TestClient, headers: list[tuple[bytes, bytes]]
) -> None:
    athlete = impatient.post("/api/v1/athletes", json={"name": "Ada"}).json()["id"]
    path = f"/api/v1/athletes/{athlete}/recordings"
    assert impatient.portal is not None
    n = 2 * UPLOADS_AT_ONCE
    statuses = impatient.portal.call(_stalled, impatient.app, path, headers, n)
    assert statuses == [408] * n
    octets = {"Content-Type": "application/octet-stream"}
    after = impatient.post(f"{path}?name=a.csv", content=b"x", headers=octets)
    assert after.status_code == 202


def test_a_key_that_is_there_twice_is_refused(client: TestClient, athlete: str) -> None:
    path = f"/api/v1/athletes/{athlete}/check-ins"
    kind = {"Content-Type": "application/json"}
    for body in (b'{"pain": 9, "pain": 0}', b'{"pains": [{"site": "calf", "site": "knee"}]}'):
        answer = client.post(path, content=body, headers=kind)
        assert answer.status_code == 422
        assert "twice" in answer.json()["detail"]
    assert client.get(path).json()["items"] == []


def test_a_body_of_very_many_keys_is_refused_as_quickly_as_it_is_read(client: TestClient) -> None:
    pairs = ",".join(f'"key{i}":1' for i in range(60_000))
    body = f'{{{pairs},"key59999":2}}'.encode()
    kind = {"Content-Type": "application/json"}
    begun_s = time.process_time()
    answer = client.post("/api/v1/session", content=body, headers=kind)  # anybody may
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "key59999"
    # 0.1 s; comparing each key with every other takes thirty.
    assert time.process_time() - begun_s < 5


def test_a_list_has_an_end(client: TestClient, athlete: str) -> None:
    path = f"/api/v1/athletes/{athlete}/check-ins"
    pains = [{"site": "calf", "score": 1}]
    assert client.post(path, json={"soreness": pains * 500}).status_code == 201
    refused = client.post(path, json={"soreness": pains * 501})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "soreness"


def test_a_small_calendar_of_very_many_runs_is_refused_before_all_are_listed(
    client: TestClient, athlete: str
) -> None:
    daily = "".join(
        f"BEGIN:VEVENT\r\nUID:{i}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260101T070000Z\r\n"
        f"SUMMARY:Run 10 km\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\n"
        for i in range(1500)
    )
    whole = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{daily}END:VCALENDAR\r\n"
    begun_s = time.process_time()
    path = f"/api/v1/athletes/{athlete}/planned-runs/calendar"
    answer = client.post(path, content=whole.encode(), headers={"Content-Type": "text/calendar"})
    assert answer.status_code == 422
    assert "more than 1000 runs" in answer.json()["detail"]
    assert time.process_time() - begun_s < 10  # 1 s; listing all 270,000 takes twenty


def test_a_text_has_an_end(client: TestClient, athlete: str) -> None:
    path = f"/api/v1/athletes/{athlete}/check-ins"
    assert client.post(path, json={"note": "x" * 5000}).status_code == 201
    refused = client.post(path, json={"note": "x" * 5001})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "note"
    assert client.post(path, json={"x" * 101: 1}).status_code == 422


def test_a_variable_that_is_no_setting_is_a_slip_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATFOOT_ACCOUNT", "1")
    with pytest.raises(ConfigError, match="did you mean CATFOOT_ACCOUNTS"):
        Settings()
    monkeypatch.delenv("CATFOOT_ACCOUNT")
    monkeypatch.setenv("CATFOOT_SMTP__HOST", "mail.example.org")
    monkeypatch.setenv("CATFOOT_SMTP__SENDER", "catfoot@example.org")
    found = Settings()
    assert found.smtp is not None
    assert found.smtp.port == 587
