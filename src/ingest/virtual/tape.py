"""What a virtual pod plays: one connection of a pod recording, packet by packet."""

from dataclasses import dataclass, replace
from itertools import pairwise

from ...errors import FileError
from ..devices import openpod
from ..devices import profile as family
from ..records import MAGIC, Header, Segment, parse, payloads
from ..source import Notification, Profile


@dataclass(frozen=True, slots=True)
class Tape:
    """A pod recording as the pod needs it: what it states, what it sends and when."""

    header: Header
    reads: dict[str, bytes]
    packets: tuple[Notification, ...]

    @property
    def profile(self) -> Profile:
        """The family whose service the pod offers."""
        return family(self.header.profile)


def tape(recording: bytes) -> Tape:
    """Return a pod recording, up to its second connection, for a pod to play.

    A record that cannot be read is left out; FileError where that is the header, as of a family
    that is not known, or where nothing is left to play.
    """
    header: Header | None = None
    reads: dict[str, bytes] | None = None
    packets: list[Notification] = []
    for _, payload in payloads(recording, len(MAGIC)):
        try:
            record = parse(payload, header)
        except ValueError as fault:
            if header is None:
                raise FileError(f"the pod recording cannot be played: {fault}") from fault
            continue
        if isinstance(record, Header):
            header = record
        elif isinstance(record, Segment):
            if reads is not None:
                break
            reads = dict(record.reads)
        elif isinstance(record, Notification):
            packets.append(record)
    if header is None or reads is None or not packets:
        raise FileError("the pod recording holds nothing that a pod could play")
    return Tape(header, reads, tuple(packets))


def following(played: Tape) -> Tape:
    """Return the tape once more, as the same pod would go on: later stamps, higher numbers."""
    gaps = [b.received_ns - a.received_ns for a, b in pairwise(played.packets)]
    span_ns = played.packets[-1].received_ns - played.packets[0].received_ns
    shift_us = (span_ns + (max(gaps) if gaps else 1_000_000)) // 1000
    return _restamped(played, shift_us, len(played.packets))


def without_end(played: Tape) -> Tape:
    """Return the tape as one that does not announce its end."""
    return _restamped(played, 0, 0)


def _restamped(played: Tape, later_us: int, further: int) -> Tape:
    if played.profile is not openpod.PROFILE:
        return played
    moved = tuple(replace(p, data=restamped(p.data, later_us, further)) for p in played.packets)
    return replace(played, packets=moved)


def restamped(packet: bytes, later_us: int, further: int) -> bytes:
    """Return a packet with its stamp and number moved on, and without LAST_PACKET."""
    t_us, seq, n, flags = openpod.HEAD.unpack_from(packet)
    head = openpod.HEAD.pack(
        (t_us + later_us) % openpod.WRAP_US,
        (seq + further) % 65536,
        n,
        flags & ~openpod.LAST_PACKET,
    )
    return head + packet[openpod.HEAD.size :]
