"""Movella (Xsens) DOT, measurement mode "rate quantities": one sample a packet at 60 Hz.

Source: Movella DOT BLE Service Specification, XD0506P revision C. At 60 Hz a contact of 250 ms
has fifteen samples: cadence is good, contact time is not.
"""

import struct
from collections.abc import Mapping

import numpy as np

from ...errors import DecodeError
from ...signal.imu import G_MPS2, ImuBlock
from ..source import Notification, Profile, Said

DEVICE = "Movella DOT"


def uuid(short: int) -> str:
    """Return one of the vendor's UUIDs."""
    return f"1517{short:04x}-4947-11e9-8646-d663bd873d93"


SERVICE, CONTROL, DATA = uuid(0x2000), uuid(0x2001), uuid(0x2003)
#: The device's settings, 32 bytes; a recording that was made at another rate states it here.
SETTINGS = uuid(0x1002)
RATE_QUANTITIES = 21  # 20 has the magnetic field behind them
RATE_HZ = 60.0
RATES_HZ = (1, 4, 10, 12, 15, 20, 30, 60, 120)
_RATE_AT = 24
_SAMPLE = struct.Struct("<I6f")
_LONGEST = 40  # of the characteristic; what is behind the payload is zero
_WRAP_US = 1 << 32
_RANGE_ACC, _RANGE_GYR = 16 * G_MPS2, float(np.deg2rad(2000))


class DotDecoder:
    """Turns packets into blocks of one sample, with unwrapped microseconds."""

    def __init__(self, rate_hz: float = RATE_HZ) -> None:
        self.gaps = self.lost_samples = self.samples = 0
        self.rate_hz = rate_hz
        self._stamp_us: int | None = None
        self._t_us = 0

    def feed(self, notification: Notification) -> list[Said]:
        """Return the packet's sample."""
        if notification.characteristic != DATA:
            return []
        data = notification.data
        if not _SAMPLE.size <= len(data) <= _LONGEST or any(data[_SAMPLE.size :]):
            raise DecodeError(DEVICE, data, f"a packet of {len(data)} bytes")
        stamp_us, *values = _SAMPLE.unpack_from(data)
        # 5000 m/s^2 and 50,000 deg/s: beyond any range, and never NaN.
        if not all(abs(v) < 5e3 for v in values[:3]) or not all(abs(v) < 5e4 for v in values[3:]):
            raise DecodeError(DEVICE, data, "values that no sensor has")
        self._advance(data, stamp_us)
        a, g = _RANGE_ACC, _RANGE_GYR
        block = ImuBlock(
            t_ns=np.array([self._t_us * 1000], np.int64),
            acc=np.array([values[:3]]), gyr=np.deg2rad(np.array([values[3:]])), rate_hz=self.rate_hz,
            acc_range_mps2=(a, a, a), gyr_range_radps=(g, g, g),
        )  # fmt: skip
        self.samples += 1
        return [block]

    def _advance(self, data: bytes, stamp_us: int) -> None:
        if self._stamp_us is None:
            self._t_us = stamp_us
        else:
            ahead_us = (stamp_us - self._stamp_us) % _WRAP_US
            if not 0 < ahead_us < _WRAP_US // 2:
                raise DecodeError(DEVICE, data, "time stands still or runs backwards")
            lost = round(ahead_us * self.rate_hz / 1e6) - 1
            self.gaps += lost > 0
            self.lost_samples += max(0, lost)
            self._t_us += ahead_us
        self._stamp_us = stamp_us


def settings_of(rate_hz: int) -> bytes:
    """Return the device's settings as far as they say the rate."""
    return bytes(_RATE_AT) + struct.pack("<H", rate_hz) + bytes(6)


def _decoder(reads: Mapping[str, bytes]) -> DotDecoder:
    if SETTINGS not in reads:
        return DotDecoder()
    said = reads[SETTINGS]
    rate_hz = int.from_bytes(said[_RATE_AT : _RATE_AT + 2], "little")
    if rate_hz not in RATES_HZ:
        raise DecodeError(DEVICE, said, "a rate that the sensor does not have")
    return DotDecoder(float(rate_hz))


PROFILE = Profile(
    name="dot",
    service=SERVICE,
    notify=(DATA,),
    start=((CONTROL, bytes([1, 1, RATE_QUANTITIES])),),
    stop=((CONTROL, bytes([1, 0, RATE_QUANTITIES])),),
    decoder=_decoder,
    wrap_ns=_WRAP_US * 1000,
    silence_s=2.0,
)
