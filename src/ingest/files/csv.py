"""CSV of a raw IMU: named columns in, one block of samples out."""

import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from ...errors import FileError
from ...signal.imu import ImuBlock
from ...signal.tables import FloatArray, IntArray
from ..source import Decoded
from . import samples
from .columns import ACC, GYR, Named, factor, roles, takes_gravity_away
from .options import Options

#: The header of the wearable-my-foot boards, whose firmware logs ms, g and deg/s.
_WMF = ("time", "aX", "aY", "aZ", "gX", "gY", "gZ")
_WMF_UNITS = {"time": "ms"} | dict.fromkeys(ACC, "g") | dict.fromkeys(GYR, "dps")

#: Median of the acceleration's size that tells g (1 at rest, up to 3 while running) from
#: m/s^2 (9.8 at rest, and 7 where the scale is as wrong as was ever seen).
_G_OR_MPS2 = 5.0
#: No gyroscope reads more than 4,000 deg/s = 70 rad/s; a running foot passes 300 deg/s.
_RADPS_OR_DEGPS = 70.0
#: Unix time of 2000-01-01 and 2100-01-01: a clock between them is a date.
_DATES_S = (946_684_800.0, 4_102_444_800.0)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The columns that are understood, as numbers; ``skipped`` rows could not be read."""

    used: dict[str, Named]
    value: dict[str, FloatArray]
    skipped: int


def decode(data: bytes, name: str, options: Options) -> Decoded:
    """Return the samples of one sensor.

    Whatever the file does not say and had to be assumed is a warning. Raises FileError for a
    missing column, a slow recording, or text that is no table of samples.
    """
    header, body, delimiter = _table(_text(data, name), name)
    used = _columns(header, name)
    sheet = _read(body, delimiter, header, used, name)
    warnings: list[str] = []
    units = _units(header, sheet, warnings)
    if sheet.skipped:
        warnings.append(f"{sheet.skipped} lines could not be read and were left out")
    stamps = sheet.value["time"] * factor("time", units["time"])
    started_at = _date(stamps, warnings)
    gyr = _axes(sheet, GYR, units) if GYR[0] in used else None
    if gyr is None:
        warnings.append("the file has no gyroscope: angles and some contacts cannot be told")
    block = samples.block(
        name,
        _nanoseconds(sheet.value["time"], units["time"]),
        _axes(sheet, ACC, units),
        gyr,
        options,
        warnings,
    )
    if started_at is not None:
        offset_s = float(block.t_ns[0]) * 1e-9 - float(stamps[0])
        started_at += timedelta(seconds=offset_s)
    return Decoded(
        format="csv",
        device="wearable-my-foot" if tuple(header) == _WMF else "unknown",
        started_at=started_at,
        side=options.side or "unknown",
        place=options.place or "unknown",
        blocks=(block,),
        warnings=tuple(warnings),
    )


def has_samples(data: bytes) -> bool:
    """Tell from its header whether a text may be samples of a sensor."""
    try:
        header, _, _ = _table(_text(data[:20_000], ""), "")
    except FileError:
        return False
    return any(named.role in ACC for named in roles(header))


def encode(block: ImuBlock) -> bytes:
    """Return the samples as text, each number with all its digits and its unit in the header."""
    names = ["time_ns", *(f"{axis}_mps2" for axis in ACC)]
    columns = [block.t_ns.tolist(), *block.acc.T.tolist()]
    if block.gyr is not None:
        names += [f"{axis}_radps" for axis in GYR]
        columns += block.gyr.T.tolist()
    lines = (",".join(map(repr, row)) for row in zip(*columns, strict=True))
    return "\n".join([",".join(names), *lines, ""]).encode()


def _text(data: bytes, name: str) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        if encoding == "utf-16":
            raise FileError(f"{name}: the text of the file is damaged") from None
        return data.decode("latin-1")


def _table(text: str, name: str) -> tuple[list[str], str, str]:
    """Return (header, the lines below it, delimiter)."""
    text = text.lstrip("\ufeff \t\r\n")
    first, _, body = text.partition("\n")
    first = first.strip().lstrip("#").strip()
    if not first:
        raise FileError(f"{name}: the file holds no text")
    delimiter = max(",;\t", key=first.count)
    if delimiter not in first:
        raise FileError(f"{name}: plain text, not a table of samples or a FIT file")
    header = [cell.strip().strip("\"'").strip() for cell in first.split(delimiter)]
    if all(re.fullmatch(r"[-+.,\deE]*", cell) for cell in header):
        raise FileError(
            f"{name}: the first line is numbers, not names; put the names of the columns "
            f"there, for example {','.join(_WMF)}"
        )
    return header, body, delimiter


def _columns(header: list[str], name: str) -> dict[str, Named]:
    """Return the column of each role; one that is missing is named."""
    used: dict[str, Named] = {}
    for named in roles(header):
        if named.role not in used:
            used[named.role] = named
        elif named.role != "time":
            raise FileError(
                f"{name}: {named.name!r} and {used[named.role].name!r} are both {named.role}; "
                "one sensor a file, please"
            )
        elif used["time"].unit is None and named.unit is not None:
            used["time"] = named
    if not any(role in used for role in (*ACC, *GYR)):
        if takes_gravity_away(header):
            raise FileError(
                f"{name}: only acceleration without gravity; the sensor's own is needed"
            )
        raise FileError(
            f"{name}: no acceleration among its columns ({_some(header)}); "
            f"expected for example {','.join(_WMF)}"
        )
    wanted = ("time", *ACC, *(GYR if any(role in used for role in GYR) else ()))
    if missing := [role for role in wanted if role not in used]:
        raise FileError(
            f"{name}: no column for {', '.join(missing)}; its columns are {_some(header)}"
        )
    return used


def _read(
    body: str, delimiter: str, header: list[str], used: dict[str, Named], name: str
) -> _Sheet:
    columns = [named.index for named in used.values()]
    decimal_comma = delimiter == ";" and "," in body[:2000]
    if decimal_comma:
        body = body.replace(",", ".")
    try:
        rows = np.loadtxt(
            io.StringIO(body), delimiter=delimiter, usecols=columns, ndmin=2, comments=None
        )
        skipped = 0
    except (ValueError, IndexError):
        rows, skipped = _read_line_by_line(body, delimiter, len(header), columns)
    known = np.isfinite(rows).all(axis=1)
    skipped += int((~known).sum())
    rows = rows[known]
    if len(rows) < samples.FEWEST or skipped > len(rows):
        raise FileError(
            f"{name}: {len(rows)} lines of samples and {skipped} that cannot be read; "
            f"expected at least {samples.FEWEST} lines of {len(header)} numbers"
        )
    return _Sheet(used, dict(zip(used, rows.T, strict=True)), skipped)


def _read_line_by_line(
    body: str, delimiter: str, n_columns: int, columns: list[int]
) -> tuple[FloatArray, int]:
    """Read what can be read; a torn or ragged line is counted, never half used."""
    rows: list[list[float]] = []
    skipped = 0
    for line in body.splitlines():
        if not line.strip():
            continue
        cells = line.split(delimiter)
        try:
            if len(cells) != n_columns:
                raise ValueError
            rows.append([float(cells[i].strip().strip("\"'")) for i in columns])
        except ValueError:
            skipped += 1
    return np.array(rows, dtype=np.float64).reshape(-1, len(columns)), skipped


def _units(header: list[str], sheet: _Sheet, warnings: list[str]) -> dict[str, str]:
    """Return the unit of every column: declared, of a known shape, or assumed and said."""
    declared = {role: named.unit for role, named in sheet.used.items()}
    if tuple(header) == _WMF:
        warnings.append(
            "the columns name no units: read as the wearable-my-foot boards write them "
            "(ms, g, deg/s)"
        )
        return {role: declared[role] or _WMF_UNITS[role] for role in sheet.used}
    out: dict[str, str] = {}
    for roles_, assume in ((("time",), _time_unit), (ACC, _acc_unit), (GYR, _gyr_unit)):
        if roles_[0] not in declared:
            continue
        given = {unit for role in roles_ if (unit := declared[role]) is not None}
        unit = given.pop() if len(given) == 1 else None
        if unit is None:
            unit = assume(np.stack([sheet.value[role] for role in roles_]))
            warnings.append(f"the unit of {_spoken(roles_)} is not named: assumed {unit}")
        out |= dict.fromkeys(roles_, unit)
    return out


def _time_unit(value: FloatArray) -> str:
    """Return the unit that makes it 1.6 to 1,600 samples a second."""
    steps = np.diff(value[0])
    steps = steps[steps > 0]
    step = float(np.median(steps)) if len(steps) else 1.0
    seconds = (("s", 1.0), ("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9))
    return next((unit for unit, s in seconds if 625e-6 <= step * s < 0.625), "s")


def _acc_unit(value: FloatArray) -> str:
    size = np.sqrt((value**2).sum(axis=0))
    return "g" if float(np.median(size)) < _G_OR_MPS2 else "mps2"


def _gyr_unit(value: FloatArray) -> str:
    return "dps" if float(np.abs(value).max()) > _RADPS_OR_DEGPS else "radps"


def _spoken(roles_: tuple[str, ...]) -> str:
    return {"time": "time", "acc_x": "acceleration", "gyr_x": "rotation"}[roles_[0]]


def _axes(sheet: _Sheet, axes: tuple[str, ...], units: dict[str, str]) -> FloatArray:
    return np.stack([sheet.value[axis] * factor(axis, units[axis]) for axis in axes], axis=1)


def _nanoseconds(value: FloatArray, unit: str) -> IntArray:
    """Return whole nanoseconds; a clock in ns since 1970 keeps what its text held."""
    scale = round(factor("time", unit) * 1e9)
    if not (np.abs(value) * scale < 2.0**62).all():
        return np.zeros(0, np.int64)
    whole = np.floor(value)
    return whole.astype(np.int64) * scale + np.round((value - whole) * scale).astype(np.int64)


def _date(stamps_s: FloatArray, warnings: list[str]) -> datetime | None:
    """Return when the recording began if its clock counts from 1970."""
    first = float(stamps_s[0])
    if not _DATES_S[0] <= first <= _DATES_S[1]:
        return None
    warnings.append("the time column is read as seconds since 1970, UTC")
    return datetime.fromtimestamp(first, UTC)


def _some(header: list[str]) -> str:
    shown = [cell[:24] for cell in header[:8]]
    text = ", ".join(shown) + (", ..." if len(header) > len(shown) else "")
    return "".join(c if c.isprintable() else "?" for c in text)
