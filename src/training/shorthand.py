"""Entries as somebody types them in a line: ``km=8 min=45 effort=4``."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo

from .entries import (
    AfterRun,
    Assessment,
    Availability,
    BarefootTime,
    CheckIn,
    Device,
    OwnExercise,
    Person,
    PlannedRun,
    PlannedWeek,
    Programme,
    Run,
    StrengthSession,
    as_json,
    from_json,
)

Values = dict[str, Any]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

#: What can be typed in, by the word for it.
KINDS: Mapping[str, type[Any]] = {
    "run": Run,
    "after-run": AfterRun,
    "check-in": CheckIn,
    "strength": StrengthSession,
    "planned-run": PlannedRun,
    "planned-week": PlannedWeek,
    "availability": Availability,
    "barefoot": BarefootTime,
    "assessment": Assessment,
    "device": Device,
    "programme": Programme,
    "own-exercise": OwnExercise,
}


def entry_of(kind: str, said: Iterable[str], day: date, at: datetime) -> Any:
    """Return the entry of a kind that ``name=value`` pairs describe; the rest is now and today.

    Values are JSON, or text where they are none. Short names: ``km`` and ``min`` of runs and
    sessions, ``sore=calf:5,arch:3``, ``sets=short_foot:3x8x5,toe_curls:3x20`` (sets,
    repetitions, seconds held). Raises ValueError for what does not fit.
    """
    if kind not in KINDS:
        raise ValueError(f"expected one of {', '.join(KINDS)}, got {kind!r}")
    wanted = KINDS[kind]
    fields = get_type_hints(wanted)
    values: Values = {"day": day.isoformat()}
    for pair in said:
        name, text = _pair(pair)
        short = _SHORT.get((wanted, name))
        values |= short(text) if short is not None else {name: _value(text)}
    # What is said of another day was at this hour of that day, unless the hour is said too.
    then = _on(values["day"], day, at)
    for name in ("at", "started_at"):
        if name in fields:
            values.setdefault(name, then.isoformat())
    if lacking := [
        how for (of, name), how in _NEEDED.items() if of is wanted and name not in values
    ]:
        raise ValueError(f"{kind}: it needs {' and '.join(lacking)}")
    return from_json(wanted, values)


def person_with(person: Person, said: Iterable[str]) -> Person:
    """Return a person with what ``name=value`` pairs say of them in place of what was known.

    Short names: ``run_days=tue,sun``, ``shoes=blue:stiff,grey``, ``past=calf:2019:left``. Raises
    ValueError for what does not fit.
    """
    values: Values = as_json(person)
    for pair in said:
        name, text = _pair(pair)
        short = _SHORT.get((Person, name))
        values |= short(text) if short is not None else {name: _value(text)}
    made = from_json(Person, values)
    try:
        ZoneInfo(made.tz)
    except (KeyError, ValueError, OSError) as fault:
        raise ValueError(f"tz: no time zone is called {made.tz!r}") from fault
    return made


def _pair(said: str) -> tuple[str, str]:
    name, sign, text = said.partition("=")
    if not sign:
        raise ValueError(f"expected name=value, got {said!r}")
    return name, text


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _on(said: Any, today: date, at: datetime) -> datetime:
    """Return the same hour of the day that was said; a day that is none is refused elsewhere."""
    try:
        return at + (date.fromisoformat(str(said)) - today)
    except (ValueError, OverflowError):
        return at


def _number(name: str, scale: float) -> Callable[[str], Values]:
    def read(text: str) -> Values:
        try:
            return {name: float(text.replace(",", ".")) * scale}
        except ValueError as fault:
            raise ValueError(f"{name}: expected a number, got {text!r}") from fault

    return read


def _sore(text: str) -> Values:
    found = []
    for part in text.split(","):
        site, sign, score = part.partition(":")
        if not sign or not score.replace(".", "", 1).isdigit():
            raise ValueError(f"sore: expected site:score as in calf:5, got {part!r}")
        found.append({"site": site.strip(), "score": float(score)})
    return {"soreness": found}


def _sets(text: str) -> Values:
    if text.startswith("["):
        return {"sets": _value(text)}
    found: list[Values] = []
    for part in text.split(","):
        exercise, sign, dose = part.partition(":")
        numbers = dose.split("x")
        if not sign or not 2 <= len(numbers) <= 3 or not all(n.strip().isdigit() for n in numbers):
            raise ValueError(
                f"sets: expected exercise:sets x reps as in toe_curls:3x20, got {part!r}"
            )
        one: Values = {"exercise": exercise.strip(), "reps": int(numbers[1])}
        if len(numbers) == 3:
            one["hold_s"] = float(numbers[2])
        found += [one] * int(numbers[0])
    return {"sets": found}


def _weekdays(text: str) -> Values:
    names = [name.strip().casefold()[:3] for name in text.split(",") if name.strip()]
    if unknown := [name for name in names if name not in WEEKDAYS]:
        raise ValueError(f"run_days: expected days as in tue,thu,sun, got {unknown[0]!r}")
    return {"run_days": [WEEKDAYS.index(name) for name in names]}


def _shoes(text: str) -> Values:
    found: list[Values] = []
    for part in text.split(","):
        name, _, stiffness = part.strip().partition(":")
        found.append({"name": name, "stiffness": stiffness or "unknown"})
    return {"shoes": found}


def _past(text: str) -> Values:
    found: list[Values] = []
    for part in text.split(","):
        site, _, rest = part.strip().partition(":")
        year, _, side = rest.partition(":")
        if not year.isdigit():
            raise ValueError(f"past: expected site:year as in calf:2019:left, got {part!r}")
        found.append({"site": site, "year": int(year), "side": side or "unknown"})
    return {"past": found}


#: What cannot be left out, as it is typed.
_NEEDED: Mapping[tuple[type[Any], str], str] = {
    (Run, "duration_s"): "min=45",
    (StrengthSession, "duration_min"): "min=12",
    (Availability, "state"): "state=reduced",
    (BarefootTime, "minutes"): "minutes=5",
    (BarefootTime, "doing"): "doing=walking",
    (Device, "name"): "name=red",
    (Device, "type"): "type=band",
    (Assessment, "battery"): "battery=mini",
}

_SHORT: Mapping[tuple[type[Any], str], Callable[[str], Values]] = {
    (Run, "km"): _number("distance_m", 1000.0),
    (Run, "min"): _number("duration_s", 60.0),
    (PlannedRun, "km"): _number("distance_m", 1000.0),
    (PlannedRun, "min"): _number("duration_s", 60.0),
    (StrengthSession, "min"): _number("duration_min", 1.0),
    (StrengthSession, "sets"): _sets,
    (CheckIn, "sore"): _sore,
    (Person, "run_days"): _weekdays,
    (Person, "shoes"): _shoes,
    (Person, "past"): _past,
}
