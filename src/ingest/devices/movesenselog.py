"""Logs that a Movesense Flash has recorded: the list of its logbook, fetching, clearing.

It lists four entries and says when there are more, not how to ask for them; a log can only be sent from its
beginning, so what is here already is skipped as it comes; and the logbook can only be cleared
as a whole.

Source: Movesense's GATT SensorData description (GD-77).
"""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np

from ...errors import DecodeError
from ..records import Header, Segment, encode_header, encode_notification, encode_segment
from ..source import Notification
from . import sbem
from .movesense import (
    ANSWER,
    DEVICE,
    FIRST_PART,
    NOTIFY,
    PROFILE,
    RATES_HZ,
    REFERENCE,
    SECOND_PART,
    WRITE,
)
from .stored import LISTEN, Got, Memory, Origin, StoredRun, Talk, Write

FETCH_LOG, GET, CLEAR_LOGBOOK = 3, 4, 5
ENTRIES = b"/Mem/Logbook/Entries\0"
GOOD, MORE = 200, 100

_REFERENCE = 0x64  # not that of the live samples
_ENTRY = struct.Struct("<IIQ")
_LATEST_US = 4_102_444_800 * 10**6  # 2100
_UNSET_US = 1_577_836_800 * 10**6  # 2020: an unset clock begins in 2015


def _asked(code: int, rest: bytes = b"") -> Write:
    return Write(WRITE, bytes([code, _REFERENCE]) + rest)


def _answered(data: bytes) -> tuple[int, bytes] | None:
    """Return (status, content) of the answer to us; None for anything else."""
    if len(data) < 4 or data[0] != ANSWER or data[1] != _REFERENCE:
        return None
    return struct.unpack_from("<H", data, 2)[0], data[4:]


def _entries() -> Talk[tuple[list[StoredRun], bool]]:
    yield _asked(GET, ENTRIES)
    while (answer := _answered((yield LISTEN))) is None:
        pass
    status, content = answer
    if status not in (GOOD, MORE) or len(content) % _ENTRY.size:
        raise DecodeError(DEVICE, content, f"a logbook that answers with {status}")
    found = [
        StoredRun(id=str(id), size=size) for id, _, size in _ENTRY.iter_unpack(content) if size
    ]
    return found, status == MORE


def _listing() -> Talk[list[StoredRun]]:
    found, _ = yield from _entries()
    return found


def _reading(run: StoredRun, offset: int) -> Talk[None]:
    yield _asked(FETCH_LOG, struct.pack("<I", int(run.id)))
    at = 0
    while at < run.size:
        data = yield LISTEN
        if (answer := _answered(data)) is not None and answer[0] != GOOD:
            raise DecodeError(DEVICE, data, f"a log that is answered with {answer[0]}")
        if len(data) < 6 or data[0] not in (FIRST_PART, SECOND_PART) or data[1] != _REFERENCE:
            continue
        begins, content = int.from_bytes(data[2:6], "little"), data[6:]
        if begins != at:
            raise DecodeError(DEVICE, data, f"byte {begins} of a log instead of {at}")
        if not content:
            raise DecodeError(DEVICE, data, f"a log that ends at {at} instead of {run.size}")
        content = content[: run.size - at]
        at += len(content)
        if at > offset:
            yield Got(content[max(0, offset - at + len(content)) :])


def _erasing(runs: list[StoredRun]) -> Talk[None]:
    found, more = yield from _entries()
    if more or {run.id for run in found} - {run.id for run in runs}:
        raise DecodeError(DEVICE, b"", "its logbook can only be cleared whole, and holds more")
    yield _asked(CLEAR_LOGBOOK)
    while (answer := _answered((yield LISTEN))) is None:
        pass
    if answer[0] != GOOD:
        raise DecodeError(DEVICE, answer[1], f"clearing is answered with {answer[0]}")


def recording_of_log(data: bytes, run: StoredRun, origin: Origin) -> bytes:
    """Return a log as a pod recording, as if its samples had been received while it was made.

    Raises DecodeError where it is not as long as listed or holds no samples of both sensors.
    """
    if len(data) != run.size:
        raise DecodeError(DEVICE, data[:16], f"{len(data)} bytes of a log of {run.size}")
    log = sbem.read(data)
    if len(log.samples) < 2:
        raise DecodeError(DEVICE, data[:16], "a log without samples of both sensors")
    rate_hz = _rate_of(log.samples)
    began = _began(log, origin)
    header = Header(
        device=origin.device, profile=PROFILE.name, name=origin.name, started_at=began,
        side=origin.side, place=origin.place,
    )  # fmt: skip
    segment = Segment(reads={WRITE: f"/Meas/IMU6/{rate_hz}".encode()}, at_ns=0)
    out = [encode_header(header), encode_segment(segment)]
    for at_ns, message in _messages(log.samples, rate_hz):
        packet = Notification(origin.device, NOTIFY, message, at_ns)
        out.append(encode_notification(packet, PROFILE.notify))
    return b"".join(out)


def _messages(samples: list[sbem.Samples], rate_hz: int) -> Iterator[tuple[int, bytes]]:
    """Yield (arrival in ns, message), as a subscription would have brought them."""
    first = samples[0].stamp_ms
    for one in samples:
        arrays = np.concatenate([one.acc, one.gyr]).astype("<f4").tobytes()
        stamp = struct.pack("<I", one.stamp_ms % 2**32)
        lasts_ns = round((len(one.acc) - 1) * 1e9 / rate_hz)
        at_ns = (one.stamp_ms - first) % 2**32 * 1_000_000 + lasts_ns
        yield at_ns, bytes([FIRST_PART, REFERENCE]) + stamp + arrays


def _rate_of(samples: list[sbem.Samples]) -> int:
    """Return the sensor's rate that the stamps are nearest to."""
    stamps = np.array([one.stamp_ms for one in samples], np.int64)
    counts = np.array([len(one.acc) for one in samples], np.int64)
    steps = np.diff(stamps)
    sound = steps > 0
    if not sound.any():
        raise DecodeError(DEVICE, b"", "a log whose time stands still")
    rate = float(np.median(counts[:-1][sound] / steps[sound])) * 1000
    return min(RATES_HZ, key=lambda known: abs(np.log(known / rate)))


def _began(log: sbem.Log, origin: Origin) -> datetime:
    if log.utc_us is None or log.relative_ms is None or not _UNSET_US < log.utc_us < _LATEST_US:
        return origin.began
    first_us = log.utc_us + (log.samples[0].stamp_ms - log.relative_ms) * 1000
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=first_us)


MEMORY = Memory(
    profile=PROFILE.name, notify=NOTIFY, listing=_listing, reading=_reading, erasing=_erasing,
    recording=recording_of_log, all_or_none=True,
)  # fmt: skip
