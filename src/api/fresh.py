"""Answers that are worked out only if something changed since the asker last looked.

What the logbook knows of an athlete has a version that grows with every write, and what is
made of it depends on nothing but that, the day, the question and the program: together they
are the ETag, so "not changed" is said before anything is worked out.
"""

import hashlib
from collections.abc import Callable
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
    """The ETag of one question, and whether the asker has its answer."""

    def __init__(self, request: Request, asked: Asked, seen: Viewed, now: Now) -> None:
        parts = (
            version(), seen.viewer.id, asked.id, seen.version(asked.id), asked.day(now),
            request.url.path, request.url.query, said(seen.thresholds),
        )  # fmt: skip
        text = "\n".join(map(str, parts))
        # Weak: the same numbers may be compressed in different ways.
        self.tag = f'W/"{hashlib.sha256(text.encode()).hexdigest()[:24]}"'
        known = request.headers.get("if-none-match", "")
        self.known = self.tag in (tag.strip() for tag in known.split(","))

    def answer(self, work: Callable[[], Json]) -> Response:
        """Answer 304, or with what ``work`` returns."""
        if self.known:
            return Response(status_code=304, headers={"ETag": self.tag})
        return JSONResponse(work(), headers={"ETag": self.tag})


Fresh = Annotated[Freshness, Depends(Freshness)]
