"""Initial and final contact of one foot, from its pitch rate.

Definitions, published with every number (docs/measures.md):

* IC  where the pitch rate, toes up positive, falls through zero after mid-swing.
* FC  walking: where half of the push-off trough is recovered; running: the trough itself,
  the first deep one after quiet stance, for there the half level is reached late.

Sources: Falbriard et al. 2018, Front Physiol 9:610 (features of the pitch rate between
mid-swings). Differs from the paper: the zero crossing and the half recovery, which had half
the scatter of the two minima on motion capture (docs/validation.md); contacts become certain
when the next swing begins, not at its top.
"""

from dataclasses import dataclass

import numpy as np

from .filters import History, gaussian
from .footframe import BRIDGED, CLIPPED, HOLE, SIZE, T_NS, WX, WZ, FootFrame
from .imu import G_MPS2, ImuBlock
from .orientation import SWING_HZ
from .quality import Reason
from .swings import Swings
from .tables import GAIT_RUN, GAIT_UNKNOWN, GAIT_WALK, BoolArray, FloatArray, IntArray, Table

#: One contact of one foot, final when it is first returned. ``ic`` and ``fc`` are absolute
#: sample numbers with fraction; ``swing`` counts swings, so that consecutive contacts are
#: known; ``holes`` counts hole samples before IC.
CONTACT = np.dtype(
    [
        ("ic_ns", "i8"), ("fc_ns", "i8"), ("ic", "f8"), ("fc", "f8"), ("gait", "u1"),
        ("ppa_mps2", "f8"), ("shock_mps2", "f8"), ("clipped", "u2"), ("bridged", "u2"),
        ("swing", "i8"), ("holes", "i8"), ("reason", "u4"),
    ]
)  # fmt: skip

P4, P15, ENERGY = range(3)
_EVENT_HZ = 15.0  # keeps a slap of 50 ms, loses the ringing of the shoe
_ENERGY_HZ = 8.0

_STAND_S = 2.5  # on the ground for longer is standing, not a contact
_AFTER_TOP_S = 0.6  # IC comes within this after mid-swing
_BEFORE_RISE_S = 0.9  # FC comes within this before the next swing
_HOP_S = 0.05  # less is not worth a look
_CHUNK = 1 << 15  # samples looked at together: stays in the cache
_KEEP_S = 12.0

# Walking has the foot down for 58-66 % of a stride of 1.0-1.3 s, running for 25-50 % of
# 0.5-0.8 s (Alexander 1989, Physiol Rev 69:1199; pyshoe, gaitmap, tripod, test-run).
_DUTY, _DUTY_WIDTH = 0.53, 0.05
_STRIDE_S, _STRIDE_WIDTH_S = 0.90, 0.10

_SHOCK_S = (-0.040, 0.070)
_CLIP_S = (-0.040, 0.080)
_PEAK_S = (-0.010, 0.060)


@dataclass(slots=True)
class _Open:
    """What is known of a contact that is going on; -1 where it was not seen."""

    number: int
    top: int
    fall: int


class ContactAnalyser:
    """Finds the contacts of one foot; each is returned once, when it is certain.

    That is 0.25 to 0.35 s after FC, as soon as the foot swings forward again; standing for
    2.5 s ends a contact without FC, and the first rise after it gives an FC without IC.
    """

    def __init__(self, rate_hz: float) -> None:
        self.dtype = CONTACT
        self.rate_hz = rate_hz
        self.frame = FootFrame(rate_hz)
        self.lows = History(3)
        self._taps = (
            gaussian(SWING_HZ, rate_hz),
            gaussian(_EVENT_HZ, rate_hz),
            gaussian(_ENERGY_HZ, rate_hz),
        )
        self._lag = max(len(t) for t in self._taps) // 2
        self._hop = max(1, round(_HOP_S * rate_hz))
        self._stand = round(_STAND_S * rate_hz)
        self._swings: Swings | None = None
        self._number = 0
        self._rise = -1
        self._open: _Open | None = None
        self._previous_rise = -1
        self.keep_from: int | None = None

    def update(self, block: ImuBlock) -> Table:
        """Take the next samples; return the contacts that became certain."""
        rows = []
        for i in range(0, len(block), _CHUNK):
            self.frame.update(block[i : i + _CHUNK])
            rows.append(self._advance(final=False))
        return np.concatenate(rows) if rows else np.zeros(0, CONTACT)

    def finish(self) -> Table:
        """Return the contacts that only the end of the recording makes certain."""
        self.frame.finish()
        return self._advance(final=True)

    def _advance(self, *, final: bool) -> Table:
        track = self.frame.track
        at = self.frame.alignment
        if at is None:
            return np.zeros(0, CONTACT)
        if self._swings is None:
            self._swings = Swings(self.rate_hz, at.swing_radps, track.start)
            self.lows.start = self.lows.stop = track.start
            self._origin = track.start
        stop = track.stop if final else track.stop - self._lag
        if stop - self.lows.stop < (1 if final else self._hop):
            return self._contacts([], final=True) if final else np.zeros(0, CONTACT)
        done = self.lows.stop
        out = self.lows.grow(stop - done)
        self._filter(done, stop, out)
        contacts = self._contacts(self._swings.update(out[P4]), final=final)
        self._forget()
        return contacts

    def _filter(self, start: int, stop: int, out: FloatArray) -> None:
        """Fill the smoothed signals of samples start to stop, toes up positive."""
        track = self.frame.track
        first, last = start - self._lag, stop + self._lag
        lo, hi = max(first, track.start), min(last, track.stop)
        w = track.view(lo, hi)[WX : WZ + 1]
        if lo > first or hi < last:  # only at the ends of the recording
            w = np.pad(w, ((0, 0), (lo - first, last - hi)), mode="edge")
        energy = w[0] * w[0] + w[1] * w[1] + w[2] * w[2]
        for row, (x, taps) in enumerate(
            zip((w[1], w[1], energy), (-self._taps[0], -self._taps[1], self._taps[2]), strict=True)
        ):
            half = len(taps) // 2
            cut = slice(self._lag - half, len(x) - self._lag + half)
            out[row] = np.convolve(x[cut], taps, "valid")

    def _contacts(self, turns: list[tuple[int, bool]], *, final: bool) -> Table:
        """Turn begins and ends of swings into contacts."""
        ready: list[tuple[int, int, int, int, int]] = []  # number, top, fall, rise, previous rise
        for at, rises in turns:
            self._stand_until(at, ready)
            if not rises:
                top = self._rise + int(np.argmax(self.lows.view(self._rise, at)[P4]))
                self._number += 1
                self._open = _Open(self._number, top, at)
                continue
            if self._open is not None:
                ready.append((self._number, self._open.top, self._open.fall, at, self._rise))
            else:
                ready.append((self._number, -1, -1, at, -1))
            self._open = None
            self._rise = at
        self._stand_until(self.lows.stop, ready)
        if final and self._open is not None:
            ready.append((self._number, self._open.top, self._open.fall, -1, self._rise))
            self._open = None
        return self._measure(np.array(ready, np.int64).reshape(-1, 5))

    def _stand_until(self, at: int, ready: list[tuple[int, int, int, int, int]]) -> None:
        if self._open is not None and at - self._open.fall > self._stand:
            ready.append((self._number, self._open.top, self._open.fall, -1, self._rise))
            self._open = None

    def _forget(self) -> None:
        keep = self.lows.stop - round(_KEEP_S * self.rate_hz)
        self.lows.drop(keep)
        self.frame.track.drop(keep - self._lag)

    def _measure(self, ready: IntArray) -> Table:
        """Find the events of contacts whose swings before and after are known."""
        rows = np.zeros(len(ready), CONTACT)
        if not len(ready):
            return rows
        number, top, _fall, rise, before = ready.T
        ic = self._initial(top, rise)
        trough, half = self._final(ic, rise)
        rows["gait"] = self._gait(ic, trough, rise, before)
        fc = np.where(rows["gait"] == GAIT_RUN, trough, half)
        rows["reason"] = np.where(np.isnan(ic), Reason.NO_IC, 0)
        rows["reason"] |= np.where(np.isnan(fc), Reason.NO_FC, 0).astype(np.uint32)
        known = ~(np.isnan(ic) & np.isnan(fc))
        rows["ic"], rows["fc"] = np.where(np.isnan(ic), fc, ic), np.where(np.isnan(fc), ic, fc)
        rows["swing"] = number
        rows, top, rise = rows[known], top[known], rise[known]
        rows["ic_ns"], rows["fc_ns"] = self._time(rows["ic"]), self._time(rows["fc"])
        whole = self._count(rows, top, rise)
        self._impact(rows)
        return np.asarray(rows[whole])

    def _window(self, row: int, start: IntArray, width: int, *, low: bool = True) -> FloatArray:
        """Samples start..start+width of each contact, (n, width); NaN outside what is known."""
        lows = self.lows if low else self.frame.track
        at = start[:, None] + np.arange(width)
        seen = lows.view(lows.start, lows.stop)[row]
        inside = (at >= lows.start) & (at < lows.stop)
        return np.where(inside, seen[np.clip(at - lows.start, 0, len(seen) - 1)], np.nan)

    def _initial(self, top: IntArray, rise: IntArray) -> FloatArray:
        """Where the pitch rate falls through zero after mid-swing; NaN where it was not seen."""
        width = round(_AFTER_TOP_S * self.rate_hz)
        x = self._window(P15, top, width)
        falls = (x[:, :-1] > 0) & (x[:, 1:] <= 0)
        falls &= (rise[:, None] < 0) | (top[:, None] + np.arange(width - 1) < rise[:, None])
        at = np.argmax(falls, axis=1)
        i = np.arange(len(top))
        a, b = x[i, at], x[i, at + 1]
        with np.errstate(invalid="ignore", divide="ignore"):
            ic = top + at + a / (a - b)
        return np.where(falls.any(axis=1) & (top >= 0), ic, np.nan)

    def _final(self, ic: FloatArray, rise: IntArray) -> tuple[FloatArray, FloatArray]:
        """The push-off trough, and where half of it is recovered; NaN where not seen."""
        width = round(_BEFORE_RISE_S * self.rate_hz)
        start = rise - width
        first = np.where(np.isnan(ic), 0, np.maximum(0, np.ceil(ic) - start)).astype(np.int64)
        x = self._window(P15, start, width)
        energy = self._window(ENERGY, start, width)
        place = np.arange(width)[None, :]
        left = (width - first)[:, None]
        middle = (place >= first[:, None] + 0.05 * left) & (place <= first[:, None] + 0.45 * left)
        quiet = np.argmin(np.where(middle & ~np.isnan(energy), energy, np.inf), axis=1)
        x_after = np.where(place > quiet[:, None], x, np.nan)
        deep = np.where(np.isnan(x_after), np.inf, x_after).min(axis=1, keepdims=True)
        lowest = np.zeros(x.shape, bool)
        lowest[:, 1:-1] = (x_after[:, 1:-1] < x_after[:, :-2]) & (
            x_after[:, 1:-1] <= x_after[:, 2:]
        )
        lowest &= x_after <= 0.5 * deep
        i = np.arange(len(rise))
        at = np.argmax(lowest, axis=1)
        found = lowest.any(axis=1) & (rise >= 0) & (deep[:, 0] < 0)
        at = np.clip(at, 1, width - 2)
        a, b, c = x[i, at - 1], x[i, at], x[i, at + 1]
        with np.errstate(invalid="ignore", divide="ignore"):
            trough = start + at + 0.5 * (a - c) / (a - 2 * b + c)
            level = 0.5 * b
            over = (place > at[:, None]) & (x >= level[:, None])
            up = np.argmax(over, axis=1)
            low, high = x[i, np.maximum(up - 1, 0)], x[i, up]
            half = start + up - (high - level) / (high - low)
        return np.where(found, trough, np.nan), np.where(found & over.any(axis=1), half, np.nan)

    def _gait(
        self, ic: FloatArray, trough: FloatArray, rise: IntArray, before: IntArray
    ) -> IntArray:
        stride = (rise - before) / self.rate_hz
        with np.errstate(invalid="ignore"):
            duty = (trough - ic) / self.rate_hz / stride
            walks = (duty - _DUTY) / _DUTY_WIDTH + (stride - _STRIDE_S) / _STRIDE_WIDTH_S > 0
        known = ~np.isnan(duty) & (before >= 0)
        return np.where(known, np.where(walks, GAIT_WALK, GAIT_RUN), GAIT_UNKNOWN)

    def _time(self, at: FloatArray) -> IntArray:
        track = self.frame.track
        t = track.view(track.start, track.stop)[T_NS]
        i = np.floor(at).astype(np.int64)
        k = np.clip(i - track.start, 0, len(t) - 2)
        ns = t[k] + (at - i) * (t[k + 1] - t[k])
        return np.asarray(np.round(ns).astype(np.int64) + self.frame.origin_ns)

    def _count(self, rows: Table, top: IntArray, rise: IntArray) -> BoolArray:
        """Count bridged and clipped samples; return which contacts touch no hole."""
        track = self.frame.track
        seen = track.view(track.start, track.stop)

        def upto(row: int, at: FloatArray | IntArray) -> FloatArray:
            k = np.clip(np.floor(at).astype(np.int64) - track.start, 0, seen.shape[1] - 1)
            return np.asarray(seen[row][k])

        ic, fc, rate = rows["ic"], rows["fc"], self.rate_hz
        rows["bridged"] = upto(BRIDGED, fc) - upto(BRIDGED, ic)
        rows["clipped"] = upto(CLIPPED, ic + _CLIP_S[1] * rate) - upto(
            CLIPPED, ic + _CLIP_S[0] * rate
        )
        rows["holes"] = upto(HOLE, ic)
        first = np.where(top >= 0, top, fc - _BEFORE_RISE_S * rate)
        last = np.where(rise >= 0, rise, ic + _AFTER_TOP_S * rate)
        return np.asarray(upto(HOLE, last) == upto(HOLE, first))

    def _impact(self, rows: Table) -> None:
        """Peak and RMS of the acceleration's size around IC, bridged samples left out."""
        rate = self.rate_hz
        first = round(_SHOCK_S[0] * rate)
        width = round(_SHOCK_S[1] * rate) - first + 1
        start = np.floor(rows["ic"] + 0.5).astype(np.int64) + first
        size = self._window(SIZE, start, width, low=False)
        marked = self._window(BRIDGED, start - 1, width + 1, low=False)
        said = np.diff(marked, axis=1) == 0
        shock = np.where(said, (size - G_MPS2) ** 2, 0.0)
        peak = slice(round(_PEAK_S[0] * rate) - first, round(_PEAK_S[1] * rate) - first + 1)
        landed = (rows["reason"] & Reason.NO_IC) == 0
        enough = landed & (said.sum(axis=1) >= 0.6 * width) & ~np.isnan(shock).any(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            rms = np.sqrt(shock.sum(axis=1) / said.sum(axis=1))
        top = np.where(said, size, -np.inf)[:, peak].max(axis=1)
        rows["shock_mps2"] = np.where(enough, rms, np.nan)
        rows["ppa_mps2"] = np.where(enough, top, np.nan)
