"""Filters and buffers that do not see how samples were cut."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catfoot.signal.filters import History, gaussian, smooth


@pytest.mark.parametrize("cutoff_hz", [4.0, 8.0, 15.0])
def test_a_gaussian_low_pass_is_3_db_down_at_its_cutoff(cutoff_hz: float) -> None:
    t = np.arange(4000) / 200
    x = np.sin(2 * np.pi * cutoff_hz * t)
    ratio = np.std(smooth(x, gaussian(cutoff_hz, 200.0))[500:-500]) / np.std(x[500:-500])
    assert 20 * np.log10(ratio) == pytest.approx(-3, abs=0.15)


def test_smoothing_moves_no_peak() -> None:
    x = np.zeros(201)
    x[100] = 1
    assert np.argmax(smooth(x, gaussian(15.0, 200.0))) == 100


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 300)), max_size=30))
def test_a_history_holds_what_was_appended_and_not_dropped(turns: list[tuple[int, int]]) -> None:
    history, everything = History(2, capacity=4), np.zeros((2, 0))
    for n, drop in turns:
        fresh = np.arange(n) + everything.shape[1] + np.array([[0.0], [0.5]])
        history.grow(n)[:] = fresh
        everything = np.concatenate([everything, fresh], axis=1)
        history.drop(drop)
        view = history.view(history.start, history.stop)
        assert history.stop == everything.shape[1]
        assert np.array_equal(view, everything[:, history.start :])
