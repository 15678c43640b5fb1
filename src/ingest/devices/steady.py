"""Even sample times from coarse or late stamps.

A stamp in whole milliseconds, or an arrival over the air, says roughly when a packet's first
sample was taken; the sensor itself runs evenly. A second-order loop follows the stamps slowly
and ignores their jitter; a stamp that is off by more than ``slack`` starts anew and is a gap.
"""

import numpy as np

from ...signal.tables import IntArray

# Tuned on stamps rounded to 1 ms at 208 Hz: settles within 2 s, leaves 0.1 ms of jitter.
_GAIN, _RATE_GAIN = 1 / 16, 1 / 512
_RATE_OFF = 0.05  # data sheets allow the sensor's rate to be a few per cent off


class Steady:
    """Gives every sample its time; ``gaps`` counts how often it had to start anew."""

    def __init__(self, rate_hz: float, slack_ns: float) -> None:
        self.gaps = 0
        self._nominal_ns = self._period_ns = 1e9 / rate_hz
        self._slack_ns = slack_ns
        self._next_ns: float | None = None

    def times(self, stamp_ns: int, n: int) -> IntArray:
        """Return the times of ``n`` samples, the first taken at about ``stamp_ns``.

        They always follow the ones before, also where the stamp does not.
        """
        if self._next_ns is None:
            start = float(stamp_ns)
        else:
            off_ns = stamp_ns - self._next_ns
            if off_ns > self._slack_ns:
                self.gaps += 1
                start = float(stamp_ns)
            else:
                step = max(-self._nominal_ns / 2, min(self._nominal_ns / 2, off_ns * _GAIN))
                start = self._next_ns + step
                self._follow(off_ns / n)
        out = (start + np.arange(n) * self._period_ns).astype(np.int64)
        self._next_ns = start + n * self._period_ns
        return out

    def _follow(self, off_ns: float) -> None:
        low, high = self._nominal_ns * (1 - _RATE_OFF), self._nominal_ns * (1 + _RATE_OFF)
        self._period_ns = max(low, min(high, self._period_ns + off_ns * _RATE_GAIN))
