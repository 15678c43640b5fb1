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


def _uuid(short: int) -> str:
    return f"1517{short:04x}-4947-11e9-8646-d663bd873d93"


SERVICE, CONTROL, DATA = _uuid(0x2000), _uuid(0x2001), _uuid(0x2003)
RATE_QUANTITIES = 20
RATE_HZ = 60.0
_SAMPLE = struct.Struct("<I6f")
_LONGEST = 40  # of the characteristic; what is behind the payload is zero
_WRAP_US = 1 << 32
_RANGE_ACC, _RANGE_GYR = 16 * G_MPS2, float(np.deg2rad(2000))


class DotDecoder:
    """Turns packets into blocks of one sample, with unwrapped microseconds."""

    def __init__(self) -> None:
        self.gaps = self.lost_samples = self.samples = 0
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
            acc=np.array([values[:3]]), gyr=np.deg2rad(np.array([values[3:]])), rate_hz=RATE_HZ,
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
            lost = round(ahead_us * RATE_HZ / 1e6) - 1
            self.gaps += lost > 0
            self.lost_samples += max(0, lost)
            self._t_us += ahead_us
        self._stamp_us = stamp_us


def _decoder(reads: Mapping[str, bytes]) -> DotDecoder:
    return DotDecoder()


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
