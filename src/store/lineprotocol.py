"""Tables as InfluxDB's line protocol, and rows of its answers as tables.

Every field is a float, so that no field ever changes its type. A float holds whole numbers up to
2**53; where a column of times or codes goes beyond, what is below 2**11 of each number goes
into a field of its own. Line protocol has no NaN: what is not known is left out, and what is
missing comes back as NaN. Every other value comes back bit for bit.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..signal.tables import PLACES, TABLES, BoolArray, FloatArray, IntArray, Table, empty
from . import digits
from .bins import TEN_SECONDS_US, binned, clock_of, ordered_us, scaled
from .columns import whole_of

_COLUMN = re.compile(r"[a-z][a-z0-9_]{0,63}")

#: Rows of a table that is not in the order of its times say their place in this field.
_PLACE = "row"

#: What a float has no room for of a column of large whole numbers stands in a field so called.
_LOW = "_low"
_LOW_BITS = 11
_EXACT = 1 << 53

# One POST: InfluxData's advice for 1.x to 3.x, and far below every limit on a body.
_LINES = 5000


def times_us(table: Table, origin_ns: int) -> tuple[IntArray, IntArray]:
    """Return the order of the rows in time and, in that order, a time of its own for each.

    InfluxDB knows a point by its time in us, so rows at one instant are 1 us apart.
    """
    clock = clock_of(table.dtype)
    own = np.zeros(len(table), np.int64) if clock is None else table[clock].astype(np.int64)
    return ordered_us(own, origin_ns)


def points(measurement: str, tags: str, table: Table, origin_ns: int) -> list[bytes]:
    """Return a line for each row, in posts of at most 5,000.

    Raises ValueError for a column or number that has no place there.
    """
    names = _checked(table)
    order, us = times_us(table, origin_ns)
    rows = table[order]
    floats = [name for name in names if table.dtype[name].kind == "f"]
    whole = [name for name in names if name not in floats]
    # Nothing but zeros reads back as zeros where it is left out; the first is never left out.
    whole = whole[:1] + [name for name in whole[1:] if rows[name].any()]
    fields = [field for name in whole for field in _whole(name, rows[name].astype(np.int64))]
    if not whole or (order[1:] <= order[:-1]).any():
        fields.append(_Field(_PLACE, digits.whole(order)))
    fields += [_measure(name, np.ascontiguousarray(rows[name])) for name in floats]
    return _posts(f"{measurement},{tags}", fields, us)


def bins(measurement: str, tags: str, table: Table, origin_ns: int) -> list[bytes]:
    """Return lines of mean, least and greatest of every measure in bins of 10 s."""
    if not len(table):
        return []
    order, us = times_us(table, origin_ns)
    names = [name for name in table.dtype.names or () if table.dtype[name].kind == "f"]
    measures = {name: scaled(table[name][order]) for name in names}
    found = binned(us, measures, TEN_SECONDS_US)
    fields = [_Field("n", digits.whole(found["n"].copy()))]
    for name in names:
        places = PLACES.get(name)
        for what in ("mean", "min", "max"):
            values, more = np.ascontiguousarray(found[f"{name}_{what}"]), 0
            if what == "mean" and places is not None:
                # A mean of fourteen steps knows one digit more than they do.
                more = 2
                values = np.rint(values * 10.0 ** (places + more)) / 10.0 ** (places + more) + 0.0
            own = None if places is None else places + more
            fields.append(_measure(f"{name}_{what}", values, own))
    return _posts(f"{measurement},{tags}", fields, found["start_us"].copy())


@dataclass(frozen=True, slots=True)
class _Field:
    """A column of texts; ``known`` tells where it has a value, None: everywhere."""

    name: str
    text: digits.Text
    known: BoolArray | None = None


def _whole(name: str, numbers: IntArray) -> list[_Field]:
    """Return a column of whole numbers as texts that are floats without loss."""
    if not len(numbers) or (numbers.min() >= -_EXACT and numbers.max() <= _EXACT):
        return [_Field(name, digits.whole(numbers))]
    high = numbers >> _LOW_BITS << _LOW_BITS
    return [_Field(name, digits.whole(high)), _Field(name + _LOW, digits.whole(numbers - high))]


def _measure(name: str, values: FloatArray, places: int | None = None) -> _Field:
    """Return a column of floats as texts that read back as the same bits."""
    unknown = np.isnan(values)
    known = ~unknown if unknown.any() else None
    values = values.astype("<f8", copy=False)
    whole = whole_of(name, values, places)
    if whole.places >= 0 and (whole.numbers >= whole.offset - 1).all():  # no -0.0
        return _Field(name, digits.decimal(whole.numbers, whole.places), known=known)
    return _Field(name, digits.shortest(np.where(unknown, 0.0, values)), known=known)


def _posts(head: str, fields: Sequence[_Field], us: IntArray) -> list[bytes]:
    """Return the lines, at most 5,000 in one; the first of the fields is known everywhere."""
    parts: list[tuple[bytes, digits.Text, bytes, BoolArray | None]] = []
    before = f"{head} "
    for field in fields:
        parts.append((f"{before}{field.name}=".encode(), field.text, b"", field.known))
        before = ","
    parts.append((b" ", digits.whole(us), b"\n", None))
    sizes = [len(pre) + text.shape[1] + len(post) for pre, text, post, _ in parts]
    found = []
    for start in range(0, len(us), _LINES):
        stop = min(len(us), start + _LINES)
        lines = np.zeros((stop - start, sum(sizes)), np.uint8)
        at = 0
        for (pre, text, post, known), size in zip(parts, sizes, strict=True):
            cell = lines[:, at : at + size]
            cell[:, : len(pre)] = np.frombuffer(pre, np.uint8)
            cell[:, len(pre) : size - len(post)] = text[start:stop]
            cell[:, size - len(post) :] = np.frombuffer(post, np.uint8)
            if known is not None:
                cell[~known[start:stop]] = 0
            at += size
        # What is not there is a zero byte, which no text has.
        found.append(lines.tobytes().translate(None, b"\0"))
    return found


def layout(table: Table) -> list[list[str]]:
    """Return names and types of the columns, for whoever reads them back."""
    return [[name, table.dtype[name].str] for name in _checked(table)]


def rows(name: str, columns: Sequence[Sequence[str]], answer: Mapping[str, Sequence[Any]]) -> Table:
    """Return the rows that InfluxDB answered, column by column, None where it has no value.

    The columns are today's of a contract table, and those of ``layout`` for any other.
    """
    dtype = TABLES.get(name) or np.dtype([(column, kind) for column, kind in columns])
    found = next(iter(answer.values()), ())
    table = empty(dtype, len(found))
    for column in dtype.names or ():
        values = answer.get(column)
        if values is None or all(value is None for value in values):
            continue
        if dtype[column].kind == "f":
            table[column] = np.array(values, np.float64)
        else:
            # As floats first: of a large one only as many digits are said as tell it from others.
            table[column] = _int64(values) + _int64(answer.get(column + _LOW, [0] * len(values)))
    places = answer.get(_PLACE)
    if places is None or not len(table) or places[0] is None:
        return table
    return table[np.argsort(np.array(places, np.int64))]


def _int64(values: Sequence[Any]) -> IntArray:
    return np.array([value or 0 for value in values], np.float64).astype(np.int64)


def quoted(text: str) -> str:
    """Return a string field's value."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _checked(table: Table) -> Sequence[str]:
    names = table.dtype.names or ()
    for name in names:
        if not _COLUMN.fullmatch(name) or name in ("time", _PLACE) or name.endswith(_LOW):
            raise ValueError(f"{name!r} cannot be the name of a column in InfluxDB")
        kind = table.dtype[name]
        if kind.kind not in "iuf" or kind.str[1:] == "u8":
            raise ValueError(f"{name}: expected numbers up to 64 bits with sign, got {kind}")
        if kind.kind == "f" and np.isinf(table[name]).any():
            raise ValueError(f"{name}: infinity has no place in InfluxDB")
    return names
