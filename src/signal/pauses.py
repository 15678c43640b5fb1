"""Pauses on the whole foot in the mid-stance-pause drill: how long each foot stood flat."""

import math

import numpy as np

from .cells import Cells, Window
from .filters import gaussian, smooth
from .grades import drill_grade
from .imu import ImuBlock
from .quality import Reason
from .steps import Mount
from .tables import GRADE_X, REP, Table, empty, join

_CELL_S, _AROUND_S = 0.25, 0.25
_TURN_HZ = 8.0
_FLAT_RADPS, _OFF_RADPS = 0.35, 0.55  # a foot that balances stays below; a heel that lifts, not
_SWING_RADPS = 2.0  # a foot that swings turns faster
_SWUNG_WITHIN_S = 1.5
_LEAST_S = 0.25


class PauseAnalyser:
    """Turns the samples of a pod on the foot into rows of REP, one a stance with a flat foot.

    ``start_ns`` to ``stop_ns`` is how long the foot was flat and still between two swings,
    ``top_s`` the same in seconds; stances flat for less than 0.25 s have no row. Standing
    before the first swing or after the last one is no pause.
    """

    def __init__(self, mount: Mount, rate_hz: float) -> None:
        self.mount, self.rate_hz = mount, rate_hz
        self._cells = Cells(rate_hz, cell_s=_CELL_S, back_s=_AROUND_S, ahead_s=_AROUND_S)
        self._taps = gaussian(min(_TURN_HZ, 0.4 * rate_hz), rate_hz)
        self._grade, self._reason = drill_grade(rate_hz)
        if mount.place in ("shank", "sacrum"):
            self._grade, self._reason = GRADE_X, self._reason | Reason.PLACE
        self._swung_ns = -math.inf
        self._flat_ns: int | None = None  # flat since then, after a swing
        self._off_ns: int | None = None  # and no longer since then
        self._flat = self._holed = False

    @property
    def dtype(self) -> np.dtype[np.void]:
        """The table of its rows: REP."""
        return REP

    def update(self, block: ImuBlock) -> Table:
        """Take the next samples; return the pauses that a swing has ended."""
        return join(REP, [row for w in self._cells.feed(block) for row in self._take(w)])

    def finish(self) -> Table:
        """Return the pauses that a swing has ended before the recording did."""
        return join(REP, [row for w in self._cells.finish() for row in self._take(w)])

    def _take(self, w: Window) -> list[Table]:
        g = w.gyr
        spin = np.sqrt(smooth(g[0] * g[0] + g[1] * g[1] + g[2] * g[2], self._taps).clip(0))
        done = []
        for t, turn, hole in zip(
            w.t_ns[w.lo : w.hi].tolist(), spin[w.lo : w.hi].tolist(),
            w.hole[w.lo : w.hi].tolist(), strict=True,
        ):  # fmt: skip
            self._holed |= bool(hole)
            if turn > _SWING_RADPS:
                row = self._ended()
                if row is not None:
                    done.append(row)
                self._swung_ns = t
                self._flat_ns = self._off_ns = None
                self._flat = self._holed = False
            elif self._flat:
                if turn > _OFF_RADPS:
                    self._flat, self._off_ns = False, t
            elif turn < _FLAT_RADPS:
                if self._flat_ns is None and t - self._swung_ns < _SWUNG_WITHIN_S * 1e9:
                    self._flat_ns = t
                self._flat, self._off_ns = True, None
        return done

    def _ended(self) -> Table | None:
        """The row of the flat stance that this swing follows."""
        if self._flat_ns is None or self._off_ns is None:
            return None
        seconds = (self._off_ns - self._flat_ns) / 1e9
        if seconds < _LEAST_S:
            return None
        out = empty(REP, 1)
        out["start_ns"], out["stop_ns"], out["top_s"] = self._flat_ns, self._off_ns, seconds
        reason = self._reason | (Reason.GAPS if self._holed else Reason(0))
        out["reason"] = int(reason)
        out["grade"] = min(self._grade, 1) if self._holed else self._grade
        return out


def reached(pauses: Table, target_s: float = 1.0, within_s: float = 0.1) -> int:
    """Return how many pauses reached the target; what the measure cannot tell counts for it."""
    return int((pauses["top_s"] >= target_s - within_s).sum())
