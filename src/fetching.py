"""Runs that a pod stored by itself: listed, brought over resumably, verified, then erasable.

What was received stays on this machine, so that a transfer that breaks at any byte goes on from
there. Erasing on the pod is a step of its own, for after the run is stored.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar

from .brought import Brought
from .errors import DecodeError, NotFound, RadioError
from .ingest.ble import Client, Radio, connected, write
from .ingest.devices import profiles_of
from .ingest.devices.memories import memory_of
from .ingest.devices.stored import Got, Listed, Memory, Origin, StoredRun, Talk, Write
from .wallclock import utc_now

log = logging.getLogger(__name__)

T = TypeVar("T")

SILENCE_S = 3.0
_LISTING_S = 30.0  # for a list of many runs
_ERASING_S = 30.0  # flash is slow to forget
_WAITING = 4096  # notifications; the pod sends no faster than the link, we write faster than that
NONE_STORED = "this pod stores no runs, or not in a way that catfoot knows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the transfer of one run is."""

    run: StoredRun
    have: int
    bytes_per_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One run, whole and verified, as a pod recording."""

    run: StoredRun
    recording: bytes


Take = Callable[[Fetched], Awaitable[None]]


class Fetcher:
    """Brings runs of one pod into ``folder``; a broken transfer is taken up again there.

    ``origin`` says what is known of the pod: its name, its side, where it sits.
    """

    def __init__(
        self, address: str, folder: Path, radio: Radio | None = None, *,
        origin: Origin | None = None, now: Callable[[], datetime] = utc_now, tries: int = 5,
        silence_s: float = SILENCE_S,
    ) -> None:  # fmt: skip
        self.address = address
        self.brought = Brought(address, folder)
        self._radio, self._now = radio or Radio(), now
        self._origin = origin or Origin(device=address, began=now())
        self._tries, self._silence_s = tries, silence_s

    async def runs(self) -> list[StoredRun]:
        """Return what the pod has stored, as it lists it."""
        async with self._asking() as line:
            listed = await line.talk(line.memory.listing())
            return [*listed.runs, *self.brought.beside(listed)]

    async def fetch(
        self,
        progress: Callable[[Progress], None] = lambda _: None,
        *,
        take: Take | None = None,
        wanted: Callable[[StoredRun], bool] = lambda _: True,
    ) -> list[Fetched]:
        """Bring every wanted run; RadioError where the pod stays away.

        Each goes to ``take`` as soon as it is verified; without one, all are returned. A run
        whose checksum is wrong after all is fetched once more from its beginning and, if
        that does not help, left out with a warning in the log. Attempts that bring nothing
        count towards ``tries``.
        """
        kept: list[Fetched] = []
        done: set[str] = set()
        moved = failures = 0

        def noted(now: Progress) -> None:
            nonlocal moved
            moved += 1
            progress(now)

        async def bring(line: "_Line", listed_at: datetime, run: StoredRun) -> None:
            if run.id in done or not wanted(run):
                return
            fetched = await self._one(line, run, listed_at, noted)
            done.add(run.id)
            if fetched is not None and take is not None:
                await take(fetched)
            elif fetched is not None:
                kept.append(fetched)

        while True:
            before = moved
            try:
                async with self._asking() as line:
                    listed = await line.talk(line.memory.listing())
                    one = partial(bring, line, self._now())
                    for run in listed.runs:
                        await one(run)
                    for run in listed.perhaps:
                        with suppress(NotFound):
                            await one(run)
                    await self._onward(listed, one)
                    return kept
            except RadioError as fault:
                failures = 1 if moved > before else failures + 1
                if failures >= self._tries:
                    raise
                log.info("pod %s: transfer broken (%s), going on", self.address, fault)

    async def erase(self, runs: list[StoredRun]) -> None:
        """Erase runs on the pod, for after they are stored here; what was kept of them goes.

        RadioError where the pod can only erase everything and has more than these.
        """
        async with self._asking() as line:
            if line.memory.all_or_none:
                there = {run.id for run in (await line.talk(line.memory.listing())).runs}
                if there - {run.id for run in runs}:
                    raise RadioError(
                        "this pod can only erase all its runs, and it has some that are not stored"
                    )
            slow = replace(line, silence_s=max(line.silence_s, _ERASING_S))
            await slow.talk(line.memory.erasing(runs), lambda _: None)
        for run in runs:
            self.brought.part(run).unlink(missing_ok=True)

    @asynccontextmanager
    async def _asking(self) -> "AsyncIterator[_Line]":
        """Connect and listen to the answers."""
        inbox: asyncio.Queue[bytes] = asyncio.Queue(_WAITING)
        async with connected(self.address, self._radio) as (client, _):
            memory = memory_of(profiles_of([service.uuid for service in client.services]))
            if memory is None or client.services.get_characteristic(memory.notify) is None:
                raise RadioError(NONE_STORED)
            await client.start_notify(memory.notify, _putter(inbox))
            yield _Line(client, memory, inbox, self._silence_s)

    async def _onward(self, listed: Listed, bring: Callable[[StoredRun], Awaitable[None]]) -> None:
        """Bring what the device does not list, until one is missing."""
        before: StoredRun | None = None
        for run in listed.onward:
            try:
                await bring(run)
            except NotFound:
                return
            if before is not None:
                self.brought.followed(before)
            before = run

    async def _one(
        self, line: "_Line", run: StoredRun, listed_at: datetime,
        progress: Callable[[Progress], None],
    ) -> Fetched | None:  # fmt: skip
        part = self.brought.part(run)
        part.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(2):
            with part.open("ab") as file:
                try:
                    if run.size is None or file.tell() < run.size:
                        await line.talk(
                            line.memory.reading(run, file.tell()), _keeper(file, run, progress)
                        )
                except NotFound:
                    part.unlink()
                    raise
            data = await asyncio.to_thread(part.read_bytes)
            whole = run if run.size is not None else replace(run, brought=len(data))
            origin = replace(self._origin, began=self.brought.begun(run, listed_at))
            try:
                recording = await asyncio.to_thread(line.memory.recording, data, whole, origin)
            except DecodeError as fault:
                log.warning("pod %s, run %s: %s", self.address, run.id, fault)
                part.unlink()
            else:
                return Fetched(run=whole, recording=recording)
        return None


@dataclass(frozen=True, slots=True)
class _Line:
    """A connection to a pod that is asked for its runs."""

    client: Client
    memory: Memory
    inbox: "asyncio.Queue[bytes]"
    silence_s: float

    async def talk(self, talk: Talk[T], keep: Callable[[bytes], None] | None = None) -> T:
        """Lead a family's talk to its end; RadioError where the pod falls silent or errs.

        Silence is also a pod that goes on about something else: for so long nothing was brought.
        """
        answer = b""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + (self.silence_s if keep is not None else _LISTING_S)
        try:
            said = next(talk)
            while True:
                answer = b""
                if isinstance(said, Write):
                    await write(self.client, said.uuid, said.data)
                elif isinstance(said, Got):
                    assert keep is not None
                    keep(said.data)
                    until_s = loop.time() + self.silence_s
                else:
                    answer = await self._next(until_s)
                said = talk.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result
        except DecodeError as fault:
            raise RadioError(f"the pod sent what it should not: {fault}") from fault

    async def _next(self, until_s: float) -> bytes:
        try:
            async with asyncio.timeout(self.silence_s), asyncio.timeout_at(until_s):
                return await self.inbox.get()
        except TimeoutError as fault:
            raise RadioError("the pod fell silent while it sent its runs") from fault


def _keeper(
    file: BinaryIO, run: StoredRun, progress: Callable[[Progress], None]
) -> Callable[[bytes], None]:
    begun_s, begun_at = time.monotonic(), file.tell()

    def keep(data: bytes) -> None:
        if not data:
            return  # the pod sends again what is here
        file.write(data)
        rate = (file.tell() - begun_at) / max(1e-3, time.monotonic() - begun_s)
        progress(Progress(run=run, have=file.tell(), bytes_per_s=rate))

    return keep


def _putter(inbox: "asyncio.Queue[bytes]") -> Callable[[object, bytearray], None]:
    def received(_: object, data: bytearray) -> None:
        if not inbox.full():  # what does not fit is missed at its offset, and asked for again
            inbox.put_nowait(bytes(data))

    return received
