"""Filters and buffers whose results do not depend on how the samples were cut.

Every output of a filter here is one dot product of the same kernel with the same samples,
wherever a block ended, so the same sample gives the same bits.
"""

import numpy as np

from .tables import FloatArray

_GAUSS_3DB = 0.8325546111576977  # sqrt(ln 2): exp(-x^2 / 2) is -3 dB there


def gaussian(cutoff_hz: float, rate_hz: float, width: float = 3.0) -> FloatArray:
    """Taps of a symmetric Gaussian low-pass, -3 dB at ``cutoff_hz``, odd length, sum 1.

    ``width`` is the half length in standard deviations. A symmetric kernel has a fixed lag
    and moves no event; a Gaussian one has no overshoot to invent one.

    >>> len(gaussian(4.0, 200.0)), round(float(gaussian(4.0, 200.0).sum()), 9)
    (41, 1.0)
    """
    sigma = _GAUSS_3DB / (2 * np.pi * cutoff_hz) * rate_hz
    half = max(1, round(width * sigma))
    taps = np.exp(-0.5 * (np.arange(-half, half + 1) / sigma) ** 2)
    return np.asarray(taps / taps.sum())


def smooth(x: FloatArray, taps: FloatArray) -> FloatArray:
    """Return ``x`` filtered, same length; outside, its end values go on."""
    half = len(taps) // 2
    return np.convolve(np.pad(x, half, mode="edge"), taps, "valid")


class History:
    """The newest columns of a signal, addressed by absolute sample number.

    ``rows`` signals side by side; sample ``i`` is at ``data[:, i - start]``. Appending copies
    the new samples only; dropping moves a mark.
    """

    __slots__ = ("_a", "_lo", "rows", "start", "stop")

    def __init__(self, rows: int, capacity: int = 4096) -> None:
        self.rows = rows
        self._a = np.empty((rows, capacity))
        self._lo = 0
        self.start = 0  # absolute number of the oldest sample kept
        self.stop = 0  # absolute number after the newest

    def __len__(self) -> int:
        return self.stop - self.start

    def grow(self, n: int) -> FloatArray:
        """Make room for ``n`` more samples and return it, shape (rows, n), to be filled."""
        held = len(self)
        if self._lo + held + n > self._a.shape[1]:
            kept = self._a[:, self._lo : self._lo + held]
            if held + n > self._a.shape[1] // 2:
                bigger = np.empty((self.rows, 2 * (held + n)))
                bigger[:, :held] = kept
                self._a = bigger
            else:
                self._a[:, :held] = kept
            self._lo = 0
        at = self._lo + held
        self.stop += n
        return self._a[:, at : at + n]

    def drop(self, before: int) -> None:
        """Forget the samples before absolute number ``before``."""
        before = min(max(before, self.start), self.stop)
        self._lo += before - self.start
        self.start = before

    def view(self, start: int, stop: int) -> FloatArray:
        """Return samples ``start`` to ``stop`` (absolute), shape (rows, stop - start)."""
        at = self._lo - self.start
        return self._a[:, at + start : at + stop]
