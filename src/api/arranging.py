"""Which recordings make up a run, arranged by hand and undone; the bytes of one to take away."""

import secrets
from collections import OrderedDict
from threading import Lock
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from ..config import Stores
from ..errors import NotFound
from ..store.view import View
from ..sync.runs import Arrangement, arrange, join_runs, split_off
from ..training.entries import Recording
from . import bodies
from .asking import Asked, Viewed, known_shape
from .problems import Unprocessable

router = APIRouter(prefix="/athletes/{athlete}", tags=["recordings"])


class Undo:
    """The ways back of the newest changes, at most ``most``; a restart forgets them."""

    def __init__(self, most: int = 500) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[str, str], Arrangement] = OrderedDict()
        self._lock = Lock()

    def keep(self, athlete: str, before: Arrangement) -> str:
        """Keep how things lay; return the name to ask for it by."""
        name = secrets.token_hex(16)
        with self._lock:
            self._kept[athlete, name] = before
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return name

    def take(self, athlete: str, name: str) -> Arrangement:
        """Return how things lay, once; NotFound afterwards."""
        with self._lock:
            if (found := self._kept.pop((athlete, name), None)) is None:
                raise NotFound("this change can no longer be undone")
        return found


@router.post("/runs/{run}/join")
def join_with(
    request: Request, asked: Asked, run: str, data: bodies.Body, seen: Viewed
) -> JSONResponse:
    """Make `other` a part of this run; the answer's `undo` is the way back."""
    other = data.get("other")
    if not isinstance(other, str) or set(data) != {"other"}:
        raise Unprocessable("other: expected the id of a run", "other")
    stores = _stores(request, seen, asked.id)
    before = join_runs(stores, asked.id, known_shape(run), known_shape(other))
    return _done(request, asked.id, run, before)


@router.post("/recordings/{recording}/split")
def split(request: Request, asked: Asked, recording: str, seen: Viewed) -> JSONResponse:
    """Make a recording a run of its own; the answer's `undo` is the way back."""
    stores = _stores(request, seen, asked.id)
    before = split_off(stores, asked.id, known_shape(recording))
    return _done(request, asked.id, before.absent[0], before)


@router.post("/arrangements/{undo}", status_code=204)
def undo_change(request: Request, asked: Asked, undo: str, seen: Viewed) -> Response:
    """Put recordings back into the runs that they were in before a change."""
    stores = _stores(request, seen, asked.id)
    arrange(stores, asked.id, _undo(request).take(asked.id, undo))
    return Response(status_code=204)


@router.get("/recordings/{recording}/original")
def read_original(asked: Asked, recording: str, seen: Viewed) -> Response:
    """Return the very bytes that a recording was made from."""
    data = seen.original(asked.id, known_shape(recording))
    name = quote(seen.get(Recording, asked.id, recording).entry.name, safe="")
    return Response(
        data,
        media_type="application/octet-stream",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def _stores(request: Request, seen: View, athlete: str) -> Stores:
    """Return the stores for whoever may change what was recorded."""
    seen.must(athlete, "raw", write=True)
    stores: Stores = request.app.state.stores
    return stores


def _undo(request: Request) -> Undo:
    kept: Undo = request.app.state.undo
    return kept


def _done(request: Request, athlete: str, run: str, before: Arrangement) -> JSONResponse:
    return JSONResponse({"run": run, "undo": _undo(request).keep(athlete, before)})
