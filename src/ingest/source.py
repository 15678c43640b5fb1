"""What devices and files say, before and after it is decoded."""

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from ..signal.imu import ImuBlock
from ..signal.tables import READING, Channel, DrillName, Place, Side, Table, empty


@dataclass(frozen=True, slots=True)
class Notification:
    """One packet as a device sent it; ``received_ns`` is the host's monotonic clock."""

    device: str
    characteristic: str
    data: bytes
    received_ns: int


#: How a pod's radio link is doing, in words that go to people and programs alike.
LinkState = Literal["searching", "connecting", "streaming", "stalled", "lost", "closed"]

#: What one packet may say: samples, rows of READING, or a value under its own name.
Said = ImuBlock | Table | Channel


class Decoder(Protocol):
    """Turns one connection's notifications into samples or readings; holds no socket."""

    def feed(self, notification: Notification) -> list[Said]:
        """Return what the packet says: IMU blocks, rows of READING, channels.

        Raises DecodeError for bytes that the protocol forbids.
        """
        ...


def no_clock(reads: Mapping[str, bytes]) -> int | None:
    """Say that the device tells nothing about when its clock was started."""
    return None


@dataclass(frozen=True, slots=True)
class Stamps:
    """The host's clocks, for devices that are told the time; both in ns.

    ``now_ns`` is that of the recording, on which notifications are received; ``utc_ns`` counts
    from 1970.
    """

    now_ns: Callable[[], int]
    utc_ns: Callable[[], int]


def no_handshake(stamps: Stamps) -> Generator[tuple[str, bytes], bytes, None]:
    """Ask the device nothing before it starts."""
    yield from ()


def never(packet: Notification) -> bool:
    """Say that no packet tells that it is the device's last one."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A device family as data; every UUID in full, in lower case.

    ``start`` is written once the notifications are on, ``stop`` before a clean disconnect.
    ``handshake`` is for devices that must be asked before they start: it yields what to write,
    no bytes to listen on, and is sent the next packet of that same characteristic, or of
    ``answers``; empty where it was refused or none came in time.
    ``clock_id`` tells whether the device's clock went on since the last connection (the same
    number as then) and ``wrap_ns`` after how long it starts again at 0. ``silence_s`` is how
    long a healthy device of this family may be quiet. ``is_last`` knows the packet after
    which the device stops by itself. Without a clock and a counter nothing ``shows_loss``.
    """

    name: str
    service: str
    notify: tuple[str, ...]
    start: tuple[tuple[str, bytes], ...] = ()
    stop: tuple[tuple[str, bytes], ...] = ()
    handshake: Callable[[Stamps], Generator[tuple[str, bytes], bytes, None]] = no_handshake
    answers: str = ""
    reads: tuple[str, ...] = ()
    decoder: Callable[[Mapping[str, bytes]], Decoder]
    clock_id: Callable[[Mapping[str, bytes]], int | None] = no_clock
    wrap_ns: int = 0
    silence_s: float = 5.0
    is_last: Callable[[Notification], bool] = never
    shows_loss: bool = True


def sig(short: int) -> str:
    """Return the full UUID of a number assigned by the Bluetooth SIG.

    >>> sig(0x1814)
    '00001814-0000-1000-8000-00805f9b34fb'
    """
    return f"{short:08x}-0000-1000-8000-00805f9b34fb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """What one recording says, in SI: samples of a sensor, or a device's own readings.

    ``started_at`` is UTC at the first sample or reading, None where the bytes do not say.
    ``blocks`` are in time order. ``sport`` is None where unknown. ``laps``, and ``pauses`` in
    which the athlete had stopped the watch, are (start, stop) on the recording's clock, in ns;
    ``marks`` are times on it. ``drill`` is which drill it is, where the sport is "drill".
    Without a clock and a counter of the sensor nothing ``shows_loss``. Where two pods were tapped
    together, this one's clock was ``taps_apart_ms`` off the other's and was moved, 0 for the
    other; the single taps lay ``taps_residual_ms`` (SD) around that.
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
    drill: DrillName | None = None
    marks: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()
    demo: bool = False
    shows_loss: bool = True
    taps_apart_ms: float | None = None
    taps_residual_ms: float | None = None

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
