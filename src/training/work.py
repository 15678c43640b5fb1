"""What is written down about foot-strength work: doses, sets, sessions, devices, tests.

Scores are 0 (none) to 10 unless said; ease and form are 1 (bad) to 5 (very good).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from ..signal.summary import Measure
from .plain import aware, within

BodySide = Literal["left", "right", "both", "unknown"]
Pillar = Literal["mobility", "stability", "strength", "plyometric", "activation"]
Resistance = Literal["none", "light", "moderate", "heavy"]
Surface = Literal[
    "road", "track", "trail", "grass", "sand", "treadmill", "floor", "mat", "foam", "board", "ramp",
    "unknown",
]  # fmt: skip
Eyes = Literal["open", "closed"]
Support = Literal["none", "fingertip", "chair"]
Doing = Literal["standing", "walking", "drill", "running"]
SessionKind = Literal[
    "foundation", "strength", "light", "mobility", "activation", "micro", "stability", "rest"
]
Goal = Literal["short", "long", "general"]
DeviceType = Literal[
    "band", "spreader", "dome", "wedge", "pad", "trampoline", "marbles", "towel", "cuff", "weight",
    "wobble_board", "met_pad", "roller", "ball", "step", "chair",
]  # fmt: skip
TestName = Literal[
    "single_leg_hold", "single_leg_foam", "single_leg_closed", "dynamic_balance", "heel_raise",
    "double_heel_raise", "toe_curls", "arch_squeeze", "foot_taps", "dorsiflexion", "dorsiflexion_time",
    "hops", "hop_comfort", "hop_distance", "quiet_landing", "perturbation_settle", "toe_mobility",
    "arch_height", "fascia_tenderness", "easy_run",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """Seconds down, at the bottom, and up, of one repetition."""

    down_s: float
    pause_s: float
    up_s: float

    def __post_init__(self) -> None:
        for name in ("down_s", "pause_s", "up_s"):
            within(name, getattr(self, name), 0, 30)

    @property
    def rep_s(self) -> float:
        """Seconds of one repetition."""
        return self.down_s + self.pause_s + self.up_s


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

    def __post_init__(self) -> None:
        within("sets", self.sets, 0, 30)
        within("reps", self.reps, 1, 500)
        within("hold_s", self.hold_s, 0.5, 600)
        within("duration_s", self.duration_s, 1, 3600)
        within("contacts", self.contacts, 1, 2000)
        within("distance_m", self.distance_m, 0.1, 5000)

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
class PerformedSet:
    """One set of one exercise as it was done; ``hold_s`` is per repetition.

    ``results`` is what a sensor measured during it. ``sharp`` is sharp discomfort: it stops
    the exercise.
    """

    exercise: str
    side: BodySide = "both"
    reps: int | None = None
    hold_s: float | None = None
    duration_s: float | None = None
    distance_m: float | None = None
    contacts: int | None = None
    tempo: Tempo | None = None
    measured_tempo: Tempo | None = None
    resistance: Resistance = "none"
    device: str | None = None
    surface: Surface = "unknown"
    eyes: Eyes = "open"
    support: Support = "none"
    ease: float | None = None
    form: float | None = None
    pain: float | None = None
    sharp: bool = False
    compensation: bool = False
    clean: int | None = None
    results: tuple[Measure, ...] = ()

    def __post_init__(self) -> None:
        doses = (self.reps, self.hold_s, self.contacts, self.duration_s, self.distance_m)
        if all(dose is None for dose in doses):
            raise ValueError("a set needs reps, hold_s or contacts, duration_s or distance_m")
        within("reps", self.reps, 1, 500)
        within("hold_s", self.hold_s, 0.5, 600)
        within("duration_s", self.duration_s, 1, 3600)
        within("distance_m", self.distance_m, 0.1, 5000)
        within("contacts", self.contacts, 1, 2000)
        within("ease", self.ease, 1, 5)
        within("form", self.form, 1, 5)
        within("pain", self.pain, 0, 10)
        within("clean", self.clean, 0, self.reps or 500)
        if self.reps is not None and self.hold_s is not None and self.reps * self.hold_s > 3600:
            raise ValueError("reps, hold_s: expected at most an hour of holding in one set")


@dataclass(frozen=True, slots=True, kw_only=True)
class StrengthSession:
    """Foot-strength work done on one occasion.

    A circuit has ``rounds`` with ``rest_s`` between them. ``slot`` is the planned slot it
    fills, empty where it was not planned.
    """

    day: date
    started_at: datetime
    duration_min: float
    effort: float | None = None
    kind: SessionKind = "strength"
    pillars: tuple[Pillar, ...] = ()
    sets: tuple[PerformedSet, ...] = ()
    warmup_min: float | None = None
    cooldown_min: float | None = None
    rounds: int | None = None
    rest_s: float | None = None
    context: Literal["before_run", "after_run", "stand_alone", "unknown"] = "unknown"
    barefoot: bool = False
    surface: Surface = "unknown"
    slot: str = ""
    note: str = ""
    demo: bool = False

    def __post_init__(self) -> None:
        aware("started_at", self.started_at)
        within("duration_min", self.duration_min, 0, 240)
        within("effort", self.effort, 0, 10)
        within("warmup_min", self.warmup_min, 0, 60)
        within("cooldown_min", self.cooldown_min, 0, 60)
        within("rounds", self.rounds, 1, 30)
        within("rest_s", self.rest_s, 0, 1800)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A band, dome, pad or other thing; ``day`` is when it was introduced. Pain bars it."""

    day: date
    name: str
    type: DeviceType
    resistance: Resistance = "none"
    resistance_n: float | None = None
    comfort: float | None = None
    adjustable: bool = False
    barred: bool = False
    reason: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("name: expected a name")
        within("resistance_n", self.resistance_n, 0, 2000)
        within("comfort", self.comfort, 1, 5)
        if self.barred and not self.reason.strip():
            raise ValueError("reason: a barred device needs one")


@dataclass(frozen=True, slots=True, kw_only=True)
class BarefootTime:
    """Minutes barefoot, or in minimal shoes, outside strength sessions."""

    day: date
    minutes: float
    doing: Doing
    surface: Surface = "unknown"
    minimal_shoe: bool = False

    def __post_init__(self) -> None:
        within("minutes", self.minutes, 0, 24 * 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One try of one test; ``unit`` says what ``value`` is (s, reps, deg, cm, of 10, taps)."""

    test: TestName
    value: float
    unit: str
    side: BodySide = "both"
    clean: bool = True
    measured: bool = False

    def __post_init__(self) -> None:
        within("value", self.value, 0, 10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Tests done on one occasion, fresh or within half an hour after a run."""

    day: date
    at: datetime
    battery: Literal["baseline", "mini", "full", "single"]
    state: Literal["fresh", "post_run"] = "fresh"
    shoe: str | None = None
    surface: Surface = "unknown"
    trials: tuple[Trial, ...] = ()
    note: str = ""
    demo: bool = False

    def __post_init__(self) -> None:
        aware("at", self.at)
