"""One pod while it is being recorded: its bytes kept, its packets decoded, its numbers shown."""

import asyncio
import logging
from collections.abc import Callable, Container, Sequence
from copy import copy
from datetime import datetime
from statistics import median

import numpy as np

from .errors import CatfootError, StoreError
from .foot import Foot, Snapshot
from .ingest.devices import heartrate
from .ingest.reader import Reader, instant_ns
from .ingest.records import MARKER, Splitter, is_context
from .ingest.source import LinkState
from .signal.imu import ImuBlock
from .store.raw import OpenRecording, Writer

log = logging.getLogger(__name__)

#: What comes this late after it was measured is caught up with, after a fade.
LATE_NS = 1_000_000_000


def _utc_ns(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp() * 1e6) * 1000


class Session:
    """One pod's recording while it is made."""

    def __init__(
        self, athlete: str, recording: OpenRecording, writer: Writer,
        shown: Callable[["Session"], None],
    ) -> None:  # fmt: skip
        self.athlete, self.id = athlete, recording.recording
        self.size = self.durable = recording.size
        self.owner: object = None  # who sends; a newer connection takes over from an older one
        self.idle_since: float | None = None
        self.replayed = False  # a stored run shown as live
        self.sealing = False  # nobody may add to it, or take it over, meanwhile
        self.fault: CatfootError | None = None  # the log lacks bytes: reopen, or go on and say
        self.unkept = 0
        self.reader, self.foot = Reader(), Foot()
        self._recording, self._writer, self._shown = recording, writer, shown
        self._splitter = Splitter()
        self._packets_before = self._marks = 0
        self._loop = asyncio.get_running_loop()

    def resume(self) -> None:
        """Read what a crash left, just far enough to go on: samples of the past stay there."""
        for payload in self._splitter.feed(self._recording.read()):
            if is_context(payload):
                self.reader.take(payload)
            else:
                self._packets_before += 1

    def extend(self, offset: int, data: bytes, durable: Callable[[int], None]) -> None:
        """Keep, decode and show bytes that follow ``offset``; what is here already is skipped.

        ``durable`` is called in the event loop with the size that is on disk. Raises
        ValueError for a gap or for bytes that are no records, StoreError where they could not
        be kept: then nothing of them was taken.
        """
        if offset > self.size:
            raise ValueError(f"expected bytes from {self.size}, got them from {offset}")
        data = data[self.size - offset :]
        if not data:
            self._loop.call_soon(durable, self.durable)
            return
        splitter = copy(self._splitter)
        payloads = splitter.feed(data)

        def done(size: int) -> None:
            self._loop.call_soon_threadsafe(self._kept, size, durable)

        def failed(fault: CatfootError) -> None:
            self._loop.call_soon_threadsafe(self._failed, fault)

        if not self._writer.submit(self._recording, data, done, failed):
            raise StoreError("the disk is too slow to keep what arrives")
        self._splitter = splitter
        self.size += len(data)
        for payload in payloads:
            self._decode(payload)
        self._shown(self)

    def say(self, state: LinkState, battery_pct: int | None = None, dropped: int = 0) -> None:
        """Take what the collector knows of the pod beside its packets."""
        self.foot.state = state
        self.foot.battery_pct = self.foot.battery_pct if battery_pct is None else battery_pct
        self.foot.inbox_dropped = dropped
        self._shown(self)

    def seal(self, handed_on: Callable[[str], object]) -> str | None:
        """Close the recording and return its content hash; None where it held no packet.

        ``handed_on`` is told the hash of a run, or of a drill that says which one it is. The log
        goes only after that, so that no crash can leave one that nobody measures; any other drill
        is kept, and the page files what was done in it.
        """
        self._writer.flush()
        if self.reader.packets + self._packets_before == 0:
            self._recording.abandon()
            return None
        header = self.reader.header
        measured = header is not None and (header.mode == "run" or header.drill is not None)
        return self._recording.close(handed_on if measured else None)

    def release(self) -> None:
        """Let go of the recording and leave it to be resumed."""
        self._writer.flush()
        self._recording.release()

    @property
    def place(self) -> str:
        """Where in the snapshot its numbers stand: the foot, or the heart."""
        heart = self.reader.profile is heartrate.PROFILE
        return "heart" if heart else self.reader.side

    def snapshot(self) -> Snapshot:
        """Return this foot's part of the snapshot."""
        reader, foot, decoder = self.reader, self.foot, self.reader.decoder
        lost = getattr(decoder, "lost_samples", 0)  # what a family has no way to see is 0
        at = None if foot.sample_ns is None else reader.utc(foot.sample_ns)
        return {
            "state": foot.state,
            "device": reader.header.name or reader.header.device if reader.header else "",
            "battery_pct": foot.battery_pct,
            "rate_hz": foot.rate_hz or (reader.info.rate_hz if reader.info else 1.0),
            "packets": reader.packets,
            "lost_frac": round(lost / max(1, foot.samples + lost), 4),
            "gaps": getattr(decoder, "gaps", 0),
            "refused": reader.refused,
            "inbox_dropped": foot.inbox_dropped,
            "unkept": self.unkept,
            **foot.numbers(),
            "sample_at_ns": _utc_ns(at),
            "late_ms": round(reader.late_ns / 1e6),
            "catching_up": foot.state == "streaming" and reader.late_ns > LATE_NS,
            "received_at_ns": _utc_ns(reader.received_at()),
            "clock": "device" if reader.profile and reader.profile.wrap_ns else "host",
        }

    def _decode(self, payload: bytes) -> None:
        for said in self.reader.take(payload):
            if isinstance(said, ImuBlock):
                self.foot.see(said, self.reader)
            elif isinstance(said, np.ndarray):
                self.foot.hear(said)
        for at_ns, what in self.reader.marks[self._marks :]:
            self._marks += 1
            if what == MARKER:
                self.foot.mark(at_ns)

    def _kept(self, size: int, durable: Callable[[int], None]) -> None:
        self.durable = max(self.durable, size)
        durable(self.durable)

    def _failed(self, fault: CatfootError) -> None:
        self.fault = fault
        self.unkept += 1
        log.error("recording %s is not kept: %s", self.id, fault)


def free_place(place: str, taken: Container[str]) -> str:
    """Return where in the snapshot a pod stands: a second one of the same foot beside the first."""
    name, n = place, 1
    while name in taken:
        n += 1
        name = f"{place} {n}"
    return name


def together(sessions: Sequence[Session]) -> Snapshot | None:
    """Return how the clocks of two pods lay when they were tapped together, and lie now.

    ``offset_ms`` is how far the second was off before it was moved, ``left_ms`` what is left.
    """
    taps = {s: s.reader.aligned for s in sessions if s.reader.aligned is not None}
    moved = next(((s, a) for s, a in taps.items() if a.apart_ms), None)
    if len(taps) != 2 or moved is None or not all(s.reader.packets for s in taps):
        return None
    session, aligned = moved
    left_ns = [
        instant_ns(session.reader, own_ns) - at_ns
        for own_ns, at_ns in zip(aligned.own_ns, aligned.instants_ns, strict=True)
    ]
    return {
        "offset_ms": round(aligned.apart_ms, 1),
        "left_ms": round(median(left_ns) / 1e6, 1),
        "residual_ms": round(aligned.residual_ms, 1),
        "taps": len(aligned.own_ns),
    }
