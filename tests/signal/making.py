"""Made-up feet through the analysers, for tests of what a run amounts to."""

from functools import cache

from catfoot.signal import synth
from catfoot.signal.bouts import Marks
from catfoot.signal.quality import Findings
from catfoot.signal.steps import Mount, StepAnalyser
from catfoot.signal.stream import analyse
from catfoot.signal.summary import Measure, Summary, summarise
from catfoot.signal.synth import Gait
from catfoot.signal.tables import Side, Table

Parts = tuple[tuple[Gait, float], ...]


@cache
def stepped(
    parts: Parts, side: Side = "left", seed: int = 3, sensor: synth.Sensor | None = None
) -> tuple[Table, Findings, float]:
    """Return rows and findings of a foot that goes through ``parts``, and how long it took."""
    made = synth.going(parts, side=side, seed=seed, sensor=sensor or synth.Sensor())
    analyser = StepAnalyser(Mount(side, "lace"), made.block.rate_hz)
    rows = analyse(analyser, [made.block])
    seconds = float(made.block.t_ns[-1] - made.block.t_ns[0]) / 1e9
    return rows, analyser.findings(), seconds


def summed(
    *parts: tuple[Gait, float], side: Side = "left", seed: int = 3, marks: Marks | None = None
) -> Summary:
    """Return the summary of a foot that goes through ``parts``: gaits and seconds."""
    rows, findings, seconds = stepped(parts, side, seed)
    return summarise(rows, findings, seconds, side, marks=marks)


def known(found: Summary, name: str) -> Measure:
    """Return the measure, which must be there."""
    measure = found.measure(name)
    assert measure is not None, name
    return measure


def value(found: Summary, name: str) -> float:
    """Return a measure's value, which must be known."""
    number = known(found, name).value
    assert number is not None, known(found, name).reasons
    return number
