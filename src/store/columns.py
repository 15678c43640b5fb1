"""One column of a table as few whole numbers, and back, bit for bit.

A column is first taken as whole numbers: multiples of a step for times and counts, of a
decimal fraction for measures, otherwise its bits. Those are kept as they are, as differences
from row to row, or as what they differ from what other columns say, whichever varies least.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..signal.tables import PLACES, BoolArray, IntArray, Table
from .expecting import RULES, Whole, expected
from .planes import relaxed, squeezed

# Fractions tried on a column of floats: readings of files are whole numbers over 10 or 1000,
# times are nanoseconds over 1e9, or times 1e-9, which is not the same in the last bit.
_FRACTIONS = ("/0", "/1", "/2", "/3", "/4", "/9", "*9", "*6", "*3")

# From here on not every whole number is a float of its own.
_EXACT = 2.0**53

# So many rows show what the others are like.
_SAMPLE = 512

#: Form and how it is kept; see ``Head``.
PLAIN, STEPS, EXPECTED = "plain", "steps", "expected"


class Head(NamedTuple):
    """How a column was packed.

    ``form`` is "bits", "whole" (times ``step`` plus ``offset``) or a fraction, "/4"; in a
    fraction ``offset`` is the least number: one below it stands for NaN, two below for -0.0.
    ``how`` is what was kept, ``first`` the first number where those are differences, ``base``
    what was taken off them, ``mask`` what ``planes.relaxed`` needs, ``size`` their bytes.
    """

    name: str
    kind: str
    form: str
    step: int
    offset: int
    how: str
    first: int
    base: int
    mask: int
    size: int


def packed(table: Table, name: str, before: Mapping[str, Whole]) -> tuple[Head, bytes, Whole]:
    """Return a column's head and bytes, given the columns packed before it."""
    column = np.ascontiguousarray(table[name])
    if column.ndim != 1 or column.dtype.kind not in "iuf":
        raise ValueError(f"{name}: expected a column of numbers, got {column.dtype}")
    kind = column.dtype.newbyteorder("<")
    whole = whole_of(name, column.astype(kind, copy=False))
    how, first, rest = _kept(name, whole, before)
    codes, base = _codes(rest)
    mask, body = squeezed(codes, 0) if len(codes) else (0, b"")
    head = Head(
        name, kind.str[1:], whole.form, whole.step, whole.offset, how, first, base, mask, len(body)
    )
    return head, body, whole


def opened(head: Head, body: memoryview, n: int, before: Mapping[str, Whole]) -> Whole:
    """Return the whole numbers of a column, given those it was packed after."""
    count = max(0, n - 1) if head.how == STEPS else n
    if head.mask:
        rest = relaxed(body, head.mask, count).astype(np.int64)
        rest += head.base
    else:
        rest = np.full(count, head.base, np.int64)
    if head.how == STEPS:
        numbers = np.empty(n, np.int64)
        numbers[:1] = head.first
        np.cumsum(rest, out=numbers[1:])
        numbers[1:] += head.first
    elif head.how == EXPECTED:
        foreseen = expected(head.name, int(head.form[1:]), before)
        if foreseen is None:
            raise ValueError("nothing to expect")
        numbers = rest + foreseen
        # ``first`` is the least of the differences: one below it stands for NaN.
        odd = rest < head.first
        if odd.any():
            numbers[odd] = rest[odd] + (head.offset - head.first)
    else:
        numbers = rest
    return Whole(head.form, head.step, head.offset, numbers)


def values(head: Head, whole: Whole) -> NDArray[Any]:
    """Return the column as it was packed."""
    kind = np.dtype("<" + head.kind)
    if head.form == "bits":
        return whole.numbers.astype(f"<u{kind.itemsize}").view(kind)
    if head.form == "whole":
        numbers = whole.numbers
        if whole.step != 1 or whole.offset:
            numbers = numbers * whole.step + whole.offset
        return numbers.astype(kind, copy=False)
    return _decimal(whole.numbers, head.form, head.offset)


def needs(head: Head) -> Sequence[str]:
    """Return the columns that must be opened before this one."""
    return RULES[head.name][0] if head.how == EXPECTED else ()


def whole_of(name: str, column: NDArray[Any], places: int | None = None) -> Whole:
    """Return the column as whole numbers that give back its every bit.

    ``places`` is how many decimals are tried first, where the column's own are not known.
    """
    if column.dtype.kind != "f":
        numbers = column.astype(np.int64)
        step, offset = _step_of(numbers)
        return Whole("whole", step, offset, (numbers - offset) // step if step > 1 else numbers)
    if column.dtype.itemsize == 8:
        places = PLACES.get(name, places)
        wanted = () if places is None else (f"/{places}",)
        for form in (*wanted, *_FRACTIONS):
            # Most columns fit no fraction, and show it within a few values.
            if _fraction(column[:32], form) is not None:
                found = _fraction(column, form)
                if found is not None:
                    return found
    return Whole("bits", 1, 0, column.view(f"<u{column.dtype.itemsize}").astype(np.int64))


def _step_of(numbers: IntArray) -> tuple[int, int]:
    """Return (step, offset) of whole numbers that lie on a grid, (1, 0) where they do not."""
    if len(numbers) < 2 or int(numbers.max()) - int(numbers.min()) >= 1 << 62:
        return 1, 0
    least = int(numbers.min())
    step = int(np.gcd.reduce(numbers[:32] - least))
    if step > 1 and not ((numbers - least) % step).any():
        return step, least
    step = int(np.gcd.reduce(numbers - least)) if step > 1 else step
    return (step, least) if step > 1 else (1, 0)


def _fraction(column: NDArray[np.float64], form: str) -> Whole | None:
    """Return the column as multiples of a decimal fraction; None unless every bit comes back."""
    unknown = np.isnan(column)
    with np.errstate(over="ignore"):
        scaled = np.where(unknown, 0.0, column) * 10.0 ** int(form[1:])
    if not (np.abs(scaled) < _EXACT).all():
        return None
    numbers = np.rint(scaled).astype("<i8")
    least = int(numbers[~unknown].min(initial=0))
    numbers[unknown] = least - 1
    numbers[(column == 0) & np.signbit(column)] = least - 2
    same = (_decimal(numbers, form, least).view("<u8") == column.view("<u8")).all()
    return Whole(form, 1, least, numbers) if same else None


def _decimal(numbers: IntArray, form: str, least: int) -> NDArray[np.float64]:
    value = numbers.astype(np.float64)  # exact: all are below 2**53
    if form[0] == "/":
        value /= 10.0 ** int(form[1:])
    else:
        value *= 10.0 ** -int(form[1:])
    if len(numbers) and numbers.min() < least:
        odd = numbers < least
        value[odd] = np.where(numbers[odd] == least - 1, np.nan, -0.0)
    return value


def _kept(name: str, whole: Whole, before: Mapping[str, Whole]) -> tuple[str, int, IntArray]:
    """Return what of the numbers is kept, the first or least of it, and that."""
    numbers = whole.numbers
    if len(numbers) < 2 or whole.form == "bits":
        return PLAIN, 0, numbers
    foreseen = expected(name, whole.places, before)
    if foreseen is not None:
        rest = numbers - foreseen
        known = whole.known
        # -0.0 and NaN stand below the least, as in the column itself.
        first = int(rest[known].min(initial=0))
        rest[~known] = first + numbers[~known] - whole.offset
        if _spread(rest, known) < 0.5 * min(_spread(numbers, known), _spread(np.diff(numbers))):
            return EXPECTED, first, rest
    steps = np.diff(numbers)
    if _spread(steps) < _spread(numbers, whole.known if whole.places >= 0 else None):
        return STEPS, int(numbers[0]), steps
    return PLAIN, 0, numbers


def _spread(numbers: IntArray, known: BoolArray | None = None) -> float:
    """Return how much the numbers vary, judged by the first of them."""
    some = numbers[:_SAMPLE]
    if known is not None:
        some = some[known[:_SAMPLE]]
    if not len(some):
        return 0.0
    near = some - some[len(some) // 2] + 0.0
    return float(np.abs(near - near.sum() / len(near)).sum()) / len(near)


def _codes(rest: IntArray) -> tuple[NDArray[Any], int]:
    """Return the numbers less a base, in the fewest bytes that hold them.

    The base puts the middle one at 128 within its low byte, so that the byte above changes
    as seldom as can be. Where all are one number it is the base, and nothing remains.
    """
    if not len(rest):
        return rest, 0
    least, most = int(rest.min()), int(rest.max())
    if least == most:
        return rest[:0], least
    base = least
    if most - least > 255:
        middle = sorted(rest[:_SAMPLE].tolist())[min(len(rest), _SAMPLE) // 2]
        base = least - (least - middle + 128) % 256
    span = most - base
    if span >= 1 << 63 or base < -(1 << 63):  # wraps around, and back
        return rest.view(np.uint64) - np.uint64(least % (1 << 64)), least
    width = next(w for w in (1, 2, 4, 8) if span < 1 << (8 * w))
    return (rest - base).astype(f"<u{width}"), base
