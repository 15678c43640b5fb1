"""Every request has an id: in its answer's X-Request-Id, and in each log line about it."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Request-Id"
NONE = "-"

_current: ContextVar[str] = ContextVar("request", default=NONE)


def current() -> str:
    """Return the id of the request that is being worked on; "-" outside of any."""
    return _current.get()


class Named:
    """Gives every request and WebSocket an id of its own; what a client calls it is not taken.

    Threads that work for a request know it too. It is not taken back: the server logs a fault
    of ours after it has left here, and every request has a task of its own.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        id = secrets.token_hex(8)
        _current.set(id)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = id
            await send(message)

        await self.app(scope, receive, sending)


@contextmanager
def telling() -> Iterator[None]:
    """Have what happens written to standard error, a line each, until the end of the block.

    Time, level, where it is from, the request and what happened, always in that order; nothing
    where somebody has set logging up already.
    """
    root = logging.getLogger()
    if root.handlers:
        yield
        return
    handler = logging.StreamHandler()
    handler.addFilter(_noting)
    line = "%(asctime)s %(levelname)s %(name)s request=%(request)s %(message)s"
    handler.setFormatter(logging.Formatter(line))
    ours = logging.getLogger("catfoot")
    before = ours.level
    root.addHandler(handler)
    ours.setLevel(logging.INFO)
    try:
        yield
    finally:
        ours.setLevel(before)
        root.removeHandler(handler)


def _noting(record: logging.LogRecord) -> bool:
    record.request = current()
    return True
