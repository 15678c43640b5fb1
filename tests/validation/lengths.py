"""How far and how high feet go: stride length, clearance, strike angle."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from catfoot.signal import synth
from catfoot.signal.synth import Gait
from catfoot.signal.tables import FloatArray

from . import recordings, vicon
from .compare import agreement
from .figure import Figure, against, spread
from .measure import measure, thinned
from .recordings import Vicon


def space(data: Path) -> Iterator[Figure]:
    """Stride length and clearance."""
    for kind, names, lever in (
        ("running", recordings.RUNS, vicon.LEVER_RUN_M),
        ("walking", recordings.WALKS, vicon.LEVER_WALK_M),
    ):
        length, trials, height = [], [], []
        for name in names:
            trial = recordings.pyshoe(data, name)
            mine, true, rise, _ = stride_lengths(trial, lever)
            length.append(mine - true)
            height.append(rise)
            if len(mine) >= 5:
                trials.append(abs(mine.sum() / true.sum() - 1) * 100)
        a = agreement(np.concatenate(length) * 1e3)
        per = f"per trial {np.mean(trials):.2f} %, worst {np.max(trials):.2f} %"
        asked = kind == "running"
        yield Figure(
            f"stride length, pyshoe {kind}", f"{spread(a, 'mm')}; {per}",
            "RMSE <= 28 mm, 0.7 % per trial" if asked else "",
            a.rmse <= 28 and float(np.mean(trials)) <= 0.7 if asked else None,
        )  # fmt: skip
        a = agreement(np.concatenate(height) * 1e3)
        yield Figure(
            f"clearance, pyshoe {kind}, lever applied", spread(a, "mm"),
            "abs bias <= 5, SD <= 12 mm" if asked else "",
            abs(a.bias) <= 5 and a.sd <= 12 if asked else None,
        )  # fmt: skip
    mine, true = gaitmap_lengths(data)
    a = agreement((mine - true) * 1e3)
    yield Figure(
        "stride length, gaitmap left, same setting", spread(a, "mm"),
        "RMSE <= 32, robust SD <= 22 mm", a.rmse <= 32 and a.robust_sd <= 22,
    )  # fmt: skip
    for gait, label in ((Gait(), "runner"), (synth.WALK, "walker")):
        made = synth.runner(60.0, gait=gait, seed=3)
        steps = measure(made.block).steps
        a = agreement(against(made.truth, steps, "stride_m") * 1e3)
        yield Figure(f"stride length, synthetic {label}", spread(a, "mm"))
        a = agreement(np.rad2deg(against(made.truth, steps, "strike_rad")))
        yield Figure(
            f"strike angle, synthetic {label}", spread(a, "deg"), "abs <= 3, SD <= 2 deg",
            abs(a.bias) <= 3 and a.sd <= 2,
        )  # fmt: skip


def stride_lengths(
    trial: Vicon, lever: FloatArray, every: int = 1
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Lengths, true lengths, errors of clearance, clearance.

    Of strides without a glitch, in metres.
    """
    point = (float(lever[0]), float(lever[1]), float(lever[2]))
    found = measure(thinned(trial.block, every), point_m=point)
    steps = found.steps[~np.isnan(found.steps["stride_m"])]
    start, stop = found.flats_ns(steps)
    t, path, wrong = trial.block.t_ns, vicon.path_m(trial), vicon.bad(trial)
    mine, true, rise, height = [], [], [], []
    for row, a, b in zip(steps, np.searchsorted(t, start), np.searchsorted(t, stop), strict=True):
        if wrong[a : b + 1].any():
            continue
        mine.append(row["stride_m"])
        true.append(np.hypot(*(path[b, :2] - path[a, :2])))
        top = path[a : b + 1, 2].max() - (path[a, 2] + path[b, 2]) / 2
        rise.append(row["clearance_m"] - top)
        height.append(row["clearance_m"])
    return np.array(mine), np.array(true), np.array(rise), np.array(height)


def gaitmap_lengths(data: Path) -> tuple[FloatArray, FloatArray]:
    """Lengths, and lengths by the heel marker, in metres."""
    raw = np.loadtxt(data / "gaitmap-walk" / "mocap_sample.csv", delimiter=",", skiprows=3)
    t, heel = raw[:, 0] / 100.0, raw[:, 4:6] / 1e3
    found = measure(recordings.gaitmap(data).block)
    steps = found.steps[~np.isnan(found.steps["stride_m"])]
    start, stop = (x / 1e9 for x in found.flats_ns(steps))
    seen = stop <= t[-1]
    way = [np.interp(stop, t, heel[:, k]) - np.interp(start, t, heel[:, k]) for k in range(2)]
    return steps["stride_m"][seen], np.hypot(*way)[seen]
