"""The demo: a server, ten weeks of a made-up runner, and two virtual pods over Bluetooth.

Nothing on the path is pretended but the foot: the pods speak GATT over a protocol stack, the
collector finds them through bleak, and the server is the one that `catfoot serve` runs, in a
process of its own on a scratch folder. Everything generated says "demo".
"""

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager, suppress
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from .errors import CatfootError, ConfigError

if TYPE_CHECKING:
    from .config import Settings
    from .signal.tables import Side

RUN_S = 20.0
#: Standing before and going after, so that the run closes by the clock and not by its end.
SPARE_S = 10.0
DRILL_S = 60.0
#: How long the end of the demo waits for the server to seal what was recorded.
PATIENCE_S = 1.0
SEED = 20


def run(port: int, say: Callable[[str], None], *, run_s: float = RUN_S) -> None:
    """Run the demo until interrupted; leaves nothing behind.

    ``say`` is told what a person should know, the page's address first. A port that is taken
    is replaced by a free one.
    """
    from .config import Settings

    with (
        suppress(KeyboardInterrupt),
        _terminable(),
        TemporaryDirectory(prefix="catfoot-demo-") as scratch,
    ):
        settings = Settings(data=Path(scratch), host="127.0.0.1", port=port)
        athlete = write_history(settings, datetime.now(UTC).date())
        with server(settings) as url:
            say(f"catfoot is at {url}/ (demo data; Ctrl-C ends it)")
            # Seconds of work: here, where Ctrl-C ends it, and not in a thread that is waited for.
            tapes = [pod_recordings(side, run_s) for side in FEET]
            asyncio.run(collect_both(url, athlete, settings.data / "pods", say, tapes, run_s=run_s))


def write_history(settings: "Settings", today: date) -> str:
    """Write ten weeks of a made-up runner, ending today, into the stores; return the athlete."""
    from .config import open_stores
    from .training.entries import Person
    from .training.example import ten_weeks

    with open_stores(settings) as stores:
        person, *entries = ten_weeks(today, SEED)
        assert isinstance(person, Person)
        athlete = stores.logbook.add_person(person)
        for entry in entries:
            stores.logbook.add(athlete, entry)
    return athlete


async def collect_both(
    url: str,
    athlete: str,
    outbox: Path,
    say: Callable[[str], None],
    recordings: Sequence[list[bytes]],
    *,
    run_s: float,
) -> None:
    """Play a left and a right pod, first a run of ``run_s``, then a balance drill without end.

    ``recordings`` are what ``pod_recordings`` made of each foot.
    """
    from .collect import Plan, collect
    from .ingest.virtual.air import Air
    from .ingest.virtual.backend import radio
    from .ingest.virtual.pod import VirtualPod
    from .store.raw import RawStore
    from .uplink import RemoteSink, Server

    # Virtual controllers warn of packets on a link that the end of the demo has just closed.
    logging.getLogger("bumble").setLevel(logging.ERROR)
    async with AsyncExitStack() as open_:
        open_.callback(logging.disable, logging.NOTSET)  # last, whatever came
        air = await open_.enter_async_context(Air())
        for i, (side, tapes) in enumerate(zip(FEET, recordings, strict=True)):
            address = f"F0:CA:7F:00:00:0{i + 1}"
            pod = VirtualPod(air, tapes, name=f"demo pod {side}", address=address, loop=True)
            await open_.enter_async_context(pod)
        central = radio(await air.device("collector", "F0:CA:7F:00:00:0F"))
        sink = RemoteSink(Server(url, athlete), RawStore(outbox), patience_s=PATIENCE_S)
        await open_.enter_async_context(sink)
        try:
            say(f"two virtual pods run for {run_s:.0f} s")
            await collect(Plan(athlete=athlete, mode="run", seconds=run_s), sink, central)
            say("the run is closed and being measured; now a balance drill, live on the page")
            await collect(Plan(athlete=athlete, mode="drill"), sink, central)
        except asyncio.CancelledError:
            # Pods and links that fall silent now were told to: no warning is news.
            logging.disable(logging.WARNING)
            raise


FEET: tuple["Side", ...] = ("left", "right")


def pod_recordings(side: "Side", run_s: float) -> list[bytes]:
    """Return what a generated pod plays: a run, then a minute on one leg."""
    from .ingest.files.podlog import recording_of
    from .ingest.source import Decoded
    from .signal import synth

    seed = SEED + FEET.index(side)
    running = synth.runner(run_s + SPARE_S, side=side, seed=seed)
    standing = synth.balancer(DRILL_S, side=side, seed=seed)
    return [
        recording_of(
            Decoded(
                format="generated", device=f"demo pod {side}", started_at=None, demo=True,
                side=side, place="lace", blocks=(made.block,),
            ),
            device=f"demo pod {side}",
        )
        for made in (running, standing)
    ]  # fmt: skip


@contextmanager
def server(settings: "Settings") -> Iterator[str]:
    """Run the server in a process of its own; yield its address."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(settings.model_dump_json(), theirs))
    process.start()
    theirs.close()
    try:
        try:
            url = ours.recv()
        except EOFError:
            raise ConfigError("the demo's server did not start; its message is above") from None
        yield url
    finally:
        ours.close()  # which the server takes as its end, also where this process was killed
        process.join(timeout=5)
        if process.is_alive():
            process.kill()
            process.join()


def _serve(settings_json: str, parent: Connection) -> None:
    """Serve until the parent lets go of the pipe; Ctrl-C is for the parent alone to hear."""
    from .api import serve
    from .config import Settings

    if hasattr(os, "setpgrp"):
        os.setpgrp()  # out of the terminal's foreground group, to which Ctrl-C goes
    settings = Settings.model_validate_json(settings_json)

    def listening(url: str) -> None:
        parent.send(url)
        threading.Thread(target=_until_left, args=(parent,), daemon=True).start()

    try:
        try:
            serve(settings, listening=listening)
        except ConfigError:
            serve(settings.model_copy(update={"port": 0}), listening=listening)
    except CatfootError as fault:
        print(f"catfoot: {fault}")
        raise SystemExit(1) from None


def _until_left(parent: Connection) -> None:
    with suppress(EOFError, OSError):
        parent.recv()
    os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _terminable() -> Iterator[None]:
    """Take SIGTERM as Ctrl-C, so that nothing is left behind then either."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
