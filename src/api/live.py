"""The two WebSockets of an athlete: watch live, and bring in what a pod says."""

import asyncio
import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, get_args

from fastapi import APIRouter, Response, WebSocket, WebSocketDisconnect
from starlette.exceptions import HTTPException

from ..custody.erasing import erased, is_erased
from ..errors import CatfootError, Conflict, NotFound, Refused
from ..foot import Snapshot
from ..ingest.records import OFFSET
from ..ingest.source import LinkState
from ..live import Live, Mailbox
from ..session import Session
from ..store.disk import checked_recording
from ..store.view import View
from .asking import known_shape, stores_of, view_of
from .auth import asker

log = logging.getLogger(__name__)

router = APIRouter()

STATES = get_args(LinkState)

# What a frame brings is decoded in one go, while every viewer waits.
MAX_FRAME = 65_536

# RFC 6455, 7.4.1
REFUSED, TRY_LATER = 1008, 1013

# A consent that is withdrawn ends what is open this soon.
RIGHTS_EVERY_S = 5.0
_NO_MORE = (NotFound, Refused, HTTPException)


@router.websocket("/athletes/{athlete}/live")
async def watch(socket: WebSocket, athlete: str) -> None:
    """Send the newest snapshot whenever there is one; slow viewers miss some, by design."""
    if await asyncio.to_thread(_erased, socket, athlete):
        # Whoever still has bytes of theirs lets them go on hearing this.
        await socket.send_denial_response(Response(status_code=410))
        return
    if not await _known(socket, athlete):
        return
    live: Live = socket.app.state.live
    await socket.accept()
    with live.hub.subscribe(athlete) as mailbox:
        gone = asyncio.create_task(_until_gone(socket))
        try:
            await _show(socket, athlete, mailbox, gone)
        except _NO_MORE as fault:
            log.info("socket closed: %s", fault)
            await _refuse(socket)
        except (WebSocketDisconnect, RuntimeError):
            pass  # the viewer left while we were sending
        finally:
            gone.cancel()


async def _show(
    socket: WebSocket, athlete: str, mailbox: Mailbox, gone: "asyncio.Task[None]"
) -> None:
    """Send what comes until the viewer is gone; raises ``_NO_MORE`` once they may not see it."""
    rights = _Rights(socket, athlete)
    fresh = asyncio.create_task(mailbox.take())
    try:
        while not gone.done():
            heart_rate = await rights.now()
            await asyncio.wait(
                [fresh, gone], timeout=rights.left_s, return_when=asyncio.FIRST_COMPLETED
            )
            if fresh.done() and rights.left_s > 0:
                newest = fresh.result()
                await socket.send_json(newest if heart_rate else _heartless(newest))
                fresh = asyncio.create_task(mailbox.take())
    finally:
        fresh.cancel()


def _heartless(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot as if no heart rate had been measured; the other is for everybody."""
    feet = {
        place: {name: value for name, value in foot.items() if name != "heart_rate_bpm"}
        for place, foot in snapshot["feet"].items()
    }
    return snapshot | {"heart": None, "feet": feet}


class _Rights:
    """What whoever opened a socket may do, read anew every few seconds while it is open."""

    def __init__(self, socket: WebSocket, athlete: str, *, write: bool = False) -> None:
        self._socket, self._athlete, self._write = socket, athlete, write
        self._heart_rate = False
        self._due_s = 0.0
        self._clock_s = asyncio.get_running_loop().time

    @property
    def left_s(self) -> float:
        """For how long what ``now`` returned holds."""
        return max(0.0, self._due_s - self._clock_s())

    async def now(self) -> bool:
        """Return whether heart rate may be shown; raises ``_NO_MORE`` where nothing may."""
        if not self.left_s:
            self._heart_rate = await asyncio.to_thread(self._read)
            self._due_s = self._clock_s() + RIGHTS_EVERY_S
        return self._heart_rate

    def _read(self) -> bool:
        view = view_of(self._socket, asker(self._socket))
        _check(view, self._athlete, write=self._write)
        if self._write or not view.may_see(self._athlete, "heart_rate"):
            return False
        view.must(self._athlete, "heart_rate")  # which notes that it is seen
        return True


@router.websocket("/athletes/{athlete}/collect")
async def collect(socket: WebSocket, athlete: str) -> None:
    """Take a pod recording as it is made, from the offset that is durable here.

    The collector says ``{"recording": id}`` and hears ``{"resume": offset}``. Its binary
    frames are a u64 offset and bytes of the recording; ``{"durable": size}`` follows the
    fsync. ``{"close": size}`` seals the recording: ``{"closed": content}``.
    """
    if await asyncio.to_thread(_erased, socket, athlete):
        # Whoever still has bytes of theirs lets them go on hearing this.
        await socket.send_denial_response(Response(status_code=410))
        return
    if not await _known(socket, athlete):
        return
    live: Live = socket.app.state.live
    await socket.accept()
    try:
        hello = _said(await socket.receive())
        recording = hello.get("recording")
        if not isinstance(recording, str):
            raise ValueError("recording: expected an id")  # noqa: TRY004 - what was said is wrong
        session = await live.open(athlete, checked_recording(recording), socket)
    except (ValueError, CatfootError) as fault:
        code = TRY_LATER if isinstance(fault, Conflict) else REFUSED
        await socket.close(code, _reason(fault))
        return
    except WebSocketDisconnect:
        return
    try:
        await _Intake(socket, live, session, _Rights(socket, athlete, write=True)).run(hello)
    finally:
        live.leave(session, socket)


class _Intake:
    """One collector's connection: frames in, acknowledgements out, newest only."""

    def __init__(self, socket: WebSocket, live: Live, session: Session, rights: _Rights) -> None:
        self._socket, self._live, self._session = socket, live, session
        self._rights = rights
        self._acks: asyncio.Queue[int] = asyncio.Queue(1)  # holds the newest size only

    async def run(self, hello: dict[str, Any]) -> None:
        """Serve until the collector leaves, breaks the protocol or closes the recording."""
        acker = asyncio.create_task(self._acknowledge())
        try:
            self._say(hello)
            await self._socket.send_json({"resume": self._session.size})
            while self._session.owner is self._socket:
                message = await self._socket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                try:
                    await self._rights.now()
                except _NO_MORE as fault:
                    log.info("recording %s: %s", self._session.id, fault)
                    return await _refuse(self._socket)
                if await self._take(message):
                    return
            await self._socket.close(TRY_LATER, "another connection took over")
        except ValueError as fault:
            await self._socket.close(REFUSED, _reason(fault))
        except CatfootError as fault:
            log.warning("recording %s: %s", self._session.id, fault)
            await self._socket.close(TRY_LATER, _reason(fault))
        except (WebSocketDisconnect, RuntimeError):
            pass  # the collector left while we were answering
        finally:
            acker.cancel()
            await asyncio.wait([acker])

    async def _take(self, message: Mapping[str, Any]) -> bool:
        """Handle one message; return whether the recording is closed."""
        if data := message.get("bytes"):
            if not OFFSET.size <= len(data) <= MAX_FRAME:
                raise ValueError(f"a frame has eight bytes of offset and at most {MAX_FRAME} bytes")
            (offset,) = OFFSET.unpack_from(data)
            self._session.extend(offset, data[OFFSET.size :], self._on_durable)
            if self._session.fault is not None:
                fault = self._session.fault
                await self._live.reopen(self._session)
                raise fault
            return False
        said = _said(message)
        if "close" not in said:
            self._say(said)
            return False
        if said["close"] != self._session.size:
            raise ValueError(f"{self._session.size} bytes are here, not {said['close']}")
        content = await self._live.close(self._session)
        await self._socket.send_json({"closed": content})
        await self._socket.close()
        return True

    def _say(self, said: dict[str, Any]) -> None:
        if "state" in said:
            self._session.say(
                said["state"] if said["state"] in STATES else "streaming",
                _count(said, "battery_pct"),
                _count(said, "dropped") or 0,
            )

    def _on_durable(self, size: int) -> None:
        if self._acks.full():
            self._acks.get_nowait()
        self._acks.put_nowait(size)

    async def _acknowledge(self) -> None:
        while True:
            await self._socket.send_json({"durable": await self._acks.get()})


def _said(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON object that a message holds; ValueError for anything else."""
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1000))
    try:
        said = json.loads(message.get("text") or "{}")
    except (ValueError, RecursionError) as fault:
        raise ValueError("that is not JSON as RFC 8259 has it") from fault
    if not isinstance(said, dict):
        raise ValueError("expected one JSON object")  # noqa: TRY004 - what was said is wrong
    return said


def _count(said: Mapping[str, Any], name: str) -> int | None:
    """Return a small whole number that was said, None where none was."""
    value = said.get(name)
    if value is None:
        return None
    if not isinstance(value, (int, float)) or not 0 <= value < 2**53:
        raise ValueError(f"{name}: expected a number from 0")
    return int(value)


def _reason(fault: Exception) -> str:
    """Return a fault as far as a close frame holds it: 123 bytes (RFC 6455, 5.5)."""
    return str(fault).encode()[:123].decode(errors="ignore")


async def _known(socket: WebSocket, athlete: str) -> bool:
    """Tell whether there is such an athlete for whoever asks; if not, refuse the handshake."""
    try:
        view = view_of(socket, await asyncio.to_thread(asker, socket))
        await asyncio.to_thread(_check, view, athlete, write=socket.url.path.endswith("/collect"))
        return True
    except _NO_MORE as fault:
        log.info("no socket: %s", fault)
    await _refuse(socket)
    return False


async def _refuse(socket: WebSocket) -> None:
    with suppress(RuntimeError, WebSocketDisconnect):  # who is gone need not be told
        await socket.close(REFUSED, "no such athlete")


def _erased(socket: WebSocket, athlete: str) -> bool:
    return is_erased(erased(stores_of(socket).settings.data), athlete)


def _check(view: View, athlete: str, *, write: bool) -> None:
    view.person(known_shape(athlete))
    view.must(athlete, "raw" if write else "metrics", write=write)


async def _until_gone(socket: WebSocket) -> None:
    """Read, and ignore, what a viewer says until it leaves."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
