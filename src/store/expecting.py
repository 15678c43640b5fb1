"""Columns that follow from others but for rounding, in whole numbers alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ..signal.tables import BoolArray, IntArray


@dataclass(frozen=True, slots=True)
class Whole:
    """A column as whole numbers, in units of 10 to the power of ``-places``; -1: no decimals."""

    form: str
    step: int
    offset: int
    numbers: IntArray

    @property
    def places(self) -> int:
        """Decimal places of the numbers, -1 where they are no decimal fraction."""
        return int(self.form[1:]) if self.form[0] == "/" else -1

    @property
    def known(self) -> BoolArray:
        """Which numbers are numbers, and not NaN or -0.0."""
        return np.asarray(self.numbers >= self.offset)

    def or_zero(self) -> IntArray:
        """Return the numbers, 0 for NaN and -0.0."""
        if not len(self.numbers) or self.numbers.min() >= self.offset:
            return self.numbers
        return np.where(self.known, self.numbers, 0)


def expected(name: str, places: int, before: Mapping[str, Whole]) -> IntArray | None:
    """Return what other columns say that a column is, None where nothing does."""
    if name not in RULES or places < 0:
        return None
    inputs, rule = RULES[name]
    if any(source not in before for source in inputs):
        return None
    return rule(places, *(before[source] for source in inputs))


def _ns(whole: Whole) -> IntArray:
    return whole.numbers * whole.step + whole.offset


def _stride(places: int, ic: Whole) -> IntArray | None:
    if ic.form != "whole" or places > 9:
        return None
    ns = _ns(ic)
    unit = 10 ** (9 - places)
    return np.asarray((np.diff(ns, append=ns[-1:]) + unit // 2) // unit)


def _contact(places: int, ic: Whole, fc: Whole) -> IntArray | None:
    if ic.form != "whole" or fc.form != "whole" or places > 9:
        return None
    unit = 10 ** (9 - places)
    return np.asarray((_ns(fc) - _ns(ic) + unit // 2) // unit)


def _swing(places: int, stride: Whole, contact: Whole) -> IntArray | None:
    same = stride.places == contact.places == places
    return stride.or_zero() - contact.or_zero() if same else None


def _flight(places: int, stride: Whole, contact: Whole) -> IntArray | None:
    same = stride.places == contact.places == places
    return (stride.or_zero() >> 1) - contact.or_zero() if same else None


def _speed(places: int, length: Whole, stride: Whole) -> IntArray | None:
    power = stride.places + places - length.places
    if length.places < 0 or stride.places < 0 or not 0 <= power <= 9:
        return None
    # Wraps around for numbers that are no lengths; the same way when it is opened.
    time = np.maximum(stride.or_zero(), 1)
    return np.asarray((length.or_zero() * 10**power + time // 2) // time)


#: Columns that follow from others but for rounding. What is stored rests on these: a rule is
#: never changed, only added under another ``how``.
RULES: dict[str, tuple[tuple[str, ...], Callable[..., IntArray | None]]] = {
    "stride_s": (("ic_ns",), _stride),
    "gct_s": (("ic_ns", "fc_ns"), _contact),
    "swing_s": (("stride_s", "gct_s"), _swing),
    "flight_s": (("stride_s", "gct_s"), _flight),
    "speed_mps": (("stride_m", "stride_s"), _speed),
}
