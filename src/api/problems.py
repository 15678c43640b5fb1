"""Every error as application/problem+json (RFC 9457): one sentence a person can act on."""

import logging
from collections.abc import Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from ..errors import CatfootError, Conflict, FileError, Forbidden, NotFound, Refused
from .requests import HEADER, current

MEDIA_TYPE = "application/problem+json"

# Unknown and forbidden answer alike: who asks for another person's run must not learn
# from the answer whether it exists.
NOT_HERE = "Nothing of that name is here, or it is not shared with you."
TOO_LARGE = "That is larger than this server takes; send a smaller file."

log = logging.getLogger(__name__)


class Unprocessable(HTTPException):
    """The body is JSON but not what was asked for; ``field`` names the key."""

    def __init__(self, detail: str, field: str | None = None) -> None:
        super().__init__(422, detail)
        self.field = field


class Unsupported(HTTPException):
    """The body is of another media type than the one that is taken."""

    def __init__(self, detail: str) -> None:
        super().__init__(415, detail)


class Problem(JSONResponse):
    """An answer that says what went wrong, and with which field where one is to blame."""

    media_type = MEDIA_TYPE

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Sequence[dict[str, str]] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        body: dict[str, object] = {
            "type": "about:blank",  # RFC 9457 4.2.1: then the title is the status phrase
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
        }
        if errors:
            body["errors"] = list(errors)
        super().__init__(body, status, {"X-Content-Type-Options": "nosniff", **(headers or {})})


def add_handlers(app: FastAPI) -> None:
    """Make the application answer every error as a problem."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(CatfootError, _ours)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _unforeseen)


async def _http(request: Request, fault: Exception) -> Problem:
    assert isinstance(fault, HTTPException)
    detail = fault.detail
    if detail == HTTPStatus(fault.status_code).phrase or not detail:
        detail = _PLAIN.get(fault.status_code, f"{HTTPStatus(fault.status_code).phrase}.")
    field = getattr(fault, "field", None)
    errors = [{"field": field, "detail": detail}] if field else []
    return Problem(
        fault.status_code, detail, errors=errors, headers=dict(fault.headers or {}) or None
    )


_PLAIN = {
    404: NOT_HERE,
    405: "This address does not take that method.",
}


async def _invalid(request: Request, fault: Exception) -> Problem:
    assert isinstance(fault, RequestValidationError)
    errors = [
        {"field": ".".join(str(part) for part in e["loc"][1:]) or "body", "detail": str(e["msg"])}
        for e in fault.errors()
    ]
    first = errors[0] if errors else {"field": "body", "detail": "not valid"}
    return Problem(422, f"{first['field']}: {first['detail']}", errors=errors)


async def _ours(request: Request, fault: Exception) -> Problem:
    if isinstance(fault, Forbidden):
        return Problem(403, str(fault))
    if isinstance(fault, (NotFound, Refused)):
        return Problem(404, NOT_HERE)
    if isinstance(fault, Conflict):
        return Problem(409, str(fault))
    if isinstance(fault, FileError):
        return Problem(422, str(fault))
    # The sentence may name files of this machine, which are nobody else's business.
    log.error("%s %s: %s", request.method, request.url.path, fault, exc_info=fault)
    return Problem(503, "The store did not answer; the server's log says why.")


async def _gone(request: Request, fault: Exception) -> Problem:
    # Nobody hears this; phones leave a network in the middle of things, which is no fault.
    log.info("%s %s: the client left before its body was here", request.method, request.url.path)
    return Problem(400, "The body broke off; send it again.")


async def _unforeseen(request: Request, fault: Exception) -> Problem:
    # The server's own, outside of everything that adds headers.
    told = {HEADER: current()}
    return Problem(500, "The server made a mistake; its log says which.", headers=told)
