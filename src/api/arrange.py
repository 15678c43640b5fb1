"""Runs put together and taken apart by hand."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from .. import arranging
from ..arranging import Change
from ..config import Stores
from . import bodies
from .asking import Asked, Viewed, known_shape
from .problems import Unprocessable

router = APIRouter(prefix="/athletes/{athlete}/runs", tags=["runs"])


@router.post("/undo")
def undo(request: Request, asked: Asked, seen: Viewed) -> JSONResponse:
    """Take back the last joining or splitting; again, the one before it."""
    seen.must(asked.id, "load_and_flags", write=True)
    return _told(arranging.undo(_stores(request), asked.id))


@router.post("/{run}/join")
def join(request: Request, asked: Asked, run: str, data: bodies.Body, seen: Viewed) -> JSONResponse:
    """Make this run and the `other` one; what was written about this one stays."""
    seen.must(asked.id, "load_and_flags", write=True)
    other = _named(data, "other")
    return _told(arranging.join(_stores(request), asked.id, known_shape(run), other))


@router.post("/{run}/split")
def split(
    request: Request, asked: Asked, run: str, data: bodies.Body, seen: Viewed
) -> JSONResponse:
    """Make one `recording` of this run a run of its own."""
    seen.must(asked.id, "load_and_flags", write=True)
    recording = _named(data, "recording")
    return _told(arranging.split(_stores(request), asked.id, recording, known_shape(run)))


def _told(change: Change) -> JSONResponse:
    return JSONResponse({"id": change.id, "what": change.what, "runs": list(change.runs)})


def _stores(request: Request) -> Stores:
    stores: Stores = request.app.state.stores
    return stores


def _named(data: bodies.Json, key: str) -> str:
    """Return the identifier under the only key that is taken."""
    value = data.get(key)
    if set(data) != {key} or not isinstance(value, str):
        raise Unprocessable(f"{key}: expected one identifier, and nothing else", key)
    return known_shape(value)
