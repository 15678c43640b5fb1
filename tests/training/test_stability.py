import pytest

from catfoot.signal.summary import Measure

from .make import assessed, morning, outcome, session, sets, severity


def holds(*seconds: float) -> list[object]:
    before = [assessed(90 - 10 * i, "single", single_leg_hold=30.0) for i in range(5)]
    last = [
        assessed(2 * (len(seconds) - 1 - i), "single", single_leg_hold=s)
        for i, s in enumerate(seconds)
    ]
    return [*before, *last]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [((22, 22), "notice"), ((22.5, 22.5), "notice"), ((23, 22), "quiet"), ((10, 30), "quiet")],
)
def test_holding_a_quarter_less_twice_is_flagged(seconds: tuple[float, ...], expected: str) -> None:
    assert severity("F13", *holds(*seconds)) == expected


def test_five_tries_are_needed_before_two() -> None:
    assert severity("F13", *holds(10, 10)[1:]) == "unknown"
    assert severity("F13") == "unknown"


def swaying(ago: float, rms: float, surface: str = "floor") -> object:
    sway = Measure(name="sway", key="sway_mps2", value=rms, grade="B", n=300)
    return session(
        ago,
        sets=sets("single_leg_stand", 1, hold_s=20, side="left", surface=surface, results=(sway,)),
    )


def test_swaying_a_third_more_twice_under_the_same_condition_is_flagged() -> None:
    before = [swaying(30 - 4 * i, 0.10) for i in range(5)]
    assert severity("F13", *before, swaying(2, 0.13), swaying(0, 0.14)) == "notice"
    assert severity("F13", *before, swaying(2, 0.12), swaying(0, 0.14)) == "quiet"
    foam = [swaying(2, 0.2, "foam"), swaying(0, 0.2, "foam")]
    assert severity("F13", *before, *foam) == "unknown"


def test_a_prescribed_shorter_hold_is_no_drop() -> None:
    done = [session(40 - 3 * i, sets=sets("single_leg_stand", 2, hold_s=30)) for i in range(9)]
    easy = [session(i, sets=sets("single_leg_stand", 2, hold_s=15)) for i in (2, 0)]
    assert severity("F13", *done, *easy) == "unknown"


@pytest.mark.row("D11")
def test_felt_instability_counts_by_itself() -> None:
    found = outcome("F13", morning(0, instability="left")).flag
    assert found is not None
    assert "left foot" in found.runner
    assert severity("F13", morning(0, instability="left"), ago=-1) == "notice"
    assert severity("F13", morning(0, instability="left"), ago=-2) == "unknown"


@pytest.mark.row("D11")
def test_feeling_unstable_counts_where_the_foot_is_not_named_and_once_a_morning() -> None:
    twice = (morning(0, instability="unknown"), morning(0, hour=7, instability="unknown"))
    found = outcome("F13", *twice).flag
    assert found is not None
    assert found.because[0].said == "felt unstable, foot not named: 1 morning, n 1"
    assert found.runner.startswith("You felt unstable (foot not named).")
