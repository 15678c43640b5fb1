"""What arrives is kept, decoded and shown; nothing is measured here (sync.py does that).

Kept is lossless: every byte goes to an open recording, and whoever sent it hears of it after
the fsync. Seen is lossy: snapshots, newest only, ten a second, with the drops counted.
"""

import asyncio
import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Self

from .errors import CatfootError, Conflict, StoreError
from .foot import Snapshot
from .session import Session, free_place, together
from .store.raw import Writer
from .tally import Tally, tally
from .wallclock import utc_now

if TYPE_CHECKING:
    from .config import Stores

log = logging.getLogger(__name__)

SHOWN_EVERY_S = 0.1
#: How long after that the next packet is waited for: pods notify at least this often, and what is
#: shown as it comes is fresh, where a timer alone shows what came up to a packet's time before.
NEXT_PACKET_S = 0.06


class Mailbox:
    """One viewer's slot: holds the newest snapshot only, and counts what it replaced."""

    def __init__(self) -> None:
        self.dropped = 0
        self._newest: Snapshot | None = None
        self._filled = asyncio.Event()

    def put(self, snapshot: Snapshot) -> None:
        """Replace what was not taken; never waits."""
        self.dropped += self._newest is not None
        self._newest = snapshot
        self._filled.set()

    async def take(self) -> Snapshot:
        """Wait for a snapshot newer than the last one taken."""
        await self._filled.wait()
        self._filled.clear()
        newest, self._newest = self._newest, None
        assert newest is not None
        return newest


class Hub:
    """The bus between live sessions and viewers of one process; one event loop."""

    def __init__(self) -> None:
        self._last: dict[str, Snapshot] = {}
        self._viewers: dict[str, set[Mailbox]] = {}
        self._dropped: dict[str, int] = {}  # by viewers who left

    def publish(self, athlete: str, snapshot: Snapshot) -> None:
        """Show a snapshot to everybody who watches this athlete, and to whoever comes next."""
        snapshot["viewers_dropped"] = self.dropped(athlete)
        self._last[athlete] = snapshot
        for mailbox in self._viewers.get(athlete, ()):
            mailbox.put(snapshot)

    @contextmanager
    def subscribe(self, athlete: str) -> Iterator[Mailbox]:
        """Yield a mailbox, which starts with the last snapshot there was."""
        mailbox = Mailbox()
        if last := self._last.get(athlete):
            mailbox.put(last)
        viewers = self._viewers.setdefault(athlete, set())
        viewers.add(mailbox)
        try:
            yield mailbox
        finally:
            viewers.discard(mailbox)
            self._dropped[athlete] = self._dropped.get(athlete, 0) + mailbox.dropped

    def newest(self, athlete: str) -> Snapshot | None:
        """Return the last snapshot, or None where nothing was ever live."""
        return self._last.get(athlete)

    def dropped(self, athlete: str) -> int:
        """Return how many snapshots viewers of this athlete were too slow for."""
        now = sum(mailbox.dropped for mailbox in self._viewers.get(athlete, ()))
        return now + self._dropped.get(athlete, 0)

    @property
    def viewers(self) -> int:
        """How many watch anybody."""
        return sum(len(mailboxes) for mailboxes in list(self._viewers.values()))


class Live:
    """All sessions of a process; an async context manager.

    ``closed(athlete, content)`` is told of every sealed run, in a thread of its own and before
    its log goes; drills are kept, but they are no runs.
    A recording whose sender is gone is sealed after ``grace_s``; one that an earlier process
    left behind, ``start_grace_s`` after the start, so that its collector can come back first.
    """

    def __init__(
        self,
        stores: "Stores",
        closed: Callable[[str, str], object],
        *,
        grace_s: float = 300.0,
        start_grace_s: float = 30.0,
        now: Callable[[], datetime] = utc_now,
        monotonic_s: Callable[[], float] = time.monotonic,
        hub: Hub | None = None,
    ) -> None:
        self.hub = hub or Hub()
        self.sessions: dict[tuple[str, str], Session] = {}
        self._raw, self._closed = stores.raw, closed
        self._grace_s, self._start_grace_s = grace_s, start_grace_s
        self._now, self._monotonic_s = now, monotonic_s
        self._count, self._past, self._counting = 0, Tally(), threading.Lock()
        self._due: dict[str, asyncio.TimerHandle] = {}
        self._shown_s: dict[str, float] = {}

    async def __aenter__(self) -> Self:
        self._writer = Writer()
        self._orphans = dict.fromkeys(
            await asyncio.to_thread(self._raw.unclosed), self._monotonic_s()
        )
        self._housekeeper = asyncio.create_task(self._keep_house())
        return self

    async def __aexit__(self, *failed: object) -> None:
        self._housekeeper.cancel()
        await asyncio.wait([self._housekeeper])
        for timer in self._due.values():
            timer.cancel()
        for session in list(self.sessions.values()):
            await asyncio.to_thread(session.release)
        self.sessions.clear()
        await asyncio.to_thread(self._writer.close)

    async def open(self, athlete: str, recording: str, owner: object) -> Session:
        """Return the session of a recording: the living one, a resumed one or a first one.

        The newest owner is the one who sends. Raises Conflict where another process has it, and
        while it is being sealed: whoever comes back just then starts over when that is done.
        """
        key = (athlete, recording)
        if key not in self.sessions:
            opening = asyncio.create_task(self._opened(athlete, recording))
            try:
                session = await asyncio.shield(opening)
            except asyncio.CancelledError:
                # Its threads go on, and a log that nobody has would be locked for ever.
                await asyncio.wait([opening])
                if opening.exception() is None:
                    await asyncio.to_thread(opening.result().release)
                raise
            self.sessions.setdefault(key, session)
            self._orphans.pop(key, None)
        session = self.sessions[key]
        if session.sealing:
            raise Conflict(f"the recording {recording} is being closed; try again")
        session.owner, session.idle_since = owner, None
        return session

    async def _opened(self, athlete: str, recording: str) -> Session:
        made = await asyncio.to_thread(self._raw.begin, athlete, recording)
        session = Session(athlete, made, self._writer, self._show_soon)
        try:
            await asyncio.to_thread(session.resume)
        except ValueError as fault:
            await asyncio.to_thread(session.release)
            raise StoreError(f"the recording {recording} is damaged: {fault}") from fault
        return session

    async def reopen(self, session: Session) -> None:
        """Let go of a session whose log lacks bytes, so that its sender can start from there."""
        if self.sessions.get((session.athlete, session.id)) is session:
            self._let_go(session)
            await asyncio.to_thread(session.release)

    def tally(self) -> Tally:
        """Return how all recordings of this process went, those that are open included."""
        with self._counting:  # asked by other threads, and never to see a count fall
            return sum((tally(session) for session in list(self.sessions.values())), self._past)

    def _let_go(self, session: Session) -> None:
        with self._counting:
            if (gone := self.sessions.pop((session.athlete, session.id), None)) is not None:
                self._past += tally(gone)

    async def settled(self) -> None:
        """Wait until everything handed over so far is durable, or has failed and said so."""
        await asyncio.to_thread(self._writer.flush)

    def leave(self, session: Session, owner: object) -> None:
        """Say that the sender is gone for the moment; nothing happens if another took over."""
        if session.owner is owner and self.sessions.get((session.athlete, session.id)) is session:
            session.owner, session.idle_since = None, self._monotonic_s()
            if session.foot.state != "closed":
                session.say("lost", dropped=session.foot.inbox_dropped)

    async def close(self, session: Session) -> str | None:
        """Seal a recording and hand it on; return its content hash, None if it was empty.

        Where that fails it stays as it is, and closing it again goes on from there. Raises
        Conflict while somebody else closes it.
        """
        if session.sealing:
            raise Conflict(f"the recording {session.id} is being closed; try again")
        session.sealing = True
        handed_on = partial(self._closed, session.athlete)
        try:
            content = await asyncio.to_thread(session.seal, handed_on)
        finally:
            session.sealing = False
        session.foot.end()
        self._show(session.athlete)
        self._let_go(session)
        if content is not None:
            log.info("recording %s sealed, %d bytes", session.id, session.size)
        return content

    async def sweep(self) -> None:
        """Seal what nobody sends to any more."""
        now_s = self._monotonic_s()
        for session in list(self.sessions.values()):
            if session.idle_since is not None and now_s - session.idle_since >= self._grace_s:
                try:
                    await self.close(session)
                except CatfootError as fault:
                    session.idle_since = now_s  # tried again after another grace
                    log.error("recording %s cannot be closed: %s", session.id, fault)
        for (athlete, recording), since_s in list(self._orphans.items()):
            if now_s - since_s >= self._start_grace_s:
                del self._orphans[(athlete, recording)]
                try:
                    session = await self.open(athlete, recording, None)
                    session.idle_since = now_s
                    await self.close(session)
                except CatfootError as fault:
                    log.error("recording %s cannot be recovered: %s", recording, fault)

    async def _keep_house(self) -> None:
        while True:
            await asyncio.sleep(5)
            await self.sweep()

    def _show_soon(self, session: Session) -> None:
        """Publish with the first packet a tenth of a second after the last time, or soon after."""
        athlete = session.athlete
        loop = asyncio.get_running_loop()
        wait_s = self._shown_s.get(athlete, -math.inf) + SHOWN_EVERY_S - loop.time()
        if wait_s <= 0:
            self._show(athlete)
        elif athlete not in self._due:
            self._due[athlete] = loop.call_later(wait_s + NEXT_PACKET_S, self._show, athlete)

    def _show(self, athlete: str) -> None:
        if timer := self._due.pop(athlete, None):
            timer.cancel()
        self._shown_s[athlete] = asyncio.get_running_loop().time()
        mine = [s for s in self.sessions.values() if s.athlete == athlete and s.reader.header]
        if not mine:
            return
        self._count += 1
        headers = [s.reader.header for s in mine]
        parts: dict[str, Snapshot] = {}
        for session in mine:
            parts[free_place(session.place, parts)] = session.snapshot()
        heart = parts.pop("heart", None)
        self.hub.publish(
            athlete,
            {
                "athlete": athlete,
                "demo": any(s.reader.demo for s in mine),
                "replay": any(s.replayed for s in mine),
                "mode": "drill" if any(h and h.mode == "drill" for h in headers) else "run",
                "at": self._now().isoformat(),
                "n": self._count,
                "feet": parts,
                "heart": heart,
                "together": together(mine),
            },
        )
