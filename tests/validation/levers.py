"""How far clearance against Vicon can be believed: the point it follows is not the pod.

From the pod to the point there is a lever, and 10 mm of it are 4 to 7 mm of clearance. Two things
can be told without knowing it: how high the point is while the foot stands still on the floor,
which is the same in every trial or the point was moved, and what a lever says that was fitted to
other trials only.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from catfoot.signal.tables import FloatArray

from . import lengths, recordings, vicon
from .compare import agreement
from .figure import Figure, spread
from .recordings import Vicon

_STILL_RADPS, _STILL = 0.15, 100  # for half a second
_MOVED_M = 0.020  # from the usual height of standing; the rest lies within 12 mm of it
_NUDGE_M = 0.010


def points(data: Path) -> Iterator[Figure]:
    """Where the point stands, and clearance with a lever fitted to the other trials."""
    yield from _points(data, "running", recordings.RUNS, vicon.LEVER_RUN_M)
    yield from _points(data, "walking", recordings.WALKS, vicon.LEVER_WALK_M)


def _points(data: Path, kind: str, names: tuple[str, ...], lever: FloatArray) -> Iterator[Figure]:
    trials = [recordings.pyshoe(data, name) for name in names]
    stands = np.array([_standing_m(trial) for trial in trials])
    usual = float(np.median(stands))
    moved = np.abs(stands - usual) > _MOVED_M
    there = 1e3 * stands[~moved]
    gone = ", ".join(f"{1e3 * x:.0f}" for x in stands[moved]) or "none"
    yield Figure(
        f"height of the Vicon point over the floor while the foot stands still, pyshoe {kind}",
        f"{there.min():.0f} to {there.max():.0f} mm in {len(there)} trials, else {gone}",
    )
    errors = [
        _errors_by_lever(trial, lever)
        for trial, away in zip(trials, moved.tolist(), strict=True)
        if not away
    ]
    out = [one @ np.append(1.0, _lever_from(errors, k)) for k, one in enumerate(errors)]
    yield Figure(
        f"clearance, pyshoe {kind}, in these {len(there)}, each with a lever fitted to the others",
        spread(agreement(1e3 * np.concatenate(out)), "mm"),
    )


def _standing_m(trial: Vicon) -> float:
    """Median height of the point while the pod does not turn."""
    assert trial.block.gyr is not None
    turning = np.linalg.norm(trial.block.gyr, axis=1)
    near = np.convolve((turning < _STILL_RADPS).astype(np.float64), np.ones(_STILL), "same")
    quiet = near > _STILL - 1
    return float(np.median(vicon.path_m(trial)[quiet & ~vicon.bad(trial), 2]))


def _errors_by_lever(trial: Vicon, lever: FloatArray) -> FloatArray:
    """Errors of clearance (n,), and how they grow with the lever ahead and up: (n, 3)."""
    plain = lengths.stride_lengths(trial, lever)[2]
    out = [plain]
    for axis in (0, 2):
        longer = lever + _NUDGE_M * (np.arange(3) == axis)
        out.append((lengths.stride_lengths(trial, longer)[2] - plain) / _NUDGE_M)
    return np.stack(out, axis=1)


def _lever_from(errors: list[FloatArray], left_out: int) -> FloatArray:
    """How much longer ahead and up the lever must be for least squares of all trials but one."""
    rest = np.concatenate([one for k, one in enumerate(errors) if k != left_out])
    found = np.linalg.lstsq(rest[:, 1:], -rest[:, 0], rcond=None)[0]
    return np.asarray(found, np.float64)
