"""The server's own Bluetooth: looking, claiming, collecting and fetching, one errand at a time.

An adapter refuses a second search while one goes on, and two collectors would take each other's
pods; so whoever comes second is told that it is busy.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Self

from .collect import Marks, Plan, collect
from .errors import CatfootError, Conflict
from .feeds import LocalSink
from .fetching import Progress
from .harvest import Harvest, Line
from .ingest.ble import Radio, scan
from .ingest.inbox import Found
from .live import Live
from .pairing import Claim, Claims, stamped
from .radios import Opener, platform
from .signal.tables import Side
from .wallclock import utc_now

if TYPE_CHECKING:
    from .config import Stores
    from .ingest.records import Mode
    from .signal.tables import DrillName, Place

log = logging.getLogger(__name__)

What = Literal["scan", "claim", "collect", "sync", "erase"]
Json = dict[str, Any]
LISTEN_S = 4.0


@dataclass(slots=True, kw_only=True)
class Errand:
    """One thing the radio does for one athlete; ``state`` is working, done, stopped or failed.

    ``said`` grows while it works: what was found, claimed, fetched.
    """

    what: What
    athlete: str
    began_at: datetime
    state: Literal["working", "done", "stopped", "failed"] = "working"
    error: str | None = None
    said: Json = field(default_factory=dict)

    def as_json(self) -> Json:
        """Return it as one object; what it says of whom is for that athlete's eyes."""
        return {
            "what": self.what, "state": self.state, "began_at": self.began_at.isoformat(),
            "error": self.error, **self.said,
        }  # fmt: skip


class Station:
    """The radio of a process; an async context manager. Conflict where it is busy.

    ``measure(athlete, content, name)`` has a kept recording measured and returns its job.
    """

    def __init__(
        self, stores: "Stores", live: Live, measure: Callable[[str, str, str], str],
        opener: Opener = platform, *, now: Callable[[], datetime] = utc_now,
        listen_s: float = LISTEN_S,
    ) -> None:  # fmt: skip
        self._stores, self._live, self._measure = stores, live, measure
        self._opener, self._now, self._listen_s = opener, now, listen_s
        self._errands: dict[str, Errand] = {}  # each athlete's last one
        self._stop = asyncio.Event()
        self._marks = Marks()  # of what is being recorded
        self._task: asyncio.Task[None] | None = None
        self._working: Errand | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *failed: object) -> None:
        if self._task is not None:
            self._stop.set()
            self._task.cancel()
            await asyncio.wait([self._task])

    def errand(self, athlete: str) -> Errand | None:
        """Return what the radio does or last did for an athlete; None for nothing yet."""
        return self._errands.get(athlete)

    @property
    def busy(self) -> bool:
        """Whether it works for anybody."""
        return self._working is not None

    def stop(self, athlete: str) -> Errand:
        """End what it does for the athlete: a recording is sealed; Conflict where it is nothing."""
        if self._working is None or self._working.athlete != athlete:
            raise Conflict("the server's Bluetooth does nothing for this athlete")
        self._stop.set()
        if self._working.what != "collect" and self._task is not None:
            self._task.cancel()
        return self._working

    def scan(self, athlete: str) -> Errand:
        """Look what is in range."""

        async def look(radio: Radio, errand: Errand) -> None:
            claims = {claim.address: claim for claim in self._claims().all()}
            errand.said["found"] = [
                _found(one, claims.get(one.address), athlete)
                for one in await scan(self._listen_s, radio)
            ]

        return self._begin("scan", athlete, look)

    def claim(
        self, athlete: str, side: Side, seconds: float = 30.0, place: "Place" = "unknown"
    ) -> Errand:
        """Wait for a stamp, and remember the pod that was stamped."""

        async def wait(radio: Radio, errand: Errand) -> None:
            pod = await stamped(radio, seconds=seconds, listen_s=self._listen_s / 2)
            made = Claim(
                address=pod.address, athlete=athlete, side=side, name=pod.name, place=place
            )
            await asyncio.to_thread(self._claims().claim, made)
            errand.said["claimed"] = {
                "address": pod.address,
                "name": pod.name,
                "side": side,
                "place": place,
            }

        return self._begin("claim", athlete, wait)

    def collect(
        self, athlete: str, *, mode: "Mode" = "run", seconds: float | None = None,
        pods: tuple[str, ...] = (), side: Side = "unknown", place: "Place" = "unknown",
        drill: "DrillName | None" = None,
    ) -> Errand:  # fmt: skip
        """Record the athlete's pods until ``stop``, the time or the pods end it."""
        self._not_of_others(athlete, pods)
        claims = self._claims()
        plan = Plan(
            athlete=athlete, mode=mode, drill=drill, seconds=seconds, pods=pods, side=side, place=place,
            sides=claims.sides(athlete), places=claims.places(athlete),
            others=claims.others(athlete),
            listen_s=min(1.0, self._listen_s),
        )  # fmt: skip

        async def record(radio: Radio, errand: Errand) -> None:
            errand.said["mode"] = mode
            self._marks, sink = Marks(), LocalSink(self._live, athlete)
            kept = await collect(plan, sink, radio, stop=self._stop, marks=self._marks)
            errand.said["recordings"] = kept

        return self._begin("collect", athlete, record)

    def mark(self, athlete: str, what: str) -> Errand:
        """Mark this moment in what is being recorded; Conflict where nothing is, for the athlete."""
        working = self._working
        if working is None or working.athlete != athlete or working.what != "collect":
            raise Conflict("nothing is being recorded for this athlete")
        if not self._marks.begun.is_set():
            raise Conflict("the pods are not heard yet; mark again once they are")
        self._marks.mark(what)
        return working

    def sync(self, athlete: str, pods: Sequence[str] = ()) -> Errand:
        """Fetch what the athlete's pods stored; each run is kept and measured by a job."""
        self._not_of_others(athlete, pods)

        async def fetch(radio: Radio, errand: Errand) -> None:
            runs: dict[tuple[str, str], Json] = {}
            errand.said["runs"] = []

            def shown(pod: Found, run: str, size: int | None) -> Json:
                key = (pod.address, run)
                if key not in runs:
                    runs[key] = {"pod": pod.address, "name": pod.name, "id": run, "size": size}
                    errand.said["runs"].append(runs[key])
                return runs[key]

            def moved(pod: Found, now: Progress) -> None:
                line = shown(pod, now.run.id, now.run.size)
                line |= {"have": now.have, "bytes_per_s": round(now.bytes_per_s)}

            harvest = self._harvest(athlete, radio, moved)
            for pod in await harvest.pods(pods, listen_s=self._listen_s):
                for line in await harvest.bring(pod):
                    told = shown(pod, line.run.id, line.run.size)
                    told |= {"outcome": line.outcome, "content": line.content, "why": line.why}

        return self._begin("sync", athlete, fetch)

    def erase(self, athlete: str, pod: str) -> Errand:
        """Erase on a pod the runs that are stored and measured here."""
        self._not_of_others(athlete, (pod,))

        async def forget(radio: Radio, errand: Errand) -> None:
            harvest = self._harvest(athlete, radio, lambda pod, now: None)
            (found,) = await harvest.pods((pod,), listen_s=self._listen_s)
            lines = [line for line in await harvest.known(found) if self._measured(athlete, line)]
            erased = await harvest.erase(found, lines)
            errand.said["erased"] = [run.id for run in erased]

        return self._begin("erase", athlete, forget)

    def claims(self, athlete: str) -> list[Claim]:
        """Return the athlete's pods."""
        return [claim for claim in self._claims().all() if claim.athlete == athlete]

    def _not_of_others(self, athlete: str, pods: Sequence[str]) -> None:
        """Raise Conflict where somebody else claimed a pod, which their stamps alone prove."""
        others = {address.casefold() for address in self._claims().others(athlete)}
        if any(pod.casefold() in others for pod in pods):
            raise Conflict("somebody else's pod; stamp it to claim it first")

    def _begin(
        self, what: What, athlete: str, work: Callable[[Radio, Errand], Awaitable[None]]
    ) -> Errand:
        if self._working is not None:
            raise Conflict("the server's Bluetooth is busy; stop what it does, or wait")
        errand = Errand(what=what, athlete=athlete, began_at=self._now())
        self._errands[athlete] = self._working = errand
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(self._run(errand, work))
        return errand

    async def _run(self, errand: Errand, work: Callable[[Radio, Errand], Awaitable[None]]) -> None:
        try:
            async with self._opener() as radio:
                await work(radio, errand)
            errand.state = "stopped" if self._stop.is_set() else "done"
        except asyncio.CancelledError:
            errand.state = "stopped"
        except CatfootError as fault:
            errand.state, errand.error = "failed", str(fault)
        except Exception:
            log.exception("the radio's %s", errand.what)
            errand.state, errand.error = "failed", "something in catfoot went wrong; see its log"
        finally:
            self._working = self._task = None

    def _harvest(
        self, athlete: str, radio: Radio, progress: Callable[[Found, Progress], None]
    ) -> Harvest:
        async def keep(recording: bytes, name: str) -> str:
            content = await asyncio.to_thread(self._stores.raw.keep, athlete, recording)
            await asyncio.to_thread(self._measure, athlete, content, name)
            return content

        return Harvest(
            stores=self._stores, athlete=athlete, radio=radio, keep=keep, progress=progress
        )

    def _measured(self, athlete: str, line: Line) -> bool:
        return self._stores.logbook.recording_of(athlete, line.content) is not None

    def _claims(self) -> Claims:
        return Claims(self._stores.settings.data / "pods.json")


def _found(one: Found, claim: Claim | None, athlete: str) -> Json:
    mine = claim is not None and claim.athlete == athlete
    return {
        "address": one.address,
        "name": one.name,
        "rssi_dbm": one.rssi_dbm,
        "profiles": [profile.name for profile in one.profiles],
        "yours": mine,
        "taken": claim is not None and not mine,
        "side": claim.side if claim is not None and mine else "unknown",
    }
