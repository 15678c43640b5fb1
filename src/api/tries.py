"""Trying again what may have arrived: the answer of the first try, and nothing done twice.

Where a ``POST`` makes a row of an athlete the row itself is the memory (``once``). What does
something else, or answers with a secret, is remembered by what it answered.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Collection
from typing import Annotated, Any

from anyio import to_thread
from fastapi import Depends, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from . import once
from .asking import Now, Who, stores_of
from .bodies import Json
from .problems import Unprocessable

BROKE_OFF = (
    "Idempotency-Key: an earlier try with this key has not come to an end; look what became of it,"
    " then use a new key"
)


class Try:
    """A request, which may be another try of one that came before with the same key."""

    def __init__(self, request: Request, who: Who, now: Now, key: once.Key = None) -> None:
        self._tries, self._now = stores_of(request).logbook.tries, now
        self._athlete: str | None = request.path_params.get("athlete")
        text = f"{who.viewer.id}\n{request.url.path}\n{key}"
        self._id = None if key is None else hashlib.sha256(text.encode()).hexdigest()[:32]

    def once(
        self, data: Json, work: Callable[[], JSONResponse], *, keep: Collection[str] | None = None
    ) -> JSONResponse:
        """Answer with what ``work`` returns, or with what it returned to the first try.

        Only the keys in ``keep`` are remembered, where what is answered holds a secret. Whoever
        asks must be known to be allowed to. Raises Unprocessable for another body, 409 where the
        first try is still being worked on or broke off.
        """
        if (before := self._begin(data)) is not None:
            return before
        try:
            answer = work()
        except BaseException:
            self._forget()
            raise
        self._end(answer, keep)
        return answer

    async def once_in_loop(
        self, data: Json, work: Callable[[], Awaitable[JSONResponse]]
    ) -> JSONResponse:
        """Do as ``once`` does, for work of the event loop."""
        if (before := await to_thread.run_sync(self._begin, data)) is not None:
            return before
        try:
            answer = await work()
        except BaseException:
            await to_thread.run_sync(self._forget)
            raise
        await to_thread.run_sync(self._end, answer, None)
        return answer

    def _begin(self, data: Json) -> JSONResponse | None:
        if self._id is None:
            return None
        sent = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
        before = self._tries.begin(self._id, sent, self._athlete, self._now)
        if before is None:
            return None
        if before.sent != sent:
            raise Unprocessable(once.ANOTHER_BODY, "Idempotency-Key")
        if before.status is None or before.answer is None:
            raise HTTPException(409, BROKE_OFF)
        body = dict(before.answer)
        headers = {"Location": str(body["location"])} if "location" in body else None
        return JSONResponse(body, 200 if before.status == 201 else before.status, headers)

    def _end(self, answer: JSONResponse, keep: Collection[str] | None) -> None:
        if self._id is not None:
            told: dict[str, Any] = json.loads(bytes(answer.body))
            kept = told if keep is None else {key: told[key] for key in keep}
            self._tries.end(self._id, answer.status_code, kept)

    def _forget(self) -> None:
        if self._id is not None:
            self._tries.forget(self._id)


Tried = Annotated[Try, Depends(Try)]
