"""CSV of a raw IMU: named columns in, one block of samples out."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from ...errors import FileError
from ...signal.imu import ImuBlock
from ...signal.tables import FloatArray, IntArray, Side
from ..source import Decoded
from . import csvtable, samples, stepcsv
from .columns import ACC, GRAV, GYR, LIN, Named, factor, roles
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
    """The columns that are understood, as numbers; ``dates``: the time was written as a date."""

    used: dict[str, Named]
    value: dict[str, FloatArray]
    dates: bool = False


def decode(data: bytes, name: str, options: Options) -> Decoded:
    """Return the samples of one sensor, or the steps of a pod that counts them itself.

    Whatever the file does not say and had to be assumed is a warning. Raises FileError for a
    missing column, a slow recording, or text that is no table of samples.
    """
    text = csvtable.table(data, name)
    if csvtable.is_headless(text):
        raise FileError(
            f"{name}: the first line is numbers, not names; put the names of the columns "
            f"there, for example {','.join(_WMF)}"
        )
    if stepcsv.is_steps(text):
        return stepcsv.decode(text, name, options)
    warnings: list[str] = []
    used, side = _columns(text, name, options.side)
    sheet = _timed(_read(text, used, name, warnings), text, name, options.rate_hz, warnings)
    units = _units(text.header, sheet, warnings)
    t_ns = _nanoseconds(sheet.value["time"], units["time"])
    begun = _date(sheet, units["time"], warnings)
    gyr = _axes(sheet, GYR, units) if GYR[0] in used else None
    if gyr is None:
        warnings.append("the file has no gyroscope: angles and some contacts cannot be told")
    acc = _acceleration(sheet, units, warnings)
    block = samples.block(name, t_ns, acc, gyr, options, warnings)
    return Decoded(
        format="csv",
        device="wearable-my-foot" if text.header == _WMF else "unknown",
        started_at=None if begun is None else begun + _seconds(int(block.t_ns[0] - t_ns[0])),
        side=side,
        place=options.place or "unknown",
        blocks=(block,),
        warnings=tuple(warnings),
    )


def _seconds(ns: int) -> timedelta:
    return timedelta(microseconds=ns / 1000)


def has_samples(data: bytes) -> bool:
    """Tell from its header whether a text may be samples of a sensor, or steps of a pod."""
    try:
        text = csvtable.table(data[:20_000], "")
    except FileError:
        return False
    acceleration = {named.role for named in roles(text.header)} & {*ACC, *LIN}
    return bool(acceleration) or stepcsv.is_steps(text)


def encode(block: ImuBlock) -> bytes:
    """Return the samples as text, each number with all its digits and its unit in the header."""
    names = ["time_ns", *(f"{axis}_mps2" for axis in ACC)]
    columns = [block.t_ns.tolist(), *block.acc.T.tolist()]
    if block.gyr is not None:
        names += [f"{axis}_radps" for axis in GYR]
        columns += block.gyr.T.tolist()
    lines = (",".join(map(repr, row)) for row in zip(*columns, strict=True))
    return "\n".join([",".join(names), *lines, ""]).encode()


def _columns(text: csvtable.Text, name: str, side: Side | None) -> tuple[dict[str, Named], Side]:
    """Return the column of each role, one that is missing is named; and the side it is of."""
    of_sensor, side = _one_sensor(text, name, side)
    used: dict[str, Named] = {}
    for named in of_sensor:
        if named.role not in used:
            used[named.role] = named
        elif named.role != "time":
            raise FileError(
                f"{name}: {named.name!r} and {used[named.role].name!r} are both {named.role}; "
                "one sensor a file, please"
            )
        elif used["time"].unit is None and named.unit is not None:
            used["time"] = named
    if not any(role in used for role in (*ACC, *GYR, *LIN)):
        raise _no_samples(text, name)
    acc = ACC if any(role in used for role in ACC) or LIN[0] not in used else (*LIN, *GRAV)
    gyr = GYR if any(role in used for role in GYR) else ()
    missing = [role for role in ("time", *acc, *gyr) if role not in used]
    if missing and set(missing) <= set(GRAV):
        raise FileError(f"{name}: only acceleration without gravity; the sensor's own is needed")
    if missing:
        raise FileError(
            f"{name}: no column {', '.join(_would_be(role, used) for role in missing)}; it has "
            f"{csvtable.some(text.header)}"
        )
    gravity = GRAV if all(role in used for role in GRAV) else ()
    return {role: used[role] for role in dict.fromkeys(("time", *acc, *gyr, *gravity))}, side


def _no_samples(text: csvtable.Text, name: str) -> FileError:
    return FileError(
        f"{name}: no acceleration among its columns ({csvtable.some(text.header)}); "
        f"expected for example {','.join(_WMF)}"
    )


def _would_be(role: str, used: dict[str, Named]) -> str:
    """Return what a missing column would be called beside the others: gZ beside gX and gY."""
    kind, _, axis = role.partition("_")
    for other in "xyz":
        named = used.get(f"{kind}_{other}")
        if named is not None and axis:
            match = re.search(rf"(?i){other}(?![a-z])", named.name)
            if match is not None:
                letter = axis.upper() if match[0].isupper() else axis
                return named.name[: match.start()] + letter + named.name[match.end() :]
    return role


def _one_sensor(text: csvtable.Text, name: str, side: Side | None) -> tuple[list[Named], Side]:
    """Return the columns of one sensor of a file with several, each under its own name."""
    found = roles(text.header)
    if not text.above:
        return found, side or "unknown"
    if text.header[0] in {"", "axis"}:
        found = [Named(0, text.header[0], "time", None), *found]
    sensors = list(dict.fromkeys(text.above[n.index] for n in found if n.role != "time"))
    if not sensors:
        raise _no_samples(text, name)
    wanted = [s for s in sensors if side is None or s.lower().startswith(side)]
    if len(wanted) != 1:
        raise FileError(
            f"{name}: it has the sensors {csvtable.some(sensors)}; say with --foot which is meant"
        )
    (sensor,) = wanted
    sides: tuple[Side, ...] = ("left", "right")
    own: Side = side or "unknown"
    for named in sides:
        own = named if sensor.lower().startswith(named) else own
    return [n for n in found if n.role == "time" or text.above[n.index] == sensor], own


def _read(text: csvtable.Text, used: dict[str, Named], name: str, warnings: list[str]) -> _Sheet:
    read = csvtable.numbers(text, [named.index for named in used.values()])
    if len(read.rows) < samples.FEWEST or read.skipped > len(read.rows):
        raise FileError(
            f"{name}: {len(read.rows)} lines of samples and {read.skipped} that cannot be read; "
            f"expected at least {samples.FEWEST} lines of {len(text.header)} numbers"
        )
    if read.skipped:
        warnings.append(f"{read.skipped} lines could not be read and were left out")
    return _Sheet(used, dict(zip(used, read.rows.T, strict=True)), read.dates)


def _timed(
    sheet: _Sheet, text: csvtable.Text, name: str, rate_hz: float | None, warnings: list[str]
) -> _Sheet:
    """Return the samples with times: those of the file, or its count by the rate that was said."""
    time, value = sheet.used["time"], sheet.value["time"]
    counts = (
        time.unit is None
        and not sheet.dates
        and bool((value == np.floor(value)).all())
        # A line that could not be read is a number left out.
        and float(np.median(np.diff(value))) == 1
    )
    # Under one header line an unnamed clock that goes up by one is taken for milliseconds.
    if not counts or (rate_hz is None and not text.above):
        if rate_hz is not None:
            warnings.append("the file says its own times: the rate that was said is not used")
        return sheet
    if rate_hz is None:
        raise FileError(
            f"{name}: its first column counts samples; say with --rate how many there are a second"
        )
    warnings.append(f"the first column counts samples: read as {rate_hz:g} a second, as was said")
    used = {**sheet.used, "time": replace(time, unit="s")}
    return replace(sheet, used=used, value={**sheet.value, "time": value / rate_hz})


def _units(header: tuple[str, ...], sheet: _Sheet, warnings: list[str]) -> dict[str, str]:
    """Return the unit of every column: declared, of a known shape, or assumed and said."""
    declared = {role: named.unit for role, named in sheet.used.items()}
    if sheet.dates:
        declared["time"] = "us"
    if header == _WMF:
        warnings.append(
            "the columns name no units: read as the wearable-my-foot boards write them "
            "(ms, g, deg/s)"
        )
        return {role: declared[role] or _WMF_UNITS[role] for role in sheet.used}
    out: dict[str, str] = {}
    groups = ((("time",), _time_unit), (ACC, _acc_unit), (LIN, _acc_unit), (GRAV, _acc_unit))
    for roles_, assume in (*groups, (GYR, _gyr_unit)):
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
    return {"time": "time", "gyr_x": "rotation", "grav_x": "gravity"}.get(roles_[0], "acceleration")


def _axes(sheet: _Sheet, axes: tuple[str, ...], units: dict[str, str]) -> FloatArray:
    return np.stack([sheet.value[axis] * factor(axis, units[axis]) for axis in axes], axis=1)


def _nanoseconds(value: FloatArray, unit: str) -> IntArray:
    """Return whole nanoseconds; a clock in ns since 1970 keeps what its text held."""
    scale = round(factor("time", unit) * 1e9)
    if not (np.abs(value) * scale < 2.0**62).all():
        return np.zeros(0, np.int64)
    whole = np.floor(value)
    return whole.astype(np.int64) * scale + np.round((value - whole) * scale).astype(np.int64)


def _date(sheet: _Sheet, unit: str, warnings: list[str]) -> datetime | None:
    """Return when the recording began if its clock counts from 1970."""
    first_s = float(sheet.value["time"][0]) * factor("time", unit)
    if not _DATES_S[0] <= first_s <= _DATES_S[1]:
        return None
    if not sheet.dates:
        warnings.append("the time column is read as seconds since 1970, UTC")
    return datetime.fromtimestamp(first_s, UTC)


def _acceleration(sheet: _Sheet, units: dict[str, str], warnings: list[str]) -> FloatArray:
    """Return what the sensor said, gravity included; phones write the two apart."""
    if LIN[0] in sheet.used:
        warnings.append("acceleration and gravity come apart: they were added up")
        return _axes(sheet, LIN, units) + _axes(sheet, GRAV, units)
    acc = _axes(sheet, ACC, units)
    if GRAV[0] in sheet.used:
        gravity = _axes(sheet, GRAV, units)
        # Over a whole recording the motion averages out and gravity, where it is in, stays.
        share = float((acc.mean(axis=0) * gravity.mean(axis=0)).sum())
        if share < 0.5 * float((gravity.mean(axis=0) ** 2).sum()):
            warnings.append("the acceleration is without gravity: the file's gravity was added")
            return acc + gravity
    return acc
