"""The server's own Bluetooth, for one athlete at a time: look, claim, collect, fetch, watch, stop."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, get_args

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from ..ingest.records import MARKER, POSE, Mode
from ..signal.tables import DrillName, Place, Side
from ..station import Errand, Station
from . import bodies
from .asking import Asked, Viewed
from .problems import Unprocessable
from .texts import number_of, only
from .tries import Tried

router = APIRouter(prefix="/athletes/{athlete}", tags=["radio"])

LONGEST_S = 24 * 3600
_MOST_PODS = 5


async def may_watch(request: Request, asked: Asked, seen: Viewed) -> Station:
    """Return the server's radio for somebody who may see the athlete's recordings."""
    await to_thread.run_sync(partial(seen.must, asked.id, "raw"))
    return _station(request)


async def may_use(request: Request, asked: Asked, seen: Viewed) -> Station:
    """Return the server's radio for somebody who may add recordings for the athlete."""
    await to_thread.run_sync(partial(seen.must, asked.id, "raw", write=True))
    return _station(request)


def _station(request: Request) -> Station:
    station: Station = request.app.state.station
    return station


Watched = Annotated[Station, Depends(may_watch)]
Used = Annotated[Station, Depends(may_use)]


@router.get("/radio")
async def read_radio(asked: Asked, station: Watched) -> JSONResponse:
    """Return what the radio does for the athlete, or last did, and whether it is busy at all.

    While it collects, `WS /live` has the numbers.
    """
    errand = station.errand(asked.id)
    told = {"what": None, "state": "idle"} if errand is None else errand.as_json()
    return JSONResponse({**told, "busy": station.busy})


@router.delete("/radio")
async def stop_radio(asked: Asked, station: Used) -> JSONResponse:
    """Stop it: what was recorded is sealed and measured, what was fetched stays."""
    return _begun(lambda: station.stop(asked.id))


@router.post("/radio/scan", status_code=202)
async def scan(asked: Asked, station: Used, tried: Tried) -> JSONResponse:
    """Look for some seconds what is in range; `GET /radio` then has `found`."""
    return await _once(tried, {}, lambda: station.scan(asked.id))


@router.post("/radio/claim", status_code=202)
async def claim(asked: Asked, data: bodies.Body, station: Used, tried: Tried) -> JSONResponse:
    """Wait for somebody to stamp three times; that pod is the athlete's, on `side`, from now on.

    `place` is where it sits, where it is not on the foot: sacrum, shank.
    """
    side: Side = _one_of(data, "side", get_args(Side), "unknown")
    place: Place = _one_of(data, "place", get_args(Place), "unknown")
    seconds = number_of(data, "seconds", 600.0)
    only(data, {"side", "place", "seconds"})
    return await _once(tried, data, lambda: station.claim(asked.id, side, seconds or 30.0, place))


@router.post("/radio/collection", status_code=202)
async def collect(asked: Asked, data: bodies.Body, station: Used, tried: Tried) -> JSONResponse:
    """Record the athlete's pods until it is stopped, `seconds` are over or the pods end it.

    `mode` is run or drill, `drill` says which one; `pods` names addresses, else the athlete's own are taken, else
    whatever is worn on a foot and nobody else's.
    """
    only(data, {"mode", "drill", "seconds", "pods", "side", "place"})
    mode: Mode = _one_of(data, "mode", get_args(Mode), "run")
    drill: DrillName | None = _one_of(data, "drill", ("", *get_args(DrillName)), "") or None
    side: Side = _one_of(data, "side", get_args(Side), "unknown")
    place: Place = _one_of(data, "place", get_args(Place), "unknown")
    seconds, pods = number_of(data, "seconds", LONGEST_S), _addresses(data)
    return await _once(
        tried,
        data,
        lambda: station.collect(
            asked.id, mode=mode, drill=drill, seconds=seconds, pods=pods, side=side, place=place
        ),
    )


@router.post("/radio/marks", status_code=202)
async def mark(asked: Asked, data: bodies.Body, station: Used, tried: Tried) -> JSONResponse:
    """Mark this moment in every pod's recording: a new segment of the run, or a pose.

    ``what`` is marker (the default), pose begins or pose ends.
    """
    only(data, {"what"})
    what: str = _one_of(data, "what", (MARKER, *POSE), MARKER)
    return await _once(tried, data, lambda: station.mark(asked.id, what))


@router.post("/radio/sync", status_code=202)
async def sync(asked: Asked, data: bodies.Body, station: Used, tried: Tried) -> JSONResponse:
    """Fetch the runs that the athlete's pods stored; `GET /radio` shows how far each is."""
    only(data, {"pods"})
    pods = _addresses(data)
    return await _once(tried, data, lambda: station.sync(asked.id, pods))


@router.post("/radio/erase", status_code=202)
async def erase(asked: Asked, data: bodies.Body, station: Used, tried: Tried) -> JSONResponse:
    """Erase on `pod` the stored runs that are kept and measured here; no others."""
    only(data, {"pod"})
    pod = data.get("pod")
    if not isinstance(pod, str) or not pod:
        raise Unprocessable("pod: expected the address of a pod", "pod")
    return await _once(tried, data, lambda: station.erase(asked.id, pod))


@router.get("/pods")
async def list_pods(asked: Asked, station: Watched) -> JSONResponse:
    """Return the athlete's own pods: those that were claimed by stamping."""
    claims = await to_thread.run_sync(station.claims, asked.id)
    items = [
        {"address": c.address, "name": c.name, "side": c.side, "place": c.place} for c in claims
    ]
    return JSONResponse({"items": items})


async def _once(tried: Tried, data: bodies.Json, start: Callable[[], Errand]) -> JSONResponse:
    async def work() -> JSONResponse:
        return _begun(start)

    return await tried.once_in_loop(data, work)


def _begun(start: Callable[[], Errand]) -> JSONResponse:
    return JSONResponse(start().as_json(), 202)


def _one_of(data: bodies.Json, key: str, allowed: tuple[str, ...], default: str) -> Any:
    value = data.get(key, default)
    if value not in allowed:
        raise Unprocessable(f"{key}: expected one of {', '.join(allowed)}", key)
    return value


def _addresses(data: bodies.Json) -> tuple[str, ...]:
    pods = data.get("pods", [])
    if (
        not isinstance(pods, list)
        or len(pods) > _MOST_PODS
        or not all(isinstance(one, str) and 0 < len(one) <= 64 for one in pods)
    ):
        raise Unprocessable(f"pods: expected at most {_MOST_PODS} addresses", "pods")
    return tuple(pods)
