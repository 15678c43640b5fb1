"""Polar Measurement Data: the accelerometer and gyroscope of Verity Sense, the H10's accelerometer.

Frames hold one sensor's samples, often as differences of few bits, and the time of the last
one. The two sensors have clocks of samples of their own, so the gyroscope is interpolated to
the accelerometer's samples, and only between two neighbours that are really there.

Source: polar-ble-sdk, technical_documentation/online_measurement.pdf; no code of it is used.
"""

import struct
from collections.abc import Generator, Mapping

import numpy as np

from ...errors import DecodeError
from ...signal.imu import G_MPS2, ImuBlock
from ...signal.tables import FloatArray, IntArray
from ..source import Notification, Profile, Said, Stamps
from . import polarframes
from .polarframes import DEVICE, samples

SERVICE = "fb005c80-02e7-f387-1cad-8acd2d8df0c8"
CONTROL = "fb005c81-02e7-f387-1cad-8acd2d8df0c8"
DATA = "fb005c82-02e7-f387-1cad-8acd2d8df0c8"

ACC, GYR, SDK_MODE = polarframes.ACC, polarframes.GYR, 0x09
GET, START, STOP, GET_SDK = 0x01, 0x02, 0x03, 0x04
_ANSWER = 0xF0
_RATE, _RESOLUTION, _RANGE, _CHANNELS, _FACTOR = 0, 1, 2, 4, 5
_SIZES = {_RATE: 2, _RESOLUTION: 2, _RANGE: 2, 3: 4, _CHANNELS: 1, _FACTOR: 4}

#: What is asked for at most: 208 Hz of both sensors fit every link; runners clip 8 g.
WISHES = {ACC: {_RATE: 208, _RANGE: 16}, GYR: {_RATE: 208, _RANGE: 2000}}
_LATEST_NS = 1 << 62  # the year 2146; later stamps would overflow
_SET_BACK_NS = 5_000_000_000  # more than any packet that comes twice
_SET_AHEAD_NS = 86_400_000_000_000  # a day without a frame
_UNDECIDED_NS = 3_000_000_000  # nobody waits longer for the answer of a sensor
_MOST_WAITING = 4096  # samples of one sensor that wait for the other

Settings = dict[int, list[int]]


def settings_of(data: bytes) -> Settings:
    """Return the values by setting of an answer's parameters; DecodeError for torn ones."""
    found: Settings = {}
    at = 0
    while at < len(data):
        if at + 2 > len(data) or data[at] not in _SIZES:
            raise DecodeError(DEVICE, data, "settings that cannot be read")
        kind, count = data[at], data[at + 1]
        size, at = _SIZES[kind], at + 2
        if at + size * count > len(data):
            raise DecodeError(DEVICE, data, "settings that are cut short")
        values = [data[at + size * i : at + size * (i + 1)] for i in range(count)]
        found[kind] = [int.from_bytes(value, "little") for value in values]
        at += size * count
    return found


def chosen(sensor: int, offered: Settings) -> dict[int, int]:
    """Return the settings to start a sensor with: the most that does not exceed WISHES."""
    out = {}
    for kind in (_RATE, _RESOLUTION, _RANGE, _CHANNELS):
        if values := offered.get(kind):
            fitting = [v for v in values if v <= WISHES[sensor].get(kind, v)]
            out[kind] = max(fitting, default=min(values))
    return out


def _start_command(sensor: int, settings: Mapping[int, int]) -> bytes:
    parts = [bytes([kind, 1]) + v.to_bytes(_SIZES[kind], "little") for kind, v in settings.items()]
    return bytes([START, sensor]) + b"".join(parts)


def handshake(stamps: Stamps) -> Generator[tuple[str, bytes], bytes, None]:
    """Yield what to write next and take the answer: SDK mode if there is one, then both sensors."""
    answer = yield CONTROL, bytes([START, SDK_MODE])
    get = GET_SDK if answer[3:4] == b"\0" else GET
    for sensor in (ACC, GYR):
        answer = yield CONTROL, bytes([get, sensor])
        if answer[3:4] != b"\0":
            continue
        try:
            offered = settings_of(answer[5:])
        except DecodeError:
            continue
        yield CONTROL, _start_command(sensor, chosen(sensor, offered))


class _Sensor:
    """One sensor's frames on its own clock."""

    def __init__(self) -> None:
        self.running = False
        self.rate_hz = 52.0  # of every Polar sensor outside SDK mode
        self.range = np.inf
        self.factor: float | None = None
        self.last_ns: int | None = None
        self.t_ns: IntArray = np.zeros(0, np.int64)
        self.xyz: FloatArray = np.zeros((0, 3))

    def times(self, stamp_ns: int, n: int) -> tuple[IntArray, bool]:
        """Return the time of each sample of a frame, and whether samples are missing before it.

        Samples are evenly spread since the last frame; where that would be more than half off
        the rate, a frame was lost, and the rate alone counts back from the stamp.
        """
        period_ns = 1e9 / self.rate_hz
        span_ns = n * period_ns
        since_ns = None if self.last_ns is None else stamp_ns - self.last_ns
        gap = since_ns is not None and since_ns > 1.5 * span_ns
        if since_ns is not None and 0.5 * span_ns < since_ns <= 1.5 * span_ns:
            span_ns = since_ns
        back = np.arange(n - 1, -1, -1) * (span_ns / n)
        return stamp_ns - back.astype(np.int64), gap


class PolarDecoder:
    """Turns frames into blocks; without a gyroscope that was started, into acceleration only."""

    def __init__(self) -> None:
        self.gaps = self.resets = 0
        self._shift_ns = 0  # makes times go on where the device's clock was set back
        self._received_ns = 0
        self._sensors = {ACC: _Sensor(), GYR: _Sensor()}
        self._decided = True  # whether the gyroscope runs; not between the two starts
        self._out_ns = -(1 << 62)

    def feed(self, notification: Notification) -> list[Said]:
        """Return the samples that are complete by now: one block or none."""
        data = notification.data
        if notification.characteristic == CONTROL:
            self._answered(data)
            return []
        if notification.characteristic != DATA:
            return []
        if len(data) < 11:
            raise DecodeError(DEVICE, data, f"a frame of {len(data)} bytes")
        sensor, stamp_ns, kind = struct.unpack_from("<BQB", data)
        if sensor not in self._sensors:
            return []  # heart signals, magnetometer: not asked for, not used
        if stamp_ns > _LATEST_NS:
            raise DecodeError(DEVICE, data, "a time beyond the year 2146")
        xyz = samples(sensor, kind, data[10:], self._sensors[sensor].factor)
        self._add(data, sensor, self._placed(sensor, stamp_ns, notification.received_ns), xyz)
        self._received_ns = notification.received_ns
        return self._complete()

    def _placed(self, sensor: int, stamp_ns: int, received_ns: int) -> int:
        """Return a stamp on a clock that never goes back.

        Polar's starts in 2017 or 2019 and may be set while it runs; the host then says how
        much time went by.
        """
        last_ns = self._sensors[sensor].last_ns
        if last_ns is None:
            return stamp_ns + self._shift_ns
        if not -_SET_BACK_NS <= stamp_ns + self._shift_ns - last_ns <= _SET_AHEAD_NS:
            elapsed_ns = max(received_ns - self._received_ns, 1)
            self._shift_ns = last_ns + elapsed_ns - stamp_ns
            self.resets += 1
        return stamp_ns + self._shift_ns

    def _answered(self, data: bytes) -> None:
        """Learn from the answer to a command which settings a sensor runs with."""
        if len(data) < 4 or data[0] != _ANSWER:
            return
        _, command, sensor, status = data[:4]
        state = self._sensors.get(sensor)
        if sensor == GYR and (status != 0 or command == START):
            self._decided = True
        elif (command, sensor, status) == (START, ACC, 0):
            self._decided = self._sensors[GYR].running
        if state is None or status != 0:
            return
        offered = settings_of(data[5:])
        if command in (GET, GET_SDK):
            taken = chosen(sensor, offered)
            state.rate_hz = float(taken.get(_RATE, 0) or state.rate_hz)
            state.range = float(taken.get(_RANGE, 0)) or np.inf
        elif command == START:
            state.running = True
            if factor := offered.get(_FACTOR):
                (value,) = struct.unpack("<f", factor[0].to_bytes(4, "little"))
                state.factor = value if 0 < value < 1e3 else None

    def _add(self, data: bytes, sensor: int, stamp_ns: int, xyz: FloatArray) -> None:
        state = self._sensors[sensor]
        if state.last_ns is not None and stamp_ns <= state.last_ns:
            raise DecodeError(DEVICE, data, "time stands still or runs backwards")
        t_ns, gap = state.times(stamp_ns, len(xyz))
        state.last_ns = stamp_ns
        self.gaps += gap
        after = t_ns > (state.t_ns[-1] if len(state.t_ns) else self._out_ns)
        state.t_ns = np.concatenate([state.t_ns, t_ns[after]])[-_MOST_WAITING:]
        state.xyz = np.concatenate([state.xyz, xyz[after]])[-_MOST_WAITING:]

    def _complete(self) -> list[Said]:
        acc, gyr = self._sensors[ACC], self._sensors[GYR]
        t_ns, xyz = acc.t_ns, acc.xyz
        if not gyr.running:
            # The accelerometer sends while the gyroscope is still being asked for.
            if not self._decided and len(t_ns) and t_ns[-1] - t_ns[0] < _UNDECIDED_NS:
                return []
            self._decided = self._decided or bool(len(t_ns))
            acc.t_ns, acc.xyz = t_ns[:0], xyz[:0]
            return self._block(t_ns, xyz, None)
        if not len(gyr.t_ns) or not len(t_ns):
            return []
        ready = t_ns <= gyr.t_ns[-1]
        right = np.clip(np.searchsorted(gyr.t_ns, t_ns[ready]), 1, max(1, len(gyr.t_ns) - 1))
        apart = gyr.t_ns[np.minimum(right, len(gyr.t_ns) - 1)] - gyr.t_ns[right - 1]
        sound = (t_ns[ready] >= gyr.t_ns[0]) & (apart <= 2.5e9 / gyr.rate_hz)
        inside, turned = t_ns[ready][sound], np.empty((int(sound.sum()), 3))
        for axis in range(3):
            turned[:, axis] = np.interp(inside - gyr.t_ns[0], gyr.t_ns - gyr.t_ns[0],
                                        gyr.xyz[:, axis])  # fmt: skip
        out = self._block(inside, xyz[ready][sound], turned)
        acc.t_ns, acc.xyz = t_ns[~ready], xyz[~ready]
        keep = max(0, int(np.searchsorted(gyr.t_ns, t_ns[ready][-1:].max(initial=gyr.t_ns[0]))) - 1)
        gyr.t_ns, gyr.xyz = gyr.t_ns[keep:], gyr.xyz[keep:]
        return out

    def _block(self, t_ns: IntArray, acc: FloatArray, gyr: FloatArray | None) -> list[Said]:
        if not len(t_ns):
            return []
        self._out_ns = int(t_ns[-1])
        a = self._sensors[ACC].range * G_MPS2
        g = float(np.deg2rad(self._sensors[GYR].range))
        block = ImuBlock(
            t_ns=t_ns, acc=acc, gyr=gyr, rate_hz=self._sensors[ACC].rate_hz,
            acc_range_mps2=(a, a, a), gyr_range_radps=(g, g, g), acc_lsb_mps2=G_MPS2 / 1000,
        )  # fmt: skip
        return [block]


PROFILE = Profile(
    name="polar",
    service=SERVICE,
    notify=(CONTROL, DATA),
    handshake=handshake,
    stop=tuple((CONTROL, bytes([STOP, what])) for what in (ACC, GYR, SDK_MODE)),
    decoder=lambda reads: PolarDecoder(),
    wrap_ns=1 << 64,
    silence_s=4.0,  # at 52 Hz a frame holds 1.1 s
)
