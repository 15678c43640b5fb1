from typing import Any

import pytest

from catfoot.training.exercises import Gate
from catfoot.training.gates import opening

from .make import DAY, assessed, history, morning, session

TRAINED = tuple(session(50 - 4 * i) for i in range(13))
STRONG = (
    *(assessed(ago, "baseline", single_leg_hold=30, single_leg_foam=20, heel_raise=20,
               double_heel_raise=20) for ago in (45, 20, 5)),
)  # fmt: skip
RESTED = tuple(morning(i, arch_fatigue=1, pain=0) for i in range(14))
ALL: tuple[Any, ...] = (*TRAINED, *STRONG, *RESTED)


@pytest.mark.parametrize(
    "gate", ["none", "baseline", "hold_30", "level_3", "plyometric", "barefoot"]
)
def test_who_has_shown_everything_finds_every_gate_open(gate: Gate) -> None:
    assert opening(gate, DAY, history(*ALL)).reasons == ()


@pytest.mark.parametrize(
    "gate", ["baseline", "hold_30", "level_3", "plyometric", "barefoot", "phase_2"]
)
def test_who_has_shown_nothing_finds_every_gate_shut_with_a_reason(gate: Gate) -> None:
    found = opening(gate, DAY, history())
    assert not found.open
    assert all(found.reasons)


@pytest.mark.row("E11")
@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ((*TRAINED, *STRONG[:2], *RESTED), "3 clean 30 s on the left leg"),
        ((*TRAINED[6:], *STRONG, *RESTED), "four weeks of foot training"),
        ((*ALL, morning(13, hour=9, pain=4)), "14 days with pain of 3 or less"),
        ((*TRAINED[:-5], *STRONG, *RESTED), "four weeks of foot training"),
    ],
)
def test_hops_open_only_after_the_foundation(entries: tuple[Any, ...], reason: str) -> None:
    assert opening("plyometric", DAY, history(*entries)).reasons[0] == reason


def test_pain_long_ago_shuts_nothing() -> None:
    assert opening("plyometric", DAY, history(*ALL, morning(20, hour=9, pain=6))).open


def test_barefoot_running_waits_for_a_fortnight_without_tired_arches() -> None:
    tired = morning(10, hour=9, arch_fatigue=4)
    assert opening("barefoot", DAY, history(*ALL, tired)).reasons == (
        "14 days with arch fatigue of 3 or less",
    )


@pytest.mark.row("C11")
def test_phase_two_asks_for_six_weeks_and_a_mini_assessment() -> None:
    assert opening("phase_2", DAY, history(*TRAINED)).reasons == (
        "a mini assessment in the last six weeks",
    )
    assert opening("phase_2", DAY, history(*TRAINED, assessed(10, "mini", single_leg_hold=20))).open
    short = history(*TRAINED[4:], assessed(10, "mini", single_leg_hold=20))
    assert opening("phase_2", DAY, short).reasons == ("six weeks of phase one",)
