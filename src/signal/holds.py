"""Holds of a balance drill: from standing still to losing it, and how steady in between."""

import math
from dataclasses import dataclass

import numpy as np

from .balance import SwayAnalyser
from .imu import G_MPS2, ImuBlock
from .quality import Reason
from .steps import Mount
from .tables import HOLD, SWAY, FloatArray, Table, empty, join

END_UNKNOWN, END_TILTED, END_JOLTED = 0, 1, 2  # the recording ended; the foot turned; it moved

_STILL_S = 1.0  # quiet for that long, and the hold has begun with it
_STILL_RADPS = 0.35
_TILT_RAD = math.radians(12.0)  # science.md 2.10: loss of balance
_JOLT_MPS2 = 0.5 * G_MPS2
_JOLTS_WITHIN_S = 0.15
_CHI2 = 5.991  # 95 % of two degrees of freedom


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What makes a hold clean: long enough, and no more wobbles in ten seconds than this."""

    seconds: float = 20.0
    wobbles_in_10_s: float = 3.0


class HoldAnalyser:
    """Turns the samples of the stance foot's pod into rows of HOLD, one a hold.

    A hold begins with a second of stillness, and ends where the foot is tilted by 12 degrees or
    jolted by 0.5 g twice within 0.15 s: it stepped, hopped, or the other foot came down on it.
    Its row comes with that, or at the end. ``stopped`` says whether the newest hold has ended.
    """

    def __init__(self, mount: Mount, rate_hz: float, aim: Aim | None = None) -> None:
        self.aim = aim or Aim()
        self.sway = SwayAnalyser(mount, rate_hz)
        self._known = mount.side != "unknown"
        self._hold: _Hold | None = None
        self._quiet_ns: int | None = None
        self._jolt_ns = -(10**18)

    @property
    def dtype(self) -> np.dtype[np.void]:
        """The table of its rows: HOLD."""
        return HOLD

    @property
    def stopped(self) -> bool:
        """Whether nobody is holding still at the moment."""
        return self._hold is None

    def update(self, block: ImuBlock) -> Table:
        """Take the next samples; return the holds that ended with them."""
        rows, jolts = self.sway.cells(block)
        done = []
        for row, jolt in zip(rows, jolts.tolist(), strict=True):
            end = self._lost(row, jolt)
            if self._hold is None:
                self._begin(row, end)
            elif end:
                done.append(self._hold.row(int(row["t_ns"]), end, self.aim, self._known))
                self._hold = self._quiet_ns = None
            else:
                self._hold.add(row)
        return join(HOLD, done)

    def finish(self) -> Table:
        """Return the hold that the end of the recording ended."""
        if self._hold is None:
            return empty(HOLD)
        return self._hold.row(self._hold.last_ns, END_UNKNOWN, self.aim, self._known)

    def _lost(self, row: np.void, jolt: float) -> int:
        """How balance was lost in this cell, 0 where it was not."""
        if max(abs(float(row["roll_rad"])), abs(float(row["pitch_rad"]))) > _TILT_RAD:
            return END_TILTED
        if jolt <= _JOLT_MPS2:
            return 0
        again = int(row["t_ns"]) - self._jolt_ns <= _JOLTS_WITHIN_S * 1e9
        self._jolt_ns = int(row["t_ns"])
        return END_JOLTED if again else 0

    def _begin(self, row: np.void, lost: int) -> None:
        now = int(row["t_ns"])
        turning = math.hypot(float(row["roll_rate_rms_radps"]), float(row["pitch_rate_rms_radps"]))
        if lost or turning > _STILL_RADPS:
            self._quiet_ns = None
            return
        if self._quiet_ns is None:
            self._quiet_ns = now
        if now - self._quiet_ns >= _STILL_S * 1e9:
            self._hold = _Hold(self._quiet_ns)


class _Hold:
    """Sums over a hold that is going on."""

    def __init__(self, start_ns: int) -> None:
        self.start_ns = self.last_ns = start_ns
        self.n = self.medial = self.lateral = 0
        self.sums = [0.0] * 7  # roll, pitch, their squares and product, path, ML squared

    def add(self, row: np.void) -> None:
        self.last_ns = int(row["t_ns"])
        roll, pitch = float(row["roll_rad"]), float(row["pitch_rad"])
        path, ml = float(row["path_radps"]), float(row["ml_acc_rms_mps2"])
        new = (roll, pitch, roll * roll, pitch * pitch, roll * pitch, path, ml * ml)
        self.sums = [a + b for a, b in zip(self.sums, new, strict=True)]
        self.n += 1
        self.medial += int(row["wobble"] < 0)
        self.lateral += int(row["wobble"] > 0)

    def row(self, stop_ns: int, end: int, aim: Aim, known: bool) -> Table:
        """The finished row; clean is what the aim makes of it, reason why not."""
        out = empty(HOLD, 1)
        out["start_ns"], out["stop_ns"], out["end"] = self.start_ns, stop_ns, end
        out["wobbles_medial"], out["wobbles_lateral"] = self.medial, self.lateral
        if self.n:
            roll, pitch, roll2, pitch2, both, path, ml2 = (s / self.n for s in self.sums)
            spread = (roll2 - roll * roll) * (pitch2 - pitch * pitch) - (both - roll * pitch) ** 2
            out["area_rad2"] = math.pi * _CHI2 * math.sqrt(max(spread, 0.0))
            out["path_radps"], out["ml_acc_rms_mps2"] = path, math.sqrt(ml2)
        seconds = (stop_ns - self.start_ns) / 1e9
        reason = Reason(0) if known else Reason.SIDE
        if seconds < aim.seconds:
            reason |= Reason.SHORT
        if (self.medial + self.lateral) * 10 > aim.wobbles_in_10_s * seconds:
            reason |= Reason.WOBBLES
        out["clean"] = not reason & (Reason.SHORT | Reason.WOBBLES)
        out["reason"] = int(reason)
        return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Steadiness:
    """A person's usual sway in one condition (eyes, ground): medians over earlier holds."""

    version: int = 1
    roll_rate_radps: float
    ml_acc_mps2: float
    ap_acc_mps2: float
    path_radps: float


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
