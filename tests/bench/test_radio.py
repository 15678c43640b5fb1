"""What a packet costs: each family's decoder beside a plain struct loop, and two fast pods."""

import resource
import struct
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from catfoot.collect import Plan, collect
from catfoot.feeds import LocalSink
from catfoot.ingest.devices import (
    capture2go,
    dot,
    heartrate,
    movesense,
    openpod,
    polar,
    rsc,
    witmotion,
)
from catfoot.ingest.files.podlog import decode, recording_of
from catfoot.ingest.source import Decoded, Decoder, Notification
from catfoot.ingest.virtual.air import Air
from catfoot.ingest.virtual.backend import radio
from catfoot.ingest.virtual.capture2go import encode
from catfoot.ingest.virtual.pod import VirtualPod
from catfoot.live import Live
from catfoot.signal import synth
from catfoot.signal.imu import ImuBlock
from catfoot.store.raw import RawStore
from tests.ingest.test_clock import link, residuals_ms
from tests.running import run

N = 2000

#: Notifications a second of each family as it is started, from its rate and samples a packet.
RATES = {
    "open pod, 4 samples": 50.0, "movesense, 8 samples": 26.0, "dot, 1 sample": 60.0,
    "witmotion, 1 sample": 100.0, "polar, 57 samples": 2 * 208 / 57, "capture2go, 8 samples": 25.0,
    "rsc": 1.0, "heart rate": 1.0,
}  # fmt: skip


def shaken(n: int) -> ImuBlock:
    rng = np.random.default_rng(1)
    return ImuBlock(
        t_ns=np.arange(n) * 5_000_000, acc=rng.normal(0, 20, (n, 3)), gyr=rng.normal(0, 5, (n, 3)),
        rate_hz=200.0,
    )  # fmt: skip


def polar_frame(k: int) -> bytes:
    head = struct.pack("<BQB", polar.ACC, k * 10**9, 0x81)
    return head + bytes(6) + bytes([10, 56]) + bytes(210)


def families() -> dict[str, tuple[Callable[[], Decoder], str, list[bytes], str]]:
    """Decoder, characteristic, packets, and the layout that a plain loop would unpack."""
    block = shaken(4 * N)
    info = openpod.info_of([block])
    message = bytes(8 * 24)
    return {
        "open pod, 4 samples": (
            lambda: openpod.OpenPodDecoder(info), openpod.DATA,
            list(openpod.packets([block], info)), "<IHBB24h",
        ),
        "movesense, 8 samples": (
            movesense.MovesenseDecoder, movesense.NOTIFY,
            [b"\x02\x63" + struct.pack("<I", round(k * 38.46)) + message for k in range(N)],
            "<BBI48f",
        ),
        "dot, 1 sample": (
            dot.DotDecoder, dot.DATA,
            [struct.pack("<I6f", k * 16_667, 0, 0, 9.8, 1, 2, 3) for k in range(N)], "<I6f",
        ),
        "witmotion, 1 sample": (
            witmotion.WitMotionDecoder, witmotion.NOTIFY, [b"\x55\x61" + bytes(18)] * N, "<BB9h",
        ),
        "polar, 57 samples": (
            polar.PolarDecoder, polar.DATA, [polar_frame(k) for k in range(1, N)], "<BQB218B",
        ),
        "capture2go, 8 samples": (
            capture2go.Capture2GoDecoder, capture2go.NOTIFY,
            [b"\xff" + package for package in encode(shaken(8 * N))], "<BBIBHq48h11B",
        ),
        "rsc": (rsc.RscDecoder, rsc.MEASUREMENT, [bytes.fromhex("040003aa")] * N, "<BHB"),
        "heart rate": (
            heartrate.HeartRateDecoder, heartrate.MEASUREMENT, [bytes.fromhex("1090a201")] * N,
            "<BBH",
        ),
    }  # fmt: skip


@pytest.mark.parametrize("name", families())
def test_decoder(name: str, benchmark: BenchmarkFixture) -> None:
    make, uuid, frames, layout = families()[name]
    packets = [Notification("p", uuid, data, k * 20_000_000) for k, data in enumerate(frames)]

    def feed() -> None:
        decoder = make()
        for packet in packets:
            decoder.feed(packet)

    plain = min(_cpu_s(lambda: [struct.unpack(layout, data) for data in frames]) for _ in range(5))
    benchmark(feed)
    ours = min(_cpu_s(feed) for _ in range(5))
    ours_us, plain_us = ours / len(frames) * 1e6, plain / len(frames) * 1e6
    benchmark.extra_info |= {"us_per_packet": ours_us, "struct_us": plain_us}
    print(
        f"\n{name}: {ours_us:.1f} us a packet ({1e6 / ours_us:,.0f}/s), a bare struct.unpack"
        f" {plain_us:.2f} us; at its {RATES[name]:.0f} a second {ours_us * RATES[name] / 1e4:.2f} %"
        " of a core"
    )


def _cpu_s(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def test_how_many_notifications_a_second_pass_the_whole_path(tmp_path: Path) -> None:
    """Pod, two protocol stacks, bleak, log, decoder and analysis, as fast as they go."""
    decoded = Decoded(format="m", device="m", started_at=None, blocks=(shaken(16_000),))
    tape = recording_of(decoded, side="left")

    async def work() -> int:
        stores: Any = SimpleNamespace(raw=RawStore(tmp_path))
        async with (
            Air() as air,
            Live(stores, lambda *_: None) as live,
            VirtualPod(air, [tape], own_pace=False),
        ):
            plan = Plan(athlete="a" * 32, listen_s=0.3)
            central = radio(await air.device("collector", "C0:CA:7F:00:00:00"))
            (content,) = await collect(plan, LocalSink(live, plan.athlete), central)
        return sum(map(len, decode(stores.raw.read(plan.athlete, content), "x").blocks))

    usage = resource.getrusage(resource.RUSAGE_SELF)
    before = usage.ru_utime + usage.ru_stime
    got = run(work(), 90.0)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = usage.ru_utime + usage.ru_stime - before
    print(f"\n4000 notifications of 4 samples: {4000 / cpu_s:,.0f} a second of one core")
    assert got == 16_000


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("CI 15, 1 %", {"interval_s": 0.015, "loss": 0.01}),
        ("CI 30, 8 %", {"interval_s": 0.03, "loss": 0.08}),
        ("CI 30, 0.6 s fade a minute", {"interval_s": 0.03, "loss": 0.08, "fade_every_s": 60.0}),
        ("CI 50, 20 %, 2 s fade in 20 s",
         {"interval_s": 0.05, "loss": 0.2, "fade_every_s": 20.0, "fade_s": 2.0}),
        ("1 s batches", {"interval_s": 0.05, "loss": 0.08, "fade_every_s": 20.0,
                         "packet_s": 1.1228}),
    ],
)  # fmt: skip
def test_half_an_hour_of_a_devices_clock(name: str, how: dict[str, float]) -> None:
    off = residuals_ms(*link(11, 30, **how))
    print(
        f"\n{name}: residual SD {off.std():.2f} ms, peak to peak {np.ptp(off):.1f} ms,"
        f" bias {off.mean():.1f} ms"
    )
    assert off.std() <= 1.0


def test_two_pods_at_416_hz_lose_nothing(tmp_path: Path, benchmark: BenchmarkFixture) -> None:
    seconds = 6.0
    made = synth.runner(seconds, sensor=synth.Sensor(rate_hz=416)).block
    decoded = Decoded(format="m", device="m", started_at=None, blocks=(made,))
    tapes = [recording_of(decoded, side=side, per_packet=8) for side in ("left", "right")]

    async def work() -> list[int]:
        stores: Any = SimpleNamespace(raw=RawStore(tmp_path))
        async with (
            Air() as air,
            Live(stores, lambda *_: None) as live,
            VirtualPod(air, [tapes[0]], address="F0:CA:7F:00:00:01"),
            VirtualPod(air, [tapes[1]], address="F0:CA:7F:00:00:02"),
        ):
            plan = Plan(athlete="a" * 32, listen_s=0.3)
            central = radio(await air.device("collector", "C0:CA:7F:00:00:00"))
            contents = await collect(plan, LocalSink(live, plan.athlete), central)
        kept = [decode(stores.raw.read(plan.athlete, content), "x") for content in contents]
        return [sum(map(len, one.blocks)) for one in kept]

    before = resource.getrusage(resource.RUSAGE_SELF)
    got = benchmark.pedantic(  # type: ignore[no-untyped-call]
        lambda: run(work(), 60.0), rounds=1, iterations=1
    )
    after = resource.getrusage(resource.RUSAGE_SELF)
    stats: Any = benchmark.stats
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"\n2 pods x 416 Hz: {got} of {len(made)} samples each, {cpu_s / stats.stats.total:.0%}"
          " of a core for pods, stack, collector, analysis and disk")  # fmt: skip
    assert got == [len(made)] * 2
