"""What the server bears, on loopback and bounded: ``python -m tests.load``.

The delay of the event loop while eight FIT files are worked on; one run, its chart and a team
of 200 with five million rows stored; thirty live runners beside thirty viewers and a polling
coach; a thousand watch runs and twenty hours of IMU queued at a server that is killed twice. Each
is printed beside its bar; a bar that is missed ends with exit code 1. ``--share 0.05`` measures
a twentieth of it, which proves the tool and no bar.
"""

import argparse
import asyncio
import json
import math
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import numpy as np

from catfoot.api.server import open_port, server
from catfoot.config import Settings
from catfoot.signal.tables import STEP, empty
from catfoot.store.series import SeriesKey
from catfoot.training.entries import Person
from catfoot.training.example import ten_weeks

from . import load_live, load_queue
from .api.webdata import fit

FILES, TEAM, ASKED = 8, 200, 30
ROWS, ROWS_OF_A_RUN = 5_000_000, 5_000
RUNNERS, LIVE_S = 30, 60.0
FITS, HOURS, QUEUE_S = 1000, 20, 3600.0
TICK_S = 0.005
BEGUN = datetime(2026, 3, 1, 7, tzinfo=UTC)
#: What the machine does to a process that only waits, until its input ends.
BESIDE = """
import json, select, sys, time
tick_s, late_ms = float(sys.argv[1]), []
while True:
    begun_s = time.perf_counter()
    if select.select([sys.stdin], [], [], tick_s)[0]:
        break
    late_ms.append((time.perf_counter() - begun_s - tick_s) * 1000)
print(json.dumps(late_ms))
"""
#: ms: loop delay p99, a run p99, an hour's chart p99, the team warm p99, a live snapshot p99.
BARS = {
    "loop": 20.0,
    "own": 20.0,
    "run": 10.0,
    "chart": 25.0,
    "team": 150.0,
    "live": 60.0,
    "machine": math.inf,
}
LIVE_P50_MS, LIVE_CORES = 15.0, 1.0


def main() -> int:
    """Measure everything; return how many bars were missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description="What is borne.")
    parser.add_argument("--share", type=float, default=1.0, help="of everything, 0 to 1")
    share: float = parser.parse_args().share
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), port=0)
        found = asyncio.run(_measured(settings, share))
    missed = sum(_told(name, what, values) for name, (what, values) in found.items())
    return missed + _live(share) + _queue(share)


def _told(name: str, what: str, values: list[float]) -> int:
    ordered = sorted(values)
    middle, late = (ordered[int(q * (len(ordered) - 1))] for q in (0.5, 0.99))
    bar, n = BARS[name], len(ordered)
    print(f"{what}: p50 {middle:.1f} ms, p99 {late:.1f} ms (bar {bar:g}, n {n})", flush=True)
    return late > bar


def _live(share: float) -> int:
    runners = max(1, round(RUNNERS * share))
    with tempfile.TemporaryDirectory() as folder:
        borne = load_live.bear(Path(folder), runners, max(5.0, LIVE_S * share))
    what = f"{runners} live runners, notification in to snapshot out"
    missed = _told("live", what, borne.late_ms)
    middle = float(np.median(borne.late_ms))
    print(f"  p50 bar {LIVE_P50_MS:g} ms: {middle:.1f}")
    print(f"  the server's CPU: {borne.cores:.2f} cores (bar {LIVE_CORES:g})")
    print(f"  a coach who polls waits {max(borne.team_ms):.0f} ms at most")
    print(f"  {borne.recordings} recordings, {borne.missing} not what was sent (bar 0)", flush=True)
    whole = borne.recordings == 2 * runners and not borne.missing
    return missed + (middle > LIVE_P50_MS) + (borne.cores > LIVE_CORES) + (not whole)


def _queue(share: float) -> int:
    sent = list(load_queue.files(max(3, round(FITS * share)), max(1, round(HOURS * share))))
    with tempfile.TemporaryDirectory() as folder:
        found = load_queue.queue(Path(folder), sent, limit_s=QUEUE_S)
    print(
        f"{len(sent)} files queued, server killed {found.kills} times:"
        f" {len(found.lost)} lost (bar 0), {found.seconds:.0f} s"
    )
    return bool(found.lost) + (len(found.states) < len(sent))


async def _measured(settings: Settings, share: float) -> dict[str, tuple[str, list[float]]]:
    own = open_port(settings)
    address = f"http://127.0.0.1:{own.getsockname()[1]}"
    running = server(settings, address)
    serving = asyncio.create_task(running.serve(sockets=[own]))
    while not running.started:
        await asyncio.sleep(TICK_S)
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(FILES) as threads:

        def aside(work: Callable[[], Any]) -> "asyncio.Future[Any]":
            return loop.run_in_executor(threads, work)

        ada = (await aside(lambda: _ask(f"{address}/api/v1/athletes", {"name": "Ada"})))["id"]
        path = f"{address}/api/v1/athletes/{ada}"
        sent = [fit(BEGUN + timedelta(days=i), seconds=3600) for i in range(FILES)]
        working = asyncio.gather(*(aside(partial(_imported, path, data)) for data in sent))
        beside = await asyncio.create_subprocess_exec(
            sys.executable, "-c", BESIDE, str(TICK_S), stdout=PIPE, stdin=PIPE
        )
        delays, busy = await _delays(working)
        machine = json.loads((await beside.communicate(b""))[0])
        run = (await aside(lambda: _ask(f"{path}/runs?limit=1")))["items"][0]["id"]
        await aside(lambda: _fill(running, round(TEAM * share), round(ROWS * share)))
        found = {
            "loop": (f"event loop late while {FILES} FIT files are worked on", delays),
            "own": ("of which the loop's own CPU time", busy),
            "machine": ("beside it a process that only waits, as late", machine),
        }
        for name, what, url in (
            ("run", "one run", f"{path}/runs/{run}"),
            ("chart", "one hour's chart", f"{path}/runs/{run}/chart"),
            (
                "team",
                f"team of {round(TEAM * share)}, warm, {round(ROWS * share):,} rows stored",
                f"{address}/api/v1/team",
            ),
        ):
            times, cpu_ms = await aside(partial(_times, url))
            found[name] = (f"{what} ({cpu_ms:.1f} ms of CPU with the client's)", times)
    running.should_exit = True
    await serving
    return found


async def _delays(working: "asyncio.Future[Any]") -> tuple[list[float], list[float]]:
    """Return how much later than asked the loop came back, in ms, until the work is done.

    Beside it the loop's own CPU time in each wait, which a busy machine does not change.
    """
    delays, own = [], []
    while not working.done():
        begun, worked = time.perf_counter(), time.thread_time()
        await asyncio.sleep(TICK_S)
        delays.append((time.perf_counter() - begun - TICK_S) * 1000)
        own.append((time.thread_time() - worked) * 1000)
    await working
    return delays, own


def _imported(path: str, data: bytes) -> None:
    """Send one hour as a FIT file and wait until it is a run."""
    job = _ask(f"{path}/recordings?name=run.fit", data)
    while job["state"] in ("waiting", "working"):
        time.sleep(0.25)
        job = _ask(f"{path}/jobs/{job['id']}")
    assert job["state"] == "done", job


def _fill(running: Any, team: int, rows: int) -> None:
    """Write a team down: demo athletes with two weeks, and so many steps among them all."""
    stores = running.config.app.state.stores
    today = datetime.now(UTC).date()
    tables = rows // ROWS_OF_A_RUN
    for i in range(team - 1):
        person, *entries = ten_weeks(today, i)
        assert isinstance(person, Person)
        athlete = stores.logbook.add_person(Person(name=f"Athlete {i}"))
        for entry in entries:
            day: date = getattr(entry, "day", today)
            if today - day < timedelta(days=14):
                stores.logbook.add(athlete, entry)
        for k in range(tables * i // (team - 1), tables * (i + 1) // (team - 1)):
            stores.series.write(_key(athlete, k), {"step": _steps(k)})


def _key(athlete: str, k: int) -> SeriesKey:
    origin_ns = 1_700_000_000_000_000_000 + k * 10**13
    return SeriesKey(
        athlete=athlete, run=f"{k:032x}", recording=f"{k:032x}", side="left", rev=1,
        origin_ns=origin_ns,
    )  # fmt: skip


def _steps(seed: int) -> Any:
    rng, table = np.random.default_rng(seed), empty(STEP, ROWS_OF_A_RUN)
    table["ic_ns"] = np.arange(ROWS_OF_A_RUN) * 700_000_000
    for name in STEP.names or ():
        if STEP[name].kind == "f":
            table[name] = np.round(rng.normal(0.25, 0.02, ROWS_OF_A_RUN), 4)
    return table


def _times(url: str) -> tuple[list[float], float]:
    """Return how long each answer took, in ms, and the CPU time of the quickest."""
    _ask(url)  # once, so that it is warm
    times, worked = [], []
    for _ in range(ASKED):
        begun, cpu = time.perf_counter(), time.process_time()
        _ask(url)
        times.append((time.perf_counter() - begun) * 1000)
        worked.append((time.process_time() - cpu) * 1000)
    return times, min(worked)


def _ask(url: str, body: dict[str, Any] | bytes | None = None) -> Any:
    kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    with urlopen(Request(url, data, {"Content-Type": kind}), timeout=120) as answer:
        return json.load(answer)


if __name__ == "__main__":
    sys.exit(main())
