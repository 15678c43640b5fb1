"""Slopes: minutes uphill, and the spring that only holds on the level."""

import math

import numpy as np
import pytest

from catfoot.signal.imu import G_MPS2
from catfoot.signal.synth import Gait

from .making import known, stepped, summed, value


def sloping(degrees: float) -> Gait:
    return Gait(slope_rad=math.radians(degrees))


@pytest.mark.row("A12")
@pytest.mark.parametrize("degrees", [-3.0, 3.0, 6.0])
def test_the_sign_of_a_slope_is_right(degrees: float) -> None:
    rows, _, _ = stepped(((sloping(degrees), 40.0),))
    slope = np.rad2deg(rows["slope_rad"][~np.isnan(rows["slope_rad"])])
    assert (np.sign(slope) == np.sign(degrees)).mean() > 0.95
    assert float(np.median(slope)) == pytest.approx(degrees, abs=1.0)


@pytest.mark.row("A12")
def test_minutes_uphill_are_counted_and_level_running_counts_none() -> None:
    up = summed((sloping(5.0), 120.0))
    assert value(up, "uphill") == pytest.approx(2.0, abs=0.1)
    assert value(up, "downhill") == 0
    assert value(summed((Gait(), 120.0)), "uphill") == 0
    assert known(up, "uphill").grade == "C"


@pytest.mark.row("A12")
def test_the_spring_is_withheld_on_a_slope() -> None:
    assert summed((sloping(4.0), 60.0)).measure("stiffness") is None
    assert summed((Gait(), 60.0)).measure("stiffness") is not None


def test_the_spring_follows_morin() -> None:
    found = summed((Gait(), 60.0))
    contact, flight = value(found, "gct") / 1e3, value(found, "flight") / 1e3
    push = G_MPS2 * math.pi / 2 * (flight / contact + 1)
    sinks = abs(-push * contact**2 / math.pi**2 + G_MPS2 * contact**2 / 8)
    assert value(found, "stiffness") == pytest.approx(push / sinks, rel=0.02)
    assert known(found, "stiffness").grade == "C"
