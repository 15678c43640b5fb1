"""Numbers of a whole column as text at once: a matrix of bytes, 0 where there is no character."""

import numpy as np

from ..signal.tables import FloatArray, IntArray
from .planes import Bytes

Text = Bytes

_GROUP = 10_000
_FOUR = np.array([f"{i:04}".encode() for i in range(_GROUP)]).view(np.uint32)
_POWERS = 10 ** np.arange(20, dtype=np.uint64)
_MINUS, _POINT = ord("-"), ord(".")


def whole(numbers: IntArray) -> Text:
    """Return whole numbers as text, (n, width)."""
    return _signed(numbers, _digits(numbers, 1))


def decimal(numbers: IntArray, places: int) -> Text:
    """Return numbers times 10 to the power of ``-places`` as text, (n, width)."""
    if places == 0:
        return whole(numbers)
    text = _digits(numbers, places + 1)
    point = np.full((len(text), 1), _POINT, np.uint8)
    return _signed(numbers, np.hstack([text[:, :-places], point, text[:, -places:]]))


def shortest(values: FloatArray) -> Text:
    """Return floats as the shortest text that reads back as the same bits."""
    text = np.array([repr(value) for value in values.tolist()] or [""], "S")
    return text.view(np.uint8).reshape(len(text), -1)[: len(values)]


def _digits(numbers: IntArray, least: int) -> Text:
    """Return the digits of each number's size, right-aligned, at least so many of each."""
    size = np.abs(numbers).view(np.uint64)
    top = int(size.max(initial=0))
    width = max(least, len(str(top)))
    rest = size.astype(np.uint32) if top < 1 << 32 else size
    groups = np.empty((len(rest), -(-width // 4)), np.uint32)
    for i in range(groups.shape[1] - 1, 0, -1):
        rest, low = np.divmod(rest, rest.dtype.type(_GROUP))
        groups[:, i] = _FOUR[low]
    groups[:, 0] = _FOUR[rest]
    text = groups.view(np.uint8)[:, -width:]
    used = np.searchsorted(_POWERS, size, "right")
    blank = np.arange(width) < width - np.maximum(used, least)[:, None]
    return np.where(blank, np.uint8(0), text)


def _signed(numbers: IntArray, text: Text) -> Text:
    negative = numbers < 0
    if not negative.any():
        return text
    sign = np.where(negative, np.uint8(_MINUS), np.uint8(0))
    return np.hstack([sign[:, None], text])
