"""Recordings in the memory of a Movella DOT: the list, the export, erasing.

Messages are id, length, content and a byte that makes their sum zero. A recording is asked for with the
quantities that are wanted; every sample comes as a numbered packet, and all from one number on
can be asked for again. No size is told, so the end is where the sensor says so; a packet that was
lost right before it would not be missed. Only everything can be erased.

Source: Movella DOT BLE Service Specification, XD0506P revision C, section 5.
"""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np

from ...errors import DecodeError, NotFound
from ..records import Header, Segment, encode_header, encode_notification, encode_segment
from ..source import Notification
from .dot import DATA, DEVICE, PROFILE, RATES_HZ, SETTINGS, settings_of, uuid
from .stored import LISTEN, Got, Listed, Memory, Origin, StoredRun, Talk, Write

SERVICE, CONTROL, NOTIFY = uuid(0x7000), uuid(0x7001), uuid(0x7003)
RECORDING = 1
BUSY, ERASE, ERASED = 0x03, 0x30, 0x33
FILE_INFO, FILE_SAID, FILE_SAID_DONE, NO_FILE = 0x60, 0x61, 0x62, 0x63
FILE_DATA, SAMPLE, SAMPLES_DONE, SELECT, AGAIN, INVALID = 0x70, 0x71, 0x72, 0x74, 0x75, 0x76
#: Time, acceleration, turn rate: what the live mode sends, too.
SELECTED = bytes([0x00, 0x07, 0x08])
INFO = struct.Struct("<IIHIH")  # magic, size of all this, revision, start, seconds wanted
INFO_MAGIC, INFO_SIZE = 0x5265636F, 128

SAMPLE_SIZE = 28
_BROKEN = b"\xff" * SAMPLE_SIZE  # keeps the place of a sample that the sensor found damaged
_MOST_FILES = 0xFE
_UNSET_S, _LATEST_S = 1_577_836_800, 4_102_444_800  # 2020, 2100
_WRAP_US = 1 << 32


def message(kind: int, content: bytes = b"") -> bytes:
    """Return a recording message."""
    said = bytes([RECORDING, len(content) + 1, kind]) + content
    return said + bytes([-sum(said) % 256])


def read(data: bytes) -> tuple[int, bytes] | None:
    """Return (kind, content) of a recording message; None for another's or a damaged one."""
    if len(data) < 4 or data[0] != RECORDING or len(data) < data[1] + 3 or not data[1]:
        return None
    said = data[: data[1] + 3]
    return None if sum(said) % 256 else (said[2], said[3:-1])


def _heard() -> Talk[tuple[int, bytes]]:
    while (said := read((yield LISTEN))) is None:
        pass
    if said[0] == BUSY:
        raise DecodeError(DEVICE, said[1], "its memory is busy; try again")
    return said


def _listing() -> Talk[Listed]:
    found: list[StoredRun] = []
    for index in range(1, _MOST_FILES + 1):
        yield Write(CONTROL, message(FILE_INFO, bytes([index])))
        run, kind = None, 0
        while kind not in (FILE_SAID_DONE, NO_FILE):
            kind, content = yield from _heard()
            if kind == FILE_SAID:
                run = _run(index, content)
        if run is None:
            break
        found.append(run)
    return Listed(runs=found)


def _run(index: int, content: bytes) -> StoredRun:
    if len(content) < INFO.size or INFO.unpack_from(content)[0] != INFO_MAGIC:
        raise DecodeError(DEVICE, content, "a recording whose description cannot be read")
    start_s = INFO.unpack_from(content)[3]
    return StoredRun(id=str(index), size=None, began=datetime.fromtimestamp(start_s, UTC))


def _reading(run: StoredRun, offset: int) -> Talk[None]:
    wanted, skip = divmod(offset, SAMPLE_SIZE)
    yield Write(CONTROL, message(SELECT, SELECTED))
    yield Write(CONTROL, message(FILE_DATA, bytes([int(run.id)])))
    asked: int | None = None  # the packet that was asked for again
    last: int | None = None  # the last one that there is
    while True:
        kind, content = yield from _heard()
        if kind == NO_FILE:
            raise NotFound(f"no recording {run.id} is there")
        if kind == SAMPLES_DONE:
            if last is not None and last >= wanted:
                raise DecodeError(DEVICE, content, f"a recording without its packet {wanted}")
            return
        if kind not in (SAMPLE, INVALID) or len(content) < 4:
            continue
        number, sample = int.from_bytes(content[:4], "little"), content[4:]
        # It starts from 0 also where more is here; later, lower ones are those asked for again.
        jumps = number > wanted or (last is None and number < wanted)
        last = number if last is None else max(last, number)
        if number == wanted:
            if kind == SAMPLE and len(sample) != SAMPLE_SIZE:
                raise DecodeError(DEVICE, content, f"a sample of {len(sample)} bytes")
            yield Got((sample if kind == SAMPLE else _BROKEN)[skip:])
            wanted, skip = wanted + 1, 0
            continue
        yield Got(b"")
        if jumps and asked != wanted:  # once for each hole
            asked = wanted
            yield Write(CONTROL, message(AGAIN, struct.pack("<I", wanted)))


def _erasing(runs: list[StoredRun]) -> Talk[None]:
    there = yield from _listing()
    if {(run.id, run.began) for run in there.runs} - {(run.id, run.began) for run in runs}:
        raise DecodeError(DEVICE, b"", "it can only erase everything, and holds more")
    # The sensor only notes when it was erased.
    latest_s = max((round(run.began.timestamp()) for run in runs if run.began), default=0)
    yield Write(CONTROL, message(ERASE, struct.pack("<I", latest_s)))
    while (yield from _heard())[0] != ERASED:
        pass


def recording_of_export(data: bytes, run: StoredRun, origin: Origin) -> bytes:
    """Return exported samples as a pod recording, as if they had been received while they were made.

    Raises DecodeError where they are no whole samples, or none are sound.
    """
    if len(data) % SAMPLE_SIZE:
        raise DecodeError(DEVICE, data[-SAMPLE_SIZE:], "an export that ends inside of a sample")
    frames = [data[i : i + SAMPLE_SIZE] for i in range(0, len(data), SAMPLE_SIZE)]
    frames = [frame for frame in frames if frame != _BROKEN]
    if len(frames) < 2:
        raise DecodeError(DEVICE, data[:SAMPLE_SIZE], "a recording without samples")
    header = Header(
        device=origin.device, profile=PROFILE.name, name=origin.name, started_at=_began(run, origin),
        side=origin.side, place=origin.place,
    )  # fmt: skip
    segment = Segment(reads={SETTINGS: settings_of(_rate_of(frames))}, at_ns=0)
    out = [encode_header(header), encode_segment(segment)]
    for at_ns, frame in _timed(frames):
        packet = Notification(origin.device, DATA, frame, at_ns)
        out.append(encode_notification(packet, PROFILE.notify))
    return b"".join(out)


def _began(run: StoredRun, origin: Origin) -> datetime:
    if run.began is None or not _UNSET_S < run.began.timestamp() < _LATEST_S:
        return origin.began
    return run.began


def _rate_of(frames: list[bytes]) -> int:
    """Return the sensor's rate that the stamps are nearest to."""
    stamps = np.array([int.from_bytes(frame[:4], "little") for frame in frames], np.int64)
    step_us = float(np.median(np.diff(stamps) % _WRAP_US))
    if not 0 < step_us < _WRAP_US // 2:
        raise DecodeError(DEVICE, frames[0], "a recording whose time stands still")
    return min(RATES_HZ, key=lambda known: abs(np.log(known * step_us / 1e6)))


def _timed(frames: list[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield (ns since the first sample, sample) of those whose time goes on."""
    at_us, last = 0, int.from_bytes(frames[0][:4], "little")
    for k, frame in enumerate(frames):
        stamp = int.from_bytes(frame[:4], "little")
        ahead_us = (stamp - last) % _WRAP_US
        if k and not 0 < ahead_us < _WRAP_US // 2:
            continue
        at_us, last = at_us + ahead_us, stamp
        yield at_us * 1000, frame


MEMORY = Memory(
    profile=PROFILE.name, notify=NOTIFY, listing=_listing, reading=_reading, erasing=_erasing,
    recording=recording_of_export, all_or_none=True,
)  # fmt: skip
