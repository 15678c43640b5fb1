"""`catfoot live`: pods in range, or files played through virtual ones, to stored runs.

Without an address the recordings go into this machine's stores and are measured when they
close; with one they go to a server, which measures them.
"""

import asyncio
import json
import signal
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .athletes import athlete_named
from .collect import Marks, Plan, collect
from .errors import FileError, RadioError
from .feeds import LocalSink, Sink
from .ingest.records import MARKER, POSE
from .live import Live, Mailbox
from .pairing import Claims
from .radios import Opener, files_played, platform, virtual
from .store.raw import RawStore
from .supervised import Supervisor
from .uplink import RemoteSink, Server

if TYPE_CHECKING:
    from .config import Settings, Stores
    from .signal.tables import DrillName, Place, Side
    from .sync import Imported

Say = Callable[[str], None]

SHOWN_EVERY_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the person at the command line asked for."""

    athlete: str
    virtual: tuple[Path, ...] = ()
    fast: bool = False
    to: str | None = None
    key: str = ""
    seconds: float | None = None
    side: "Side" = "unknown"
    place: "Place" = "unknown"
    pods: tuple[str, ...] = ()
    drill: bool = False
    drill_of: "DrillName | None" = None
    stryd_contact: bool = False
    pose_s: float = 0.0
    markers: bool = False


def record(settings: "Settings", wanted: Wanted, say: Say) -> "list[Imported]":
    """Record until Ctrl-C, the time or the pods end it; return what was stored here.

    A run that an earlier, broken off recording left is stored with it. Raises RadioError
    without a pod, a radio or a server, FileError for a file that no pod could have recorded,
    or where nothing was recorded that could be measured.
    """
    from .config import open_stores

    played = files_played(wanted.virtual, wanted.side, wanted.place, say)
    radio = virtual(played, fast=wanted.fast) if played else platform
    if wanted.to is not None:
        whose = athlete_at(wanted.to, wanted.athlete, wanted.key)
        server = Server(wanted.to, whose, wanted.key)
        asyncio.run(_to_server(server, settings.data, wanted, radio, say))
        return []
    with open_stores(settings) as stores:
        athlete = athlete_named(stores, wanted.athlete)
        measuring = _Measuring(stores)
        asyncio.run(_to_stores(measuring, athlete, wanted, radio, say))
        for line in measuring.filed:
            say(line)
        if measuring.refused and not (measuring.stored or measuring.filed):
            raise measuring.refused[0]
        for fault in measuring.refused:
            say(str(fault))
        return measuring.stored


class _Measuring:
    """Measures every run as its recording is closed: one that was not is closed again later.

    A drill that says which one it is goes to the foot sessions instead.
    """

    def __init__(self, stores: "Stores") -> None:
        self.stores = stores
        self.stored: list[Imported] = []
        self.filed: list[str] = []
        self.refused: list[FileError] = []

    def __call__(self, athlete: str, content: str) -> None:
        from .sync import Filed, take_recording

        try:
            taken = take_recording(self.stores, athlete, content)
            if isinstance(taken, Filed):
                self.filed.append(taken.said())
            else:
                self.stored.append(taken)
        except FileError as fault:
            self.refused.append(fault)


async def _to_stores(
    measuring: _Measuring, athlete: str, wanted: Wanted, radio: Opener, say: Say
) -> None:
    claims = Claims(measuring.stores.settings.data / "pods.json")
    async with Live(measuring.stores, measuring) as live:
        with live.hub.subscribe(athlete) as mailbox:
            showing = asyncio.create_task(show(mailbox, say))
            try:
                await _collect(athlete, claims, LocalSink(live, athlete), wanted, radio, say)
            finally:
                showing.cancel()
                await asyncio.wait([showing])


async def _to_server(server: Server, data: Path, wanted: Wanted, radio: Opener, say: Say) -> None:
    claims = Claims(data / "pods.json")
    async with RemoteSink(server, RawStore(data / "outbox")) as sink:
        say(f"sending to {server.url}; Ctrl-C ends it")
        await _collect(server.athlete, claims, sink, wanted, radio, say)
    sealed = sum(feed.content is not None for feed in sink.feeds)
    say(f"{sealed} of {len(sink.feeds)} recordings are closed on the server and measured there")
    if sealed < len(sink.feeds):
        say("the others stay on this machine and are sent the next time")


async def _collect(
    athlete: str, claims: Claims, sink: Sink, wanted: Wanted, opener: Opener, say: Say
) -> None:
    stop = asyncio.Event()
    on_interrupt(stop.set)
    plan = Plan(
        athlete=athlete, mode="drill" if wanted.drill or wanted.drill_of else "run",
        drill=wanted.drill_of, seconds=wanted.seconds,
        pods=wanted.pods, side=wanted.side, place=wanted.place,
        sides=claims.sides(athlete), places=claims.places(athlete), others=claims.others(athlete),
        stryd_contact=wanted.stryd_contact,
    )  # fmt: skip
    marks = Marks()
    if wanted.markers:
        _read_lines(lambda line: marks.mark(f"{MARKER}: {line}" if line else MARKER))
    posing = asyncio.create_task(_pose(marks, wanted.pose_s, say)) if wanted.pose_s else None
    try:
        async with Supervisor().watching(), opener() as radio:
            await collect(plan, sink, radio, stop=stop, marks=marks)
    finally:
        if posing is not None:
            posing.cancel()
            await asyncio.wait([posing])


async def _pose(marks: Marks, seconds: float, say: Say) -> None:
    """Have the athlete stand still for a moment, and mark it in every recording."""
    await marks.begun.wait()
    say(f"stand still, feet parallel, for {seconds:g} s")
    marks.mark(POSE[0])
    await asyncio.sleep(seconds)
    marks.mark(POSE[1])
    say("thank you; go")


def _read_lines(take: Callable[[str], object]) -> None:
    """Hand every line of the terminal over, in the running loop, until the program ends."""
    loop = asyncio.get_running_loop()

    def read() -> None:
        for line in sys.stdin:
            try:
                loop.call_soon_threadsafe(take, line.strip())
            except RuntimeError:
                return  # the loop is closed: nobody records any more

    threading.Thread(target=read, name="markers", daemon=True).start()


def on_interrupt(act: Callable[[], None]) -> None:
    """Let Ctrl-C and SIGTERM end the recording instead of the program."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, act)
        except NotImplementedError:  # Windows: a plain handler, which wakes the loop itself
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(act))


def athlete_at(url: str, name: str, key: str) -> str:
    """Return the id of the athlete of that name on a server, who is created if new."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise RadioError(f"--to: expected an address like http://host:8000, got {url!r}")
    athletes = url.rstrip("/") + "/api/v1/athletes"
    try:
        page = _asked(athletes, key)
        for person in page["items"]:
            if person["name"] == name:
                return str(person["id"])
        return str(_asked(athletes, key, {"name": name})["id"])
    except (OSError, ValueError, KeyError) as fault:
        raise RadioError(
            f"--to: the server at {url} does not answer as expected ({fault})"
        ) from fault


def _asked(url: str, key: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    request = urllib.request.Request(url, data, headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


async def show(mailbox: Mailbox, say: Say) -> None:
    """Say every other second what the feet do."""
    while True:
        snapshot = await mailbox.take()
        for side, foot in sorted(snapshot["feet"].items()):
            numbers = [
                "catching up" if foot["catching_up"] else foot["state"],
                f"{foot['packets']} packets, {foot['lost_frac']:.1%} lost",
            ]
            if foot["gaps"]:
                numbers.append(f"{foot['gaps']} gaps")
            if foot["battery_pct"] is not None:
                numbers.append(f"battery {foot['battery_pct']} %")
            for key, unit, grade in _SHOWN:
                if foot.get(key) is not None:
                    numbers.append(f"{foot[key]:g} {unit} ({foot[grade]})")
            say(f"{side}: {', '.join(numbers)}")
        if lined := snapshot["together"]:
            say(
                f"tapped together {lined['taps']} times: the clocks were"
                f" {lined['offset_ms']:+.1f} ms apart and are {lined['left_ms']:+.1f} ms now,"
                f" residual {lined['residual_ms']:.1f} ms"
            )
        await asyncio.sleep(SHOWN_EVERY_S)


_SHOWN = (
    ("cadence_spm", "spm", "cadence_grade"),
    ("gct_ms", "ms on the ground", "gct_grade"),
    ("shock_g", "g", "shock_grade"),
)
