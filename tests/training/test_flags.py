from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catfoot.training import flags, words
from catfoot.training.example import ten_weeks
from catfoot.training.history import History
from catfoot.training.thresholds import DEFAULT
from catfoot.training.verdict import SEVERITIES, Flag, Severity, Tier

from .make import DAY, history, measured, run, session, sore


def full() -> History:
    """A history that raises every flag there is."""
    return history(*ten_weeks(DAY, seed=7)[1:])


def test_flags_come_gravest_first_then_best_founded() -> None:
    flag = flags.flags_on(DAY, full())[0]
    mixed = [
        replace(flag, severity=severity, tier=tier)
        for severity, tier in product(SEVERITIES, cast(tuple[Tier, ...], (3, 1, 2)))
    ]
    ordered = flags.in_order(mixed)
    assert [(f.severity, f.tier) for f in ordered[:4]] == [
        ("stop", 1), ("stop", 2), ("stop", 3), ("caution", 1),
    ]  # fmt: skip
    assert len(flags.shown(mixed)) == 3
    assert flags.shown(mixed) == ordered[:3]


@pytest.mark.row("D19")
def test_every_flag_explains_itself() -> None:
    found = flags.flags_on(DAY, full())
    assert {flag.rule for flag in found} >= {"F01", "F03", "F09"}
    for flag in found:
        assert flag.because
        assert all(e.unit and e.n >= 1 and e.what for e in flag.because)
        assert flag.runner
        assert flag.coach
        assert flag.action
        assert flag.footer == words.FOOTER
        assert flag.first_day <= flag.day <= flag.until
        assert flag.grade in "ABC"
        assert flag.tier in (1, 2, 3)


def test_a_rule_that_cannot_know_says_why() -> None:
    outcomes = flags.outcomes_on(DAY, history())
    assert [o.rule for o in outcomes] == [rule.id for rule in flags.ALL if rule.id != "F16"]
    assert {o.state for o in outcomes} == {"unknown"}
    assert all(o.why.startswith("Not enough data: ") for o in outcomes)


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.integers(0, 400))
def test_the_same_history_gives_the_same_answer_in_any_order(seed: int, ago: int) -> None:
    day = DAY - timedelta(ago)
    entries = list(ten_weeks(day, seed)[1:])
    there = flags.outcomes_on(day, history(*entries))
    assert flags.outcomes_on(day, history(*reversed(entries))) == there


@settings(max_examples=15)
@given(st.integers(1, 30))
def test_what_happens_later_does_not_change_an_earlier_day(ahead: int) -> None:
    h = full()
    later = [run(-ahead, 40.0), session(-ahead), sore(-ahead, 9.0), measured(-ahead, 300.0)]
    more = history(*h.runs, *h.strength, *h.check_ins, *later)
    assert flags.outcomes_on(DAY, more) == flags.outcomes_on(DAY, h)


def test_a_flag_is_told_once_a_week_but_shown_while_it_holds() -> None:
    h = history(run(9, 10.0), run(12, 8.0), run(15, 6.0), run(6, 12.0))
    told = [bool(flags.announced_on(DAY - timedelta(ago), h)) for ago in (6, 5, 4, 3, 2, 1, 0)]
    held = [bool(flags.flags_on(DAY - timedelta(ago), h)) for ago in (6, 5, 4, 3, 2, 1, 0)]
    assert told == [True] + [False] * 6
    assert held == [True] * 7


def test_a_flag_that_becomes_graver_is_told_again() -> None:
    h = history(run(9, 10.0), run(12, 8.0), run(15, 6.0), run(3, 12.0), run(1, 16.0))
    told: list[list[Severity]] = [
        [flag.severity for flag in flags.announced_on(DAY - timedelta(ago), h)]
        for ago in (3, 2, 1, 0)
    ]
    assert told == [["notice"], [], ["caution"], []]


def every_text(flag: Flag) -> list[str]:
    return [flag.title, flag.runner, flag.coach, flag.action, *(e.what for e in flag.because)]


def texts_of(h: History) -> list[str]:
    outcomes = [o for ago in range(70) for o in flags.outcomes_on(DAY - timedelta(ago), h)]
    said = [text for o in outcomes if o.flag for text in every_text(o.flag)]
    return said + [o.why for o in outcomes]


@pytest.mark.row("G05")
@pytest.mark.parametrize(
    "entries",
    [
        ten_weeks(DAY, seed=1)[1:],
        (run(3, 5.0), run(6, 5.0), run(9, 5.0), run(0, 20.0)),
        (run(3, None), run(6, None), run(9, None), run(0, None, duration_s=9000.0)),
        (run(200, 5.0), run(210, 5.0), run(220, 5.0), run(0, 20.0)),
        (session(2), sore(0, 5)),
        (session(3), sore(2, 5, site="plantar_fascia"), sore(0, 9, site="plantar_fascia")),
        (sore(0, 9),),
        (measured(0, 250.0),),
        (),
    ],
)
def test_no_text_of_a_rule_uses_a_forbidden_word(entries: tuple[Any, ...]) -> None:
    texts = texts_of(history(*entries))
    assert texts
    assert {word for text in texts for word in words.forbidden_in(text)} == set()


def test_thresholds_carry_a_version() -> None:
    assert DEFAULT.version >= 1
    assert all(rule.version >= 1 for rule in flags.RULES)
