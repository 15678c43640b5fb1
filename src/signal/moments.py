"""What the samples of contacts say: when they began and ended, how they landed, how they lay."""

from typing import NamedTuple

import numpy as np

from . import events
from .filters import History
from .footframe import AX, AZ, BRIDGED, CLIPPED, HOLE, SIZE, SPIN, T_NS, FootFrame
from .grades import HALF, NO_FC, NO_IC
from .imu import G_MPS2
from .tables import GAIT_RUN, GAIT_UNKNOWN, GAIT_WALK, BoolArray, FloatArray, IntArray, Table

#: One contact of one foot. ``ic`` and ``fc`` are absolute sample numbers with fraction;
#: ``swing`` counts swings, so that contacts that follow each other are known; ``holes`` counts
#: hole samples before IC; ``flat`` is the sample where the foot lay stillest, -1 where not known,
#: ``gravity`` what the accelerometer read there and ``unrest`` how restless that was, (m/s^2)^2.
CONTACT = np.dtype(
    [
        ("ic_ns", "i8"), ("fc_ns", "i8"), ("ic", "f8"), ("fc", "f8"), ("gait", "u1"),
        ("ppa_mps2", "f8"), ("shock_mps2", "f8"), ("clipped", "u2"), ("bridged", "u2"),
        ("swing", "i8"), ("holes", "i8"), ("reason", "u4"), ("pushoff_radps", "f8"),
        ("flat", "i8"), ("flat_ns", "i8"), ("gravity", "f8", (3,)), ("unrest", "f8"),
    ]
)  # fmt: skip

# Rows of the smoothed pitch rate, toes up: for IC and for FC. Their cut-offs are those with the
# least scatter on gaitmap and tripod among 9 to 45 Hz; between
# 10 and 30 Hz the bias moves by less than 1 ms.
FALL, PUSH = range(2)
CUTOFFS_HZ = (20.0, 10.0)

_BURST_LEAST_HZ = 90.0  # a burst of 30 ms needs three samples; below, IC is the zero crossing
_AFTER_TOP_S = 0.6  # IC comes within this after mid-swing
_BEFORE_RISE_S = 0.9  # FC comes within this before the next swing
# Walking has the foot down for 58-66 % of a stride of 1.0-1.3 s, running for 25-50 % of
# 0.5-0.8 s (Alexander 1989, Physiol Rev 69:1199; pyshoe, gaitmap, tripod, test-run).
_DUTY, _DUTY_WIDTH = 0.53, 0.05
_STRIDE_S, _STRIDE_WIDTH_S = 0.90, 0.10

_FLAT = (0.15, 0.25)  # of the contact: foot-flat lies between landing and push-off
_FLAT_LEAST_S = 0.06
_SPIN_UNREST = 4.0  # turning at 1 rad/s is as bad for the tilt as 2 m/s^2 off gravity

_SHOCK_S = (-0.040, 0.070)
_CLIP_S = (-0.040, 0.080)
_PEAK_S = (-0.010, 0.060)


class Span(NamedTuple):
    """A contact between two swings, by sample number; -1 where it was not seen."""

    swing: int
    top: int  # of the swing before
    rise: int  # of the swing after
    before: int  # rise of the swing before


class Moments:
    """Works out contacts from the samples in ``frame`` and its pitch rate smoothed, ``sharp``."""

    def __init__(self, frame: FootFrame, sharp: History) -> None:
        self.frame = frame
        self.sharp = sharp
        self.rate_hz = frame.rate_hz

    def of(self, spans: list[Span]) -> Table:
        """Return the contacts that lie between two swings."""
        swing, top, rise, before = np.array(spans, np.int64).T
        rate = self.rate_hz
        start = np.where(top >= 0, top, self.sharp.start)
        until = np.where(rise >= 0, rise, top + 10**9) - start
        zero = start + events.zero_after_swing(
            self._window(FALL, start, round(_AFTER_TOP_S * rate)), until
        )
        zero[top < 0] = np.nan
        trough, walked, ran, push = self._push_off(zero, rise)
        gait = self._gait(zero, trough, rise, before)
        running = gait == GAIT_RUN
        ic, fc = zero.copy(), np.where(running, ran, walked)
        if running.any() and rate >= _BURST_LEAST_HZ:
            ic[running] = self._landing(zero[running])
        rows = np.zeros(len(spans), CONTACT)
        no_ic, no_fc = np.isnan(ic), np.isnan(fc)
        rows["reason"] = no_ic * NO_IC + no_fc * NO_FC
        rows["ic"], rows["fc"] = np.where(no_ic, fc, ic), np.where(no_fc, ic, fc)
        rows["gait"], rows["swing"], rows["pushoff_radps"] = gait, swing, push
        known = ~(no_ic & no_fc)
        if not known.all():
            rows, top, rise = rows[known], top[known], rise[known]
        rows["ic_ns"], rows["fc_ns"] = self._time(rows["ic"]), self._time(rows["fc"])
        whole = self._count(rows, top, rise)
        self._impact(rows)
        self._flat(rows)
        return rows if whole.all() else np.asarray(rows[whole])

    def _window(
        self, row: int | slice, start: IntArray, width: int, history: History | None = None
    ) -> FloatArray:
        """Samples start..start+width of each contact, (n, width); NaN outside what is known."""
        history = history or self.sharp
        if len(start) == 1:  # live, one contact at a time: a view instead of a gather
            i = int(start[0]) - history.start
            if 0 <= i <= len(history) - width:
                at_once = history.view(history.start + i, history.start + i + width)[row]
                return np.asarray(at_once[..., None, :])
        at = (start - history.start)[:, None] + np.arange(width)
        seen = history.view(history.start, history.stop)[row]
        n = seen.shape[-1]
        if at.size and (at.min() < 0 or at.max() >= n):
            return np.where((at >= 0) & (at < n), seen[..., np.clip(at, 0, n - 1)], np.nan)
        return np.asarray(seen[..., at])

    def _push_off(self, zero: FloatArray, rise: IntArray) -> tuple[FloatArray, ...]:
        """Trough and FC of both gaits, as sample numbers, and the trough's depth."""
        width = round(_BEFORE_RISE_S * self.rate_hz)
        start = np.where(rise >= 0, rise, self.sharp.stop) - width
        first = np.where(np.isnan(zero), 0, np.maximum(0, np.ceil(zero) - start)).astype(np.int64)
        found = events.push_off(
            self._window(PUSH, start, width),
            self._window(SPIN, start, width, self.frame.track),
            np.minimum(first, width - 3),
            self.rate_hz,
        )
        *places, depth = found
        at = [np.where(rise >= 0, start + place, np.nan) for place in places]
        return (*at, np.where(rise >= 0, depth, np.nan))

    def _landing(self, zero: FloatArray) -> FloatArray:
        """IC of running, from the zero crossing it is near to; NaN stays NaN."""
        rate = self.rate_hz
        at = np.where(np.isnan(zero), -(10**9), np.floor(zero)).astype(np.int64)
        after = self._window(FALL, at, round(0.15 * rate))
        slapped, depth = events.slap(after, rate)
        first = at + round(events.BURST_S[0] * rate)
        width = round((events.BURST_S[1] - events.BURST_S[0]) * rate)
        acc = self._window(slice(AX, AZ + 1), first, width, self.frame.track)
        burst = first + events.burst(acc, rate)
        return np.where(
            np.isnan(zero), np.nan, events.landing(zero, at + slapped, depth, burst, rate)
        )

    def _gait(
        self, ic: FloatArray, trough: FloatArray, rise: IntArray, before: IntArray
    ) -> IntArray:
        stride = (rise - before) / self.rate_hz
        duty = (trough - ic) / self.rate_hz / stride
        walks = (duty - _DUTY) / _DUTY_WIDTH + (stride - _STRIDE_S) / _STRIDE_WIDTH_S > 0
        known = ~np.isnan(duty) & (before >= 0)
        return np.where(known, np.where(walks, GAIT_WALK, GAIT_RUN), GAIT_UNKNOWN)

    def _time(self, at: FloatArray | IntArray) -> IntArray:
        track = self.frame.track
        t = track.view(track.start, track.stop)[T_NS]
        i = np.floor(at).astype(np.int64)
        k = np.minimum(np.maximum(i - track.start, 0), len(t) - 2)
        ns = t[k] + (at - i) * (t[k + 1] - t[k])
        return np.asarray(np.round(ns).astype(np.int64) + self.frame.origin_ns)

    def _count(self, rows: Table, top: IntArray, rise: IntArray) -> BoolArray:
        """Count bridged and clipped samples; return which contacts touch no hole."""
        track = self.frame.track
        seen = track.view(track.start, track.stop)

        def upto(row: int, at: FloatArray | IntArray) -> FloatArray:
            k = np.floor(at).astype(np.int64) - track.start
            k = np.minimum(np.maximum(k, 0), seen.shape[1] - 1)
            return np.asarray(seen[row][k])

        ic, fc, rate = rows["ic"], rows["fc"], self.rate_hz
        rows["bridged"] = upto(BRIDGED, fc) - upto(BRIDGED, ic)
        start, stop = (ic + s * rate for s in _CLIP_S)
        rows["clipped"] = upto(CLIPPED, stop) - upto(CLIPPED, start)
        rows["holes"] = upto(HOLE, ic)
        first = np.where(top >= 0, top, fc - _BEFORE_RISE_S * rate)
        last = np.where(rise >= 0, rise, ic + _AFTER_TOP_S * rate)
        return np.asarray(upto(HOLE, last) == upto(HOLE, first))

    def _flat(self, rows: Table) -> None:
        """Find where the foot lay stillest between landing and push-off."""
        rows["flat"], rows["gravity"], rows["unrest"] = -1, np.nan, np.nan
        seen = (rows["reason"] & HALF) == 0
        span = rows["fc"] - rows["ic"]
        seen &= span >= _FLAT_LEAST_S * self.rate_hz
        if not seen.any():
            return
        track, width = self.frame.track, round(_BEFORE_RISE_S * self.rate_hz)
        first, last = rows["ic"] + _FLAT[0] * span, rows["fc"] - _FLAT[1] * span
        start = np.floor(last[seen]).astype(np.int64) - width + 1
        first = np.maximum(np.ceil(first[seen]).astype(np.int64) - start, 0)
        flat = start + events.stillest(
            self._window(SPIN, start, width, track),
            self._window(SIZE, start, width, track),
            first,
            self.rate_hz,
        )
        rows["flat"][seen] = flat
        around = self._window(slice(AX, AZ + 1), flat - 1, 3, track)
        gravity = ((around[..., 0] + around[..., 1] + around[..., 2]) / 3).T
        size = np.sqrt(gravity[:, 0] ** 2 + gravity[:, 1] ** 2 + gravity[:, 2] ** 2)
        spin = self._window(SPIN, flat, 1, track)[:, 0]
        rows["gravity"][seen] = gravity
        rows["flat_ns"][seen] = self._time(flat)
        rows["unrest"][seen] = (size - G_MPS2) ** 2 + _SPIN_UNREST * spin

    def _impact(self, rows: Table) -> None:
        """Peak and RMS of the acceleration's size around IC, bridged samples left out."""
        rate = self.rate_hz
        first = round(_SHOCK_S[0] * rate)
        width = round(_SHOCK_S[1] * rate) - first + 1
        start = np.floor(rows["ic"] + 0.5).astype(np.int64) + first
        size = self._window(SIZE, start, width, self.frame.track)
        marked = self._window(BRIDGED, start - 1, width + 1, self.frame.track)
        said = np.diff(marked, axis=1) == 0
        shock = np.where(said, (size - G_MPS2) ** 2, 0.0)
        peak = slice(round(_PEAK_S[0] * rate) - first, round(_PEAK_S[1] * rate) - first + 1)
        count = said.sum(axis=1)
        landed = (rows["reason"] & NO_IC) == 0
        enough = landed & (count >= 0.6 * width) & ~np.isnan(shock).any(axis=1)
        energy = shock.sum(axis=1)
        if rows["clipped"].any():
            counted = self._window(CLIPPED, start - 1, width + 1, self.frame.track)
            energy = energy + events.hidden(size, np.diff(counted, axis=1) > 0)
        rms = np.sqrt(energy / np.maximum(count, 1))
        top = np.where(said, size, -np.inf)[:, peak].max(axis=1)
        rows["shock_mps2"] = np.where(enough, rms, np.nan)
        rows["ppa_mps2"] = np.where(enough, top, np.nan)
