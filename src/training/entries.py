"""What is written down about an athlete's days: the nouns of the logbook.

Every entry forbids unknown keys and checks its own ranges. The row around it (id, athlete,
created_at, version, author) belongs to the store. Instants are aware UTC; a ``day`` is the
athlete's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from ..signal.summary import Summary

Site = Literal[
    "heel", "plantar_fascia", "arch", "metatarsals", "toes", "ankle_med", "ankle_lat",
    "achilles", "calf", "shin", "knee", "hip",
]  # fmt: skip
BodySide = Literal["left", "right", "both", "unknown"]
RunKind = Literal["easy", "steady", "key", "race", "unknown"]
Pillar = Literal["mobility", "stability", "strength", "plyometric", "activation"]
Resistance = Literal["none", "light", "moderate", "heavy"]

E = TypeVar("E")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody whose feet are watched. ``demo`` marks everything generated."""

    name: str
    tz: str = "UTC"
    birth_year: int | None = None
    height_m: float | None = None
    mass_kg: float | None = None
    demo: bool = False

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > 80:
            raise ValueError("name: expected 1 to 80 characters")
        _within("height_m", self.height_m, 1.0, 2.5)
        _within("mass_kg", self.mass_kg, 20, 250)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One sensor's or watch's account of a run: bytes in ``raw``, rows in ``series``.

    ``content`` is the SHA-256 of the original bytes; the same athlete and content are the
    same recording. ``origin_ns`` is UTC, in nanoseconds, at time 0 of the recording's clock.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What the athlete did once, however many recordings watched it."""

    day: date
    started_at: datetime
    duration_s: float
    distance_m: float | None = None
    effort: float | None = None
    kind: RunKind = "unknown"
    shoe: str | None = None
    title: str = ""
    summary: Summary = field(default_factory=Summary)
    demo: bool = False

    def __post_init__(self) -> None:
        _aware("started_at", self.started_at)
        _within("duration_s", self.duration_s, 0, 7 * 86_400)
        _within("distance_m", self.distance_m, 0, 1_000_000)
        _within("effort", self.effort, 0, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Soreness:
    """How sore one site is, 0 (not) to 10."""

    site: Site
    score: float
    side: BodySide = "unknown"

    def __post_init__(self) -> None:
        _within("score", self.score, 0, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """The athlete's own twenty seconds of the morning; 0 (none) to 10 unless said."""

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
    pain: float | None = None
    note: str = ""
    demo: bool = False

    def __post_init__(self) -> None:
        _aware("at", self.at)
        for name in ("stiffness", "arch_fatigue", "arch_comfort", "calf_tightness", "foot_feel"):
            _within(name, getattr(self, name), 0, 10)
        _within("stiffness_min", self.stiffness_min, 0, 24 * 60)
        _within("recovered_h", self.recovered_h, 0, 24 * 14)
        _within("sleep_quality", self.sleep_quality, 1, 5)
        _within("pain", self.pain, 0, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformedSet:
    """One set of one exercise as it was done; ``hold_s`` is per repetition."""

    exercise: str
    side: BodySide = "both"
    reps: int | None = None
    hold_s: float | None = None
    contacts: int | None = None
    resistance: Resistance = "none"
    ease: float | None = None
    pain: float | None = None

    def __post_init__(self) -> None:
        if self.reps is None and self.hold_s is None and self.contacts is None:
            raise ValueError("a set needs reps, hold_s or contacts")
        _within("reps", self.reps, 1, 500)
        _within("hold_s", self.hold_s, 0.5, 600)
        _within("contacts", self.contacts, 1, 2000)
        _within("ease", self.ease, 1, 5)
        _within("pain", self.pain, 0, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class StrengthSession:
    """Foot-strength work done on one occasion."""

    day: date
    started_at: datetime
    duration_min: float
    effort: float | None = None
    pillars: tuple[Pillar, ...] = ()
    sets: tuple[PerformedSet, ...] = ()
    note: str = ""
    demo: bool = False

    def __post_init__(self) -> None:
        _aware("started_at", self.started_at)
        _within("duration_min", self.duration_min, 0, 240)
        _within("effort", self.effort, 0, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagAnswer:
    """What the athlete or coach said to one episode of a flag."""

    rule: str
    first_day: date
    answer: Literal["seen", "acted", "not_true", "hide_7_days"]
    at: datetime
    note: str = ""

    def __post_init__(self) -> None:
        _aware("at", self.at)


def _within(name: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:
        raise ValueError(f"{name}: expected {low:g} to {high:g}, got {value:g}")


def _aware(name: str, value: datetime) -> None:
    if value.tzinfo is None:
        raise ValueError(f"{name}: expected a time with its zone, got {value.isoformat()}")


def as_json(entry: Any) -> Any:
    """Return the entry as plain JSON values: ISO dates, lists, objects."""
    if is_dataclass(entry) and not isinstance(entry, type):
        return {f.name: as_json(getattr(entry, f.name)) for f in fields(entry)}
    if isinstance(entry, (tuple, list)):
        return [as_json(item) for item in entry]
    if isinstance(entry, (date, datetime)):
        return entry.isoformat()
    return entry


def from_json(kind: type[E], data: Mapping[str, Any]) -> E:
    """Return the entry that plain JSON values describe.

    Raises ValueError, naming the key, for an unknown key or a value that does not fit.

    >>> from_json(Soreness, {"site": "calf", "score": 3}).score
    3.0
    """
    hints = get_type_hints(kind)
    if unknown := sorted(set(data) - set(hints)):
        raise ValueError(f"{kind.__name__}: unknown key {unknown[0]!r}")
    values = {name: _value(hints[name], value, name) for name, value in data.items()}
    try:
        return kind(**values)
    except TypeError as fault:
        raise ValueError(str(fault).replace(f"{kind.__name__}.__init__() ", "")) from fault


def _value(hint: Any, value: Any, name: str) -> Any:
    """Return one JSON value as the type that the dataclass declares."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        if value is None and type(None) in args:
            return None
        (inner,) = (arg for arg in args if arg is not type(None))
        return _value(inner, value, name)
    if origin is tuple:
        if not isinstance(value, (list, tuple)):
            raise ValueError(f"{name}: expected a list")
        return tuple(_value(args[0], item, name) for item in value)
    if origin is Literal:
        if value not in args:
            raise ValueError(f"{name}: expected one of {', '.join(map(str, args))}, got {value!r}")
        return value
    if is_dataclass(hint):
        if not isinstance(value, Mapping):
            raise ValueError(f"{name}: expected an object")
        return from_json(hint, value)  # type: ignore[arg-type]
    if hint in (date, datetime) and isinstance(value, str):
        try:
            return hint.fromisoformat(value)
        except ValueError as fault:
            raise ValueError(f"{name}: expected a {hint.__name__}, got {value!r}") from fault
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        raise ValueError(f"{name}: expected {hint.__name__}, got {value!r}")
    return value
