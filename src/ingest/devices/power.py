"""Cycling Power Measurement, 0x2A63: the watts that a running power meter sends beside its RSC.

Stryd and others use the cycling profile for running power; a device that offers it together
with Running Speed and Cadence is on a foot, not on a crank.
"""

import struct

from ...errors import DecodeError
from ..source import sig

DEVICE = "power meter"
SERVICE = sig(0x1818)
MEASUREMENT = sig(0x2A63)

# Bytes of the optional fields by flag; bits 1, 3 and 12 only explain others.
_FIELDS = {0: 1, 2: 2, 4: 6, 5: 4, 6: 4, 7: 4, 8: 3, 9: 2, 10: 2, 11: 2}
_RESERVED = 0xE000


def decode_power(data: bytes) -> int:
    """Return the instantaneous power in watts; DecodeError where length and flags disagree.

    What else a crank would say is checked for its length only.
    """
    if len(data) < 4:
        raise DecodeError(DEVICE, data, f"a measurement of {len(data)} bytes")
    flags, watts = struct.unpack_from("<Hh", data)
    if flags & _RESERVED:
        raise DecodeError(DEVICE, data, f"flags {flags:#06x} are reserved")
    want = 4 + sum(size for bit, size in _FIELDS.items() if flags >> bit & 1)
    if len(data) != want:
        raise DecodeError(DEVICE, data, f"flags {flags:#06x} need {want} bytes, got {len(data)}")
    return int(watts)
