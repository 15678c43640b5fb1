"""What an athlete felt and said: of a morning, and after a run.

Scores are 0 (none) to 10 unless said.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from .plain import aware, within
from .work import BodySide, Surface

Site = Literal[
    "heel", "plantar_fascia", "arch", "metatarsals", "toes", "ankle_med", "ankle_lat",
    "achilles", "calf", "shin", "knee", "hip",
]  # fmt: skip
PainKind = Literal["ache", "sharp", "rest", "night", "bone", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Soreness:
    """How sore one site is, 0 (not) to 10."""

    site: Site
    score: float
    side: BodySide = "unknown"

    def __post_init__(self) -> None:
        within("score", self.score, 0, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pain:
    """Pain at one site, 0 (none) to 10; ``onset_m`` is how far into the run it began."""

    site: Site
    score: float
    side: BodySide = "unknown"
    kind: PainKind = "unknown"
    onset_m: float | None = None

    def __post_init__(self) -> None:
        within("score", self.score, 0, 10)
        within("onset_m", self.onset_m, 0, 1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterRun:
    """How a run felt, said after it; ``started_at`` is the start of the run it is about."""

    day: date
    at: datetime
    started_at: datetime
    effort: float | None = None
    feet: float | None = None
    pain: float | None = None
    pains: tuple[Pain, ...] = ()
    arch_fatigue: float | None = None
    shoe: str | None = None
    surface: Surface = "unknown"
    note: str = ""
    demo: bool = False

    def __post_init__(self) -> None:
        aware("at", self.at)
        aware("started_at", self.started_at)
        for name in ("effort", "feet", "pain", "arch_fatigue"):
            within(name, getattr(self, name), 0, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """The athlete's own twenty seconds of the morning; 0 (none) to 10 unless said.

    ``arch_comfort`` and ``foot_feel`` are better when higher; sleep quality is 1 to 5.
    """

    day: date
    at: datetime
    stiffness: float | None = None
    stiffness_min: float | None = None
    soreness: tuple[Soreness, ...] = ()
    arch_fatigue: float | None = None
    arch_comfort: float | None = None
    calf_tightness: float | None = None
    foot_feel: float | None = None
    recovered_h: float | None = None
    sleep_quality: float | None = None
    sleep_h: float | None = None
    life_load: Literal["low", "normal", "high"] | None = None
    pain: float | None = None
    pains: tuple[Pain, ...] = ()
    back_to_usual: bool | None = None
    instability: BodySide | None = None
    swelling: bool = False
    cannot_bear_weight: bool = False
    note: str = ""
    demo: bool = False

    def __post_init__(self) -> None:
        aware("at", self.at)
        for name in ("stiffness", "arch_fatigue", "arch_comfort", "calf_tightness", "foot_feel"):
            within(name, getattr(self, name), 0, 10)
        within("stiffness_min", self.stiffness_min, 0, 24 * 60)
        within("recovered_h", self.recovered_h, 0, 24 * 14)
        within("sleep_quality", self.sleep_quality, 1, 5)
        within("sleep_h", self.sleep_h, 0, 24)
        within("pain", self.pain, 0, 10)
