"""How the foot lands over a run: strike, steadiness, eversion, push-off, clipping."""

import math
from dataclasses import replace

import numpy as np
import pytest

from catfoot.signal import synth
from catfoot.signal.grades import NO_IC
from catfoot.signal.landings import Cutoffs
from catfoot.signal.steps import Mount, StepAnalyser
from catfoot.signal.stream import analyse
from catfoot.signal.summary import summarise
from catfoot.signal.synth import Gait, Sensor
from catfoot.signal.tables import GAIT_WALK, FloatArray

from .making import known, stepped, summed, value

MIDFOOT = Gait(strike_rad=0.06)  # some 3.4 degrees at IC, less 10 ms before


@pytest.mark.row("A06")
def test_a_run_tells_its_share_of_rear_mid_and_forefoot() -> None:
    found = summed((Gait(strike_rad=0.25), 40.0), (MIDFOOT, 40.0))
    shares = [value(found, name) for name in ("rearfoot", "midfoot", "forefoot")]
    assert sum(shares) == pytest.approx(100)
    assert shares[0] == pytest.approx(50, abs=5)
    assert shares[1] == pytest.approx(50, abs=5)


@pytest.mark.row("A06")
def test_what_counts_as_midfoot_can_be_set() -> None:
    rows, findings, seconds = stepped(((MIDFOOT, 40.0),))
    found = summarise(rows, findings, seconds, "left", cutoffs=Cutoffs(-5.0, -4.0))
    assert value(found, "rearfoot") == 100


@pytest.mark.row("A07")
def test_steadiness_is_the_spread_from_step_to_step_with_its_number() -> None:
    found = known(summed((Gait(), 60.0)), "strike_spread")
    assert found.value == pytest.approx(math.degrees(0.02), abs=0.3)  # as synth scatters it
    assert found.n > 70
    assert value(summed((Gait(), 60.0)), "roll_spread") < 0.5


@pytest.mark.row("A07")
def test_a_slow_change_is_no_unsteadiness() -> None:
    two = summed((Gait(), 60.0), (Gait(strike_rad=0.10), 60.0))
    assert value(two, "strike_spread") == pytest.approx(
        value(summed((Gait(), 60.0)), "strike_spread"), abs=0.3
    )


@pytest.mark.row("A08")
@pytest.mark.parametrize("side", ["left", "right"])
def test_eversion_is_told_against_the_own_standing(side: str) -> None:
    found = summed((Gait(), 60.0), side="left" if side == "left" else "right")
    # synth rolls by 0.10 rad and stands at 0; foot-flat comes a little before the most of it.
    assert value(found, "eversion") == pytest.approx(5.5, abs=1.0)
    assert value(found, "eversion_rate") > 0


@pytest.mark.row("A08")
def test_without_standing_eversion_is_withheld() -> None:
    rows, findings, seconds = stepped(((Gait(), 60.0),))
    never = replace(findings, stand_roll_rad=None)
    found = known(summarise(rows, never, seconds, "left"), "eversion")
    assert found.value is None
    assert found.reasons == ("no quiet standing to compare with",)


@pytest.mark.row("A08")
def test_standing_with_the_pod_askew_changes_nothing() -> None:
    tilt = math.radians(8)
    turned = ((1.0, 0.0, 0.0), (0.0, math.cos(tilt), -math.sin(tilt)),
              (0.0, math.sin(tilt), math.cos(tilt)))  # fmt: skip
    askew = stepped(((Gait(), 60.0),), sensor=Sensor(rotation=turned))
    rows, findings, seconds = askew
    assert value(summarise(rows, findings, seconds, "left"), "eversion") == pytest.approx(
        value(summed((Gait(), 60.0)), "eversion"), abs=0.5
    )


@pytest.mark.row("A09")
def test_push_off_says_that_it_is_experimental() -> None:
    found = known(summed((Gait(), 60.0)), "pushoff")
    assert found.value == pytest.approx(math.degrees(11.0), rel=0.15)
    assert found.grade == "C"
    assert any("experimental" in reason for reason in found.reasons)


@pytest.mark.row("A10")
def test_sideways_drift_is_never_better_than_b_and_claims_no_step_width() -> None:
    found = known(summed((Gait(), 60.0)), "ml_excursion")
    assert found.value is not None
    assert found.grade in "BC"
    assert any("step width cannot be told" in reason for reason in found.reasons)


def test_clipped_is_the_share_of_landings_at_the_end_of_the_range() -> None:
    assert value(summed((Gait(), 40.0)), "clipped") == 0
    rows, findings, seconds = stepped(((Gait(), 40.0),), sensor=synth.Sensor(acc_range_g=3.6))
    found = summarise(rows, findings, seconds, "left")
    share = value(found, "clipped")
    landed = rows["reason"] & NO_IC == 0
    assert share == 100 * np.mean(rows["clipped"][landed] > 0)
    assert share > 50
    assert any(w.startswith(f"{share:.0f} % of the landings") for w in found.warnings)


def test_a_clipped_share_is_of_landings_not_of_rows() -> None:
    rows, findings, seconds = stepped(((Gait(), 40.0),))
    rows = rows.copy()
    rows["clipped"] = np.arange(len(rows)) % 4 != 0  # three of four
    rows["gait"][: len(rows) // 3] = GAIT_WALK  # landings of every gait count
    never = rows[:20].copy()
    never["reason"] |= NO_IC  # as many rows whose beginning was not seen
    found = summarise(np.concatenate([never, rows]), findings, seconds, "left")
    assert value(found, "clipped") == pytest.approx(75, abs=1)
    assert any(w.startswith("75 % of the landings") for w in found.warnings)


def error(column: str, rate_hz: float = 200.0, gait: Gait = synth.RUN) -> FloatArray:
    """A column less its truth, each step against the nearest true contact."""
    made = synth.runner(60.0, gait=gait, seed=4, sensor=Sensor(rate_hz=rate_hz))
    rows = analyse(StepAnalyser(Mount("left", "lace"), rate_hz), [made.block])
    rows = rows[~np.isnan(rows[column])]
    near = np.abs(rows["ic_ns"][:, None] - made.truth["ic_ns"][None]).argmin(axis=1)
    assert len(rows) > 30
    return np.asarray(rows[column] - made.truth[column][near])


@pytest.mark.row("A06")
@pytest.mark.parametrize("gait", [synth.RUN, synth.WALK, MIDFOOT, Gait(strike_rad=-0.12)])
@pytest.mark.parametrize("rate_hz", [100.0, 200.0])
def test_the_time_to_foot_flat_is_right_to_15_ms(gait: Gait, rate_hz: float) -> None:
    # Contact itself is found to within 4 ms, and 3 degrees of a sole that settles are 5 ms.
    off = error("flat_s", rate_hz, gait)
    assert abs(np.median(off)) <= 0.015
    assert np.percentile(np.abs(off - np.median(off)), 90) <= 0.015


@pytest.mark.row("A06")
def test_a_flatter_landing_has_the_whole_foot_down_sooner_and_says_so() -> None:
    heel, mid = summed((Gait(strike_rad=0.30), 60.0)), summed((MIDFOOT, 60.0))
    assert value(mid, "flat") < value(heel, "flat") - 5
    assert known(mid, "flat").grade == "B"


@pytest.mark.row("A09")
@pytest.mark.parametrize("gait", [synth.RUN, synth.WALK])
def test_heel_off_to_toe_off_is_told_as_experimental(gait: Gait) -> None:
    off = error("heel_off_s", gait=gait)
    assert abs(np.median(off)) <= 0.015
    found = known(summed((gait, 60.0)), "heel_off")
    assert found.grade == "C"
    assert "experimental: nothing to compare it with" in found.reasons
