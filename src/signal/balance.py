"""Balance: how much the foot under a standing athlete sways and wobbles, live.

Angles come from a complementary filter: the gyroscope for what is quick, gravity for what is
slow. Everything is worked out on a fixed grid of 10 to 20 cells a second counted from the first
sample, so a live dial and a later analysis show the same bits.
"""

import math

import numpy as np

from .filters import History
from .gaps import Bridge
from .imu import G_MPS2, ImuBlock
from .steps import Mount
from .tables import SWAY, FloatArray, Table, empty

_ROWS_HZ = 20.0
_TILT_S = 1.0  # complementary filter, science.md 2.10
_WINDOW_S = 0.7  # exponential window of everything that is an RMS or a mean
_STILL_S = 1.0  # the stance that angles are counted from
_WOBBLE_RAD = math.radians(2.0)
_WOBBLE_APART_S = 0.2

_T, _HOLE, _AX, _WX = 0, 1, 2, 5
_NONE = (empty(SWAY), np.zeros(0))


class SwayAnalyser:
    """Turns the samples of a pod on a standing foot into rows of SWAY, 10 to 20 a second.

    ``rotation`` is that of an ``Alignment`` of the same seat, rows x toes, y left, z up; without
    it the pod's own x is taken for the toes, and up is where gravity points in the first second.
    Roll turns about the toes (left edge up is positive), pitch about the left (toes down is
    positive); both are counted from the first second, which gives the gyroscope's zero too. A wobble is medial (-1) or lateral (+1)
    only where the side is known.
    """

    def __init__(self, mount: Mount, rate_hz: float, rotation: FloatArray | None = None) -> None:
        self.mount = mount
        self.rate_hz = rate_hz
        self._given = rotation
        self._rotation: FloatArray | None = None
        self._zero = np.zeros((3, 1))
        self._bridge = Bridge(rate_hz)
        self._raw = History(8)
        self._origin_ns: int | None = None
        self._cell = max(1, math.ceil(rate_hz / _ROWS_HZ))
        self._still = round(_STILL_S * rate_hz)
        self._wobbles = _Wobbles(mount, rate_hz / self._cell)
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
        return self.cells(block)[0]

    def cells(self, block: ImuBlock) -> tuple[Table, FloatArray]:
        """Return the rows, and with each the hardest jolt of its cell: off gravity, m/s^2."""
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
        if self._rotation is None:
            if self._raw.stop < self._still:
                return _NONE
            quiet = self._raw.view(0, self._still)
            self._rotation = _stance(quiet[_AX : _AX + 3], self._given)
            self._zero = quiet[_WX : _WX + 3].mean(axis=1)[:, None]
        return self._advance()

    def finish(self) -> Table:
        """Return nothing: a cell that is not full is not a row."""
        return empty(SWAY)

    def _advance(self) -> tuple[Table, FloatArray]:
        cells = len(self._raw) // self._cell
        if not cells:
            return _NONE
        start = self._raw.start
        raw = self._raw.view(start, start + cells * self._cell)
        r = self._rotation
        assert r is not None
        a, w = raw[_AX : _AX + 3], raw[_WX : _WX + 3] - self._zero
        acc = [a[0] * r[i, 0] + a[1] * r[i, 1] + a[2] * r[i, 2] for i in range(3)]
        turn = [w[0] * r[i, 0] + w[1] * r[i, 1] + w[2] * r[i, 2] for i in range(2)]
        level = [np.arctan2(acc[1], acc[2]), np.arctan2(-acc[0], acc[2])]
        columns = self._tilt(turn, level, cells)
        # The mean of a cell of 50 ms is the 10 Hz low-pass that the definition asks for.
        ml = acc[1].reshape(cells, -1).sum(axis=-1) / self._cell - G_MPS2 * np.sin(columns[0])
        ap = acc[0].reshape(cells, -1).sum(axis=-1) / self._cell + G_MPS2 * np.sin(columns[1])
        roll, pitch = (x.reshape(cells, -1).sum(axis=-1) / self._cell for x in turn)
        squares = (ml * ml, ap * ap, roll * roll, pitch * pitch,
                   np.sqrt(roll * roll + pitch * pitch))  # fmt: skip
        new = np.stack(squares, axis=1) * (1 - self._mean_keep)
        out = empty(SWAY, cells)
        out["t_ns"] = raw[_T].reshape(cells, -1)[:, -1].astype(np.int64) + (self._origin_ns or 0)
        for k, row in enumerate(new.tolist()):
            self._weight = self._mean_keep * self._weight + (1 - self._mean_keep)
            self._means = [self._mean_keep * m + x for m, x in zip(self._means, row, strict=True)]
            ml2, ap2, roll2, pitch2, path = (m / self._weight for m in self._means)
            values = (math.sqrt(ml2), math.sqrt(ap2), math.sqrt(roll2), math.sqrt(pitch2))
            for name, value in zip(_RMS, values, strict=True):
                out[name][k] = value
            out["path_radps"][k] = path
            out["wobble"][k] = self._wobbles.at(float(columns[0][k]))
        out["roll_rad"], out["pitch_rad"] = columns
        self._raw.drop(start + cells * self._cell)
        whole = raw[_HOLE].reshape(cells, -1).sum(axis=-1) == 0
        jolt = np.abs(np.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]) - G_MPS2)
        return np.asarray(out[whole]), np.asarray(jolt.reshape(cells, -1).max(axis=-1)[whole])

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


class _Wobbles:
    """Roll that leaves its median of the last second by 2 degrees, until it is back by half."""

    def __init__(self, mount: Mount, rows_hz: float) -> None:
        # Left edge up is the medial side up for the right foot: its weight rolls outwards.
        self._lateral = {"left": -1, "right": 1}.get(mount.side, 0)
        self._back = max(3, round(rows_hz))
        self._apart = math.ceil(_WOBBLE_APART_S * rows_hz)
        self._rolls: list[float] = []
        self._out = False
        self._since = self._apart

    def at(self, roll: float) -> int:
        """Return -1 (medial) or +1 (lateral) where a wobble begins, otherwise 0."""
        self._rolls = [*self._rolls[-self._back + 1 :], roll]
        away = roll - sorted(self._rolls)[len(self._rolls) // 2]
        self._since += 1
        if self._out:
            self._out = abs(away) > _WOBBLE_RAD / 2
        elif abs(away) > _WOBBLE_RAD and self._since >= self._apart:
            self._out, self._since = True, 0
            return self._lateral if away > 0 else -self._lateral
        return 0


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
