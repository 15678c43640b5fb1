"""Answers that are worked out only if something changed since the asker last looked.

What the logbook knows of an athlete has a version that grows with every write, and what is
made of it depends on nothing but that, the day, the question and the program: together they
are the ETag, so "not changed" is said before anything is worked out.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.responses import JSONResponse

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
    known = request.headers.get("if-none-match", "")
    headers = {"ETag": tag}
    if tag in (one.strip() for one in known.split(",")):
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

    def keep(self, tag: str, body: bytes) -> None:
        """Keep an answer, and forget what nobody has asked for in a long time."""
        with self._lock:
            self._size += len(body) - len(self._found.pop(tag, b""))
            self._found[tag] = body
            while self._size > self._most:
                self._size -= len(self._found.popitem(last=False)[1])
