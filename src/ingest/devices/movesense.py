"""Movesense through its GATT SensorData Protocol: acceleration and turn rate together.

Source: Movesense's GATT SensorData description and sample (GD-77). The vendor's arrays stand
one after the other, not interleaved as some clients read them.
"""

import struct
from collections.abc import Mapping

import numpy as np

from ...errors import DecodeError
from ...signal.imu import ImuBlock
from ...signal.tables import FloatArray
from ..source import Notification, Profile, Said
from .steady import Steady

DEVICE = "Movesense"
SERVICE = "34802252-7185-4d5d-b431-630e7050e8f0"
WRITE = "34800001-7185-4d5d-b431-630e7050e8f0"
NOTIFY = "34800002-7185-4d5d-b431-630e7050e8f0"

SUBSCRIBE, UNSUBSCRIBE = 1, 2
ANSWER, FIRST_PART, SECOND_PART = 1, 2, 3
RATE_HZ = 208  # 5 kB/s, which every link carries; 416 Hz would need large packets
REFERENCE = 0x63
PATH = f"/Meas/IMU6/{RATE_HZ}".encode()

RATES_HZ = (13, 26, 52, 104, 208, 416, 833, 1666)
_RATES = {str(rate).encode() for rate in RATES_HZ}
_SAMPLE = 24  # 3 x f32 of each sensor
_WRAP_MS = 1 << 32


class MovesenseDecoder:
    """Joins the two parts of a message and turns it into a block."""

    def __init__(self, rate_hz: float = RATE_HZ) -> None:
        self.rate_hz = rate_hz
        self.lost_parts = self.resets = 0
        self.status: int | None = None
        self._part: bytes | None = None
        self._steady = Steady(rate_hz, slack_ns=3.12e9 / rate_hz)  # 15 ms at 208 Hz
        self._stamp_ms: int | None = None
        self._unwrapped_ms = 0

    @property
    def gaps(self) -> int:
        """How often samples were missing."""
        return self._steady.gaps

    def feed(self, notification: Notification) -> list[Said]:
        """Return one block per whole message."""
        data = notification.data
        if notification.characteristic != NOTIFY:
            return []
        if len(data) < 2 or data[0] not in (ANSWER, FIRST_PART, SECOND_PART):
            raise DecodeError(DEVICE, data, "a message of no known kind")
        if data[0] == ANSWER:
            return self._answered(data)
        if data[1] != REFERENCE:
            return []  # another subscription's
        if data[0] == FIRST_PART:
            self.lost_parts += self._part is not None
            self._part = None
            message = data[2:]
        elif self._part is None:
            raise DecodeError(DEVICE, data, "a second part without a first")
        else:
            message, self._part = self._part + data[2:], None
        if (len(message) - 4) % _SAMPLE and data[0] == FIRST_PART:
            self._part = message
            return []
        return [self._block(data, message)]

    def _answered(self, data: bytes) -> list[Said]:
        if len(data) < 4:
            raise DecodeError(DEVICE, data, "an answer without its status")
        if data[1] == REFERENCE:
            self.status = struct.unpack_from("<H", data, 2)[0]
        return []

    def _block(self, data: bytes, message: bytes) -> ImuBlock:
        n, rest = divmod(len(message) - 4, _SAMPLE)
        if n < 1 or rest:
            raise DecodeError(DEVICE, data, f"a message of {len(message)} bytes")
        with np.errstate(invalid="ignore"):  # a signalling NaN, refused below
            values = np.frombuffer(message, "<f4", offset=4).astype(np.float64).reshape(2, n, 3)
        # 500 m/s^2 and 10,000 deg/s are far beyond the sensor's ranges.
        if not (np.abs(values[0]) < 500).all() or not (np.abs(values[1]) < 1e4).all():
            raise DecodeError(DEVICE, data, "values that no sensor has")
        (stamp_ms,) = struct.unpack_from("<I", message)
        acc: FloatArray = values[0]
        return ImuBlock(
            t_ns=self._steady.times(self._unwrap(stamp_ms) * 1_000_000, n),
            acc=acc, gyr=np.deg2rad(values[1]), rate_hz=float(self.rate_hz),
        )  # fmt: skip

    def _unwrap(self, stamp_ms: int) -> int:
        if self._stamp_ms is None:
            self._unwrapped_ms = stamp_ms
        else:
            ahead = (stamp_ms - self._stamp_ms) % _WRAP_MS
            if ahead < _WRAP_MS // 2:
                self._unwrapped_ms += ahead
            else:
                self.resets += 1  # started again; Steady goes on from where it is
        self._stamp_ms = stamp_ms
        return self._unwrapped_ms


def _rate_of(reads: Mapping[str, bytes]) -> float:
    """Return the rate that was subscribed to, which a fetched log states where it was another."""
    rate = reads.get(WRITE, PATH).rpartition(b"/")[2]
    if rate not in _RATES:
        raise DecodeError(DEVICE, reads[WRITE], "a rate that the sensor does not have")
    return float(rate)


PROFILE = Profile(
    name="movesense",
    service=SERVICE,
    notify=(NOTIFY,),
    start=((WRITE, bytes([SUBSCRIBE, REFERENCE]) + PATH),),
    stop=((WRITE, bytes([UNSUBSCRIBE, REFERENCE])),),
    decoder=lambda reads: MovesenseDecoder(_rate_of(reads)),
    wrap_ns=_WRAP_MS * 1_000_000,
    silence_s=2.0,
)
