"""What an exercise is, and the catalogue's lookups; the catalogue itself is catalogue.py.

Targets and tissues decide what is added together: calf and Achilles work, work of the small
foot muscles, and impact are never one number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from .work import DeviceType, Dose, Pillar, Tempo

__all__ = [
    "ARTICLES", "Article", "Dose", "Exercise", "Gate", "Mode", "Target", "Tissue",
]  # fmt: skip

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
