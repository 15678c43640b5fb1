"""Stored runs shown as live by a server: a replay for each athlete, of which nothing is kept."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

from .errors import CatfootError, Conflict, NotFound
from .feeds import Feed, LocalSink
from .ingest.records import Header
from .ingest.source import LinkState
from .live import Live
from .replaying import replay, tapes
from .store.raw import RawStore
from .training.entries import Run

if TYPE_CHECKING:
    from .config import Stores

log = logging.getLogger(__name__)


class Showings:
    """The replays of a process; an async context manager.

    A pod that is live goes before: no replay begins beside it, and one that runs ends.
    """

    def __init__(self, stores: "Stores", live: Live) -> None:
        self._stores, self._live = stores, live
        self._stops: dict[str, asyncio.Event] = {}
        self._runs: dict[str, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *failed: object) -> None:
        for stop in self._stops.values():
            stop.set()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def begin(self, athlete: str, run: str, speed: float) -> None:
        """Begin to show a run; NotFound for none, FileError where nothing can be shown.

        Conflict while one is shown, or while a pod is live. Only what came over the radio is
        shown: other bytes would have to be decoded, which a server's process does not do.
        """
        self._refuse(athlete)
        stop = self._stops[athlete] = asyncio.Event()
        self._runs[athlete] = run
        try:
            recordings = await asyncio.to_thread(self._tapes, athlete, run)
        except BaseException:
            del self._stops[athlete]
            raise
        task = asyncio.create_task(self._show(athlete, recordings, speed, stop))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def end(self, athlete: str, run: str) -> None:
        """End showing a run; Conflict where it is not shown."""
        if athlete not in self._stops or self._runs.get(athlete) != run:
            raise Conflict("this run is not being shown")
        self._stops[athlete].set()

    def _refuse(self, athlete: str) -> None:
        if athlete in self._stops:
            raise Conflict("a run of this athlete is being shown; stop it, or wait")
        if self.live_now(athlete):
            raise Conflict("a pod of this athlete is live; a run can be shown when it is not")

    def live_now(self, athlete: str) -> bool:
        """Whether a pod of the athlete is being recorded."""
        return any(whose == athlete for whose, _ in self._live.sessions)

    def _tapes(self, athlete: str, run: str) -> list[bytes]:
        if run not in {row.id for row in self._stores.logbook.entries(Run, athlete)}:
            raise NotFound(f"there is no run {run}")
        return tapes(self._stores, athlete, run, as_recorded=True)

    async def _show(
        self, athlete: str, recordings: list[bytes], speed: float, stop: asyncio.Event
    ) -> None:
        try:
            with TemporaryDirectory(prefix="catfoot-replay-") as scratch:
                passing = replace(self._stores, raw=RawStore(Path(scratch)))
                async with Live(passing, lambda *_: None, hub=self._live.hub) as shown:
                    sink = _Sink(LocalSink(shown, athlete), self, athlete, stop)
                    await replay(recordings, sink, speed=speed, stop=stop)
        except* CatfootError as faults:
            log.warning("a run could not be shown to its end: %s", faults.exceptions[0])
        finally:
            self._stops.pop(athlete, None)


class _Sink:
    """Passes on, and ends the replay once a pod of the athlete is live."""

    def __init__(
        self, sink: LocalSink, showings: Showings, athlete: str, stop: asyncio.Event
    ) -> None:
        self._sink, self._showings, self._athlete, self._stop = sink, showings, athlete, stop

    async def open(self, header: Header) -> Feed:
        """Begin to show a recording, marked as what it is."""
        feed = await self._sink.open(header)
        feed.session.replayed = True
        return _Feed(feed, self._ended)

    def _ended(self) -> bool:
        if self._showings.live_now(self._athlete):
            self._stop.set()
        return self._stop.is_set()


class _Feed:
    """A feed that takes no more once ``ended`` says so."""

    def __init__(self, feed: Feed, ended: Callable[[], bool]) -> None:
        self._feed, self._ended = feed, ended

    def put(self, record: bytes) -> None:
        """Take the next record."""
        if not self._ended():
            self._feed.put(record)

    def say(self, state: LinkState, battery_pct: int | None, dropped: int) -> None:
        """Take what else is known of the pod."""
        self._feed.say(state, battery_pct, dropped)

    async def close(self) -> str | None:
        """End it; what was shown goes with the folder it was in."""
        return await self._feed.close()
