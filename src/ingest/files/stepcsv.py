"""CSV of pods that measure every step themselves: RunScribe, as mergait writes it.

Columns t, foot, contact_time [ms], flight_ratio, pronation [deg], braking and impact [g],
strike (1 heel .. 15 toe), power [W]; one line a step, both feet in one file.
"""

from datetime import UTC, datetime

import numpy as np

from ...errors import FileError
from ...signal.tables import READING, Channel, FloatArray, empty
from ..source import Decoded
from . import csvtable
from .csvtable import Text
from .options import Options
from .order import rows_of

_NEEDED = ("t", "foot", "contact_time")
_UNITS = {
    "pronation": "deg", "braking": "g", "impact": "g", "flight_ratio": "", "strike": "1-15",
}  # fmt: skip
_FEWEST = 20
#: Unix time of 2000-01-01 and 2100-01-01.
_DATES_S = (946_684_800.0, 4_102_444_800.0)


def is_steps(text: Text) -> bool:
    """Tell from its header whether a table is of steps."""
    return set(_NEEDED) <= set(text.header)


def decode(text: Text, name: str, options: Options) -> Decoded:
    """Return contact time and power of every step; the rest as a channel for each foot."""
    steps, skipped = _steps(text)
    if len(steps) < _FEWEST:
        raise FileError(f"{name}: {len(steps)} steps that can be read; expected at least {_FEWEST}")
    warnings = [f"{skipped} lines could not be read and were left out"] if skipped else []
    columns = {key: np.array([step[key] for step in steps]) for key in steps[0]}
    rows = rows_of(columns["t"], name, warnings)
    out = empty(READING, len(rows.t_s))
    out["t_ns"] = rows.t_ns
    out["gct_s"] = rows.place(_known(columns["contact_time"])) * 1e-3
    if "power" in columns:
        out["power_w"] = rows.place(columns["power"])
    channels = [
        Channel(f"{key} {foot}", unit, rows.t_ns[known], value[known])
        for key, unit in _UNITS.items()
        if key in columns
        for foot, right in (("left", 0.0), ("right", 1.0))
        for value in [rows.place(np.where(columns["foot"] == right, _known(columns[key]), np.nan))]
        if (known := np.isfinite(value)).any()
    ]
    return Decoded(
        format="csv",
        device="RunScribe",
        started_at=_begun(rows.t_s[0]),
        side="unknown",
        place=options.place or "unknown",
        readings=out,
        channels=tuple(channels),
        warnings=tuple(warnings),
    )


def _steps(text: Text) -> tuple[list[dict[str, float]], int]:
    """Return the lines as numbers: time in seconds, foot 0 left or 1 right; and how many not."""
    wanted = [key for key in ("t", "foot", "contact_time", "power", *_UNITS) if key in text.header]
    lines = [line for line in text.body.splitlines() if line.strip()]
    out = []
    for line in lines:
        cells = dict(zip(text.header, map(str.strip, line.split(text.delimiter)), strict=False))
        try:
            out.append({key: _value(key, cells[key]) for key in wanted})
        except (ValueError, KeyError, OverflowError):
            continue
    return out, len(lines) - len(out)


def _value(key: str, cell: str) -> float:
    cell = cell.strip("\"'")
    if key == "foot":
        return float(("left", "right").index(cell.lower()))
    if key == "t" and ":" in cell:
        return csvtable.microseconds(cell) / 1e6
    value = float(cell) if cell else np.nan
    return value if np.isfinite(value) else np.nan


def _known(value: FloatArray) -> FloatArray:
    """RunScribe writes 0 for "no data"."""
    return np.where(value == 0, np.nan, value)


def _begun(t_s: float) -> datetime | None:
    dated = _DATES_S[0] <= t_s <= _DATES_S[1]
    return datetime.fromtimestamp(float(t_s), UTC) if dated else None
