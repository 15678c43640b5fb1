"""How much of the scatter against motion capture is the pod's, by the markers themselves."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from catfoot.signal.filters import gaussian, smooth
from catfoot.signal.tables import FloatArray

from . import recordings
from .compare import event_errors_s, stance_error_ms
from .figure import Figure
from .measure import Measured
from .recordings import Events


def gaitmap(data: Path, truth: Events, found: Measured) -> Iterator[Figure]:
    """What of the scatter is the pod's: the pod and the reference's events against its markers.

    IC and FC are read off the foot's pitch between frames: where it is highest, and where its rate
    grows fastest. Each has an offset of its own; the SDs are what counts.
    """
    pitch = smooth(recordings.gaitmap_pitch(data), gaussian(15.0, 100.0))
    whole = ~np.isnan(truth.fc_s)
    ic = _top_s(pitch, truth.ic_s[whole])
    fc = _top_s(np.gradient(np.gradient(pitch)), truth.fc_s[whole])
    theirs = Events(name="markers", block=truth.block, ic_s=ic, fc_s=fc)
    sd = [
        1e3 * float(x.std())
        for x in (
            event_errors_s(ic, found.ic_s()), event_errors_s(fc, found.fc_s()),
            ic - truth.ic_s[whole], fc - truth.fc_s[whole],
            (fc - ic) - (truth.fc_s - truth.ic_s)[whole],
        )
    ]  # fmt: skip
    stance = float(stance_error_ms(theirs, found).std())
    yield Figure(
        "the same against the foot's pitch by the markers, read between frames: IC, FC, stance",
        f"SD {sd[0]:.1f}, {sd[1]:.1f}, {stance:.1f} ms",
    )
    yield Figure(
        "that pitch by the markers, no pod, against the reference's events: IC, FC, stance",
        f"SD {sd[2]:.1f}, {sd[3]:.1f}, {sd[4]:.1f} ms",
    )


def _top_s(x: FloatArray, near_s: FloatArray) -> FloatArray:
    """When a signal of 100 Hz is highest within 50 ms, between samples by a parabola."""
    out = []
    for at in np.round(near_s * 100).astype(int):
        k = at - 5 + int(np.argmax(x[at - 5 : at + 6]))
        a, b, c = x[k - 1 : k + 2]
        out.append((k + 0.5 * (a - c) / (a - 2 * b + c)) / 100)
    return np.array(out)
