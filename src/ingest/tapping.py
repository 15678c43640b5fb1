"""Both pods tapped together: one moment that two clocks saw, to line them up by.

Steps of two feet alternate; only a tap hits both pods at once. The times are those of the
acceleration's rise, so a pod that rings longer is not later.
"""

from dataclasses import dataclass

import numpy as np

from ..signal.imu import G_MPS2, ImuBlock

# Not tuned on recordings: harder than anything a hand does with a pod but tapping it.
TAP_MPS2 = 3 * G_MPS2
_REST_NS = 150_000_000  # a tap rings for less
_TOGETHER_NS = 120_000_000  # what two mapped clocks may be apart, late links included
_WITHIN_NS = 10_000_000_000
LEAST = 3


@dataclass(frozen=True, slots=True)
class Together:
    """Two clocks lined up: the second is ``offset_ms`` behind the first, by so many taps.

    ``residual_ms`` is the spread (SD) of the single taps around that.
    """

    offset_ms: float
    residual_ms: float
    taps: int


class Taps:
    """Finds the taps of one pod; ``times_ns`` are those of the last ten seconds."""

    def __init__(self) -> None:
        self.times_ns: list[int] = []
        self._hit_ns: int | None = None
        self._before: tuple[int, float] | None = None  # the last sample and its size

    def feed(self, block: ImuBlock, shift_ns: int = 0) -> None:
        """Take samples; ``shift_ns`` moves their clock to the one that both pods share."""
        size = np.abs(np.linalg.norm(block.acc, axis=1) - G_MPS2)
        for t_ns, value in zip((block.t_ns + shift_ns).tolist(), size.tolist(), strict=True):
            if value > TAP_MPS2:
                if self._hit_ns is None or t_ns - self._hit_ns > _REST_NS:
                    self.times_ns.append(self._risen(t_ns, value))
                self._hit_ns = t_ns
            self._before = (t_ns, value)
        if self._before is not None:
            last_ns = self._before[0]
            self.times_ns = [t for t in self.times_ns if last_ns - t < _WITHIN_NS]

    def _risen(self, t_ns: int, value: float) -> int:
        """Return when the size rose through the threshold, between two samples."""
        if self._before is None:
            return t_ns
        before_ns, was = self._before
        share = (TAP_MPS2 - was) / (value - was) if value > was else 1.0
        return before_ns + round((t_ns - before_ns) * min(1.0, max(0.0, share)))


def together(first: list[int], second: list[int]) -> Together | None:
    """Return how two pods' clocks lie, by their taps; None where they were not tapped together.

    Every hit of either must have its partner in the other: somebody who walks does not.
    """
    if len(first) < LEAST or len(first) != len(second):
        return None
    apart_ns = np.array(second, np.int64) - np.array(first, np.int64)
    if np.abs(apart_ns).max() > _TOGETHER_NS:
        return None
    return Together(
        offset_ms=float(np.median(apart_ns)) / 1e6,
        residual_ms=float(np.std(apart_ns, ddof=1)) / 1e6,
        taps=len(first),
    )
