"""Rows as files for other tools: CSV, JSON, Parquet, and a stride list for gaitmap."""

import csv
import io
import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import ConfigError
from .signal.quality import Reason
from .signal.tables import IntArray, Table

if TYPE_CHECKING:
    from .analysis import Analysed

_HALF = np.uint32(Reason.NO_IC | Reason.NO_FC)

#: A stride of gaitmap's kind "min_vel": from foot-flat to foot-flat, in samples of the file.
STRIDE_LIST = ("s_id", "start", "end", "pre_ic", "min_vel", "tc", "ic")


def columns(found: Sequence["Analysed"]) -> dict[str, list[Any]]:
    """Return the rows of all files, column by column: steps, or readings where no file has steps.

    ``file``, ``side`` and ``t_s`` (seconds since the file began) stand before the columns of
    docs/measures.md. What is not known is None.
    """
    kind = "step" if any(len(one.steps) for one in found) else "reading"
    out: dict[str, list[Any]] = {"file": [], "side": [], "t_s": []}
    for one in found:
        rows = one.tables.get(kind)
        if rows is None:
            continue
        clock = rows["ic_ns" if kind == "step" else "t_ns"]
        out["file"] += [one.name] * len(rows)
        out["side"] += [one.entry.side] * len(rows)
        out["t_s"] += [round(t / 1e9, 4) for t in (clock - one.decoded.first_ns()).tolist()]
        for name in rows.dtype.names or ():
            values = rows[name].tolist()
            known = [None if isinstance(v, float) and math.isnan(v) else v for v in values]
            out.setdefault(name, []).extend(known)
    return out


def as_csv(found: Sequence["Analysed"]) -> str:
    """Return the rows as CSV; an empty cell is not known."""
    table = columns(found)
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    write.writerow(table)
    write.writerows(zip(*table.values(), strict=True))
    return out.getvalue()


def as_json(found: Sequence["Analysed"]) -> str:
    """Return the rows as a list of JSON objects; null is not known."""
    table = columns(found)
    rows = [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
    return "[\n" + ",\n".join(map(json.dumps, rows)) + "\n]\n"


def as_parquet(found: Sequence["Analysed"]) -> bytes:
    """Return the rows as Parquet. Raises ConfigError where pyarrow is not installed."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as fault:
        raise ConfigError(
            "Parquet needs pyarrow, which is not installed: pip install 'catfoot[parquet]'"
        ) from fault
    out = io.BytesIO()
    parquet.write_table(pa.table(columns(found)), out)
    return out.getvalue()


def stride_list(contacts: Table, t_ns: IntArray) -> list[tuple[int, ...]]:
    """Return gaitmap's stride list of kind "min_vel", rows of ``STRIDE_LIST``.

    A stride runs from one foot-flat (min_vel) to the next: the contact's beginning before it
    (pre_ic), toe-off (tc), the next contact (ic). All are sample numbers of the file, whole and
    from 0. Strides that touch a hole, or an event that was not seen, are left out.

    Source: gaitmap 2.6, utils.datatype_helper.is_single_sensor_stride_list, whose checks a test
    repeats.
    """
    now, after = contacts[:-1], contacts[1:]
    good = (after["swing"] == now["swing"] + 1) & (after["holes"] == now["holes"])
    for rows in (now, after):
        good &= (rows["reason"] & _HALF == 0) & (rows["flat"] >= 0)
    now, after = now[good], after[good]
    events = (now["flat_ns"], after["flat_ns"], now["ic_ns"], now["flat_ns"], now["fc_ns"],
              after["ic_ns"])  # fmt: skip
    places = [_nearest(t_ns, at.astype(np.int64)) for at in events]
    rows = np.stack([np.arange(len(now)), *places], axis=1)
    start, end, pre_ic, _, tc, ic = places
    # At low rates two events may fall on one sample; gaitmap wants them in order.
    ordered = (pre_ic < start) & (start < tc) & (tc < ic) & (ic < end)
    kept = rows[ordered]
    kept[:, 0] = np.arange(len(kept))
    return [tuple(row) for row in kept.tolist()]


def as_stride_list(contacts: Table, t_ns: IntArray) -> str:
    """Return gaitmap's stride list as CSV: pandas.read_csv(path, index_col="s_id")."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    write.writerow(STRIDE_LIST)
    write.writerows(stride_list(contacts, t_ns))
    return out.getvalue()


def _nearest(t_ns: IntArray, at: IntArray) -> IntArray:
    """Return the sample nearest to each time."""
    after = np.clip(np.searchsorted(t_ns, at), 1, len(t_ns) - 1)
    return np.asarray(after - (at - t_ns[after - 1] <= t_ns[after] - at))
