"""Drift within a run: fatigue is found, a change of speed alone is not."""

import pytest

from catfoot.signal.drift import drifted
from catfoot.signal.synth import Gait

from .making import known, summed, value

RUN = Gait()


def at(speed_mps: float) -> Gait:
    """A runner whose contact and landing follow speed as they typically do, and nothing else."""
    faster = speed_mps / 3
    return Gait(speed_mps=speed_mps, gct_s=0.245 * faster**-0.6, touchdown_mps=1.2 * faster**0.54)


def names(*parts: tuple[Gait, float]) -> list[str]:
    return [m.name for m in drifted(summed(*parts))]


@pytest.mark.row("A13")
@pytest.mark.parametrize("seed", range(4))
def test_a_drift_of_5_percent_stands_out(seed: int) -> None:
    # From the first step to the last, in the shortest run that may say so.
    found = drifted(summed((Gait(fatigue=0.05), 300.0), seed=seed))
    assert {"gct_drift", "duty_drift"} <= {m.name for m in found}


@pytest.mark.row("A13")
def test_a_drift_is_as_large_as_it_was_made() -> None:
    # Growing evenly by 5 %, the middles of first and last fifth lie 4.0 % apart.
    found = known(summed((Gait(fatigue=0.05), 300.0)), "gct_drift")
    assert found.low is not None
    assert found.high is not None
    assert found.low < 4.0 < found.high + 0.5
    assert found.value == pytest.approx(4.0, abs=0.8)


@pytest.mark.row("A13")
@pytest.mark.parametrize(
    "speeds", [(3.0, 3.5), (3.5, 3.0), (3.4, 3.3, 3.2, 3.0, 2.9), (2.8, 3.3, 2.8, 3.3, 2.8)]
)
def test_a_change_of_speed_alone_does_not(speeds: tuple[float, ...]) -> None:
    assert names(*((at(v), 300.0 / len(speeds)) for v in speeds)) == []


@pytest.mark.row("A13")
def test_fatigue_is_found_though_the_runner_slows_down() -> None:
    tired = ((at(v), 60.0) for v in (3.3, 3.2, 3.1, 3.0))
    slower = Gait(speed_mps=2.9, gct_s=0.245 * (2.9 / 3) ** -0.6 * 1.06)
    assert "gct_drift" in names(*tired, (slower, 60.0))


@pytest.mark.row("A13")
def test_a_steady_run_shows_none() -> None:
    assert names((RUN, 300.0)) == []


def test_fewer_than_300_steps_say_nothing() -> None:
    found = summed((RUN, 60.0))
    assert found.measure("gct_drift") is None
    assert found.measure("gct_fade") is None


def test_fading_is_the_last_fifth_against_the_second() -> None:
    # By the evenly growing 5 %: 3.0 % from the middle of the second fifth to that of the last.
    assert value(summed((Gait(fatigue=0.05), 300.0)), "gct_fade") == pytest.approx(3.0, abs=0.8)
