"""Stride length made true by distances that are known: a watch, a track, a treadmill; per shoe.

A pod's path is short or long by a per cent or two that stays with shoe and seat. What a known
distance says of it is taken in once it has been said often enough: the median of the ratios, each
of a distance long enough to mean something.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from .measures import Measure, Summary

Known = Literal["a watch", "a track", "a treadmill", "a measured way"]

#: Metres from which a distance says something: a watch's GPS errs by tens of metres, a track by
#: few.
LEAST_M: dict[Known, float] = {
    "a watch": 1000.0, "a track": 400.0, "a treadmill": 400.0, "a measured way": 1000.0,
}  # fmt: skip
_NEEDED: dict[Known, int] = {"a watch": 3, "a track": 1, "a treadmill": 2, "a measured way": 1}
_MOST_OFF = 0.15  # a ratio further from 1 is of another run, or of a pod that lost half of it
#: The measures that are lengths of strides.
SCALED = frozenset({"stride", "speed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What stride lengths in one shoe are multiplied with, from ``n`` distances by ``by``.

    ``spread`` is the robust standard deviation of their ratios.
    """

    factor: float
    n: int
    by: Known
    spread: float

    def applied(
        self, summary: Summary, names: Collection[str] = SCALED, *, distance: bool = True
    ) -> Summary:
        """Return the summary with stride length, speed and distance made true, and said so.

        ``names`` and ``distance`` say what of it the pod measured.
        """
        runs = "1 run" if self.n == 1 else f"{self.n} runs"
        said = f"made true by {self.by}: x{self.factor:.3f} from {runs} in this shoe"
        distance_m = summary.distance_m
        factor = self.factor if distance else 1.0
        return replace(
            summary,
            measures=tuple(
                self._scaled(m, said) if m.name in names else m for m in summary.measures
            ),
            distance_m=None if distance_m is None else distance_m * factor,
        )

    def _scaled(self, m: Measure, said: str) -> Measure:
        def times(x: float | None) -> float | None:
            return None if x is None else x * self.factor

        if m.value is None:
            return m
        return replace(
            m, value=times(m.value), p10=times(m.p10), p90=times(m.p90), low=times(m.low),
            high=times(m.high), reasons=(*m.reasons, said),
        )  # fmt: skip


def calibration_by(distance_m: float, known_m: float, by: Known) -> Calibration | None:
    """Return what one known distance says of the run it was run in; None where it cannot be.

    ``distance_m`` is the pod's.
    """
    if not distance_m > 0 or abs(known_m / distance_m - 1) > _MOST_OFF:
        return None
    return Calibration(factor=known_m / distance_m, n=1, by=by, spread=0.0)


def calibration_of(pairs: Iterable[tuple[float, float]], by: Known) -> Calibration | None:
    """Return the calibration from (distance by the pod, known distance) in metres.

    Distances that are too short or implausible are left out. None while too few are left: three
    by a watch, two by treadmills, whose belts slip, one by a track or a measured way.
    """
    ratios = np.array(
        [known / pod for pod, known in pairs if pod > 0 and known >= LEAST_M[by]], float
    )
    ratios = ratios[np.abs(ratios - 1) <= _MOST_OFF]
    if len(ratios) < _NEEDED[by]:
        return None
    factor = float(np.median(ratios))
    spread = 1.4826 * float(np.median(np.abs(ratios - factor)))
    return Calibration(factor=factor, n=len(ratios), by=by, spread=spread)
