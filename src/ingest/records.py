"""The records of a pod recording: what a device said, packet by packet, uninterpreted.

A live session appends them, a virtual pod plays them, an import reads them, and all decode
them through one ``Reader``. The file is MAGIC and then records that stand for themselves: length
u32, CRC-32 u32, payload. A payload starts with its kind. Times are the collecting host's
monotonic clock, in ns since the ``started_at`` of the header. docs/devices.md has the layout.
"""

import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ..signal.tables import DrillName, Place, Side
from ..training.entries import as_json, from_json
from .devices import profile
from .source import Notification

MAGIC = b"CFPODLG1"
#: No record is longer: an attribute has at most 512 bytes, a header a few hundred.
MAX_RECORD = 65_536

Mode = Literal["run", "drill"]

HEADER, SEGMENT, NOTIFICATION, EVENT = 1, 2, 3, 4
#: Stands in front of the bytes of every frame to a server: where in the recording they belong.
OFFSET = struct.Struct("<Q")

_FRAME = struct.Struct("<II")
_PACKET = struct.Struct("<BBq")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Who recorded what; ``device`` names the pod, ``profile`` its family.

    ``side`` and ``place`` are what the athlete said; "unknown" leaves it to the pod. ``drill`` is
    which drill it is, one of signal/drills.py; None in a run or where nobody said.
    """

    device: str
    profile: str
    started_at: datetime
    side: Side = "unknown"
    place: Place = "unknown"
    mode: Mode = "run"
    drill: DrillName | None = None
    name: str = ""
    demo: bool = False

    def __post_init__(self) -> None:
        profile(self.profile)
        if self.started_at.tzinfo is None:
            raise ValueError("started_at: expected a time with its zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A connection was made; ``reads`` are the values read before the first packet."""

    reads: Mapping[str, bytes]
    at_ns: int


#: What an event is called by which a person marks a moment; a drill may look for it.
MARKER = "marker"
#: What the events are called between which an athlete stands still.
POSE = ("pose begins", "pose ends")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something a person should know of: a marker, a drop in the inbox, a lost connection."""

    what: str
    at_ns: int


#: The event by which two pods' clocks are lined up.
ALIGNED = "tapped together"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """Two pods were tapped together: these times of the recording were these instants.

    ``instants_ns`` are ns since 1970, by the clock of the first pod as it was then mapped;
    ``apart_ms`` is how far this pod was from it, 0 for the first itself; ``residual_ms`` the
    spread (SD) of the single taps around that.
    """

    at_ns: int
    own_ns: tuple[int, ...]
    instants_ns: tuple[int, ...]
    apart_ms: float
    residual_ms: float


Record = Header | Segment | Notification | Event | Aligned


def encode_header(header: Header) -> bytes:
    """Return the first bytes of a recording: MAGIC and the header's record."""
    return MAGIC + _json(HEADER, as_json(header))


def encode_segment(segment: Segment) -> bytes:
    """Return the record of a connection made."""
    reads = {uuid: value.hex() for uuid, value in segment.reads.items()}
    return _json(SEGMENT, {"at_ns": segment.at_ns, "reads": reads})


def encode_event(event: Event) -> bytes:
    """Return the record of an event."""
    return _json(EVENT, {"at_ns": event.at_ns, "what": event.what})


def encode_aligned(aligned: Aligned) -> bytes:
    """Return the record of two pods lined up: an event with more to say."""
    return _json(EVENT, {"what": ALIGNED, **as_json(aligned)})


def encode_notification(notification: Notification, notify: tuple[str, ...]) -> bytes:
    """Return the record of one packet; ``notify`` is the profile's list of characteristics."""
    index = notify.index(notification.characteristic)
    return record_of(
        _PACKET.pack(NOTIFICATION, index, notification.received_ns) + notification.data
    )


def _json(kind: int, value: object) -> bytes:
    return record_of(bytes([kind]) + json.dumps(value, separators=(",", ":")).encode())


def record_of(payload: bytes) -> bytes:
    """Return a payload in its frame, as ``payloads`` finds it."""
    return _FRAME.pack(len(payload), zlib.crc32(payload)) + payload


def payloads(data: bytes, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield (offset behind it, payload) of every whole record from ``start`` on.

    Stops without a word where a record is torn or damaged: the last offset tells.
    """
    at = start
    while at + _FRAME.size <= len(data):
        size, crc = _FRAME.unpack_from(data, at)
        payload = data[at + _FRAME.size : at + _FRAME.size + size]
        if not 0 < size <= MAX_RECORD or len(payload) < size or zlib.crc32(payload) != crc:
            return
        at += _FRAME.size + size
        yield at, payload


class Splitter:
    """Cuts a recording that arrives in pieces into payloads; a record may span pieces."""

    def __init__(self) -> None:
        self._rest = b""
        self._begun = False

    def __copy__(self) -> "Splitter":
        # For every packet of a live pod, and the general way takes ten times as long.
        twin = Splitter()
        twin._rest, twin._begun = self._rest, self._begun
        return twin

    def feed(self, data: bytes) -> list[bytes]:
        """Return the payloads that are whole by now; ValueError for bytes that are none."""
        rest, at = self._rest + data, 0
        if not self._begun:
            if not MAGIC.startswith(rest[: len(MAGIC)]):
                raise ValueError("these bytes are no pod recording")
            if len(rest) < len(MAGIC):
                self._rest = rest
                return []
            self._begun, at = True, len(MAGIC)
        found: list[bytes] = []
        for behind, payload in payloads(rest, at):
            found.append(payload)
            at = behind
        self._rest = rest[at:]
        if len(self._rest) >= _FRAME.size:
            size, _ = _FRAME.unpack_from(self._rest)
            if not 0 < size <= MAX_RECORD or len(self._rest) >= _FRAME.size + size:
                raise ValueError("a record of the pod recording is damaged")
        return found


def _aligned(value: Mapping[str, object]) -> Aligned:
    found = from_json(Aligned, {k: v for k, v in value.items() if k != "what"})
    if not found.own_ns or len(found.own_ns) != len(found.instants_ns):
        raise ValueError("taps of two pods that are not as many on either")
    return found


def is_context(payload: bytes) -> bool:
    """Tell whether a record says how packets are to be read, and when they were."""
    return payload[0] in (HEADER, SEGMENT) or (payload[0] == EVENT and ALIGNED.encode() in payload)


def parse(payload: bytes, header: Header | None = None) -> Record | None:
    """Return what a record says; None for a kind of a later version.

    Packets need the ``header`` for the names of their characteristics. Raises ValueError for
    a payload that is none.
    """
    kind = payload[0]
    try:
        if kind == NOTIFICATION:
            if header is None:
                raise ValueError("a packet before the header")
            _, index, at_ns = _PACKET.unpack_from(payload)
            uuid = profile(header.profile).notify[index]
            return Notification(header.device, uuid, payload[_PACKET.size :], at_ns)
        if kind not in (HEADER, SEGMENT, EVENT):
            return None
        value = json.loads(payload[1:])
        if kind == HEADER:
            return from_json(Header, value)
        if kind == SEGMENT:
            reads = {str(u): bytes.fromhex(v) for u, v in value["reads"].items()}
            return Segment(reads=reads, at_ns=int(value["at_ns"]))
        if value["what"] == ALIGNED and "own_ns" in value:
            return _aligned(value)
        return Event(what=str(value["what"]), at_ns=int(value["at_ns"]))
    except (struct.error, LookupError, TypeError, AttributeError) as fault:
        raise ValueError(f"a record of kind {kind} cannot be read: {fault}") from fault
