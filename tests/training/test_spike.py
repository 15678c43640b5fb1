from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catfoot.training import flags, spike
from catfoot.training.history import History
from catfoot.training.thresholds import DEFAULT
from catfoot.training.verdict import Outcome, gravity

from .make import DAY, history, run, sore


def f01(ago: int, h: History) -> Outcome:
    found = [o for o in flags.outcomes_on(DAY - timedelta(ago), h) if o.rule == "F01"]
    return found[0]


BEFORE = (run(3, 10.0), run(6, 8.0), run(9, 6.0))


@pytest.mark.parametrize(
    ("km", "severity"),
    [
        (5.0, None), (10.0, None), (11.0, None), (11.01, "notice"), (12.4, "notice"),
        (13.0, "notice"), (13.01, "caution"), (20.0, "caution"), (20.1, "caution"),
    ],
)  # fmt: skip
def test_a_run_beyond_the_longest_of_thirty_days_is_flagged_by_how_far(
    km: float, severity: str | None
) -> None:
    outcome = f01(0, history(*BEFORE, run(0, km)))
    assert (outcome.flag.severity if outcome.flag else None) == severity
    assert outcome.state == ("quiet" if severity is None else "flag")


def test_the_flag_says_how_much_against_what_and_of_how_many() -> None:
    flag = f01(0, history(*BEFORE, run(0, 12.4))).flag
    assert flag is not None
    assert [(e.number, e.unit, e.n, e.usual) for e in flag.because] == [
        (12.4, "km", 1, 8.0),
        (10.0, "km", 3, None),
        (24.0, "%", 3, None),
    ]
    assert flag.runner == (
        "Today's run was 24 % longer than your longest in the 30 days before (12.4 km against "
        "10.0 km). In one large study of runners, single runs more than 10 % longer came with "
        "more overuse injuries. Keep the next two runs at 10.0 km or less."
    )
    assert flag.coach == (
        "Ada ran 12.4 km on 10 March, 24 % beyond the longest of the 30 days before (10.0 km, "
        "3 runs). Suggested: the next two runs at 10.0 km or less."
    )
    assert (flag.tier, flag.grade, flag.version) == (1, "B", 1)
    assert flag.episode == ("a1", "F01", DAY)


def test_more_than_twice_as_long_is_said_so() -> None:
    flag = f01(0, history(*BEFORE, run(0, 20.1))).flag
    assert flag is not None
    assert "more than twice as long as your longest" in flag.runner


@pytest.mark.parametrize(("ago", "shown"), [(0, True), (6, True), (7, False)])
def test_a_jump_is_shown_for_a_week_and_keeps_its_first_day(ago: int, shown: bool) -> None:
    h = history(*(run(e + ago, km) for e, km in ((3, 10.0), (6, 8.0), (9, 6.0))), run(ago, 12.4))
    flag = f01(0, h).flag
    assert (flag is not None) is shown
    if flag:
        assert flag.first_day == DAY - timedelta(ago)


@pytest.mark.parametrize(("ago", "state"), [(30, "quiet"), (31, "flag")])
def test_the_longest_run_counts_for_thirty_days_and_no_more(ago: int, state: str) -> None:
    h = history(run(ago, 20.0), run(5, 8.0), run(8, 8.0), run(0, 12.0))
    assert f01(0, h).state == state


@pytest.mark.parametrize(
    ("earlier", "state"),
    [
        ((), "unknown"),
        ((3, 6), "unknown"),
        ((3, 6, 9), "flag"),
        ((3, 45, 60), "flag"),
        ((3, 45, 61), "returning"),
        ((31, 40, 50), "returning"),
        ((200, 210, 220), "returning"),
    ],
)
def test_a_beginner_and_somebody_back_after_a_break_are_told_apart(
    earlier: tuple[int, ...], state: str
) -> None:
    outcome = f01(0, history(*(run(ago, 8.0) for ago in earlier), run(0, 12.0)))
    assert outcome.state == state
    assert (outcome.flag is not None) == (state == "flag")
    if state == "unknown":
        assert outcome.why.startswith("Not enough data:")
    if state == "returning":
        assert outcome.why.startswith("Returning after a break")


def test_nothing_logged_is_not_all_is_well() -> None:
    assert f01(0, history()).state == "unknown"


def test_the_morning_run_counts_for_the_evening_run_of_the_same_day() -> None:
    evening = run(0, 11.5, started_at=datetime(2026, 3, 10, 18, tzinfo=UTC))
    assert f01(0, history(*BEFORE, run(0, 10.5), evening)).state == "quiet"
    assert f01(0, history(*BEFORE, evening)).state == "flag"


def test_without_distances_minutes_are_compared_and_the_grade_says_so() -> None:
    before = [run(ago, None, duration_s=3600.0) for ago in (3, 6, 9)]
    flag = f01(0, history(*before, run(0, None, duration_s=5400.0))).flag
    assert flag is not None
    assert (flag.grade, flag.tier, flag.severity) == ("C", 3, "caution")
    assert "90 min against 60 min" in flag.runner
    assert "large study" not in flag.runner


def test_a_run_without_distance_among_the_earlier_ones_lowers_the_grade() -> None:
    flag = f01(0, history(*BEFORE, run(2, None), run(0, 12.4))).flag
    assert flag is not None
    assert flag.grade == "C"


def test_the_graver_jump_of_the_week_is_the_one_shown() -> None:
    h = history(*BEFORE, run(2, 14.0), run(0, 15.5))
    flag = f01(0, h).flag
    assert flag is not None
    assert (flag.first_day, flag.severity) == (DAY - timedelta(2), "caution")


LENGTHS = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 300)), max_size=15)


@given(LENGTHS, st.lists(st.integers(0, 500), min_size=2, max_size=5))
def test_running_longer_never_lowers_the_flag(
    earlier: list[tuple[int, int]], today: list[int]
) -> None:
    before = [run(ago, hm / 10) for ago, hm in earlier]
    found = [f01(0, history(*before, run(0, hm / 10))).flag for hm in sorted(today)]
    graves = [-1 if flag is None else gravity(flag.severity) for flag in found]
    assert all(a <= b for a, b in pairwise(graves))


@given(LENGTHS)
def test_the_longest_distance_without_a_flag_raises_none(earlier: list[tuple[int, int]]) -> None:
    before = history(*(run(ago, hm / 10) for ago, hm in earlier))
    most = spike.longest_without_flag_m(DAY, before, DEFAULT)
    if most is None:
        return
    assert f01(0, history(*before.runs, run(0, most / 1000))).state in ("quiet", "flag")
    new = f01(0, history(*before.runs, run(0, most / 1000))).flag
    assert new is None or new.first_day < DAY
    if f01(0, before).flag is None:
        beyond = f01(0, history(*before.runs, run(0, most / 1000 + 0.2))).flag
        assert beyond is not None


def test_a_jump_of_the_week_is_no_measure_for_the_next_run() -> None:
    h = history(*BEFORE, run(1, 20.0))
    assert spike.longest_without_flag_m(DAY, h, DEFAULT) == 11_000
    assert spike.longest_without_flag_m(DAY + timedelta(6), h, DEFAULT) == 22_000


@given(LENGTHS, st.integers(0, 60))
def test_a_check_in_changes_nothing(earlier: list[tuple[int, int]], ago: int) -> None:
    runs = [run(day, hm / 10) for day, hm in earlier] + [run(0, 12.0)]
    assert f01(0, history(*runs)) == f01(0, history(*runs, sore(ago, 8)))
