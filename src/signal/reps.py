"""Repetitions: how often a foot rises and comes back, how fast, and where it rests.

Heel raises and slow shifts from heel to toe are one thing to a pod on the foot: a turn about the
ankle's axis and back. The axis is the one it turned about most while it began; the first turn is
taken for the rise, so neither mounting nor side must be known.
"""

from dataclasses import dataclass

import numpy as np

from .cells import Cells, Window
from .filters import gaussian, smooth
from .grades import drill_grade
from .imu import ImuBlock
from .quality import Reason
from .steps import Mount
from .tables import REP, FloatArray, Table, empty, join

_CELL_S, _AROUND_S = 0.25, 0.25
_RATE_HZ = 6.0
_TILT_S = 2.0  # how slowly gravity corrects the turned angle
_QUIET_S, _QUIET_RADPS = 0.5, 0.15
_LEARN_RAD = np.deg2rad(25.0)  # turned about, all in all, before the axis is trusted
_TURN_LEAST_RAD = np.deg2rad(6.0)  # LoA of a phone's angle is 2 degrees; toe wriggling stays below
_SHARE = 0.35  # of the usual range, below which a movement is no repetition
_BACK = 0.7  # of the rise must be lowered again
_NEAR = 0.2  # of the range
_MOVING = 0.1  # of the fastest rate: where a movement is surely one
_MOVING_RADPS = 0.04  # tremor of a standing foot turns by half of that
_REST_S = 8.0  # on the bottom for longer: rested, not paused
_HEEL_M = 0.18  # from the ball of the foot to the heel's bone, a foot of 26 cm


class RepAnalyser:
    """Turns the samples of a pod on the foot into rows of REP, one a repetition.

    ``rise_s``, ``top_s`` and ``lower_s`` are its phases, ``pause_s`` the pause at the bottom
    before it (not known for the first and after a rest). ``angle_rad`` is the range, ``height_m``
    a proxy: how high a heel of a middling foot gets by that. A row comes when it is lowered.
    """

    def __init__(self, mount: Mount, rate_hz: float) -> None:
        self.mount, self.rate_hz = mount, rate_hz
        self._cells = Cells(rate_hz, cell_s=_CELL_S, back_s=_AROUND_S, ahead_s=_AROUND_S)
        self._taps = gaussian(min(_RATE_HZ, 0.4 * rate_hz), rate_hz)
        self._grade, self._reason = drill_grade(rate_hz)
        if mount.place in ("shank", "sacrum"):
            self._grade, self._reason = 0, self._reason | Reason.PLACE
        self._frame = _Frame(rate_hz)
        self._waiting: list[Window] = []
        self._turns = _Turns()

    @property
    def dtype(self) -> np.dtype[np.void]:
        """The table of its rows: REP."""
        return REP

    def update(self, block: ImuBlock) -> Table:
        """Take the next samples; return the repetitions that ended with them."""
        return join(REP, [row for w in self._cells.feed(block) for row in self._take(w)])

    def finish(self) -> Table:
        """Return the repetition that the end of the recording ended."""
        done = [row for w in self._cells.finish() for row in self._take(w)]
        rep = self._turns.close()
        return join(REP, done if rep is None else [*done, self._row(rep)])

    def _take(self, w: Window) -> list[Table]:
        self._waiting.append(w)
        if not self._frame.known and not self._frame.learn(w):
            return []
        ready, self._waiting = self._waiting, []
        return [row for one in ready for row in self._decide(one)]

    def _decide(self, w: Window) -> list[Table]:
        angle, rate = self._frame.follow(w, self._taps)
        done = []
        for t, a, r, hole in zip(
            w.t_ns[w.lo : w.hi].tolist(), angle.tolist(), rate.tolist(),
            w.hole[w.lo : w.hi].tolist(), strict=True,
        ):  # fmt: skip
            rep = self._turns.add(t, a, r, hole)
            if rep is not None:
                done.append(self._row(rep))
        return done

    def _row(self, rep: "_Rep") -> Table:
        out = empty(REP, 1)
        out["start_ns"], out["stop_ns"] = rep.left_ns, rep.back_ns
        out["rise_s"] = (rep.up_ns - rep.left_ns) / 1e9
        out["top_s"] = (rep.down_ns - rep.up_ns) / 1e9
        out["lower_s"] = (rep.back_ns - rep.down_ns) / 1e9
        out["pause_s"], out["angle_rad"] = rep.pause_s, rep.angle_rad
        out["height_m"] = _HEEL_M * np.sin(min(rep.angle_rad, np.pi / 2))
        reason = self._reason | (Reason(0) if self._frame.rested else Reason.OFFSET)
        if rep.holed:
            reason |= Reason.GAPS
        out["reason"] = int(reason)
        out["grade"] = min(self._grade, 1) if rep.holed else self._grade
        return out


class _Frame:
    """The axis of the movement, the gyroscope's zero, and the angle about the axis."""

    def __init__(self, rate_hz: float) -> None:
        self.known = self.rested = False
        self._period = 1 / rate_hz
        self._keep = float(np.exp(-self._period / _TILT_S))
        self._quiet = max(1, round(_QUIET_S / _CELL_S))
        self._cells: list[Window] = []
        self._turned = 0.0
        self._angle = 0.0
        self._axis = self._zero = self._up = np.zeros(3)
        self._ahead = np.zeros(3)

    def learn(self, w: Window) -> bool:
        """Take a cell; return whether axis and zero are known by now."""
        self._cells.append(w)
        inner = w.gyr[:, w.lo : w.hi]
        self._turned += float(np.sqrt((inner * inner).sum(axis=0)).sum()) * self._period
        if self._turned < _LEARN_RAD and not w.last:
            return False
        quiet = self._quietest()
        gyr = np.concatenate([c.gyr[:, c.lo : c.hi] for c in self._cells], axis=1)
        acc = np.concatenate([c.acc[:, c.lo : c.hi] for c in quiet], axis=1)
        if self.rested:
            still = np.concatenate([c.gyr[:, c.lo : c.hi] for c in quiet], axis=1)
            self._zero = still.mean(axis=1)
        moved = gyr - self._zero[:, None]
        self._axis = np.linalg.eigh(moved @ moved.T)[1][:, 2]
        turned = np.cumsum(self._axis @ moved) * self._period
        far = np.flatnonzero(np.abs(turned) > min(_TURN_LEAST_RAD, 0.5 * np.abs(turned).max()))
        if len(far) and turned[far[0]] < 0:
            self._axis = -self._axis
        up = acc.mean(axis=1)
        up -= self._axis * float(self._axis @ up)
        size = float(np.sqrt((up * up).sum()))
        self._up = up / size if size > 0 else up
        self._ahead = np.cross(self._axis, self._up)
        self.known = True
        self._cells.clear()
        return True

    def follow(self, w: Window, taps: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return angle and rate about the axis for the samples of the cell."""
        rate = smooth(np.einsum("i,in->n", self._axis, w.gyr - self._zero[:, None]), taps)
        # Gravity turns backwards in a foot that turns forwards.
        acc = w.acc[:, w.lo : w.hi]
        level = -np.arctan2(
            np.einsum("i,in->n", self._ahead, acc), np.einsum("i,in->n", self._up, acc)
        )
        push = rate[w.lo : w.hi] * self._period * self._keep + level * (1 - self._keep)
        angle = []
        for more in push.tolist():
            self._angle = self._keep * self._angle + more
            angle.append(self._angle)
        return np.array(angle), rate[w.lo : w.hi]

    def _quietest(self) -> list[Window]:
        """The first cells in a row that hardly turn; the calmest ones where none do."""
        spin = [float(np.abs(c.gyr[:, c.lo : c.hi]).max()) for c in self._cells]
        runs = [
            (max(spin[i : i + self._quiet]), i) for i in range(max(1, len(spin) - self._quiet + 1))
        ]
        calm = [i for most, i in runs if most < _QUIET_RADPS]
        self.rested = bool(calm)
        first = calm[0] if calm else min(runs)[1]
        return self._cells[first : first + self._quiet]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rep:
    left_ns: int
    up_ns: int
    down_ns: int
    back_ns: int
    pause_s: float
    angle_rad: float
    holed: bool


class _Turns:
    """Rises and returns of an angle, sample by sample."""

    def __init__(self) -> None:
        self._t: list[int] = []
        self._angle: list[float] = []
        self._rate: list[float] = []
        self._low = self._top = 0  # places of the lowest since the last rep, and the highest since
        self._back_ns: int | None = None
        self._usual: list[float] = []
        self._holed = False

    def add(self, t: int, angle: float, rate: float, hole: bool) -> _Rep | None:
        """Take a sample; return the repetition that it completes."""
        self._t.append(t)
        self._angle.append(angle)
        self._rate.append(rate)
        self._holed |= bool(hole)
        i, a = len(self._t) - 1, self._angle
        if a[self._top] - a[self._low] < self._least():
            # Still at the bottom: the lowest may yet come, and what was before it is no rise.
            if angle <= a[self._low]:
                self._low = self._top = i
            elif angle > a[self._top]:
                self._top = i
            if i - self._low > 6000:  # half a minute at 200 Hz: forget what is long gone
                self._forget(i - 3000)
            return None
        if angle > a[self._top]:
            self._top = i
            return None
        lowered = a[self._top] - angle
        if lowered < _BACK * (a[self._top] - a[self._low]) or rate < -self._slow(-1):
            return None
        return self._done()

    def close(self) -> _Rep | None:
        """Return the repetition that was lowered far enough when the recording ended."""
        a = self._angle
        if not a or a[self._top] - a[self._low] < self._least():
            return None
        return (
            self._done() if a[self._top] - a[-1] >= _BACK * (a[self._top] - a[self._low]) else None
        )

    def _least(self) -> float:
        if not self._usual:
            return float(_TURN_LEAST_RAD)
        return max(float(_TURN_LEAST_RAD), _SHARE * sorted(self._usual)[len(self._usual) // 2])

    def _slow(self, way: int) -> float:
        part = self._rate[self._top :] if way < 0 else self._rate[self._low : self._top + 1]
        return max(_MOVING_RADPS, _MOVING * max(way * r for r in part))

    def _done(self) -> _Rep:
        low, top = self._low, self._top
        angle = self._angle[top] - self._angle[low]
        near = _NEAR * angle
        rise, fall = self._slow(1), self._slow(-1)
        a = self._angle
        # Tremor at either end is no movement: walk outwards from where a fifth is turned.
        out = next(k for k in range(low, top + 1) if a[k] - a[low] >= near)
        there = next(k for k in range(top, low - 1, -1) if a[top] - a[k] >= near)
        leaves = next(k for k in range(top, len(a)) if a[top] - a[k] >= near)
        arrives = next(
            k for k in range(len(a) - 1, top, -1) if a[k] - min(a[-1], a[low]) >= near / 2
        )
        left, up = self._ends(out, -1, low, rise), self._ends(there, 1, top, rise)
        down = self._ends(leaves, -1, top, -fall)
        back = self._ends(arrives, 1, len(a) - 1, -fall)
        pause_s = np.nan
        if self._back_ns is not None and left - self._back_ns < _REST_S * 1e9:
            pause_s = (left - self._back_ns) / 1e9
        self._usual = [*self._usual[-8:], angle]
        rep = _Rep(
            left_ns=left, up_ns=up, down_ns=down, back_ns=back,
            pause_s=pause_s, angle_rad=angle, holed=self._holed,
        )  # fmt: skip
        self._back_ns = rep.back_ns
        self._forget(len(a) - 1)
        return rep

    def _ends(self, at: int, step: int, end: int, least: float) -> int:
        """Time at which a movement that passes ``at`` begins (step -1) or ends (+1).

        Where it falls to three times and to once the ``least`` rate is drawn out to rate 0. Rates
        grow with the time (a swing) or with its square (least jerk): drawn with the power 2/3 both
        are met to 3 % of the movement's time.
        """
        sign, most = (1 if least > 0 else -1), abs(least)
        places = []
        for level in (3 * most, most):
            while at != end and sign * self._rate[at] > level:
                at += step
            places.append(at)
        (i, j), t = places, self._t
        fast, slow = (float(max(0.0, sign * self._rate[k]) ** (2 / 3)) for k in (i, j))
        if i == j or slow >= fast or sign * self._rate[j] > 1.5 * most:
            return int(t[j])
        return round(t[j] + (t[j] - t[i]) * slow / (fast - slow))

    def _forget(self, before: int) -> None:
        del self._t[:before], self._angle[:before], self._rate[:before]
        self._low = self._top = 0
        self._holed = False
        for i, angle in enumerate(self._angle):
            if angle <= self._angle[self._low]:
                self._low = self._top = i
            elif angle > self._angle[self._top]:
                self._top = i
