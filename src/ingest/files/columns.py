"""Which column of a CSV is which axis, and in which unit: from its name, or said to be assumed.

Units are read from the name: ``acc_x_mps2``, ``Accelerometer X (g)``, ``gyr_z [deg/s]``,
``time_ms``. Where a name has none, the numbers decide between two far-apart answers (gravity
is 1 or 9.8; a running foot turns by hundreds of degrees or by tens of radians), and the
recording says so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import pi
from typing import Final

from ...signal.imu import G_MPS2

ACC = ("acc_x", "acc_y", "acc_z")
GYR = ("gyr_x", "gyr_y", "gyr_z")
#: What phones make of their accelerometer: the motion without gravity, and gravity.
LIN = ("lin_x", "lin_y", "lin_z")
GRAV = ("grav_x", "grav_y", "grav_z")

#: To seconds, to m/s^2, to rad/s; spelled as files do, without the characters between words.
TIME_UNITS: Final[Mapping[str, float]] = {
    "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0,
    "ms": 1e-3, "msec": 1e-3, "millis": 1e-3, "milliseconds": 1e-3,
    "us": 1e-6, "usec": 1e-6, "micros": 1e-6, "microseconds": 1e-6, "µs": 1e-6,
    "ns": 1e-9, "nsec": 1e-9, "nanos": 1e-9, "nanoseconds": 1e-9,
}  # fmt: skip
ACC_UNITS: Final[Mapping[str, float]] = {
    "mps2": 1.0, "ms2": 1.0, "msec2": 1.0, "mss": 1.0, "m_s2": 1.0,
    "g": G_MPS2, "gs": G_MPS2, "mg": G_MPS2 / 1000,
}  # fmt: skip
GYR_UNITS: Final[Mapping[str, float]] = {
    "degps": pi / 180, "degs": pi / 180, "degsec": pi / 180, "dps": pi / 180,
    "deg_s": pi / 180, "°s": pi / 180, "mdps": pi / 180_000,
    "radps": 1.0, "rads": 1.0, "radsec": 1.0, "rad_s": 1.0,
}  # fmt: skip

_TIME_NAMES = frozenset(
    {"time", "t", "timestamp", "elapsed", "seconds_elapsed", "epoch", "epoc", "sampletime",
     "sample_time", "time_stamp", "elapsed_time", "timer", "millis", "micros"}
)  # fmt: skip
_ACC_NAMES = frozenset(
    {"a", "acc", "accel", "accelerometer", "acceleration", "accelerometer_acceleration"}
)
_GYR_NAMES = frozenset(
    {"g", "gyr", "gyro", "gyroscope", "w", "omega", "rot", "rotation", "rotation_rate",
     "angular_velocity", "angular_rate", "motion_rotation_rate", "r"}
)  # fmt: skip
_GRAV_NAMES = frozenset({"grav", "gravity", "motion_gravity"})
_LIN_NAMES = frozenset(
    {"linear_acceleration", "linear_accelerometer", "user_acceleration", "lin_acc", "ua", "linacc",
     "lacc", "motion_user_acceleration"}
)  # fmt: skip

_KINDS = (
    (_ACC_NAMES, "acc", ACC_UNITS),
    (_GYR_NAMES, "gyr", GYR_UNITS),
    (_LIN_NAMES, "lin", ACC_UNITS),
    (_GRAV_NAMES, "grav", ACC_UNITS),
)

_BRACKET = re.compile(r"^(.*?)\s*[\[(]([^\])]*)[\])]\s*$")
_AXIS = re.compile(r"^(?P<sensor>[a-z]+(?:_[a-z]+)*?)_?(?P<axis>[xyz])(?:_(?P<unit>[a-z0-9_]+))?$")


@dataclass(frozen=True, slots=True)
class Named:
    """One column as its name says: role ``time``, ``acc_x`` .. ``gyr_z``; unit or None."""

    index: int
    name: str
    role: str
    unit: str | None


def roles(header: Sequence[str]) -> list[Named]:
    """Return the columns whose names are understood, in file order.

    >>> [(n.role, n.unit) for n in roles(["time_ms", "Accelerometer X (g)", "gyr_y [deg/s]"])]
    [('time', 'ms'), ('acc_x', 'g'), ('gyr_y', 'degs')]
    """
    found = [named for i, name in enumerate(header) if (named := _named(i, name)) is not None]
    if any(_sensor(named) == "r" for named in found):
        # Beside rotation called r, what is called g is gravity.
        found = [_as_gravity(named) for named in found]
    return found


def _as_gravity(named: Named) -> Named:
    if _sensor(named) != "g":
        return named
    return Named(named.index, named.name, named.role.replace("gyr", "grav"), None)


def _sensor(named: Named) -> str:
    match = _AXIS.match(_split(named.name)[0])
    return "" if match is None else match["sensor"]


def factor(role: str, unit: str) -> float:
    """Return what turns the column's numbers into SI."""
    units = TIME_UNITS if role == "time" else GYR_UNITS if role in GYR else ACC_UNITS
    return units[unit]


def _named(index: int, name: str) -> Named | None:
    stem, unit = _split(name)
    if stem in _TIME_NAMES:
        own = {"millis": "ms", "micros": "us", "seconds_elapsed": "s"}.get(stem)
        return Named(index, name, "time", _known(unit, TIME_UNITS) or own)
    head, _, tail = stem.rpartition("_")
    if head in _TIME_NAMES and tail in TIME_UNITS:
        return Named(index, name, "time", tail)
    match = _AXIS.match(stem)
    if match is None:
        return None
    sensor, own_unit = match["sensor"], match["unit"]
    for names, kind, units in _KINDS:
        if sensor in names:
            known = _known(unit or own_unit, units)
            if own_unit is not None and known is None:
                return None  # acc_x_filtered: not the sensor's own axis
            return Named(index, name, f"{kind}_{match['axis']}", known)
    return None


def _split(name: str) -> tuple[str, str | None]:
    """Return (lower-case words joined by _, unit in brackets or None).

    >>> _split("Gyroscope X (deg/s)")
    ('gyroscope_x', 'deg/s')
    >>> _split("aX")
    ('a_x', None)
    """
    match = _BRACKET.match(name)
    unit = match[2].strip() if match is not None else None
    stem = match[1] if match is not None else name
    stem = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", stem.strip().strip("'\""))
    return re.sub(r"[^a-z0-9µ°]+", "_", stem.lower()).strip("_"), unit


def _known(unit: str | None, units: Mapping[str, float]) -> str | None:
    """Return the unit as it is spelled in ``units``, or None."""
    if unit is None:
        return None
    spelled = unit.lower().replace("²", "2").replace("^", "").replace("**", "")
    for form in (spelled, re.sub(r"[^a-z0-9µ°]+", "", spelled)):
        if form in units:
            return form
    return None
