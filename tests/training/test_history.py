from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from catfoot.training.entries import Availability, Device, Programme
from catfoot.training.history import days_before

from .make import DAY, history, morning, run, session


@given(st.lists(st.integers(0, 30), max_size=12), st.integers(0, 30), st.integers(0, 30))
def test_a_window_holds_both_its_ends_and_nothing_else(
    days_ago: list[int], first: int, last: int
) -> None:
    h = history(*(run(ago) for ago in days_ago))
    found = h.runs_in(DAY - timedelta(first), DAY - timedelta(last))
    assert len(found) == sum(last <= ago <= first for ago in days_ago)
    assert list(found) == sorted(found, key=lambda one: one.started_at)


def test_entries_of_one_instant_have_one_order() -> None:
    twins = (run(1, 5.0), run(1, 8.0), run(1, 3.0))
    assert history(*twins).runs == history(*reversed(twins)).runs


def test_the_programme_in_force_is_the_last_that_has_begun() -> None:
    old, new = Programme(day=DAY - timedelta(50), goal="long"), Programme(day=DAY, goal="short")
    h = history(new, old)
    assert h.programme_on(DAY) == new
    assert h.programme_on(DAY - timedelta(1)) == old
    assert h.programme_on(DAY - timedelta(51)) is None


def test_the_last_word_about_a_day_counts_while_it_lasts() -> None:
    away = Availability(day=DAY - timedelta(9), state="not_running", until=DAY - timedelta(3))
    less = Availability(day=DAY - timedelta(5), state="reduced")
    h = history(away, less)
    assert h.availability_on(DAY - timedelta(6)) == away
    assert h.availability_on(DAY - timedelta(4)) == less
    assert h.availability_on(DAY) == less
    assert h.availability_on(DAY - timedelta(10)) is None


def test_a_device_is_barred_by_its_newest_line_and_a_type_by_all_its_devices() -> None:
    red = Device(day=DAY - timedelta(9), name="red", type="band")
    hurt = replace(red, day=DAY - timedelta(2), barred=True, reason="sharp")
    blue = Device(day=DAY - timedelta(9), name="blue", type="band")
    assert history(red, hurt).barred_on(DAY) == {"red"}
    assert history(red, hurt).barred_on(DAY - timedelta(3)) == frozenset()
    assert history(red, hurt).barred_types_on(DAY) == {"band"}
    assert history(red, hurt, blue).barred_types_on(DAY) == frozenset()


def test_what_follows_from_a_history_is_worked_out_once() -> None:
    h, asked = history(run(1), session(2), morning(3)), []

    def work() -> int:
        asked.append(1)
        return len(h.runs)

    assert (h.once("runs", work), h.once("runs", work)) == (1, 1)
    assert len(asked) == 1
    assert replace(h).once("runs", lambda: 7) == 7
    assert h == replace(h)


def test_days_before_stop_at_the_first_day_of_the_calendar() -> None:
    assert days_before(date.min, 30) == date.min
