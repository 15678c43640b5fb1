"""Athletes with something to see on every page, for the tests of the pages and the pictures."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.request import Request, urlopen

from catfoot.ingest.files import fitwriter as fw
from catfoot.ingest.files.podlog import recording_of
from catfoot.ingest.records import MARKER, Event, encode_event
from catfoot.ingest.source import Decoded
from catfoot.signal import synth
from catfoot.sync import import_bytes

from .browser import NOW, Served

FIT_EPOCH = datetime.fromisoformat("1989-12-31T00:00:00+00:00")


def fit(start: datetime, seconds: int = 1500, strides_per_min: int = 82) -> bytes:
    """A watch's run of that length: 3 m/s, contact 250 ms."""
    begun_s = int((start - FIT_EPOCH).total_seconds())
    return fw.steady_run(begun_s, seconds, strides_per_min=strides_per_min)


def ask(served: Served, path: str, value: Any = None, raw: bytes | None = None) -> Any:
    """Ask the API as a program would: GET without a body, POST with one."""
    data = raw if raw is not None else None if value is None else json.dumps(value).encode()
    kind = "application/octet-stream" if raw is not None else "application/json"
    request = Request(f"{served.address}{path}", data, {"Content-Type": kind})
    with urlopen(request) as answer:
        return json.load(answer)


def recorded(served: Served, athlete: str, start: datetime, name: str = "run.fit") -> str:
    """Upload a watch's run and wait for it; return the run's id."""
    home = f"/api/v1/athletes/{athlete}"
    job = ask(served, f"{home}/recordings?name={name}", raw=fit(start))
    while job["state"] in ("waiting", "working"):
        job = ask(served, f"{home}/jobs/{job['id']}")
    assert job["state"] == "done", job
    newest: str = ask(served, f"{home}/runs?limit=1")["items"][0]["id"]
    return newest


def podded(served: Served, athlete: str, start: datetime, parts: Any, seed: int = 0) -> str:
    """Store what two pods recorded of a run; of long ones the middle minute of the left is lost.

    ``parts`` are gaits and seconds; each new one is marked, as a lap. Returns the run's id.
    """
    run = ""
    for side in ("left", "right"):
        made = synth.going(parts, side=side, seed=seed + (side == "right"))
        block, n = made.block, len(made.block.t_ns)
        lost = side == "left" and n > 30_000
        blocks = (block[: n // 2], block[n // 2 + 3000 :]) if lost else (block,)
        decoded = Decoded(format="m", device="m", started_at=start, blocks=blocks)
        tape = recording_of(decoded, side=side, place="lace", device="catfoot pod", demo=True)
        at_s = 2.0
        for _, seconds in parts[:-1]:
            at_s += seconds
            tape += encode_event(Event(what=MARKER, at_ns=int(at_s * 1e9)))
        run = import_bytes(served.app.state.stores, athlete, tape, f"{side}.catpod").run or run
    return run


def trained(served: Served, athlete: str, start: datetime = NOW - timedelta(hours=3)) -> str:
    """Store a run of two pods with laps, a walk break and a gap, after six that make a usual."""
    easy = synth.RUN
    for back in range(7, 1, -1):
        podded(served, athlete, start - timedelta(days=back), [(easy, 40.0)], seed=back * 10)
    fast = replace(easy, cadence_spm=178.0, gct_s=0.215, speed_mps=3.9, asymmetry=0.05)
    tired = replace(easy, gct_s=0.262, touchdown_mps=1.45, fatigue=0.1, asymmetry=0.04)
    parts = [(easy, 150.0), (fast, 100.0), (synth.WALK, 45.0), (tired, 160.0)]
    return podded(served, athlete, start, parts, seed=3)


def lived_in(served: Served) -> str:
    """Write down a demo athlete with ten weeks, a recorded run, and plans; return the id."""
    athlete = served.demo()
    recorded(served, athlete, NOW - timedelta(minutes=40))
    home = f"/api/v1/athletes/{athlete}"
    for days, kind, metres in ((1, "easy", 8000), (3, "key", 10_000), (6, "easy", 14_000)):
        plan = {"day": (NOW.date() + timedelta(days)).isoformat(), "kind": kind}
        ask(served, f"{home}/planned-runs", plan | {"distance_m": metres})
    away = {"day": "2026-01-20", "until": "2026-01-25", "state": "not_running"}
    ask(served, f"{home}/availability", away)
    return athlete
