"""Recordings made of records, smaller and back again, byte for byte.

Deflate finds little in samples: their low bits are noise, and the bytes of one axis lie far
apart. So a file that is a head and then records of (length u32, CRC-32 u32, payload) is taken
apart. Checksums are left out, because they can be computed again; payloads of one length are
laid over each other; and where the 16-bit samples in them begin, and of how many axes they
are, is tried out: each axis becomes differences in time, its low and high bytes side by side.

What this module finds out by itself says nothing about the file's meaning: bytes that only
look like records come back all the same.
"""

import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .planes import entropy_bits, relaxed, squeezed

Bytes = NDArray[np.uint8]

_FRAME = struct.Struct("<II")
_SIZE = struct.Struct("<I")

# A recording is sealed once and read seldom.
_LEVEL = 9

# Heads of files and of packets are at most so long; looking further finds nothing new.
_LONGEST_HEAD = 16
_LONGEST_FRONT = 48
_AXES = (6, 3)

# Fewer records of one length than this are not worth a place of their own.
_FEW = 32
# So many records show what the others are like.
_SAMPLE = 512


@dataclass(frozen=True, slots=True)
class _Lanes:
    """Where the samples of a payload begin, and of how many axes they are; 0: there are none."""

    front: int
    axes: int


def squeeze(data: bytes) -> bytes | None:
    """Return the recording made smaller, None where it is not made of records."""
    head = _head(data)
    if head is None:
        return None
    starts, sizes, end = _frames(data, head)
    if len(starts) < _FEW:
        return None
    array = np.frombuffer(data, np.uint8)
    parts = [data[:head], data[end:], zlib.compress(sizes.tobytes(), 9)]
    groups: list[list[int]] = []
    for size in np.unique(sizes).tolist():
        rows = starts[sizes == size]
        payloads = array[rows[:, None] + np.arange(size)]
        lanes = _lanes(payloads) if len(rows) >= _FEW else _Lanes(size, 0)
        masks, packed = _pack(payloads, lanes)
        groups.append([size, len(rows), lanes.front, lanes.axes, *masks])
        parts += packed
    said = json.dumps([groups, [len(part) for part in parts]], separators=(",", ":")).encode()
    index = zlib.compress(said, 9)
    return b"".join([_SIZE.pack(len(index)), index, *parts])


def expand(data: bytes) -> bytes:
    """Return the recording as it was; ValueError, zlib.error or struct.error for other bytes."""
    (size,) = _SIZE.unpack_from(data)
    groups, lengths = json.loads(zlib.decompress(data[4 : 4 + size]))
    parts, at = [], 4 + size
    for length in lengths:
        parts.append(memoryview(data)[at : at + length])
        at += length
    head, tail, sizes = parts[:3]
    rest = iter(parts[3:])
    waiting: dict[int, Iterator[bytes]] = {}
    for size, count, front, axes, *masks in groups:
        packed = [next(rest) for _ in masks]
        payloads = _unpack(packed, masks, (count, size), _Lanes(front, axes))
        waiting[size] = iter([payload.tobytes() for payload in payloads])
    out = [bytes(head)]
    for size in np.frombuffer(zlib.decompress(sizes), "<u4").tolist():
        payload = next(waiting[size])
        out += [_FRAME.pack(size, zlib.crc32(payload)), payload]
    return b"".join([*out, tail])


def _head(data: bytes) -> int | None:
    """Return where the first record begins, None where none does."""
    for head in range(min(_LONGEST_HEAD, len(data)) + 1):
        if _next(data, head) is not None:
            return head
    return None


def _next(data: bytes, at: int) -> int | None:
    """Return where the record that begins here ends, None where none begins here."""
    if at + _FRAME.size > len(data):
        return None
    size, crc = _FRAME.unpack_from(data, at)
    end: int = at + _FRAME.size + size
    if size == 0 or end > len(data) or zlib.crc32(data[at + _FRAME.size : end]) != crc:
        return None
    return end


def _frames(data: bytes, head: int) -> tuple[NDArray[np.int64], NDArray[np.uint32], int]:
    """Return where payloads begin, their sizes, and where the last whole record ends."""
    starts: list[int] = []
    sizes: list[int] = []
    at = head
    while (end := _next(data, at)) is not None:
        starts.append(at + _FRAME.size)
        sizes.append(end - starts[-1])
        at = end
    return np.array(starts, np.int64), np.array(sizes, "<u4"), at


def _lanes(payloads: Bytes) -> _Lanes:
    """Return the layout in which a sample of the payloads needs the fewest bits."""
    size = payloads.shape[1]
    sample = payloads[:_SAMPLE]
    tried = [_Lanes(size, 0)] + [
        _Lanes(front, axes)
        for axes in _AXES
        for front in range(min(size, _LONGEST_FRONT))
        if (size - front) % (2 * axes) == 0
    ]
    return min(tried, key=lambda lanes: _bits(sample, lanes))


def _bits(payloads: Bytes, lanes: _Lanes) -> float:
    front, samples = _split(payloads, lanes)
    columns = [
        *front.T,
        *(plane for axis in samples for plane in axis.view(np.uint8).reshape(-1, 2).T),
    ]
    return sum(entropy_bits(column) * len(column) for column in columns)


def _split(payloads: Bytes, lanes: _Lanes) -> tuple[Bytes, list[NDArray[np.uint16]]]:
    """Return the fronts' differences from record to record, and each axis' from sample to sample."""
    front = np.diff(payloads[:, : lanes.front], axis=0, prepend=np.uint8(0))
    if not lanes.axes:
        return front, []
    words = np.ascontiguousarray(payloads[:, lanes.front :]).view("<u2").reshape(-1, lanes.axes)
    steps = np.diff(words, axis=0, prepend=np.uint16(0)).view(np.int16)
    zigzag = ((steps << 1) ^ (steps >> 15)).view(np.uint16)
    return front, [np.ascontiguousarray(zigzag[:, i]) for i in range(lanes.axes)]


def _pack(payloads: Bytes, lanes: _Lanes) -> tuple[list[int], list[bytes]]:
    front, samples = _split(payloads, lanes)
    columns: list[NDArray[Any]] = [*map(np.ascontiguousarray, front.T), *samples]
    packed = [squeezed(column, _LEVEL) for column in columns]
    return [mask for mask, _ in packed], [body for _, body in packed]


def _unpack(
    packed: list[memoryview], masks: list[int], shape: tuple[int, int], lanes: _Lanes
) -> Bytes:
    count, size = shape
    out = np.empty(shape, np.uint8)
    for i in range(lanes.front):
        out[:, i] = np.cumsum(relaxed(packed[i], masks[i], count), dtype=np.uint8)
    if lanes.axes:
        per_record = (size - lanes.front) // (2 * lanes.axes)
        words = np.empty((count * per_record, lanes.axes), "<u2")
        for i in range(lanes.axes):
            at = lanes.front + i
            zigzag = relaxed(packed[at], masks[at], len(words)).astype(np.uint16)
            steps = (zigzag >> 1) ^ (~(zigzag & 1) + np.uint16(1))
            words[:, i] = np.cumsum(steps, dtype=np.uint16)
        out[:, lanes.front :] = words.view(np.uint8).reshape(count, -1)
    return out
