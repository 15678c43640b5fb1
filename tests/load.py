"""What the server bears, on loopback and bounded: ``python -m tests.load``.

Two things that one person must not make another wait for: the delay of the event loop while eight
FIT files are worked on, and what a page asks of a team. Each is printed beside its bar; a bar that
is missed ends with exit code 1.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from catfoot.api.server import open_port, server
from catfoot.config import Settings
from catfoot.training.entries import Person
from catfoot.training.example import ten_weeks

from .api.webdata import fit

FILES, TEAM, ASKED = 8, 200, 30
TICK_S = 0.005
#: ms: loop delay p99, a run p99, an hour's chart p99, the team warm p99.
BARS = {"loop": 20.0, "own": 20.0, "run": 10.0, "chart": 25.0, "team": 150.0}


def main() -> int:
    """Measure everything; return how many bars were missed."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), port=0)
        found = asyncio.run(_measured(settings))
    missed = 0
    for name, (what, values) in found.items():
        ordered = sorted(values)
        middle, late = (ordered[int(q * (len(ordered) - 1))] for q in (0.5, 0.99))
        missed += late > BARS[name]
        print(
            f"{what}: p50 {middle:.1f} ms, p99 {late:.1f} ms (bar {BARS[name]:g}, n {len(ordered)})"
        )
    return missed


async def _measured(settings: Settings) -> dict[str, tuple[str, list[float]]]:
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
        working = asyncio.gather(*(aside(partial(_imported, path, i)) for i in range(FILES)))
        delays, busy = await _delays(working)
        run = (await aside(lambda: _ask(f"{path}/runs?limit=1")))["items"][0]["id"]
        await aside(lambda: _fill(running))
        found = {
            "loop": (f"event loop late while {FILES} FIT files are worked on", delays),
            "own": ("of which the loop's own CPU time", busy),
        }
        for name, what, url in (
            ("run", "one run", f"{path}/runs/{run}"),
            ("chart", "one hour's chart", f"{path}/runs/{run}/chart"),
            ("team", f"team of {TEAM}, warm", f"{address}/api/v1/team"),
        ):
            found[name] = (what, await aside(partial(_times, url)))
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


def _imported(path: str, i: int) -> None:
    """Send one hour as a FIT file and wait until it is a run."""
    data = fit(datetime(2026, 3, 1, 7, tzinfo=UTC) + timedelta(days=i), seconds=3600)
    job = _ask(f"{path}/recordings?name=run{i}.fit", data)
    while job["state"] in ("waiting", "working"):
        time.sleep(0.05)
        job = _ask(f"{path}/jobs/{job['id']}")
    assert job["state"] == "done", job


def _fill(running: Any) -> None:
    """Write a team down: demo athletes with their runs and check-ins of four weeks."""
    logbook = running.config.app.state.stores.logbook
    today = datetime.now(UTC).date()
    for i in range(TEAM - 1):
        person, *entries = ten_weeks(today, i)
        assert isinstance(person, Person)
        athlete = logbook.add_person(Person(name=f"Athlete {i}"))
        for entry in entries:
            day: date = getattr(entry, "day", today)
            if today - day < timedelta(days=14):
                logbook.add(athlete, entry)


def _times(url: str) -> list[float]:
    _ask(url)  # once, so that it is warm
    times = []
    for _ in range(ASKED):
        begun = time.perf_counter()
        _ask(url)
        times.append((time.perf_counter() - begun) * 1000)
    return times


def _ask(url: str, body: dict[str, Any] | bytes | None = None) -> Any:
    kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    with urlopen(Request(url, data, {"Content-Type": kind}), timeout=120) as answer:
        return json.load(answer)


if __name__ == "__main__":
    sys.exit(main())
