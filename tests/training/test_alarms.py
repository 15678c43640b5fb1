from itertools import pairwise
from random import Random

import pytest

from . import alarms


def test_hardly_any_false_alarm_in_runners_who_do_not_change() -> None:
    shares = alarms.false_alarms(3)
    assert set(shares) == set(alarms.CHECKS)
    assert max(shares.values()) <= 2.5


def test_a_lasting_shift_is_found_within_four_runs() -> None:
    assert max(alarms.found_after(9).values()) <= 4


def test_rules_wake_within_six_weeks() -> None:
    assert max(alarms.weeks_to_wake(1).values()) <= 6


def test_a_stable_team_gives_its_coach_little_to_look_at() -> None:
    team = alarms.stable_team(4, 2)
    assert team.look_first_most <= 1
    assert team.notices_per_fortnight <= 2


def test_the_simulated_noise_is_of_size_one_and_remembers() -> None:
    stream = alarms.noise(Random(1))
    values = [next(stream) for _ in range(20_000)]
    mean = sum(values) / len(values)
    variance = sum((v - mean) ** 2 for v in values) / len(values)
    lag = sum((a - mean) * (b - mean) for a, b in pairwise(values))
    assert mean == pytest.approx(0, abs=0.05)
    assert variance == pytest.approx(1, abs=0.3)
    assert lag / len(values) / variance == pytest.approx(0.3, abs=0.08)
