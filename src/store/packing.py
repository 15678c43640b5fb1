"""Tables as small blobs: packed column by column, and back, bit for bit.

Every bit pattern comes back as it was, those of NaN and -0.0 included; ``columns`` says how.
"""

import json
import struct
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import StoreError
from ..signal.tables import TABLES, Table
from .bins import Scaled, scaled
from .columns import Head, needs, opened, packed, values
from .expecting import Whole

_MAGIC = b"CFT2"
_SIZE = struct.Struct("<II")  # of the head, CRC-32 of everything after it


def pack(table: Table) -> bytes:
    """Return the table as one blob."""
    heads: list[Head] = []
    bodies: list[bytes] = []
    before: dict[str, Whole] = {}
    for name in table.dtype.names or ():
        head, body, before[name] = packed(table, name, before)
        heads.append(head)
        bodies.append(body)
    said = json.dumps([len(table), heads], separators=(",", ":"))
    rest = b"".join([zlib.compress(said.encode()), *bodies])
    size = len(rest) - sum(head.size for head in heads)
    return b"".join([_MAGIC, _SIZE.pack(size, zlib.crc32(rest)), rest])


def unpack(blob: bytes, name: str) -> Table:
    """Return the rows of a blob as they were packed, in the columns of today's table ``name``.

    A column that the table has gained since is not known in these rows; one that it has lost
    is left out. A name that is no contract table keeps the columns it was packed with.
    """
    dtype = TABLES.get(name)
    n, found = unpack_columns(blob, name, None if dtype is None else dtype.names)
    if dtype is None:
        dtype = np.dtype([(column, array.dtype) for column, array in found.items()])
    out = np.empty(n, dtype)
    for column in dtype.names or ():
        unknown = np.nan if dtype[column].kind == "f" else 0
        out[column] = found.get(column, unknown)
    return out


def unpack_columns(
    blob: bytes, name: str, wanted: Iterable[str] | None = None
) -> tuple[int, dict[str, NDArray[Any]]]:
    """Return how many rows a blob holds, and some of their columns, all with None.

    A column that the blob does not have is left out. StoreError where the blob is damaged.
    """
    with _naming(name):
        n, heads = _heads(blob)
        names = heads if wanted is None else [column for column in wanted if column in heads]
        known: dict[str, Whole] = {}
        return n, {column: _column(heads, column, n, known) for column in names}


def unpack_scaled(blob: bytes, name: str, wanted: Iterable[str]) -> tuple[int, dict[str, Scaled]]:
    """Return how many rows a blob holds, and some of its columns as numbers over a power of ten.

    That spares whoever adds them up turning each into a float. Otherwise as ``unpack_columns``.
    """
    with _naming(name):
        n, heads = _heads(blob)
        known: dict[str, Whole] = {}
        return n, {column: _scaled(heads, column, n, known) for column in wanted if column in heads}


_Heads = dict[str, tuple[Head, memoryview]]


@contextmanager
def _naming(name: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, LookupError, struct.error, zlib.error) as fault:
        raise StoreError(f"the rows of {name} are damaged on disk") from fault


def _heads(blob: bytes) -> tuple[int, _Heads]:
    if blob[:4] != _MAGIC:
        raise ValueError("no magic")
    size, crc = _SIZE.unpack_from(blob, 4)
    rest = memoryview(blob)[4 + _SIZE.size :]
    if zlib.crc32(rest) != crc:
        raise ValueError("another checksum")
    n, said = json.loads(zlib.decompress(rest[:size]))
    heads: _Heads = {}
    for fields in said:
        head = Head(*fields)
        heads[head.name] = head, rest[size : size + head.size]
        size += head.size
    return n, heads


def _column(heads: _Heads, name: str, n: int, known: dict[str, Whole]) -> NDArray[Any]:
    _open(heads, name, n, known)
    return values(heads[name][0], known[name])


def _open(heads: _Heads, name: str, n: int, known: dict[str, Whole]) -> None:
    """Open a column, and before it those that it was packed after."""
    if name not in known:
        head, body = heads[name]
        for source in needs(head):
            _open(heads, source, n, known)
        known[name] = opened(head, body, n, known)


def _scaled(heads: _Heads, name: str, n: int, known: dict[str, Whole]) -> Scaled:
    _open(heads, name, n, known)
    whole = known[name]
    if whole.places < 0:
        return scaled(values(heads[name][0], whole).astype(np.float64, copy=False))
    numbers, per = whole.numbers, 10.0**whole.places
    least = int(numbers.min()) if n else whole.offset
    if least >= whole.offset:
        return Scaled(numbers, per)
    # One below the least is NaN, two below is -0.0.
    unknown = numbers == whole.offset - 1
    return Scaled(whole.or_zero() if least < whole.offset - 1 else numbers, per, unknown)
