"""Nobody asks, or sends, so much that others have to wait for it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from catfoot.api import create_app
from catfoot.api.rates import AT_ONCE_S, PEOPLE, Bucket
from catfoot.api.recordings import Slots
from catfoot.config import Settings

from ..running import run
from .conftest import BASE

PER_S = 1 / 20  # three at once, and one more every twenty seconds


@pytest.fixture
def busy(settings: Settings) -> Iterator[TestClient]:
    few = settings.model_copy(update={"requests_per_s": PER_S})
    with (
        ThreadPoolExecutor(1) as executor,
        TestClient(create_app(few, executor=executor), base_url=BASE) as client,
    ):
        yield client


def ask(client: TestClient, key: str) -> Any:
    return client.get("/api/v1/measures", headers={"Authorization": f"Bearer cf_{key}"})


def test_whoever_asks_for_too_much_is_told_when_to_come_back(busy: TestClient) -> None:
    assert [ask(busy, "one").status_code for _ in range(3)] == [200] * 3
    refused = ask(busy, "one")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 1 / PER_S
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["retry-after"] in refused.json()["detail"]
    assert ask(busy, "two").status_code == 200


def test_inventing_names_gets_nobody_further_than_their_address(busy: TestClient) -> None:
    found = [ask(busy, f"name{i}").status_code for i in range(int(PER_S * AT_ONCE_S) * PEOPLE + 1)]
    assert found == [200] * (len(found) - 1) + [429]
    assert busy.get("/").status_code == 429


def test_sockets_are_counted_as_they_open(busy: TestClient) -> None:
    found: list[int | None] = []
    for _ in range(4):
        try:
            with busy.websocket_connect(
                "ws://127.0.0.1:8000/api/v1/athletes/nobody/live",
                headers={"Authorization": "Bearer cf_one"},
            ):
                pass
        except WebSocketDenialResponse as refused:  # which is a WebSocketDisconnect too
            found.append(refused.status_code)
        except WebSocketDisconnect:
            found.append(None)
    assert found == [None, None, None, 429]


def test_a_bucket_fills_again_and_no_further_than_full() -> None:
    bucket = Bucket(per_s=PER_S, full=3)
    assert [bucket.wait_s("a", 0.0) for _ in range(3)] == [0.0] * 3
    assert bucket.wait_s("a", 0.0) == pytest.approx(20)
    assert bucket.wait_s("a", 15.0) == pytest.approx(5)
    assert bucket.wait_s("a", 21.0) == 0.0
    assert [bucket.wait_s("a", 1e6) > 0 for _ in range(4)] == [False, False, False, True]


def test_one_senders_uploads_leave_slots_for_others() -> None:
    async def sending() -> tuple[int, dict[str, Any]]:
        slots, most, going, free = Slots(most=4, share=2), 0, 0, anyio.Event()
        started = anyio.Event()
        answer: dict[str, Any] = {}

        def held() -> dict[str, Any]:
            anyio.from_thread.run(wait)
            return {}

        async def wait() -> None:
            nonlocal most, going
            going += 1
            most = max(most, going)
            if going == 2:
                started.set()
            await free.wait()
            going -= 1

        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(slots.run, "ada", held)
            await started.wait()
            answer = await slots.run("bo", lambda: {"who": "bo"})  # while all of Ada's are held
            free.set()
        return most, answer

    most, answer = run(sending())
    assert most == 2
    assert answer == {"who": "bo"}
