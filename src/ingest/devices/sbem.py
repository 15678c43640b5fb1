"""SBEM, the container in which a Movesense keeps its logs: chunks, and how to read them.

The file holds its own description: a chunk of id 0 says which value an id stands for, or which
ids a group is made of; every other chunk is a group's values, one after the other.

Source: Movesense's sbem2json and descriptions of it by its users; none of their code is used.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from ...errors import DecodeError
from ...signal.tables import FloatArray

DEVICE = "Movesense log"
MAGIC = b"SBEM0112"
_ESCAPE = 0xFF  # in front of an id of two, or a length of four bytes
_FORMATS = {
    "int8": "b", "uint8": "B", "int16": "h", "uint16": "H", "int32": "i", "uint32": "I",
    "int64": "q", "uint64": "Q", "float32": "f", "float64": "d", "bool": "?",
}  # fmt: skip
_MOST_LEAVES = 10_000  # of one group; a description that names itself would have no end


def chunks(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (id, payload) of every whole chunk; DecodeError for what is no log."""
    if not data.startswith(MAGIC):
        raise DecodeError(DEVICE, data, "no log of this kind")
    at = len(MAGIC)
    while at < len(data):
        id, at = _number(data, at, 2)
        size, at = _number(data, at, 4)
        if at + size > len(data):
            return  # torn at its end
        yield id, data[at : at + size]
        at += size


def _number(data: bytes, at: int, wide: int) -> tuple[int, int]:
    if at < len(data) and data[at] != _ESCAPE:
        return data[at], at + 1
    return int.from_bytes(data[at + 1 : at + 1 + wide], "little"), at + 1 + wide


@dataclass(frozen=True, slots=True)
class Samples:
    """One chunk of both sensors: ms since boot of the first sample, m/s^2 and deg/s, (n, 3)."""

    stamp_ms: int
    acc: FloatArray
    gyr: FloatArray


@dataclass(slots=True)
class Log:
    """What a log says: samples in order, and the pair that dates them where there is one.

    ``skipped`` counts chunks of other sensors or of a shape that their description has not.
    """

    samples: list[Samples] = field(default_factory=list)
    skipped: int = 0
    relative_ms: int | None = None
    utc_us: int | None = None


def read(data: bytes) -> Log:
    """Return what a log says; DecodeError where it is none."""
    log = Log()
    described: dict[int, dict[str, str]] = {}
    layouts: dict[int, _Layout | None] = {}
    for id, payload in chunks(data):
        if id == 0:
            if len(payload) < 2:
                raise DecodeError(DEVICE, payload, "a description of nothing")
            text = payload[2:].decode("utf-8", "replace").rstrip("\0")
            tags = [line.partition(">") for line in text.splitlines() if line.startswith("<")]
            described[int.from_bytes(payload[:2], "little")] = {t[1:]: v for t, _, v in tags}
            layouts.clear()
            continue
        if id not in layouts:
            layouts[id] = _layout(id, described)
        _take(log, layouts[id], payload)
    return log


@dataclass(frozen=True, slots=True)
class _Layout:
    """The values of a group in order: their paths, and how they are packed."""

    paths: tuple[str, ...]
    packed: struct.Struct


def _layout(id: int, described: dict[int, dict[str, str]]) -> _Layout | None:
    paths: list[str] = []
    formats: list[str] = []
    waiting = [id]
    for _ in range(_MOST_LEAVES):
        if not waiting:
            break
        tags = described.get(waiting.pop(0))
        if tags is None:
            return None
        if "GRP" in tags:
            parts = tags["GRP"].split(",")
            if not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
                return None
            waiting[:0] = [int(part) for part in parts]
        elif tags.get("PTH", "") not in ("[", "]"):
            format = _FORMATS.get(tags.get("FRM", "").split(",")[0])
            if format is None:
                return None
            paths.append(tags.get("PTH", ""))
            formats.append(format)
    if waiting:
        return None
    return _Layout(tuple(paths), struct.Struct("<" + "".join(formats)))


def _take(log: Log, layout: _Layout | None, payload: bytes) -> None:
    if layout is None or layout.packed.size != len(payload):
        log.skipped += 1
        return
    values = list(zip(layout.paths, layout.packed.unpack(payload), strict=True))
    named = {path.rpartition(".")[2]: value for path, value in values}
    if "utcTime" in named and "relativeTime" in named:
        log.utc_us, log.relative_ms = int(named["utcTime"]), int(named["relativeTime"])
        return
    acc = [float(value) for path, value in values if "ArrayAcc" in path]
    gyr = [float(value) for path, value in values if "ArrayGyro" in path]
    if "Timestamp" not in named or not acc or len(acc) != len(gyr) or len(acc) % 3:
        log.skipped += 1
        return
    shaped = [np.array(one).reshape(-1, 3) for one in (acc, gyr)]
    log.samples.append(Samples(int(named["Timestamp"]), *shaped))
