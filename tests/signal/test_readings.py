"""What a watch computed, within a run: the fade of its contact time."""

import numpy as np
import pytest

from catfoot.signal.readings import summarise_readings
from catfoot.signal.tables import READING, Table


def watched(n: int, gct_s: np.ndarray, speed_mps: np.ndarray) -> Table:
    """One reading a second."""
    rows = np.zeros(n, dtype=READING)
    for name in READING.names or ():
        if name != "t_ns":
            rows[name] = np.nan
    rows["t_ns"] = np.arange(n) * 1_000_000_000
    rows["cadence_spm"], rows["gct_s"], rows["speed_mps"] = 170.0, gct_s, speed_mps
    return rows


def test_a_fade_is_the_last_fifth_against_the_second() -> None:
    tired = np.where(np.arange(3000) >= 2400, 0.2625, 0.25)
    found = summarise_readings(watched(3000, tired, np.full(3000, 3.0))).measure("gct_fade")
    assert found is not None
    assert found.value == pytest.approx(5.0)
    assert (found.grade, found.n) == ("C", 3000)


def test_slowing_down_is_no_fade() -> None:
    speed = np.linspace(3.3, 2.7, 3000)
    gct = 0.25 * (speed / 3.0) ** -0.6
    found = summarise_readings(watched(3000, gct, speed)).measure("gct_fade")
    assert found is not None
    assert found.value == pytest.approx(0.0, abs=0.8)


def test_a_short_run_has_no_fade_and_a_watch_without_contact_time_none_at_all() -> None:
    short = summarise_readings(watched(200, np.full(200, 0.25), np.full(200, 3.0)))
    found = short.measure("gct_fade")
    assert found is not None
    assert (found.value, found.grade) == (None, "X")
    bare = summarise_readings(watched(900, np.full(900, np.nan), np.full(900, 3.0)))
    assert bare.measure("gct_fade") is None


@pytest.mark.parametrize(
    ("totals", "covered_m"),
    [
        ([52_000.0, 52_003.0, 52_006.0], 6.0),  # a pod that counts for its whole life
        ([52_000.0, 52_003.0, 2.0, 5.0, 8.0], 11.0),  # switched off and on
        ([52_000.0, 52_003.0, 0.0, 52_009.0], 9.0),  # a damaged reading
        ([0.0, 3.0, 400_000.0, 9.0, 12.0], 12.0),
        ([5.0], None),
    ],
)
def test_the_way_is_counted_on_where_a_pod_counts_anew(
    totals: list[float], covered_m: float | None
) -> None:
    rows = watched(len(totals), np.full(len(totals), 0.25), np.full(len(totals), 3.0))
    rows["distance_m"] = totals
    assert summarise_readings(rows).distance_m == covered_m
