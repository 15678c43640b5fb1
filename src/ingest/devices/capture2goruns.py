"""Files that a Capture2Go has recorded: their list, bytes from any offset on, and deleting.

A file is a sequence of the same packages that it streams. Its clock is absolute where somebody
has set it; otherwise nobody knows when a file began.

Source: Capture2Go Communication Protocol, protocol version 1; none of its SDK's code is used.
"""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ...errors import DecodeError
from ..records import Header, Segment, encode_header, encode_notification, encode_segment
from ..source import Notification
from .capture2go import (
    DEVICE,
    FULL_6D_200HZ,
    FULL_200HZ,
    NOTIFY,
    PERIOD_NS,
    PROFILE,
    SAMPLES,
    WRITE,
    Unpacker,
    package,
)
from .stored import LISTEN, Got, Listed, Memory, Origin, StoredRun, Talk, Write

LIST_FILES, FILE_COUNT, FILE = 0x0500, 0x0501, 0x0502
GET_BYTES, BYTES, STOP_BYTES, BYTES_STOPPED = 0x0503, 0x0504, 0x0505, 0x0506
DELETE, DELETED = 0x0509, 0x050A

_FILE = struct.Struct("<H65sI")
_GET = struct.Struct("<65sII")
_NAME = struct.Struct("<65s")
# Before 2020 and after 2100 nobody has set the clock: it runs from a date of its own.
_FIRST_NS, _LAST_NS = 1_577_836_800 * 10**9, 4_102_444_800 * 10**9


def _listing() -> Talk[Listed]:
    yield Write(WRITE, package(LIST_FILES))
    unpacker, count, found = Unpacker(), None, []
    while count is None or len(found) < count:
        for header, payload in unpacker.feed((yield LISTEN) or b"\xff"):
            if header == FILE_COUNT and len(payload) == 2:
                count = int.from_bytes(payload, "little")
            elif header == FILE:
                if len(payload) != _FILE.size:
                    raise DecodeError(DEVICE, payload, "a file of the list that cannot be read")
                _, name, size = _FILE.unpack(payload)
                found.append(
                    StoredRun(id=name.split(b"\0")[0].decode("utf-8", "replace"), size=size)
                )
    return Listed(runs=found)


def _reading(run: StoredRun, offset: int) -> Talk[None]:
    assert run.size is not None  # listed with it
    unpacker = Unpacker()
    yield Write(WRITE, _get(run, offset))
    asked = offset
    while offset < run.size:
        for header, payload in unpacker.feed((yield LISTEN)):
            if header != BYTES or len(payload) < 5:
                continue
            at = int.from_bytes(payload[:4], "little")
            if at == offset:
                data = payload[4:][: run.size - offset]
                yield Got(data)
                offset += len(data)
            elif at > offset >= asked:
                # A package was damaged on its way: ask for it again, once for each hole.
                asked = offset + 1
                yield Write(WRITE, package(STOP_BYTES))
                yield Write(WRITE, _get(run, offset))


def _get(run: StoredRun, offset: int) -> bytes:
    return package(GET_BYTES, _GET.pack(run.id.encode(), offset, run.size))


def _erasing(runs: list[StoredRun]) -> Talk[None]:
    unpacker = Unpacker()
    for run in runs:
        yield Write(WRITE, package(DELETE, _NAME.pack(run.id.encode())))
        while all(header != DELETED for header, _ in unpacker.feed((yield LISTEN))):
            pass


def recording_of_file(data: bytes, run: StoredRun, origin: Origin) -> bytes:
    """Return a file as a pod recording, as if it had been streamed while it was made.

    Raises DecodeError where it is not as long as listed or holds no samples.
    """
    if len(data) != run.size:
        raise DecodeError(DEVICE, data[:16], f"{len(data)} bytes of a file of {run.size}")
    found = list(_timed(data))
    if not found:
        raise DecodeError(DEVICE, data[:16], "a file without samples")
    first_ns = found[0][0]
    began = origin.began
    if _FIRST_NS <= first_ns < _LAST_NS:
        began = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=first_ns / 1000)
    header = Header(
        device=origin.device, profile=PROFILE.name, name=origin.name, started_at=began,
        side=origin.side, place=origin.place,
    )  # fmt: skip
    out = [encode_header(header), encode_segment(Segment(reads={}, at_ns=0))]
    for stamp_ns, frame in found:
        last_ns = stamp_ns + (SAMPLES - 1) * PERIOD_NS - first_ns
        packet = Notification(origin.device, NOTIFY, b"\xff" + frame, last_ns)
        out.append(encode_notification(packet, PROFILE.notify))
    return b"".join(out)


def _timed(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (time of its first sample, package) of every package of samples."""
    for header, payload in Unpacker().feed(b"\xff" + data):
        if header in (FULL_200HZ, FULL_6D_200HZ) and len(payload) >= 8:
            yield struct.unpack_from("<q", payload)[0], package(header, payload)


MEMORY = Memory(
    profile=PROFILE.name, notify=NOTIFY, listing=_listing, reading=_reading, erasing=_erasing,
    recording=recording_of_file,
)  # fmt: skip
