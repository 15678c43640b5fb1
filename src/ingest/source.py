"""What devices and files say, before and after it is decoded."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ..signal.imu import ImuBlock
from ..signal.tables import READING, Channel, Place, Side, Table, empty


@dataclass(frozen=True, slots=True)
class Notification:
    """One packet as a device sent it; ``received_ns`` is the host's monotonic clock."""

    device: str
    characteristic: str
    data: bytes
    received_ns: int


class Decoder(Protocol):
    """Turns one device's notifications into samples or readings; holds no socket."""

    def feed(self, notification: Notification) -> list[ImuBlock | Table]:
        """Return what the packet says: IMU blocks, or rows of READING.

        Raises DecodeError for bytes that the protocol forbids.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A device family as data."""

    name: str
    service: str
    notify: tuple[str, ...]
    start: tuple[tuple[str, bytes], ...] = ()
    reads: tuple[str, ...] = ()
    decoder: Callable[[Mapping[str, bytes]], Decoder]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """What one recording says, in SI: samples of a sensor, or a device's own readings.

    ``started_at`` is UTC at the first sample or reading, None where the bytes do not say.
    ``blocks`` are in time order. ``sport`` is None where unknown. ``laps``, and ``pauses`` in
    which the athlete had stopped the watch, are (start, stop) on the recording's clock, in ns.
    """

    format: str
    device: str
    started_at: datetime | None
    side: Side = "unknown"
    place: Place = "unknown"
    blocks: tuple[ImuBlock, ...] = ()
    readings: Table = field(default_factory=lambda: empty(READING))
    channels: tuple[Channel, ...] = ()
    laps: tuple[tuple[int, int], ...] = ()
    pauses: tuple[tuple[int, int], ...] = ()
    sport: str | None = None
    warnings: tuple[str, ...] = ()
    demo: bool = False

    def first_ns(self) -> int:
        """Return the recording-clock time of the first sample or reading."""
        return min(self._edges(0), default=0)

    def last_ns(self) -> int:
        """Return the recording-clock time of the last sample or reading."""
        return max(self._edges(-1), default=0)

    def _edges(self, i: int) -> Iterable[int]:
        times = [b.t_ns for b in self.blocks if len(b)]
        if len(self.readings):
            times.append(self.readings["t_ns"])
        return (int(t[i]) for t in times)
