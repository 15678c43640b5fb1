"""A runner's own usual: one number of a run beside the same number of comparable runs.

Comparable: the same source (device and rate), the same version of the measure, a speed within
a tenth, at least ten minutes. Nothing is pooled across devices and nothing is compared between
people.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Literal

from .entries import Recording, Run
from .history import History, days_before
from .load import distance_m

Standing = Literal["usual", "above", "below", "unknown"]

LOOK_BACK_DAYS = 120
MOST_RUNS = 30
FEWEST_RUNS = 10
SPEED_REACH_FRAC = 0.10
SHORTEST_S = 600.0
#: A number this many robust standard deviations away is said to differ.
Z = 2.0
#: Even runs that hardly vary leave this much room, as a share of the number.
LEAST_SPREAD_FRAC = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """Middle and spread (robust standard deviation) of ``n`` comparable earlier runs."""

    middle: float
    spread: float
    n: int

    def standing(self, value: float) -> Standing:
        """Return whether a number is usual, above or below it."""
        away = (value - self.middle) / max(self.spread, LEAST_SPREAD_FRAC * abs(self.middle), 1e-9)
        if abs(away) <= Z:
            return "usual"
        return "above" if away > 0 else "below"


def usual_of(name: str, run: Run, history: History) -> Usual | None:
    """Return what the measure usually is in runs like this one, before it.

    None where the run does not have the measure or fewer than ten runs are comparable.
    """
    values = comparable_values(name, run, history)
    if len(values) < FEWEST_RUNS:
        return None
    middle = median(values)
    mad = median(abs(value - middle) for value in values)
    return Usual(middle=middle, spread=mad / 0.6745, n=len(values))


def comparable_values(name: str, run: Run, history: History) -> list[float]:
    """Return the measure in the newest comparable runs before ``run``, oldest first."""
    own, speed = run.summary.measure(name), speed_mps(run)
    if own is None or own.value is None or not speed:
        return []
    first: date = days_before(run.day, LOOK_BACK_DAYS)
    values = []
    for other in history.runs_in(first, run.day):
        there = other.summary.measure(name)
        if other.started_at >= run.started_at or other.duration_s < SHORTEST_S:
            continue
        if there is None or there.value is None or there.grade == "X":
            continue
        if there.source != own.source or other.summary.version != run.summary.version:
            continue
        if abs((speed_mps(other) or 0.0) / speed - 1) <= SPEED_REACH_FRAC:
            values.append(there.value)
    return values[-MOST_RUNS:]


def speed_mps(run: Run) -> float | None:
    """Return the run's speed: the measure, else distance by time, else None."""
    speed = run.summary.measure("speed")
    if speed is not None:
        return speed.value
    metres = distance_m(run)
    return None if metres is None or not run.duration_s else metres / run.duration_s


def source_of(name: str, recordings: Iterable[Recording]) -> str:
    """Return which device at which rate a measure of a run came from, empty where unknown.

    The best rank that has the number counts; two pods of one rank are one source together.
    """
    having = [
        recording
        for recording in recordings
        if (found := recording.summary.measure(name)) is not None and found.value is not None
    ]
    best = min((recording.rank for recording in having), default=0)
    return " + ".join(
        sorted({device_name(r.device, r.rate_hz, r.place) for r in having if r.rank == best})
    )


def device_name(device: str, rate_hz: float | None, place: str = "lace") -> str:
    """Return a device with its rate, and where it sat unless that was the lace, as a source says it.

    >>> device_name("pod", 200.0), device_name("pod", 200.0, "heel")
    ('pod, 200 Hz', 'pod, 200 Hz, heel')
    """
    rate = "" if rate_hz is None else f", {rate_hz:.0f} Hz"
    return f"{device}{rate}" + ("" if place in ("lace", "unknown") else f", {place}")
