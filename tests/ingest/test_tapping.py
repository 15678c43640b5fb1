import numpy as np
import pytest

from catfoot.ingest.tapping import Taps, together
from catfoot.signal import synth
from catfoot.signal.imu import G_MPS2, ImuBlock


def tapped(*at_s: float, offset_ms: float = 0.0, seed: int = 0) -> Taps:
    """A pod at rest at 200 Hz that is tapped; its clock is ``offset_ms`` behind the true time."""
    rng = np.random.default_rng(seed)
    t = np.arange(2000) / 200 + rng.uniform(0, 0.005)
    up = np.zeros(len(t))
    for at in at_s:
        up += np.where(t >= at, 12 * G_MPS2 * np.minimum(1, (t - at) / 0.01), 0) * (t < at + 0.03)
    acc = np.stack([up * 0, up * 0, up + G_MPS2], axis=1)
    t_ns = np.round((t + offset_ms / 1e3) * 1e9).astype(np.int64)
    block = ImuBlock(t_ns=t_ns, acc=acc, gyr=acc * 0, rate_hz=200.0)
    taps = Taps()
    for k in range(0, len(block), 4):
        taps.feed(block[k : k + 4])
    return taps


@pytest.mark.parametrize("offset_ms", [0.0, 17.0, -40.0])
def test_taps_of_both_pods_find_how_far_their_clocks_are_apart(offset_ms: float) -> None:
    at = (2.0, 2.8, 3.5, 4.4)
    found = together(
        tapped(*at, seed=1).times_ns, tapped(*at, offset_ms=offset_ms, seed=2).times_ns
    )
    assert found is not None
    # Half a sample at 200 Hz, on a rise of 10 ms.
    assert found.offset_ms == pytest.approx(offset_ms, abs=2.5)
    assert found.residual_ms < 1.5
    assert found.taps == 4


def test_two_taps_or_one_pod_that_was_hit_alone_are_no_alignment() -> None:
    assert together(tapped(2.0, 3.0).times_ns, tapped(2.0, 3.0).times_ns) is None
    both, more = tapped(2.0, 3.0, 4.0), tapped(2.0, 3.0, 4.0, 5.0)
    assert together(both.times_ns, more.times_ns) is None
    apart = tapped(2.0, 3.0, 4.0, offset_ms=300)
    assert together(both.times_ns, apart.times_ns) is None


def test_two_feet_that_run_are_not_taps() -> None:
    feet = []
    for side in ("left", "right"):
        block = synth.runner(20, side=side, seed=3).block
        taps = Taps()
        # The other foot is half a stride later.
        taps.feed(block, 357_000_000 if side == "right" else 0)
        feet.append(taps.times_ns)
    assert together(*feet) is None
