"""Balance: how much the foot under a standing athlete sways and wobbles, live.

Angles come from a complementary filter: the gyroscope for what is quick, gravity for what is
slow. Everything is worked out on a fixed grid of 10 to 20 cells a second counted from the first
sample, so a live dial and a later analysis show the same bits.
"""

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from .filters import History
from .gaps import Bridge
from .imu import G_MPS2, ImuBlock
from .quality import Reason
from .steps import Mount
from .tables import SWAY, BoolArray, FloatArray, Side, Table, empty

_ROWS_HZ = 20.0
_TILT_S = 1.0  # complementary filter, science.md 2.10
_WINDOW_S = 0.7  # exponential window of everything that is an RMS or a mean
_STILL_S = 1.0  # the stance that angles are counted from
_STILL_RADPS = 0.35
_SCALE_MOST = 0.06  # a weight at rest further from 1 g than this is a fault of the sensor
_WOBBLE_RAD = math.radians(2.0)
_WOBBLE_APART_S = 0.2

_T, _HOLE, _AX, _WX = 0, 1, 2, 5


@dataclass(frozen=True, slots=True)
class Moments:
    """Rows of SWAY and what else their cells held, one value a row.

    ``jolt`` is the hardest push beside gravity and ``weight`` the mean acceleration in m/s^2,
    ``spin`` the fastest turn and ``heading`` the mean turn about the upright in rad/s; ``wobbled``
    says that a wobble began, also where the side is not known; ``after_hole`` that samples are
    missing since the row before; ``reason`` what makes the row less sure.
    """

    rows: Table
    jolt: FloatArray
    weight: FloatArray
    spin: FloatArray
    heading: FloatArray
    wobbled: BoolArray
    after_hole: BoolArray
    reason: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.rows)


_ZERO, _NO = np.zeros(0), np.zeros(0, np.bool_)
_NONE = Moments(empty(SWAY), _ZERO, _ZERO, _ZERO, _ZERO, _NO, _NO, np.zeros(0, np.uint32))


class SwayAnalyser:
    """Turns the samples of a pod on a standing foot into rows of SWAY, 10 to 20 a second.

    ``rotation`` is that of an ``Alignment`` of the same seat, rows x toes, y left, z up; without
    it the pod's own x is taken for the toes, and up is where gravity points in the first still
    second. Roll turns about the toes (left edge up is positive), pitch about the left (toes down
    is positive); both are counted from that second, which gives the gyroscope's zero and the
    accelerometer's scale too; until it is found the first second has to do. A wobble is
    medial (-1) or lateral (+1) only where side and seat are known. ``reason`` says what makes
    the newest rows less sure.
    """

    def __init__(self, mount: Mount, rate_hz: float, rotation: FloatArray | None = None) -> None:
        self.mount = mount
        self.rate_hz = rate_hz
        self._given = rotation
        self._rotation: FloatArray | None = None
        self._zero = np.zeros((3, 1))
        self._scale = 1.0
        self._lost = False
        self.reason = Reason(0)
        known = mount.side != "unknown" and (rotation is not None or mount.place != "unknown")
        if not known:
            self.reason |= Reason.SIDE if mount.side == "unknown" else Reason.MOUNT
        self._bridge = Bridge(rate_hz)
        self._raw = History(8)
        self._origin_ns: int | None = None
        self._tried = self._done = 0  # absolute samples
        self._calm = False
        self._cell = max(1, math.ceil(rate_hz / _ROWS_HZ))
        self._still = round(_STILL_S * rate_hz)
        self._wobbles = _Wobbles(mount.side if known else "unknown", rate_hz / self._cell)
        period = 1 / rate_hz
        back = np.arange(self._cell - 1, -1, -1)
        keep = math.exp(-period / _TILT_S)
        self._tilt_keep = keep**self._cell
        self._tilt_turn = keep ** (back + 1) * period
        self._tilt_level = keep**back * (1 - keep)
        keep = math.exp(-period / _WINDOW_S)
        self._mean_keep = keep**self._cell
        self._angles = [0.0, 0.0]
        self._means = [0.0] * 5
        self._weight = 0.0

    @property
    def dtype(self) -> np.dtype[np.void]:
        """The table of its rows: SWAY."""
        return SWAY

    def update(self, block: ImuBlock) -> Table:
        """Take the next samples; return the rows of the cells they complete."""
        return self.cells(block).rows

    def cells(self, block: ImuBlock) -> Moments:
        """Take the next samples; return the rows and what else their cells held."""
        track = self._bridge.update(block)
        n = len(track.t_ns)
        if n == 0:
            return _NONE
        if self._origin_ns is None:
            self._origin_ns = int(track.t_ns[0])
        raw = self._raw.grow(n)
        raw[_T] = track.t_ns - self._origin_ns
        raw[_HOLE] = 0.0 if track.hole is None else track.hole
        raw[_AX : _AX + 3] = track.acc
        raw[_WX : _WX + 3] = 0.0 if track.gyr is None else track.gyr
        if track.gyr is None:
            self.reason |= Reason.NO_GYRO
        found = []
        while not self._calm and self._tried + self._still <= self._raw.stop:
            if self._rotation is not None:
                found.append(self._advance(self._tried + self._still))
            self._look()
        if self._rotation is not None:
            found.append(self._advance(self._raw.stop))
        return _joined(found)

    def finish(self) -> Table:
        """Return nothing: a cell that is not full is not a row."""
        return empty(SWAY)

    def _look(self) -> None:
        """Take the next second for the stance if it is still, or for want of a better one."""
        quiet = self._raw.view(self._tried, self._tried + self._still)
        self._tried += self._still
        turn, acc = quiet[_WX : _WX + 3], quiet[_AX : _AX + 3]
        spin = float(np.abs(turn - turn.mean(axis=1)[:, None]).max())
        self._calm = spin < _STILL_RADPS and not quiet[_HOLE].any()
        if self._rotation is None or self._calm:
            self._rotation = _stance(acc, self._given)
            self._angles = [0.0, 0.0]
        if not self._calm:
            self.reason |= Reason.OFFSET
            return
        self.reason &= ~Reason.OFFSET
        self._zero = turn.mean(axis=1)[:, None]
        weight = float(np.sqrt((acc.mean(axis=1) ** 2).sum()))
        if weight > 0.5 * G_MPS2:
            self._scale = G_MPS2 / weight
        if abs(weight / G_MPS2 - 1) > _SCALE_MOST:
            self.reason |= Reason.SCALE

    def _advance(self, stop: int) -> Moments:
        """Work out the cells that end by absolute sample ``stop``."""
        start = self._done
        cells = (stop - start) // self._cell
        if not cells:
            return _NONE
        raw = self._raw.view(start, start + cells * self._cell)
        r = self._rotation
        assert r is not None
        a, w = raw[_AX : _AX + 3] * self._scale, raw[_WX : _WX + 3] - self._zero
        acc = [a[0] * r[i, 0] + a[1] * r[i, 1] + a[2] * r[i, 2] for i in range(3)]
        turn = [w[0] * r[i, 0] + w[1] * r[i, 1] + w[2] * r[i, 2] for i in range(3)]
        level = [np.arctan2(acc[1], acc[2]), np.arctan2(-acc[0], acc[2])]
        columns = self._tilt(turn[:2], level, cells)
        # The mean of a cell of 50 ms is the 10 Hz low-pass that the definition asks for.
        ml = acc[1].reshape(cells, -1).sum(axis=-1) / self._cell - G_MPS2 * np.sin(columns[0])
        ap = acc[0].reshape(cells, -1).sum(axis=-1) / self._cell + G_MPS2 * np.sin(columns[1])
        roll, pitch, yaw = (x.reshape(cells, -1).sum(axis=-1) / self._cell for x in turn)
        squares = (ml * ml, ap * ap, roll * roll, pitch * pitch,
                   np.sqrt(roll * roll + pitch * pitch))  # fmt: skip
        new = np.stack(squares, axis=1) * (1 - self._mean_keep)
        out = empty(SWAY, cells)
        wobbled = np.zeros(cells, np.bool_)
        out["t_ns"] = raw[_T].reshape(cells, -1)[:, -1].astype(np.int64) + (self._origin_ns or 0)
        for k, row in enumerate(new.tolist()):
            self._weight = self._mean_keep * self._weight + (1 - self._mean_keep)
            self._means = [self._mean_keep * m + x for m, x in zip(self._means, row, strict=True)]
            ml2, ap2, roll2, pitch2, path = (m / self._weight for m in self._means)
            values = (math.sqrt(ml2), math.sqrt(ap2), math.sqrt(roll2), math.sqrt(pitch2))
            for name, value in zip(_RMS, values, strict=True):
                out[name][k] = value
            out["path_radps"][k] = path
            out["wobble"][k], wobbled[k] = self._wobbles.at(float(columns[0][k]))
        out["roll_rad"], out["pitch_rad"] = columns
        self._done = start + cells * self._cell
        self._raw.drop(self._done if self._calm else min(self._done, self._tried))
        whole = raw[_HOLE].reshape(cells, -1).sum(axis=-1) == 0
        before = np.concatenate([[self._lost], ~whole])
        self._lost = bool(before[-1])
        size = np.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]).reshape(cells, -1)
        r, p = (np.repeat(x, self._cell) for x in columns)
        pushed = np.sqrt(
            (acc[0] + G_MPS2 * np.sin(p)) ** 2
            + (acc[1] - G_MPS2 * np.sin(r)) ** 2
            + (acc[2] - G_MPS2 * np.cos(r) * np.cos(p)) ** 2
        ).reshape(cells, -1)
        spin = np.sqrt(w[0] * w[0] + w[1] * w[1] + w[2] * w[2]).reshape(cells, -1)
        return Moments(
            rows=np.asarray(out[whole]),
            jolt=np.asarray(pushed.max(axis=-1)[whole]),
            weight=np.asarray(size.sum(axis=-1)[whole] / self._cell),
            spin=np.asarray(spin.max(axis=-1)[whole]),
            heading=np.asarray(yaw[whole]),
            wobbled=wobbled[whole],
            after_hole=before[:-1][whole],
            reason=np.full(int(whole.sum()), int(self.reason), np.uint32),
        )

    def _tilt(self, turn: list[FloatArray], level: list[FloatArray], cells: int) -> FloatArray:
        """Roll and pitch at the end of each cell, shape (2, cells)."""
        out = np.empty((2, cells))
        for axis in range(2):
            gain = (turn[axis].reshape(cells, -1) * self._tilt_turn).sum(axis=-1)
            gain += (level[axis].reshape(cells, -1) * self._tilt_level).sum(axis=-1)
            angle = self._angles[axis]
            for k, g in enumerate(gain.tolist()):
                angle = self._tilt_keep * angle + g
                out[axis, k] = angle
            self._angles[axis] = angle
        return out


_RMS = ("ml_acc_rms_mps2", "ap_acc_rms_mps2", "roll_rate_rms_radps", "pitch_rate_rms_radps")


def _joined(parts: list[Moments]) -> Moments:
    """All moments, one after the other."""
    if len(parts) <= 1:
        return parts[0] if parts else _NONE
    return Moments(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Moments)))


class _Wobbles:
    """Roll that leaves its median of the last second by 2 degrees, until it is back by half."""

    def __init__(self, side: Side, rows_hz: float) -> None:
        # Left edge up is the medial side up for the right foot: its weight rolls outwards.
        self._lateral = {"left": -1, "right": 1}.get(side, 0)
        self._back = max(3, round(rows_hz))
        self._apart = math.ceil(_WOBBLE_APART_S * rows_hz)
        self._rolls: list[float] = []
        self._out = False
        self._since = self._apart

    def at(self, roll: float) -> tuple[int, bool]:
        """Return -1 (medial), +1 (lateral) or 0, and whether a wobble begins here."""
        self._rolls = [*self._rolls[-self._back + 1 :], roll]
        away = roll - sorted(self._rolls)[len(self._rolls) // 2]
        self._since += 1
        if self._out:
            self._out = abs(away) > _WOBBLE_RAD / 2
        elif abs(away) > _WOBBLE_RAD and self._since >= self._apart:
            self._out, self._since = True, 0
            return (self._lateral if away > 0 else -self._lateral), True
        return 0, False


def _stance(acc: FloatArray, given: FloatArray | None) -> FloatArray:
    """Rotation to the foot's axes as it stands, from its first second (3, n)."""
    up = acc.mean(axis=1)
    up /= np.linalg.norm(up)
    ahead = np.array([1.0, 0.0, 0.0]) if given is None else given[0]
    if abs(float(ahead @ up)) > 0.9:  # the pod's x points up: its z must point to the heel
        ahead = np.array([0.0, 0.0, -1.0])
    left = np.cross(up, ahead)
    left /= np.linalg.norm(left)
    return np.stack([np.cross(left, up), left, up])
