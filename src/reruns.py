"""`catfoot replay`: a stored run shown as live, here or on a server's page."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from .arranging import whole_run
from .athletes import athlete_called
from .feeds import LocalSink
from .gateway import athlete_at, on_interrupt, show
from .live import Live
from .replaying import replay
from .store.raw import RawStore
from .uplink import RemoteSink, Server

if TYPE_CHECKING:
    from .config import Settings, Stores

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How a stored run is shown: ``speed`` times its pace, here or at a server."""

    speed: float = 1.0
    to: str | None = None
    key: str = ""


def show_again(settings: "Settings", athlete: str, run: str, wanted: Shown, say: Say) -> None:
    """Show a stored run as live, here or on a server's page, until it ends or Ctrl-C.

    Nothing is stored by it: on a server the same bytes are the same recording. RadioError
    where the server does not answer, FileError for a recording that cannot be shown.
    """
    from tempfile import TemporaryDirectory

    from .config import open_stores
    from .replaying import tapes

    with open_stores(settings) as stores, TemporaryDirectory(prefix="catfoot-replay-") as scratch:
        person = athlete_called(stores, athlete)
        whole = whole_run(stores, person.id, run)
        recordings = tapes(stores, person.id, whole, as_recorded=wanted.to is not None)
        if wanted.to is None:
            passing = replace(stores, raw=RawStore(Path(scratch)))
            asyncio.run(_show_here(passing, person.id, recordings, wanted.speed, say))
            return
    whose = athlete_at(wanted.to, athlete, wanted.key)
    server = Server(wanted.to, whose, wanted.key)
    asyncio.run(_show_there(server, settings.data / "outbox", recordings, wanted.speed))


async def _show_here(
    stores: "Stores", athlete: str, recordings: list[bytes], speed: float, say: Say
) -> None:
    stop = asyncio.Event()
    on_interrupt(stop.set)
    async with Live(stores, lambda *_: None) as live:
        with live.hub.subscribe(athlete) as mailbox:
            showing = asyncio.create_task(show(mailbox, say))
            try:
                await replay(recordings, LocalSink(live, athlete), speed=speed, stop=stop)
            finally:
                showing.cancel()
                await asyncio.wait([showing])


async def _show_there(server: Server, outbox: Path, recordings: list[bytes], speed: float) -> None:
    stop = asyncio.Event()
    on_interrupt(stop.set)
    async with RemoteSink(server, RawStore(outbox)) as sink:
        await replay(recordings, sink, speed=speed, stop=stop)
