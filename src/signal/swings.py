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
        self._tops = np.full(_CELLS, usual_radps)
        self._threshold = float(self._usual(self._tops)[-1])
        self._top = 0.0
        self._at = start
        self._last = (0.0, self._threshold)
        self.swinging = False

    def update(self, x: FloatArray) -> list[tuple[int, bool]]:
        """Return (sample, rises) where swings begin (True) and end (False), in order."""
        n = len(x)
        if n == 0:
            return []
        threshold = self._thresholds(x)
        before = self._last
        level = float(threshold[-1]) if isinstance(threshold, np.ndarray) else threshold
        self._last = (float(x[-1]), level)
        self._at += n
        if not (x.min() <= 0 if self.swinging else (x > threshold).any()):
            return []
        above, positive = x > threshold, x > 0
        was_above, was_positive = before[0] > before[1], before[0] > 0
        rises = np.flatnonzero(above & ~np.concatenate([[was_above], above[:-1]]))
        falls = np.flatnonzero(~positive & np.concatenate([[was_positive], positive[:-1]]))
        turns = sorted([(i, True) for i in rises.tolist()] + [(i, False) for i in falls.tolist()])
        out = []
        for i, rising in turns:
            if rising != self.swinging:
                self.swinging = rising
                out.append((self._at - n + i, rising))
        return out

    def _thresholds(self, x: FloatArray) -> FloatArray | float:
        """The threshold of every sample; it changes where a second of the grid is full."""
        room = self._cell - self._at % self._cell
        if len(x) < room:
            self._top = max(self._top, float(x.max()))
            return self._threshold
        if len(x) < room + self._cell:
            return self._one_cell(x, room)
        ends = np.arange(room, len(x) + 1, self._cell)
        full = int(ends[-1])
        tops = np.maximum.reduceat(x[:full], np.concatenate([[0], ends[:-1]]))
        tops[0] = max(tops[0], self._top)
        seen = np.concatenate([self._tops, np.maximum(tops, 0.0)])
        usual = self._usual(seen)
        out = np.repeat(
            np.concatenate([[self._threshold], usual[1:]]),
            np.diff(np.concatenate([[0], ends, [len(x)]])),
        )
        self._tops, self._threshold = seen[-_CELLS:], float(usual[-1])
        self._top = max(0.0, float(x[full:].max())) if full < len(x) else 0.0
        return np.asarray(out)

    def _one_cell(self, x: FloatArray, room: int) -> FloatArray:
        """The same where one second is full: live, and ten times faster."""
        out = np.empty(len(x))
        out[:room] = self._threshold
        tops = [*self._tops[1:].tolist(), max(self._top, float(x[:room].max()))]
        pairs = sorted(map(max, tops[1:], tops[:-1]))
        self._tops = np.array(tops)
        self._threshold = max(self._floor, _SHARE * pairs[(_CELLS - 1) // 2])
        self._top = max(0.0, float(x[room:].max())) if room < len(x) else 0.0
        out[room:] = self._threshold
        return out

    def _usual(self, tops: FloatArray) -> FloatArray:
        """The threshold after each top from the last of the first ``_CELLS`` on."""
        # The top of two neighbouring seconds: a stride can be longer than one.
        pairs = np.maximum(tops[1:], tops[:-1])
        last = np.sort(np.lib.stride_tricks.sliding_window_view(pairs, _CELLS - 1), axis=1)
        return np.maximum(self._floor, _SHARE * last[:, (_CELLS - 1) // 2])
