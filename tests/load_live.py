"""Runners live beside a polling coach, against a server process of its own, on loopback.

Each runner wears two pods at 200 Hz, ten samples a notification, and has a viewer. How late a
snapshot is counts from the newest notification in it, as its sender stamped it, to the viewer.
"""

import asyncio
import hashlib
import json
import os
import struct
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from websockets.asyncio.client import ClientConnection, connect

from catfoot.ingest.files.podlog import recording_of
from catfoot.ingest.records import MAGIC, NOTIFICATION, OFFSET, payloads, record_of
from catfoot.ingest.source import Decoded
from catfoot.signal import synth

from .serverprocess import started

RATE_HZ, PER_PACKET = 200, 10
EVERY_S = PER_PACKET / RATE_HZ
POLL_S = 2.0
#: Ninety sockets open at once; what is counted begins when they are.
WARM_S = 2.0
TICKS_HZ = os.sysconf("SC_CLK_TCK")


@dataclass
class Borne:
    """What came of it: snapshots' delays, the coach's waits, CPU, recordings that differ."""

    late_ms: list[float] = field(default_factory=list)
    team_ms: list[float] = field(default_factory=list)
    cores: float = 0.0
    recordings: int = 0
    missing: int = 0


@dataclass
class Tape:
    """What one pod says: the records in front, and the packets to be stamped as they go."""

    head: bytes
    packets: list[bytes]

    def stamped(self, i: int, at_ns: int) -> bytes:
        """Return packet ``i`` as received at that time of the recording."""
        packet = bytearray(self.packets[i])
        struct.pack_into("<q", packet, 2, at_ns)  # behind kind and characteristic
        return record_of(bytes(packet))


def tape(side: Any, seconds: float, begun: datetime) -> Tape:
    """Return what a pod on that foot says of somebody who runs for so long."""
    made = synth.runner(seconds, side=side, sensor=synth.Sensor(rate_hz=RATE_HZ), rest_s=0.5)
    decoded = Decoded(format="m", device="m", started_at=begun, blocks=(made.block,))
    data = recording_of(decoded, side=side, started_at=begun, per_packet=PER_PACKET)
    said = [payload for _, payload in payloads(data, len(MAGIC))]
    packets = [p for p in said if p[0] == NOTIFICATION]
    head = MAGIC + b"".join(record_of(p) for p in said if p[0] != NOTIFICATION)
    return Tape(head, packets[: int(seconds / EVERY_S)])


def bear(folder: Path, runners: int, seconds: float) -> Borne:
    """Have so many run for so long; return what came of it."""
    with started(folder) as (process, address):
        athletes = [
            _ask(f"{address}/api/v1/athletes", {"name": f"Runner {i}"})["id"]
            for i in range(runners)
        ]
        return asyncio.run(_run(address, process.pid, athletes, seconds))


async def _run(address: str, pid: int, athletes: list[str], seconds: float) -> Borne:
    borne, begun = Borne(), datetime.now(UTC)
    tapes = [tape(side, seconds, begun) for side in ("left", "right")]
    zero_ns = round(begun.timestamp() * 1e6) * 1000
    before, at_s = _cpu_s(pid), time.monotonic()
    counted_ns = time.time_ns() + round(WARM_S * 1e9)  # the tapes took a while to make
    async with asyncio.TaskGroup() as tasks:
        watching = [
            tasks.create_task(_watch(address, a, zero_ns, counted_ns, borne)) for a in athletes
        ]
        watching.append(tasks.create_task(_poll(address, borne)))
        async with asyncio.TaskGroup() as running:
            for i, athlete in enumerate(athletes):
                for foot, said in enumerate(tapes):
                    # Nobody's pods notify at the same moment.
                    shift_s = EVERY_S * (2 * i + foot) / (2 * len(athletes))
                    running.create_task(_wear(address, athlete, said, zero_ns, shift_s, borne))
        borne.cores = (_cpu_s(pid) - before) / (time.monotonic() - at_s)
        for task in watching:
            task.cancel()
    return borne


async def _wear(
    address: str, athlete: str, tape: Tape, zero_ns: int, shift_s: float, borne: Borne
) -> None:
    """Send one pod's recording as it is made, and compare what was kept with what was sent."""
    kept = hashlib.sha256()
    async with connect(f"ws{address[4:]}/api/v1/athletes/{athlete}/collect") as socket:
        await socket.send(json.dumps({"recording": os.urandom(16).hex(), "state": "streaming"}))
        assert json.loads(await socket.recv()) == {"resume": 0}
        answers = asyncio.create_task(_closed(socket))
        size, begun_s = 0, asyncio.get_running_loop().time() + shift_s
        for i in range(-1, len(tape.packets)):
            data = tape.head if i < 0 else tape.stamped(i, time.time_ns() - zero_ns)
            await socket.send(OFFSET.pack(size) + data)
            kept.update(data)
            size += len(data)
            wait_s = begun_s + (i + 2) * EVERY_S - asyncio.get_running_loop().time()
            await asyncio.sleep(max(0.0, wait_s))
        await socket.send(json.dumps({"close": size}))
        content = await answers
    borne.recordings += 1
    borne.missing += content != kept.hexdigest()


async def _closed(socket: ClientConnection) -> str:
    """Read acknowledgements until the recording is sealed; return its content hash."""
    while "closed" not in (said := json.loads(await socket.recv())):
        pass
    return str(said["closed"])


async def _watch(address: str, athlete: str, zero_ns: int, counted_ns: int, borne: Borne) -> None:
    async with connect(f"ws{address[4:]}/api/v1/athletes/{athlete}/live") as socket:
        while True:
            shown = json.loads(await socket.recv())
            now_ns = time.time_ns()
            feet = shown["feet"].values()
            arrived = [f["received_at_ns"] for f in feet if f["received_at_ns"]]
            ended = any(f["state"] == "closed" for f in feet)
            if arrived and not ended and now_ns > counted_ns:
                borne.late_ms.append((now_ns - max(arrived)) / 1e6)


async def _poll(address: str, borne: Borne) -> None:
    while True:
        begun_s = time.perf_counter()
        await asyncio.to_thread(_ask, f"{address}/api/v1/team")
        borne.team_ms.append((time.perf_counter() - begun_s) * 1000)
        await asyncio.sleep(POLL_S)


def _cpu_s(pid: int) -> float:
    """Return the seconds of CPU that the process, without its workers, has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_HZ


def _ask(url: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(url, data, {"Content-Type": "application/json"}), timeout=60) as answer:
        return json.load(answer)
