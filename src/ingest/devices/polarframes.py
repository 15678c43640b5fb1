"""The content of Polar's frames: raw samples, and differences packed into few bits.

Source: polar-ble-sdk, technical_documentation/online_measurement.pdf; no code of it is used.
"""

import numpy as np

from ...errors import DecodeError
from ...signal.imu import G_MPS2
from ...signal.tables import FloatArray, IntArray

DEVICE = "Polar"
ACC, GYR = 0x02, 0x05


def deltas(data: bytes, channels: int, width: int) -> IntArray:
    """Return samples packed as a reference and differences, shape (n, channels).

    After the reference (``width`` bytes a channel) come groups: bits a value, samples, and
    so many little-endian two's complement differences to the sample before.
    """
    at = channels * width
    if len(data) < at:
        raise DecodeError(DEVICE, data, "no reference sample")
    first = [
        int.from_bytes(data[i * width : (i + 1) * width], "little", signed=True)
        for i in range(channels)
    ]
    parts = [np.array([first], np.int64)]
    while at < len(data):
        if at + 2 > len(data):
            raise DecodeError(DEVICE, data, "a group without its size")
        bits, count = data[at], data[at + 1]
        size = (bits * count * channels + 7) // 8
        at += 2
        if bits > 32 or at + size > len(data):
            raise DecodeError(DEVICE, data, f"{count} differences of {bits} bits do not fit")
        parts.append(_signed(data[at : at + size], bits, count * channels).reshape(-1, channels))
        at += size
    return np.cumsum(np.concatenate(parts), axis=0)


def _signed(data: bytes, bits: int, n: int) -> IntArray:
    if bits == 0:
        return np.zeros(n, np.int64)
    flags = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[: n * bits]
    weights = 1 << np.arange(bits, dtype=np.int64)
    weights[-1] = -weights[-1]
    return flags.reshape(n, bits).astype(np.int64) @ weights


def samples(sensor: int, kind: int, content: bytes, factor: float | None) -> FloatArray:
    """Return a frame's samples in m/s^2 or rad/s, shape (n, 3)."""
    milli_g = G_MPS2 / 1000
    dps = float(np.deg2rad(1))
    if sensor == ACC and kind in (0, 1, 2):
        width = kind + 1
        if not content or len(content) % (3 * width):
            raise DecodeError(DEVICE, content, f"{len(content)} bytes are no samples")
        return _integers(content, width).reshape(-1, 3) * milli_g
    if sensor == ACC and kind == 0x80:
        return deltas(content, 3, 2).astype(np.float64) * ((factor or 1.0) * 1000 * milli_g)
    if sensor == ACC and kind == 0x81:
        return deltas(content, 3, 2).astype(np.float64) * milli_g
    if sensor == GYR and kind == 0x80:
        return deltas(content, 3, 2).astype(np.float64) * ((factor or 1.0) * dps)
    if sensor == GYR and kind == 0x81:
        patterns = deltas(content, 3, 4).astype(np.uint32)
        with np.errstate(invalid="ignore"):  # a signalling NaN, refused below
            values = patterns.view(np.float32).astype(np.float64)
        if not (np.abs(values) < 1e6).all():
            raise DecodeError(DEVICE, content, "a turn rate that is no number")
        return values * ((factor or 1.0) * dps)
    raise DecodeError(DEVICE, content, f"frames of type {kind:#04x} of sensor {sensor}")


def _integers(content: bytes, width: int) -> FloatArray:
    values = range(0, len(content), width)
    return np.array(
        [int.from_bytes(content[i : i + width], "little", signed=True) for i in values], np.float64
    )
