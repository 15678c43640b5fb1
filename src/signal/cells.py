"""Samples handed out in cells counted from the first one, with what lies around each cell.

Whoever decides cell by cell, from the samples of its window alone, obeys the streaming law
without further thought: where a block was cut shows nowhere.
"""

from dataclasses import dataclass

import numpy as np

from .filters import History
from .footframe import CLIP
from .gaps import Bridge
from .imu import ImuBlock
from .tables import BoolArray, FloatArray, IntArray

_T, _HOLE, _ACC, _GYR, _CLIP, _BLIND = 0, 1, slice(2, 5), slice(5, 8), 8, 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A cell and its surroundings: ``acc`` and ``gyr`` (3, n), ``t_ns`` and ``hole`` (n,).

    ``lo`` to ``hi`` is the cell itself; ``start`` is the absolute number of the window's first
    sample. ``clipped`` marks samples at the end of the range on a raw axis. ``last`` is true for
    what the end of the recording left.
    """

    t_ns: IntArray
    hole: BoolArray
    acc: FloatArray
    gyr: FloatArray
    clipped: BoolArray
    blind: BoolArray
    start: int
    lo: int
    hi: int
    last: bool

    def ns(self, at: float) -> float:
        """Time of a place between two samples of the window."""
        i = min(max(int(at), 0), len(self.t_ns) - 1)
        j = min(i + 1, len(self.t_ns) - 1)
        return float(self.t_ns[i]) + (at - i) * float(self.t_ns[j] - self.t_ns[i])


class Cells:
    """Cuts what comes into cells of ``cell_s``, each with ``back_s`` before and ``ahead_s`` after.

    A cell is handed out once what lies ahead of it is there; the last one at the end. Samples
    without a gyroscope's read as if nothing turned; ``blind`` marks them.
    """

    def __init__(
        self, rate_hz: float, *, cell_s: float, back_s: float = 0.0, ahead_s: float = 0.0
    ) -> None:
        if not rate_hz > 0:
            raise ValueError(f"rate_hz: expected a positive number, got {rate_hz}")
        self.bridge = Bridge(rate_hz)
        self._cell = max(1, round(cell_s * rate_hz))
        self._back, self._ahead = round(back_s * rate_hz), round(ahead_s * rate_hz)
        self._raw = History(10)
        self._origin_ns = 0
        self._next = 0

    def feed(self, block: ImuBlock) -> list[Window]:
        """Take the next samples; return the windows that became complete."""
        track = self.bridge.update(block)
        n = len(track.t_ns)
        if n == 0:
            return []
        if self._raw.stop == 0:
            self._origin_ns = int(track.t_ns[0])
        raw = self._raw.grow(n)
        raw[_T] = track.t_ns - self._origin_ns
        raw[_HOLE] = 0.0 if track.hole is None else track.hole
        raw[_ACC] = track.acc
        raw[_BLIND] = track.gyr is None
        raw[_GYR] = 0.0 if track.gyr is None else track.gyr
        limit = CLIP * np.array(block.acc_range_mps2)[:, None]
        raw[_CLIP] = (np.abs(track.acc) >= limit).any(axis=0)
        out = []
        while self._next + self._cell + self._ahead <= self._raw.stop:
            out.append(self._window(self._next + self._cell, last=False))
        return out

    def finish(self) -> list[Window]:
        """Return what is left, as one last window; none where nothing is."""
        return [self._window(self._raw.stop, last=True)] if self._next < self._raw.stop else []

    def _window(self, until: int, *, last: bool) -> Window:
        start = max(self._raw.start, self._next - self._back)
        stop = min(until + self._ahead, self._raw.stop)
        raw = np.array(self._raw.view(start, stop))  # a copy: later blocks write over it
        lo, self._next = self._next - start, until
        self._raw.drop(until - self._back)
        return Window(
            t_ns=raw[_T].astype(np.int64) + self._origin_ns, hole=raw[_HOLE] > 0,
            acc=raw[_ACC], gyr=raw[_GYR], clipped=raw[_CLIP] > 0, blind=raw[_BLIND] > 0,
            start=start, lo=lo, hi=until - start, last=last,
        )  # fmt: skip
