"""Holes in a recording: short ones are bridged and marked, long ones end the stride.

A decoder never invents a sample. Filters, though, need evenly spaced ones; so samples that
never came are filled in here, by a straight line, and counted. What is filled in carries
no peak, no impact and no event.
"""

from dataclasses import dataclass

import numpy as np

from .imu import ImuBlock
from .tables import BoolArray, FloatArray, IntArray

BRIDGE_NS = 25_000_000  # longest time between two samples that is bridged
_FILL_S = 0.5  # a longer hole is filled no further: filters have forgotten by then


@dataclass(frozen=True, slots=True)
class Track:
    """Samples without holes: ``t_ns`` (n,), ``acc`` and ``gyr`` (3, n) per axis.

    ``bridged`` and ``hole`` mark samples that were filled in, shape (n,); None where none was.
    """

    t_ns: IntArray
    acc: FloatArray
    gyr: FloatArray | None
    bridged: FloatArray | None
    hole: FloatArray | None


class Bridge:
    """Fills holes, block by block; remembers only the newest sample."""

    def __init__(self, rate_hz: float) -> None:
        self._period_ns = 1e9 / rate_hz
        self._limit_ns = 1.5 * self._period_ns
        self._bridge_ns = max(float(BRIDGE_NS), self._limit_ns)
        self._most = max(1, round(_FILL_S * rate_hz))
        self._last: tuple[int, FloatArray, FloatArray | None] | None = None
        self.samples = 0
        self.lost = 0
        self.holes = 0

    def update(self, block: ImuBlock) -> Track:
        """Return the samples of a block with the holes before each of them filled in.

        Raises ValueError where a sample is not newer than the one before it.
        """
        n = len(block)
        acc = np.ascontiguousarray(block.acc.T)
        gyr = None if block.gyr is None else np.ascontiguousarray(block.gyr.T)
        if n == 0:
            return Track(block.t_ns, acc, gyr, None, None)
        self.samples += n
        t_ns = block.t_ns
        step_ns = np.empty(n, np.int64)
        np.subtract(t_ns[1:], t_ns[:-1], out=step_ns[1:])
        step_ns[0] = self._period_ns if self._last is None else t_ns[0] - self._last[0]
        if step_ns.min() <= 0:
            raise ValueError("sample times must increase, from block to block too")
        before = self._last
        self._last = (
            int(t_ns[-1]),
            acc[:, -1].copy(),
            None if gyr is None else gyr[:, -1].copy(),
        )
        if step_ns.max() <= self._limit_ns:
            return Track(t_ns, acc, gyr, None, None)
        return self._fill(t_ns, acc, gyr, step_ns, before)

    def _fill(
        self,
        t_ns: IntArray,
        acc: FloatArray,
        gyr: FloatArray | None,
        step_ns: IntArray,
        before: tuple[int, FloatArray, FloatArray | None] | None,
    ) -> Track:
        missing = np.where(
            step_ns > self._limit_ns, np.round(step_ns / self._period_ns).astype(np.int64) - 1, 0
        )
        long = step_ns > self._bridge_ns
        self.lost += int(missing.sum())
        self.holes += int(long.sum())
        extra = np.minimum(missing, self._most)
        extra[long] = np.maximum(extra[long], 1)
        # Sample i of the result lies (part of) the way from sample owner-1 to sample owner.
        owner = np.repeat(np.arange(len(t_ns)), extra + 1)
        first = np.cumsum(extra + 1) - (extra + 1)
        place = np.arange(len(owner)) - first[owner] + 1
        share = place / (extra[owner] + 1)
        filled = place <= extra[owner]
        out_t = t_ns[owner] - np.where(filled, (step_ns[owner] * (1 - share)).astype(np.int64), 0)
        return Track(
            out_t,
            _between(acc, None if before is None else before[1], owner, share, filled),
            None
            if gyr is None
            else _between(gyr, None if before is None else before[2], owner, share, filled),
            (filled & ~long[owner]).astype(np.float64),
            (filled & long[owner]).astype(np.float64),
        )


def chained(tracks: list[Track]) -> Track:
    """One track of several that follow each other and all have turning rates, or none."""
    turned = [t.gyr for t in tracks if t.gyr is not None]
    marked = any(t.bridged is not None for t in tracks)
    return Track(
        np.concatenate([t.t_ns for t in tracks]),
        np.concatenate([t.acc for t in tracks], axis=1),
        np.concatenate(turned, axis=1) if turned else None,
        np.concatenate([_marks(t.bridged, t) for t in tracks]) if marked else None,
        np.concatenate([_marks(t.hole, t) for t in tracks]) if marked else None,
    )


def _marks(marks: FloatArray | None, track: Track) -> FloatArray:
    return np.zeros(len(track.t_ns)) if marks is None else marks


def _between(
    x: FloatArray, before: FloatArray | None, owner: IntArray, share: FloatArray, filled: BoolArray
) -> FloatArray:
    older = np.concatenate([(x[:, 0] if before is None else before)[:, None], x[:, :-1]], axis=1)
    a, b = older[:, owner], x[:, owner]
    return np.where(filled, a + (b - a) * share, b)
