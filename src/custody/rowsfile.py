"""Rows as CSV, names with units and an empty cell for what is not known, and as Parquet."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import ConfigError, FileError
from ..signal.tables import Table, empty

# Two days and nights of steps are a tenth of it, a day of readings a second as much.
_MOST_ROWS = 2_000_000


def write(table: Table) -> str:
    """Return the rows as CSV; every number comes back as the same bits."""
    names = table.dtype.names or ()
    columns = [
        ["" if text == "nan" else text for text in map(repr, table[name].tolist())]
        for name in names
    ]
    lines = [",".join(names), *map(",".join, zip(*columns, strict=True))]
    return "\n".join(lines) + "\n"


def read(data: bytes, layout: Sequence[Sequence[str]], where: str) -> Table:
    """Return the rows of a CSV that ``write`` made, in the columns of ``layout``; FileError."""
    if data.count(b"\n") > _MOST_ROWS:
        raise FileError(f"{where}: more than {_MOST_ROWS:,} lines; no recording has so many rows")
    lines = csv.reader(io.StringIO(data.decode("ascii", "replace")))
    try:
        names, *rows = lines
    except (csv.Error, ValueError) as fault:
        raise FileError(f"{where}, line {lines.line_num}: {fault}") from fault
    if names != [name for name, _ in layout]:
        raise FileError(f"{where}, line 1: expected the columns {', '.join(n for n, _ in layout)}")
    table = empty(np.dtype([(name, kind) for name, kind in layout]), len(rows))
    for i, row in enumerate(rows):
        if len(row) != len(names):
            raise FileError(f"{where}, line {i + 2}: expected {len(names)} cells, got {len(row)}")
    for j, name in enumerate(names):
        try:
            if table.dtype[name].kind == "f":
                table[name] = [float(row[j]) if row[j] else np.nan for row in rows]
            else:
                table[name] = [int(row[j]) for row in rows]
        except (ValueError, OverflowError) as fault:
            raise FileError(f"{where}, column {name}: {fault}") from fault
    return table


def layout_of(table: Table) -> list[list[str]]:
    """Return names and types of the columns."""
    return [[name, table.dtype[name].str] for name in table.dtype.names or ()]


def write_parquet(table: Table) -> bytes:
    """Return the rows as Parquet, zstd with byte planes: a third of CSV, typed; ConfigError.

    Unknown floats are NaN there as here.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as fault:
        raise ConfigError("Parquet needs its library; install catfoot[parquet]") from fault
    names = table.dtype.names or ()
    columns = {name: pyarrow.array(np.ascontiguousarray(table[name])) for name in names}
    out = io.BytesIO()
    floats: Any = [name for name in names if table.dtype[name].kind == "f"]  # declared a bool
    parquet.write_table(
        pyarrow.table(columns),
        out,
        compression="zstd",
        use_dictionary=False,
        use_byte_stream_split=floats,
    )
    return out.getvalue()
