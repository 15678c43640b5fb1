"""Files queued at a server that is killed: what was taken is worked on, sooner or later.

The sender does what programs do: it tries again what was not acknowledged. A file is lost where
its upload was answered with a job and that job never ends well.
"""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from catfoot.ingest.files.podlog import recording_of
from catfoot.ingest.records import MAGIC, Header, encode_header, payloads
from catfoot.ingest.source import Decoded
from catfoot.signal import synth

from .api.webdata import fit
from .serverprocess import started

BEGUN = datetime(2020, 1, 1, 7, tzinfo=UTC)
APART = timedelta(hours=3)
WELL = ("done", "already")
POLL_S = 1.0  # the list of a thousand jobs is not free, and the cores are shared with the workers


@dataclass
class Queued:
    """What became of the files: by name, the state of each job that was acknowledged."""

    states: dict[str, str] = field(default_factory=dict)
    kills: int = 0
    seconds: float = 0.0

    @property
    def lost(self) -> list[str]:
        """The files whose job did not end well."""
        return [name for name, state in self.states.items() if state not in WELL]


def files(fits: int, hours: int, hour_s: float = 3600.0) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of so many watch runs of five minutes and IMU files of an hour."""
    rest, head = b"", Header(device="p", profile="openpod", started_at=BEGUN)
    if hours:
        made = synth.runner(hour_s, sensor=synth.Sensor(rate_hz=200))
        decoded = Decoded(format="m", device="m", started_at=BEGUN, blocks=(made.block,))
        tape = recording_of(decoded, side="left", per_packet=10)
        rest = tape[next(payloads(tape, len(MAGIC)))[0] :]
    every = max(1, fits // max(1, hours))
    for i in range(max(fits, hours * every)):
        if i < fits:
            yield f"run{i}.fit", fit(BEGUN + i * APART, seconds=300)
        if i % every == 0 and i // every < hours:
            begun = BEGUN - timedelta(days=1) - i // every * APART
            header = Header(device=head.device, profile=head.profile, started_at=begun, side="left")
            yield f"hour{i // every}.cfpod", encode_header(header) + rest


def queue(folder: Path, sent: list[tuple[str, bytes]], *, limit_s: float, kills: int = 2) -> Queued:
    """Send it all, kill the server ``kills`` times meanwhile, wait until every job has ended."""
    found, begun_s, jobs = Queued(), time.monotonic(), {}
    at = [len(sent) * (k + 1) // (kills + 1) for k in range(kills)]
    with ExitStack() as last:
        server = last.enter_context(started(folder))
        ada = _ask(f"{server[1]}/api/v1/athletes", {"name": "Ada"})["id"]
        home = f"/api/v1/athletes/{ada}"
        for i, (name, data) in enumerate(sent):
            if i in at:
                found.kills += 1
                server[0].kill()  # while its workers are in the middle of something
                server = last.enter_context(started(folder))
            jobs[name] = _sent(f"{server[1]}{home}/recordings?name={name}", data)
        while time.monotonic() - begun_s < limit_s:
            states = {job["id"]: job["state"] for job in _ask(f"{server[1]}{home}/jobs")["items"]}
            found.states = {name: states.get(job, "forgotten") for name, job in jobs.items()}
            if not any(state in ("waiting", "working") for state in found.states.values()):
                break
            time.sleep(POLL_S)
    found.seconds = time.monotonic() - begun_s
    return found


def _sent(url: str, data: bytes) -> str:
    for tries in (2, 1, 0):
        try:
            return str(_ask(url, data)["id"])
        except (URLError, ConnectionError):
            if not tries:
                raise
    raise AssertionError


def _ask(url: str, body: dict[str, Any] | bytes | None = None) -> Any:
    kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    with urlopen(Request(url, data, {"Content-Type": kind}), timeout=120) as answer:
        return json.load(answer)
