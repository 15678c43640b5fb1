"""Heart Rate, the Bluetooth SIG's service 0x180D: straps and watches that broadcast."""

import struct
from collections.abc import Mapping

import numpy as np

from ...errors import DecodeError
from ...signal.tables import READING, Channel, table
from ..source import Notification, Profile, Said, sig

DEVICE = "heart rate"
SERVICE = sig(0x180D)
MEASUREMENT = sig(0x2A37)

_WIDE, _HAS_ENERGY, _HAS_INTERVALS, _RESERVED = 0x01, 0x08, 0x10, 0xE0
_TICK_S = 1 / 1024


def decode_measurement(data: bytes) -> tuple[int, tuple[float, ...]]:
    """Return beats per minute and the intervals between beats in s, the oldest first.

    Raises DecodeError where the length does not fit the flags.
    """
    if not data or data[0] & _RESERVED:
        raise DecodeError(DEVICE, data, "no flags, or reserved ones")
    flags = data[0]
    layout = "<B" + ("H" if flags & _WIDE else "B") + ("H" if flags & _HAS_ENERGY else "")
    fixed = struct.calcsize(layout)
    rest = len(data) - fixed
    if rest < 0 or (rest and not flags & _HAS_INTERVALS) or rest % 2:
        raise DecodeError(DEVICE, data, f"flags {flags:#04x} do not fit {len(data)} bytes")
    ticks = struct.unpack_from(f"<{rest // 2}H", data, fixed)
    return struct.unpack_from(layout, data)[1], tuple(t * _TICK_S for t in ticks)


class HeartRateDecoder:
    """Turns measurements into rows of READING on the host's clock, for straps have none."""

    def feed(self, notification: Notification) -> list[Said]:
        """Return one row, and the beat intervals as a channel; a rate of 0 means no contact."""
        if notification.characteristic != MEASUREMENT:
            return []
        bpm, intervals_s = decode_measurement(notification.data)
        t_ns = notification.received_ns
        said: list[Said] = []
        if bpm:
            said.append(table(READING, [{"t_ns": t_ns, "heart_rate_bpm": bpm}]))
        if intervals_s:
            # The last beat ended at about this packet; each one before it, an interval earlier.
            ends = t_ns - np.append(np.cumsum(intervals_s[:0:-1])[::-1], 0.0) * 1e9
            said.append(Channel("rr_interval", "s", ends.astype(np.int64), np.array(intervals_s)))
        return said


def _decoder(reads: Mapping[str, bytes]) -> HeartRateDecoder:
    return HeartRateDecoder()


PROFILE = Profile(name="heartrate", service=SERVICE, notify=(MEASUREMENT,), decoder=_decoder)
