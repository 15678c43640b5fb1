"""The SC Control Point 0x2A55 of Running Speed and Cadence: what is asked, and what is answered.

Requests are written, answers come as indications, so those must be switched on first. No
sockets here. Source: Running Speed and Cadence Service 1.0, Bluetooth SIG.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ...errors import DecodeError

DEVICE = "SC control point"

SET_CUMULATIVE, CALIBRATE, SET_LOCATION, ASK_LOCATIONS, RESPONSE = 0x01, 0x02, 0x03, 0x04, 0x10

#: Errors of the write itself, by the supplement to the Core specification. Services before it
#: was written used the first two application errors instead.
IN_PROGRESS, NOT_CONFIGURED = 0xFE, 0xFD
IN_PROGRESS_BEFORE, NOT_CONFIGURED_BEFORE = 0x80, 0x81

#: How long a device may take to answer.
ANSWER_S = 30.0

#: Sensor Location 0x2A5D, the ones that a runner may name.
OTHER, TOP_OF_SHOE, IN_SHOE, HIP = 0, 1, 2, 3

_LOCATIONS = 17  # 0 to 16 are assigned

Result = Literal["success", "not supported", "invalid parameter", "failed"]
_RESULTS: tuple[Result, ...] = ("success", "not supported", "invalid parameter", "failed")

# RSC Feature 0x2A54: what each request needs.
_NEEDS = {SET_CUMULATIVE: 0x02, CALIBRATE: 0x08, SET_LOCATION: 0x10, ASK_LOCATIONS: 0x10}
_FEATURES = 0x1F


@dataclass(frozen=True, slots=True)
class Answer:
    """What a device answered to which request; ``locations`` only where they were asked for."""

    request: int
    result: Result
    locations: tuple[int, ...] = ()


def set_distance(distance_m: float) -> bytes:
    """Ask to count on from a total distance; ValueError where 32 bits of 0.1 m cannot hold it."""
    tenths = round(distance_m * 10)
    if not 0 <= tenths < 1 << 32:
        raise ValueError(f"distance_m: expected 0 to 429,496,729.5, got {distance_m:g}")
    return struct.pack("<BI", SET_CUMULATIVE, tenths)


def calibrate() -> bytes:
    """Ask to start the sensor's calibration."""
    return bytes([CALIBRATE])


def set_location(location: int) -> bytes:
    """Ask to remember where the sensor sits; ValueError for a place that is not assigned."""
    if not 0 <= location < _LOCATIONS:
        raise ValueError(f"location: expected 0 to {_LOCATIONS - 1}, got {location}")
    return bytes([SET_LOCATION, location])


def ask_locations() -> bytes:
    """Ask which places the sensor may be said to sit at."""
    return bytes([ASK_LOCATIONS])


def supported(feature: bytes) -> frozenset[int]:
    """Return the requests that RSC Feature 0x2A54 allows; DecodeError where it is malformed."""
    if len(feature) != 2:
        raise DecodeError(DEVICE, feature, f"RSC Feature has {len(feature)} bytes instead of 2")
    (bits,) = struct.unpack("<H", feature)
    if bits & ~_FEATURES:
        raise DecodeError(DEVICE, feature, f"features {bits:#06x} are reserved")
    return frozenset(request for request, need in _NEEDS.items() if bits & need)


def decode_answer(data: bytes) -> Answer:
    """Return what an indication answers; DecodeError where it breaks the specification."""
    if len(data) < 3:
        raise DecodeError(DEVICE, data, f"an answer needs 3 bytes, got {len(data)}")
    code, request, result, *rest = data
    if code != RESPONSE:
        raise DecodeError(DEVICE, data, f"expected an answer, code 16, got {code}")
    if not 1 <= result <= len(_RESULTS):
        raise DecodeError(DEVICE, data, f"result {result} is reserved")
    # A device answers what it does not know too, with the code as it was written.
    if request not in _NEEDS and result != 2:
        raise DecodeError(DEVICE, data, f"request {request} is reserved")
    listed = request == ASK_LOCATIONS and result == 1
    if bool(rest) != listed:
        raise DecodeError(DEVICE, data, f"{len(rest)} bytes of places do not fit the request")
    if any(place >= _LOCATIONS for place in rest):
        raise DecodeError(DEVICE, data, "it lists a place that is reserved")
    return Answer(request, _RESULTS[result - 1], tuple(rest))


def encode_answer(request: int, result: Result, locations: Iterable[int] = ()) -> bytes:
    """Return the bytes of an indication."""
    return bytes([RESPONSE, request, _RESULTS.index(result) + 1, *locations])
