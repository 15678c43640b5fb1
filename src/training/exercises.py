"""What an exercise is, and the catalogue's lookups; the catalogue itself is catalogue.py.

Targets and tissues decide what is added together: calf and Achilles work, work of the small
foot muscles, and impact are never one number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from .work import DeviceType, Pillar, Resistance, Tempo

Target = Literal[
    "toe_flexors", "toe_spreaders", "arch", "calf", "ankle_in", "ankle_out", "ankle_up", "balance",
    "elastic", "ankle_range", "soft_tissue", "gait",
]  # fmt: skip
Tissue = Literal["intrinsic", "calf_achilles", "impact", "ankle", "none"]
Mode = Literal["reps", "hold", "pulses", "time", "contacts", "distance"]
#: What must be shown before an exercise opens; programme.py says how.
Gate = Literal["none", "baseline", "level_3", "hold_30", "plyometric", "barefoot", "phase_2"]
#: The five articles that the programme is drawn from, by their subject.
Article = Literal["stability", "impact", "intrinsics", "ankle", "devices"]
ARTICLES: tuple[Article, ...] = get_args(Article)

_TISSUES: Mapping[Target, Tissue] = {
    "toe_flexors": "intrinsic",
    "toe_spreaders": "intrinsic",
    "arch": "intrinsic",
    "calf": "calf_achilles",
    "ankle_in": "ankle",
    "ankle_out": "ankle",
    "ankle_up": "ankle",
    "balance": "none",
    "elastic": "impact",
    "ankle_range": "none",
    "soft_tissue": "none",
    "gait": "none",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """How much of one exercise: sets of repetitions, holds, seconds, contacts or metres."""

    sets: int
    reps: int | None = None
    hold_s: float | None = None
    duration_s: float | None = None
    contacts: int | None = None
    distance_m: float | None = None
    resistance: Resistance = "none"

    def said(self) -> str:
        """Return the dose as a person reads it.

        >>> Dose(sets=3, reps=8, hold_s=5).said()
        '3 x 8, 5 s'
        """
        parts = [
            None if self.reps is None else f"{self.reps}",
            None if self.contacts is None else f"{self.contacts} contacts",
            None if self.hold_s is None else f"{self.hold_s:g} s",
            None if self.duration_s is None else f"{self.duration_s:g} s",
            None if self.distance_m is None else f"{self.distance_m:g} m",
        ]
        band = "" if self.resistance == "none" else f", {self.resistance}"
        return f"{self.sets} x {', '.join(part for part in parts if part)}{band}"

    @property
    def seconds(self) -> float:
        """About how long it takes with short rests between sets, in seconds."""
        once = self.duration_s or (self.reps or self.contacts or 1) * (self.hold_s or 2.5)
        if self.distance_m is not None:
            once = self.distance_m
        return 1.4 * self.sets * once


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """One exercise of the catalogue, or an athlete's own.

    ``needs`` are exercises that come before it; ``contra`` are flags that lock it while they
    hold, ``sites`` soreness there does; ``measure`` is what a sensor can score in it.
    """

    id: str
    name: str
    pillar: Pillar
    level: int
    target: Target
    mode: Mode
    dose: Dose
    cues: tuple[str, ...]
    articles: tuple[Article, ...] = ()
    tempo: Tempo | None = None
    per_side: bool = False
    equipment: tuple[DeviceType, ...] = ()
    needs: tuple[str, ...] = ()
    gate: Gate = "none"
    contra: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    easier: str | None = None
    harder: str | None = None
    swaps: tuple[str, ...] = ()
    measure: str | None = None

    @property
    def tissue(self) -> Tissue:
        """Which sum its load belongs to."""
        return _TISSUES[self.target]

    @property
    def tendon(self) -> bool:
        """Whether it loads the Achilles, whose doses grow at most every fortnight."""
        return self.tissue in ("calf_achilles", "impact")
