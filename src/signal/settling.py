"""After a push: how long until somebody on one leg sways no more than before it."""

import math
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .cells import Cells, Window
from .filters import gaussian, smooth
from .grades import drill_grade
from .imu import ImuBlock
from .quality import Reason
from .tables import GRADE_C, REP, FloatArray, Table, empty, join

_CELL_S, _AROUND_S = 0.1, 0.3
_TURN_HZ = 10.0
_STRENGTH_S = 0.4  # one swing more is no other strength
_TIMES = 2.5  # of the usual strength, which sway by itself hardly reaches
_BEFORE_S, _LEAST_BEFORE_S = 4.0, 2.0
_APART_S = 0.3  # what comes just before a push is the push
_OVER, _LEAST_RADPS = 1.5, 0.02
_MARK_S = 1.0  # who sees a push and marks it is late
_LATE_S = 2.0  # a mark is of no push after that
_PUSH_RADPS, _PUSH_TIMES = 0.25, 2.0  # unmarked: this much, and so many times the usual's edge
_MARKED_TIMES = 1.3
_CALM_S = 0.5
_GIVE_UP_S = 10.0


class SettleAnalyser:
    """Turns the samples of the stance foot's pod into rows of REP, one a push.

    Sway is the turning rate's size below 10 Hz, its strength the root of its mean square over 0.4
    s; the usual is that of the 4 seconds before. A push begins where sway grows beyond half again
    the most of the usual for good, to the sample by what is not smoothed: from 1 s before to 2 s
    after one of ``marks`` (ns), or, without marks, where it grows to twice that edge and 15 degrees
    a second. It is over where the strength stays within 2.5 times the usual one for 0.5 s: where
    single swings and the most of them are looked at, a hair's breadth decides about a third of a
    second. ``start_ns`` and ``stop_ns`` are these two, ``lower_s`` the time between. Not settled
    after 10 s: no ``lower_s``, and the reason.
    """

    def __init__(self, rate_hz: float, marks: Sequence[int] = ()) -> None:
        self.rate_hz = rate_hz
        self._marks = sorted(marks)
        self._marked = bool(marks)
        self._cells = Cells(rate_hz, cell_s=_CELL_S, back_s=_AROUND_S, ahead_s=_AROUND_S)
        self._taps = gaussian(_TURN_HZ, rate_hz)
        half = round(_STRENGTH_S / 2 * rate_hz)
        self._strength_taps = np.full(2 * half + 1, 1 / (2 * half + 1))
        self._grade, self._reason = drill_grade(rate_hz)
        self._before: deque[_Moment] = deque(
            maxlen=round((_BEFORE_S + _MARK_S + _LATE_S) * rate_hz)
        )
        self._edges: tuple[float, float] | None = None  # of the usual, while somebody is pushed
        self._pushed_ns = 0
        self._came = False  # whether that is known, or only that it is near
        self._calm_ns: int | None = None
        self._holed = False
        self._zero: FloatArray | None = None
        self._zeros: list[FloatArray] = []

    @property
    def dtype(self) -> np.dtype[np.void]:
        """The table of its rows: REP."""
        return REP

    def mark(self, t_ns: int) -> None:
        """Say that a push comes at that time; before the samples that follow it."""
        self._marks.append(t_ns)
        self._marked = True

    def update(self, block: ImuBlock) -> Table:
        """Take the next samples; return the pushes that were settled with them."""
        return join(REP, [row for w in self._cells.feed(block) for row in self._take(w)])

    def finish(self) -> Table:
        """Return the push that was not settled when the recording ended."""
        done = [row for w in self._cells.finish() for row in self._take(w)]
        return join(REP, done if self._edges is None else [*done, self._row(None)])

    def _take(self, w: Window) -> list[Table]:
        zero = self._zero
        if zero is None:
            self._zeros.append(w.gyr[:, w.lo : w.hi].mean(axis=1))
            if len(self._zeros) < round(1 / _CELL_S):
                return []
            self._zero = zero = np.asarray(np.mean(self._zeros, axis=0))
        g = w.gyr - zero[:, None]
        # Each axis by itself: noise has no direction, and squared it would not average out.
        square = _square(np.stack([smooth(axis, self._taps) for axis in g]))
        strength = np.sqrt(smooth(square, self._strength_taps).clip(0))
        done = []
        for t, x, s, r, hole in zip(
            w.t_ns[w.lo : w.hi].tolist(), np.sqrt(square[w.lo : w.hi]).tolist(),
            strength[w.lo : w.hi].tolist(), np.sqrt(_square(g[:, w.lo : w.hi])).tolist(),
            w.hole[w.lo : w.hi].tolist(), strict=True,
        ):  # fmt: skip
            self._holed |= bool(hole)
            one = _Moment(t, x, s, r)
            row = self._watch(one) if self._edges is None else self._settle(one)
            if row is not None:
                done.append(row)
        return done

    def _watch(self, one: "_Moment") -> Table | None:
        """Notice a push, if need be one that began a while ago; a row if it is over already."""
        self._before.append(one)
        t = one.t_ns
        while self._marks and t - self._marks[0] > _LATE_S * 1e9:
            del self._marks[0]
        due = bool(self._marks) and t >= self._marks[0]
        if len(self._before) < _LEAST_BEFORE_S * self.rate_hz or (self._marked and not due):
            return None
        if not due and one.sway < _PUSH_RADPS:
            return None
        since = self._marks[0] - _MARK_S * 1e9 if due else t - _APART_S * 1e9
        edge = self._usual(since)[0]
        recent = [m for m in self._before if m.t_ns >= since]
        times = _MARKED_TIMES if due else _PUSH_TIMES
        beyond = [i for i, m in enumerate(recent) if m.sway > edge * times]
        if not beyond:
            return None
        first = beyond[0]
        while first > 0 and recent[first - 1].sway > edge:
            first -= 1
        self._pushed_ns, self._came = recent[first].t_ns, False
        self._edges, self._calm_ns = self._usual(self._pushed_ns - _APART_S * 1e9), None
        if due:
            del self._marks[0]
        for m in recent[first:]:
            row = self._settle(m)
            if row is not None:
                return row
        return None

    def _usual(self, until_ns: float) -> tuple[float, float]:
        """Up to where sway and its strength count as usual, by the four seconds before."""
        since_ns = until_ns - (_BEFORE_S - _APART_S) * 1e9
        usual = [m.sway for m in self._before if since_ns <= m.t_ns < until_ns]
        if not usual:
            return math.inf, math.inf
        strength = math.sqrt(sum(x * x for x in usual) / len(usual))
        return max(_LEAST_RADPS, _OVER * max(usual)), max(_LEAST_RADPS, _TIMES * strength)

    def _settle(self, one: "_Moment") -> Table | None:
        assert self._edges is not None
        t = one.t_ns
        # What is smoothed grows before the push comes; what is not says when it came.
        if not self._came and one.raw > self._edges[0]:
            self._pushed_ns, self._came = t, True
        if one.strength > self._edges[1]:
            self._calm_ns = None
        elif self._calm_ns is None:
            self._calm_ns = t
        elif t - self._calm_ns >= _CALM_S * 1e9:
            return self._row(self._calm_ns)
        return self._row(None) if t - self._pushed_ns > _GIVE_UP_S * 1e9 else None

    def _row(self, settled_ns: int | None) -> Table:
        out = empty(REP, 1)
        out["start_ns"] = out["stop_ns"] = self._pushed_ns
        reason = self._reason
        if settled_ns is None:
            reason |= Reason.LOST
        else:
            out["stop_ns"], out["lower_s"] = settled_ns, (settled_ns - self._pushed_ns) / 1e9
        if self._holed:
            reason |= Reason.GAPS
        out["grade"] = min(self._grade, GRADE_C) if self._holed else self._grade
        out["reason"] = int(reason)
        self._edges, self._holed = None, False
        self._before.clear()
        return out


class _Moment(NamedTuple):
    """Sway at a sample, its strength about it, and what is not smoothed; rad/s."""

    t_ns: int
    sway: float
    strength: float
    raw: float


def _square(x: FloatArray) -> FloatArray:
    return np.asarray(x[0] * x[0] + x[1] * x[1] + x[2] * x[2])
