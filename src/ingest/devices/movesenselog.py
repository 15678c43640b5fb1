"""Logs that a Movesense Flash has recorded: the list of its logbook, fetching, clearing.

It lists as many entries as one notification holds, four at the least packet, and says when there are
more: those are asked for by their ids, which count from 1, until one is missing, as the maker's own
tool does. Such a log says only at its end how long it is. A log can only be sent from its
beginning, so what is here already is skipped as it comes; and the logbook can only be cleared
as a whole.

Source: Movesense's GATT SensorData description (GD-77), its datalogger tool, and what
users of it measured on sensors (movesense-commander, docs/gsp-protocol.md); none of their code is used.
"""

import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import numpy as np

from ...errors import DecodeError, NotFound
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
from .stored import LISTEN, Got, Listed, Memory, Origin, StoredRun, Talk, Write

FETCH_LOG, GET, CLEAR_LOGBOOK = 3, 4, 5
ENTRIES, STATE = b"/Mem/Logbook/Entries\0", b"/Mem/DataLogger/State\0"
GOOD, MORE, MISSING = 200, 100, 404
RECORDING = b"\3"

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


def _entries() -> Talk[tuple[list[StoredRun], int | None]]:
    """Return what the logbook lists, and its era where there is more than that."""
    yield _asked(GET, ENTRIES)
    while (answer := _answered((yield LISTEN))) is None:
        pass
    status, content = answer
    entries, rest = divmod(len(content), _ENTRY.size)
    if rest == 1 and content[0] == entries:  # sensors count the entries first
        content = content[1:]
    elif rest:
        status = 0
    if status not in (GOOD, MORE):
        raise DecodeError(DEVICE, content, f"a logbook that answers with {answer[0]}")
    listed = sorted(_ENTRY.iter_unpack(content))
    found = [StoredRun(id=str(id), size=size) for id, _, size in listed if size]
    if status == GOOD or not listed:
        return found, None
    return found, zlib.crc32(_ENTRY.pack(*listed[0]))


def _listing() -> Talk[Listed]:
    found, era = yield from _entries()
    if era is None:
        return Listed(runs=found)
    ids = {int(run.id) for run in found}
    below = (id for id in range(1, max(ids, default=1)) if id not in ids)
    return Listed(
        runs=found,
        perhaps=(StoredRun(id=str(id), size=None, era=era) for id in below),
        onward=(StoredRun(id=str(id), size=None, era=era) for id in count(max(ids, default=0) + 1)),
    )


def _reading(run: StoredRun, offset: int) -> Talk[None]:
    yield _asked(FETCH_LOG, struct.pack("<I", int(run.id)))
    at = 0
    while True:  # also beyond the size: what follows would be taken for the next log
        data = yield LISTEN
        answer = _answered(data)
        if answer is not None and answer[0] == MISSING and run.size is None:
            raise NotFound(f"no log {run.id} is there")
        if answer is not None and answer[0] != GOOD:
            raise DecodeError(DEVICE, data, f"a log that is answered with {answer[0]}")
        if len(data) < 6 or data[0] not in (FIRST_PART, SECOND_PART) or data[1] != _REFERENCE:
            continue
        begins, content = int.from_bytes(data[2:6], "little"), data[6:]
        if begins != at:
            raise DecodeError(DEVICE, data, f"byte {begins} of a log instead of {at}")
        if not content:
            break
        at += len(content)
        news = content[max(0, offset - at + len(content)) :] if at > offset else b""
        over = 0 if run.size is None else max(0, at - run.size)
        yield Got(news[: max(0, len(news) - over)])
    if at < (offset if run.size is None else run.size):
        raise DecodeError(DEVICE, b"", f"a log that ends at {at}")


def _erasing(runs: list[StoredRun]) -> Talk[None]:
    yield _asked(GET, STATE)
    while (answer := _answered((yield LISTEN))) is None:
        pass
    if answer[0] == GOOD and answer[1][:1] == RECORDING:
        raise DecodeError(DEVICE, b"", "it is recording")
    found, era = yield from _entries()
    sure = {run.id for run in runs}
    grown = {(run.id, run.size) for run in found} - {(run.id, run.size) for run in runs}
    if grown or not runs or (era is not None and not (yield from _all_of(runs, sure))):
        raise DecodeError(DEVICE, b"", "its logbook can only be cleared whole, and holds more")
    yield _asked(CLEAR_LOGBOOK)
    while (answer := _answered((yield LISTEN))) is None:
        pass
    if answer[0] != GOOD:
        raise DecodeError(DEVICE, answer[1], f"clearing is answered with {answer[0]}")


def _all_of(runs: list[StoredRun], sure: set[str]) -> Talk[bool]:
    """Return whether these are all logs there are, and the last one is as long as it was."""
    last = max(runs, key=lambda run: int(run.id))
    if last.size is None and (yield from _length(last)) != last.brought:
        return False
    for id in range(1, int(last.id) + 2):
        if str(id) not in sure and (yield from _there(id)):
            return False
    return True


def _there(id: int) -> Talk[bool]:
    yield _asked(FETCH_LOG, struct.pack("<I", id))
    while (answer := _answered((yield LISTEN))) is None:
        pass
    return answer[0] != MISSING


def _length(run: StoredRun) -> Talk[int]:
    size, reading = 0, _reading(run, 0)
    said = next(reading)
    while True:
        size += len(said.data) if isinstance(said, Got) else 0
        try:
            said = reading.send((yield said))
        except StopIteration:
            return size
        except NotFound:
            return 0


def recording_of_log(data: bytes, run: StoredRun, origin: Origin) -> bytes:
    """Return a log as a pod recording, as if its samples had been received while it was made.

    Raises DecodeError where it is not as long as listed or holds no samples of both sensors.
    """
    if run.size not in (None, len(data)):
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
