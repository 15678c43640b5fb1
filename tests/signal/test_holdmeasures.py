"""A hold's numbers reach the rule that watches them."""

import pytest

from catfoot.signal import synth
from catfoot.signal.holdmeasures import measures_of
from catfoot.signal.holds import HoldAnalyser
from catfoot.signal.steps import Mount
from catfoot.signal.stream import analyse
from catfoot.signal.summary import Measure
from tests.training.make import session, sets, severity


def held(seconds: float = 25.0, sway_deg: float = 0.5, seed: int = 1) -> tuple[Measure, ...]:
    made = synth.balancer(seconds, sway_deg=sway_deg, seed=seed)
    (row,) = analyse(HoldAnalyser(Mount("left", "lace"), made.block.rate_hz), [made.block])[:, None]
    return measures_of(row, "pod, 200 Hz")


def test_a_hold_tells_its_seconds_and_its_sway() -> None:
    found = {m.name: m for m in held()}
    assert found["hold"].value == pytest.approx(25, abs=1)
    sway, more = found["sway"].value, {m.name: m for m in held(sway_deg=1.0)}["sway"].value
    assert sway is not None
    assert more is not None
    assert more > 1.4 * sway


def test_a_short_hold_has_no_sway() -> None:
    found = {m.name: m for m in held(seconds=4.0)}
    assert found["sway"].value is None
    assert found["sway"].grade == "X"
    assert found["sway"].reasons == ("the hold was shorter than 5 s",)


def test_swaying_more_than_usual_twice_reaches_its_rule() -> None:
    def drill(ago: int, sway_deg: float) -> object:
        results = held(sway_deg=sway_deg, seed=7)
        return session(
            ago, sets=sets("single_leg_stand", 1, hold_s=20, side="left", results=results)
        )

    before = [drill(30 - 4 * k, 0.5) for k in range(5)]
    assert severity("F13", *before, drill(2, 0.5), drill(0, 0.5)) == "quiet"
    assert severity("F13", *before, drill(2, 0.9), drill(0, 0.9)) == "notice"
