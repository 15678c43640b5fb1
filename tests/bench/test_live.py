"""From a packet in bleak's callback to the message at a viewer, over virtual Bluetooth.

Two pods at 200 Hz, four samples a packet, as in a run; the collector sends to a server over a
WebSocket, a viewer listens on another. Everything shares one process and one event loop, so
the figures hold what two pods, collector, server and viewer cost together.
"""

import asyncio
import json
import resource
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from websockets.asyncio.client import connect

from catfoot.collect import Plan, collect
from catfoot.config import Settings, open_stores
from catfoot.ingest.files.podlog import recording_of
from catfoot.ingest.source import Decoded
from catfoot.ingest.virtual.air import Air
from catfoot.ingest.virtual.backend import radio
from catfoot.ingest.virtual.pod import VirtualPod
from catfoot.signal import synth
from catfoot.store.raw import RawStore
from catfoot.training.entries import Person
from catfoot.uplink import RemoteSink, Server
from tests.running import run
from tests.test_uplink import free_port, serving

SECONDS = 8.0

pytestmark = pytest.mark.radio


def recording(side: Any) -> bytes:
    made = synth.runner(SECONDS + 2, side=side, sensor=synth.Sensor(rate_hz=200))
    decoded = Decoded(format="m", device="m", started_at=None, blocks=(made.block,))
    return recording_of(decoded, side=side, demo=True)


async def watched(tmp_path: Path) -> tuple[list[float], float, dict[str, Any]]:
    """Latency of every snapshot in ms, CPU seconds a second, and the last snapshot."""
    port, delays_ms, shown = free_port(), [], {}
    tapes = {"left": recording("left"), "right": recording("right")}
    here, there = RawStore(tmp_path / "here"), Settings(data=tmp_path / "there")
    with open_stores(there) as stores:
        whose = stores.logbook.add_person(Person(name="Ada"))
    async with (
        serving(there, port),
        Air() as air,
        VirtualPod(air, [tapes["left"]], address="F0:CA:7F:00:00:01"),
        VirtualPod(air, [tapes["right"]], address="F0:CA:7F:00:00:02"),
        RemoteSink(Server(f"http://127.0.0.1:{port}", whose), here) as sink,
        connect(f"ws://127.0.0.1:{port}/api/v1/athletes/{whose}/live") as viewer,
    ):
        bluetooth = radio(await air.device("collector", "C0:CA:7F:00:00:00"))
        plan = Plan(athlete=whose, seconds=SECONDS, listen_s=0.3)
        collecting = asyncio.create_task(collect(plan, sink, bluetooth))
        begun, cpu, share = None, 0.0, 0.0
        while True:
            shown = json.loads(await viewer.recv())
            arrived = [f["received_at_ns"] for f in shown["feet"].values()]
            states = {f["state"] for f in shown["feet"].values()}
            if "closed" in states:
                break
            if all(arrived):
                delays_ms.append((time.time_ns() - max(arrived)) / 1e6)
            if begun is None:
                begun, cpu = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_utime
            used = resource.getrusage(resource.RUSAGE_SELF).ru_utime - cpu
            share = used / max(1e-9, time.monotonic() - begun)
        await collecting
    return delays_ms, share, shown


def test_packet_to_viewer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], benchmark: BenchmarkFixture
) -> None:
    delays_ms, share, shown = benchmark.pedantic(  # type: ignore[no-untyped-call]
        lambda: run(watched(tmp_path)), rounds=1, iterations=1
    )
    feet = shown["feet"].values()
    with capsys.disabled():
        print(
            f"\npacket received -> WebSocket message: median {np.median(delays_ms):.1f} ms,"
            f" p99 {np.percentile(delays_ms, 99):.1f} ms, {len(delays_ms)} messages;"
            f" {share:.0%} of a core for 2 pods, collector, server and viewer;"
            f" lost {max(f['lost_frac'] for f in feet):.1%}"
        )
    assert np.median(delays_ms) < 50
    assert max(f["lost_frac"] for f in feet) == 0
