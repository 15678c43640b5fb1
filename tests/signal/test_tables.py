"""Rows on the grid that measures are published on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catfoot.signal import synth, synthbody
from catfoot.signal.imu import ImuBlock
from catfoot.signal.sacrum import SacrumAnalyser
from catfoot.signal.shank import ShankAnalyser
from catfoot.signal.steps import Mount, StepAnalyser
from catfoot.signal.stream import Analyser, analyse
from catfoot.signal.tables import CONTACT_NS, HOLD, HOP, PLACES, REP, STEP, SWAY, empty, on_grid

GRIDDED = (STEP, SWAY, HOLD, HOP, REP)


def measures(dtype: np.dtype[np.void]) -> set[str]:
    return {name for name in dtype.names or () if dtype[name].kind == "f"}


def test_every_measure_of_steps_and_drills_has_a_place_and_nothing_else_has() -> None:
    assert set(PLACES) == set().union(*map(measures, GRIDDED))


@pytest.mark.parametrize("dtype", GRIDDED, ids=["step", "sway", "hold", "hop", "rep"])
@given(given=st.lists(st.floats(-1e6, 1e6) | st.just(np.nan), min_size=1, max_size=20))
def test_rounding_twice_is_rounding_once_and_moves_by_half_a_place_at_most(
    dtype: np.dtype[np.void], given: list[float]
) -> None:
    rows = empty(dtype, len(given))
    for name in measures(dtype):
        rows[name] = given
    once = on_grid(rows)
    assert on_grid(once).tobytes() == once.tobytes()
    for name in measures(dtype):
        within = 0.501 * 10.0 ** -PLACES[name]
        assert np.array_equal(np.isnan(once[name]), np.isnan(rows[name]))
        assert (np.abs(once[name] - rows[name]) <= within)[~np.isnan(given)].all()
        assert not np.signbit(once[name][once[name] == 0]).any()


FEET, SHINS = synth.runner(40.0, seed=3).block, synthbody.shin(40.0).block
WAIST = synthbody.waist(40.0).block


@pytest.mark.parametrize(
    ("analyser", "block"),
    [
        (StepAnalyser(Mount("left", "lace"), 200.0), FEET),
        (ShankAnalyser(Mount("left", "shank"), 200.0), SHINS),
        (SacrumAnalyser(200.0), WAIST),
    ],
    ids=["foot", "shank", "sacrum"],
)
def test_rows_come_from_the_analyser_on_the_grid_and_so_are_equal_wherever_they_go(
    analyser: Analyser, block: ImuBlock
) -> None:
    rows = analyse(analyser, [block])
    assert len(rows) > 20
    assert on_grid(rows).tobytes() == rows.tobytes()
    assert not (rows["ic_ns"] % CONTACT_NS).any()
