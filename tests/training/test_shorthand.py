"""What somebody types in a line becomes an entry, or a sentence that says why not."""

import re
from datetime import date, timedelta

import pytest

from catfoot.training.entries import (
    CheckIn,
    PastProblem,
    Person,
    Run,
    Soreness,
    StrengthSession,
)
from catfoot.training.shorthand import KINDS, entry_of, person_with

from .make import DAY, at

NOW = at(0, hour=8)


def test_short_names_are_what_people_say() -> None:
    assert entry_of("run", ["km=8,5", "min=45", "effort=4"], DAY, NOW) == Run(
        day=DAY, started_at=NOW, duration_s=2700.0, distance_m=8500.0, effort=4.0
    )
    sore = entry_of("check-in", ["sore=calf:5,arch:3", "pain=2"], DAY, NOW)
    assert isinstance(sore, CheckIn)
    assert sore.soreness == (Soreness(site="calf", score=5.0), Soreness(site="arch", score=3.0))
    done = entry_of("strength", ["min=12", "sets=short_foot:2x8x5,toe_curls:1x20"], DAY, NOW)
    assert isinstance(done, StrengthSession)
    assert [(s.exercise, s.reps, s.hold_s) for s in done.sets] == [
        ("short_foot", 8, 5.0), ("short_foot", 8, 5.0), ("toe_curls", 20, None),
    ]  # fmt: skip


def test_any_field_can_be_named_and_the_day_can_be_another() -> None:
    past = entry_of(
        "run", ["day=2026-03-01", "min=30", 'shoe="Blue"', "title=Along the river"], DAY, NOW
    )
    assert (past.day.isoformat(), past.shoe, past.title) == (
        "2026-03-01",
        "Blue",
        "Along the river",
    )
    away = entry_of("availability", ["state=not_running", "until=2026-03-20"], DAY, NOW)
    assert away.state == "not_running"


@pytest.mark.parametrize(
    ("kind", "said", "why"),
    [
        ("running", [], "expected one of run"),
        ("run", ["km"], "expected name=value"),
        ("run", ["km=far", "min=3"], "distance_m: expected a number"),
        ("run", [], "run: it needs min=45"),
        ("barefoot", [], "barefoot: it needs minutes=5 and doing=walking"),
        ("own-exercise", [], "OwnExercise: missing key 'name'"),
        ("run", ["min=30", "mood=good"], "'mood'"),
        ("check-in", ["sore=calf"], "expected site:score"),
        ("check-in", ["sore=elbow:3"], "site"),
        ("strength", ["min=3", "sets=toe_curls:many"], "expected exercise:sets x reps"),
    ],
)
def test_what_does_not_fit_is_said_in_a_sentence(kind: str, said: list[str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        entry_of(kind, said, DAY, NOW)


def test_everything_that_can_be_typed_in_is_an_entry_of_the_logbook() -> None:
    from catfoot.store.schema import KINDS as KEPT

    assert set(KINDS.values()) <= KEPT.keys()


def test_who_somebody_is_can_be_said_in_a_line() -> None:
    told = person_with(
        Person(name="ada", mass_kg=60),
        ["tz=Europe/Berlin", "run_days=Tue,sunday", "shoes=blue:stiff,grey", "goal=long",
         "past=calf:2019:left,arch:2024"],
    )  # fmt: skip
    assert (told.name, told.mass_kg, told.tz, told.goal) == ("ada", 60, "Europe/Berlin", "long")
    assert told.run_days == (1, 6)
    assert [(shoe.name, shoe.stiffness) for shoe in told.shoes] == [
        ("blue", "stiff"), ("grey", "unknown"),
    ]  # fmt: skip
    assert told.past == (
        PastProblem(site="calf", year=2019, side="left"), PastProblem(site="arch", year=2024),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("tz=Mars/Base", "tz: no time zone is called 'Mars/Base'"),
        ("run_days=someday", "run_days: expected days as in tue,thu,sun, got 'som'"),
        ("past=calf", "past: expected site:year as in calf:2019:left"),
        ("past=calf:19", "year: expected 1900 to 2100, got 19"),
        ("past=wing:2019", "site: expected one of heel"),
        ("shoes=blue:hard", "stiffness: expected one of minimal"),
        ("mood=good", "unknown key 'mood'"),
        ("tall", "expected name=value"),
    ],
)
def test_what_does_not_fit_a_person_is_said_in_a_sentence(said: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        person_with(Person(name="ada"), [said])


def test_what_is_said_of_another_day_was_at_this_hour_of_that_day() -> None:
    late = entry_of("run", ["min=45", f"day={DAY - timedelta(2)}"], DAY, NOW)
    assert (late.day, late.started_at) == (DAY - timedelta(2), NOW - timedelta(2))
    at_six = at(2, hour=6)
    said = entry_of("check-in", [f"day={DAY - timedelta(2)}", f"at={at_six.isoformat()}"], DAY, NOW)
    assert said.at == at_six
    assert entry_of("check-in", ["day=0001-01-01"], DAY, NOW - timedelta(1)).day == date.min
    with pytest.raises(ValueError, match="day"):
        entry_of("run", ["min=45", "day=yesterday"], DAY, NOW)
