"""Runs put together and taken apart by hand."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from .. import arranging
from ..arranging import Change
from . import bodies
from .asking import Asked, Viewed, known_shape, stores_of
from .problems import Unprocessable
from .tries import Tried

router = APIRouter(prefix="/athletes/{athlete}/runs", tags=["runs"])


@router.post("/undo")
def undo(request: Request, asked: Asked, seen: Viewed, tried: Tried) -> JSONResponse:
    """Take back the last joining or splitting; again, the one before it."""
    seen.must(asked.id, "load_and_flags", write=True)
    return tried.once({}, lambda: _told(arranging.undo(stores_of(request), asked.id)))


@router.post("/{run}/join")
def join(
    request: Request, asked: Asked, run: str, data: bodies.Body, seen: Viewed, tried: Tried
) -> JSONResponse:
    """Make this run and the `other` one; what was written about this one stays."""
    seen.must(asked.id, "load_and_flags", write=True)
    other, first = _named(data, "other"), known_shape(run)
    stores = stores_of(request)
    return tried.once(data, lambda: _told(arranging.join(stores, asked.id, first, other)))


@router.post("/{run}/split")
def split(
    request: Request, asked: Asked, run: str, data: bodies.Body, seen: Viewed, tried: Tried
) -> JSONResponse:
    """Make one `recording` of this run a run of its own."""
    seen.must(asked.id, "load_and_flags", write=True)
    recording, first = _named(data, "recording"), known_shape(run)
    stores = stores_of(request)
    return tried.once(data, lambda: _told(arranging.split(stores, asked.id, recording, first)))


def _told(change: Change) -> JSONResponse:
    return JSONResponse({"id": change.id, "what": change.what, "runs": list(change.runs)})


def _named(data: bodies.Json, key: str) -> str:
    """Return the identifier under the only key that is taken."""
    value = data.get(key)
    if set(data) != {key} or not isinstance(value, str):
        raise Unprocessable(f"{key}: expected one identifier, and nothing else", key)
    return known_shape(value)
