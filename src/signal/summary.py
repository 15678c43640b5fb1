"""A recording in a few numbers for people, each with its grade and its reasons.

Here SI becomes the runner's units: milliseconds, steps per minute, g, degrees.
"""

from dataclasses import dataclass
from typing import Any, Literal

from .tables import Side

Grade = Literal["A", "B", "C", "X"]

SUMMARY_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One number for people: ``key`` carries the unit, ``name`` does not.

    ``value`` is None exactly where nothing honest can be said; then the grade is X and
    ``reasons`` says why. ``n`` counts the steps or readings behind the number. ``source`` is
    the device with its rate; only numbers of one source are ever compared. Empty: typed in,
    or not said.
    """

    name: str
    key: str
    value: float | None
    grade: Grade
    n: int
    reasons: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What one recording, or the recordings of one run together, amount to."""

    version: int = SUMMARY_VERSION
    side: Side = "unknown"
    duration_s: float = 0.0
    distance_m: float | None = None
    steps: int = 0
    measures: tuple[Measure, ...] = ()
    warnings: tuple[str, ...] = ()

    def measure(self, name: str) -> Measure | None:
        """Return the measure of that name, or None where the source never has it."""
        return next((m for m in self.measures if m.name == name), None)

    def flat(self) -> dict[str, Any]:
        """Return one flat object: ``gct_ms``, ``gct_grade``, ``gct_reasons``, ..."""
        out: dict[str, Any] = {
            "side": self.side,
            "duration_s": self.duration_s,
            "distance_m": self.distance_m,
            "steps": self.steps,
        }
        for m in self.measures:
            out[m.key] = m.value
            out[f"{m.name}_grade"] = m.grade
            out[f"{m.name}_n"] = m.n
            out[f"{m.name}_reasons"] = list(m.reasons)
        out["warnings"] = list(self.warnings)
        return out
