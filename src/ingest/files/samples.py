"""Rows of a raw-IMU file as one block: sound times, rate, range, least significant bit."""

import numpy as np

from ...errors import FileError
from ...signal.imu import G_MPS2, ImuBlock
from ...signal.tables import BoolArray, FloatArray, IntArray
from .options import Options

#: Fewer samples are no recording.
FEWEST = 25
#: A clock that jumps back by more than this has restarted; by less, a sample came late.
_RESTART_NS = 1_000_000_000
#: What separates the two halves of a recording whose clock restarted: nobody knows, but it
#: must be too long to be bridged.
_UNKNOWN_HOLE_NS = 1_000_000_000
#: Longer than this nobody records; a larger span is a damaged stamp.
_LONGEST_NS = 24 * 3600 * 10**9
#: Full scales that sensors have, in g.
_RANGES_G = (2.0, 4.0, 8.0, 16.0, 24.0, 32.0, 64.0, 100.0, 200.0, 400.0)
_RANGES_DPS = (125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0)
#: Counts of a 16-bit sensor on one side of zero.
_COUNTS = 32768
#: More than any sensor for people measures.
_MOST_G, _MOST_DPS = 1000.0, 40_000.0
_DEG = np.pi / 180
#: So often must an axis stand at its very extreme to call that its end of range.
_PILE = 5
#: Samples this much closer than on average came together; so many of them, and all did.
_BURST, _BURSTS = 0.3, 0.3
#: Jitter of the stamps, as a share of their distance, that is worth a sentence.
_JITTER = 0.2


def block(
    name: str,
    t_ns: IntArray,
    acc: FloatArray,
    gyr: FloatArray | None,
    options: Options,
    warnings: list[str],
) -> ImuBlock:
    """Return the samples in time order, each at its own time, with what is known of the sensor.

    Raises FileError where no time can be made of the stamps, or they are too few a second.
    """
    if len(t_ns) < FEWEST:
        raise FileError(f"{name}: its times cannot be read; expected at least {FEWEST} of them")
    _check_sizes(name, acc, gyr)
    t_ns = _one_clock(t_ns, warnings)
    fresh = ~_said_twice(t_ns, acc, gyr, warnings)
    t_ns, acc, gyr = _spread(t_ns[fresh], warnings), acc[fresh], None if gyr is None else gyr[fresh]
    keep = _in_order(t_ns, warnings)
    t_ns, acc, gyr = t_ns[keep], acc[keep], None if gyr is None else gyr[keep]
    rate_hz = _rate_hz(name, t_ns, options.min_rate_hz, warnings)
    acc_lsb, counted = _counted(least_bit(acc), _RANGES_G, G_MPS2)
    gyr_lsb, turned = (0.0, np.inf) if gyr is None else _counted(least_bit(gyr), _RANGES_DPS, _DEG)
    return ImuBlock(
        t_ns=t_ns,
        acc=acc,
        gyr=gyr,
        rate_hz=rate_hz,
        acc_range_mps2=_acc_range(acc, counted, options.range_g, warnings),
        gyr_range_radps=(np.inf, np.inf, np.inf) if gyr is None else _ends(gyr, turned),
        acc_lsb_mps2=acc_lsb,
        gyr_lsb_radps=gyr_lsb,
    )


def _check_sizes(name: str, acc: FloatArray, gyr: FloatArray | None) -> None:
    """Refuse numbers that no sensor says; they would overflow in what follows."""
    if (most := float(np.abs(acc).max()) / G_MPS2) > _MOST_G:
        raise FileError(f"{name}: an acceleration of {most:.3g} g; the unit or the file is wrong")
    if gyr is not None and (most := float(np.abs(gyr).max()) / _DEG) > _MOST_DPS:
        raise FileError(f"{name}: a rotation of {most:.3g} deg/s; the unit or the file is wrong")


def _one_clock(t_ns: IntArray, warnings: list[str]) -> IntArray:
    """Return one running clock where the device's began again during the recording."""
    jumps = np.flatnonzero(np.diff(t_ns) < -_RESTART_NS)
    if not len(jumps):
        return t_ns
    t_ns = t_ns.copy()
    for i in jumps:
        t_ns[i + 1 :] += t_ns[i] - t_ns[i + 1] + _UNKNOWN_HOLE_NS
    warnings.append(
        f"the clock began again {_times(len(jumps))}: how much time lies between is not known"
    )
    return t_ns


def _said_twice(
    t_ns: IntArray, acc: FloatArray, gyr: FloatArray | None, warnings: list[str]
) -> BoolArray:
    """Return which samples are the one before over again, time and values.

    None are where most that share a time differ: that is a packet of samples under one
    stamp, in which a sensor at rest may well say the same thing twice.
    """
    same_time = np.concatenate([[False], np.diff(t_ns) == 0])
    twice = same_time.copy()
    for values in (acc, gyr):
        if values is not None:
            twice[1:] &= (np.diff(values, axis=0) == 0).all(axis=1)
    if 2 * twice.sum() < same_time.sum():
        twice[:] = False
    if n := int(twice.sum()):
        warnings.append(f"{n} samples are the one before over again: left out")
    return twice


def _spread(t_ns: IntArray, warnings: list[str]) -> IntArray:
    """Return times of samples that came in packets, several under one stamp or in a burst.

    A packet's stamp is taken as the time of its last sample, and the others lie before it, one
    period apart: the rate is what came over the whole time, less where packets were lost.
    """
    if len(t_ns) < FEWEST:
        return t_ns
    step = np.diff(t_ns)
    inside = (step >= 0) & (step < _BURST * (t_ns[-1] - t_ns[0]) / len(t_ns))
    if inside.mean() < _BURSTS:
        return t_ns
    ends = np.flatnonzero(np.concatenate([~inside, [True]]))
    size = np.diff(ends, prepend=-1)
    between = np.diff(t_ns[ends], prepend=t_ns[0])
    usual = between[1:] > 0
    if not usual.any():
        return t_ns
    period = float(np.median(between[1:][usual] / size[1:][usual]))
    # Where packets follow each other faster than that, their samples must still fit between.
    each = np.where(between > 0, np.minimum(period, between / size), period)
    each[0] = period
    back = np.repeat(ends, size) - np.arange(len(t_ns))
    before: IntArray = np.round(back * np.repeat(each, size)).astype(np.int64)
    out: IntArray = np.repeat(t_ns[ends], size) - before
    warnings.append(
        f"samples came in packets of {int(np.median(size))}: their times were spread evenly, and "
        "contact times carry an error of that"
    )
    return out


def _in_order(t_ns: IntArray, warnings: list[str]) -> BoolArray:
    """Return which samples to keep: time must rise."""
    highest = np.maximum.accumulate(t_ns)
    keep = np.concatenate([[True], t_ns[1:] > highest[:-1]])
    twice = np.concatenate([[False], np.diff(t_ns) == 0])
    if n := int(twice.sum()):
        warnings.append(f"{n} samples repeat the time of the one before: left out")
    if n := int((~keep & ~twice).sum()):
        warnings.append(f"{n} samples have an earlier time than the one before: left out")
    return keep


def _rate_hz(name: str, t_ns: IntArray, least_hz: float, warnings: list[str]) -> float:
    """Return the nominal rate: of neighbours, so that lost samples do not lower it."""
    if len(t_ns) < FEWEST or t_ns[-1] - t_ns[0] > _LONGEST_NS:
        raise FileError(
            f"{name}: its times do not run: {len(t_ns)} samples over "
            f"{(int(t_ns[-1]) - int(t_ns[0])) / 3.6e12:.1f} h"
        )
    steps = np.diff(t_ns)
    middle = float(np.median(steps))
    near = steps[steps < 1.5 * middle]
    rate_hz = float(round(1e9 / float(near.mean()), 3))
    if rate_hz < least_hz:
        raise FileError(
            f"{name}: {rate_hz:.1f} samples a second; at least {least_hz:g} are needed to tell "
            "when a foot touches the ground"
        )
    # Stamps in whole milliseconds waver by half of one without meaning it.
    jitter_ns = float(near.std())
    if jitter_ns > _JITTER * middle and jitter_ns > 1e6:
        warnings.append(
            f"the times of the samples waver by {jitter_ns * 1e-6:.1f} ms (SD); contact times "
            "carry that error"
        )
    return rate_hz


def _counted(lsb: float, ranges: tuple[float, ...], unit: float) -> tuple[float, float]:
    """Return (least bit, range) of a 16-bit sensor whose least bit was found; SI.

    Text keeps nine digits; where the range is a known one, the bit is exact again.
    """
    for full in ranges:
        exact = full * unit / _COUNTS
        if abs(lsb - exact) < 1e-4 * exact:
            return exact, full * unit
    return lsb, np.inf


def _acc_range(
    acc: FloatArray, counted: float, range_g: float | None, warnings: list[str]
) -> tuple[float, float, float]:
    """Return the end of range of each axis: given, seen, or counted from the bits."""
    if range_g is not None:
        if (highest := float(np.abs(acc).max()) / G_MPS2) > range_g * 1.01:
            warnings.append(
                f"samples reach {highest:.1f} g, beyond the range of {range_g:g} g that was given"
            )
        return _ends(acc, range_g * G_MPS2)
    ends = _ends(acc, counted)
    if min(ends) < counted:
        warnings.append(f"the samples end at {min(ends) / G_MPS2:.1f} g: taken as the range")
    elif np.isfinite(counted):
        warnings.append(
            f"the steps between the values are those of a {counted / G_MPS2:g} g range: assumed"
        )
    else:
        warnings.append("the range of the accelerometer is not known: clipping may go unseen")
    return ends


def _ends(value: FloatArray, full: float) -> tuple[float, float, float]:
    """Return where each axis ends: at a pile of equal extremes, else where the others do.

    The three axes have one range; ``full`` where none of them has such a pile.
    """
    piles = [
        [abs(float(e)) for e in (axis.min(), axis.max()) if (axis == e).sum() >= _PILE]
        for axis in value.T
    ]
    # Equal extremes far below the others, or below the known end, are no end.
    high = 0.9 * full if np.isfinite(full) else 0.5 * float(np.abs(value).max())
    seen = [min((e for e in pile if e > high), default=np.inf) for pile in piles]
    shared = max((end for end in seen if np.isfinite(end)), default=full)
    first, second, third = (min(end if np.isfinite(end) else shared, full) for end in seen)
    return first, second, third


def least_bit(value: FloatArray) -> float:
    """Return the step that all values are whole multiples of, or 0 where there is none.

    >>> least_bit(np.array([[3.0, -1.5, 4.5], [0.5, 2.0, 9.0]]))
    0.5
    """
    size = np.unique(np.abs(value[: 1 << 16]))
    size = size[size > 0]
    if len(size) < 3:
        return 0.0
    steps = np.diff(size)
    # Printed decimals of one count differ in the last digit; that is no step.
    steps = steps[steps > 1e-7 * size[-1]]
    step = float(min(steps.min(), size[0])) if len(steps) else 0.0
    if step <= size[-1] / (4 * _COUNTS):
        return 0.0
    for reach in (16, 256, 4096, 4 * _COUNTS):
        low = size[size < reach * step]
        if not len(low):
            continue
        counts = np.round(low / step)
        if not counts.any():
            return 0.0
        step = float((low * counts).sum() / (counts**2).sum())
    counts = size / step
    return step if np.abs(counts - np.round(counts)).max() < 0.1 else 0.0


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n} times"
