"""What a collector may say over its WebSocket, and what it is told where it may not."""

from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

PATH = "ws://127.0.0.1:8000/api/v1/athletes/{}/collect"
ODD = [
    "[]", "5", "null", "{", "[" * 100_000, '["state"]', '["recording"]', '{"recording":null}',
    '{"recording":"\u20ac\u20ac\u20ac"}', '{"recording":"../x"}', '{"recording":["a"]}',
    '{"recording":"r","state":"lost","battery_pct":1e999}',
    '{"recording":"r","state":"lost","battery_pct":"much"}',
    '{"recording":"r","state":"lost","dropped":NaN}',
]  # fmt: skip


@pytest.mark.parametrize("text", ODD, ids=lambda text: text[:48])
def test_a_hello_that_is_none_is_refused_in_order(
    client: TestClient, athlete: str, text: str
) -> None:
    with client.websocket_connect(PATH.format(athlete)) as socket:
        socket.send_text(text)
        refusal = _refusal(socket)
    assert refusal.code == 1008
    assert 0 < len(refusal.reason.encode()) <= 123


@pytest.mark.parametrize("text", [*ODD[:6], '{"state":"lost","dropped":-1}'])
def test_a_message_that_is_none_is_refused_in_order(
    client: TestClient, athlete: str, text: str
) -> None:
    with client.websocket_connect(PATH.format(athlete)) as socket:
        socket.send_json({"recording": "r"})
        assert socket.receive_json() == {"resume": 0}
        socket.send_text(text)
        assert _refusal(socket).code == 1008


def _refusal(socket: Any) -> WebSocketDisconnect:
    with pytest.raises(WebSocketDisconnect) as refused:
        socket.receive_json()
    return refused.value
