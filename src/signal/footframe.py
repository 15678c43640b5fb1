"""Samples of a pod in the foot's frame: x toes, y left, z up; holes filled, clipping counted.

What comes in before the pod's seat on the foot is known waits, and goes the same way as
everything after it.
"""

import math

import numpy as np

from .filters import History
from .gaps import Bridge, Track, chained
from .imu import ImuBlock
from .orientation import MOTION_RADPS, MOTION_S, Alignment, calibrate
from .tables import BoolArray, FloatArray, IntArray

# Rows of ``FootFrame.track``. The three counts run on over the recording, so that the
# number in a stretch is a difference.
T_NS, BRIDGED, HOLE, CLIPPED, AX, AY, AZ, WX, WY, WZ, SIZE, SPIN = range(12)
ROWS = 12

# Rows of what waits for the calibration.
_T, _BRIDGED, _HOLE, _NEAR, _NEAR_GYR = range(5)
_ACC, _GYR = slice(5, 8), slice(8, 11)

CLIP = 0.97  # of the range: where sensors begin to flatten, science.md of Chan et al. 2023
HOP_S = 0.125  # contacts come 0.1 s later for it, at half the cost in packets of 0.1 s
_Ranges = tuple[tuple[float, float, float], tuple[float, float, float]]

_FAR = (math.inf, math.inf, math.inf)
_WAIT_S = 600.0  # before the calibration; what is older is forgotten


class FootFrame:
    """Keeps the newest samples in the foot's frame; the rest is forgotten.

    ``pitch`` holds the pitch rate alone, toes down positive, of every sample so far. ``track``
    holds one column a sample: time since ``origin_ns``, running counts of bridged, hole and
    clipped samples, foot-frame acceleration and turning rate, the size of the acceleration and the
    square of the turning rate; it comes up to the same sample with ``ripen``, because numpy costs
    by the call and only contacts are looked at closely. Both stay empty until the calibration is
    done: at the sample where the pod has been in motion for 8 s, or at the end. Small blocks are
    gathered until there are ``HOP_S`` of samples.

    ``has_gyro`` is False while there were samples and none had a turning rate. Some sensors
    start their gyroscope later; what comes before it is counted only, and samples without a
    turning rate after it are taken as lost.
    """

    def __init__(self, rate_hz: float) -> None:
        self.rate_hz = rate_hz
        self.bridge = Bridge(rate_hz)
        self.track = History(ROWS)
        self.pitch = History(1)
        self.alignment: Alignment | None = None
        self.has_gyro = True
        self._turned = False  # whether any sample had a turning rate
        self.origin_ns = 0
        self.acc_clipped = 0
        self.gyr_clipped = 0
        self._newest_ns: int | None = None
        self._pending: list[ImuBlock] = []
        self._pending_n = 0
        self._hop = max(1, round(HOP_S * rate_hz))
        self._raw = History(11)
        self._unripe: list[Track] = []
        self._ranges: _Ranges = (_FAR, _FAR)  # of what is not ripe
        self._motion = 0
        self._enough = round(MOTION_S * rate_hz)
        self._counts = {BRIDGED: 0.0, HOLE: 0.0, CLIPPED: 0.0}

    def update(self, block: ImuBlock) -> bool:
        """Take the next samples; return whether ``pitch`` may have grown."""
        if not len(block):
            return False
        if self._newest_ns is None:
            self.origin_ns = int(block.t_ns[0])
        if self._newest_ns is not None and block.t_ns[0] <= self._newest_ns:
            raise ValueError("sample times must increase, from block to block too")
        self._newest_ns = int(block.t_ns[-1])
        unlike = bool(self._pending) and _kind(self._pending[0]) != _kind(block)
        if unlike:
            self._flush()
        if block.gyr is not None:
            self.has_gyro = self._turned = True
        elif self._turned:
            return unlike  # half a sample is none: as if it had been lost
        else:
            self.has_gyro = False
        self._pending.append(block)
        self._pending_n += len(block)
        if self._pending_n < self._hop:
            return unlike
        self._flush()
        return True

    def _flush(self) -> None:
        if not self._pending:
            return
        blocks, self._pending, self._pending_n = self._pending, [], 0
        block = blocks[0] if len(blocks) == 1 else _joined(blocks)
        track = self.bridge.update(block)
        if track.gyr is not None:
            self._take(track, block)

    def _take(self, track: Track, block: ImuBlock) -> None:
        assert track.gyr is not None
        ranges = block.acc_range_mps2, block.gyr_range_radps
        if self.alignment is not None:
            if ranges != self._ranges:
                self.ripen()
                self._ranges = ranges
            self._unripe.append(track)
            self.alignment.pitch(track.gyr, self.pitch.grow(len(track.t_ns))[0])
            return
        near = _nearness(track.acc, ranges[0]), _nearness(track.gyr, ranges[1])
        raw = self._raw.grow(len(track.t_ns))
        np.subtract(track.t_ns, self.origin_ns, out=raw[_T], casting="unsafe")
        raw[_BRIDGED] = 0.0 if track.bridged is None else track.bridged
        raw[_HOLE] = 0.0 if track.hole is None else track.hole
        raw[_ACC], raw[_GYR] = track.acc, track.gyr
        raw[_NEAR] = 0.0 if near[0] is None else near[0]
        raw[_NEAR_GYR] = 0.0 if near[1] is None else near[1]
        self._learn(track.gyr)

    def ripen(self) -> None:
        """Bring ``track`` up to the newest sample of ``pitch``."""
        if not self._unripe:
            return
        tracks, self._unripe = self._unripe, []
        track = tracks[0] if len(tracks) == 1 else chained(tracks)
        assert track.gyr is not None
        near = _nearness(track.acc, self._ranges[0]), _nearness(track.gyr, self._ranges[1])
        t = track.t_ns - self.origin_ns
        self._align(t, track.acc, track.gyr, track.bridged, track.hole, *near)

    def _learn(self, gyr: FloatArray) -> None:
        fast = gyr[0] * gyr[0] + gyr[1] * gyr[1] + gyr[2] * gyr[2] > MOTION_RADPS**2
        moved = self._motion + np.cumsum(fast)
        self._motion = int(moved[-1])
        if self._motion < self._enough:
            wait = round(_WAIT_S * self.rate_hz)
            if len(self._raw) > 2 * wait:
                self._raw.drop(self._raw.stop - wait)
            return
        enough = self._raw.stop - len(moved) + int(np.argmax(moved >= self._enough)) + 1
        self._calibrate(enough)
        if self.alignment is None:
            self._motion = 0

    def _calibrate(self, stop: int) -> None:
        start = max(self._raw.start, stop - round(_WAIT_S * self.rate_hz))
        seen = self._raw.view(start, stop)
        self.alignment = calibrate(seen[_ACC], seen[_GYR], self.rate_hz)
        if self.alignment is None:
            return
        for history in (self.track, self.pitch):
            history.start = history.stop = start
        raw = self._raw.view(start, self._raw.stop)
        self._align(
            raw[_T], raw[_ACC], raw[_GYR], raw[_BRIDGED], raw[_HOLE], raw[_NEAR], raw[_NEAR_GYR]
        )
        self.alignment.pitch(raw[_GYR], self.pitch.grow(raw.shape[1])[0])
        self._raw = History(0)

    def finish(self) -> None:
        """Take what was gathered; calibrate on what there is, where that is still to be done."""
        self._flush()
        if self.alignment is None and len(self._raw):
            self._calibrate(self._raw.stop)

    def _align(
        self,
        t: FloatArray | IntArray,
        acc: FloatArray,
        gyr: FloatArray,
        bridged: FloatArray | None,
        hole: FloatArray | None,
        near: FloatArray | None,
        near_gyr: FloatArray | None,
    ) -> None:
        at = self.alignment
        assert at is not None
        out = self.track.grow(len(t))
        out[T_NS] = t
        limit = CLIP * (1 / at.scale if at.scale_fault else 1.0)
        clipped = None if near is None else near >= limit
        self._run_on(BRIDGED, bridged, out)
        self._run_on(HOLE, hole, out)
        self.acc_clipped += self._run_on(CLIPPED, clipped, out)
        if near_gyr is not None:
            self.gyr_clipped += int(np.count_nonzero(near_gyr >= CLIP))
        at.apply(acc, gyr, out[AX : WZ + 1])
        squares = out[AX : WZ + 1] * out[AX : WZ + 1]
        np.sqrt(squares[0] + squares[1] + squares[2], out=out[SIZE])
        np.add(squares[3] + squares[4], squares[5], out=out[SPIN])

    def _run_on(self, row: int, flags: FloatArray | BoolArray | None, out: FloatArray) -> int:
        """Let a running count go on over these samples; return how many were counted."""
        before = self._counts[row]
        if flags is None or not np.count_nonzero(flags):
            out[row] = before
            return 0
        np.cumsum(flags, out=out[row])
        out[row] += before
        self._counts[row] = float(out[row, -1])
        return int(self._counts[row] - before)


def _kind(block: ImuBlock) -> tuple[object, ...]:
    """What blocks must share to be joined."""
    return block.gyr is None, block.acc_range_mps2, block.gyr_range_radps


def _joined(blocks: list[ImuBlock]) -> ImuBlock:
    """One block of several of one kind."""
    like = blocks[0]
    gyr = [b.gyr for b in blocks if b.gyr is not None]
    # Written out: dataclasses.replace costs more than a packet's arithmetic.
    return ImuBlock(
        t_ns=np.concatenate([b.t_ns for b in blocks]),
        acc=np.concatenate([b.acc for b in blocks]),
        gyr=np.concatenate(gyr) if gyr else None,
        rate_hz=like.rate_hz,
        acc_range_mps2=like.acc_range_mps2,
        gyr_range_radps=like.gyr_range_radps,
    )


def _nearness(x: FloatArray, limits: tuple[float, float, float]) -> FloatArray | None:
    """How near the worst axis of each sample is to the end of its range, 1 is there; or None."""
    if not math.isfinite(limits[0]):
        return None
    return np.asarray(np.abs(x / np.array(limits)[:, None]).max(axis=0))
