from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from catfoot.training import flags
from catfoot.training.answers import Answered, answered, first_shown, shown_flag, vanished
from catfoot.training.entries import FlagAnswer
from catfoot.training.verdict import Flag

from .make import DAY, at, history, measured, run

RUNS = (run(3, 10.0), run(6, 8.0), run(9, 6.0), run(0, 12.0))


def spike() -> Flag:
    return flags.flags_on(DAY, history(*RUNS))[0]


def told(flag: Flag, *answers: FlagAnswer, runs: Any = RUNS) -> Answered:
    """The flag with these answers to it."""
    (one,) = answered([flag], replace(history(*runs), answers=answers), DAY)
    return one


def said(flag: Flag, answer: Any, **more: Any) -> FlagAnswer:
    given: dict[str, Any] = {
        "rule": flag.rule, "first_day": flag.first_day, "answer": answer, "at": at(0, hour=12),
        "severity": flag.severity,
    }  # fmt: skip
    return FlagAnswer(**(given | more))


@pytest.mark.parametrize(
    ("answer", "more", "open_", "quiet"),
    [
        ("seen", {}, False, False),
        ("acted", {}, False, False),
        ("known_cause", {"cause": "race"}, False, False),
        ("not_true", {}, False, True),
        ("snoozed", {"until": DAY}, False, True),
        ("snoozed", {"until": DAY - timedelta(1)}, True, False),
        ("hide_7_days", {}, False, True),
        ("hide_7_days", {"at": at(8)}, True, False),
    ],
)
def test_an_answer_closes_an_episode_or_puts_it_aside_for_a_time(
    answer: str, more: dict[str, Any], open_: bool, quiet: bool
) -> None:
    one = told(spike(), said(spike(), answer, **more))
    assert (one.open, one.quiet) == (open_, quiet)
    assert (first_shown([one]) == ()) is quiet


def test_without_an_answer_a_flag_is_open() -> None:
    one = told(spike())
    assert one.open
    assert one.answer is None


def test_rising_severity_opens_it_again() -> None:
    graver = replace(spike(), severity="caution")
    one = told(graver, said(spike(), "not_true"))
    assert one.open
    assert not one.quiet


def test_an_answer_belongs_to_its_episode_only() -> None:
    other = said(spike(), "seen", first_day=DAY - timedelta(1))
    one = told(spike(), other, said(spike(), "seen", rule="F03"))
    assert one.answer is None


def test_an_answer_survives_a_first_day_that_a_new_analysis_moves() -> None:
    runs = [measured(40 - i, 250.0 + i % 3) for i in range(12)]
    h = history(*runs, *(measured(ago, 268.0) for ago in (3, 2, 1)))
    found = next(flag for flag in flags.flags_on(DAY, h) if flag.rule == "F09")
    moved = said(found, "seen", first_day=found.first_day - timedelta(2))
    assert not told(found, moved, runs=h.runs).open
    far = said(found, "seen", first_day=found.first_day - timedelta(4))
    assert told(found, far, runs=h.runs).open


def test_the_last_answer_counts() -> None:
    first, second = said(spike(), "not_true", at=at(0, hour=10)), said(spike(), "seen")
    one = told(spike(), second, first)
    assert one.answer == second


def test_what_was_shown_is_kept_and_explained_when_it_vanishes() -> None:
    flag = spike()
    mine, coachs = shown_flag(flag, "a1"), shown_flag(flag, "c1")
    assert (mine.text, coachs.text) == (flag.runner, flag.coach)
    assert "beyond the longest: 20 %, n 3" in mine.numbers
    assert vanished([mine], [flag], DAY) == ()
    (why,) = vanished([mine], [], DAY)
    assert "a run or an entry was added, changed or measured again" in why
    assert why.startswith("On 10 March you were shown: One run much longer (F01), this run: 12 km")
    (newer,) = vanished([replace(mine, version=0)], [], DAY)
    assert "the rule has changed" in newer


def test_an_answer_that_does_not_say_how_grave_it_was_counts_for_what_it_was_that_day() -> None:
    runs = (*RUNS[:3], run(0, 14.0))
    caution = flags.flags_on(DAY, history(*runs))[0]
    assert caution.severity == "caution"
    seen = said(caution, "seen", severity=None)
    assert not told(caution, seen, runs=runs).open


def test_a_flag_that_became_graver_later_that_day_is_open_again() -> None:
    evening = run(0, 14.0, started_at=at(0, hour=18))
    caution = flags.flags_on(DAY, history(*RUNS, evening))[0]
    noon = said(spike(), "seen", at=at(0, hour=12))
    assert not told(spike(), noon).open
    assert told(replace(caution, severity="caution"), noon, runs=(*RUNS, evening)).open
