"""Bouts: short strides, walk breaks, stops and marked segments."""

from dataclasses import replace
from itertools import pairwise

import pytest

from catfoot.signal.bouts import Marks, bouts
from catfoot.signal.summary import Bout, Summary
from catfoot.signal.synth import WALK, Gait

from .making import stepped, summed

EASY = Gait()
FAST = Gait(speed_mps=4.0, cadence_spm=178.0, gct_s=0.21)


def of(kind: str, found: Summary | tuple[Bout, ...]) -> list[tuple[float, float]]:
    every = found.bouts if isinstance(found, Summary) else found
    return [(b.start_s, b.stop_s) for b in every if b.kind == kind]


@pytest.mark.row("A17")
@pytest.mark.parametrize("seconds", [11.0, 18.0, 28.0])
def test_all_accelerations_in_a_run_are_found_and_none_overlap(seconds: float) -> None:
    parts = [(EASY, 40.0)] + [(FAST, seconds), (EASY, 35.0)] * 4
    found = of("acceleration", summed(*parts))
    began = [2 + 40.0 + k * (seconds + 35.0) for k in range(4)]
    assert [start for start, _ in found] == pytest.approx(began, abs=1.5)
    assert [stop - start for start, stop in found] == pytest.approx([seconds] * 4, abs=1.5)
    assert all(a[1] <= b[0] for a, b in pairwise(found))


@pytest.mark.row("A17")
def test_short_strides_with_a_walk_back_are_accelerations() -> None:
    parts = [(WALK, 30.0)] + [(FAST, 15.0), (WALK, 30.0)] * 4 + [(EASY, 60.0)]
    assert len(of("acceleration", summed(*parts))) == 4


@pytest.mark.row("A17")
def test_each_acceleration_has_contact_cadence_and_shock_of_its_own() -> None:
    found = summed((EASY, 40.0), (FAST, 20.0), (EASY, 40.0))
    (bout,) = (b for b in found.bouts if b.kind == "acceleration")
    cadence, gct, shock = (bout.measure(name) for name in ("cadence", "gct", "shock"))
    assert cadence is not None
    assert cadence.value == pytest.approx(178, abs=2)
    assert gct is not None
    assert gct.value == pytest.approx(210, abs=8)
    assert shock is not None
    assert shock.value is not None


def test_an_even_run_has_no_bouts() -> None:
    assert summed((EASY, 120.0)).bouts == ()


def test_a_minute_faster_is_no_acceleration() -> None:
    assert of("acceleration", summed((EASY, 60.0), (FAST, 60.0), (EASY, 60.0))) == []


def test_a_walk_break_is_found_in_a_run_and_not_in_a_walk() -> None:
    (found,) = of("walk", summed((EASY, 40.0), (WALK, 15.0), (EASY, 40.0)))
    assert found == pytest.approx((42, 57), abs=1.5)
    assert of("walk", summed((WALK, 60.0), (EASY, 20.0), (WALK, 60.0))) == []


def test_a_stop_is_where_no_foot_came_down() -> None:
    rows, findings, _ = stepped(((EASY, 60.0),))
    stopped = rows.copy()
    later = stopped["ic_ns"] > 30_000_000_000
    for name in ("ic_ns", "fc_ns"):
        stopped[name][later] += 8_000_000_000
    (span,) = of("stop", bouts(stopped, findings))
    assert span[1] - span[0] == pytest.approx(8, abs=0.6)


def test_a_hole_in_the_recording_is_no_stop() -> None:
    rows, findings, _ = stepped(((EASY, 60.0),))
    lost = rows[(rows["ic_ns"] < 20_000_000_000) | (rows["ic_ns"] > 30_000_000_000)]
    hole = Marks(holes=((20_100_000_000, 29_900_000_000),))
    assert of("stop", bouts(lost, findings, hole)) == []
    assert len(of("stop", bouts(lost, findings))) == 1


@pytest.mark.row("A11")
def test_a_marked_segment_tells_its_share_of_midfoot_steps() -> None:
    parts = ((EASY, 60.0), (Gait(strike_rad=0.06), 60.0))
    drill = (62_000_000_000, 122_000_000_000)
    found = summed(*parts, marks=Marks(segments=(drill,)))
    (bout,) = (b for b in found.bouts if b.kind == "segment")
    midfoot, whole = bout.measure("midfoot"), found.measure("midfoot")
    assert midfoot is not None
    assert midfoot.value is not None
    assert midfoot.value > 95
    assert midfoot.n > 70
    assert whole is not None
    assert whole.value == pytest.approx(50, abs=5)


def test_a_pod_that_rattles_shows_no_accelerations() -> None:
    rows, findings, _ = stepped(((EASY, 40.0), (FAST, 18.0), (EASY, 40.0)))
    assert len(of("acceleration", bouts(rows, findings))) == 1
    assert of("acceleration", bouts(rows, replace(findings, loose=True))) == []
