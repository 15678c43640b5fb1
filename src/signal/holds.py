"""Holds of a balance drill: from standing still to losing it, and how steady in between."""

import math
from dataclasses import dataclass

import numpy as np

from .balance import Moments, SwayAnalyser
from .grades import drill_grade
from .imu import G_MPS2, ImuBlock
from .quality import Reason
from .steps import Mount
from .tables import GRADE_C, GRADE_X, HOLD, SWAY, FloatArray, Table, empty, join

#: How a hold ended: with the recording; the foot tilted or turned; it was jolted; it hopped; the
#: free foot came down; somebody said so.
END_UNKNOWN, END_TILTED, END_JOLTED, END_HOPPED, END_TOUCHED, END_BY_HAND = range(6)

_STILL_S = 1.0  # quiet for that long, and the hold has begun with it
_STILL_RADPS, _STILL_MPS2 = 0.6, 3.0
_TILT_RAD = math.radians(12.0)  # science.md 2.10: loss of balance
_TURN_S = 0.5  # within which 12 degrees about the upright are a foot that moved
_JOLT_MPS2 = 0.5 * G_MPS2
_JOLTS_WITHIN_S = 0.15
_AIR_MPS2 = 0.5 * G_MPS2  # mean of a cell: a foot in the air feels little weight
_GAP_S = 0.3  # in which a foot could have come down unseen
_CHI2 = 5.991  # 95 % of two degrees of freedom


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What makes a hold clean: long enough, and no more wobbles in ten seconds than this.

    ``roll_rate_radps`` is the most frontal turning, RMS, of a clean hold, where the athlete's own
    (the fifth of the successful holds that was least steady) is known.
    """

    seconds: float = 20.0
    wobbles_in_10_s: float = 3.0
    roll_rate_radps: float = math.inf


class HoldAnalyser:
    """Turns the samples of the stance foot's pod into rows of HOLD, one a hold.

    A hold begins with a second of stillness, and ends where the foot is tilted by 12 degrees from
    how it then stood, turns by as much about the upright, hops, or is jolted by 0.5 g twice within
    0.15 s: the other foot came down on it. Its row comes with that, or at the end; ``end_at`` ends
    it from outside. ``stopped`` says whether the newest hold has ended.
    """

    def __init__(self, mount: Mount, rate_hz: float, aim: Aim | None = None) -> None:
        self.aim = aim or Aim()
        self.sway = SwayAnalyser(mount, rate_hz)
        self.rows = empty(SWAY)  # the sway of the newest samples
        self._grade, self._slow = drill_grade(rate_hz)
        self._hold: _Hold | None = None
        self._quiet: list[np.void] = []
        self._turned: list[float] = []
        self._jolt_ns = -(10**18)
        self._last_ns: int | None = None
        self._ends: list[tuple[int, int]] = []

    @property
    def dtype(self) -> np.dtype[np.void]:
        """The table of its rows: HOLD."""
        return HOLD

    @property
    def stopped(self) -> bool:
        """Whether nobody is holding still at the moment."""
        return self._hold is None

    @property
    def held_s(self) -> float | None:
        """How long the hold that is going on has lasted, None without one."""
        hold = self._hold
        return None if hold is None else (hold.last_ns - hold.start_ns) / 1e9

    def end_at(self, t_ns: int, end: int = END_BY_HAND) -> None:
        """Say that the hold ends at that time; before the samples that follow it."""
        self._ends = sorted([*self._ends, (t_ns, end)])

    def update(self, block: ImuBlock) -> Table:
        """Take the next samples; return the holds that ended with them."""
        seen = self.sway.cells(block)
        self.rows = seen.rows
        done = []
        for i, row in enumerate(seen.rows):
            end, at_ns = self._lost(row, seen, i)
            if self._hold is None:
                self._begin(row, seen, i, end)
            elif end:
                done.append(self._row(self._hold, at_ns, end))
                self._hold = None
                self._quiet.clear()
            else:
                self._hold.add(row, seen, i)
            self._last_ns = int(row["t_ns"])
        return join(HOLD, done)

    def finish(self) -> Table:
        """Return the hold that the end of the recording ended."""
        if self._hold is None:
            return empty(HOLD)
        return self._row(self._hold, self._hold.last_ns, END_UNKNOWN)

    def _lost(self, row: np.void, seen: Moments, i: int) -> tuple[int, int]:
        """How and when balance was lost by this cell; 0 where it was not."""
        now = int(row["t_ns"])
        while self._ends and self._ends[0][0] <= now:
            at_ns, end = self._ends.pop(0)
            if self._hold is not None and at_ns >= self._hold.start_ns:
                return end, at_ns
        roll0, pitch0 = (0.0, 0.0) if self._hold is None else self._hold.level
        tilt = max(abs(float(row["roll_rad"]) - roll0), abs(float(row["pitch_rad"]) - pitch0))
        cell_s = 0.0 if self._last_ns is None else min(0.1, (now - self._last_ns) / 1e9)
        most = max(1, round(_TURN_S / cell_s)) if cell_s > 0 else 1
        self._turned = [*self._turned[-most + 1 :], float(seen.heading[i]) * cell_s]
        if seen.weight[i] < _AIR_MPS2:
            return END_HOPPED, now
        if tilt > _TILT_RAD or abs(math.fsum(self._turned)) > _TILT_RAD:
            return END_TILTED, now
        if seen.jolt[i] <= _JOLT_MPS2:
            return 0, now
        again = now - self._jolt_ns <= _JOLTS_WITHIN_S * 1e9
        self._jolt_ns = now
        return (END_JOLTED if again else 0), now

    def _begin(self, row: np.void, seen: Moments, i: int, lost: int) -> None:
        """Count stillness; a hold that begins has begun with it."""
        calm = seen.spin[i] <= _STILL_RADPS and seen.jolt[i] <= _STILL_MPS2
        if not calm or seen.after_hole[i] or lost in (END_HOPPED, END_JOLTED):
            self._quiet.clear()
            return
        self._quiet.append(row)
        since = int(self._quiet[0]["t_ns"])
        if int(row["t_ns"]) - since >= _STILL_S * 1e9:
            rolls, pitches = (
                [float(r[name]) for r in self._quiet] for name in ("roll_rad", "pitch_rad")
            )
            n = len(self._quiet)
            self._hold = _Hold(since, (math.fsum(rolls) / n, math.fsum(pitches) / n))
            self._hold.last_ns = int(row["t_ns"])
            self._turned.clear()

    def _row(self, hold: "_Hold", stop_ns: int, end: int) -> Table:
        """The finished row; clean is what the aim makes of it, reason why not."""
        out, aim = hold.row(stop_ns, end), self.aim
        seconds = (stop_ns - hold.start_ns) / 1e9
        reason = Reason(hold.reason) | self._slow
        if seconds < aim.seconds:
            reason |= Reason.SHORT
            if end not in (END_UNKNOWN, END_BY_HAND):
                reason |= Reason.LOST
        if int(out["wobbles"][0]) * 10 > aim.wobbles_in_10_s * seconds:
            reason |= Reason.WOBBLES
        if out["roll_rate_rms_radps"][0] > aim.roll_rate_radps:
            reason |= Reason.UNSTEADY
        if hold.holed:
            reason |= Reason.GAPS
        spoiled = Reason.SHORT | Reason.WOBBLES | Reason.UNSTEADY | Reason.GAPS | Reason.NO_GYRO
        out["clean"] = not reason & spoiled
        grade = min(self._grade, GRADE_C) if hold.holed or reason & Reason.OFFSET else self._grade
        out["grade"] = GRADE_X if reason & Reason.NO_GYRO else grade
        out["reason"] = int(reason)
        return out


class _Hold:
    """Sums over a hold that is going on; ``level`` is how the foot stood when it began."""

    def __init__(self, start_ns: int, level: tuple[float, float]) -> None:
        self.start_ns = self.last_ns = start_ns
        self.level = level
        self.n = self.medial = self.lateral = self.wobbles = 0
        self.sums = [0.0] * 8  # roll, pitch, their squares and product, path, ML and roll rate^2
        self.holed = False
        self.reason = 0

    def add(self, row: np.void, seen: Moments, i: int) -> None:
        """Take the next cell."""
        self.holed |= int(row["t_ns"]) - self.last_ns > _GAP_S * 1e9
        self.last_ns = int(row["t_ns"])
        self.reason |= int(seen.reason[i])
        roll, pitch = float(row["roll_rad"]), float(row["pitch_rad"])
        path, ml = float(row["path_radps"]), float(row["ml_acc_rms_mps2"])
        rate = float(row["roll_rate_rms_radps"])
        new = (roll, pitch, roll * roll, pitch * pitch, roll * pitch, path, ml * ml, rate * rate)
        self.sums = [a + b for a, b in zip(self.sums, new, strict=True)]
        self.n += 1
        self.medial += int(row["wobble"] < 0)
        self.lateral += int(row["wobble"] > 0)
        self.wobbles += int(seen.wobbled[i])

    def row(self, stop_ns: int, end: int) -> Table:
        """What was measured of it."""
        out = empty(HOLD, 1)
        out["start_ns"], out["stop_ns"], out["end"] = self.start_ns, stop_ns, end
        out["wobbles"] = self.wobbles
        out["wobbles_medial"], out["wobbles_lateral"] = self.medial, self.lateral
        if self.n:
            means = [s / self.n for s in self.sums]
            roll, pitch, roll2, pitch2, both, path, ml2, rate2 = means
            spread = (roll2 - roll * roll) * (pitch2 - pitch * pitch) - (both - roll * pitch) ** 2
            out["area_rad2"] = math.pi * _CHI2 * math.sqrt(max(spread, 0.0))
            out["path_radps"], out["ml_acc_rms_mps2"] = path, math.sqrt(ml2)
            out["roll_rate_rms_radps"] = math.sqrt(rate2)
        return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Steadiness:
    """A person's usual sway in one condition (eyes, ground): medians over earlier holds."""

    version: int = 1
    roll_rate_radps: float
    ml_acc_mps2: float
    ap_acc_mps2: float
    path_radps: float


#: What a first hold is scored against, until there are own ones: a choice of ours, no norm.
START = Steadiness(
    version=0, roll_rate_radps=0.10, ml_acc_mps2=0.25, ap_acc_mps2=0.20, path_radps=0.15
)


def steadiness(rows: Table) -> Steadiness:
    """Return the usual of rows of SWAY, of five holds or more."""
    return Steadiness(
        roll_rate_radps=float(np.median(rows["roll_rate_rms_radps"])),
        ml_acc_mps2=float(np.median(rows["ml_acc_rms_mps2"])),
        ap_acc_mps2=float(np.median(rows["ap_acc_rms_mps2"])),
        path_radps=float(np.median(rows["path_radps"])),
    )


def stability(rows: Table, usual: Steadiness) -> FloatArray:
    """Return 0 (lost) .. 100 (a rock) for rows of SWAY; 50 is the usual. Source: science.md 2.10."""
    assert rows.dtype == SWAY
    unrest = (
        0.45 * (rows["roll_rate_rms_radps"] / usual.roll_rate_radps) ** 2
        + 0.25 * (rows["ml_acc_rms_mps2"] / usual.ml_acc_mps2) ** 2
        + 0.15 * (rows["ap_acc_rms_mps2"] / usual.ap_acc_mps2) ** 2
        + 0.15 * (rows["path_radps"] / usual.path_radps) ** 2
    )
    return np.asarray(100 * 2.0 ** -(unrest**0.75))
