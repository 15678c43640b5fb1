"""What is written down about an athlete's days: the nouns of the logbook.

Every entry forbids unknown keys and checks its own ranges. The row around it (id, athlete,
created_at, version, author) belongs to the store. Instants are aware UTC; a ``day`` is the
athlete's own. The nouns of strength work stand in work.py, those of
plans in plans.py, what was felt in felt.py; all of them are named here too.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from ..signal.summary import Summary
from .felt import AfterRun, CheckIn, Pain, PainKind, Site, Soreness
from .plain import as_json, aware, from_json, within
from .plans import (
    OwnExercise,
    OwnSession,
    PlannedRun,
    PlannedWeek,
    Programme,
    ProposalAnswer,
    RunKind,
    Slot,
    WeeklyRun,
)
from .work import (
    Assessment,
    BarefootTime,
    BodySide,
    Device,
    Dose,
    Goal,
    PerformedSet,
    Pillar,
    Resistance,
    StrengthSession,
    Surface,
    Tempo,
    Trial,
)

__all__ = [
    "AfterRun", "Assessment", "Availability", "BarefootTime", "BodySide", "ChannelName", "CheckIn",
    "Device", "Dose", "FlagAnswer", "Goal", "OwnExercise", "OwnSession", "Pain", "PainKind", "PastProblem",
    "PerformedSet", "Person", "Pillar", "PlannedRun", "PlannedWeek", "Programme", "ProposalAnswer",
    "Recording", "Resistance", "Run", "RunKind", "Shoe", "ShownFlag", "Site", "Slot", "Soreness",
    "StrengthSession", "Surface", "Tempo", "Trial", "WeeklyRun", "as_json", "from_json",
]  # fmt: skip

# Zero-width joiners, without which Persian, Hindi and emoji cannot be written.
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shoe:
    """A shoe by the name that runs use; its class decides what runs compare with."""

    name: str
    stiffness: Literal["minimal", "flexible", "usual", "stiff", "unknown"] = "unknown"
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastProblem:
    """Where something hurt for long before, and in which year."""

    site: Site
    year: int
    side: BodySide = "unknown"

    def __post_init__(self) -> None:
        within("year", self.year, 1900, 2100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody whose feet are watched. ``demo`` marks everything generated.

    ``run_days`` are the weekdays they usually run on, Monday 0.
    """

    name: str
    tz: str = "UTC"
    birth_year: int | None = None
    height_m: float | None = None
    mass_kg: float | None = None
    goal: Goal = "general"
    run_days: tuple[int, ...] = ()
    shoes: tuple[Shoe, ...] = ()
    past: tuple[PastProblem, ...] = ()
    demo: bool = False

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > 80:
            raise ValueError("name: expected 1 to 80 characters")
        if not all(c.isprintable() or c in _JOINERS for c in self.name):
            raise ValueError("name: expected letters and signs that can be printed")
        within("birth_year", self.birth_year, 1900, 2100)
        within("height_m", self.height_m, 1.0, 2.5)
        within("mass_kg", self.mass_kg, 20, 250)
        for weekday in self.run_days:
            within("run_days", weekday, 0, 6)


@dataclass(frozen=True, slots=True)
class ChannelName:
    """What a channel of a recording is called and measured in; rows name it by its place."""

    name: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One sensor's or watch's account of a run: bytes in ``raw``, rows in ``series``.

    ``content`` is the SHA-256 of the original bytes; the same athlete and content are the
    same recording. ``origin_ns`` is UTC, in nanoseconds, at time 0 of the recording's clock.
    ``start_assumed``: nobody said when it began, so its time proves nothing. Pods that were tapped
    together: this one's clock was ``taps_apart_ms`` off the other's and was moved, to within
    ``taps_residual_ms`` (SD of the single taps).
    """

    run: str
    content: str
    name: str
    format: str
    device: str
    side: Literal["left", "right", "unknown"]
    place: Literal["lace", "heel", "insole", "shank", "sacrum", "unknown"]
    rank: int
    started_at: datetime
    duration_s: float
    origin_ns: int
    rate_hz: float | None
    size_bytes: int
    rev: int
    summary: Summary
    demo: bool = False
    start_assumed: bool = False
    channels: tuple[ChannelName, ...] = ()
    taps_apart_ms: float | None = None
    taps_residual_ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What the athlete did once, however many recordings watched it.

    ``known_m`` is how far it was where somebody knows better than what watched: laps of a track, a
    treadmill's belt, a measured course.
    """

    day: date
    started_at: datetime
    duration_s: float
    distance_m: float | None = None
    effort: float | None = None
    kind: RunKind = "unknown"
    shoe: str | None = None
    surface: Surface = "unknown"
    title: str = ""
    known_m: float | None = None
    summary: Summary = field(default_factory=Summary)
    demo: bool = False

    def __post_init__(self) -> None:
        aware("started_at", self.started_at)
        within("duration_s", self.duration_s, 0, 7 * 86_400)
        within("distance_m", self.distance_m, 0, 1_000_000)
        within("effort", self.effort, 0, 10)
        within("known_m", self.known_m, 1, 1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """From ``day`` to ``until`` (open where None): running as usual, less, or not at all.

    The reason is the athlete's own and is shared only where ``share_reason`` says so.
    """

    day: date
    state: Literal["full", "reduced", "not_running"]
    until: date | None = None
    reason: str = ""
    share_reason: bool = False

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.day:
            raise ValueError("until: expected a day not before the first")


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagAnswer:
    """What the athlete or coach said to one episode of a flag.

    ``severity`` is what the flag was when answered: a graver one opens the episode again. None:
    what it was by then is worked out anew.
    ``cause`` goes with ``known_cause``; ``until`` with ``snoozed``. A note that is not
    ``shared`` is seen by its author alone.
    """

    rule: str
    first_day: date
    answer: Literal["seen", "acted", "known_cause", "snoozed", "not_true", "hide_7_days"]
    at: datetime
    severity: Literal["info", "notice", "caution", "stop"] | None = None
    until: date | None = None
    cause: str = ""
    useful: bool | None = None
    by: str = ""
    shared: bool = True
    note: str = ""

    def __post_init__(self) -> None:
        aware("at", self.at)
        if self.answer == "known_cause" and not self.cause.strip():
            raise ValueError("cause: a known cause needs its text")
        if self.answer == "snoozed" and self.until is None:
            raise ValueError("until: snoozed needs the day it ends")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFlag:
    """What a person was shown of a flag, so that one that vanishes can be explained."""

    day: date
    rule: str
    version: int
    first_day: date
    severity: Literal["info", "notice", "caution", "stop"]
    text: str
    numbers: str
    to: str
