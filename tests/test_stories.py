"""The three walks that must feel effortless, through HTTP and virtual Bluetooth.

The server is the real one, in a process of its own, with its pool; the pods speak through a
Bluetooth protocol stack and bleak.
"""

import asyncio
import json
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from catfoot.collect import Plan, collect
from catfoot.config import Settings
from catfoot.demo import FEET, collect_both, pod_recordings, server, write_history
from catfoot.ingest.virtual.air import Air
from catfoot.ingest.virtual.backend import radio
from catfoot.ingest.virtual.pod import VirtualPod
from catfoot.signal import synth
from catfoot.store.raw import RawStore
from catfoot.uplink import RemoteSink, Server
from tests import running

TODAY = datetime.now(UTC).date()  # the server's own idea of today, which flags are shown for


class Client:
    """What a page or a program does: JSON over HTTP."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            return json.load(answer)

    def post(self, path: str, body: object) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        request = urllib.request.Request(self.url + path, data, {"Content-Type": kind})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def until(self, path: str, true: Any, seconds: float = 60) -> Any:
        """Ask until the answer is as expected; the deadline is for a server that is broken."""
        deadline = time.monotonic() + seconds
        while not true(answer := self.get(path)):
            assert time.monotonic() < deadline, f"{path} stayed at {answer}"
            time.sleep(0.05)
        return answer


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data=tmp_path_factory.mktemp("data"), host="127.0.0.1", port=0)


@pytest.fixture(scope="module")
def robin(settings: Settings) -> str:
    """A made-up runner with ten weeks of history."""
    return write_history(settings, TODAY)


@pytest.fixture(scope="module")
def client(settings: Settings, robin: str) -> Iterator[Client]:
    with server(settings) as url:
        yield Client(url)


def shoe_csv() -> bytes:
    """A minute of running as a shoe IMU's CSV, with its units in the names."""
    block = synth.runner(60, seed=4).block
    rows = ["time_s,acc_x_mps2,acc_y_mps2,acc_z_mps2,gyr_x_radps,gyr_y_radps,gyr_z_radps"]
    assert block.gyr is not None
    for t_ns, acc, gyr in zip(block.t_ns, block.acc, block.gyr, strict=True):
        rows.append(",".join(f"{x:.6f}" for x in (t_ns / 1e9, *acc, *gyr)))
    return "\n".join(rows).encode()


@pytest.mark.row("G01")
def test_a_runner_after_a_run_drops_a_file_and_reads_one_sentence(client: Client) -> None:
    ada = client.post("/api/v1/athletes", {"name": "ada"})["id"]
    path = f"/api/v1/athletes/{ada}/recordings?name=shoe.csv&start={TODAY}T06:30:00Z&side=left"
    job = client.post(path, shoe_csv())
    done = client.until(job["location"], lambda j: j["state"] not in ("waiting", "working"))
    assert done["state"] == "done", done["error"]

    (run,) = client.get(f"/api/v1/athletes/{ada}/runs")["items"]
    numbers = run["numbers"]
    assert numbers["cadence_spm"] == pytest.approx(168, abs=1)  # synth's easy run
    assert numbers["gct_ms"] == pytest.approx(245, abs=15)
    assert {numbers["cadence_grade"], numbers["gct_grade"]} <= set("ABC")
    today = client.get(f"/api/v1/athletes/{ada}/today")
    assert "." in today["sentence"]

    again = client.until(
        client.post(path, shoe_csv())["location"],
        lambda j: j["state"] not in ("waiting", "working"),
    )
    assert again["state"] == "already"
    assert len(client.get(f"/api/v1/athletes/{ada}/runs")["items"]) == 1


@pytest.mark.radio
@pytest.mark.row("G03", "B06")
def test_a_runner_on_one_leg_sees_the_ankle_move(client: Client, tmp_path: Path) -> None:
    eve = client.post("/api/v1/athletes", {"name": "eve"})["id"]

    async def drill() -> list[dict[str, Any]]:
        stop = asyncio.Event()
        async with (
            Air() as air,
            VirtualPod(air, [pod_recordings("left", 5)[1]], name="pod", loop=True),
            RemoteSink(Server(client.url, eve), RawStore(tmp_path)) as sink,
            connect(client.url.replace("http", "ws") + f"/api/v1/athletes/{eve}/live") as viewer,
            asyncio.TaskGroup() as tasks,
        ):
            central = radio(await air.device("collector", "F0:CA:7F:00:00:0F"))
            tasks.create_task(collect(Plan(athlete=eve, mode="drill"), sink, central, stop=stop))
            seen: list[dict[str, Any]] = []
            async with asyncio.timeout(60):
                while len(seen) < 20:
                    snapshot = json.loads(await viewer.recv())
                    if (foot := snapshot["feet"].get("left")) and foot["sway"]:
                        seen.append(snapshot)
            stop.set()
        return seen

    seen = running.run(drill(), 90)
    assert {snapshot["mode"] for snapshot in seen} == {"drill"}
    assert all(snapshot["demo"] for snapshot in seen)
    rolls = {snapshot["feet"]["left"]["sway"]["roll_deg"] for snapshot in seen}
    assert len(rolls) > 5


@pytest.mark.row("D19", "D20")
def test_a_coach_sees_flags_with_evidence_beside_strength_and_answers(
    client: Client, robin: str
) -> None:
    today = client.get(f"/api/v1/athletes/{robin}/today")
    flags = today["flags"]
    assert {flag["rule"] for flag in flags} == {"F01", "F03", "F09"}
    for flag in flags:
        assert flag["because"]
        assert all(e["unit"] and e["n"] for e in flag["because"])
        assert flag["footer"] == "Pattern in your own data, not a medical assessment."

    timeline = client.get(f"/api/v1/athletes/{robin}/timeline")
    days = timeline["days"]
    assert sum(len(day["runs"]) for day in days) > 30
    assert sum(len(day["strength"]) for day in days) > 10
    assert all(item["demo"] for day in days for item in day["runs"] + day["strength"])
    assert any(flag["rule"] == "F01" for day in days for flag in day["flags"])

    first = next(flag for flag in flags if flag["rule"] == "F01")
    answer = {"rule": "F01", "first_day": first["first_day"], "answer": "seen"}
    client.post(f"/api/v1/athletes/{robin}/flag-answers", answer)
    (kept,) = client.get(f"/api/v1/athletes/{robin}/flag-answers")["items"]
    assert kept["answer"] == "seen"


@pytest.mark.radio
@pytest.mark.row("G01")
def test_two_pods_run_close_by_themselves_and_become_one_stored_run(
    client: Client, robin: str, tmp_path: Path
) -> None:
    before = client.get(f"/api/v1/athletes/{robin}/runs?limit=200")["items"]

    async def demo() -> None:
        said: asyncio.Queue[str] = asyncio.Queue()
        url = client.url
        tapes = [pod_recordings(side, 20) for side in FEET]
        work = asyncio.create_task(
            collect_both(url, robin, tmp_path, said.put_nowait, tapes, run_s=20)
        )
        async with asyncio.timeout(90):
            while "closed" not in await said.get():
                pass
        work.cancel()
        await asyncio.wait([work])

    running.run(demo(), 110)
    runs = client.until(
        f"/api/v1/athletes/{robin}/runs?limit=200",
        lambda answer: len(answer["items"]) > len(before),
    )["items"]
    assert len(runs) == len(before) + 1
    run = client.until(
        f"/api/v1/athletes/{robin}/runs/{runs[0]['id']}", lambda run: len(run["recordings"]) == 2
    )
    assert run["demo"]
    assert {recording["side"] for recording in run["recordings"]} == {"left", "right"}
    steps = client.get(f"/api/v1/athletes/{robin}/runs/{run['id']}/steps")
    assert [len(foot["columns"]["gct_s"]) >= 20 for foot in steps["items"]] == [True, True]
