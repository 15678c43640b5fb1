from datetime import timedelta
from typing import Any

import pytest

from catfoot.training import words
from catfoot.training.entries import AfterRun, Device, Pain

from .make import DAY, at, morning, outcome, run, session, sets, severity, sore


def after(ago: int, **said: Any) -> AfterRun:
    return AfterRun(day=DAY - timedelta(ago), at=at(ago, hour=9), started_at=at(ago), **said)


@pytest.mark.parametrize(
    ("score", "expected"),
    [(0, "quiet"), (3, "quiet"), (3.9, "quiet"), (4, "notice"), (5, "notice"), (5.1, "caution")],
)
@pytest.mark.row("D09")
def test_pain_is_flagged_by_its_band_wherever_it_is_said(score: float, expected: str) -> None:
    assert severity("F05", morning(0, pain=score)) == expected
    assert severity("F05", after(0, pain=score)) == expected
    assert severity("F05", after(0, pains=(Pain(site="arch", score=score),))) == expected
    done = session(0, sets=sets("short_foot", reps=8, pain=score))
    assert severity("F05", done) == expected


def test_pain_that_stays_until_morning_is_graver() -> None:
    assert severity("F05", after(1, pain=4), morning(0, back_to_usual=True)) == "notice"
    assert severity("F05", after(1, pain=4), morning(0, back_to_usual=False)) == "caution"
    assert severity("F05", after(1, pain=3), morning(0, back_to_usual=False)) == "quiet"


@pytest.mark.row("D13")
def test_sharp_discomfort_stops_the_exercise() -> None:
    found = outcome("F05", session(0, sets=sets("towel_scrunch", reps=8, sharp=True))).flag
    assert found is not None
    assert found.severity == "stop"
    assert found.action == "Leave out towel scrunch today, and do nothing harder for a week."
    assert severity("F05", morning(0, pains=(Pain(site="heel", score=2, kind="sharp"),))) == "stop"


@pytest.mark.parametrize(("ago", "expected"), [(0, "caution"), (1, "caution"), (2, "unknown")])
def test_pain_counts_for_two_days(ago: int, expected: str) -> None:
    assert severity("F05", morning(ago, pain=8)) == expected


def check_ins(n: int = 30) -> list[Any]:
    return [morning(1 + i, hour=5, sleep_quality=4) for i in range(n)]


KNOWN = tuple(session(ago, sets=sets("short_foot", reps=8)) for ago in (60, 50, 40, 30))


@pytest.mark.row("D17")
def test_a_new_site_after_something_new_is_flagged_and_graver_when_repeated() -> None:
    new = session(6, sets=sets("towel_scrunch", reps=8))
    entries = [*check_ins(), *KNOWN, new]
    assert severity("F20", *entries, sore(3, 4, site="arch")) == "notice"
    assert severity("F20", *entries, sore(3, 4, site="arch"), sore(2, 4, site="arch")) == "caution"
    assert severity("F20", *entries, sore(3, 2, site="arch")) == "quiet"
    assert severity("F20", *entries, sore(8, 4, site="arch")) == "quiet"
    assert severity("F20", *entries, sore(40, 4, site="arch"), sore(3, 4, site="arch")) == "quiet"


def test_a_new_shoe_or_device_is_something_new_too() -> None:
    worn = [run(ago, shoe="old") for ago in (60, 50, 40)]
    entries = [*check_ins(), *worn, sore(3, 4, site="arch")]
    assert severity("F20", *entries) == "quiet"
    assert severity("F20", *entries, run(5, shoe="new")) == "notice"
    dome = Device(day=DAY - timedelta(5), name="dome", type="dome")
    assert severity("F20", *entries, dome) == "notice"


def test_everything_is_new_to_a_beginner_so_nothing_is() -> None:
    entries = [*check_ins(), session(6, sets=sets("short_foot", reps=8)), sore(3, 4, site="arch")]
    assert severity("F20", *entries) == "quiet"
    assert severity("F20", sore(1, 4)) == "unknown"


@pytest.mark.parametrize(
    "entries",
    [
        (morning(0, pain=6), morning(1, pain=6), morning(2, pain=6)),
        (morning(0, swelling=True),),
        (morning(1, cannot_bear_weight=True),),
        (morning(0, pains=(Pain(site="shin", score=3, kind="night"),)),),
        (morning(0, pains=(Pain(site="shin", score=3, kind="rest"),)),),
        (morning(2, pains=(Pain(site="metatarsals", score=2, side="left", kind="bone"),)),),
        tuple(morning(i, pains=(Pain(site="heel", score=3),)) for i in range(0, 16, 3)),
    ],
)
@pytest.mark.row("D14")
def test_some_signs_are_not_for_an_app(entries: tuple[Any, ...]) -> None:
    found = outcome("F23", *entries).flag
    assert found is not None
    assert found.severity == "stop"
    assert words.SEE_SOMEONE in found.runner
    assert words.SEE_SOMEONE in found.coach
    assert words.forbidden_in(found.runner) == ()


@pytest.mark.parametrize(
    "entries",
    [
        (morning(0, pain=6), morning(1, pain=5), morning(2, pain=6)),
        (morning(0, pain=6), morning(1, pain=6)),
        (morning(0, pains=(Pain(site="shin", score=2, kind="bone"),)),),
        tuple(morning(i, pains=(Pain(site="heel", score=3),)) for i in range(0, 13, 3)),
        tuple(morning(i, pains=(Pain(site="heel", score=3),)) for i in (0, 7, 14)),
        (
            *(morning(i, pains=(Pain(site="heel", score=3),)) for i in range(0, 16, 3)),
            morning(7, pains=(Pain(site="heel", score=1),)),
        ),
    ],
)
def test_less_than_that_is_left_to_the_other_rules(entries: tuple[Any, ...]) -> None:
    assert severity("F23", *entries) == "quiet"


def test_saying_nothing_is_not_being_free_of_pain() -> None:
    assert severity("F05", run(1)) == "unknown"
    assert severity("F23", run(1)) == "unknown"


@pytest.mark.row("D14")
def test_a_fortnight_of_pain_without_a_place_asks_for_somebody_too() -> None:
    dull = [morning(ago, pain=4) for ago in range(0, 16, 2)]
    found = outcome("F23", *dull).flag
    assert found is not None
    assert found.because[0].what == "pain, place not named"
    assert found.because[0].number == 14
    assert severity("F23", *dull[:-1]) == "quiet"
    quiet_between = [*dull[:3], morning(6, pain=2), *dull[4:]]
    assert severity("F23", *quiet_between) == "quiet"
    assert severity("F23", *(after(ago, pain=3) for ago in range(0, 16, 2))) == "stop"


def test_a_morning_said_twice_is_one_morning() -> None:
    found = outcome("F23", morning(0, swelling=True), morning(0, hour=7, swelling=True)).flag
    assert found is not None
    assert (found.because[0].number, found.because[0].n) == (1, 1)
