"""A stored run shown as live, to whoever watches; nothing is kept of it."""

from functools import partial
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from ..showings import Showings
from . import bodies
from .asking import Asked, Viewed, known_shape
from .problems import Unprocessable
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
    speed = data.get("speed", 1.0)
    if unknown := sorted(set(data) - {"speed"}):
        raise Unprocessable(f"{unknown[0]!r}: there is no such key here", unknown[0])
    if isinstance(speed, bool) or not isinstance(speed, (int, float)) or not 0 < speed <= FASTEST:
        raise Unprocessable(f"speed: expected a number above 0, at most {FASTEST:g}", "speed")
    pace = float(speed)

    async def work() -> JSONResponse:
        await showings.begin(asked.id, known_shape(run), pace)
        return JSONResponse({"run": run, "speed": pace}, 202)

    return await tried.once_in_loop(data, work)


@router.delete("/replay", status_code=202)
async def end_replay(asked: Asked, run: str, showings: Shown) -> JSONResponse:
    """Stop showing the run."""
    showings.end(asked.id, known_shape(run))
    return JSONResponse({"run": run}, 202)
