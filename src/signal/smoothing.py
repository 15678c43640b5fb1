"""What a stretch of steps amounts to where one step alone is rough: rolling medians."""

import numpy as np

from .tables import FloatArray

WIDTH = 21  # steps of one foot, a quarter of a minute of running


def rolling(values: FloatArray, width: int = WIDTH) -> FloatArray:
    """Return the median of ``width`` known values about each place, shape (n,).

    At the ends the first and last windows hold on; where a value is not known, the line between
    its neighbours. All NaN where none is known.
    """
    at = np.flatnonzero(~np.isnan(values))
    if not len(at):
        return np.full(len(values), np.nan)
    known = values[at]
    half = (min(width, len(known)) - 1) // 2
    windows = np.lib.stride_tricks.sliding_window_view(known, 2 * half + 1)
    inner = np.median(windows, axis=1)
    smooth = np.pad(inner, (half, len(known) - len(inner) - half), mode="edge")
    return np.asarray(np.interp(np.arange(len(values)), at, smooth))
