"""Steps of one foot: contacts, completed by the stride that follows each of them."""

from dataclasses import dataclass

import numpy as np

from . import grades, space, stride
from .closure import Level
from .contacts import CHUNK, CONTACT, ContactAnalyser
from .imu import ImuBlock
from .orientation import Alignment
from .quality import Findings
from .tables import (
    GAIT_RUN,
    STEP,
    BoolArray,
    FloatArray,
    Place,
    Side,
    Table,
    empty,
    join,
    on_grid,
)

_NONE = empty(STEP)
#: Rows come that much later at most, because some together cost hardly more than one.
ROWS_S = 3.0
_STRIDE_S = (0.35, 2.5)  # 340 spm to a very slow walk
_GCT_S = (0.06, 2.0)
_SPACE_LEAST_HZ = 90.0  # half the rate adds a third to the spread, a quarter of it triples it


@dataclass(frozen=True, slots=True)
class Mount:
    """Which foot the pod is on, where on it, and whether samples it loses are missed.

    Without a clock and a counter of the sensor's own nothing ``shows_loss``.
    """

    side: Side = "unknown"
    place: Place = "unknown"
    shows_loss: bool = True


class StepAnalyser:
    """Turns the samples of one foot pod into rows of STEP.

    A row comes within ``ROWS_S`` after the stride that follows its contact is complete: IC to the
    same foot's next IC. Where no stride follows (the athlete stops, the recording ends) the row has
    no stride time. A stride that touches a hole of more than 25 ms gives no row.

    Clearance is of the pod, or of the point of the foot ``point_m`` away from it (toes, left, up).
    ``latest`` is for a live view that should not wait for the stride.
    """

    def __init__(
        self,
        mount: Mount,
        rate_hz: float,
        point_m: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ) -> None:
        if not rate_hz > 0:
            raise ValueError(f"rate_hz: expected a positive number, got {rate_hz}")
        self.mount = mount
        self._point_m = point_m
        self.rate_hz = rate_hz
        self.contacts = ContactAnalyser(rate_hz)
        self._waiting = np.zeros(0, CONTACT)
        self._landing = space.nothing(space.LANDING, 1)  # of the contact that waits
        self._flats = np.zeros((0, 3))  # weighted gravity at the newest foot-flats
        self._level = Level()
        self._always: np.uint32 | None = None  # reasons that hold for every step
        self._steps = 0

    @property
    def dtype(self) -> np.dtype[np.void]:
        """The table of its rows: STEP."""
        return STEP

    def update(self, block: ImuBlock) -> Table:
        """Take the next samples; return the steps that became certain with them."""
        if len(block) > CHUNK:
            cuts = (block[i : i + CHUNK] for i in range(0, len(block), CHUNK))
            return np.concatenate([self.update(cut) for cut in cuts])
        self.contacts.follow(block)
        due = self.contacts.waited_s >= ROWS_S or len(self._waiting) > 1
        return self._rows(final=False) if due else _NONE

    def finish(self) -> Table:
        """Return the steps that only the end of the recording makes certain."""
        self.contacts.end()
        return self._rows(final=True)

    @property
    def latest(self) -> Table | None:
        """The newest contact, a row of CONTACT, worked out when asked for; or None."""
        self.hasten()
        return self._waiting[-1:] if len(self._waiting) else None

    def hasten(self) -> None:
        """Have what is certain by now come with the next samples: for somebody who watches."""
        self._waiting = join(CONTACT, [self._waiting, self.contacts.take()])

    def findings(self) -> Findings:
        """What is known of the recording so far; final after ``finish``."""
        frame, bridge = self.contacts.frame, self.contacts.frame.bridge
        frame.ripen()
        at = frame.alignment
        return Findings(
            rate_hz=self.rate_hz,
            samples=bridge.samples,
            lost=bridge.lost,
            holes=bridge.holes,
            steps=self._steps,
            shows_loss=self.mount.shows_loss,
            acc_clipped_frac=frame.acc_clipped / max(1, bridge.samples),
            gyr_clipped_frac=frame.gyr_clipped / max(1, bridge.samples),
            scale=1.0 if at is None else at.scale,
            scale_fault=at is not None and at.scale_fault,
            rest_g=None if at is None else at.rest_g,
            gyro_offset_radps=_triple(at),
            direction=0.0 if at is None else at.direction,
            rattle=0.0 if at is None else at.rattle,
            loose=at is not None and at.rattle > grades.RATTLE_MOST,
            calibrated=at is not None,
            has_gyro=frame.has_gyro,
            stand_roll_rad=self._stand_roll_rad(at),
        )

    def _stand_roll_rad(self, at: Alignment | None) -> float | None:
        outward = {"left": 1, "right": -1}.get(self.mount.side)
        if at is None or at.stand_roll_rad is None or outward is None:
            return None
        return outward * at.stand_roll_rad

    def _rows(self, *, final: bool) -> Table:
        waiting = join(CONTACT, [self._waiting, self.contacts.take()])
        now, after = (waiting, waiting[1:]) if final else (waiting[:-1], waiting[1:])
        self._waiting = waiting[:0] if final else waiting[-1:]
        if not len(now):
            return _NONE
        if self._always is None:
            self._always = grades.always(
                self.contacts.frame.alignment,
                self.mount.side,
                self.rate_hz,
                shows_loss=self.mount.shows_loss,
            )
        rows = self._complete(now, after)
        self._steps += int(((rows["reason"] & grades.NO_IC) == 0).sum())
        return rows

    def _complete(self, now: Table, after: Table) -> Table:
        """Rows of the contacts ``now``, each with the next one, where there is a next."""
        n, m = len(now), len(after)
        rows = empty(STEP, n)
        for name in ("ic_ns", "fc_ns", "gait", "ppa_mps2", "shock_mps2", "clipped", "bridged"):
            rows[name] = now[name]
        reason = now["reason"] | self._always
        stride_s = np.full(n, np.nan)
        stride_s[:m] = (after["ic_ns"] - now["ic_ns"][:m]) / 1e9
        follows = np.zeros(n, bool)
        follows[:m] = (after["swing"] == now["swing"][:m] + 1) & (
            ((after["reason"] | now["reason"][:m]) & grades.NO_IC) == 0
        )
        follows &= (stride_s >= _STRIDE_S[0]) & (stride_s <= _STRIDE_S[1])
        stride_s[~follows] = np.nan
        gct_s = (now["fc_ns"] - now["ic_ns"]) / 1e9
        seen = (now["reason"] & grades.HALF) == 0
        fits = (gct_s >= _GCT_S[0]) & (gct_s <= _GCT_S[1]) & ~(gct_s >= stride_s)
        gct_s[~(seen & fits)] = np.nan
        reason |= (seen & ~fits) * grades.OUTLIER
        reason |= ~follows * grades.NO_STRIDE
        reason |= (now["gait"] == GAIT_RUN) * grades.UNPROVEN
        reason |= (now["bridged"] > 0) * grades.BRIDGED
        reason |= (now["clipped"] > 0) * grades.CLIPPED
        rows["stride_s"], rows["gct_s"] = stride_s, gct_s
        rows["swing_s"] = stride_s - gct_s
        # With one foot a step is half a stride; negative in walking, where both feet are down.
        rows["flight_s"] = 0.5 * stride_s - gct_s
        rows["reason"] = reason
        rows["pushoff_radps"] = now["pushoff_radps"]
        self._place(rows, now, after, follows)
        grades.give(rows, self.rate_hz)
        whole = np.ones(n, bool)
        whole[:m] = (after["holes"] == now["holes"][:m]) | ((now["reason"][:m] & grades.NO_FC) != 0)
        return on_grid(rows[whole])

    def _place(self, rows: Table, now: Table, after: Table, follows: BoolArray) -> None:
        """Fill what the path from each contact's foot-flat to the next one's says."""
        n = len(now)
        tilt = self._tilts(now)
        flown, landed = space.nothing(space.SPACE, n), space.nothing(space.LANDING, n + 1)
        landed[:1] = self._landing
        m = len(after)
        both = follows[:m] & (now["flat"][:m] >= 0) & (after["flat"] >= 0)
        both &= (after["holes"] == now["holes"][:m]) & (self.rate_hz >= _SPACE_LEAST_HZ)
        if both.any():
            track = self.contacts.frame.track
            flown[:m][both], landed[1 : m + 1][both] = space.measured(
                track.view(track.start, track.stop),
                now["flat"][:m][both] - track.start,
                after["flat"][both] - track.start,
                now["fc"][:m][both] - track.start,
                after["ic"][both] - track.start,
                tilt[:m][both],
                0.5 * (now["unrest"][:m][both] + after["unrest"][both]),
                self._level,
                self.mount.side,
                self._point_m,
                self.rate_hz,
            )
        self._landing = landed[n : n + 1].copy()
        for name in ("stride_m", "clearance_m", "slope_rad", "heel_off_s"):
            rows[name] = flown[name]
        rows["speed_mps"] = rows["stride_m"] / rows["stride_s"]
        for name in space.LANDING.names or ():
            rows[name] = landed[name][:n]

    def _tilts(self, now: Table) -> FloatArray:
        """Weighted sum of gravity at each foot-flat and those before, (n, 3)."""
        known = now["flat"] >= 0
        fresh = np.zeros((len(now), 3))
        weight = stride.tilt_weight(now["unrest"][known])
        fresh[known] = now["gravity"][known] * weight[:, None]
        held = np.concatenate([self._flats, fresh])
        padded = np.concatenate([np.zeros((stride.TILTS, 3)), held])
        stop = len(padded) - len(now)
        total = np.zeros_like(fresh)
        for back in range(stride.TILTS):
            total += padded[stop - back : len(padded) - back]
        self._flats = held[-stride.TILTS :]
        return total


def _triple(at: Alignment | None) -> tuple[float, float, float] | None:
    if at is None or not at.offset_known:
        return None
    x, y, z = (float(v) for v in at.offset_radps)
    return x, y, z


def gct_s(steps: Table) -> FloatArray:
    """Ground contact times that are known, in seconds."""
    known = steps["gct_s"]
    return np.asarray(known[~np.isnan(known)])
