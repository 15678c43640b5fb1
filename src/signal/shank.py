"""Steps felt at the shin: cadence, and a rough contact time.

The shin swings forwards once a stride, faster than it ever turns back: that hump is the largest
turn of the stride and tells the axis and its direction. IC is where the turn dies out after it.
FC is the trough before the next hump in walking; in running the knee bends at FC, so it is the
crest before that trough. On the one averaged runner and walker with a sensor there and a force
plate (biomac) both come 15 to 25 ms early, and the contact is right to 4 ms; events of shins
against force plates have limits of +-100 to 150 ms in the literature (Kiernan et al. 2023, Sensors
23:5022), so the best grade is C and medians are all that should be read.
"""

import numpy as np

from .cells import Cells, Window
from .filters import gaussian, smooth
from .imu import ImuBlock
from .quality import Findings, Reason
from .steps import Mount
from .tables import (
    GAIT_RUN,
    GAIT_WALK,
    GRADE_C,
    GRADE_X,
    STEP,
    FloatArray,
    Table,
    empty,
    join,
    on_grid,
)

_BACK_S, _CELL_S, _AHEAD_S = 5.0, 1.0, 2.0
_SWING_HZ, _EVENT_HZ = 4.0, 15.0
_STRIDE_S = (0.45, 1.8)
_RHYTHM_LEAST = 0.4
_TURN_LEAST_RADPS = 1.0  # RMS below which nobody walks
_RUN_STRIDE_S = 0.85  # 140 steps a minute
_LEAST_HZ = 45.0


class ShankAnalyser:
    """Turns the samples of a pod on the shin into rows of STEP: times only, at most grade C.

    Rows come 2 to 3 s after the stride they belong to. Needs a gyroscope.
    """

    def __init__(self, mount: Mount, rate_hz: float) -> None:
        self.mount, self.rate_hz = mount, rate_hz
        self._cells = Cells(rate_hz, cell_s=_CELL_S, back_s=_BACK_S, ahead_s=_AHEAD_S)
        self._swing_taps = gaussian(_SWING_HZ, rate_hz)
        self._event_taps = gaussian(min(_EVENT_HZ, 0.4 * rate_hz), rate_hz)
        self._last = -1.0  # newest mid-swing used, absolute sample
        self._found = 0
        self._blind = False

    @property
    def dtype(self) -> np.dtype[np.void]:
        """The table of its rows: STEP."""
        return STEP

    def update(self, block: ImuBlock) -> Table:
        """Take the next samples; return the strides that became certain with them."""
        return on_grid(
            join(STEP, [row for w in self._cells.feed(block) for row in self._decide(w)])
        )

    def finish(self) -> Table:
        """Return the strides that end with the recording."""
        return on_grid(join(STEP, [row for w in self._cells.finish() for row in self._decide(w)]))

    def findings(self) -> Findings:
        """Return what was found out about the recording so far."""
        bridge = self._cells.bridge
        return Findings(
            rate_hz=self.rate_hz, samples=bridge.samples, lost=bridge.lost, holes=bridge.holes,
            steps=self._found, calibrated=self._found > 0, has_gyro=not self._blind,
            shows_loss=self.mount.shows_loss,
        )  # fmt: skip

    def _decide(self, w: Window) -> list[Table]:
        """Return a row for every mid-swing in the cell whose stride is whole."""
        self._blind = bool(w.blind.all())
        rate = _swing_rate(w.gyr)
        slow, quick = smooth(rate, self._swing_taps), smooth(rate, self._event_taps)
        stride = self._stride(slow)
        if stride is None:
            return []
        swings = _humps(slow, 0.6 * stride)
        done = []
        for a, b, c in zip(swings, swings[1:], swings[2:], strict=False):
            at = w.start + a
            whole = max(b - a, c - b) < 1.6 * stride and not w.hole[a : c + 1].any()
            if w.lo <= b < w.hi and at > self._last and whole:
                self._last = at
                row = self._row(w, quick, (a, b, c))
                if row is not None:
                    done.append(row)
        return done

    def _stride(self, x: FloatArray) -> float | None:
        """The period of the swings in samples, None where nobody walks."""
        low, high = (round(s * self.rate_hz) for s in _STRIDE_S)
        n = len(x)
        if n < 2 * high or float((x * x).mean()) < _TURN_LEAST_RADPS**2:
            return None
        x = x - x.mean()
        size = 1 << (2 * n - 1).bit_length()
        r = np.fft.irfft(np.abs(np.fft.rfft(x, size)) ** 2, size)[: high + 2]
        r = r / max(float(r[0]), 1e-12) * n / (n - np.arange(high + 2))
        peaks = np.flatnonzero((r[1:-1] > r[:-2]) & (r[1:-1] >= r[2:])) + 1
        peaks = peaks[peaks >= low]
        if not len(peaks) or r[peaks].max() < _RHYTHM_LEAST:
            return None
        return float(peaks[r[peaks] >= 0.8 * r[peaks].max()][0])

    def _row(self, w: Window, x: FloatArray, swings: tuple[int, int, int]) -> Table | None:
        """The contact between the first two mid-swings, and its stride to the next contact."""
        a, b, c = swings
        ic, following = _dies_out(x, a, b), _dies_out(x, b, c)
        if ic is None or following is None:
            return None
        stride_s = (w.ns(following) - w.ns(ic)) / 1e9
        running = stride_s < _RUN_STRIDE_S
        out = empty(STEP, 1)
        out["ic_ns"] = out["fc_ns"] = round(w.ns(ic))
        out["stride_s"], out["gait"] = stride_s, GAIT_RUN if running else GAIT_WALK
        reason = Reason.PLACE | Reason.UNPROVEN
        if self.mount.side == "unknown":
            reason |= Reason.SIDE
        if not self.mount.shows_loss:
            reason |= Reason.UNSEEN_LOSS
        fc = _toe_off(x, ic, b, running=running)
        if fc is None:
            reason |= Reason.NO_FC
        else:
            contact = (w.ns(fc) - w.ns(ic)) / 1e9
            out["fc_ns"] = round(w.ns(fc))
            out["gct_s"], out["swing_s"] = contact, stride_s - contact
            out["flight_s"] = stride_s / 2 - contact
        out["reason"] = int(reason)
        out["grade_time"] = GRADE_C if self.rate_hz >= _LEAST_HZ else GRADE_X
        self._found += 1
        return out


def _swing_rate(gyr: FloatArray) -> FloatArray:
    """The turn about the axis the shin turns about most, forwards positive."""
    moved = gyr - gyr.mean(axis=-1)[:, None]
    _, axes = np.linalg.eigh(moved @ moved.T)
    x = axes[0, 2] * gyr[0] + axes[1, 2] * gyr[1] + axes[2, 2] * gyr[2]
    return np.asarray(x if float((x * x * x).sum()) >= 0 else -x)


def _humps(x: FloatArray, apart: float) -> list[int]:
    """Places of the maxima above half of the highest that nothing within ``apart`` exceeds."""
    tops = np.flatnonzero((x[1:-1] > x[:-2]) & (x[1:-1] >= x[2:])) + 1
    tops = tops[x[tops] > 0.5 * x.max()]
    return [int(i) for i in tops if x[i] >= x[tops[np.abs(tops - i) < apart]].max()]


def _dies_out(x: FloatArray, a: int, b: int) -> float | None:
    """Where the turn first falls through zero between two mid-swings."""
    down = np.flatnonzero((x[a : b - 1] > 0) & (x[a + 1 : b] <= 0))
    if not len(down):
        return None
    i = a + int(down[0])
    return float(i + x[i] / (x[i] - x[i + 1]))


def _toe_off(x: FloatArray, ic: float, b: int, *, running: bool) -> float | None:
    """FC between IC and the next mid-swing; None where the turn has no such feature."""
    i = int(ic) + 1
    if b - i < 8:
        return None
    late = i + (b - i) // 2
    trough = late + int(x[late:b].argmin())
    if not running:
        return float(trough)
    early = i + int(x[i:late].argmin())
    crest = early + int(x[early : trough + 1].argmax())
    return float(crest) if early < crest < trough else None
