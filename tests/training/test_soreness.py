from datetime import date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catfoot.training import flags
from catfoot.training.entries import CheckIn, Soreness
from catfoot.training.history import History
from catfoot.training.verdict import Outcome, gravity

from .make import DAY, at, history, run, session, sore


def f03(h: History, day: date = DAY) -> Outcome:
    return next(o for o in flags.outcomes_on(day, h) if o.rule == "F03")


def said(hours: float, score: float) -> History:
    """One session, and one report so many hours after its start."""
    start = at(3)
    moment = start + timedelta(hours=hours)
    report = CheckIn(day=moment.date(), at=moment, soreness=(Soreness(site="calf", score=score),))
    return history(run(3), report)


@pytest.mark.parametrize(
    ("hours", "score", "state", "severity"),
    [
        (1, 9, "quiet", None),
        (23.9, 5, "quiet", None),
        (24, 3, "flag", "notice"),
        (24, 2.9, "quiet", None),
        (36, 5, "flag", "notice"),
        (48, 5, "flag", "notice"),
        (48.1, 5, "flag", "caution"),
        (72, 3, "flag", "caution"),
        (72.1, 9, "unknown", None),
    ],
)  # fmt: skip
@pytest.mark.row("D02")
def test_soreness_is_flagged_by_the_hours_since_its_session(
    hours: float, score: float, state: str, severity: str | None
) -> None:
    h = said(hours, score)
    outcome = f03(h, h.check_ins[0].day)
    assert outcome.state == state
    assert (outcome.flag.severity if outcome.flag else None) == severity


def test_the_texts_name_the_site_the_hours_and_what_to_do() -> None:
    flag = f03(history(session(2.0, hour=4), sore(1, 4), sore(0, 5))).flag
    assert flag is not None
    assert flag.severity == "caution"
    assert flag.runner == (
        "Left calf soreness has lasted over 48 hours. Make the next foot session one level "
        "easier. While you move, keep toes, ankle and knee in one line."
    )
    assert flag.coach == (
        "Ada reports left calf soreness of 5 of 10, 50 hours after the session it followed "
        "(2 reports). Suggested: make the next foot session one level easier. While you move, "
        "keep toes, ankle and knee in one line."
    )
    assert [(e.number, e.unit, e.n, e.usual) for e in flag.because] == [
        (5.0, "of 10", 2, 4.5),
        (50.0, "h", 2, None),
    ]
    assert flag.first_day == DAY - timedelta(1)


def test_running_on_does_not_make_lasting_soreness_look_fresh() -> None:
    reports = (sore(2, 4), sore(1, 4), sore(0, 4))
    rested = f03(history(session(3), *reports)).flag
    ran_on = f03(history(session(3), run(1), run(2), *reports)).flag
    assert rested is not None
    assert ran_on is not None
    assert ran_on.because[1] == rested.because[1]


def test_a_morning_without_soreness_ends_the_row() -> None:
    first = (session(4), sore(3, 5), sore(2, 5))
    assert f03(history(*first, sore(1, 5), sore(0, 5))).state == "flag"
    assert f03(history(*first, sore(1, 1), session(1), sore(0, 5))).state == "quiet"
    assert f03(history(*first, sore(1, 5), sore(0, 1))).state == "quiet"


def test_a_check_in_about_something_else_does_not_end_the_row() -> None:
    other = CheckIn(day=DAY, at=at(0, hour=8), sleep_quality=5.0)
    elsewhere = sore(0, 0, hour=9, site="knee")
    h = history(session(3), sore(2, 4), sore(1, 4))
    assert f03(h) == f03(history(*h.strength, *h.check_ins, other))
    with_knee = f03(history(*h.strength, *h.check_ins, other, elsewhere))
    assert with_knee.flag == f03(h).flag


def test_without_a_session_the_reports_alone_prove_how_long() -> None:
    assert f03(history(sore(0, 5))).state == "unknown"
    flag = f03(history(sore(2, 4), sore(1, 4), sore(0, 4))).flag
    assert flag is not None
    assert (flag.severity, flag.because[1].number) == ("notice", 48.0)


def test_sides_are_told_apart() -> None:
    h = history(session(3), sore(2, 5, side="left"), sore(1, 5, side="right"))
    flag = f03(h, DAY - timedelta(1)).flag
    assert flag is not None
    assert flag.because[0].what == "soreness, right calf"


@pytest.mark.parametrize(("later", "state"), [(0, "flag"), (1, "flag"), (2, "quiet")])
def test_the_flag_goes_a_day_after_the_last_report(later: int, state: str) -> None:
    h = history(session(3), sore(2, 5), sore(1, 5), sore(0, 5))
    assert f03(h, DAY + timedelta(later)).state == state


def test_no_check_in_is_not_all_is_well() -> None:
    assert f03(history(run(1))).state == "unknown"


@pytest.mark.row("D02")
@given(st.integers(-14 * 60, 14 * 60), st.integers(0, 24 * 60), st.floats(0, 71.9))
def test_hours_are_the_same_in_every_time_zone_and_across_midnight(
    offset_min: int, start_min: int, hours: float
) -> None:
    zone = timezone(timedelta(minutes=offset_min))
    start = (datetime(2026, 3, 7, tzinfo=zone) + timedelta(minutes=start_min)).astimezone(zone)
    moment = start + timedelta(hours=hours)
    report = CheckIn(day=moment.date(), at=moment, soreness=(Soreness(site="calf", score=4),))
    done = session(0, day=start.date(), started_at=start)
    outcome = f03(history(done, report), moment.date())
    expected = None if hours < 24 else "notice" if hours <= 48 else "caution"
    assert (outcome.flag.severity if outcome.flag else None) == expected


@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 10)), max_size=6),
    st.lists(st.integers(1, 6), max_size=4),
    st.lists(st.floats(0, 10), min_size=2, max_size=4),
)
def test_more_soreness_today_never_lowers_the_flag(
    reports: list[tuple[int, int]], sessions: list[int], today: list[float]
) -> None:
    entries = [sore(ago, score) for ago, score in reports] + [session(ago) for ago in sessions]
    found = [f03(history(*entries, sore(0, score))).flag for score in sorted(today)]
    graves = [-1 if flag is None else gravity(flag.severity) for flag in found]
    assert all(a <= b for a, b in pairwise(graves))


def test_a_gentle_activation_does_not_make_soreness_look_fresh() -> None:
    gentle = session(1.5, kind="activation")
    assert f03(history(run(3), gentle, sore(0.5, 5))).flag is not None
    found = f03(history(run(3), gentle, sore(0.5, 5))).flag
    assert found is not None
    assert found.severity == "caution"
    assert found == f03(history(run(3), sore(0.5, 5))).flag
    alone = f03(history(gentle, sore(0, 5))).flag
    assert alone is not None
    assert alone.severity == "notice"
