"""What somebody sets out to do: programmes, own exercises, the runs of a usual week, answers."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from .exercises import Exercise, Gate, Mode, Target
from .plain import aware, within
from .work import DeviceType, Dose, Goal, Pillar, SessionKind, Tempo

RunKind = Literal["easy", "steady", "key", "race", "unknown"]

#: How often an edit that goes beyond a gate must be confirmed before it stands.
CONFIRMED_TWICE = 2
DAY_MIN = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRun:
    """A run that is meant to happen; without ``starts_at`` any time of the day counts."""

    day: date
    kind: RunKind = "easy"
    starts_at: datetime | None = None
    distance_m: float | None = None
    duration_s: float | None = None
    title: str = ""
    source: Literal["hand", "template", "calendar"] = "hand"
    demo: bool = False

    def __post_init__(self) -> None:
        if self.starts_at is not None:
            aware("starts_at", self.starts_at)
        within("distance_m", self.distance_m, 0, 1_000_000)
        within("duration_s", self.duration_s, 0, 7 * 86_400)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyRun:
    """One run of a usual week; Monday is 0, ``starts_min`` minutes after the day's midnight."""

    weekday: int
    kind: RunKind = "easy"
    starts_min: int | None = None
    distance_m: float | None = None
    duration_s: float | None = None
    title: str = ""

    def __post_init__(self) -> None:
        within("weekday", self.weekday, 0, 6)
        within("starts_min", self.starts_min, 0, DAY_MIN - 1)
        within("distance_m", self.distance_m, 0, 1_000_000)
        within("duration_s", self.duration_s, 0, 7 * 86_400)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWeek:
    """The runs of a usual week from ``day`` on, until the next one or the end of ``until``.

    A day on which a run was planned by hand or by calendar goes by that alone.
    """

    day: date
    runs: tuple[WeeklyRun, ...] = ()
    until: date | None = None
    title: str = ""

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.day:
            raise ValueError("until: expected a day not before the first")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A fixed place in the week for one session; Monday is 0."""

    weekday: int
    kind: SessionKind
    minutes: float = 15.0

    def __post_init__(self) -> None:
        within("weekday", self.weekday, 0, 6)
        within("minutes", self.minutes, 1, 60)

    @property
    def name(self) -> str:
        """What a session says that fills it."""
        return f"{self.weekday}-{self.kind}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSession:
    """A session somebody put together: ids of exercises, of the catalogue or their own, in order."""

    title: str
    exercises: tuple[str, ...]
    kind: SessionKind = "strength"
    minutes: float = 15.0

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise ValueError("title: expected a title")
        if not self.exercises:
            raise ValueError("exercises: expected at least one")
        if self.kind == "rest":
            raise ValueError("kind: a session with exercises is no rest")
        within("minutes", self.minutes, 1, 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """What an athlete has set out to do, from ``day`` on, until the next one.

    With ``sessions`` of one's own they are taken in turn instead of the built-in ones; flags,
    gates, rest and key runs come first all the same.
    """

    day: date
    goal: Goal = "general"
    slots: tuple[Slot, ...] = ()
    phase: int = 1
    deload_every_weeks: int | None = None
    sessions: tuple[OwnSession, ...] = ()
    name: str = ""
    demo: bool = False

    def __post_init__(self) -> None:
        within("phase", self.phase, 1, 2)
        within("deload_every_weeks", self.deload_every_weeks, 2, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnExercise:
    """An exercise of one's own; the newest of a name counts, and may be ``retired``.

    It is progressed, held and locked like any other: what loads the tissue more waits for the
    same gate, and pain locks it.
    """

    day: date
    name: str
    pillar: Pillar
    target: Target
    dose: Dose
    mode: Mode = "reps"
    level: int = 1
    cues: tuple[str, ...] = ()
    tempo: Tempo | None = None
    per_side: bool = False
    equipment: tuple[DeviceType, ...] = ()
    easier: str | None = None
    harder: str | None = None
    swaps: tuple[str, ...] = ()
    retired: bool = False

    def __post_init__(self) -> None:
        if not re.search(r"\w", self.name) or len(self.name) > 80:
            raise ValueError("name: expected 1 to 80 characters with a letter or digit")
        within("level", self.level, 1, 5)
        within("dose.sets", self.dose.sets, 1, 30)
        if self.dose.contacts is not None and self.pillar != "plyometric":
            raise ValueError("pillar: an exercise with contacts is plyometric")

    @property
    def key(self) -> str:
        """What sets and sessions call it."""
        return "own_" + "_".join(re.findall(r"\w+", self.name.casefold()))

    @property
    def gate(self) -> Gate:
        """What must be shown first: as for the catalogue's exercises of that kind."""
        if self.pillar == "plyometric":
            return "plyometric"
        if self.level >= 3:
            return "level_3"
        return "baseline" if self.level == 2 else "none"

    def exercise(self) -> Exercise:
        """Return it as an exercise like those of the catalogue."""
        elastic: tuple[str, ...] = ("F03", "F07") if self.pillar == "plyometric" else ()
        return Exercise(
            id=self.key,
            name=self.name,
            pillar=self.pillar,
            level=self.level,
            target=self.target,
            mode=self.mode,
            dose=self.dose,
            cues=self.cues or ("Slow and in control.",),
            tempo=self.tempo,
            per_side=self.per_side,
            equipment=self.equipment,
            gate=self.gate,
            contra=("F05", *elastic),
            easier=self.easier,
            harder=self.harder,
            swaps=self.swaps,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalAnswer:
    """What runner or coach said to a proposed change of one exercise.

    An edit says the ``dose`` that stands instead, for ``becomes`` where another exercise takes
    the place. Beyond what the rules open it must be ``confirmed`` twice.
    """

    day: date
    at: datetime
    exercise: str
    clause: str
    answer: Literal["taken", "declined", "edited"]
    by: str
    reason: str = ""
    dose: Dose | None = None
    becomes: str | None = None
    confirmed: int = 0

    def __post_init__(self) -> None:
        aware("at", self.at)
        within("confirmed", self.confirmed, 0, CONFIRMED_TWICE)
        if self.answer != "taken" and not self.reason.strip():
            raise ValueError("reason: a declined or edited proposal needs one")
        if self.answer == "edited" and (self.dose is None or self.dose.sets < 1):
            raise ValueError("dose: an edited proposal needs the dose that stands instead")
