"""Landing softness: how hard steps land, against the runner's own usual at that speed.

Below 400 Hz neither the impact's jerk nor its arrest time survives sampling (measured in
docs/validation.md), so softness here rests on the relative step shock: the RMS of the
acceleration's size around IC, which needs no orientation and no integration. A score of 50 is
the runner's usual, 100 soft, 0 hard. It is a technique measure against oneself: never compared
between people, pods, rates or versions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .summary import Summary

SOFTNESS_VERSION = 1

_RUNS = 6  # eligible runs that make a usual, science.md 2.9
_SPREAD = 0.25  # in ln shock: 28 % harder than usual scores 27, 22 % softer 73


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """A runner's usual shock with one pod at one rate; frozen, and stored with the run.

    ``ln_shock`` is the median over earlier runs of ln of the run's median shock in g;
    ``source`` names device, rate and place, whatever makes shocks comparable.
    """

    version: int = SOFTNESS_VERSION
    source: str
    runs: int
    ln_shock: float


def usual_of(earlier: Sequence["Summary"], source: str = "") -> Usual | None:
    """Return the usual of earlier runs with one source, or None while there are too few.

    Runs whose shock was withheld do not count.
    """
    shocks = [m.value for s in earlier if (m := s.measure("shock")) is not None and m.value]
    if len(shocks) < _RUNS:
        return None
    return Usual(source=source, runs=len(shocks), ln_shock=float(np.median(np.log(shocks))))


def score(shock_g: float, usual: Usual) -> float:
    """Return softness 0 (hard) .. 100 (soft) of a shock in g; 50 is the usual.

    >>> score(3.0, Usual(source="", runs=6, ln_shock=1.0986122886681098))
    50.0
    """
    x = (np.log(shock_g) - usual.ln_shock) / _SPREAD
    return float(100 / (1 + np.exp(x)))
