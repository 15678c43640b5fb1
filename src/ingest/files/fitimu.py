"""Raw samples of an accelerometer and gyroscope in a FIT file, as some recorders write them."""

from typing import Any

import numpy as np

from ...errors import FileError
from ...signal.imu import G_MPS2, ImuBlock
from ...signal.tables import FloatArray, IntArray
from . import samples
from .fitmessages import Messages
from .options import Options

_ACC, _GYR = "accelerometer_data", "gyroscope_data"
_FIELDS = {_ACC: "accel", _GYR: "gyro"}
_SENSOR = {_ACC: "accelerometer", _GYR: "gyroscope"}
_LONGEST_MS = 1e8  # of one message, a day
_UNIT = {_ACC: G_MPS2, _GYR: np.pi / 180}  # calibrated values are g and deg/s


def block(
    messages: Messages, t0_s: float, name: str, options: Options, warnings: list[str]
) -> ImuBlock | None:
    """Return the samples on the clock whose 0 is ``t0_s`` in FIT time, None where there are none.

    A watch on the wrist would pass for a pod on the foot; so the samples are used only where
    somebody said where the sensor sat.
    """
    if not messages.all(_ACC):
        return None
    if options.place in {None, "unknown"}:
        warnings.append(
            "the file holds raw samples of a sensor that may not be on a foot: say with --mount "
            "where it was, and they are analysed"
        )
        return None
    t_ns, acc = _samples(messages, _ACC, t0_s)
    turned_ns, gyr = _samples(messages, _GYR, t0_s)
    paired = len(turned_ns) == len(t_ns) and np.array_equal(turned_ns, t_ns)
    if len(turned_ns) and not paired:
        warnings.append("its gyroscope was not sampled together with the accelerometer: left out")
    order = np.argsort(t_ns, kind="stable")
    try:
        return samples.block(
            name, t_ns[order], acc[order], gyr[order] if paired else None, options, warnings
        )
    except FileError as fault:
        warnings.append(str(fault).removeprefix(f"{name}: ") + ": the raw samples were left out")
        return None


def _samples(messages: Messages, kind: str, t0_s: float) -> tuple[IntArray, FloatArray]:
    """Return (times, samples in SI) of all messages of one kind; broken ones are left out."""
    times, values = [np.zeros(0, np.int64)], [np.zeros((0, 3))]
    calibration = _calibration(messages, kind)
    for message in messages.all(kind):
        read = _message(message, kind, calibration)
        offsets = _array(message.get("sample_time_offset"))
        start_s = message.get("timestamp")
        ms = _number(message.get("timestamp_ms"))
        if read is None or not isinstance(start_s, int) or len(offsets) != len(read):
            continue
        if not (np.abs(offsets) < _LONGEST_MS).all() or not abs(ms) < _LONGEST_MS:
            continue
        start_ns = round((start_s - t0_s) * 1e9) + round(ms * 1e6)
        times.append(start_ns + np.round(offsets * 1e6).astype(np.int64))
        values.append(read * _UNIT[kind])
    return np.concatenate(times), np.concatenate(values)


def _message(
    message: dict[str, Any], kind: str, calibration: dict[str, Any] | None
) -> FloatArray | None:
    """Return one message's samples, calibrated by the device or by its own calibration."""
    stem = _FIELDS[kind]
    for prefix, wanted in (("calibrated_", None), ("", calibration)):
        axes = [_array(message.get(f"{prefix}{stem}_{axis}")) for axis in "xyz"]
        if len({len(axis) for axis in axes}) != 1 or not len(axes[0]):
            continue
        raw = np.stack(axes, axis=1)
        if not np.isfinite(raw).all():
            return None
        if prefix:
            return raw
        return None if wanted is None else _calibrated(raw, wanted)
    return None


def _calibration(messages: Messages, kind: str) -> dict[str, Any] | None:
    """Return the calibration of a sensor: the last one that the file gives."""
    found = [
        m for m in messages.all("three_d_sensor_calibration")
        if m.get("sensor_type") == _SENSOR[kind]
    ]  # fmt: skip
    return found[-1] if found else None


def _calibrated(raw: FloatArray, by: dict[str, Any]) -> FloatArray | None:
    # FIT SDK, three_d_sensor_calibration: matrix * (raw - level_shift - offset) * factor / divisor
    factor = next((_number(v) for k, v in by.items() if k.endswith(("_cal_factor", "n_factor"))), 0)
    divisor, offset = _number(by.get("calibration_divisor")), _array(by.get("offset_cal"))
    matrix = _array(by.get("orientation_matrix"))
    if not factor or not divisor or len(offset) != 3 or len(matrix) != 9:
        return None
    shifted = raw - _number(by.get("level_shift")) - offset
    return shifted @ matrix.reshape(3, 3).T * (factor / divisor)


def _array(value: Any) -> FloatArray:
    values = value if isinstance(value, (tuple, list)) else () if value is None else (value,)
    return np.array([_number(v, np.nan) for v in values], dtype=np.float64)


def _number(value: Any, absent: float = 0.0) -> float:
    return float(value) if isinstance(value, (int, float)) else absent
