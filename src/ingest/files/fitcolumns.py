"""FIT record fields as columns of READING, and everything else as channels."""

from collections.abc import Callable, Iterator

import numpy as np

from ...signal.tables import Channel, FloatArray, IntArray, Table
from . import fitfields
from .fitfields import SOURCES, SPOKEN, TO_SI, Source
from .fitmessages import Column


class Columns:
    """The fields of one file, sorted into measures by the published precedence."""

    def __init__(
        self,
        columns: list[Column],
        place: Callable[[FloatArray], FloatArray],
        warnings: list[str],
    ) -> None:
        self._columns = [c for c in columns if c.name not in fitfields.PLACES]
        self._place = place
        self._warnings = warnings
        self._used: set[int] = set()
        self._twice: list[str] = []

    def fill(self, out: Table) -> None:
        """Write every measure except cadence into its column of READING."""
        for name in dict.fromkeys(s.column for s in SOURCES if s.column != "cadence_spm"):
            best = self._best(name)
            if best is not None:
                column, source = best
                out[name] = self._value(column, source) * TO_SI[column.unit.casefold()]
        if np.isnan(out["gct_s"]).all():
            self._runscribe(out)
        # A balance at a moment without contact is the device's filler.
        if self._named("stance_time") is not None:
            out["gct_left_frac"][np.isnan(out["gct_s"])] = np.nan

    def cadence(self) -> tuple[FloatArray | None, str]:
        """Return (what the file calls cadence, its unit); whole and fraction added up."""
        best = self._best("cadence_spm")
        if best is None:
            return None, ""
        column, source = best
        value = self._value(column, source)
        fraction = self._named("fractional_cadence")
        if fraction is not None and not source.developer:
            self._used.add(id(fraction))
            value = value + np.nan_to_num(self._place(fraction.value))
        return value, column.unit.casefold()

    def say_twice(self) -> None:
        """Say which measures have a second source, and where that went."""
        if self._twice:
            self._warnings.append(
                f"{', '.join(self._twice)}: the file has two sources; its own field is shown, "
                "the one that an app added is kept as a channel"
            )

    def channels(self, t_ns: IntArray) -> Iterator[Channel]:
        """Yield every field that no measure used, under its own name."""
        names: set[str] = set()
        for column in self._columns:
            if id(column) in self._used or column.expanded or _is_internal(column):
                continue
            value = self._without_fillers(column)
            known = np.isfinite(value)
            if not known.any():
                continue
            name, n = column.name, 1
            while name in names:
                n += 1
                name = f"{column.name} ({n})"
            names.add(name)
            yield Channel(name, column.unit, t_ns[known], value[known])

    def _best(self, name: str) -> tuple[Column, Source] | None:
        """Return the first source of a measure that has any reading; note the others."""
        found: list[tuple[Column, Source]] = []
        for source in SOURCES:
            if source.column != name:
                continue
            column = self._named(source.field, source.developer, source.units)
            if column is not None and np.isfinite(self._value(column, source)).any():
                found.append((column, source))
        if not found:
            return None
        self._used.add(id(found[0][0]))
        # The same number under two names of the profile is one source.
        natives = [column for column, source in found if not source.developer]
        self._used.update(map(id, natives))
        if natives and len(natives) < len(found):
            self._twice.append(SPOKEN[name])
        return found[0]

    def _named(
        self, field: str, developer: bool = False, units: tuple[str, ...] = ()
    ) -> Column | None:
        """Return the field of that name; what the file holds before what was derived."""
        fits = [
            c
            for c in self._columns
            if c.developer == developer
            and c.name.casefold() == field.casefold()
            and (not units or c.unit.casefold() in units)
        ]
        return min(fits, key=lambda c: c.expanded, default=None)

    def _value(self, column: Column, source: Source) -> FloatArray:
        value = self._place(column.value)
        if source.zero_absent:
            value[value == 0] = np.nan
        return value

    def _without_fillers(self, column: Column) -> FloatArray:
        """Return a channel's values without the zeros that mean absent."""
        value = self._place(column.value)
        name = column.name.casefold()
        if name in fitfields.ZERO_ABSENT or name.startswith(fitfields.ZERO_ABSENT_PREFIX):
            value[value == 0] = np.nan
        partner = self._named(fitfields.PARTNER.get(name, ""), column.developer)
        if partner is not None:
            value[~(self._place(partner.value) > 0)] = np.nan
        return value

    def _runscribe(self, out: Table) -> None:
        """Contact time and balance of a pod on each foot; one foot alone gives no balance."""
        feet = [self._named(name, True, ("ms", "milliseconds")) for name in fitfields.RUNSCRIBE_GCT]
        if all(foot is None for foot in feet):
            return
        left, right = (
            np.full(len(out), np.nan) if foot is None else self._without_fillers(foot) * 1e-3
            for foot in feet
        )
        both = left + right
        one = np.where(np.isfinite(left), left, right)
        out["gct_s"] = np.where(np.isfinite(both), both / 2, one)
        out["gct_left_frac"] = left / both


def _is_internal(column: Column) -> bool:
    """Time, and the maker's undocumented fields, whose unit nobody knows."""
    return not column.developer and (
        column.name == "timestamp" or column.name.startswith("unknown_")
    )
