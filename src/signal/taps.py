"""Taps: how often a foot taps, and how evenly."""

import numpy as np

from .cells import Cells, Window
from .filters import gaussian, smooth
from .grades import drill_grade
from .imu import ImuBlock
from .tables import REP, FloatArray, Table, empty, join

_CELL_S, _BACK_S, _AHEAD_S = 0.25, 3.0, 0.25
_RATE_HZ = 10.0  # science.md 2.12
_TURN_LEAST_RADPS = 0.5  # slower than 30 degrees a second taps nothing
_SHARE = 0.30  # of the fast turns of the last three seconds
_APART_S = 0.12


class TapAnalyser:
    """Turns the samples of a pod on the tapping foot into rows of REP, one a tap.

    A tap is one turn there and back about the axis the foot turns about most; its time,
    ``start_ns`` and ``stop_ns`` alike, is the fastest moment of one of the two. ``pause_s`` is the
    time since the tap before. Which way is up is not asked, so neither mounting nor side must be
    known.
    """

    def __init__(self, rate_hz: float) -> None:
        self.rate_hz = rate_hz
        self._cells = Cells(rate_hz, cell_s=_CELL_S, back_s=_BACK_S, ahead_s=_AHEAD_S)
        self._taps = gaussian(min(_RATE_HZ, 0.4 * rate_hz), rate_hz)
        self._grade, self._reason = drill_grade(rate_hz)
        self._axis: FloatArray | None = None
        self._armed = True  # the other way was turned since the last tap
        self._lobe: list[tuple[float, float]] = []  # (time, rate) of the turn that is going on
        self._last_ns: float | None = None

    @property
    def dtype(self) -> np.dtype[np.void]:
        """The table of its rows: REP."""
        return REP

    def update(self, block: ImuBlock) -> Table:
        """Take the next samples; return the taps that became certain with them."""
        return join(REP, [row for w in self._cells.feed(block) for row in self._decide(w)])

    def finish(self) -> Table:
        """Return the taps that the end of the recording made certain."""
        done = [row for w in self._cells.finish() for row in self._decide(w)]
        return join(REP, [*done, self._row()] if self._lobe else done)

    def _decide(self, w: Window) -> list[Table]:
        rate = self._turn(w)
        level = max(_TURN_LEAST_RADPS, _SHARE * float(np.percentile(np.abs(rate), 95)))
        inner, t = rate[w.lo : w.hi], w.t_ns[w.lo : w.hi]
        if np.abs(inner).max() < level and not self._lobe:
            return []
        done = []
        for at, r, hole in zip(
            t.tolist(), inner.tolist(), w.hole[w.lo : w.hi].tolist(), strict=True
        ):
            if hole:
                self._armed, self._lobe, self._last_ns = True, [], None
            elif self._lobe:
                self._lobe.append((at, r))
                if r < level / 2:
                    done.append(self._row())
            elif r < -level:
                self._armed = True
            elif r > level and self._armed and self._apart(at):
                self._lobe = [(at, r)]
        return done

    def _turn(self, w: Window) -> FloatArray:
        """The turn about the main axis of the window, the same way round as before."""
        moved = w.gyr - w.gyr.mean(axis=1)[:, None]
        axis = np.linalg.eigh(moved @ moved.T)[1][:, 2]
        if self._axis is not None and float(axis @ self._axis) < 0:
            axis = -axis
        self._axis = axis
        return smooth(axis[0] * moved[0] + axis[1] * moved[1] + axis[2] * moved[2], self._taps)

    def _apart(self, at: float) -> bool:
        return self._last_ns is None or at - self._last_ns >= _APART_S * 1e9

    def _row(self) -> Table:
        at = _top(self._lobe)
        out = empty(REP, 1)
        out["start_ns"] = out["stop_ns"] = round(at)
        if self._last_ns is not None:
            out["pause_s"] = (at - self._last_ns) / 1e9
        out["grade"], out["reason"] = self._grade, int(self._reason)
        self._last_ns, self._lobe, self._armed = at, [], False
        return out


def _top(lobe: list[tuple[float, float]]) -> float:
    """Time of the highest value, between samples by a parabola through it and its neighbours."""
    i = max(range(len(lobe)), key=lambda k: lobe[k][1])
    if not 0 < i < len(lobe) - 1:
        return lobe[i][0]
    a, b, c = (lobe[k][1] for k in (i - 1, i, i + 1))
    bend = a - 2 * b + c
    part = 0.5 * (a - c) / bend if bend < 0 else 0.0
    return lobe[i][0] + part * (lobe[i + 1][0] - lobe[i - 1][0]) / 2


def rhythm_cv(taps: Table) -> float:
    """Return the spread of the times between taps as a share of their mean; NaN below 5 taps.

    Times more than three times the middle one are pauses and count for nothing.
    """
    between = taps["pause_s"][~np.isnan(taps["pause_s"])]
    between = between[between < 3 * np.median(between)] if len(between) else between
    return float(between.std() / between.mean()) if len(between) >= 4 else float("nan")


def taps_per_s(taps: Table) -> float:
    """Return how many taps a second, by the middle time between them; NaN below two."""
    between = taps["pause_s"][~np.isnan(taps["pause_s"])]
    return float(1 / np.median(between)) if len(between) else float("nan")
