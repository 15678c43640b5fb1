import numpy as np
import pytest

from catfoot.ingest.clock import MAX_SLOPE, Clock

S = 1_000_000_000


def link(
    seed: int, minutes: float, *, interval_s: float, loss: float, fade_every_s: float = 0.0,
    fade_s: float = 0.6, packet_s: float = 0.02014, ppm: float = 35.0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Device time, true host time and arrival of packets over a simulated link, in ns.

    Connection events every ``interval_s`` of the host's own quartz, 20 ppm off; the pod takes
    up to 2 ms to hand a packet over; it waits for the next event, a lost one for the one after;
    nothing passes in a fade; order is kept; 1 ms of host jitter. The sensor's rate is off by
    0.7 %, as data sheets allow, so packets and events beat within seconds.
    """
    rng = np.random.default_rng(seed)
    true_s = np.arange(0, minutes * 60, packet_s)
    device = true_s * (1 + ppm * 1e-6) + 1234.5
    interval_s *= 1 + 20e-6
    ready = true_s + rng.uniform(0, 0.002, len(true_s))
    event = np.ceil(ready / interval_s) * interval_s
    event += rng.geometric(1 - loss, len(true_s)) * interval_s - interval_s
    if fade_every_s:
        start = np.floor(event / fade_every_s) * fade_every_s + 0.37 * fade_every_s
        inside = (event >= start) & (event < start + fade_s)
        event[inside] = (start + fade_s)[inside]
    arrival = np.maximum.accumulate(event) + 0.002 + rng.exponential(0.001, len(true_s))
    return device * 1e9, true_s * 1e9, arrival * 1e9


def residuals_ms(
    device: np.ndarray, true: np.ndarray, arrival: np.ndarray, after_s: float = 60.0
) -> np.ndarray:
    """What the clock said of each packet when it came, minus the truth."""
    clock, out = Clock(), []
    for d, t, a in zip(
        device.astype(int).tolist(), true, arrival.astype(int).tolist(), strict=True
    ):
        clock.add(d, a)
        out.append(clock.host_ns(d) - t)
    return np.array(out)[true > after_s * 1e9] / 1e6


@pytest.mark.parametrize(
    "how",
    [
        {"interval_s": 0.015, "loss": 0.01},
        {"interval_s": 0.03, "loss": 0.08},
        {"interval_s": 0.03, "loss": 0.08, "fade_every_s": 60.0},
        {"interval_s": 0.05, "loss": 0.2, "fade_every_s": 20.0, "fade_s": 2.0},
        {"interval_s": 0.05, "loss": 0.08, "fade_every_s": 20.0, "packet_s": 1.1228},
    ],
    ids=["clean", "lossy", "a fade a minute", "fades of 2 s", "a packet a second"],
)
def test_fades_and_losses_move_the_time_of_samples_by_less_than_a_millisecond(
    how: dict[str, float],
) -> None:
    # One packet in 1.1 s shows the least delay of its link slowly: a usual run is looked at.
    off = residuals_ms(*link(5, 30 if "packet_s" in how else 6, **how))
    assert off.std() < 1.0
    assert -1 < off.mean() < 12  # the least delay of the link itself cannot be seen


def test_round_trips_halve_what_the_least_delay_of_the_link_hides() -> None:
    interval_ns = 30e6
    device, true, arrival = link(1, 5, interval_s=0.03, loss=0.08)
    hull, both = Clock(), Clock()
    rng = np.random.default_rng(7)
    for k in range(9):  # asked at any moment, the sensor hears of it with the next event
        sent = k * 50e6 + rng.uniform(0, 30e6)
        heard = np.ceil(sent / interval_ns) * interval_ns + 500_000
        both.floor(int(heard * (1 + 35e-6) + 1234.5e9), int(sent))
    off = []
    for d, t, a in zip(
        device.astype(int).tolist(), true, arrival.astype(int).tolist(), strict=True
    ):
        hull.add(d, a)
        both.add(d, a)
        off.append((hull.host_ns(d) - t, both.host_ns(d) - t))
    one_way, middle = np.array(off)[true > 60e9].T / 1e6
    assert one_way.mean() > 2
    assert abs(middle.mean()) < 0.75 * one_way.mean()
    assert middle.std() < 1.0
    assert both.open_ns is not None
    assert abs(middle.mean()) < both.open_ns / 1e6 + 0.5
    assert hull.open_ns is None


def test_round_trips_across_a_clock_that_was_set_are_not_believed() -> None:
    clock = Clock()
    clock.floor(0, 0)  # before it was set
    clock.floor(1_700_000_000 * S, 5_000_000_000)  # of another recording: later than what follows
    for k in range(20):
        clock.add((1_700_000_000 + k) * S, k * S + 3_000_000)
    assert clock.open_ns is None
    assert clock.host_ns(1_700_000_010 * S) == 10 * S + 3_000_000


def test_the_drift_of_the_crystal_is_found() -> None:
    clock = Clock()
    device, _, arrival = link(1, 6, interval_s=0.03, loss=0.08, ppm=80)
    for d, a in zip(device, arrival, strict=True):
        clock.add(int(d), int(a))
    assert clock.slope_ppm == pytest.approx(-80, abs=2)


def test_a_slope_no_quartz_has_is_not_believed() -> None:
    clock = Clock()
    for k in range(100):
        clock.add(k * S, k * S + k * 1_000_000)  # 1000 ppm
    assert clock.slope_ppm == pytest.approx(MAX_SLOPE * 1e6)


def test_the_first_seconds_use_a_low_percentile_of_the_delays() -> None:
    clock = Clock()
    for k, delay_ms in enumerate((90, 30, 30, 31, 32)):
        clock.add(k * S, k * S + delay_ms * 1_000_000)
    assert not clock.settled
    assert clock.host_ns(5 * S) == 5 * S + 30_000_000


def test_a_clock_without_a_pair_says_so() -> None:
    with pytest.raises(ValueError, match="at least one pair"):
        Clock().host_ns(0)
