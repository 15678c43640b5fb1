"""What each rule needs to wake: all of them have it said, and it is enough."""

from dataclasses import replace
from datetime import timedelta

import pytest

from catfoot.training import words
from catfoot.training.entries import PlannedRun
from catfoot.training.flags import ALL
from catfoot.training.thresholds import DEFAULT
from catfoot.training.waking import needs_of, waking

from .make import DAY, assessed, measured, morning, run, session, severity, sore

#: Exactly as much as is said to be needed, by rule.
ENOUGH = {
    "F01": tuple(run(3 * i, 8.0) for i in range(4)),
    "F02": tuple(run(3 * i, 8.0) for i in range(2)),
    "F04": tuple(morning(i, stiffness=1) for i in range(13)),
    "F05": (morning(0, pain=0),),
    "F06": tuple(morning(2 * i, arch_fatigue=1) for i in range(8)),
    "F07": tuple(morning(2 * i, calf_tightness=1) for i in range(8)),
    "F08": tuple(morning(i, sleep_quality=4) for i in range(5)),
    "F09": tuple(measured(2 * i, 250.0) for i in range(13)),
    "F13": tuple(assessed(10 * i, "mini", single_leg_hold=25) for i in range(7)),
    "F17": tuple(session(7 * i) for i in range(5)),
    "F18": (PlannedRun(day=DAY + timedelta(2), kind="key"),),
    "F19": tuple(one for i in (2, 5, 8) for one in (session(i), sore(i - 1, 1))),
    "F20": tuple(morning(i, pain=0) for i in range(15)),
    "F23": (morning(0, pain=0),),
    "F24": (measured(0, 250.0),),
}


def test_every_rule_says_what_it_needs_in_words_that_may_be_said() -> None:
    told = waking([rule.id for rule in ALL], DEFAULT)
    assert sum(line.count("(") for line in told) == len(ALL)
    assert not any(words.forbidden_in(line) for line in told)


@pytest.mark.parametrize("rule", list(ENOUGH))
def test_as_much_as_is_said_wakes_a_rule_and_nothing_does_not(rule: str) -> None:
    assert severity(rule, *ENOUGH[rule]) != "unknown"
    assert severity(rule) == "unknown"


def test_what_a_server_set_is_what_is_said() -> None:
    assert needs_of("F09", DEFAULT)[1] == "13 with contact time"
    assert needs_of("F09", replace(DEFAULT, drift_baseline_runs=20))[1] == "23 with contact time"
