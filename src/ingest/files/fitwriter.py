"""A small writer of FIT files: what tests and exports need of the protocol."""

import struct
from collections.abc import Sequence
from typing import Final

from .fitmessages import checksum

UINT8, UINT16, UINT32, ENUM, SINT16, STRING = 0x02, 0x84, 0x86, 0x00, 0x83, 0x07
SINT32 = 0x85
_FORMATS: Final = {
    UINT8: "B", UINT16: "H", UINT32: "I", ENUM: "B", SINT16: "h", SINT32: "i",
}  # fmt: skip

#: (number in the profile, base type) of the record fields that are written.
Field = tuple[int, int]
TIMESTAMP: Final[Field] = (253, UINT32)
HEART_RATE: Final[Field] = (3, UINT8)
CADENCE: Final[Field] = (4, UINT8)
DISTANCE: Final[Field] = (5, UINT32)
SPEED: Final[Field] = (6, UINT16)
POWER: Final[Field] = (7, UINT16)
VERTICAL_OSCILLATION: Final[Field] = (39, UINT16)
STANCE_TIME: Final[Field] = (41, UINT16)
FRACTIONAL_CADENCE: Final[Field] = (53, UINT8)
STANCE_TIME_BALANCE: Final[Field] = (84, UINT16)
STEP_LENGTH: Final[Field] = (85, UINT16)

FILE_ID, SPORT, SESSION, LAP, RECORD, EVENT = 0, 12, 18, 19, 20, 21
_DEVELOPER_DATA_ID, _FIELD_DESCRIPTION = 207, 206
RUNNING, CYCLING = 1, 2


class FitWriter:
    """Messages of one activity, in the order they are added; values are raw, as stored.

    >>> fit = FitWriter().message(SPORT, [(0, ENUM)], [(RUNNING,)])
    >>> fit.file()[8:12]
    b'.FIT'
    """

    def __init__(self) -> None:
        self._body = bytearray()
        self._developers = 0
        self.message(FILE_ID, [(0, ENUM), (1, UINT16)], [(4, 1)])  # an activity, by Garmin

    def message(
        self, number: int, fields: Sequence[Field], rows: Sequence[Sequence[int | Sequence[int]]]
    ) -> "FitWriter":
        """Add one definition and its rows; a field whose value is a sequence is an array."""
        counts = [1 if isinstance(value, int) else len(value) for value in rows[0]]
        self._define(0x40, number, fields, counts)
        flat = [
            [x for value in row for x in ([value] if isinstance(value, int) else value)]
            for row in rows
        ]
        repeated = [field for field, n in zip(fields, counts, strict=True) for _ in range(n)]
        self._rows(repeated, flat, "")
        return self

    def developer_field(self, name: str, unit: str) -> "FitWriter":
        """Declare the next developer field, of type uint16; ``records`` give its values last."""
        if not self._developers:
            self.message(_DEVELOPER_DATA_ID, [(3, UINT8)], [(0,)])
        self._body += struct.pack("<BBBHB", 0x40, 0, 0, _FIELD_DESCRIPTION, 5)
        self._body += bytes([0, 1, UINT8, 1, 1, UINT8, 2, 1, UINT8])
        texts = [text.encode() + b"\0" for text in (name, unit)]
        self._body += bytes([3, len(texts[0]), STRING, 8, len(texts[1]), STRING])
        self._body += bytes([0, 0, self._developers, UINT16]) + texts[0] + texts[1]
        self._developers += 1
        return self

    def records(self, fields: Sequence[Field], rows: Sequence[Sequence[int]]) -> "FitWriter":
        """Add records; each row ends with one value for every developer field."""
        n = self._developers
        self._define(0x60 if n else 0x40, RECORD, fields, [1] * len(fields))
        if n:
            self._body += bytes([n]) + b"".join(bytes([i, 2, 0]) for i in range(n))
        self._rows(fields, rows, "H" * n)
        return self

    def file(self) -> bytes:
        """Return the whole file with header and checksum."""
        head = struct.pack("<BBHI4sH", 14, 0x20, 2100, len(self._body), b".FIT", 0)
        data = head + self._body
        return data + checksum(data).to_bytes(2, "little")

    def _define(
        self, header: int, number: int, fields: Sequence[Field], counts: Sequence[int]
    ) -> None:
        self._body += struct.pack("<BBBHB", header, 0, 0, number, len(fields))
        for (field, base), count in zip(fields, counts, strict=True):
            self._body += bytes([field, count * struct.calcsize(_FORMATS[base]), base])

    def _rows(self, fields: Sequence[Field], rows: Sequence[Sequence[int]], extra: str) -> None:
        shape = struct.Struct("<B" + "".join(_FORMATS[base] for _, base in fields) + extra)
        for row in rows:
            self._body += shape.pack(0, *row)


def steady_run(
    start_s: int, duration_s: int, *, strides_per_min: int = 82, sport: int = RUNNING
) -> bytes:
    """Return a FIT file of one record a second: 3 m/s, contact 250 ms; ``start_s`` in FIT time.

    For demos and tests: a run whose every number is known.
    """
    fields = [
        TIMESTAMP, CADENCE, FRACTIONAL_CADENCE, STANCE_TIME, STANCE_TIME_BALANCE,
        VERTICAL_OSCILLATION, SPEED, HEART_RATE, DISTANCE,
    ]  # fmt: skip
    rows = [
        (start_s + i, strides_per_min, 64, 2500, 5000, 800, 3000, 150, 300 * i)
        for i in range(duration_s + 1)
    ]
    writer = FitWriter().message(SPORT, [(0, ENUM)], [(sport,)])
    return writer.records(fields, rows).file()
