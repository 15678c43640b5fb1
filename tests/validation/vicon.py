"""What the Vicon path says about a foot; how, and why not more: baseline.md 1a."""

import numpy as np
from scipy import ndimage

from catfoot.signal.filters import gaussian, smooth
from catfoot.signal.tables import BoolArray, FloatArray

from .recordings import Vicon

RATE_HZ = 200.0
#: From the pod to the point that Vicon follows, in the foot's frame, fitted independently.
LEVER_RUN_M = np.array([0.021, 0.003, 0.058])
LEVER_WALK_M = np.array([0.026, 0.023, 0.058])


def path_m(trial: Vicon) -> FloatArray:
    """Position (n, 3), median of 7 samples."""
    return np.asarray(ndimage.median_filter(trial.pos_m, size=(7, 1), mode="nearest"))


def bad(trial: Vicon) -> BoolArray:
    """Samples where the path jumps or is frozen."""
    p = path_m(trial)
    jump = np.linalg.norm(trial.pos_m - p, axis=1) > 0.020
    fast = np.linalg.norm(np.gradient(p, axis=0), axis=1) * RATE_HZ > 9.0
    still = np.abs(np.diff(trial.pos_m, axis=0, prepend=trial.pos_m[:1])).sum(axis=1)
    stuck = ndimage.uniform_filter1d(still, 11) * 11 < 1e-9
    return np.asarray(jump | fast | ndimage.binary_dilation(stuck, iterations=5))


def contact_times_s(trial: Vicon) -> FloatArray:
    """Instants where the foot's speed falls through 1 m/s after a swing, on the block's clock."""
    p = path_m(trial)
    smoothed = np.stack([smooth(x, gaussian(12.0, RATE_HZ)) for x in p.T], axis=1)
    speed = np.linalg.norm(np.gradient(smoothed, axis=0), axis=1) * RATE_HZ
    wrong = bad(trial)
    out = []
    for i in np.flatnonzero((speed[:-1] >= 1.0) & (speed[1:] < 1.0)):
        if speed[max(0, i - 40) : i + 1].max() <= 2.0 or wrong[max(0, i - 8) : i + 9].any():
            continue
        t = trial.block.t_ns[i : i + 2] / 1e9
        out.append(t[0] + (speed[i] - 1.0) / (speed[i] - speed[i + 1]) * (t[1] - t[0]))
    return np.array(out)
