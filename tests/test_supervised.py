"""What systemd hears, through the socket that it would listen on."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import pytest

from catfoot.cli import main
from catfoot.ingest.files import podlog
from catfoot.ingest.source import Decoded
from catfoot.signal import synth
from catfoot.supervised import Supervisor
from tests.running import run
from tests.serverprocess import started

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="systemd is Linux's")


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    """A socket such as systemd gives in NOTIFY_SOCKET."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(20)
        yield listening


def heard(listening: socket.socket) -> str:
    return listening.recv(100).decode()


def drain(listening: socket.socket) -> None:
    listening.setblocking(False)
    with suppress(BlockingIOError):
        while True:
            heard(listening)


def test_the_server_says_ready_alive_and_stopping_and_nothing_while_it_hangs(
    tmp_path: Path, systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", systemd.getsockname())
    monkeypatch.setenv("WATCHDOG_USEC", "200000")
    with started(tmp_path / "data") as (process, address):
        assert heard(systemd) == "READY=1"
        with urlopen(f"{address}/ready", timeout=20) as answer:
            assert answer.status == 200
        assert [heard(systemd), heard(systemd)] == ["WATCHDOG=1", "WATCHDOG=1"]
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        drain(systemd)  # of what was said before it stopped
        systemd.settimeout(1)
        with pytest.raises(TimeoutError):
            heard(systemd)
        systemd.settimeout(20)
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGTERM)
        while (said := heard(systemd)) == "WATCHDOG=1":
            pass
        assert said == "STOPPING=1"
        assert process.wait(timeout=20) == 0


def test_a_gateway_says_ready_and_stopping(
    tmp_path: Path, systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    shoe = tmp_path / "shoe.podlog"
    block = synth.runner(5, seed=4).block
    decoded = Decoded(format="m", device="shoe", started_at=None, blocks=(block,))
    shoe.write_bytes(podlog.recording_of(decoded))
    monkeypatch.setenv("CATFOOT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("NOTIFY_SOCKET", systemd.getsockname())
    with pytest.raises(SystemExit):
        main(["live", "--athlete", "ada", "--virtual", str(shoe), "--fast"])
    assert [heard(systemd), heard(systemd)] == ["READY=1", "STOPPING=1"]


def test_work_under_a_watchdog_is_alive_as_long_as_its_loop_turns(systemd: socket.socket) -> None:
    environ = {"NOTIFY_SOCKET": systemd.getsockname(), "WATCHDOG_USEC": "20000"}

    async def working() -> None:
        async with Supervisor(environ).watching():
            for _ in range(3):
                await asyncio.get_running_loop().run_in_executor(None, beat)

    said: list[str] = []

    def beat() -> None:
        said.append(heard(systemd))

    run(working())
    assert said == ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]


def test_the_abstract_namespace_is_spoken_to(tmp_path: Path) -> None:
    name = f"catfoot-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0{name}")
        listening.settimeout(5)
        Supervisor({"NOTIFY_SOCKET": f"@{name}"}).ready()
        assert heard(listening) == "READY=1"


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": "/nowhere/at/all"}])
def test_without_anybody_who_listens_nothing_happens(environ: dict[str, str]) -> None:
    supervisor = Supervisor(environ)
    supervisor.ready()
    supervisor.stopping()
    assert supervisor.watchdog_s is None


@pytest.mark.parametrize(
    ("watchdog", "every_s"),
    [
        ({"WATCHDOG_USEC": "30000000"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_the_watchdog_is_answered_by_whom_it_asks_and_twice_as_often(
    watchdog: dict[str, str], every_s: float | None
) -> None:
    supervisor = Supervisor({"NOTIFY_SOCKET": "/run/systemd/notify", **watchdog})
    assert supervisor.watchdog_s == every_s


def test_a_supervisor_that_reads_nothing_holds_nobody_up(systemd: socket.socket) -> None:
    supervisor = Supervisor({"NOTIFY_SOCKET": systemd.getsockname()})
    for _ in range(5000):  # far more than a socket's queue holds
        supervisor.alive()
