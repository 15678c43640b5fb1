"""Steps felt at the waist: cadence, and contact time by the width of the body's pulses.

Over a whole stride the body is carried by exactly its weight, so the mean of the vertical
acceleration is 1 g, and the mean of its square grows as the ground carries it for a shorter
time: for half-sine pulses it is pi^2/8 of step / contact (Alexander 1989 has the half-sines).
That needs no threshold and no scale. What the trunk's softness makes of the pulse changes with
speed, hence a speed term, fitted by tests/validation/waist.py; without a speed no contact time
is given.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .cells import Cells, Window
from .filters import gaussian, smooth
from .imu import G_MPS2, ImuBlock
from .quality import Findings, Reason
from .tables import (
    GAIT_RUN,
    GAIT_WALK,
    GRADE_C,
    GRADE_X,
    STEP,
    FloatArray,
    IntArray,
    Table,
    empty,
    join,
    on_grid,
)

#: What is known of a time (ns) on the recording's clock, NaN where nothing is: m/s, or rad uphill.
Known = Callable[[int], float]

_BACK_S, _CELL_S, _AHEAD_S = 4.0, 1.0, 1.0
_PULSE_HZ, _STEP_HZ = 30.0, 5.0
_STEP_S = (60 / 250, 0.75)
_MOVING_LEAST = 0.005  # g^2 of vertical acceleration below 5 Hz: a slow walk has 0.03
_RHYTHM_LEAST = 0.4  # autocorrelation at a step, below which nobody walks or runs
# Running where square and quickness together say so: half-sines of a step without flight have a
# mean square of 1.23 g^2 and runners take more than 140 steps a minute. Walking with the sensor
# on one hip gave 1.23 at 126 (impactr), the slowest uphill run 1.24 at 190 (alcantara).
_RUN_SQUARE, _RUN_SQUARE_WIDTH, _RUN_STEP_S, _RUN_STEP_WIDTH_S = 1.2, 0.1, 0.43, 0.07
_HALF_LEAST = 0.15
_LEAST_HZ = 45.0


@dataclass(frozen=True, slots=True)
class ContactTerms:
    """Contact time in s = offset + pulse * width + speed * m/s + slope * rad (uphill positive)."""

    offset: float
    pulse: float
    speed: float
    slope: float = 0.0

    def contact_s(self, width_s: float, speed_mps: float, slope_rad: float = 0.0) -> float:
        """Return the contact time of a pulse of that width; NaN where the speed is not known."""
        return self.offset + self.pulse * width_s + self.speed * speed_mps + self.slope * slope_rad


#: One runner (alcantara), 2.5 to 4.2 m/s on slopes of +-10 degrees: tests/validation/waist.py.
WAIST = ContactTerms(offset=0.2326, pulse=0.3687, speed=-0.0304)
WAIST_ON_SLOPES = ContactTerms(offset=0.1504, pulse=0.6173, speed=-0.0244, slope=-0.0545)


class SacrumAnalyser:
    """Turns the samples of a sensor at the waist into rows of STEP, one a stride.

    A row stands for two steps, as a row of a foot pod does; which foot began it is not known.
    Contact and flight are the mean of both steps; they are not known where ``speed_at`` does
    not know the speed, in walking, and below 90 Hz. Rows come 1 to 2 s after the stride. The
    best grade is C. Needs no gyroscope.
    """

    def __init__(
        self,
        rate_hz: float,
        speed_at: Known | None = None,
        slope_at: Known | None = None,
        terms: ContactTerms | None = None,
    ) -> None:
        if not rate_hz > 0:
            raise ValueError(f"rate_hz: expected a positive number, got {rate_hz}")
        self.rate_hz = rate_hz
        self._speed_at, self._slope_at = speed_at, slope_at
        self._terms = terms or (WAIST if slope_at is None else WAIST_ON_SLOPES)
        self._cells = Cells(rate_hz, cell_s=_CELL_S, back_s=_BACK_S, ahead_s=_AHEAD_S)
        self._least = round(_AHEAD_S * rate_hz)
        self._pulse_taps = gaussian(min(_PULSE_HZ, 0.4 * rate_hz), rate_hz)
        self._step_taps = gaussian(_STEP_HZ, rate_hz)
        self._pace = _Pace(rate_hz)
        self._steps: list[_Step] = []
        self._last: float | None = None  # middle of the newest contact, absolute sample
        self._found = 0

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
            steps=self._found, calibrated=self._found > 0,
        )  # fmt: skip

    def _decide(self, w: Window) -> list[Table]:
        """Return the strides whose second step ends in the cell."""
        up = w.acc.mean(axis=-1)
        size = float(np.sqrt((up * up).sum()))
        step, x, slow = None, w.acc[0], w.acc[0]
        if size > 0.3 * G_MPS2 and len(w.t_ns) >= self._least:
            x = (w.acc[0] * up[0] + w.acc[1] * up[1] + w.acc[2] * up[2]) / size**2
            x = smooth(x, self._pulse_taps)
            slow = smooth(x, self._step_taps)
            shape = slow - slow.mean()
            if (shape * shape).mean() > _MOVING_LEAST:
                step = self._pace.step(shape)
        if step is None:
            self._last = None
            self._steps.clear()
            return []
        done = []
        for middle in _middles(slow, 0.6 * step):
            at = w.start + middle
            if not w.lo <= middle < w.hi:
                continue
            if self._last is not None:
                if at - self._last < 0.5 * step:
                    continue
                if self._last >= w.start:
                    self._add(w, x, self._last - w.start, middle, step)
            self._last = at
            if len(self._steps) == 2:
                done.append(self._row())
        return done

    def _add(self, w: Window, x: FloatArray, a: float, b: float, step: float) -> None:
        """Note the step from contact to contact; a hole or a missed step breaks the chain."""
        lo, hi = round(a), round(b)
        if b - a > 1.6 * step or w.hole[lo : hi + 1].any():
            self._steps.clear()
            return
        part = x[lo:hi]
        sums = (len(part), float(part.sum()), float((part * part).sum()))
        self._steps.append(_Step(w.ns(a), w.ns(b), *sums))

    def _row(self) -> Table:
        """The row of the two newest steps."""
        one, two = self._steps
        self._steps.clear()
        n, total, squares = (a + b for a, b in zip(one.sums(), two.sums(), strict=True))
        stride_s = (two.stop_ns - one.start_ns) / 1e9
        square = squares * n / total**2  # mean square at a mean of 1 g, whatever the scale
        out = empty(STEP, 1)
        out["stride_s"] = stride_s
        pushed = (square - _RUN_SQUARE) / _RUN_SQUARE_WIDTH
        running = pushed + (_RUN_STEP_S - stride_s / 2) / _RUN_STEP_WIDTH_S > 0
        out["gait"] = GAIT_RUN if running else GAIT_WALK
        reason = Reason.PLACE | Reason.SIDE | Reason.UNPROVEN
        middle_ns, contact = one.start_ns, math.nan
        if running and self.rate_hz >= 2 * _LEAST_HZ and self._speed_at is not None:
            width = pulse_width_s(stride_s / 2, square)
            slope = 0.0 if self._slope_at is None else self._slope_at(round(middle_ns))
            contact = self._terms.contact_s(width, self._speed_at(round(middle_ns)), slope)
        if math.isnan(contact):
            reason |= Reason.NO_SPEED if running else Reason.GAIT
            out["ic_ns"] = out["fc_ns"] = round(middle_ns)
        else:
            out["gct_s"], out["flight_s"] = contact, stride_s / 2 - contact
            out["swing_s"] = stride_s - contact
            out["ic_ns"] = round(middle_ns - contact / 2 * 1e9)
            out["fc_ns"] = round(middle_ns + contact / 2 * 1e9)
        out["reason"] = int(reason)
        out["grade_time"] = GRADE_C if self.rate_hz >= _LEAST_HZ else GRADE_X
        self._found += 1
        return out


def pulse_width_s(step_s: float, square: float) -> float:
    """Return the contact time of half-sine pulses whose mean is 1 and mean square that."""
    return math.pi**2 / 8 * step_s / square


@dataclass(frozen=True, slots=True)
class _Step:
    """From the middle of one contact to that of the next, and sums of what was felt."""

    start_ns: float
    stop_ns: float
    n: int
    total: float
    squares: float

    def sums(self) -> tuple[float, float, float]:
        return self.n, self.total, self.squares


class _Pace:
    """The step's period by autocorrelation, so that no double peak is taken for two steps."""

    def __init__(self, rate_hz: float) -> None:
        self._low, self._high = (round(s * rate_hz) for s in _STEP_S)

    def step(self, x: FloatArray) -> float | None:
        """Return the period in samples, None where there is no rhythm."""
        n = len(x)
        if n < 2 * self._high:
            return None
        size = 1 << (2 * n - 1).bit_length()
        r = np.fft.irfft(np.abs(np.fft.rfft(x, size)) ** 2, size)[: n // 2]
        r = r / max(float(r[0]), 1e-12) * n / (n - np.arange(n // 2))
        peaks = np.flatnonzero((r[1:-1] > r[:-2]) & (r[1:-1] >= r[2:])) + 1
        peaks = peaks[(peaks >= self._low) & (peaks <= 2 * self._high)]
        if not len(peaks) or r[peaks].max() < _RHYTHM_LEAST:
            return None
        found = float(peaks[r[peaks] >= 0.8 * r[peaks].max()][0])
        # On one hip the two steps look unlike: what repeats is the stride, with a lower peak
        # at its half.
        half = peaks[np.abs(peaks - found / 2) < 0.15 * found]
        if found > self._high or (len(half) and r[half].max() > _HALF_LEAST):
            return found / 2
        return found


def _middles(x: FloatArray, apart: float) -> list[float]:
    """Middles between the crossings of 1 around the maxima that nothing near exceeds.

    The middle of a crossing pair repeats to 6 ms from stride to stride, the maximum to 14 ms
    (alcantara).
    """
    tops: IntArray = np.flatnonzero((x[1:-1] > x[:-2]) & (x[1:-1] >= x[2:])) + 1
    tops = tops[x[tops] > 1]
    ups = np.flatnonzero((x[:-1] < 1) & (x[1:] >= 1))
    downs = np.flatnonzero((x[:-1] >= 1) & (x[1:] < 1))
    out: list[float] = []
    for i in tops.tolist():
        if x[i] < x[tops[np.abs(tops - i) < apart]].max():
            continue
        before, after = ups[ups < i][-1:], downs[downs >= i][:1]
        if len(before) and len(after):
            a, b = int(before[0]), int(after[0])
            up = a + (1 - x[a]) / (x[a + 1] - x[a])
            down = b + (x[b] - 1) / (x[b] - x[b + 1])
            out.append(float(up + down) / 2)
    return out
