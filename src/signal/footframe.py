"""Samples of a pod in the foot's frame: x toes, y left, z up; holes filled, clipping counted.

What comes in before the pod's seat on the foot is known waits, and goes the same way as
everything after it.
"""

import numpy as np

from .filters import History
from .gaps import Bridge, Track
from .imu import ImuBlock
from .orientation import MOTION_RADPS, MOTION_S, Alignment, calibrate
from .tables import FloatArray

# Rows of ``FootFrame.track``. The three counts run on over the recording, so that the
# number in a stretch is a difference.
T_NS, BRIDGED, HOLE, CLIPPED, AX, AY, AZ, WX, WY, WZ, SIZE, SPIN = range(12)
ROWS = 12

CLIP = 0.97  # of the range: where sensors begin to flatten, science.md of Chan et al. 2023
_WAIT_S = 600.0  # rest before the first step that is remembered


class FootFrame:
    """Keeps the newest samples in the foot's frame in ``track``; the rest is forgotten.

    ``track`` holds one column a sample: time since ``origin_ns``, running counts of bridged,
    hole and clipped samples, foot-frame acceleration and turning rate, the size of the
    acceleration and the square of the turning rate. It stays empty until the calibration is done: at the sample where the pod
    has been in motion for 8 s, or at the end.
    """

    def __init__(self, rate_hz: float) -> None:
        self.rate_hz = rate_hz
        self.bridge = Bridge(rate_hz)
        self.track = History(ROWS)
        self.alignment: Alignment | None = None
        self.has_gyro = True
        self.origin_ns = 0
        self.acc_clipped = 0
        self.gyr_clipped = 0
        self._started = False
        self._raw = History(11)
        self._motion = 0
        self._enough = round(MOTION_S * rate_hz)
        self._counts = np.zeros((3, 1))

    def update(self, block: ImuBlock) -> None:
        """Take the next samples."""
        if not len(block):
            return
        if not self._started:
            self._started = True
            self.origin_ns = int(block.t_ns[0])
        if block.gyr is None:
            self.has_gyro = False
        track = self.bridge.update(block)
        if self.has_gyro and track.gyr is not None:
            self._take(track, block)

    def _take(self, track: Track, block: ImuBlock) -> None:
        assert track.gyr is not None
        n = len(track.t_ns)
        raw = self._raw.grow(n)
        raw[0] = track.t_ns - self.origin_ns
        raw[1] = 0.0 if track.bridged is None else track.bridged
        raw[2] = 0.0 if track.hole is None else track.hole
        raw[3:6] = track.acc
        raw[6:9] = track.gyr
        raw[9] = _nearness(track.acc, block.acc_range_mps2)
        raw[10] = _nearness(track.gyr, block.gyr_range_radps)
        if self.alignment is None:
            self._learn(track.gyr)
        if self.alignment is not None:
            self._align()

    def _learn(self, gyr: FloatArray) -> None:
        fast = gyr[0] * gyr[0] + gyr[1] * gyr[1] + gyr[2] * gyr[2] > MOTION_RADPS**2
        moved = self._motion + np.cumsum(fast)
        self._motion = int(moved[-1])
        if self._motion < self._enough:
            return
        enough = self._raw.stop - len(moved) + int(np.argmax(moved >= self._enough)) + 1
        self._calibrate(enough)
        if self.alignment is None:
            self._motion = 0

    def _calibrate(self, stop: int) -> None:
        start = max(self._raw.start, stop - round(_WAIT_S * self.rate_hz))
        seen = self._raw.view(start, stop)
        self.alignment = calibrate(seen[3:6], seen[6:9], self.rate_hz)
        self._raw.drop(start)
        self.track.start = self.track.stop = start

    def finish(self) -> None:
        """Calibrate on what there is, where the recording ended before it could be done."""
        if self.alignment is None and len(self._raw):
            self._calibrate(self._raw.stop)
            if self.alignment is not None:
                self._align()

    def _align(self) -> None:
        at = self.alignment
        assert at is not None
        raw = self._raw.view(self._raw.start, self._raw.stop)
        out = self.track.grow(raw.shape[1])
        out[T_NS] = raw[0]
        limit = CLIP * (1 / at.scale if at.scale_fault else 1.0)
        clipped = raw[9] >= limit
        self.acc_clipped += int(clipped.sum())
        self.gyr_clipped += int((raw[10] >= CLIP).sum())
        for row, flag in enumerate((raw[1], raw[2], clipped)):
            np.cumsum(flag, out=out[BRIDGED + row])
        out[BRIDGED : CLIPPED + 1] += self._counts
        self._counts = out[BRIDGED : CLIPPED + 1, -1:].copy()
        at.apply(raw[3:6], raw[6:9], out[AX : WZ + 1])
        np.sqrt(
            out[AX] * out[AX] + out[AY] * out[AY] + out[AZ] * out[AZ],
            out=out[SIZE],
        )
        out[SPIN] = out[WX] * out[WX] + out[WY] * out[WY] + out[WZ] * out[WZ]
        self._raw.drop(self._raw.stop)


def _nearness(x: FloatArray, limits: tuple[float, float, float]) -> FloatArray:
    """How near the worst axis of each sample is to the end of its range: 1 is there."""
    if not np.isfinite(limits[0]):
        return np.zeros(x.shape[1])
    near = np.abs(x[0]) / limits[0]
    np.maximum(near, np.abs(x[1]) / limits[1], out=near)
    np.maximum(near, np.abs(x[2]) / limits[2], out=near)
    return np.asarray(near)
