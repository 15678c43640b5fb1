"""A stored run shown as live, to whoever watches; nothing is kept of it."""

from functools import partial
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from ..showings import Showings
from . import bodies
from .asking import Asked, Viewed, known_shape
from .texts import number_of, only
from .tries import Tried

router = APIRouter(prefix="/athletes/{athlete}/runs/{run}", tags=["runs"])

FASTEST = 10.0


async def may_show(request: Request, asked: Asked, seen: Viewed) -> Showings:
    """Return the server's replays for somebody who may add recordings for the athlete."""
    await to_thread.run_sync(partial(seen.must, asked.id, "raw", write=True))
    showings: Showings = request.app.state.showings
    return showings


Shown = Annotated[Showings, Depends(may_show)]


@router.post("/replay", status_code=202)
async def begin_replay(
    asked: Asked, run: str, data: bodies.Body, showings: Shown, tried: Tried
) -> JSONResponse:
    """Show a run on `WS /live` as it was recorded, at `speed` times its pace (1; at most 10).

    409 while another is shown or a pod is live; only what came over the radio can be shown.
    """
    only(data, {"speed"})
    pace = number_of(data, "speed", FASTEST) or 1.0

    async def work() -> JSONResponse:
        await showings.begin(asked.id, known_shape(run), pace)
        return JSONResponse({"run": run, "speed": pace}, 202)

    return await tried.once_in_loop(data, work)


@router.delete("/replay", status_code=202)
async def end_replay(asked: Asked, run: str, showings: Shown) -> JSONResponse:
    """Stop showing the run."""
    showings.end(asked.id, known_shape(run))
    return JSONResponse({"run": run}, 202)
