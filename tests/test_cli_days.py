"""An athlete's days as a person types and reads them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catfoot.cli import main
from catfoot.config import Settings, open_stores
from catfoot.training import words
from catfoot.training.entries import FlagAnswer, Person, Run

TODAY = datetime.now(UTC)


def run(*argv: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(list(argv))
    return int(end.value.code or 0)


@pytest.fixture(autouse=True)
def ada(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ada, who ran 8 km every third day and 12 km today."""
    monkeypatch.setenv("CATFOOT_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    with open_stores(Settings()) as stores:
        athlete = stores.logbook.add_person(Person(name="ada"))
        for i in range(5):
            at = TODAY - timedelta(3 * i)
            far = 12_000.0 if i == 0 else 8_000.0
            done = Run(day=at.date(), started_at=at, duration_s=3000.0, distance_m=far)
            stores.logbook.add(athlete, done)


def test_flags_say_what_holds_with_its_numbers_and_what_cannot_be_judged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("flags", "ada") == 0
    said = capsys.readouterr().out
    assert "caution: One run much longer (F01, grade B, new)" in said
    assert "  rests on a cohort study or trial of runners" in said
    assert "  beyond the longest: 50 %, n 4" in said
    assert "rules have not enough data yet; --all says what each lacks. They wake with" in said
    assert "  check-ins: Soreness that lasts (1 that says what is sore), Stiffer mornings" in said
    assert "Not enough data: " not in said
    assert said.rstrip().endswith(words.FOOTER)
    assert words.forbidden_in(said) == ()
    assert run("flags", "ada", "--coach") == 0
    assert "  ada ran 12.0 km" in capsys.readouterr().out
    assert run("flags", "ada", "--json") == 0
    (one,) = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert one["flag"]["rule"] == "F01"
    assert run("flags", "ada", "--all", "--json") == 0
    _, *lacking = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert {one["state"] for one in lacking} == {"unknown"}
    assert run("flags", "ada", "--all") == 0
    said = capsys.readouterr().out
    assert "Soreness that lasts (F03): Not enough data: " in said
    assert "They wake with" not in said


def test_next_says_how_much_of_what_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("next", "ada") == 0
    said = capsys.readouterr().out
    assert said.startswith("Mobility tune-up, 8 min. One run much longer")
    assert "  Ankle circles: 2 x 10\n    hold: " in said
    assert "  any day, if you like: foot massage in the morning" in said
    assert words.forbidden_in(said) == ()


def test_log_writes_down_and_reads_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("log", "ada", "check-in", "sore=calf:5", "pain=0") == 0
    assert "check-in of " in capsys.readouterr().out
    assert run("log", "ada", "strength", "min=12", "sets=toe_curls:3x20", "effort=3") == 0
    capsys.readouterr()
    assert run("log", "ada") == 0
    said = capsys.readouterr().out
    assert "run, 12.0 km, 50 min, effort not given" in said
    assert "foot session (strength), 12 min, 3 sets" in said
    assert "check-in, pain 0, sore: calf 5" in said
    assert "caution: One run much longer" in said


@pytest.mark.parametrize(
    ("argv", "code", "why"),
    [
        (("flags", "eve"), 1, "no athlete is called 'eve' here"),
        (("log", "ada", "run", "km=far"), 2, "expected a number"),
        (("log", "ada", "mood", "good=1"), 2, "expected one of run"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    argv: tuple[str, ...], code: int, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*argv) == code
    assert why in " ".join(capsys.readouterr().err.replace("│", " ").split())


@pytest.mark.parametrize(
    "argv",
    [
        ("flags", "ade"),
        ("next", "ade"),
        ("answer", "ade", "F01"),
        ("log", "ade"),
        ("letter", "ade"),
        ("runs", "list", "--athlete", "ade"),
        ("runs", "join", "a", "b", "--athlete", "ade"),
        ("runs", "split", "a", "--athlete", "ade"),
        ("runs", "undo", "--athlete", "ade"),
        ("replay", "a", "--athlete", "ade"),
        ("export", "ade.zip", "--athlete", "ade"),
        ("erase", "--athlete", "ade", "--yes"),
        ("reanalyse", "--athlete", "ade"),
    ],
    ids=lambda argv: " ".join(argv[:2]),
)
def test_every_command_says_of_an_unknown_name_the_same(
    argv: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*argv) == 1
    said = capsys.readouterr().err
    assert said == "catfoot: no athlete is called 'ade' here; did you mean 'ada'?\n"


def test_writing_down_creates_somebody_new_as_an_import_does_and_a_slip_nobody(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("log", "eve", "run", "km=far") == 2
    assert run("log", "eve") == 1
    with open_stores(Settings()) as stores:
        assert [row.entry.name for row in stores.logbook.persons()] == ["ada"]
    assert run("log", " eve ", "run", "km=8", "min=45") == 0
    assert run("log", "eve") == 0
    assert "run, 8.0 km, 45 min" in capsys.readouterr().out


def test_the_list_of_runs_says_how_far_how_long_and_how_fast(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("log", "ada", "run", "min=75", "title=by feel") == 0
    capsys.readouterr()
    assert run("runs", "list", "--athlete", "ada") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 6
    assert sum("12.00 km    50:00 min   4:10 min/km" in line for line in lines) == 1
    (felt,) = (line for line in lines if line.endswith("by feel"))
    assert felt.split()[4:] == ["-", "1:15:00", "h", "-", "by", "feel"]
    assert run("runs", "list", "--athlete", "ada", "--json") == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"duration_s": 3000.0, "distance_m": 12000.0, "speed_mps": 4.0}.items() <= told[
        1
    ].items()
    assert (told[0]["distance_m"], told[0]["speed_mps"]) == (None, None)


def test_who_somebody_is_is_said_and_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("athlete", "eve", "tz=Mars/Base") == 2
    assert run("athlete", "eve") == 1
    capsys.readouterr()
    more = ("tz=Europe/Berlin", "birth_year=1990", "mass_kg=60", "past=calf:2019:left")
    assert run("athlete", "eve", *more, "run_days=tue,sun", "shoes=blue:stiff") == 0
    said = capsys.readouterr().out
    assert said.splitlines() == [
        "eve, time zone Europe/Berlin",
        "  born 1990, 60 kg",
        "  goal general, runs on tue, sun",
        "  shoes: blue (stiff)",
        "  hurt for long before: left calf in 2019",
    ]
    assert run("athlete", "eve", "mass_kg=61", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["mass_kg"], told["birth_year"], told["past"][0]["year"]) == (61.0, 1990, 2019)
    assert words.forbidden_in(said) == ()


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (("seen",), "answered: seen"),
        (("known-cause", "--cause", "a race"), "answered: known cause a race"),
        (("snoozed", "--until", "2031-01-01", "--useful"), "answered: snoozed"),
        (("not-true", "--not-useful", "--own", "--note", "wrong run"), "answered: not true"),
    ],
)
def test_a_flag_is_answered_in_a_line_and_says_so_from_then_on(
    argv: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("answer", "ada", "f01", *argv) == 0
    assert f"One run much longer (F01) is {told}" in capsys.readouterr().out
    with open_stores(Settings()) as stores:
        (row,) = stores.logbook.entries(FlagAnswer, stores.logbook.persons()[0].id)
    assert row.entry.severity == "caution"
    assert row.entry.first_day == TODAY.date()
    assert row.entry.shared is ("--own" not in argv)
    assert row.entry.useful is (True if "--useful" in argv else False if "--own" in argv else None)
    assert run("flags", "ada") == 0
    said = capsys.readouterr().out
    assert "caution: One run much longer" in said
    assert f"  {told}\n" in said


@pytest.mark.parametrize(
    ("argv", "code", "why"),
    [
        (("F09", "seen"), 1, "no flag F09 holds today; those that do: F01"),
        (("F01", "known-cause"), 2, "a known cause needs its text"),
        (("F01", "snoozed"), 2, "snoozed needs the day it ends"),
        (("F01", "whatever"), 2, "'whatever' is not one of"),
    ],
)
def test_an_answer_that_cannot_be_is_one_sentence_and_writes_nothing(
    argv: tuple[str, ...], code: int, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("answer", "ada", *argv) == code
    assert why in " ".join(capsys.readouterr().err.replace("│", " ").split())
    with open_stores(Settings()) as stores:
        assert not stores.logbook.entries(FlagAnswer, stores.logbook.persons()[0].id)
