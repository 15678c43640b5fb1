"""The messages of a FIT file: parts, checksums, records as columns."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import fitdecode
import numpy as np

from ...errors import FileError
from ...signal.tables import FloatArray

_RECORD = 20
#: Messages that are read by name: what describes the activity, and raw samples.
_FACTS = frozenset(
    {"file_id", "sport", "session", "lap", "event", "accelerometer_data", "gyroscope_data",
     "three_d_sensor_calibration"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One field of the records; NaN where a record does not have it.

    ``expanded`` marks what the reader derived from another field, such as enhanced_speed
    from speed.
    """

    name: str
    unit: str
    developer: bool
    expanded: bool
    value: FloatArray


@dataclass(slots=True)
class Messages:
    """What all parts of one file hold, in file order."""

    columns: list[Column] = field(default_factory=list)
    n: int = 0
    facts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    parts: int = 0
    warnings: list[str] = field(default_factory=list)

    def all(self, message: str) -> list[dict[str, Any]]:
        """Return the messages of one name, each as field name to value."""
        return self.facts.get(message, [])


@dataclass(slots=True)
class _Layout:
    """Records that share one definition: same fields in the same order."""

    definition: object  # kept alive, because its id() is the key
    fields: tuple[tuple[str, str, bool, bool], ...]
    where: list[int] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)


def read(data: bytes, name: str) -> Messages:
    """Read every whole part; raises FileError where one is cut off or damaged.

    A part is read whole or not at all: half a run would pass for a short one. Whole parts
    are kept, with a warning, where only the checksum or a later part is bad.
    """
    out = Messages()
    layouts: list[_Layout] = []
    fault: str | None = None
    for part in _parts(data):
        if isinstance(part, str):
            fault = part
            break
        try:
            _read_part(part, out, layouts)
        except _Damaged as damage:
            fault = str(damage)
            break
        out.parts += 1
        if not _checksum_fits(part):
            out.warnings.append("the checksum is wrong: some values may be damaged")
    if fault is not None:
        if not out.n:
            raise FileError(f"{name}: {fault}")
        out.warnings.append(f"after the first activity {fault}; what is whole was read")
    out.columns = list(_columns(layouts, out.n))
    return out


def type_of(data: bytes) -> str | None:
    """Return the type a FIT file gives itself (activity, settings, monitoring_b, ...).

    Reads the first message only. None where it does not say, or cannot be read.
    """
    try:
        return _type_of(data)
    except _Damaged:
        return None


def _type_of(data: bytes) -> str | None:
    try:
        with fitdecode.FitReader(
            data, processor=None, check_crc=fitdecode.CrcCheck.DISABLED
        ) as reader:
            first = next(f for f in reader if isinstance(f, fitdecode.FitDataMessage))
            kinds = [f.value for f in first.fields if first.name == "file_id" and f.name == "type"]
    except Exception as fault:  # whatever the reader raises, as in _read_part
        raise _Damaged("the FIT file is damaged") from fault
    return str(kinds[0])[:40] if kinds and kinds[0] is not None else None


class _Damaged(Exception):
    """The part cannot be read; its text ends a sentence."""


def _parts(data: bytes) -> Iterator[bytes | str]:
    """Yield each whole FIT file of a chain; a str says why the rest is none."""
    at = 0
    while at < len(data):
        head = data[at : at + 12]
        if len(head) < 12 or head[0] < 12 or head[8:] != b".FIT":
            yield "the FIT file is followed by other bytes" if at else "not a FIT file"
            return
        size = head[0] + struct.unpack_from("<I", head, 4)[0] + 2
        if size == head[0] + 2:
            yield "the FIT file was never finished by the device (its header says 0 bytes)"
            return
        if len(data) - at < size:
            yield (
                f"the FIT file is cut off: its header promises {size} bytes, "
                f"{len(data) - at} are there"
            )
            return
        yield data[at : at + size]
        at += size


def _read_part(part: bytes, out: Messages, layouts: list[_Layout]) -> None:
    """Add the messages of one part; all or nothing."""
    reader = fitdecode.FitReader(
        part,
        processor=None,
        check_crc=fitdecode.CrcCheck.DISABLED,
        error_handling=fitdecode.ErrorHandling.IGNORE,
    )
    mine: dict[tuple[int, int], _Layout] = {}
    facts: list[tuple[str, dict[str, Any]]] = []
    n = out.n
    try:
        with reader:
            for frame in reader:
                if not isinstance(frame, fitdecode.FitDataMessage):
                    continue
                if frame.global_mesg_num == _RECORD:
                    _take(frame, mine, n)
                    n += 1
                elif frame.name in _FACTS:
                    facts.append((frame.name, {f.name: f.value for f in frame.fields}))
    # The reader meets hostile bytes with whatever its own code happens to raise (FitError,
    # struct.error, TypeError, AssertionError, ...); for the person they all mean the same.
    except Exception as fault:
        raise _Damaged("the FIT file is damaged: its messages cannot be told apart") from fault
    out.n = n
    layouts += mine.values()
    for message, values in facts:
        out.facts.setdefault(message, []).append(values)


def _take(frame: Any, layouts: dict[tuple[int, int], _Layout], i: int) -> None:
    fields = frame.fields
    key = (id(frame.def_mesg), len(fields))
    layout = layouts.get(key)
    if layout is None:
        layout = layouts[key] = _Layout(frame.def_mesg, tuple(_label(f) for f in fields))
    layout.where.append(i)
    layout.rows.append([f.value for f in fields])


def _label(field_data: Any) -> tuple[str, str, bool, bool]:
    """Return (name, unit, is a developer's, is derived); apps leave names and units out."""
    developer = field_data.field_def is not None and bool(field_data.field_def.is_dev)
    name = _word(field_data.name if field_data.field else f"unknown_{field_data.def_num}")
    name = name or f"developer field {field_data.def_num}"
    return name, _word(field_data.units), developer, field_data.is_expanded


def _word(text: object) -> str:
    """Return what a file calls something, as far as it can be shown to a person."""
    return "".join(c for c in text if c.isprintable())[:60] if isinstance(text, str) else ""


def _columns(layouts: list[_Layout], n: int) -> Iterator[Column]:
    """Put the fields of all layouts side by side; the first of one name and kind wins."""
    found: dict[tuple[str, str, bool, bool], FloatArray] = {}
    for layout in layouts:
        where = np.asarray(layout.where)
        seen: set[tuple[str, str, bool, bool]] = set()
        for key, values in zip(layout.fields, zip(*layout.rows, strict=True), strict=True):
            column = _numbers(values)
            if key in seen or column is None:
                continue
            seen.add(key)
            found.setdefault(key, np.full(n, np.nan))[where] = column
    for (name, unit, developer, expanded), value in found.items():
        yield Column(name, unit, developer, expanded, value)


def _numbers(values: tuple[Any, ...]) -> FloatArray | None:
    """Return the values as floats, None (absent) as NaN; None where no value is a number."""
    try:
        out = np.array(values, dtype=np.float64)
        if out.ndim == 1:
            return out
    except (TypeError, ValueError, OverflowError):
        pass
    out = np.array(
        [float(v) if isinstance(v, (int, float)) else np.nan for v in values], dtype=np.float64
    )
    return out if np.isfinite(out).any() else None


def _checksum_fits(part: bytes) -> bool:
    # A header checksum of 0 means "not computed", a file checksum never does.
    return checksum(part[:-2]) == int.from_bytes(part[-2:], "little")


def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
        table.append(crc)
    return tuple(table)


_CRC_TABLE = _crc_table()


def checksum(data: bytes) -> int:
    """CRC-16 with polynomial 0x8005, reflected, as the FIT protocol has it."""
    crc = 0
    table = _CRC_TABLE
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc
