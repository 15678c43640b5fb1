"""Swings of one foot: from where the toes rise fast to where they no longer rise.

Between the end of one swing and the beginning of the next lies one contact. The threshold
follows the athlete: 0.3 of the usual top of the last seconds, on a fixed grid of seconds,
so that walking after running, and running after a stop, are found without a setting.
"""

import numpy as np

from .tables import FloatArray

_SHARE = 0.3  # of the usual top; short steps into and out of a stop have 0.35, stance has 0.2
_FLOOR_SHARE = 0.2  # of the top at calibration
_FLOOR_RADPS = 1.0
_CELLS = 6  # seconds the threshold looks back


class Swings:
    """Finds where swings begin and end in the slow pitch rate, toes up positive.

    ``start`` is the absolute number of the first sample to come.
    """

    def __init__(self, rate_hz: float, usual_radps: float, start: int) -> None:
        self._cell = max(1, round(rate_hz))
        self._floor = max(_FLOOR_RADPS, _FLOOR_SHARE * usual_radps)
        self._tops = [usual_radps] * _CELLS
        self._threshold = self._next_threshold()
        self._top = 0.0
        self._at = start
        self._last = (0.0, self._threshold)
        self.swinging = False

    def update(self, x: FloatArray) -> list[tuple[int, bool]]:
        """Return (sample, rises) where swings begin (True) and end (False), in order."""
        n = len(x)
        if n == 0:
            return []
        thresholds = self._thresholds(x)
        if not (x.min() <= 0 if self.swinging else (x > thresholds).any()):
            self._last = (float(x[-1]), float(thresholds[-1]))
            self._at += n
            return []
        above, positive = x > thresholds, x > 0
        was_above, was_positive = self._last[0] > self._last[1], self._last[0] > 0
        rises = np.flatnonzero(above & ~np.concatenate([[was_above], above[:-1]]))
        falls = np.flatnonzero(~positive & np.concatenate([[was_positive], positive[:-1]]))
        self._last = (float(x[-1]), float(thresholds[-1]))
        turns = sorted([(i, True) for i in rises.tolist()] + [(i, False) for i in falls.tolist()])
        out = []
        for i, rising in turns:
            if rising != self.swinging:
                self.swinging = rising
                out.append((self._at + i, rising))
        self._at += n
        return out

    def _thresholds(self, x: FloatArray) -> FloatArray:
        """The threshold of every sample; it changes where a second of the grid is full."""
        out = np.empty(len(x))
        i = 0
        while i < len(x):
            stop = min(len(x), i + self._cell - (self._at + i) % self._cell)
            out[i:stop] = self._threshold
            self._top = max(self._top, float(x[i:stop].max()))
            if (self._at + stop) % self._cell == 0:
                self._tops = [*self._tops[1:], self._top]
                self._top = 0.0
                self._threshold = self._next_threshold()
            i = stop
        return out

    def _next_threshold(self) -> float:
        # The top of two neighbouring seconds: a stride can be longer than one.
        pairs = sorted(map(max, self._tops[1:], self._tops[:-1]))
        return max(self._floor, _SHARE * pairs[len(pairs) // 2])
