"""Answers that are worked out, or sent, only if something changed since the asker last looked.

What the logbook knows of an athlete has a version that grows with every write, and what is
made of it depends on nothing but that, the day, the question and the program: together they
are the ETag, so "not changed" is said before anything is worked out. Every other answer gets an ETag
from its bytes, which spares the sending.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..training.thresholds import said
from .asking import Asked, Now, Viewed
from .bodies import Json
from .health import version

#: The OpenAPI text of a route that asks for nothing twice.
NOT_CHANGED: dict[int | str, Json] = {
    304: {"description": "What `If-None-Match` names is still so."}
}


class Freshness:
    """One question about an athlete, whose answer the asker may have."""

    def __init__(self, request: Request, asked: Asked, seen: Viewed, now: Now) -> None:
        self._request = request
        self._parts = (
            seen.viewer.id, asked.id, seen.version(asked.id), asked.day(now), said(seen.thresholds),
        )  # fmt: skip

    def answer(self, work: Callable[[], Json]) -> Response:
        """Answer 304, or with what ``work`` returns."""
        return unless_known(self._request, self._parts, work)


Fresh = Annotated[Freshness, Depends(Freshness)]


def unless_known(request: Request, parts: Iterable[object], work: Callable[[], Json]) -> Response:
    """Answer 304 where the asker has the answer, or with what ``work`` returns.

    ``parts`` are everything that the answer depends on beside the question and the program: who
    asks, the versions of what is read, the day.
    """
    text = "\n".join(map(str, (version(), request.url.path, request.url.query, *parts)))
    # Weak: the same numbers may be compressed in different ways.
    tag = f'W/"{hashlib.sha256(text.encode()).hexdigest()[:24]}"'
    headers = {"ETag": tag}
    if _is_known(request.headers, tag):
        return Response(status_code=304, headers=headers)
    answers: Answers = request.app.state.answers
    if (body := answers.find(tag)) is None:
        body = bytes(JSONResponse(work()).body)
        answers.keep(tag, body)
    return Response(body, headers=headers, media_type="application/json")


class Answers:
    """The newest answers by their ETag, which names all they depend on; at most ``most_bytes``.

    A page that is opened anew does not have the same flags worked out again.
    """

    def __init__(self, most_bytes: int = 16_000_000) -> None:
        self._most, self._size = most_bytes, 0
        self._found: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def find(self, tag: str) -> bytes | None:
        """Return an answer, None where it is not known."""
        with self._lock:
            if tag in self._found:
                self._found.move_to_end(tag)
            return self._found.get(tag)

    def clear(self) -> None:
        """Forget every answer."""
        with self._lock:
            self._found.clear()
            self._size = 0

    def keep(self, tag: str, body: bytes) -> None:
        """Keep an answer, and forget what nobody has asked for in a long time."""
        with self._lock:
            self._size += len(body) - len(self._found.pop(tag, b""))
            self._found[tag] = body
            while self._size > self._most:
                self._size -= len(self._found.popitem(last=False)[1])


#: Larger answers are sent as they come: rows of a long run, files.
MOST_TAGGED = 1 << 20


class Tagged:
    """Gives answers of the API that have no ETag one made of their bytes, and says 304 by it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reading = scope["type"] == "http" and scope["method"] == "GET"
        if not reading or not scope["path"].startswith("/api/"):
            return await self.app(scope, receive, send)
        begun: Message | None = None

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start" and _is_plain(message):
                begun = message
                return
            if begun is not None:
                start, begun = begun, None
                body = message.get("body", b"")
                if not message.get("more_body", False) and len(body) <= MOST_TAGGED:
                    tag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
                    MutableHeaders(scope=start)["ETag"] = tag
                    if _is_known(Headers(scope=scope), tag):
                        headers = MutableHeaders(scope=start)
                        del headers["content-length"], headers["content-type"]
                        start, message = {**start, "status": 304}, {**message, "body": b""}
                await send(start)
            await send(message)

        await self.app(scope, receive, sending)


def _is_plain(start: Message) -> bool:
    """Whether this is JSON that was found, has no ETag yet and may be kept by whoever asked."""
    headers = Headers(raw=start["headers"])
    return (
        start["status"] == 200
        and headers.get("content-type") == "application/json"
        and "etag" not in headers
        and "no-store" not in headers.get("cache-control", "")
    )


def _is_known(headers: Headers, tag: str) -> bool:
    return tag in (one.strip() for one in headers.get("if-none-match", "").split(","))
