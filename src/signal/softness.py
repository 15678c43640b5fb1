"""Landing softness: how hard steps land, against the runner's own usual at that speed.

Below 400 Hz neither the impact's jerk nor its arrest time survives sampling (docs/validation.md),
so softness rests on the relative step shock: the RMS of the acceleration's size around IC, which
needs no orientation and no integration, and which stays in order when half of the landings hit
the end of the range. 50 is the runner's usual, 100 soft, 0 hard. It is a technique measure
against oneself: never compared between people, pods, rates or versions.

Two views, never mixed: against the *rolling* usual, of the last runs, it shows that today is
different; against a *frozen* start, of the first six, it shows progress over months. Both are a
``Usual``; which runs went in makes the difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .tables import FloatArray

if TYPE_CHECKING:
    from .summary import Summary

SOFTNESS_VERSION = 1

RUNS = 6  # eligible runs that make a usual, science.md 2.9
_SPREAD = 0.25  # in ln shock: 28 % harder than usual scores 27, 22 % softer 73
# Growth of ln shock with ln speed, over 246 jogging steps of 10 trials (pyshoe, r 0.63). A runner's
# own takes over as the speeds of the earlier runs spread: runners differ by about 0.3 of growth,
# runs scatter by 5 % of shock, which counts like one run more beside what these runs scatter.
_BY_SPEED, _RUNNERS, _RUN = 0.54, 0.3, 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """A runner's usual shock with one pod at one rate; frozen, and stored with the run.

    ``ln_speed`` is the median over runs of ln of the run's speed in m/s (None where it is not
    known), ``ln_shock`` that of its median shock in g, each brought to that speed by ``by_speed``,
    how the first grows with the second.
    ``source`` names device, rate and place, whatever makes shocks comparable.
    """

    version: int = SOFTNESS_VERSION
    source: str
    runs: int
    ln_shock: float
    ln_speed: float | None = None
    by_speed: float = _BY_SPEED


def usual_of(earlier: Sequence["Summary"], source: str = "") -> Usual | None:
    """Return the usual of these runs with one source, or None while there are too few.

    Runs whose shock was withheld do not count. Give the last runs for a rolling usual, the first
    for a frozen start.
    """
    pairs = [(_value(s, "shock"), _value(s, "speed")) for s in earlier]
    known = [(np.log(shock), speed) for shock, speed in pairs if shock]
    if len(known) < RUNS:
        return None
    shocks = np.array([shock for shock, _ in known])
    if not all(speed for _, speed in known):
        return Usual(source=source, runs=len(known), ln_shock=float(np.median(shocks)))
    speeds = np.log(np.array([speed for _, speed in known], float))
    by_speed = _growth(speeds - speeds.mean(), shocks - shocks.mean())
    ln_speed = float(np.median(speeds))
    return Usual(
        source=source,
        runs=len(known),
        ln_shock=float(np.median(shocks - by_speed * (speeds - ln_speed))),
        ln_speed=ln_speed,
        by_speed=by_speed,
    )


def _growth(speed: FloatArray, shock: FloatArray) -> float:
    """Growth of ln shock with ln speed, both about their means: the runs' own and what is usual.

    Bayes with normal errors; how much the runs scatter is learnt from how they lie about a line.
    """
    spread, both = float(speed @ speed), float(speed @ shock)
    beside = float(shock @ shock) - (both * both / spread if spread else 0.0)
    scatter = (max(beside, 0.0) + _RUN**2) / (len(speed) - 2 + 1)
    trust = scatter / _RUNNERS**2
    return (both + trust * _BY_SPEED) / (spread + trust)


def score(shock_g: float, usual: Usual, speed_mps: float | None = None) -> float:
    """Return softness 0 (hard) .. 100 (soft) of a shock in g; 50 is the usual at that speed.

    >>> usual = Usual(source="", runs=6, ln_shock=1.0986122886681098)
    >>> score(3.0, usual)
    50.0
    """
    x = np.log(shock_g) - usual.ln_shock
    if speed_mps and usual.ln_speed is not None:
        x -= usual.by_speed * (np.log(speed_mps) - usual.ln_speed)
    return float(100 / (1 + np.exp(x / _SPREAD)))


def _value(summary: "Summary", name: str) -> float | None:
    measure = summary.measure(name)
    return None if measure is None else measure.value
