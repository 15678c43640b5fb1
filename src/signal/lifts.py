"""The free foot of a balance drill: when it leaves the ground, and when it comes down again."""

import numpy as np

from .balance import Moments, SwayAnalyser
from .grades import drill_grade
from .holds import END_TOUCHED, END_UNKNOWN
from .imu import G_MPS2, ImuBlock
from .quality import Reason
from .steps import Mount
from .tables import GRADE_X, HOLD, Table, empty, join

_DOWN_RAD = np.deg2rad(8.0)  # a foot on the ground is tilted less
_UP_RADPS, _UP_MPS2 = 0.7, 0.15 * G_MPS2  # a foot that leaves the ground turns or is pushed
_IMPACT_MPS2 = 0.6 * G_MPS2  # science.md 2.10
_REST_RADPS, _REST_MPS2 = 0.35, 0.06 * G_MPS2
# Of 50 ms: after an impact; without one, where the foot has just come down; where it has not.
_REST_CELLS, _LOWERED_CELLS, _SOFT_CELLS = 3, 4, 6
_LOWERED_NS = 1e9
_TILTED_LANDING_RAD = np.deg2rad(15.0)


class LiftAnalyser:
    """Turns the samples of a pod on the free foot into rows of HOLD, one a time off the ground.

    ``start_ns`` is where it leaves the ground it stood still on, ``stop_ns`` where it touches
    down: an impact of 0.6 g with a flat, still foot 0.15 s after it, or softly, flat and still for
    0.3 s, or for 0.2 s where it was tilted by 15 degrees within the second before. The row comes
    then; sway is the other foot's. ``lifted`` tells how it is now.
    """

    def __init__(self, mount: Mount, rate_hz: float) -> None:
        self.sway = SwayAnalyser(mount, rate_hz)
        self._grade, self._slow = drill_grade(rate_hz)
        self._lifted_ns: int | None = None
        self._impact_ns: int | None = None
        self._rest_ns = 0
        self._rest = 0  # cells at rest in a row
        self._stood = False
        self._tilted_ns = -_LOWERED_NS
        self._before_ns = 0
        self._reason = 0

    @property
    def dtype(self) -> np.dtype[np.void]:
        """The table of its rows: HOLD."""
        return HOLD

    @property
    def lifted(self) -> bool:
        """Whether the foot is off the ground."""
        return self._lifted_ns is not None

    def update(self, block: ImuBlock) -> Table:
        """Take the next samples; return the times off the ground that ended with them."""
        seen = self.sway.cells(block)
        done = []
        for i, row in enumerate(seen.rows):
            if self._cell(row, seen, i):
                assert self._lifted_ns is not None
                stop_ns = self._rest_ns if self._impact_ns is None else self._impact_ns
                done.append(self._row(self._lifted_ns, stop_ns, END_TOUCHED))
                self._lifted_ns, self._stood = None, True
            self._before_ns = int(row["t_ns"])
        return join(HOLD, done)

    def finish(self) -> Table:
        """Return the time off the ground that the end of the recording ended."""
        if self._lifted_ns is None:
            return empty(HOLD)
        return self._row(self._lifted_ns, self._before_ns, END_UNKNOWN)

    def _cell(self, row: np.void, seen: Moments, i: int) -> bool:
        """Take a cell; return whether the foot has come down by it."""
        now = int(row["t_ns"])
        tilt = max(abs(float(row["roll_rad"])), abs(float(row["pitch_rad"])))
        spin, jolt = float(seen.spin[i]), float(seen.jolt[i])
        resting = spin < _REST_RADPS and jolt < _REST_MPS2
        if not resting:
            self._rest = 0
        elif self._rest == 0:
            self._rest, self._rest_ns = 1, now
        else:
            self._rest += 1
        self._reason |= int(seen.reason[i])
        if self._lifted_ns is None:
            if not self._stood:
                self._stood = self._rest >= _SOFT_CELLS and tilt < _DOWN_RAD
            elif tilt > _DOWN_RAD or (spin > _UP_RADPS and jolt > _UP_MPS2):
                self._lifted_ns, self._impact_ns = self._before_ns, None
            return False
        if tilt > _TILTED_LANDING_RAD:
            self._tilted_ns = now
        if jolt > _IMPACT_MPS2:
            self._impact_ns = now
        elif self._impact_ns is not None and now - self._impact_ns > 0.3e9:
            self._impact_ns = None  # a kick in the air
        flat = tilt < _TILTED_LANDING_RAD
        if self._impact_ns is not None:
            return flat and self._rest >= _REST_CELLS
        lowered = now - self._tilted_ns < _LOWERED_NS
        return self._rest >= (_LOWERED_CELLS if lowered else _SOFT_CELLS) and tilt < _DOWN_RAD

    def _row(self, start_ns: int, stop_ns: int, end: int) -> Table:
        out = empty(HOLD, 1)
        out["start_ns"], out["stop_ns"], out["end"] = start_ns, stop_ns, end
        reason = (Reason(self._reason) | self._slow) & ~Reason.SIDE & ~Reason.MOUNT
        out["grade"] = GRADE_X if reason & Reason.NO_GYRO else self._grade
        out["reason"] = int(reason)
        self._reason = 0
        return out
