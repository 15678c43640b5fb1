"""Streaming for minutes: what the page keeps does not grow."""

import os
from typing import Any

import pytest

from .browser import Served, foot, opened, snapshot
from .webdata import ask

pytestmark = pytest.mark.browser

# Ten a second: ten minutes are 6000, which CATFOOT_STREAM asks for; two minutes show a leak too.
SNAPSHOTS = int(os.environ.get("CATFOOT_STREAM", "1200"))
WARM = 200  # until code is compiled and the trail of the dial is as long as it gets
GROWTH_BYTES = 200_000  # of a heap of some MB; one kept snapshot of 1 kB each would be 1.2 MB
SWAY = {
    "roll_deg": 6.0,
    "pitch_deg": -2.0,
    "ml_acc_rms_mps2": 0.3,
    "wobbles_medial": 2,
    "wobbles_lateral": 1,
}


def _kept(devtools: Any) -> tuple[int, int]:
    """Return the bytes and the nodes that are left after everything unused went."""
    for _ in range(2):
        devtools.send("HeapProfiler.collectGarbage")
    used = devtools.send("Runtime.getHeapUsage")["usedSize"]
    return int(used), int(devtools.send("Memory.getDOMCounters")["nodes"])


@pytest.mark.timeout(900)
def test_streaming_for_minutes_keeps_no_more_than_streaming_for_seconds(
    server: Served, browser: Any
) -> None:
    athlete = ask(server, "/api/v1/athletes", {"name": "Ada"})["id"]
    with opened(browser) as watched:
        page = watched.page
        page.goto(f"{server.address}/?athlete={athlete}", wait_until="networkidle")
        devtools = page.context.new_cdp_session(page)

        def stream(first: int, last: int) -> None:
            for n in range(first, last):
                drill = n % 100 < 50  # the dial comes and goes
                feet = {
                    side: foot(80.0 + n % 7, SWAY | {"roll_deg": float(n % 5)} if drill else None)
                    for side in ("left", "right")
                }
                mode = "drill" if drill else "run"
                server.publish(athlete, snapshot(athlete, n, feet, mode))
                page.wait_for_function(
                    "n => document.getElementById('feet').dataset.n === n", arg=str(n)
                )

        stream(0, WARM)
        before, nodes = _kept(devtools)
        stream(WARM, WARM + SNAPSHOTS)
        after, more = _kept(devtools)
    print(f"\n{SNAPSHOTS} snapshots: {before} B to {after} B, {nodes} to {more} nodes")
    assert after - before <= GROWTH_BYTES
    assert more - nodes <= 50
