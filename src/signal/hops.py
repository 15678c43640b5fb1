"""Hops and landings on the spot, by the acceleration alone: a foot in the air feels no weight.

Features of the pitch rate fail on the spot (science.md 2.11), so here a flight is a stretch in
which the size of the acceleration stays below 0.6 g for 60 ms, and a landing where it next
passes 1 g.
"""

import math
from collections import deque

import numpy as np

from .footframe import CLIP
from .gaps import Bridge, Track
from .imu import G_MPS2, ImuBlock
from .quality import Reason
from .tables import GRADE_B, GRADE_C, GRADE_X, HOP, FloatArray, Table, empty, join

_AIR_MPS2, _GROUND_MPS2 = 0.6 * G_MPS2, 1.0 * G_MPS2
# A foot that points its toes in the air accelerates a pod by its turning, about the ankle.
_ANKLE_M, _TURNING_MOST_MPS2 = 0.10, 0.7 * G_MPS2
_AIR_S = 0.06  # shorter is ringing after an impact; a hop of 1 cm flies 90 ms
_SHOCK_S = (0.040, 0.070)
_ARREST_S = 0.150  # a landing that takes longer to stop is a squat
_STAY_S = 1.5  # on the ground for longer: a landing, not a hop
_SETTLED_MPS2, _SETTLED_S = 1.0, 0.5  # within this of gravity for that long is settled
_GOOD_HZ = 190.0


class HopAnalyser:
    """Turns the samples of a foot pod into rows of HOP, one a landing.

    A row with ``gct_s`` is a contact that took off again: its flight, height and reactive strength
    (flight / contact) are those of the take-off. A row without stayed on the ground for 1.5 s: its
    flight and height are those of the fall, and ``settle_s`` says when it stood quietly.
    """

    def __init__(self, rate_hz: float) -> None:
        self.rate_hz = rate_hz
        self._bridge = Bridge(rate_hz)
        self._recent: deque[tuple[int, float, bool]] = deque(maxlen=round(2.5 * rate_hz))
        self._air_since: float | None = None  # may yet be ringing
        self._flying = False
        self._left_ns: float | None = None
        self._landed: _Landing | None = None
        self._spin: FloatArray | None = None

    @property
    def dtype(self) -> np.dtype[np.void]:
        """The table of its rows: HOP."""
        return HOP

    def update(self, block: ImuBlock) -> Table:
        """Take the next samples; return the hops and landings that became certain."""
        track: Track = self._bridge.update(block)
        size = np.sqrt(track.acc[0] ** 2 + track.acc[1] ** 2 + track.acc[2] ** 2)
        limit = np.array(block.acc_range_mps2)[:, None] * CLIP
        clipped = np.asarray((np.abs(track.acc) >= limit).any(axis=0))
        gone = np.zeros(len(size)) if track.hole is None else track.hole
        more = self._turning(track)
        done: list[Table] = []
        for t, a, hit, hole, room in zip(
            track.t_ns.tolist(), size.tolist(), clipped.tolist(), gone.tolist(), more.tolist(),
            strict=True,
        ):  # fmt: skip
            if hole:
                self._forget()
                continue
            self._sample(t, a, hit, room, done)
        return join(HOP, done)

    def finish(self) -> Table:
        """Return the landing that the end of the recording left open."""
        if self._landed is None:
            return empty(HOP)
        return self._landed.row(None, None, self.rate_hz)

    def _forget(self) -> None:
        self._recent.clear()
        self._air_since = self._left_ns = self._landed = None
        self._flying = False

    def _turning(self, track: Track) -> FloatArray:
        """How much acceleration the foot's own turning could explain, per sample."""
        if track.gyr is None or not len(track.t_ns):
            return np.zeros(len(track.t_ns))
        before = track.gyr[:, :1] if self._spin is None else self._spin
        turn = np.diff(track.gyr, axis=1, prepend=before) * self.rate_hz
        self._spin = track.gyr[:, -1:].copy()
        g = track.gyr
        more = np.sqrt(turn[0] ** 2 + turn[1] ** 2 + turn[2] ** 2)
        more += g[0] ** 2 + g[1] ** 2 + g[2] ** 2
        return np.asarray(np.minimum(_ANKLE_M * more, _TURNING_MOST_MPS2))

    def _sample(self, t: int, a: float, hit: bool, room: float, done: list[Table]) -> None:
        before = self._recent[-1] if self._recent else (t, a, False)
        self._recent.append((t, a, hit))
        if self._landed is not None:
            self._landed.add(t, a, hit)
            if t - self._landed.ic_ns > _STAY_S * 1e9:
                done.append(self._landed.row(None, None, self.rate_hz))
                self._landed = None
        if not self._flying:
            if a >= _AIR_MPS2 + room:
                self._air_since = None
            elif self._air_since is None:
                self._air_since = _crossing(before, (t, a), _AIR_MPS2 + room)
            elif t - self._air_since >= _AIR_S * 1e9:
                self._flying, self._left_ns = True, self._air_since
        elif a >= _GROUND_MPS2 + room:
            ic = _crossing(before, (t, a), _GROUND_MPS2)
            fell_ns = ic - (self._left_ns or ic)
            if self._landed is not None:
                done.append(self._landed.row(self._left_ns, ic, self.rate_hz))
            near = [s for s in self._recent if s[0] >= ic - _SHOCK_S[0] * 1e9]
            self._landed = _Landing(ic, fell_ns, near)
            self._flying, self._air_since = False, None


class _Landing:
    """A landing and what came after it, until it takes off or stays."""

    def __init__(self, ic_ns: float, fell_ns: float, near: list[tuple[int, float, bool]]) -> None:
        self.ic_ns = ic_ns
        self._fell_s = fell_ns / 1e9
        self._near = near
        self._after = [s for s in near if s[0] > ic_ns]
        self._rest_ns: int | None = None  # quiet since
        self._settled_ns: int | None = None

    def add(self, t: int, a: float, hit: bool) -> None:
        if t <= self.ic_ns + _SHOCK_S[1] * 1e9:
            self._near.append((t, a, hit))
        if t <= self.ic_ns + _ARREST_S * 1e9:
            self._after.append((t, a, hit))
        if self._settled_ns is not None:
            return
        if abs(a - G_MPS2) > _SETTLED_MPS2:
            self._rest_ns = None
        elif self._rest_ns is None:
            self._rest_ns = t
        elif t - self._rest_ns >= _SETTLED_S * 1e9:
            self._settled_ns = self._rest_ns

    def row(self, left_ns: float | None, next_ns: float | None, rate_hz: float) -> Table:
        """The row of a contact that left at ``left_ns`` and landed again, or of one that stayed."""
        out = empty(HOP, 1)
        out["ic_ns"] = out["fc_ns"] = round(self.ic_ns)
        flight = self._fell_s
        if left_ns is not None and next_ns is not None:
            out["fc_ns"] = round(left_ns)
            contact, flight = (left_ns - self.ic_ns) / 1e9, (next_ns - left_ns) / 1e9
            out["gct_s"], out["rsi"] = contact, flight / contact
            whole = (flight + contact) / math.pi - contact / 4
            # Dalleau et al. 2004, Int J Sports Med 25:170; per kilogram of body mass.
            out["stiffness_npm_per_kg"] = math.pi * (flight + contact) / (contact**2 * whole)
        else:
            out["reason"] = int(Reason.NO_FC)
            if self._settled_ns is not None:
                out["settle_s"] = (self._settled_ns - self.ic_ns) / 1e9
        out["flight_s"], out["height_m"] = flight, G_MPS2 * flight**2 / 8
        if left_ns is None:  # a fall, not a jump: from its top only down
            out["height_m"] = G_MPS2 * flight**2 / 2
        shock = math.fsum((a - G_MPS2) ** 2 for _, a, _ in self._near) / max(1, len(self._near))
        out["shock_mps2"] = math.sqrt(shock)
        out["arrest_s"] = self._arrest_s()
        out["clipped"] = sum(hit for _, _, hit in self._near)
        out["grade"] = GRADE_B if rate_hz >= _GOOD_HZ else GRADE_C
        if rate_hz < _GOOD_HZ:
            out["reason"] |= int(Reason.RATE)
        if rate_hz < _GOOD_HZ / 2:
            out["grade"] = GRADE_X
        if out["clipped"][0]:  # contact and flight do not suffer, shock and arrest do
            out["reason"] |= int(Reason.CLIPPED)
            out["grade"] = min(int(out["grade"][0]), GRADE_C)
        return out

    def _arrest_s(self) -> float:
        """Time from a tenth to nine tenths of the speed that the ground takes away.

        Signed, and only up to where it is most: ringing after that is no part of the stop. It
        begins at IC with nothing, so the first sample counts from there.
        """
        before, taken = (self.ic_ns, G_MPS2), [(self.ic_ns, 0.0)]
        for t, a, _ in self._after:
            mean = (before[1] + a) / 2 - G_MPS2
            taken.append((t, taken[-1][1] + mean * (t - before[0]) / 1e9))
            before = (t, a)
        most = max(range(len(taken)), key=lambda k: taken[k][1])
        rise = taken[: most + 1]
        if most < 2:
            return math.nan
        times = [_reached(rise, share * taken[most][1]) for share in (0.1, 0.9)]
        return (times[1] - times[0]) / 1e9


def _reached(rise: list[tuple[float, float]], level: float) -> float:
    """Time at which a list of (time, value) first reaches a level."""
    k = next(i for i, (_, v) in enumerate(rise) if v >= level)
    if k == 0:
        return rise[0][0]
    (t0, v0), (t1, v1) = rise[k - 1], rise[k]
    return t0 + (t1 - t0) * (level - v0) / (v1 - v0)


def _crossing(a: tuple[int, float, bool], b: tuple[int, float], level: float) -> float:
    """Time at which the straight line from a to b passes the level."""
    if a[1] == b[1]:
        return float(b[0])
    share = min(max((level - a[1]) / (b[1] - a[1]), 0.0), 1.0)
    return a[0] + share * (b[0] - a[0])
