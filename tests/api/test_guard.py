from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from catfoot.api.guard import Guard

HOME = "http://127.0.0.1:8000"


async def _echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse("ours")


async def _page(request: Request) -> HTMLResponse:
    return HTMLResponse("<p>ours</p>")


async def _unchanged(request: Request) -> Response:
    return Response(status_code=304)


async def _socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("ours")
    await socket.close()


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = Starlette(
        routes=[
            Route("/api/v1/echo", _echo, methods=["GET", "POST", "PUT", "DELETE"]),
            Route("/", _page),
            Route("/unchanged", _unchanged),
            WebSocketRoute("/socket", _socket),
        ]
    )
    app.add_middleware(Guard, hosts={"127.0.0.1", "localhost", "::1"})
    with TestClient(app, base_url=HOME) as client:
        yield client


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "LOCALHOST", "[::1]:8000", "127.0.0.1"])
def test_every_name_of_this_machine_is_answered(client: TestClient, host: str) -> None:
    assert client.get("/api/v1/echo", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "127.0.0.1.evil.example",
        "127.0.0.1:8000;script-src *",
        "127.0.0.1@evil.example",
        "2130706433",
        "0.0.0.0:8000",
        "",
    ],
)
def test_a_name_that_somebody_else_lets_point_here_is_misdirected(
    client: TestClient, host: str
) -> None:
    answer = client.get("/api/v1/echo", headers={"Host": host})
    assert answer.status_code == 421
    assert answer.headers["content-type"] == "application/problem+json"
    assert "ours" not in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null", "Sec-Fetch-Site": "none"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "https://127.0.0.1:8000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_foreign_page_changes_nothing(
    client: TestClient, method: str, headers: dict[str, str]
) -> None:
    answer = client.request(method, "/api/v1/echo", headers=headers)
    assert answer.status_code == 403
    assert answer.json()["status"] == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": HOME},
        {"Origin": HOME, "Sec-Fetch-Site": "same-origin"},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},  # a form of ours
    ],
)
def test_our_own_page_and_a_program_may_change_things(
    client: TestClient, headers: dict[str, str]
) -> None:
    assert client.post("/api/v1/echo", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}],
)
def test_a_foreign_page_opens_no_websocket(client: TestClient, headers: dict[str, str]) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/socket", headers=headers):
        pass


def test_our_own_page_opens_a_websocket(client: TestClient) -> None:
    headers = {"Origin": HOME, "Host": "127.0.0.1:8000"}
    with client.websocket_connect("/socket", headers=headers) as socket:
        assert socket.receive_text() == "ours"


def test_pages_may_load_from_this_server_only(client: TestClient) -> None:
    headers = client.get("/").headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"


def test_a_page_that_did_not_change_keeps_its_policy(client: TestClient) -> None:
    # Browsers put the headers of a 304 in the place of those they stored.
    policy = client.get("/").headers["content-security-policy"]
    assert client.get("/unchanged").status_code == 304
    assert client.get("/unchanged").headers["content-security-policy"] == policy


def test_answers_of_the_api_may_load_nothing_and_are_nobody_elses(client: TestClient) -> None:
    headers = client.get("/api/v1/echo").headers
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["cache-control"] == "private, no-cache"
    assert "access-control-allow-origin" not in headers
