from datetime import UTC, datetime

import numpy as np
import pytest

from catfoot.ingest.connection import Check, bluez, checks, clock, intervals, slots
from catfoot.ingest.files.podlog import recording_of
from catfoot.ingest.source import Decoded
from catfoot.ingest.virtual.air import Air
from catfoot.ingest.virtual.backend import VirtualScanner, radio
from catfoot.ingest.virtual.pod import VirtualPod
from catfoot.signal.imu import ImuBlock
from tests.running import run

GOOD = """
[General]
Name = anything
#DiscoverableTimeout = 0
[LE]
MinConnectionInterval=6
MaxConnectionInterval=12
ConnectionSupervisionTimeout=400
"""


def test_the_settings_of_the_documentation_are_good() -> None:
    assert intervals(GOOD).state == "good"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "the system's own, 30 to 50 ms"),
        ("[LE]\n#MinConnectionInterval=6\n", "the system's own, 30 to 50 ms"),
        ("[LE]\nMinConnectionInterval=6\nMaxConnectionInterval=40\n",
         "MinConnectionInterval=6, MaxConnectionInterval=40"),
        ("no section\n", "main.conf cannot be read"),
    ],
)  # fmt: skip
def test_anything_else_could_be_better_and_says_how(text: str, found: str) -> None:
    check = intervals(text)
    assert (check.state, check.found) == ("could be better", found)
    if "cannot" not in found:
        assert "MinConnectionInterval=6, MaxConnectionInterval=12" in check.todo


@pytest.mark.parametrize(
    ("said", "state"),
    [("bluetoothctl: 5.66\n", "good"), ("5.82", "good"), ("bluetoothctl: 5.50", "bad"),
     ("", "could be better")],
)  # fmt: skip
def test_the_version_of_bluez_is_judged(said: str, state: str) -> None:
    assert bluez(said).state == state


@pytest.mark.radio
def test_the_check_names_the_pods_in_range_and_says_what_is_missing() -> None:
    acc = np.zeros((9, 3))
    block = ImuBlock(t_ns=np.arange(9) * 5_000_000, acc=acc, gyr=acc, rate_hz=200.0)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    tape = recording_of(Decoded(format="m", device="m", started_at=now, blocks=(block,)))

    class Broken(VirtualScanner):
        async def start(self) -> None:
            raise FileNotFoundError

    async def work() -> list[Check]:
        async with Air() as air:
            bluetooth = radio(await air.device("collector", "C0:CA:7F:00:00:00"))
            found = await checks(bluetooth, listen_s=0.1)
            async with VirtualPod(air, [tape], name="left pod"):
                found += await checks(bluetooth, listen_s=0.2)
            gone = type(bluetooth)(Broken, None, bluetooth.adapter, bluetooth.options)
            return found + await checks(gone, listen_s=0.1)

    nothing, one, broken = (check for check in run(work()) if check.name == "Bluetooth")
    assert nothing.found == "works; no pod is in range"
    assert one.found == "works; in range: left pod"
    assert (broken.state, broken.found) == ("bad", "Bluetooth is not available")
    assert broken.todo == "the system's Bluetooth service does not run"


def test_connections_are_counted_and_the_last_free_one_is_said() -> None:
    assert slots([]).found == "0 of 5 in use"
    two = slots(["left pod", "right pod"])
    assert (two.state, two.found) == ("good", "2 of 5 in use: left pod, right pod")
    full = slots(list("abcde"))
    assert full.state == "bad"
    assert "the next pod waits until one is free" in full.todo


def test_a_clock_that_cannot_date_a_run_is_found() -> None:
    now_s = 1_770_000_000.0
    assert clock(now_s, 0.0, True).state == "good"
    unknown = clock(now_s, 0.0, None)
    assert unknown.state == "not known"
    assert "compare it with a clock you trust" in unknown.todo
    assert clock(now_s, 0.0, False).state == "could be better"
    assert clock(now_s, -3.0, True).found == "it was moved by -3.0 s just now"
    assert clock(0.0, 0.0, True).found == "it says 1970"
