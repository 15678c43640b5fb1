"""A run as a picture: the rows of every recording in a few hundred bins, in people's units.

A bin holds the median of the rows that begin in it, and null where there is none: a gap in
the recording stays a gap in the line. Softness is that of a bin's shock, against the usual that
the run itself was held against, at the bin's speed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np

from ..signal.imu import G_MPS2
from ..signal.measures import Summary
from ..signal.softness import score
from ..signal.tables import GAIT_WALK, FloatArray, IntArray, Table
from ..store.series import SeriesKey

#: What of each table is drawn: name and unit, column, factor, decimals. Rows are SI.
DRAWN = {
    "step": (
        ("gct_ms", "gct_s", 1e3, 1),
        ("flight_ms", "flight_s", 1e3, 1),
        ("shock_g", "shock_mps2", 1 / G_MPS2, 2),
        ("strike_deg", "strike_rad", 180 / np.pi, 1),
        ("speed_mps", "speed_mps", 1, 3),
    ),
    "reading": (
        ("cadence_spm", "cadence_spm", 1, 1),
        ("gct_ms", "gct_s", 1e3, 1),
        ("speed_mps", "speed_mps", 1, 3),
        ("vertical_oscillation_mm", "vertical_oscillation_m", 1e3, 1),
        ("power_w", "power_w", 1, 0),
        ("heart_rate_bpm", "heart_rate_bpm", 1, 0),
        ("altitude_m", "altitude_m", 1, 1),
    ),
}
TIMES = {"step": "ic_ns", "reading": "t_ns"}

# Finer than a few strides a bin holds nothing that a median could rest on.
SHORTEST_BIN_S = 2.0


def chart(
    tables: Mapping[str, Mapping[SeriesKey, Table]],
    started_at: datetime,
    duration_s: float,
    most: int,
    summaries: Mapping[str, Summary],
) -> dict[str, Any]:
    """Return the lines of a run, at most ``most`` bins each, over the same bins of time.

    ``summaries`` are those of each recording: what they withhold is not drawn. ``n`` counts the
    rows of a bin, ``walked`` those of them that were walking.
    """
    bin_s = max(SHORTEST_BIN_S, duration_s / most)
    bins = max(1, int(np.ceil(duration_s / bin_s)))
    start_ns = int(started_at.timestamp() * 1e6) * 1000
    lines = [
        _line(key, table, rows, start_ns, bin_s, bins, summaries.get(key.recording, Summary()))
        for table, found in tables.items()
        for key, rows in sorted(found.items(), key=lambda item: (item[0].side, item[0].recording))
        if len(rows)
    ]
    return {"started_at": started_at.isoformat(), "bin_s": bin_s, "bins": bins, "lines": lines}


def _line(
    key: SeriesKey,
    table: str,
    rows: Table,
    start_ns: int,
    bin_s: float,
    bins: int,
    summary: Summary,
) -> dict[str, Any]:
    grades = {m.key: m.grade for m in summary.measures}
    t_ns = rows[TIMES[table]] + (key.origin_ns - start_ns)
    place = (t_ns // int(bin_s * 1e9)).astype(np.int64)
    inside = (place >= 0) & (place < bins)
    rows, place = rows[inside], place[inside]
    middles = {
        name: (medians(place, values, bins), digits)
        for name, values, digits in _columns(table, rows)
    }
    if table == "step" and grades.get("shock_g") != "X":
        middles["softness"] = (_softness(middles, summary, bins), 1)
    columns = {
        name: [round(v, digits) if np.isfinite(v) else None for v in middle.tolist()]
        for name, (middle, digits) in middles.items()
        if grades.get(name) != "X" and np.isfinite(middle).any()
    }
    told = {
        "recording": key.recording, "side": key.side, "table": table,
        "n": np.bincount(place, minlength=bins).tolist(), "columns": columns,
        "grades": {name: grades[name] for name in columns if name in grades},
    }  # fmt: skip
    if table == "step":
        walked = place[rows["gait"] == GAIT_WALK]
        told["walked"] = np.bincount(walked, minlength=bins).tolist()
    return told


def _softness(
    middles: Mapping[str, tuple[FloatArray, int]], summary: Summary, bins: int
) -> FloatArray:
    """Return the score of each bin's shock; NaN everywhere while there is no usual."""
    usual, speed = summary.usual("shock"), summary.measure("speed")
    out = np.full(bins, np.nan)
    if usual is None:
        return out
    otherwise = None if speed is None else speed.value
    shock_g, speed_mps = middles["shock_g"][0], middles["speed_mps"][0]
    for i in np.flatnonzero(shock_g > 0):
        known = float(speed_mps[i]) if speed_mps[i] > 0 else otherwise
        out[i] = score(float(shock_g[i]), usual, known)
    return out


def _columns(table: str, rows: Table) -> list[tuple[str, FloatArray, int]]:
    out = [(name, rows[column] * factor, digits) for name, column, factor, digits in DRAWN[table]]
    if table == "step":
        # Both feet step once in a stride: 120 in the minute of a stride of one second.
        with np.errstate(divide="ignore"):
            out.insert(1, ("cadence_spm", 120 / rows["stride_s"], 1))
    return out


def medians(place: IntArray, values: FloatArray, bins: int) -> FloatArray:
    """Return the median of the finite values in each bin, NaN where there is none.

    >>> medians(np.array([0, 0, 2]), np.array([1.0, 3.0, np.nan]), 3)
    array([ 2., nan, nan])
    """
    known = np.isfinite(values)
    place, values = place[known], values[known]
    order = np.lexsort((values, place))
    values = values[order]
    counts = np.bincount(place, minlength=bins)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    out = np.full(bins, np.nan)
    some = counts > 0
    low = values[starts[some] + (counts[some] - 1) // 2]
    high = values[starts[some] + counts[some] // 2]
    out[some] = (low + high) / 2
    return out
