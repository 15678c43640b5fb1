"""Tables as small blobs: packed column by column, and back, bit for bit.

Every bit pattern comes back as it was, those of NaN and -0.0 included. A column takes the
first form that fits: one value repeated, whole numbers as differences, multiples of a decimal
fraction as whole numbers, or its bits. Then the bytes of equal weight are put side by side,
and those that are not noise are deflated.
"""

import json
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import StoreError
from ..signal.tables import TABLES, Table, empty

Bytes = NDArray[np.uint8]

_MAGIC = b"CFT1"
_SIZE = struct.Struct("<I")

# Level 6 takes twice as long for 1 % less: measured on 8,000 steps.
_LEVEL = 1

# Above this many bits of entropy a byte, deflate gains less than its own overhead.
_NOISE_BITS = 7.5

# Fractions tried on a column of floats: readings of files are whole numbers over 10 or 1000,
# times are nanoseconds over 1e9, or times 1e-9, which is not the same in the last bit.
_FRACTIONS = ("/0", "/1", "/2", "/3", "/9", "*9", "*6", "*3")

# From here on not every whole number is a float of its own.
_EXACT = 2.0**53


def pack(table: Table) -> bytes:
    """Return the table as one blob."""
    heads: list[list[Any]] = []
    bodies: list[bytes] = []
    for name in table.dtype.names or ():
        column = np.ascontiguousarray(table[name])
        if column.ndim != 1 or column.dtype.kind not in "iuf":
            raise ValueError(f"{name}: expected a column of numbers, got {column.dtype}")
        kind = column.dtype.newbyteorder("<")
        form, first, rest = _packed(column.astype(kind, copy=False))
        noisy, body = squeezed(rest)
        heads.append([name, kind.str[1:], form, first, noisy, len(body)])
        bodies.append(body)
    head = zlib.compress(json.dumps([len(table), heads], separators=(",", ":")).encode())
    return b"".join([_MAGIC, _SIZE.pack(len(head)), head, *bodies])


def unpack(blob: bytes, name: str) -> Table:
    """Return the rows of a blob as they were packed, in the columns of today's table ``name``.

    A column that the table has gained since is not known in these rows; one that it has lost
    is left out. A name that is no contract table keeps the columns it was packed with.
    """
    try:
        n, columns = _columns(blob)
    except (ValueError, TypeError, struct.error, zlib.error) as fault:
        raise StoreError(f"the rows of {name} are damaged on disk") from fault
    dtype = TABLES.get(name)
    if dtype is None:
        dtype = np.dtype([(column, values.dtype) for column, values in columns.items()])
    out = empty(dtype, n)
    for column, values in columns.items():
        if column in (dtype.names or ()):
            out[column] = values
    return out


def _columns(blob: bytes) -> tuple[int, dict[str, NDArray[Any]]]:
    if blob[:4] != _MAGIC:
        raise ValueError("no magic")
    (size,) = _SIZE.unpack_from(blob, 4)
    at = 8 + size
    n, heads = json.loads(zlib.decompress(blob[8:at]))
    columns: dict[str, NDArray[Any]] = {}
    for name, kind, form, first, noisy, length in heads:
        body = memoryview(blob)[at : at + length]
        at += length
        columns[name] = _unpacked(form, first, noisy, body, np.dtype("<" + kind), n)
    return n, columns


def _packed(column: NDArray[Any]) -> tuple[str, int, NDArray[Any]]:
    """Return the form that a column takes, its first value, and the numbers that remain."""
    bits = column.view(f"<u{column.dtype.itemsize}")
    if len(bits) == 0 or (bits == bits[0]).all():
        return "same", int(bits[0]) if len(bits) else 0, bits[:0]
    if column.dtype.kind != "f":
        return "diff", int(bits[0]), _differences(bits)
    if column.dtype.itemsize == 8:
        for fraction in _FRACTIONS:
            # Most columns fit no fraction, and show it within a few values.
            if _whole(column[:32], fraction) is not None:
                found = _whole(column, fraction)
                if found is not None:
                    bits = found[0].view("<u8")
                    return f"{fraction}:{found[1]}", int(bits[0]), _differences(bits)
    return "bits", 0, bits


def _unpacked(
    form: str, first: int, noisy: int, body: memoryview, dtype: np.dtype[Any], n: int
) -> NDArray[Any]:
    """Return the column that these bytes are in this form."""
    kind = np.dtype(f"<u{dtype.itemsize}")
    if form == "same":
        return np.full(n, first, kind).view(dtype)
    if form == "bits":
        return relaxed(body, noisy, n).view(dtype)
    whole = _summed(first, relaxed(body, noisy, n - 1), kind)
    return whole.view(dtype) if form == "diff" else _decimal(whole.view("<i8"), form)


def _whole(column: NDArray[np.float64], fraction: str) -> tuple[NDArray[np.int64], int] | None:
    """Return the whole numbers that the column is multiples of a decimal fraction of, or None.

    With them the least of them: one below it stands for NaN, two below for -0.0, near enough
    to make no large differences. None unless every bit comes back.
    """
    unknown = np.isnan(column)
    with np.errstate(over="ignore"):
        scaled = np.where(unknown, 0.0, column) * 10.0 ** int(fraction[1:])
    if not (np.abs(scaled) < _EXACT).all():
        return None
    whole = np.rint(scaled).astype("<i8")
    least = int(whole[~unknown].min(initial=0))
    whole[unknown] = least - 1
    whole[(column == 0) & np.signbit(column)] = least - 2
    same = (_decimal(whole, f"{fraction}:{least}").view("<u8") == column.view("<u8")).all()
    return (whole, least) if same else None


def _decimal(whole: NDArray[np.int64], form: str) -> NDArray[np.float64]:
    fraction, _, least = form.partition(":")
    places = int(fraction[1:])
    exact = whole.astype(np.float64)  # all below 2**53
    value = exact / 10.0**places if fraction[0] == "/" else exact * 10.0**-places
    value[whole == int(least) - 1] = np.nan
    value[whole == int(least) - 2] = -0.0
    return value


def _differences(bits: NDArray[Any]) -> NDArray[Any]:
    """Return the zigzag differences of whole numbers, in the fewest bytes that hold them.

    Differences wrap around, so that nothing overflows.
    """
    steps = np.diff(bits)
    signed = steps.view(steps.dtype.str.replace("u", "i"))
    zigzag = ((signed << 1) ^ (signed >> (8 * bits.dtype.itemsize - 1))).view(bits.dtype)
    top = int(zigzag.max(initial=0))
    width = next(w for w in (1, 2, 4, 8) if top < 1 << (8 * w))
    narrow: NDArray[Any] = zigzag.astype(f"<u{width}")
    return narrow


def _summed(first: int, zigzag: NDArray[Any], kind: np.dtype[Any]) -> NDArray[Any]:
    one = kind.type(1)
    steps = np.empty(len(zigzag) + 1, kind)
    steps[0] = first
    wide = zigzag.astype(kind)
    steps[1:] = (wide >> one) ^ (~(wide & one) + one)
    summed: NDArray[Any] = np.cumsum(steps, dtype=kind)
    return summed


def squeezed(bits: NDArray[Any], level: int = _LEVEL) -> tuple[int, bytes]:
    """Return numbers as planes, first bytes, second bytes and so on: noisy ones as they are.

    The low bytes of a measured number are noise, on which deflate would spend most of its
    time for nothing. The mask says which planes those are.
    """
    width = bits.dtype.itemsize
    planes = np.ascontiguousarray(bits.view(np.uint8).reshape(-1, width).T)
    noisy = sum(1 << i for i in range(width) if entropy_bits(planes[i]) > _NOISE_BITS)
    smooth = b"".join(planes[i].tobytes() for i in range(width) if not noisy >> i & 1)
    rest = b"".join(planes[i].tobytes() for i in range(width) if noisy >> i & 1)
    return noisy | width << 8, rest + (zlib.compress(smooth, level) if smooth else b"")


def relaxed(body: memoryview, noisy: int, n: int) -> NDArray[Any]:
    """Return the ``n`` numbers that ``squeezed`` made these bytes of."""
    width, mask = noisy >> 8, noisy & 0xFF
    raw = mask.bit_count() * n
    smooth = zlib.decompress(body[raw:]) if len(body) > raw else b""
    planes = np.empty((n, width), np.uint8)
    at = {True: 0, False: 0}
    for i in range(width):
        is_noisy = bool(mask >> i & 1)
        source = body if is_noisy else smooth
        planes[:, i] = np.frombuffer(source, np.uint8, n, at[is_noisy])
        at[is_noisy] += n
    return planes.reshape(-1).view(f"<u{width}")


def entropy_bits(plane: Bytes) -> float:
    """Return how many of its eight bits a byte of the plane needs on its own."""
    counts = np.bincount(plane, minlength=256)
    share = counts[counts > 0] / max(1, len(plane))
    return float(-(share * np.log2(share)).sum())
