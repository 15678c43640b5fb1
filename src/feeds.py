"""Where the records of one pod go, and what becomes of them while a disk does not take them.

A log ends where its first missing record would be; whatever follows waits in memory, bounded,
and goes into the log once it can be opened again, so that no offset ever shifts.
"""

import asyncio
import logging
from typing import Protocol
from uuid import uuid4

from .errors import CatfootError, StoreError
from .ingest.records import Header
from .ingest.source import LinkState
from .live import Live
from .session import Session

log = logging.getLogger(__name__)

#: Bytes of a recording that may wait for a disk: half an hour of two sensors at 208 Hz.
MOST_WAITING = 32_000_000
#: Pauses between attempts to open the log again.
BACK_OFF_S = (0.1, 0.5, 2.0, 5.0)


class Feed(Protocol):
    """Where the records of one pod go."""

    def put(self, record: bytes) -> None:
        """Take the next record; never waits."""
        ...

    def say(self, state: LinkState, battery_pct: int | None, dropped: int) -> None:
        """Take what else is known of the pod; never waits."""
        ...

    async def close(self) -> str | None:
        """Seal the recording; return its content hash, None where it was empty."""
        ...


class Sink(Protocol):
    """Opens a feed for each pod."""

    async def open(self, header: Header) -> Feed:
        """Begin a recording."""
        ...


class Pending:
    """The end of a recording, from byte ``at`` on; holds at most ``limit`` bytes.

    A record that does not fit is not taken and counted in ``dropped``: whole records only, so
    that what is taken stays a sound recording.
    """

    def __init__(self, at: int = 0, limit: int = MOST_WAITING) -> None:
        self.at, self.dropped = at, 0
        self._limit = limit
        self._bytes = bytearray()

    def __len__(self) -> int:
        return len(self._bytes)

    @property
    def end(self) -> int:
        """The size of the recording, what waits included."""
        return self.at + len(self._bytes)

    def put(self, record: bytes) -> bool:
        """Add a record; return whether it was taken."""
        if len(self._bytes) + len(record) > self._limit:
            self.dropped += 1
            if self.dropped == 1:
                log.error("more waits for the disk than fits into memory: records are dropped")
            return False
        self._bytes += record
        return True

    def since(self, at: int) -> bytes:
        """Return the bytes from ``at`` on, which must not lie before ``self.at``."""
        return bytes(self._bytes[at - self.at :])

    def forget(self, to: int) -> None:
        """Let go of the bytes before ``to``."""
        if to > self.at:
            to = min(to, self.end)
            del self._bytes[: to - self.at]
            self.at = to


class LocalSink:
    """Feeds live sessions of this process."""

    def __init__(self, live: Live, athlete: str) -> None:
        self._live, self._athlete = live, athlete

    async def open(self, header: Header) -> "LocalFeed":
        """Begin a recording in this process's store."""
        feed = LocalFeed(self._live)
        feed.session = await self._live.open(self._athlete, uuid4().hex, feed)
        return feed


class LocalFeed:
    """One recording in this process's store; what the disk refuses is tried again."""

    session: Session

    def __init__(self, live: Live, *, most_waiting: int = MOST_WAITING) -> None:
        self._live = live
        self._pending = Pending(limit=most_waiting)
        self._mending: asyncio.Task[None] | None = None

    @property
    def dropped(self) -> int:
        """How many records found no room while the disk took nothing."""
        return self._pending.dropped

    def put(self, record: bytes) -> None:
        """Take the next record; never waits."""
        if self._pending.put(record) and self._mending is None:
            self._pass_on()

    def say(self, state: LinkState, battery_pct: int | None, dropped: int) -> None:
        """Take what else is known of the pod; never waits."""
        self.session.say(state, battery_pct, dropped + self.dropped)

    async def close(self) -> str | None:
        """Seal the recording; return its content hash, None where it was empty.

        A disk that takes nothing is waited for some seconds; what it never took is logged.
        """
        if self._mending is not None:
            self._mending.cancel()
            await asyncio.wait([self._mending])
        for pause_s in (*BACK_OFF_S, None):
            if await self._whole():
                break
            if pause_s is None:
                lost = self._pending.end - self.session.durable
                log.error("recording %s: %d bytes were never kept", self.session.id, lost)
                await self._reopen()
                break
            await asyncio.sleep(pause_s)
            await self._tried()
        return await self._live.close(self.session)

    def _pass_on(self) -> None:
        session = self.session
        if session.fault is not None:
            self._mending = asyncio.create_task(self._mend())
            return
        try:
            session.extend(session.size, self._pending.since(session.size), self._pending.forget)
        except StoreError as fault:
            log.warning("recording %s: %s", session.id, fault)  # with the next record again

    async def _mend(self) -> None:
        """Open the log again where it ends, and put in what it lacks, until that works."""
        attempt = 0
        while not await self._tried():
            await asyncio.sleep(BACK_OFF_S[min(attempt, len(BACK_OFF_S) - 1)])
            attempt += 1
        self._mending = None

    async def _tried(self) -> bool:
        try:
            await self._reopen()
            return await self._whole()
        except CatfootError as fault:
            log.warning("recording %s: %s", self.session.id, fault)
            return False

    async def _reopen(self) -> None:
        old = self.session
        await self._live.reopen(old)
        self.session = await self._live.open(old.athlete, old.id, self)
        self.session.say(old.foot.state, old.foot.battery_pct, old.foot.inbox_dropped)
        self.session.unkept = old.unkept

    async def _whole(self) -> bool:
        """Hand over what waits and tell whether all of it is durable."""
        session = self.session
        try:
            session.extend(session.size, self._pending.since(session.size), self._pending.forget)
        except StoreError:
            return False
        await self._live.settled()
        return session.fault is None and session.durable >= self._pending.end
