"""The contract tables: what is measured, one row each, SI units, NaN = not known.

The same names are the fields of the series stores and the JSON of the API. Times are
nanoseconds on the recording's own clock. What is true of a whole recording (side, mount,
device, rate, range) is not repeated in its rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Table = NDArray[np.void]

Side = Literal["left", "right", "unknown"]
Place = Literal["lace", "heel", "insole", "shank", "sacrum", "unknown"]
#: What a pod can score in a drill: signal/drills.py says how.
DrillName = Literal[
    "sway", "hold", "push", "heel_raise", "heel_to_toe", "taps", "toe_taps", "lunge", "pause",
    "hops", "drop",
]  # fmt: skip

GAIT_UNKNOWN, GAIT_WALK, GAIT_RUN, GAIT_OTHER = 0, 1, 2, 3
GRADE_X, GRADE_C, GRADE_B, GRADE_A = 0, 1, 2, 3


def _dtype(text: str) -> np.dtype[np.void]:
    """Read ``"a b f8 | c u1"`` as a packed dtype."""
    fields: list[tuple[str, str]] = []
    for group in text.split("|"):
        *names, kind = group.split()
        fields += [(name, kind) for name in names]
    return np.dtype(fields)


#: One contact of one foot.
STEP = _dtype(
    "ic_ns i8 | fc_ns i8 | gait u1 | stride_s gct_s flight_s swing_s f8"
    "| stride_m speed_mps clearance_m slope_rad f8"
    "| strike_rad roll_rad eversion_rad eversion_radps ml_excursion_m pushoff_radps f8"
    "| touchdown_mps ppa_mps2 shock_mps2 arrest_s f8 | clipped u2 | bridged u2"
    "| grade_time grade_space grade_angle grade_impact u1 | reason u4"
)

#: What a device or file that computes by itself said, about once a second.
READING = _dtype(
    "t_ns i8 | cadence_spm gct_s gct_left_frac flight_s step_m speed_mps distance_m"
    " vertical_oscillation_m leg_stiffness_npm power_w heart_rate_bpm altitude_m f8"
)

#: A balance drill, 10 to 20 rows a second.
SWAY = _dtype(
    "t_ns i8 | ml_acc_rms_mps2 ap_acc_rms_mps2 roll_rate_rms_radps pitch_rate_rms_radps"
    " roll_rad pitch_rad path_radps f8 | wobble i1"
)

#: One hold of a balance drill.
HOLD = _dtype(
    "start_ns stop_ns i8 | end u1 | wobbles wobbles_medial wobbles_lateral u2"
    "| area_rad2 path_radps ml_acc_rms_mps2 roll_rate_rms_radps f8 | clean grade u1 | reason u4"
)

#: One hop or landing.
HOP = _dtype(
    "ic_ns fc_ns i8 | gct_s flight_s height_m rsi stiffness_npm_per_kg"
    " shock_mps2 arrest_s settle_s f8 | clipped u2 | grade u1 | reason u4"
)

#: One repetition of a drill: a heel raise, a tap, a lunge, a pause on the whole foot, a push.
REP = _dtype(
    "start_ns stop_ns i8 | rise_s top_s lower_s pause_s angle_rad height_m f8 | grade u1 | reason u4"
)

#: Values of all channels of a recording, which names them; ``channel`` counts from 0.
CHANNEL = _dtype("t_ns i8 | channel u2 | value f8")

#: Laps (kind 0) and pauses of the watch (kind 1) of a recording.
SPAN = _dtype("start_ns stop_ns i8 | kind u1")

TABLES: dict[str, np.dtype[np.void]] = {
    "step": STEP,
    "reading": READING,
    "sway": SWAY,
    "hold": HOLD,
    "hop": HOP,
    "rep": REP,
    "channel": CHANNEL,
    "span": SPAN,
}

#: Decimal places of the measures of steps and drills, in their SI units: the digits beyond are
#: noise. One unit of the last place is a twentieth or less of the measure's error
#: (docs/measures.md).
PLACES: dict[str, int] = {
    **dict.fromkeys(("stride_s", "gct_s", "flight_s", "swing_s", "arrest_s"), 4),
    **dict.fromkeys(("stride_m", "speed_mps", "touchdown_mps"), 3),
    **dict.fromkeys(("clearance_m", "ml_excursion_m"), 4),
    **dict.fromkeys(("slope_rad", "strike_rad", "roll_rad", "eversion_rad"), 4),
    **dict.fromkeys(("eversion_radps", "pushoff_radps", "ppa_mps2", "shock_mps2"), 2),
    # Standing still is 0.02 m/s^2 and 0.01 rad/s, a pod's own noise a tenth of that.
    **dict.fromkeys(("ml_acc_rms_mps2", "ap_acc_rms_mps2"), 4),
    **dict.fromkeys(("roll_rate_rms_radps", "pitch_rate_rms_radps", "path_radps"), 4),
    **dict.fromkeys(("pitch_rad", "angle_rad", "height_m"), 4),
    **dict.fromkeys(("settle_s", "rise_s", "top_s", "lower_s", "pause_s"), 4),
    "area_rad2": 7,
    "rsi": 3,
    "stiffness_npm_per_kg": 1,
}

#: Contacts are told to 0.1 ms, a fiftieth of the time between two samples at 200 Hz.
CONTACT_NS = 100_000
_CONTACTS = ("ic_ns", "fc_ns")


@dataclass(frozen=True, slots=True)
class Channel:
    """A field that a file or device carries beyond the tables, under its own name."""

    name: str
    unit: str
    t_ns: IntArray
    value: FloatArray


def empty(dtype: np.dtype[np.void], n: int = 0) -> Table:
    """Return ``n`` rows that know nothing: floats are NaN, everything else 0."""
    rows = np.zeros(n, dtype)
    for name in dtype.names or ():
        if dtype[name].kind == "f":
            rows[name] = np.nan
    return rows


def table(dtype: np.dtype[np.void], rows: Iterable[dict[str, Any]]) -> Table:
    """Return rows given by column name; columns not named are not known.

    >>> table(STEP, [{"ic_ns": 0, "fc_ns": 250_000_000, "gct_s": 0.25}])["gct_s"]
    array([0.25])
    """
    given = list(rows)
    out = empty(dtype, len(given))
    for i, row in enumerate(given):
        for name, value in row.items():
            out[name][i] = value
    return out


def on_grid(rows: Table) -> Table:
    """Return the rows with every measure rounded to its ``PLACES``, contacts to 0.1 ms.

    An analyser does this to what it returns, once, so that rows shown live, stored, exported
    and measured again are equal, and no store keeps noise. Doing it twice is doing it once.

    >>> step = on_grid(table(STEP, [{"ic_ns": 123_456_789, "gct_s": 0.25004}]))
    >>> step["ic_ns"], step["gct_s"]
    (array([123500000]), array([0.25]))
    """
    out = rows.copy()
    for name in rows.dtype.names or ():
        if name in PLACES:
            scale = 10.0 ** PLACES[name]
            out[name] = np.rint(rows[name] * scale) / scale + 0.0  # no -0.0
        elif name in _CONTACTS:
            out[name] = (rows[name] + CONTACT_NS // 2) // CONTACT_NS * CONTACT_NS
    return out


def join(dtype: np.dtype[np.void], tables: Iterable[Table]) -> Table:
    """Return the rows of all tables one after the other, also when there are none."""
    some = [t for t in tables if len(t)]
    if not some:
        return np.zeros(0, dtype)
    # As bytes: numpy takes 20 microseconds to compare two tables' columns.
    size = dtype.itemsize
    rows = [np.ascontiguousarray(t, dtype).view(np.uint8).reshape(-1, size) for t in some]
    return np.asarray(np.concatenate(rows).reshape(-1).view(dtype))
