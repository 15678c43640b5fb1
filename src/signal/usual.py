"""A runner's usual of one measure: what a score is made against, and what the run stores of it.

Two views, never mixed. The *rolling* usual is of the last runs: it shows that today is different,
and flags rest on it. A frozen *start* is of the first six eligible runs, or of the six from a day
on that the athlete chose: it shows progress over months, which a rolling usual absorbs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np

from .tables import FloatArray

if TYPE_CHECKING:
    from .measures import Summary

View = Literal["rolling", "start"]

RUNS = 6  # eligible runs that make a usual, science.md 2.9
ELIGIBLE_S = 15 * 60.0  # shorter runs make no frozen start, science.md 2.9


@dataclass(frozen=True, slots=True)
class Growth:
    """How ln value grows with ln speed until the runner's own runs say otherwise.

    ``runners`` is by how much runners differ in it; ``run`` is by how much a run scatters, which
    counts like one run more beside what the earlier runs scatter.
    """

    typical: float
    runners: float
    run: float


#: Shock: 246 jogging steps of 10 trials (pyshoe, r 0.63); 3 % from day to day, as in test-retest.
#: Contact time: training's own slope.
BY_SPEED = {"shock": Growth(0.54, 0.3, 0.03), "gct": Growth(-0.6, 0.12, 0.02)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """A runner's usual of ``measure`` from one source; frozen, and stored with the run.

    ``ln_speed`` is the median over runs of ln of the run's speed in m/s (None where it is not
    known), ``ln_value`` that of the run's value in its own unit (g, ms), each brought to that
    speed by ``by_speed``, how the first grows with the second. ``source`` names device, place,
    side and rate, whatever makes values comparable; ``version`` is that of the summaries it was
    made of.
    """

    measure: str
    version: int
    source: str
    runs: int
    ln_value: float
    ln_speed: float | None = None
    by_speed: float = 0.0
    view: View = "rolling"

    def away(self, value: float, speed_mps: float | None = None) -> float:
        """Return ln of how much more than usual at that speed a value is.

        >>> usual = Usual(measure="gct", version=1, source="", runs=6, ln_value=5.0)
        >>> round(usual.away(float(np.exp(5.1))), 3)
        0.1
        """
        x = float(np.log(value)) - self.ln_value
        if speed_mps and self.ln_speed is not None:
            x -= self.by_speed * (float(np.log(speed_mps)) - self.ln_speed)
        return x

    def at_usual_speed(self, value: float, speed_mps: float) -> float:
        """Return what a value would have been at the usual speed.

        Unchanged where the usual knows no speed.
        """
        if self.ln_speed is None:
            return value
        return float(value * np.exp(self.by_speed * (self.ln_speed - np.log(speed_mps))))


def usual_of(
    measure: str, earlier: Sequence["Summary"], source: str = "", view: View = "rolling"
) -> Usual | None:
    """Return the usual of these runs from one source, or None while fewer than six know it.

    Only runs of the newest summary's version count: two versions are two measures.
    """
    newest = max((s.version for s in earlier), default=0)
    pairs = [(_value(s, measure), _value(s, "speed")) for s in earlier if s.version == newest]
    known = [(float(np.log(value)), speed) for value, speed in pairs if value and value > 0]
    if len(known) < RUNS:
        return None
    values = np.array([value for value, _ in known])
    typical = BY_SPEED.get(measure)
    speeds = np.array([speed or np.nan for _, speed in known], float)
    if typical is None or np.isnan(speeds).any():
        return Usual(
            measure=measure, version=newest, source=source, runs=len(known), view=view,
            ln_value=float(np.median(values)),
        )  # fmt: skip
    ln_speed = np.log(speeds)
    by_speed = _growth(ln_speed - ln_speed.mean(), values - values.mean(), typical)
    usual_speed = float(np.median(ln_speed))
    return Usual(
        measure=measure, version=newest, source=source, runs=len(known), view=view,
        ln_value=float(np.median(values - by_speed * (ln_speed - usual_speed))),
        ln_speed=usual_speed, by_speed=by_speed,
    )  # fmt: skip


def _growth(speed: FloatArray, value: FloatArray, usual: Growth) -> float:
    """Growth of ln value with ln speed, both about their means: the runs' own and what is usual.

    Bayes with normal errors; how much the runs scatter is learnt from how they lie about a line.
    """
    spread, both = float(speed @ speed), float(speed @ value)
    beside = float(value @ value) - (both * both / spread if spread else 0.0)
    scatter = (max(beside, 0.0) + usual.run**2) / (len(speed) - 2 + 1)
    trust = scatter / usual.runners**2
    return (both + trust * usual.typical) / (spread + trust)


def start_of(
    measure: str,
    runs: Iterable[tuple[date, "Summary"]],
    source: str = "",
    *,
    since: date | None = None,
) -> Usual | None:
    """Return the frozen start: of the first six eligible runs, or of the first six from ``since``.

    ``runs`` are (day, summary) from one source, in order of time. Eligible are runs of a quarter
    of an hour that know the measure, of the newest version. None while there are fewer than six.
    """
    there = [(day, s) for day, s in runs if since is None or day >= since]
    newest = max((s.version for _, s in there), default=0)
    eligible = [
        s
        for _, s in there
        if s.version == newest and s.duration_s >= ELIGIBLE_S and _value(s, measure)
    ]
    return usual_of(measure, eligible[:RUNS], source, "start")


def _value(summary: "Summary", name: str) -> float | None:
    measure = summary.measure(name)
    return None if measure is None else measure.value
