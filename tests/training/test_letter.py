"""Ten golden letters, and what holds for every letter."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catfoot.training import words
from catfoot.training.changes import Changed
from catfoot.training.coachletter import coach_letter
from catfoot.training.entries import FlagAnswer, PlannedRun, Programme, Slot
from catfoot.training.example import ten_weeks
from catfoot.training.history import History
from catfoot.training.letter import Letter, letter_on, monday_of

from .make import _PLACES, assessed, history, measured, morning, run, session, sore

LETTERS = Path(__file__).parent / "letters"
#: A Tuesday; its letter is of Monday 9 March and tells the week from 2 to 8 March.
DAY = date(2026, 3, 10)
SUNDAY = 2  # days before DAY

PROGRAMME = Programme(
    day=date(2026, 1, 5), slots=(Slot(weekday=1, kind="strength"), Slot(weekday=4, kind="strength"))
)


def runs(newest_gct_ms: float = 250.0, every: int = 2, until: int = 80) -> list[Any]:
    """Runs every other day, whose contact time varies a little; the newest two weeks' is given."""
    wobble = (-3.0, 2.0, 0.0, 3.0, -2.0)
    return [
        measured(ago, (newest_gct_ms if ago < 16 else 250.0) + wobble[i % 5])
        for i, ago in enumerate(range(SUNDAY, until, every))
    ]


def planned(ahead: int, kind: Any = "easy") -> PlannedRun:
    return PlannedRun(day=DAY + timedelta(ahead), kind=kind)


def slots_done(weeks: int = 8) -> list[Any]:
    """Tuesday and Friday of every week up to the last one."""
    return [session(7 * week + ago) for week in range(weeks) for ago in (4, 7)]


def answered(whole: History, changed: Changed, ago: int) -> History:
    """The history in which somebody has acted on a flag, as grave as it is."""
    assert changed.rule is not None
    assert changed.first_day is not None
    assert changed.severity is not None
    moment = datetime(2026, 3, 10, 12, tzinfo=UTC) - timedelta(ago)
    said = FlagAnswer(
        rule=changed.rule, first_day=changed.first_day, severity=changed.severity, answer="acted",
        at=moment, by="Carla",
    )  # fmt: skip
    return replace(whole, answers=(said,))


CASES: dict[str, Callable[[], History]] = {
    "nothing-changed": lambda: history(*runs(), PROGRAMME, *slots_done(), planned(1)),
    "contact-time-up": lambda: history(*runs(262.0), PROGRAMME, *slots_done()),
    "contact-time-down": lambda: history(*runs(238.0), PROGRAMME, session(4)),
    "one-long-run": lambda: history(*runs(), run(3, 15.0), planned(0), planned(2, "key")),
    "soreness-that-lasts": lambda: history(
        *runs(), session(6), *(sore(ago, 5) for ago in (5, 4, 3, 2)), sore(12, 1), sore(9, 1)
    ),
    "back-to-usual": lambda: history(
        *runs(), session(13), *(sore(ago, 5) for ago in (12, 11, 10, 9)), sore(3, 0), sore(2, 0)
    ),
    "pain-goes-on": lambda: history(
        *runs(), *(morning(ago, pain=7.0) for ago in range(2, 12)), PROGRAMME
    ),
    "test-better": lambda: history(
        *runs(),
        assessed(40, "baseline", single_leg_hold=15.0, heel_raise=18.0),
        assessed(4, "mini", single_leg_hold=24.0, heel_raise=18.0),
    ),
    "clash-ahead": lambda: history(
        *runs(), PROGRAMME, *slots_done(), planned(1, "key"), planned(3), planned(4, "race")
    ),
    "too-few-runs": lambda: history(*runs(until=9)),
    "no-data": lambda: history(*runs()[6:], PROGRAMME),
}


def text_of(letter: Letter) -> str:
    return "".join(f"{sentence}\n" for sentence in letter.sentences)


@pytest.mark.parametrize("case", CASES)
def test_a_week_gives_this_letter(case: str) -> None:
    assert text_of(letter_on(DAY, CASES[case]())) == (LETTERS / f"{case}.txt").read_text()


def test_there_are_no_letters_without_a_week_of_their_own() -> None:
    assert {path.stem for path in LETTERS.glob("*.txt")} == {*CASES, "coach"}


def weeks_of_a_team() -> list[Letter]:
    """Ada has a long run, Bo is back to usual, Cem wrote nothing, Dora's flag was answered."""
    long, back, silent = (CASES[c]() for c in ("one-long-run", "back-to-usual", "no-data"))
    sore_case = CASES["soreness-that-lasts"]()
    dora = answered(sore_case, letter_on(DAY, sore_case).changed[0], 4)
    people = {"Ada": long, "Bo": back, "Cem": silent, "Dora": dora}
    return [
        letter_on(DAY, replace(one, athlete=name.lower(), person=replace(one.person, name=name)))
        for name, one in people.items()
    ]


def test_a_coach_reads_whom_to_look_at_first_and_what_answers_led_to() -> None:
    told = coach_letter(DAY, weeks_of_a_team())
    text = "".join(f"{sentence}\n" for sentence in told.sentences)
    assert text == (LETTERS / "coach.txt").read_text()
    assert [line.name for line in told.look_first] == ["Ada", "Dora"]
    assert [line.name for line in told.back_to_usual] == ["Bo"]
    assert [line.name for line in told.no_data] == ["Cem"]
    assert [line.name for line in told.led] == ["Dora"]
    assert "it still holds" in told.led[0].text


def test_an_answer_after_which_the_flag_ended_says_so() -> None:
    quiet = CASES["back-to-usual"]()
    then = letter_on(DAY - timedelta(7), quiet).changed[0]
    led = letter_on(DAY, answered(quiet, then, 5)).led
    assert [(one.answer, one.became) for one in led] == [("acted", "ended")]


def test_a_change_that_goes_on_is_told_once() -> None:
    wobble = (-3.0, 2.0, 0.0, 3.0, -2.0)
    down = [measured(ago, (238 if ago < 16 else 250) + wobble[ago % 5]) for ago in range(-7, 80)]
    texts = [text_of(letter_on(DAY + timedelta(7 * week), history(*down))) for week in (0, 1)]
    assert ["contact time at the same speed is down" in t.lower() for t in texts] == [True, False]


def test_only_a_letter_that_could_compare_says_that_nothing_changed() -> None:
    assert letter_on(DAY, CASES["nothing-changed"]()).quiet
    for case in ("too-few-runs", "no-data", "pain-goes-on"):
        letter = letter_on(DAY, CASES[case]())
        assert not letter.quiet
        assert "Nothing changed" not in text_of(letter)


DEMO = ten_weeks(date(2026, 3, 15), seed=1)


@given(st.integers(0, 120), st.sets(st.integers(0, len(DEMO) - 2)))
def test_every_letter_is_short_clean_and_the_same_all_week(ago: int, left_out: set[int]) -> None:
    person, *entries = DEMO
    places: dict[str, list[Any]] = {}
    for i, entry in enumerate(entries):
        if i not in left_out:
            places.setdefault(_PLACES[type(entry)], []).append(entry)
    whole: dict[str, Any] = {place: tuple(found) for place, found in places.items()}
    robin = History(athlete="a1", person=person, **whole)  # type: ignore[arg-type]
    day = date(2026, 3, 22) - timedelta(ago)
    letter = letter_on(day, robin)
    assert 1 <= len(letter.sentences) <= 3
    assert all(sentence.endswith(".") for sentence in letter.sentences)
    assert not words.forbidden_in(" ".join(letter.sentences))
    assert len(letter.sentences) == 1 or not letter.quiet
    # Entries from the Monday on are of the next letter; a programme is a plan for the days ahead.
    monday = monday_of(day)
    kept = {
        place: tuple(
            e for e in found if e.day < monday or (place == "programmes" and e.day == monday)
        )
        for place, found in whole.items()
    }
    before = History(athlete="a1", person=person, **kept)  # type: ignore[arg-type]
    assert letter_on(monday, before) == letter
