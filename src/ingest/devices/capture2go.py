"""Capture2Go (SensorStim): both sensors at 200 Hz, eight samples a package, 64-bit nanoseconds.

A notification carries whole real-time packages, which are not used here, and then the next bytes
of a stream of packages that may begin and end anywhere.

Source: Capture2Go Communication Protocol, protocol version 1; none of its SDK's code is used.
"""

import struct
import zlib
from collections.abc import Generator, Mapping

import numpy as np

from ...errors import DecodeError
from ...signal.imu import ImuBlock
from ..source import Notification, Profile, Said, Stamps

DEVICE = "Capture2Go"
SERVICE = "80030001-e629-4c98-9324-aa7fc0c66de7"
WRITE = "80030002-e629-4c98-9324-aa7fc0c66de7"
NOTIFY = "80030003-e629-4c98-9324-aa7fc0c66de7"

SET_MODE, START_STREAMING, STOP_STREAMING = 0x0120, 0x0150, 0x0152
SET_TIME, ROUND_TRIP = 0x0170, 0x0172
TRIP = struct.Struct("<4q")  # host sends, sensor receives, sensor sends, host receives
FULL_200HZ, FULL_6D_200HZ = 0x0221, 0x0231
RATE_HZ = 200.0
SAMPLES = 8  # of a package
PERIOD_NS = 5_000_000

_START = 0x02
_FRAME = struct.Struct("<BIBH")  # start, CRC-32 of header and payload, size of payload, header
_MOST_PAYLOAD = 236
_SIZES = {FULL_200HZ: 163, FULL_6D_200HZ: 115}
_MODE = struct.Struct("<q?7BHBQ???")
_STANDARD_G = 9.81  # the document's own, not standard gravity
ACC_LSB_MPS2 = 16 * _STANDARD_G / 32768
GYR_LSB_RADPS = float(np.deg2rad(2000)) / 32768
_RANGE_ACC, _RANGE_GYR = ACC_LSB_MPS2 * 32768, GYR_LSB_RADPS * 32768
_SET_BACK_NS = 5_000_000_000
_LATEST_NS = 1 << 62
# Before 2020 nobody has set the clock: it runs from a date of its own.
UNSET_NS = 1_577_836_800 * 10**9
# Each way waits for a connection event: of eight trips the quickest waits an eighth of one.
_TRIPS, _LISTENED = 8, 20


def package(header: int, payload: bytes = b"") -> bytes:
    """Return a command or data in its frame."""
    crc = zlib.crc32(struct.pack("<H", header) + payload)
    return _FRAME.pack(_START, crc, len(payload), header) + payload


def measurement_mode() -> bytes:
    """Return the command for packed data of both sensors at 200 Hz, status once a second."""
    once_a_second, packed_200hz, no_magnetometer = 1, 1, True
    modes = (0, packed_200hz, 0, 0, 0, once_a_second, 0)
    return package(SET_MODE, _MODE.pack(0, False, *modes, 0, 0, 0, False, False, no_magnetometer))


def handshake(stamps: Stamps) -> Generator[tuple[str, bytes], bytes, None]:
    """Yield what to write: clock round trips, and the time where nobody has set it.

    Time is not set again where it is right: stored packages would jump. A sensor that does
    not answer is not asked twice.
    """
    sensor_ns = yield from _round_trip(stamps)
    if sensor_ns is not None and sensor_ns < UNSET_NS:
        yield WRITE, package(SET_TIME, struct.pack("<q", stamps.utc_ns()))
    for _ in range(_TRIPS if sensor_ns is not None else 0):
        if (yield from _round_trip(stamps)) is None:
            return


def _round_trip(stamps: Stamps) -> Generator[tuple[str, bytes], bytes, int | None]:
    """Return when the sensor received, by its clock; None where it does not answer."""
    sent_ns = stamps.now_ns()
    said = yield WRITE, package(ROUND_TRIP, TRIP.pack(sent_ns, 0, 0, 0))
    unpacker = Unpacker()
    for _ in range(_LISTENED):
        if not said:
            return None
        for header, payload in unpacker.feed(said):
            if header == ROUND_TRIP and len(payload) == TRIP.size:
                answered_ns, received_ns, _, _ = TRIP.unpack(payload)
                if answered_ns == sent_ns:
                    return int(received_ns)
        said = yield WRITE, b""
    return None


class Unpacker:
    """Cuts notifications into packages; ``skipped`` counts bytes that were none."""

    def __init__(self) -> None:
        self.skipped = 0
        self._stream = b""

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """Return (header, payload) of every package that is whole by now.

        Raises DecodeError where the real-time packages in front are not what the first byte
        says.
        """
        if not data:
            raise DecodeError(DEVICE, data, "an empty notification")
        at, found = 1, []
        for _ in range(0xFF - data[0]):
            size = _whole(data[at:])
            if size <= 0:
                raise DecodeError(DEVICE, data, "real-time packages that are not there")
            found.append(_opened(data[at : at + size]))
            at += size
        stream, at = self._stream + data[at:], 0
        while at < len(stream):
            size = _whole(stream[at : at + _FRAME.size + _MOST_PAYLOAD])
            if size == 0:
                break  # the rest comes with the next notification
            if size < 0:
                after = stream.find(_START, at + 1)
                after = after if after > 0 else len(stream)
                self.skipped += after - at
                at = after
                continue
            found.append(_opened(stream[at : at + size]))
            at += size
        self._stream = stream[at:]
        return found


def _whole(data: bytes) -> int:
    """Return the size of the package at the front; 0 if more bytes are needed, -1 if none."""
    if data[:1] and data[0] != _START:
        return -1
    if len(data) < _FRAME.size:
        return 0
    _, crc, size, header = _FRAME.unpack_from(data)
    if size > _MOST_PAYLOAD:
        return -1
    end = _FRAME.size + size
    if len(data) < end:
        return 0
    right = zlib.crc32(struct.pack("<H", header) + data[_FRAME.size : end]) == crc
    return end if right else -1


def _opened(frame: bytes) -> tuple[int, bytes]:
    return _FRAME.unpack_from(frame)[3], frame[_FRAME.size :]


class Capture2GoDecoder:
    """Turns packages of eight samples into blocks; a package that is missing is a gap."""

    def __init__(self) -> None:
        self.gaps = self.lost_samples = self.resets = 0
        #: (device time, host time): then it was not earlier on the host's clock.
        self.floors: list[tuple[int, int]] = []
        self.unpacker = Unpacker()
        self._next_ns: int | None = None
        self._shift_ns = self._received_ns = 0

    def feed(self, notification: Notification) -> list[Said]:
        """Return one block a package of samples; status and answers say nothing."""
        if notification.characteristic != NOTIFY:
            return []
        said: list[Said] = []
        for header, payload in self.unpacker.feed(notification.data):
            if header in _SIZES:
                said.append(self._block(header, payload, notification.received_ns))
            elif header == ROUND_TRIP:
                self._trip(payload)
        self._received_ns = notification.received_ns
        return said

    def _block(self, header: int, payload: bytes, received_ns: int) -> ImuBlock:
        if len(payload) != _SIZES[header]:
            raise DecodeError(DEVICE, payload, f"a package of {len(payload)} bytes of samples")
        (stamp_ns,) = struct.unpack_from("<q", payload)
        first_ns = self._placed(payload, stamp_ns, received_ns)
        raw = np.frombuffer(payload, "<i2", 48, offset=8).astype(np.float64).reshape(2, SAMPLES, 3)
        a, g = _RANGE_ACC, _RANGE_GYR
        return ImuBlock(
            t_ns=first_ns + np.arange(SAMPLES) * PERIOD_NS,
            acc=raw[1] * ACC_LSB_MPS2, gyr=raw[0] * GYR_LSB_RADPS, rate_hz=RATE_HZ,
            acc_range_mps2=(a, a, a), gyr_range_radps=(g, g, g),
            acc_lsb_mps2=ACC_LSB_MPS2, gyr_lsb_radps=GYR_LSB_RADPS,
        )  # fmt: skip

    def _trip(self, payload: bytes) -> None:
        """Take a clock round trip; what the sensor then sent is on time like any package."""
        if len(payload) != TRIP.size:
            raise DecodeError(DEVICE, payload, f"a clock round trip of {len(payload)} bytes")
        sent_ns, received_ns, _, _ = TRIP.unpack(payload)
        if 0 <= received_ns < _LATEST_NS:
            self.floors.append((received_ns + self._shift_ns, sent_ns))

    def _placed(self, payload: bytes, stamp_ns: int, received_ns: int) -> int:
        """Return the time of the first sample on a clock that never goes back."""
        if not 0 <= stamp_ns < _LATEST_NS:
            raise DecodeError(DEVICE, payload, "a time before 1970 or after 2116")
        first_ns = stamp_ns + self._shift_ns
        if self._next_ns is not None:
            late_ns = first_ns - self._next_ns
            if not -_SET_BACK_NS <= late_ns <= 86_400_000_000_000:
                # Somebody set the clock: the host says how much time went by.
                late_ns = max(0, received_ns - self._received_ns - SAMPLES * PERIOD_NS)
                first_ns = self._next_ns + late_ns
                self._shift_ns = first_ns - stamp_ns
                self.resets += 1
            elif late_ns < -PERIOD_NS // 2:
                raise DecodeError(DEVICE, payload, "time stands still or runs backwards")
            lost = round(late_ns / PERIOD_NS)
            self.gaps += lost > 0
            self.lost_samples += max(0, lost)
        self._next_ns = first_ns + SAMPLES * PERIOD_NS
        return first_ns


def _clock_id(reads: Mapping[str, bytes]) -> int | None:
    return 1  # it runs on over a lost connection, and what was not sent comes later


PROFILE = Profile(
    name="capture2go",
    service=SERVICE,
    notify=(NOTIFY,),
    handshake=handshake,
    answers=NOTIFY,
    start=((WRITE, measurement_mode()), (WRITE, package(START_STREAMING))),
    stop=((WRITE, package(STOP_STREAMING)),),
    decoder=lambda reads: Capture2GoDecoder(),
    clock_id=_clock_id,
    wrap_ns=1 << 63,
    silence_s=2.0,
)
