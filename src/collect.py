"""The collector: pods over Bluetooth into this process's live sessions or a server's.

What a pod says is written down as a pod recording, record by record.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from .errors import RadioError
from .feeds import Feed, Sink
from .ingest.aligning import Aligner, Watched
from .ingest.ble import Radio, scan
from .ingest.devices import ON_FOOT, rsc, stryd
from .ingest.inbox import Found, Inbox, Item, Opened
from .ingest.link import Link
from .ingest.records import (
    Event,
    Header,
    Mode,
    Segment,
    encode_event,
    encode_header,
    encode_notification,
    encode_segment,
)
from .ingest.source import Notification, Profile
from .signal.tables import DrillName, Place, Side
from .wallclock import utc_now

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to collect for whom; ``drill`` is which one, where the mode is drill and it is known.

    ``seconds`` closes the recordings, None leaves that to stop.

    ``pods`` are addresses; none means the athlete's own of ``sides`` where one is in range, else
    whatever is worn on a foot and not of ``others``, at most ``most`` of them. A heart rate
    strap is only read where it is named. ``stryd_contact`` also reads Stryd's own frame.
    ``sides`` and ``places`` are those of pods that were paired; ``side`` is said of a single pod,
    and wins; ``place`` is that of every pod of which none is known.
    """

    athlete: str
    mode: Mode = "run"
    drill: DrillName | None = None
    seconds: float | None = None
    pods: tuple[str, ...] = ()
    most: int = 2
    side: Side = "unknown"
    sides: Mapping[str, Side] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    others: frozenset[str] = frozenset()
    stryd_contact: bool = False
    place: Place = "unknown"
    search_s: float = 30.0
    listen_s: float = 1.0  # long enough to hear the other foot too

    def place_of(self, address: str) -> Place:
        """Return where a pod sits."""
        return self.places.get(address, self.place)


_ROUNDS = 3  # of listening in which an athlete's other pod may still wake


class Marks:
    """Moments that a person marks while recording; each stands in every pod's recording.

    ``begun`` is set once the first pod's packets come.
    """

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self._takers: list[Callable[[str], None]] = []

    def attach(self, taker: Callable[[str], None]) -> None:
        """Tell ``taker`` of every mark from now on."""
        self._takers.append(taker)

    def mark(self, what: str) -> None:
        """Mark this moment; more than 200 characters are cut."""
        for take in self._takers:
            take(what[:200])


async def collect(
    plan: Plan,
    sink: Sink,
    radio: Radio | None = None,
    *,
    stop: asyncio.Event | None = None,
    marks: Marks | None = None,
    now: Callable[[], datetime] = utc_now,
) -> list[str]:
    """Find pods, record what they say, and return the content hashes of the recordings.

    Ends when every pod's time is up, when the pods say that they are done, or when ``stop``
    is set. Raises RadioError where Bluetooth fails or no pod is in range.
    """
    radio = radio or Radio()
    stop = stop or asyncio.Event()
    found = await find(plan, radio, stop)
    marks = marks or Marks()
    alone = len(found) == 1
    # In a drill, both feet may land at once: only a run's pods are lined up.
    feet = [one for one in found if _on_foot(plan, one)]
    aligner = Aligner() if len(feet) == 2 and plan.mode == "run" else None
    pods = [
        _Pod(plan, one, sink, radio, now, marks, aligner if one in feet else None, alone=alone)
        for one in found
    ]

    async def stopped() -> None:
        await stop.wait()
        for pod in pods:
            pod.link.stop()

    watcher = asyncio.create_task(stopped())
    try:
        async with asyncio.TaskGroup() as tasks:
            runs = [tasks.create_task(pod.run()) for pod in pods]
    except ExceptionGroup as faults:
        raise _first(faults) from faults
    finally:
        watcher.cancel()
        await asyncio.wait([watcher])
    return [content for run in runs if (content := run.result()) is not None]


async def find(plan: Plan, radio: Radio, stop: asyncio.Event) -> list[Found]:
    """Return the pods of the plan: those named, once all are heard, else own, else near ones.

    Where not all of those named are heard in ``search_s``, the others are returned.
    """
    deadline, rounds = time.monotonic() + plan.search_s, 0
    while not stop.is_set():
        heard = {f.address: f for f in await scan(plan.listen_s, radio)}
        late = time.monotonic() > deadline
        if plan.pods:
            found = [heard[address] for address in plan.pods if address in heard]
            if found and (late or len(found) == len(plan.pods)):
                return found
        elif found := [f for f in heard.values() if f.profiles[0] in ON_FOOT]:
            rounds += 1
            own = [f for f in found if f.address in plan.sides]
            if own and (len(own) == len(plan.sides) or rounds > _ROUNDS or late):
                return own
            free = [f for f in found if f.address not in plan.others]
            if free and not own:
                return free[: plan.most]
        if late:
            raise RadioError(
                "no pod in range: wake it, bring it nearer, and close other apps that use it"
            )
    return []


def _on_foot(plan: Plan, pod: Found) -> bool:
    """Tell whether a pod may send samples of a foot; a strap that could too is on the chest."""
    if plan.place_of(pod.address) in ("sacrum", "shank"):
        return False
    samples = (profile.wrap_ns > 0 for profile in pod.profiles)
    return any(samples) if pod.address in plan.sides else next(samples)


def _first(fault: Exception) -> Exception:
    """Return what went wrong first, out of the groups that task groups make of it."""
    while isinstance(fault, ExceptionGroup):
        fault = fault.exceptions[0]
    return fault


class _Pod:
    """One pod from the first packet to the sealed recording."""

    def __init__(
        self, plan: Plan, found: Found, sink: Sink, radio: Radio,
        now: Callable[[], datetime], marks: Marks, aligner: Aligner | None, *, alone: bool,
    ) -> None:  # fmt: skip
        self._plan, self._found, self._sink, self._now = plan, found, sink, now
        self._alone, self._marks, self._aligner = alone, marks, aligner
        self._watched: Watched | None = None
        self._inbox = Inbox()
        placed = plan.place != "unknown" or plan.side != "unknown" or found.address in plan.sides
        instead = {rsc.PROFILE.name: stryd.PROFILE} if plan.stryd_contact else {}
        self.link = Link(found.address, self._inbox, radio, samples_first=placed, instead=instead)
        self._feed: Feed | None = None
        self._profile: Profile | None = None
        self._battery_pct: int | None = None
        self._zero_ns = 0
        self._timer: asyncio.TimerHandle | None = None

    async def run(self) -> str | None:
        """Record until the pod, the plan or the caller ends it; return the content hash."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.link.run())
            while self.link.state != "closed" or len(self._inbox):
                for item in await self._inbox.take():
                    await self._take(item)
        if self._timer is not None:
            self._timer.cancel()
        return await self._feed.close() if self._feed is not None else None

    async def _take(self, item: Item) -> None:
        if isinstance(item, Opened):
            await self._opened(item)
        elif isinstance(item, Notification):
            self._packet(item)
        elif self._feed is not None:
            self._feed.say(item.state, self._battery_pct, self._inbox.dropped)

    async def _opened(self, opened: Opened) -> None:
        self._profile, self._battery_pct = opened.profile, opened.battery_pct
        if self._feed is None:
            self._zero_ns = opened.at_ns
            waited = timedelta(microseconds=(time.monotonic_ns() - opened.at_ns) / 1000)
            header = Header(
                device=opened.device, profile=opened.profile.name, name=self._found.name,
                started_at=self._now() - waited, mode=self._plan.mode,
                place=self._plan.place_of(opened.device),
                drill=self._plan.drill,
                side=self._side(opened.device),
            )  # fmt: skip
            self._feed = await self._sink.open(header)
            if self._aligner is not None and opened.profile.wrap_ns:
                self._watched = self._aligner.watch(self._feed.put)
            self._put(encode_header(header))
            self._marks.attach(self._mark)
        at_ns = opened.at_ns - self._zero_ns
        self._put(encode_segment(Segment(reads=opened.reads, at_ns=at_ns)))

    def _put(self, record: bytes) -> None:
        assert self._feed is not None
        self._feed.put(record)
        if self._watched is not None:
            self._watched.see(record)

    def _mark(self, what: str) -> None:
        at_ns = time.monotonic_ns() - self._zero_ns
        self._put(encode_event(Event(what=what, at_ns=at_ns)))

    def _side(self, device: str) -> Side:
        if self._alone and self._plan.side != "unknown":
            return self._plan.side
        return self._plan.sides.get(device, "unknown")

    def _packet(self, packet: Notification) -> None:
        assert self._profile is not None
        at_ns = packet.received_ns - self._zero_ns
        if self._timer is None and self._plan.seconds is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._plan.seconds, self.link.stop)
        moved = replace(packet, received_ns=at_ns)
        self._put(encode_notification(moved, self._profile.notify))
        self._marks.begun.set()
        if self._profile.is_last(packet):
            self.link.stop()
