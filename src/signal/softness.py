"""Landing softness: how hard steps land, against the runner's own usual at that speed.

Below 400 Hz neither the impact's jerk nor its arrest time survives sampling (docs/validation.md),
so softness rests on the relative step shock: the RMS of the acceleration's size around IC, which
needs no orientation and no integration, and which stays in order when half of the landings hit
the end of the range. 50 is the runner's usual, 100 soft, 0 hard. It is a technique measure
against oneself: never compared between people, pods, rates or versions.

A score stands against one ``Usual``: the rolling one or a frozen start (usual.py).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from . import usual as usuals
from .tables import FloatArray
from .usual import Usual

if TYPE_CHECKING:
    from .measures import Summary

__all__ = ["Usual", "score", "usual_of"]

_SPREAD = 0.25  # in ln shock: 28 % harder than usual scores 27, 22 % softer 73


def usual_of(earlier: Sequence["Summary"], source: str = "") -> Usual | None:
    """Return the usual shock of these runs with one source, or None while there are too few.

    Runs whose shock was withheld do not count. Give the last runs for a rolling usual;
    ``usual.start_of`` makes a frozen start.
    """
    return usuals.usual_of("shock", earlier, source)


def score(shock_g: float, usual: Usual, speed_mps: float | None = None) -> float:
    """Return softness 0 (hard) .. 100 (soft) of a shock in g; 50 is the usual at that speed.

    >>> usual = Usual(measure="shock", version=2, source="", runs=6, ln_value=1.0986122886681098)
    >>> score(3.0, usual)
    50.0
    """
    return float(of_away(usual.away(shock_g, speed_mps)))


def of_away(ln_shock: FloatArray | float) -> FloatArray:
    """Return softness of shocks that are more than usual by so much, in ln."""
    return np.asarray(100 / (1 + np.exp(np.asarray(ln_shock) / _SPREAD)))
