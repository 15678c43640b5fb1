"""Athletes with something to see on every page, for the tests of the pages and the pictures."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.request import Request, urlopen

from catfoot.ingest.files import fitwriter as fw

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
