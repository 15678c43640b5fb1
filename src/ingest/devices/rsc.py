"""Running Speed and Cadence, the Bluetooth SIG's service 0x1814, about one packet a second.

The specification counts cadence "per minute" and leaves open what: pods in the field send
the strides of one leg or the steps of both. The decoder never guesses in silence: cadence
stays unknown until the convention is declared or a few plausible readings have shown it, and
the raw value is always a channel of its own. Running power meters send their watts beside it.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ...errors import DecodeError
from ...signal.tables import READING, Channel, table
from ..source import Notification, Profile, Said, sig
from . import power

DEVICE = "running speed and cadence"
SERVICE = sig(0x1814)
MEASUREMENT = sig(0x2A53)
FEATURE = sig(0x2A54)
CONTROL = sig(0x2A55)
LOCATION = sig(0x2A5D)

Convention = Literal["steps", "strides"]

_HAS_STRIDE, _HAS_DISTANCE, _RUNNING, _RESERVED = 0x01, 0x02, 0x04, 0xF8
_POWER_HOLDS_NS = 3_000_000_000  # both come about once a second
_VOTES = 5  # readings that must agree, all of them, before a convention counts as shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One RSC Measurement as sent; what the device left out is None."""

    speed_mps: float
    cadence_raw: int
    stride_m: float | None
    distance_m: float | None
    running: bool


def decode_measurement(data: bytes) -> Measurement:
    """Return what 0x2A53 says; DecodeError where its length does not fit its flags."""
    if not data:
        raise DecodeError(DEVICE, data, "an empty measurement")
    flags = data[0]
    if flags & _RESERVED:
        raise DecodeError(DEVICE, data, f"flags {flags:#04x} are reserved")
    layout = "<BHB" + "H" * bool(flags & _HAS_STRIDE) + "I" * bool(flags & _HAS_DISTANCE)
    if len(data) != struct.calcsize(layout):
        raise DecodeError(
            DEVICE,
            data,
            f"flags {flags:#04x} need {struct.calcsize(layout)} bytes, got {len(data)}",
        )
    _, speed, cadence, *rest = struct.unpack(layout, data)
    return Measurement(
        speed_mps=speed / 256,
        cadence_raw=cadence,
        stride_m=rest.pop(0) / 100 if flags & _HAS_STRIDE else None,
        distance_m=rest.pop(0) / 10 if flags & _HAS_DISTANCE else None,
        running=bool(flags & _RUNNING),
    )


def encode_measurement(m: Measurement) -> bytes:
    """Return the bytes of 0x2A53."""
    flags = (
        _HAS_STRIDE * (m.stride_m is not None)
        | _HAS_DISTANCE * (m.distance_m is not None)
        | _RUNNING * m.running
    )
    out = struct.pack("<BHB", flags, round(m.speed_mps * 256), m.cadence_raw)
    if m.stride_m is not None:
        out += struct.pack("<H", round(m.stride_m * 100))
    if m.distance_m is not None:
        out += struct.pack("<I", round(m.distance_m * 10))
    return out


def convention_of(speed_mps: float, cadence_raw: int) -> Convention | None:
    """Say what a cadence must count to be humanly possible at a speed; None where both may be.

    Above 6 km/h people take 130 to 220 steps a minute, so 65 to 110 are strides; between 2 and
    6 km/h it is 80 to 130 steps, so up to 60 are strides.

    >>> convention_of(3.36, 161), convention_of(3.0, 85), convention_of(0.72, 51)
    ('steps', 'strides', 'strides')
    """
    if speed_mps > 6 / 3.6:
        return "steps" if cadence_raw >= 130 else "strides" if 60 <= cadence_raw <= 110 else None
    if speed_mps > 2 / 3.6:
        return "steps" if cadence_raw >= 80 else "strides" if 30 <= cadence_raw <= 60 else None
    return None


class RscDecoder:
    """Turns measurements into rows of READING on the host's clock, for the pod has none."""

    def __init__(self, convention: Convention | None = None) -> None:
        self.convention = convention
        self.learned = False
        self._votes: list[Convention] = []
        self._power: tuple[int, int] | None = None  # (arrival, watts)
        self._seen_ns: int | None = None

    def feed(self, notification: Notification) -> list[Said]:
        """Return one row and the raw cadence (and stride length) beside it.

        Watts wait for the next measurement of speed; without one they are a row of their own.
        """
        if notification.characteristic == power.MEASUREMENT:
            return self._watts(notification)
        if notification.characteristic != MEASUREMENT:
            return []
        m = decode_measurement(notification.data)
        self._learn(m)
        self._seen_ns = notification.received_ns
        row = {"t_ns": notification.received_ns, "speed_mps": m.speed_mps}
        if self._power and notification.received_ns - self._power[0] <= _POWER_HOLDS_NS:
            row["power_w"] = self._power[1]
        if m.distance_m is not None:
            row["distance_m"] = m.distance_m
        if m.cadence_raw == 0 or self.convention is not None:
            row["cadence_spm"] = m.cadence_raw * (2 if self.convention == "strides" else 1)
        said: list[Said] = [table(READING, [row])]
        said.append(_channel("rsc_cadence_raw", "1/min", notification, m.cadence_raw))
        if m.stride_m is not None:
            # Some devices send the step here; so it is kept as sent, under its own name.
            said.append(_channel("rsc_stride_length", "m", notification, m.stride_m))
        return said

    def _watts(self, notification: Notification) -> list[Said]:
        at_ns, watts = notification.received_ns, power.decode_power(notification.data)
        self._power = (at_ns, watts)
        if self._seen_ns is not None and at_ns - self._seen_ns <= _POWER_HOLDS_NS:
            return []
        return [table(READING, [{"t_ns": at_ns, "power_w": watts}])]

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know about how the readings were understood."""
        if self.convention is None:
            return ("cadence not given: the device has not shown if it counts steps or strides",)
        how = "learned from its first readings" if self.learned else "as declared"
        if self.convention == "strides":
            return (f"cadence doubled: the device counts strides of one foot ({how})",)
        return (f"cadence as sent: the device counts steps of both feet ({how})",)

    def _learn(self, m: Measurement) -> None:
        if self.convention is not None:
            return
        if vote := convention_of(m.speed_mps, m.cadence_raw):
            self._votes = [*self._votes[1 - _VOTES :], vote]
            if self._votes == [vote] * _VOTES:
                self.convention, self.learned = vote, True


def _channel(name: str, unit: str, notification: Notification, value: float) -> Channel:
    return Channel(
        name, unit, np.array([notification.received_ns], np.int64), np.array([float(value)])
    )


def _decoder(reads: Mapping[str, bytes]) -> RscDecoder:
    return RscDecoder()


PROFILE = Profile(
    name="rsc",
    service=SERVICE,
    notify=(MEASUREMENT, power.MEASUREMENT),
    reads=(FEATURE, LOCATION),
    decoder=_decoder,
)
