"""A run as a FIT activity of one record a second, for any program that reads watches' files."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..ingest.files import fitwriter as fw
from ..signal.imu import G_MPS2
from ..signal.tables import FloatArray, IntArray, Table
from ..store.series import SeriesKey
from ..training.entries import Run

# FIT counts seconds since 1989-12-31 00:00 UTC.
_EPOCH_S = 631_065_600

#: Measure of ours, its field in FIT, and units of the field in one of ours.
_FIELDS = (
    ("gct_s", fw.STANCE_TIME, 10_000.0),
    ("speed_mps", fw.SPEED, 1000.0),
    ("distance_m", fw.DISTANCE, 100.0),
    ("heart_rate_bpm", fw.HEART_RATE, 1.0),
    ("power_w", fw.POWER, 1.0),
    ("vertical_oscillation_m", fw.VERTICAL_OSCILLATION, 10_000.0),
)
_UNKNOWN = {fw.UINT8: 0xFF, fw.UINT16: 0xFFFF, fw.UINT32: 0xFFFF_FFFF}

Ranked = Sequence[tuple[SeriesKey, Mapping[str, Table]]]


def activity(run: Run, recordings: Ranked) -> bytes | None:
    """Return the FIT file of a run, None where nothing of it was measured by the second.

    ``recordings`` come best rank first: each measure is taken from the first that has it, and
    from both feet where both have it. Peak acceleration is a developer field, in 0.01 g.
    """
    start_s = int(run.started_at.timestamp())
    # The last second is cut: a contact belongs to the second that it began in.
    seconds = np.arange(int(np.ceil(run.duration_s)) + 1) + start_s
    found = _measures(recordings, seconds)
    if not found:
        return None
    unknown = np.full(len(seconds), np.nan)
    strides_per_min = found.pop("cadence_spm", unknown) / 2
    whole = np.floor(strides_per_min)
    columns = [
        (fw.TIMESTAMP, seconds - _EPOCH_S),
        (fw.CADENCE, _stored(whole, fw.CADENCE, 1.0)),
        (fw.FRACTIONAL_CADENCE, _stored(strides_per_min - whole, fw.FRACTIONAL_CADENCE, 128.0)),
    ]
    for name, field, units in _FIELDS:
        columns.append((field, _stored(found.get(name, unknown), field, units)))
    ppa = _stored(found.get("ppa_mps2", unknown), (0, fw.UINT16), 100 / G_MPS2)
    fit = fw.FitWriter().message(fw.SPORT, [(0, fw.ENUM)], [(fw.RUNNING,)])
    fit.developer_field("Peak acceleration", "0.01 g")
    rows = zip(*(values.tolist() for _, values in columns), ppa.tolist(), strict=True)
    return fit.records([field for field, _ in columns], list(rows)).file()


def _measures(recordings: Ranked, seconds: IntArray) -> dict[str, FloatArray]:
    """Return every measure that a recording has, a value for each second."""
    best: dict[str, list[FloatArray]] = {}
    source: dict[str, str] = {}
    for key, tables in recordings:
        for table, rows in tables.items():
            clock = {"reading": "t_ns", "step": "ic_ns"}.get(table)
            if clock is None or not len(rows):
                continue
            second = (rows[clock] + np.int64(key.origin_ns % 10**9)) // 10**9
            second += key.origin_ns // 10**9 - seconds[0]
            for name, values in _of_table(table, rows):
                mean = _mean_by(second, values, len(seconds))
                # Both feet's steps stand side by side; anything else comes from one source.
                if np.isnan(mean).all() or source.setdefault(name, table) != table:
                    continue
                if table == "step" or name not in best:
                    best.setdefault(name, []).append(mean)
    return {name: _mean_of(values) for name, values in best.items()}


def _of_table(table: str, rows: Table) -> Sequence[tuple[str, FloatArray]]:
    if table == "reading":
        return [(name, rows[name]) for name in ("cadence_spm", *(name for name, _, _ in _FIELDS))]
    cadence = np.divide(120.0, rows["stride_s"], where=rows["stride_s"] > 0, out=_nan(len(rows)))
    return [("cadence_spm", cadence), *((n, rows[n]) for n in ("gct_s", "speed_mps", "ppa_mps2"))]


def _mean_by(second: IntArray, values: FloatArray, n: int) -> FloatArray:
    known = ~np.isnan(values) & (second >= 0) & (second < n)
    count = np.bincount(second[known], minlength=n)
    total = np.bincount(second[known], values[known], minlength=n)
    return _shares(total, count)


def _mean_of(values: Sequence[FloatArray]) -> FloatArray:
    stacked = np.array(values)
    count = (~np.isnan(stacked)).sum(axis=0)
    total: FloatArray = np.nansum(stacked, axis=0)
    return _shares(total, count)


def _shares(total: NDArray[Any], count: IntArray) -> FloatArray:
    shares: FloatArray = np.divide(total, count, where=count > 0, out=_nan(len(total)))
    return shares


def _stored(values: FloatArray, field: fw.Field, units: float) -> IntArray:
    """Return the field's whole numbers; what is not known or does not fit is FIT's invalid."""
    invalid = _UNKNOWN[field[1]]
    scaled = np.rint(np.where(np.isnan(values), -1.0, values * units))
    return np.where((scaled >= 0) & (scaled < invalid), scaled, invalid).astype(np.int64)


def _nan(n: int) -> FloatArray:
    return np.full(n, np.nan)
