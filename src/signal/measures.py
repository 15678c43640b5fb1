"""What is said to people, as data: measures with their grades, bouts, summaries."""

from dataclasses import dataclass
from typing import Any, Literal

from .tables import Side
from .usual import Usual

Grade = Literal["A", "B", "C", "X"]
LETTERS: tuple[Grade, ...] = ("X", "C", "B", "A")  # by the numbers of grade columns

#: Raised whenever a number of the same samples changes; only equal versions are compared.
SUMMARY_VERSION = 2

LEAST_STEPS = 20  # science.md 2.0: no number from fewer valid steps

BoutKind = Literal["acceleration", "walk", "stop", "segment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One number for people: ``key`` carries the unit, ``name`` does not.

    ``value`` is None exactly where nothing honest can be said; then the grade is X and
    ``reasons`` says why. ``n`` counts the steps or readings behind the number. ``source`` is
    the device with its rate; only numbers of one source are ever compared. Empty: typed in,
    or not said.

    ``p10`` and ``p90`` are what a tenth of the steps lie below and above; ``low`` and ``high``
    the 95 % bootstrap interval of the value. All in its unit, None where they say nothing.
    """

    name: str
    key: str
    value: float | None
    grade: Grade
    n: int
    reasons: tuple[str, ...] = ()
    source: str = ""
    p10: float | None = None
    p90: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bout:
    """A stretch of a recording that is worth a look of its own.

    Accelerations last 10 to 30 s, walk breaks and stops lie between runs, segments are what
    the athlete marked (laps). Seconds count from the recording's beginning.
    """

    kind: BoutKind
    start_s: float
    stop_s: float
    measures: tuple[Measure, ...] = ()

    def measure(self, name: str) -> Measure | None:
        """Return the measure of that name, or None where there is none."""
        return next((m for m in self.measures if m.name == name), None)

    def flat(self) -> dict[str, Any]:
        """Return one flat object, as ``Summary.flat``."""
        out: dict[str, Any] = {"kind": self.kind, "start_s": self.start_s, "stop_s": self.stop_s}
        return out | _flat(self.measures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What one recording, or the recordings of one run together, amount to.

    ``steps`` are always of both feet: a single pod's are doubled, since the other foot makes
    as many; of a left and a right pod together each counts its own. ``usuals`` are what the
    scores in ``measures`` were made against, kept so that they can be told apart for ever.
    """

    version: int = SUMMARY_VERSION
    side: Side = "unknown"
    duration_s: float = 0.0
    distance_m: float | None = None
    steps: int = 0
    measures: tuple[Measure, ...] = ()
    warnings: tuple[str, ...] = ()
    bouts: tuple[Bout, ...] = ()
    usuals: tuple[Usual, ...] = ()

    def measure(self, name: str) -> Measure | None:
        """Return the measure of that name, or None where the source never has it."""
        for measure in self.measures:  # not a generator: asked for a hundred thousand times a page
            if measure.name == name:
                return measure
        return None

    def usual(self, measure: str) -> Usual | None:
        """Return what a measure was compared with, or None where it was with nothing."""
        return next((u for u in self.usuals if u.measure == measure), None)

    def flat(self) -> dict[str, Any]:
        """Return one flat object: ``gct_ms``, ``gct_grade``, ``gct_reasons``, ..."""
        out: dict[str, Any] = {
            "side": self.side,
            "duration_s": self.duration_s,
            "distance_m": self.distance_m,
            "steps": self.steps,
        }
        out |= _flat(self.measures)
        # A distance is made of strides, so it is as good as the speed made of them.
        speed = self.measure("speed")
        known = self.distance_m is not None and speed is not None
        out["distance_grade"] = speed.grade if known and speed is not None else "X"
        out["bouts"] = [bout.flat() for bout in self.bouts]
        out["warnings"] = list(self.warnings)
        return out


def _flat(measures: tuple[Measure, ...]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for m in measures:
        out[m.key] = m.value
        out[f"{m.name}_grade"] = m.grade
        out[f"{m.name}_n"] = m.n
        out[f"{m.name}_reasons"] = list(m.reasons)
        for end in ("p10", "p90", "low", "high"):
            if (value := getattr(m, end)) is not None:
                out[f"{m.name}_{end}"] = value
    return out


def withheld(name: str, key: str, n: int, reasons: tuple[str, ...]) -> Measure:
    """Return the measure that nothing honest can be said about, with the reasons why."""
    return Measure(name=name, key=key, value=None, grade="X", n=n, reasons=reasons)
