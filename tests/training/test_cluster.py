from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest

from catfoot.training import cluster, flags
from catfoot.training.thresholds import DEFAULT
from catfoot.training.verdict import is_grave

from .make import DAY, history, measured, morning, run, session, severity, sore

SORE = (session(3), sore(2, 5), sore(1, 5), sore(0, 5))
PAIN = (morning(0, hour=8, pain=4),)
UNSTEADY = (morning(0, hour=9, instability="left"),)
DRIFTED = (
    *(measured(40 - i, 250.0 + i % 3) for i in range(12)),
    *(measured(ago, 268.0) for ago in (3, 2, 1)),
)


@pytest.mark.parametrize("pair", list(combinations((SORE, PAIN, UNSTEADY, DRIFTED), 2)))
def test_two_signs_one_of_them_felt_make_a_cluster(pair: tuple[tuple[object, ...], ...]) -> None:
    assert severity("F22", *pair[0], *pair[1]) == "caution"


@pytest.mark.parametrize("one", [SORE, PAIN, UNSTEADY, DRIFTED])
def test_one_sign_makes_none(one: tuple[object, ...]) -> None:
    assert severity("F22", *one) == "quiet"


def test_drift_alone_makes_none() -> None:
    found = flags.flags_on(DAY, history(*DRIFTED))
    both = [*found, replace(found[0], rule="F10", title="More heartbeats for the pace")]
    outcome = cluster.check(flags.CLUSTER, DAY, history(*DRIFTED), DEFAULT, {DAY: both}, True)
    assert outcome.state == "quiet"
    assert not any(is_grave(flag.severity) for flag in both)


@pytest.mark.parametrize(
    ("ago", "expected"), [(0, "caution"), (1, "caution"), (3, "caution"), (4, "quiet")]
)
def test_signs_count_for_three_days(ago: int, expected: str) -> None:
    pain = morning(ago, hour=8, pain=4)
    late = (session(3), sore(1, 5), sore(0, 5))
    assert severity("F22", *late, pain) == expected


def test_nothing_known_is_not_a_quiet_week() -> None:
    assert severity("F22", run(0)) == "unknown"


def test_an_episode_begins_with_its_first_sign() -> None:
    found = next(f for f in flags.flags_on(DAY, history(*SORE, *PAIN)) if f.rule == "F22")
    assert found.first_day == DAY - timedelta(1)
    assert [e.what.split()[0] for e in found.because] == ["F03", "F05"]


@pytest.mark.parametrize("rule", list(cluster.RISES))
def test_a_flag_only_ever_rises_by_its_company(rule: str) -> None:
    base = flags.flags_on(DAY, history(*SORE))[0]
    low = replace(base, rule=rule, severity="info")
    others, severity_ = cluster.RISES[rule]
    for other in others:
        risen = cluster.with_company([low, replace(base, rule=other)])[0]
        assert risen.severity == severity_
        assert f"“{risen.title}”" in risen.coach
    stop = replace(low, severity="stop")
    assert cluster.with_company([stop, replace(base, rule=next(iter(others)))])[0] == stop
    assert cluster.with_company([low])[0] == low
