"""What catfoot must do with a real BlueZ, in the guest: python -m tests.bluez.stories RECORDING."""

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from catfoot.errors import CatfootError
from catfoot.ingest.ble import scan
from catfoot.ingest.connection import checks
from catfoot.ingest.inbox import Changed, Inbox, Opened
from catfoot.ingest.link import Link
from catfoot.ingest.source import Notification

from .pods import POD

DATA = Path("/run/catfoot")
PATIENCE_S = 90.0
STREAM_S = 6.0
SETTLED_S = 4.0
RUNS_FOR = 600  # packets, 12 s: the recording begins with standing still
FAILURES = (AssertionError, CatfootError, ExceptionGroup, TimeoutError, OSError, ValueError)


class Pods:
    """The pod's process."""

    def __init__(self, tape: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bluez.pods", tape],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._line()

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        assert line, "the pod's process has ended"
        return line

    def stop(self) -> None:
        """End the process, and with it the adapter."""
        self._process.kill()
        self._process.wait()

    def ask(self, command: str) -> int:
        """Send a command; return how many packets have left the pod."""
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        return int(self._line())


class Heard:
    """What a link put into its inbox."""

    def __init__(self) -> None:
        self.inbox = Inbox()
        self.states: list[str] = []
        self.packets: list[Notification] = []
        self.opened = 0

    async def until(self, wanted: Callable[[], bool], limit_s: float = PATIENCE_S) -> float:
        """Take items until it holds; return the seconds that took."""
        begun = time.monotonic()
        async with asyncio.timeout(limit_s):
            while not wanted():
                for item in await self.inbox.take():
                    match item:
                        case Changed():
                            self.states.append(item.state)
                        case Opened():
                            self.opened += 1
                        case Notification():
                            self.packets.append(item)
        return time.monotonic() - begun


@asynccontextmanager
async def linked() -> AsyncIterator[Heard]:
    """Keep the pod connected through the platform's own Bluetooth."""
    heard = Heard()
    link = Link(POD, heard.inbox, search_s=20.0, connect_s=60.0)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(link.run())
        try:
            yield heard
        finally:
            link.stop()


def bluetoothd() -> "subprocess.Popen[bytes]":
    """Start the daemon."""
    return subprocess.Popen(["bluetoothd", "-n"], stderr=subprocess.DEVNULL)


def powered(limit_s: float = 30.0) -> bool:
    """Power the adapter; return whether that worked in time."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if "succeeded" in _bluetoothctl("power", "on"):
            return True
        time.sleep(0.5)
    return False


def pods(tape: str) -> Pods:
    """Start a pod whose adapter the kernel took: in a slow guest it may miss the first answer."""
    for _ in range(5):
        started = Pods(tape)
        if powered():
            return started
        started.stop()
    raise AssertionError("the kernel takes no adapter")


def _bluetoothctl(*words: str) -> str:
    done = subprocess.run(
        ["bluetoothctl", "--timeout", "10", *words], capture_output=True, text=True, check=False
    )
    return done.stdout


async def a_scan_finds_the_pod() -> str:
    found = await scan(8.0)
    assert [pod.address for pod in found] == [POD], found
    return f"{found[0].name}, {', '.join(p.name for p in found[0].profiles)}"


async def the_connection_check_finds_everything_good() -> str:
    told = await checks(listen_s=6.0)
    assert {check.state for check in told} == {"good"}, told
    return "; ".join(f"{check.name}: {check.found}" for check in told)


async def nothing_is_lost_while_it_streams() -> str:
    async with linked() as heard:
        await heard.until(lambda: len(heard.packets) > 0)
        begun = time.process_time()
        first = len(heard.packets)
        end = time.monotonic() + STREAM_S
        await heard.until(lambda: time.monotonic() > end)
        cpu_ms = (time.process_time() - begun) / (len(heard.packets) - first) * 1e3
        lost = _lost(heard.packets)
        assert lost == 0, f"{lost} packets lost"
    return f"{len(heard.packets)} packets, 0 lost, {cpu_ms:.1f} ms CPU each"


async def a_dropped_pod_comes_back() -> str:
    async with linked() as heard:
        await heard.until(lambda: len(heard.packets) > 5)
        PODS.ask("drop")
        await heard.until(lambda: "lost" in heard.states)
        at = len(heard.packets)
        back_s = await heard.until(lambda: heard.opened == 2 and len(heard.packets) > at)
    return f"streams again {back_s:.1f} s after it was seen to be gone"


async def a_killed_bluetoothd_is_noticed_and_outlived() -> str:
    async with linked() as heard:
        await heard.until(lambda: len(heard.packets) > 5)
        DAEMON.kill()
        DAEMON.wait()
        noticed_s = await heard.until(lambda: "stalled" in heard.states or "lost" in heard.states)
        globals()["DAEMON"] = bluetoothd()
        assert await asyncio.to_thread(powered)
        at = len(heard.packets)
        back_s = await heard.until(lambda: heard.opened == 2 and len(heard.packets) > at)
    return f"noticed after {noticed_s:.1f} s, streams again {back_s:.1f} s after the restart"


async def a_killed_collector_leaves_a_pod_that_is_found_and_a_run_that_is_kept() -> str:
    before = PODS.ask("sent")
    broken = await asyncio.create_subprocess_exec(*_live("600"), env=_environment())
    end = time.monotonic() + 2 * PATIENCE_S
    while PODS.ask("sent") < before + RUNS_FOR:
        assert time.monotonic() < end, "it does not stream"
        await asyncio.sleep(1)
    broken.send_signal(signal.SIGKILL)
    await broken.wait()
    on_disk_s = _seconds_on_disk()
    found = await scan(4.0)
    assert [(pod.address, pod.held) for pod in found] == [(POD, True)], found
    second = await asyncio.create_subprocess_exec(
        *_live("25"), "--json", env=_environment(), stdout=asyncio.subprocess.PIPE
    )
    assert second.stdout is not None
    async with asyncio.timeout(3 * PATIENCE_S):
        said = (await second.stdout.read()).decode()
        code = await second.wait()
    stored = [json.loads(line) for line in said.splitlines()]
    assert code == 0, said
    assert len(stored) == 2, said
    assert stored[0]["duration_s"] == on_disk_s, (stored, on_disk_s)
    assert all(told["steps"] >= 10 for told in stored), stored
    return "; ".join(f"{told['duration_s']:.0f} s, {told['steps']} steps" for told in stored)


def _seconds_on_disk() -> float:
    """Return how much of a run the killed collector has left: all that it had on disk."""
    from catfoot.ingest.files import podlog

    (left,) = (DATA / "raw" / "open").glob("*/*.log")
    decoded = podlog.decode(left.read_bytes(), left.name)
    return (decoded.last_ns() - decoded.first_ns()) / 1e9


def _live(seconds: str) -> list[str]:
    return [sys.executable, "-m", "catfoot", "live", "--athlete", "Ada", "--seconds", seconds]


def _environment() -> dict[str, str]:
    return os.environ | {"CATFOOT_DATA": str(DATA)}


def _lost(packets: list[Notification]) -> int:
    """Return how many of the open pod's packets are missing between first and last."""
    from catfoot.ingest.devices import openpod

    numbers = [
        int.from_bytes(p.data[4:6], "little") for p in packets if p.characteristic == openpod.DATA
    ]
    return (numbers[-1] - numbers[0]) % 2**16 + 1 - len(numbers)


STORIES: tuple[Callable[[], Coroutine[Any, Any, str]], ...] = (
    a_scan_finds_the_pod,
    the_connection_check_finds_everything_good,
    nothing_is_lost_while_it_streams,
    a_dropped_pod_comes_back,
    a_killed_collector_leaves_a_pod_that_is_found_and_a_run_that_is_kept,
    a_killed_bluetoothd_is_noticed_and_outlived,
)


def _settle() -> None:
    """Wait for the kernel; where its fault took bluetoothd with it, say so and start another.

    Linux 6.1 can stumble (hci_chan_del, "list_del corruption") where a connection is asked for
    while the sockets of the last one still close.
    """
    time.sleep(SETTLED_S)
    if (code := DAEMON.poll()) is not None:
        print(f"  bluetoothd had ended with {code}; started anew", flush=True)
        globals()["DAEMON"] = bluetoothd()
        assert powered()


def main() -> int:
    """Run every story and say how each ended."""
    failed = 0
    for story in STORIES:
        begun = time.monotonic()
        try:
            told = asyncio.run(story())
        except FAILURES as fault:  # told, and the next story still runs
            failed += 1
            told = f"FAILED: {''.join(traceback.format_exception(fault))}"
        name = story.__name__.replace("_", " ")
        print(f"{name}: {told} ({time.monotonic() - begun:.0f} s)", flush=True)
        _settle()
    print("STORIES FAILED" if failed else "STORIES PASSED", flush=True)
    return failed


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="  %(relativeCreated)d %(message)s")
    DAEMON = bluetoothd()
    PODS = pods(sys.argv[1])
    sys.exit(main())
