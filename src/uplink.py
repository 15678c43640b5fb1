"""Recordings to a server, while they are made and however often the network breaks.

Every record goes to a log on this machine first. The server says how many bytes it has made
durable; after a broken connection, or a restart of either side, sending goes on from what the
server then has. The log is let go only once the server has sealed the recording.
"""

import asyncio
import json
import logging
from itertools import chain, repeat
from typing import Self
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from .errors import CatfootError, StoreError
from .feeds import Pending
from .ingest.records import OFFSET, Header
from .ingest.source import LinkState
from .remote import Server
from .store.raw import OpenRecording, RawStore, Writer

__all__ = ["RemoteFeed", "RemoteSink", "Server"]

log = logging.getLogger(__name__)

# Fifty packets: a server that is catching up looks at so many before it serves anybody else.
CHUNK = 4096
BACK_OFF_S = (0.25, 0.5, 1.0, 2.0, 4.0)
#: The server erased the athlete, and whoever has bytes of theirs is to forget them too.
GONE = 410
# The last two: an answer that is none of ours, as of a proxy in between.
FAULTS = (OSError, TimeoutError, WebSocketException, StoreError, ValueError, LookupError, TypeError)


class RemoteSink:
    """Opens recordings on a server; an async context manager.

    ``outbox`` is a folder of this machine for logs not yet sealed there. What an earlier
    process left in it for this athlete is sent first. Leaving the context waits at most
    ``patience_s`` for the server; what it has not sealed by then stays for the next time.
    ``in_memory`` bytes of a recording wait for the server in memory, the rest on disk only.
    """

    def __init__(
        self, server: Server, outbox: RawStore, *, patience_s: float = 10.0,
        in_memory: int = 1 << 20,
    ) -> None:  # fmt: skip
        self.server = server
        self.feeds: list[RemoteFeed] = []
        self._outbox, self._patience_s, self._in_memory = outbox, patience_s, in_memory

    async def __aenter__(self) -> Self:
        self._writer = Writer()
        for athlete, recording in await asyncio.to_thread(self._outbox.unclosed):
            if athlete == self.server.athlete:
                left = await self._feed(recording)
                left.finish()
        return self

    async def __aexit__(self, *failed: object) -> None:
        for feed in self.feeds:
            await feed.end(self._patience_s)
        await asyncio.to_thread(self._writer.close)

    async def open(self, header: Header) -> "RemoteFeed":
        """Begin a recording."""
        return await self._feed(uuid4().hex)

    async def _feed(self, recording: str) -> "RemoteFeed":
        opened = await asyncio.to_thread(self._outbox.begin, self.server.athlete, recording)
        feed = RemoteFeed(
            self.server, self._outbox, opened, self._writer, self._patience_s, self._in_memory
        )
        self.feeds.append(feed)
        return feed


class RemoteFeed:
    """One recording on its way to the server."""

    def __init__(
        self, server: Server, outbox: RawStore, recording: OpenRecording, writer: Writer,
        patience_s: float, in_memory: int,
    ) -> None:  # fmt: skip
        self.content: str | None = None
        self.refused = False  # the server does not take recordings of this athlete from us
        self.acked = 0
        self.connections = 0
        self._server, self._recording, self._writer = server, recording, writer
        self._outbox = outbox
        self._patience_s, self._in_memory = patience_s, in_memory
        self._tail = Pending(recording.size)
        self._durable = recording.size  # on this machine
        self._mending: asyncio.Task[None] | None = None
        self._log_bytes = b""  # as last read, while the server lacks what memory lacks too
        self._said: dict[str, object] = {}
        self._closing = False
        self._woken = asyncio.Event()
        self._sealed = asyncio.Event()
        self._acknowledged = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(self._run())

    @property
    def size(self) -> int:
        """The bytes of the recording so far, durable or not."""
        return self._tail.end

    def put(self, record: bytes) -> None:
        """Take the next record; never waits longer than a full disk queue."""
        if not self._tail.put(record):
            return
        if self._mending is None and not self._submitted(record):
            self._failed(StoreError("the disk is too slow to keep what arrives"))
        self._trim()
        self._woken.set()

    def say(self, state: LinkState, battery_pct: int | None, dropped: int) -> None:
        """Take what else is known of the pod; never waits."""
        self._said = {"state": state, "battery_pct": battery_pct, "dropped": dropped}
        self._woken.set()

    async def flushed(self) -> None:
        """Wait until the server has made durable what was put so far."""
        size = self.size
        while self.acked < size:
            self._acknowledged.clear()
            await self._acknowledged.wait()

    def finish(self) -> None:
        """Say that no more records come."""
        self._closing = True
        self._woken.set()

    async def close(self) -> str | None:
        """Wait until the server has sealed it; None where it did not in time, or was empty."""
        self.finish()
        try:
            async with asyncio.timeout(self._patience_s):
                await self._sealed.wait()
        except TimeoutError:
            log.warning("recording %s waits for the server", self._recording.recording)
        return self.content

    async def end(self, patience_s: float) -> None:
        """Close, stop sending, and leave on disk what the server has not sealed."""
        if not self._sealed.is_set():
            await self.close()
        for task in (self._task, self._mending):
            if task is not None:
                task.cancel()
                await asyncio.wait([task])
        await asyncio.to_thread(self._writer.flush)
        if self._sealed.is_set():
            await asyncio.to_thread(self._recording.abandon)
        else:
            self._recording.release()

    def _submitted(self, record: bytes) -> bool:
        recording = self._recording

        def done(size: int) -> None:
            self._loop.call_soon_threadsafe(self._now_durable, recording, size)

        def failed(fault: CatfootError) -> None:
            self._loop.call_soon_threadsafe(self._failed, fault)

        return self._writer.submit(recording, record, done, failed)

    def _now_durable(self, recording: OpenRecording, size: int) -> None:
        if recording is self._recording:
            self._durable = max(self._durable, size)
            self._trim()

    def _failed(self, fault: CatfootError) -> None:
        if self._mending is None:
            log.error("recording %s is not kept here: %s", self._recording.recording, fault)
            self._mending = asyncio.create_task(self._mend())

    async def _mend(self) -> None:
        """Open the log again where it ends and append what it lacks, until that works."""
        for pause_s in chain(BACK_OFF_S, repeat(BACK_OFF_S[-1])):
            recording = self._recording
            try:
                await asyncio.to_thread(self._writer.flush)
                await asyncio.to_thread(recording.release)
                self._recording = await asyncio.to_thread(
                    self._outbox.begin, recording.athlete, recording.recording
                )
                lacking = self._tail.since(self._recording.size)
                size = await asyncio.to_thread(_appended, self._recording, lacking)
            except CatfootError as fault:
                log.info("recording %s: %s", recording.recording, fault)
                await asyncio.sleep(pause_s)
                continue
            if size >= self.size:  # nothing came meanwhile
                self._durable, self._mending = size, None
                self._trim()
                return

    def _trim(self) -> None:
        """Forget what is durable here, once the server has it too or there is much of it."""
        much = len(self._tail) > self._in_memory
        self._tail.forget(self._durable if much else min(self.acked, self._durable))

    async def _run(self) -> None:
        failures = 0
        while not self._sealed.is_set():
            before = self.acked
            try:
                await self._session()
            except FAULTS as fault:
                log.info("server %s: %s", self._server.url, fault)
                self.refused = isinstance(fault, InvalidStatus) and (
                    fault.response.status_code in (401, 403, 404)
                )
                if isinstance(fault, InvalidStatus) and fault.response.status_code == GONE:
                    log.warning("the athlete was erased; what waited for the server is let go")
                    self._sealed.set()
            failures = 0 if self.acked > before else failures + 1
            if not self._sealed.is_set():
                await asyncio.sleep(BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)])

    async def _session(self) -> None:
        """Send over one connection until it breaks or the server has sealed the recording."""
        headers = {"Authorization": f"Bearer {self._server.key}"} if self._server.key else {}
        async with connect(
            self._server.socket(), additional_headers=headers, compression=None, open_timeout=10
        ) as ws:
            self.connections += 1
            await ws.send(json.dumps({"recording": self._recording.recording, **self._said}))
            at = int(json.loads(await ws.recv())["resume"])
            self.acked = min(at, self.size)
            listener = asyncio.create_task(self._listen(ws))
            try:
                await self._send(ws, at, listener)
            finally:
                listener.cancel()
                await asyncio.wait([listener])
            if not listener.cancelled() and (fault := listener.exception()):
                raise fault

    async def _send(self, ws: ClientConnection, at: int, listener: "asyncio.Task[None]") -> None:
        said, closed = self._said, False
        listener.add_done_callback(lambda _: self._woken.set())
        while not listener.done():
            self._woken.clear()
            if self._said is not said:
                said = self._said
                await ws.send(json.dumps(said))
            if at < self.size:
                data = await self._bytes_from(at)
                await ws.send(OFFSET.pack(at) + data)
                at += len(data)
            elif self._closing and not closed:
                closed = True
                # A log that a full disk and a crash cut short may end before what was sent.
                await ws.send(json.dumps({"close": at}))
            else:
                await self._woken.wait()

    async def _listen(self, ws: ClientConnection) -> None:
        async for message in ws:
            answer = json.loads(message)
            if "durable" in answer:
                self.acked = max(self.acked, int(answer["durable"]))
                self._acknowledged.set()
                self._trim()
            elif "closed" in answer:
                self.content = answer["closed"]
                self._sealed.set()
                return

    async def _bytes_from(self, at: int) -> bytes:
        if at >= self._tail.at:
            self._log_bytes = b""
            return self._tail.since(at)[:CHUNK]
        # What memory no longer holds is durable in the log, which holds no other bytes there.
        if at + CHUNK > len(self._log_bytes):
            self._log_bytes = await asyncio.to_thread(self._recording.read)
        return self._log_bytes[at : at + CHUNK]


def _appended(recording: OpenRecording, data: bytes) -> int:
    if data:
        recording.append(data)
    return recording.flush()
