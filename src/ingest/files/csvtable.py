"""Text as a table: header, delimiter, and the numbers of the columns that are wanted."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from ...errors import FileError
from ...signal.tables import FloatArray

_NUMBER = re.compile(r"[-+.,\deE]*")
#: Longer names of columns are cut; none that is understood is longer.
_NAME_CHARS = 120


@dataclass(frozen=True, slots=True)
class Text:
    """A table whose header was found and whose body was not read yet.

    ``above`` is the line over the header where there are two: what each column's sensor is.
    """

    header: tuple[str, ...]
    above: tuple[str, ...]
    body: str
    delimiter: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """The wanted columns, shape (lines, columns); ``skipped`` lines could not be read.

    ``dates``: the first column held dates, which are microseconds since 1970 here.
    """

    rows: FloatArray
    skipped: int
    dates: bool


def table(data: bytes, name: str) -> Text:
    """Find header and delimiter; FileError where the text is no table with named columns."""
    text = _decoded(data, name).lstrip("\ufeff \t\r\n")
    first, _, body = text.partition("\n")
    first = first.strip().lstrip("#").strip()
    if not first:
        raise FileError(f"{name}: the file holds no text")
    delimiter = max(",;\t", key=first.count)
    if delimiter not in first:
        raise FileError(f"{name}: plain text, not a table of samples or a FIT file")
    header = _cells(first, delimiter)
    above: tuple[str, ...] = ()
    second, _, rest = body.partition("\n")
    under = _cells(second.strip(), delimiter)
    if len(under) == len(header) and len(set(header)) < len(header) and not _numbers(under):
        header, above, body = under, header, rest
    return Text(header, above, body, delimiter)


def _decoded(data: bytes, name: str) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        if encoding == "utf-16":
            raise FileError(f"{name}: the text of the file is damaged") from None
        return data.decode("latin-1")


def _cells(line: str, delimiter: str) -> tuple[str, ...]:
    cells = (cell.strip().strip("\"'").strip() for cell in line.split(delimiter))
    return tuple(cell[:_NAME_CHARS] for cell in cells)


def _numbers(cells: Sequence[str]) -> bool:
    return all(_NUMBER.fullmatch(cell) for cell in cells)


def is_headless(text: Text) -> bool:
    """Tell whether the first line is numbers: nobody says what they are."""
    return _numbers(text.header)


def numbers(text: Text, columns: Sequence[int]) -> Numbers:
    """Read the wanted columns; a torn or ragged line is counted, never half used."""
    body = text.body
    if text.delimiter == ";" and "," in body[:2000]:
        body = body.replace(",", ".")
    try:
        rows = np.loadtxt(
            io.StringIO(body), delimiter=text.delimiter, usecols=columns, ndmin=2, comments=None
        )
        skipped, dates = 0, False
    except (ValueError, IndexError):
        rows, skipped, dates = _line_by_line(text, body, columns)
    known = np.isfinite(rows).all(axis=1)
    return Numbers(rows[known], skipped + int((~known).sum()), dates)


def _line_by_line(text: Text, body: str, columns: Sequence[int]) -> tuple[FloatArray, int, bool]:
    """Read what can be read, dates in the first of the columns included."""
    rows: list[list[float]] = []
    lines = [line for line in body.splitlines() if line.strip()]
    dates = bool(lines) and _has_date(lines[0], text.delimiter, columns[0])
    for line in lines:
        cells = line.split(text.delimiter)
        try:
            if len(cells) != len(text.header):
                raise ValueError
            wanted = [cells[i].strip().strip("\"'") for i in columns]
            first = microseconds(wanted[0]) if dates else float(wanted[0])
            rows.append([first, *map(float, wanted[1:])])
        except (ValueError, OverflowError):
            continue
    out = np.array(rows, dtype=np.float64).reshape(-1, len(columns))
    return out, len(lines) - len(rows), dates


def _has_date(line: str, delimiter: str, column: int) -> bool:
    cells = line.split(delimiter)
    try:
        microseconds(cells[column].strip().strip("\"'"))
    except (ValueError, IndexError, OverflowError):
        return False
    return True


def microseconds(date: str) -> float:
    """Return microseconds since 1970 of an ISO date and time; without a zone it is UTC.

    Raises ValueError for anything else, bare numbers included.

    >>> microseconds("1970-01-01 00:00:01.5")
    1500000.0
    """
    if "-" not in date[1:] or ":" not in date:
        raise ValueError(date)
    at = datetime.fromisoformat(date)
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return float(round(at.timestamp() * 1e6))


def some(names: Sequence[str]) -> str:
    """Return the first names of a table's columns, for a sentence."""
    shown = [name[:24] for name in names[:8]]
    text = ", ".join(shown) + (", ..." if len(names) > len(shown) else "")
    return "".join(c if c.isprintable() else "?" for c in text)
