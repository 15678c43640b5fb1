"""Records of a file, in whatever order they come, as rows in the order of time."""

from dataclasses import dataclass

import numpy as np

from ...errors import FileError
from ...signal.tables import BoolArray, FloatArray, IntArray

#: No run lasts longer; a stamp farther from the middle one is damage.
LONGEST_S = 3 * 86_400.0


@dataclass(frozen=True, slots=True)
class Rows:
    """Where the records of a file go.

    ``pick`` are the records kept, in time order; ``row`` is the row of each of them; ``t_s``
    is the time of every row, each once.
    """

    pick: IntArray
    row: IntArray
    t_s: FloatArray

    @property
    def t_ns(self) -> IntArray:
        """Time of every row since the first."""
        out: IntArray = np.round((self.t_s - self.t_s[0]) * 1e9).astype(np.int64)
        return out

    def place(self, value: FloatArray) -> FloatArray:
        """Return one value a row; of several records of one moment the last that knows."""
        picked = value[self.pick]
        known = np.isfinite(picked)
        out = np.full(len(self.t_s), np.nan)
        out[self.row[known]] = picked[known]
        return out


def rows_of(
    stamp_s: FloatArray,
    name: str,
    warnings: list[str],
    only: list[tuple[float, float]] | None = None,
) -> Rows:
    """Sort records by their stamps; ``only`` are the spans of time that are wanted.

    Raises FileError where no record has a usable time.
    """
    if not np.isfinite(stamp_s).any():
        raise FileError(f"{name}: none of its {len(stamp_s)} records has a time")
    near = np.abs(stamp_s - np.nanmedian(stamp_s)) <= LONGEST_S
    if lost := int(len(stamp_s) - near.sum()):
        warnings.append(f"{lost} of {len(stamp_s)} records have no usable time and were left out")
    if only is not None:
        near &= _within(stamp_s, only)
        if not near.any():
            raise FileError(f"{name}: no record falls into the time of the run")
    pick = np.flatnonzero(near)
    if back := int((np.diff(stamp_s[pick]) < 0).sum()):
        times = "once" if back == 1 else f"{back} times"
        warnings.append(f"time runs backwards {times}: the records were put in order")
    pick = pick[np.argsort(stamp_s[pick], kind="stable")]
    t_s, row = np.unique(stamp_s[pick], return_inverse=True)
    return Rows(pick, row.astype(np.int64), t_s)


def _within(stamp_s: FloatArray, spans: list[tuple[float, float]]) -> BoolArray:
    inside = np.zeros(len(stamp_s), np.bool_)
    for start, stop in spans:
        inside |= (stamp_s >= start) & (stamp_s <= stop)
    return inside


def clip(
    spans: list[tuple[float, float]], t0_s: float, last_ns: int
) -> tuple[tuple[int, int], ...]:
    """Return spans of time in ns on the recording's clock, cut to the recording."""
    cut = (
        (max(0, round((a - t0_s) * 1e9)), min(last_ns, round((b - t0_s) * 1e9))) for a, b in spans
    )
    return tuple((a, b) for a, b in cut if b > a)
