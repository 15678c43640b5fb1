from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catfoot.training.verdict import SEVERITIES

from .make import measured, morning, outcome, severity, sore


def stiff(last: tuple[float, ...], before: float = 1.0, n: int = 10) -> list[object]:
    return [
        *(morning(3 + i, stiffness=before) for i in range(n)),
        *(morning(2 - i, stiffness=score) for i, score in enumerate(last)),
    ]


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ((3, 3, 3), "notice"), ((1, 3, 3), "notice"), ((1, 1, 9), "quiet"), ((2, 2, 2), "quiet"),
        ((2.9, 2.9, 2.9), "quiet"), ((0, 0, 0), "quiet"),
    ],
)  # fmt: skip
@pytest.mark.row("D01")
def test_three_stiffer_mornings_are_flagged_by_their_median(
    last: tuple[float, ...], expected: str
) -> None:
    assert severity("F04", *stiff(last)) == expected


@pytest.mark.parametrize(("n", "expected"), [(9, "unknown"), (10, "notice")])
def test_stiffness_needs_ten_mornings_before(n: int, expected: str) -> None:
    assert severity("F04", *stiff((4, 4, 4), n=n)) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [((20, 20, 20), "notice"), ((20, 20, 19), "quiet"), ((10, 10, 10), "quiet")],
)
def test_twice_the_minutes_on_all_three_mornings_count_too(
    minutes: tuple[float, ...], expected: str
) -> None:
    before = [morning(3 + i, stiffness_min=10) for i in range(10)]
    last = [morning(2 - i, stiffness_min=m) for i, m in enumerate(minutes)]
    assert severity("F04", *before, *last) == expected


def test_old_mornings_are_not_this_morning() -> None:
    assert severity("F04", *stiff((4, 4, 4)), ago=-1) == "notice"
    assert severity("F04", *stiff((4, 4, 4)), ago=-2) == "unknown"


def tired(score: float, days: int = 4) -> list[object]:
    return [
        *(morning(days + i, arch_fatigue=1) for i in range(20)),
        *(morning(i, arch_fatigue=score) for i in range(days)),
    ]


@pytest.mark.parametrize(
    ("score", "days", "expected"),
    [(1, 4, "quiet"), (4, 4, "quiet"), (6, 4, "notice"), (5, 10, "notice"), (2, 14, "quiet")],
)
@pytest.mark.row("D03")
def test_arches_more_tired_this_week_than_this_month_are_flagged(
    score: float, days: int, expected: str
) -> None:
    assert severity("F06", *tired(score, days)) == expected


def test_a_trend_needs_eight_answers_and_a_fresh_one() -> None:
    seven = [morning(i, arch_fatigue=1) for i in range(7)]
    assert severity("F06", *seven) == "unknown"
    assert severity("F06", *tired(10), ago=-3) == "unknown"


@pytest.mark.row("D04")
def test_tight_calves_are_graver_with_a_strike_that_moved_forward() -> None:
    tight = [
        *(morning(4 + i, calf_tightness=1) for i in range(20)),
        *(morning(i, calf_tightness=10) for i in range(4)),
    ]
    assert severity("F07", *tight) == "notice"
    runs = [strike(40 - 2 * i, 12.0) for i in range(12)] + [strike(i, 6.0) for i in (3, 2, 1)]
    assert severity("F07", *tight, *runs) == "caution"
    runs = [strike(40 - 2 * i, 12.0) for i in range(15)]
    assert severity("F07", *tight, *runs) == "notice"


def strike(ago: int, deg: float) -> object:
    run = measured(ago, 250.0)
    angle = replace(run.summary.measures[0], name="strike", key="strike_deg", value=deg)
    return replace(run, summary=replace(run.summary, measures=(*run.summary.measures, angle)))


@pytest.mark.parametrize(
    ("nights", "expected"),
    [
        ((2, 2, 2, 4, 4), "info"), ((2, 2, 4, 4, 4), "quiet"), ((1, 1, 1, 1), "unknown"),
        ((2, 2, 2, 4, 4, 4, 4), "info"),
    ],
)  # fmt: skip
@pytest.mark.row("D07")
def test_three_poor_nights_of_seven_are_said(nights: tuple[float, ...], expected: str) -> None:
    assert severity("F08", *(morning(i, sleep_quality=q) for i, q in enumerate(nights))) == expected


def test_poor_sleep_beside_lasting_soreness_weighs_more() -> None:
    poor = [morning(i, hour=5, sleep_quality=1) for i in range(5)]
    lasting = [sore(2, 5), sore(1, 5), sore(0, 5)]
    assert severity("F08", *poor, *lasting) == "notice"
    found = outcome("F08", *poor, *lasting).flag
    assert found is not None
    assert found.coach.endswith("Graver because of “Soreness that lasts” beside it.")


@settings(max_examples=50)
@given(
    st.sampled_from(["stiffness", "arch_fatigue", "calf_tightness"]),
    st.lists(st.integers(0, 10), min_size=12, max_size=25),
    st.lists(st.floats(0, 10), min_size=2, max_size=4),
)
def test_feeling_worse_this_morning_never_lowers_a_flag(
    what: str, before: list[int], today: list[float]
) -> None:
    rule = {"stiffness": "F04", "arch_fatigue": "F06", "calf_tightness": "F07"}[what]
    earlier = [morning(i + 1, **{what: score}) for i, score in enumerate(before)]
    found = [severity(rule, *earlier, morning(0, **{what: score})) for score in sorted(today)]
    graves = [SEVERITIES.index(s) if s in SEVERITIES else -1 for s in found]
    assert all(a <= b for a, b in pairwise(graves))


def test_a_night_said_twice_is_one_night() -> None:
    nights = [morning(ago, sleep_quality=q) for ago, q in enumerate((2, 2, 4, 4, 4))]
    again = morning(0, hour=7, sleep_quality=1)
    assert severity("F08", *nights, again) == "quiet"
    assert severity("F08", *nights[:4], again, morning(1, hour=7, sleep_quality=4)) == "unknown"
