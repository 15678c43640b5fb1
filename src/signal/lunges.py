"""Knee to wall: how far the shin leans, read like an inclinometer while it is held still."""

import math

import numpy as np

from .cells import Cells, Window
from .grades import drill_grade
from .imu import G_MPS2, ImuBlock
from .quality import Reason
from .steps import Mount
from .tables import GRADE_C, GRADE_X, REP, FloatArray, Table, empty, join

_CELL_S = 0.1
_STILL_RADPS, _STILL_MPS2 = 0.12, 0.6
_TREMOR_CELLS = 2  # restless for no longer is still the same rest
_UPRIGHT_CELLS, _HELD_CELLS = 10, 5  # a second upright, half a second held
_LEAN_LEAST_RAD = math.radians(5.0)  # less is within the error of measuring, science.md 2.12
_SCALE_MOST = 0.06


class LungeAnalyser:
    """Turns the samples of a pod on the shin into rows of REP, one a lean that was held.

    The first still second is upright; ``angle_rad`` is the angle between gravity then and while
    the lean was held for half a second, whatever the mounting. ``start_ns`` is where the shin
    left its last rest, ``rise_s`` how long it then moved (7 degrees a second and more), ``top_s``
    how long it was held. On the foot there is nothing to read: grade X.
    """

    def __init__(self, mount: Mount, rate_hz: float) -> None:
        self.mount, self.rate_hz = mount, rate_hz
        self._cells = Cells(rate_hz, cell_s=_CELL_S)
        self._grade, self._reason = drill_grade(rate_hz)
        if mount.place in ("lace", "heel", "insole", "sacrum"):
            self._grade, self._reason = GRADE_X, self._reason | Reason.PLACE
        elif mount.place == "unknown":  # in the hand, a phone: the angle is as good as the hand
            self._grade, self._reason = min(self._grade, GRADE_C), self._reason | Reason.MOUNT
        self._upright: FloatArray | None = None
        self._sum = np.zeros(3)
        self._n = self._restless = 0  # still cells of this rest, and others since
        self._began_ns = self._ended_ns = self._left_ns = 0
        self._scale_off = self._holed = False

    @property
    def dtype(self) -> np.dtype[np.void]:
        """The table of its rows: REP."""
        return REP

    def update(self, block: ImuBlock) -> Table:
        """Take the next samples; return the leans that were left with them."""
        return join(REP, [row for w in self._cells.feed(block) for row in self._take(w)])

    def finish(self) -> Table:
        """Return the lean that was held when the recording ended."""
        done = [row for w in self._cells.finish() for row in self._take(w)]
        return join(REP, [*done, *self._rested()])

    def _take(self, w: Window) -> list[Table]:
        acc = w.acc.mean(axis=1)
        size = float(np.sqrt((acc * acc).sum()))
        spin = w.gyr - w.gyr.mean(axis=1)[:, None] if w.blind.all() else w.gyr
        turning = float(np.sqrt((spin * spin).sum(axis=0)).mean())
        shaking = float(np.sqrt(((w.acc - acc[:, None]) ** 2).sum(axis=0).mean()))
        self._holed |= bool(w.hole.any())
        if turning < _STILL_RADPS and shaking < _STILL_MPS2 and size > 0.5 * G_MPS2:
            if self._n == 0:
                self._began_ns, self._sum = int(w.t_ns[0]), np.zeros(3)
            self._sum += acc
            self._n += 1
            self._restless = 0
            self._ended_ns = int(w.t_ns[-1])
            if self._upright is None and self._n == _UPRIGHT_CELLS:
                upright = self._sum / self._n
                self._upright = upright
                weight = float(np.sqrt((upright * upright).sum()))
                self._scale_off = abs(weight / G_MPS2 - 1) > _SCALE_MOST
            return []
        self._restless += 1
        return self._rested() if self._restless > _TREMOR_CELLS else []

    def _rested(self) -> list[Table]:
        """The row of the rest that has just ended, if it was a lean."""
        n, self._n = self._n, 0
        if n < _HELD_CELLS or self._upright is None:
            return []
        began_ns, left_ns, self._left_ns = self._began_ns, self._left_ns, self._ended_ns
        lean = angle_between(self._sum, self._upright)
        holed, self._holed = self._holed, False
        if lean < _LEAN_LEAST_RAD:
            return []
        out = empty(REP, 1)
        out["start_ns"], out["stop_ns"] = left_ns, self._ended_ns
        out["rise_s"] = (began_ns - left_ns) / 1e9
        out["top_s"] = (self._ended_ns - began_ns) / 1e9
        out["angle_rad"] = lean
        reason = self._reason | (Reason.SCALE if self._scale_off else Reason(0))
        reason |= Reason.GAPS if holed else Reason(0)
        out["grade"], out["reason"] = self._grade, int(reason)
        return [out]


def angle_between(a: FloatArray, b: FloatArray) -> float:
    """Return the angle between two vectors in rad, exact also where it is small."""
    c = np.cross(a, b)
    return math.atan2(math.sqrt(float((c * c).sum())), float((a * b).sum()))
