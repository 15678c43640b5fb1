"""Which FIT record field is which measure: exact names, exact units, published precedence.

Several fields may speak of one measure: the watch's own and those that apps add for a foot
pod. The order here is the precedence; the first that has any reading in the whole file gives
the column of READING, and every other one is kept as a channel. Sources are never mixed row
by row, which would make steps in a runner's numbers that no foot made.
docs/decisions/0010-fit-precedence.md has the reasons.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

#: Factor from a unit, as files spell it (case does not matter), to SI; rates are per second
#: only where READING says so, cadence stays "a minute" and is settled in ``cadence.py``.
TO_SI: Final[Mapping[str, float]] = {
    "m": 1.0, "meters": 1.0, "metres": 1.0, "mm": 1e-3, "millimeters": 1e-3,
    "cm": 1e-2, "centimeters": 1e-2, "km": 1e3,
    "s": 1.0, "seconds": 1.0, "ms": 1e-3, "milliseconds": 1e-3, "msec": 1e-3,
    "m/s": 1.0, "km/h": 1 / 3.6, "kn/m": 1e3, "n/m": 1.0,
    "w": 1.0, "watts": 1.0, "watt": 1.0, "bpm": 1.0,
    "%": 1e-2, "percent": 1e-2,
    "rpm": 1.0, "spm": 1.0, "steps/min": 1.0, "strides/min": 1.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One field that speaks of a measure.

    ``units`` are those it is known to come in; with any other it stays a channel, because a
    name alone is a guess. ``zero_absent``: the device writes 0 for "no reading".
    """

    column: str
    field: str
    units: tuple[str, ...]
    developer: bool = False
    zero_absent: bool = False


def _native(column: str, field: str, unit: str, zero_absent: bool = False) -> Source:
    return Source(column=column, field=field, units=(unit,), zero_absent=zero_absent)


def _developer(column: str, field: str, *units: str, zero_absent: bool = False) -> Source:
    return Source(column=column, field=field, units=units, developer=True, zero_absent=zero_absent)


#: In order of precedence within a measure.
SOURCES: Final = (
    _native("cadence_spm", "cadence", "rpm"),
    _native("cadence_spm", "cadence256", "rpm"),
    _developer("cadence_spm", "Cadence", "rpm", "spm", "steps/min", "strides/min"),
    _native("gct_s", "stance_time", "ms", zero_absent=True),
    _developer("gct_s", "Ground Time", "ms", "milliseconds", zero_absent=True),
    _developer("gct_s", "Contact Time", "ms", "milliseconds", zero_absent=True),
    _native("gct_left_frac", "stance_time_balance", "percent"),
    _native("step_m", "step_length", "mm", zero_absent=True),
    _native("speed_mps", "enhanced_speed", "m/s"),
    _native("speed_mps", "speed", "m/s"),
    _developer("speed_mps", "Speed", "m/s"),
    _native("distance_m", "distance", "m"),
    _developer("distance_m", "Distance", "m", "meters"),
    _native("vertical_oscillation_m", "vertical_oscillation", "mm", zero_absent=True),
    # Stryd's field is in centimetres; its unit says so and is obeyed.
    _developer(
        "vertical_oscillation_m", "Vertical Oscillation",
        "cm", "centimeters", "mm", "millimeters", zero_absent=True,
    ),
    _developer("leg_stiffness_npm", "Leg Spring Stiffness", "kn/m", zero_absent=True),
    _native("power_w", "power", "watts"),
    _developer("power_w", "Power", "watts", "w"),
    _developer("power_w", "RS_Power_AVG", "watts", "w"),
    _native("heart_rate_bpm", "heart_rate", "bpm", zero_absent=True),
    _developer("heart_rate_bpm", "Heart Rate", "bpm", zero_absent=True),
    _native("altitude_m", "enhanced_altitude", "m"),
    _native("altitude_m", "altitude", "m"),
)  # fmt: skip

#: RunScribe has one field a foot; contact time and balance come from the pair.
RUNSCRIBE_GCT: Final = ("RS_ContactTime_L", "RS_ContactTime_R")

#: Where a device writes 0 for "no reading" in a field that stays a channel.
ZERO_ABSENT: Final = frozenset(
    {source.field.casefold() for source in SOURCES if source.zero_absent}
    | {"stance_time_percent", "vertical_ratio", "form power", "impact"}
)
#: Prefix of RunScribe's fields: all of them write 0 for "no data".
ZERO_ABSENT_PREFIX: Final = "rs_"

#: A balance means something only while the quantity it divides was measured.
PARTNER: Final[Mapping[str, str]] = {
    "stance_time_balance": "stance_time",
    "leg spring stiffness balance": "leg spring stiffness",
    "vertical oscillation balance": "vertical oscillation",
    "impact loading rate balance": "impact",
}

#: Never kept in rows: where somebody was. The raw bytes keep them.
PLACES: Final = frozenset({"position_lat", "position_long"})

#: What people call the columns, for sentences.
SPOKEN: Final[Mapping[str, str]] = {
    "cadence_spm": "cadence",
    "gct_s": "contact time",
    "gct_left_frac": "contact time balance",
    "step_m": "step length",
    "speed_mps": "speed",
    "distance_m": "distance",
    "vertical_oscillation_m": "vertical oscillation",
    "leg_stiffness_npm": "leg stiffness",
    "power_w": "power",
    "heart_rate_bpm": "heart rate",
    "altitude_m": "altitude",
}
