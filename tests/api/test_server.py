"""The process itself: where it listens, and how it ends."""

import hashlib
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from catfoot.api.server import open_port
from catfoot.config import Settings
from catfoot.errors import ConfigError
from catfoot.ingest.records import OFFSET

from ..test_uplink import recording

SERVE = """
from catfoot.api import serve
from catfoot.config import Settings
serve(Settings(), listening=lambda address: print(address, flush=True))
"""
ROOT = Path(__file__).parents[2]


@contextmanager
def _served(data: Path, **how: Any) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server process of its own and its address."""
    env = os.environ | {"CATFOOT_DATA": str(data), "CATFOOT_PORT": "0", "CATFOOT_WORKERS": "1"}
    env["PYTHONPATH"] = str(ROOT / "typings")
    command = [sys.executable, "-c", SERVE]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True, **how) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def _post(address: str, body: bytes, kind: str = "application/json") -> dict[str, str]:
    request = Request(address, body, {"Content-Type": kind})
    with urlopen(request) as answer:
        found: dict[str, str] = json.load(answer)
        return found


def _children(pid: int) -> set[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child) for child in found}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_soon_with_a_viewer_and_work_and_leaves_no_process(
    tmp_path: Path, end: signal.Signals
) -> None:
    with _served(tmp_path) as (process, address):
        ada = _post(f"{address}/api/v1/athletes", b'{"name": "Ada"}')["id"]
        path = f"/api/v1/athletes/{ada}"
        _post(f"{address}{path}/recordings?name=a.csv", b"x,y\n" * 9, "application/octet-stream")
        with connect(f"ws{address[4:]}{path}/live"):
            workers = [os.pidfd_open(worker) for worker in _children(process.pid)]
            process.send_signal(end)
            # 0.4 s where nothing else runs; a machine that is shared may need longer.
            process.wait(timeout=10)
        assert workers
        for worker in workers:
            # One that was still starting up notices a little later.
            assert select.select([worker], [], [], 10)[0], "a worker lives on"
            os.close(worker)


def test_what_came_before_an_orderly_end_is_written_and_both_sockets_hear_of_it(
    tmp_path: Path,
) -> None:
    data = recording()
    with _served(tmp_path) as (process, address):
        ada = _post(f"{address}/api/v1/athletes", b'{"name": "Ada"}')["id"]
        path = f"/api/v1/athletes/{ada}"
        with (
            connect(f"ws{address[4:]}{path}/live") as viewer,
            connect(f"ws{address[4:]}{path}/collect") as collector,
        ):
            collector.send(json.dumps({"recording": "r1", "state": "streaming"}))
            assert json.loads(collector.recv()) == {"resume": 0}
            collector.send(OFFSET.pack(0) + data)
            while not json.loads(viewer.recv())["feet"]:
                pass  # it is here, and perhaps not on disk
            process.send_signal(signal.SIGTERM)
            for socket_ in (viewer, collector):
                with pytest.raises(ConnectionClosed):
                    _listen(socket_)
        process.wait(timeout=30)
    with _served(tmp_path) as (_, address), connect(f"ws{address[4:]}{path}/collect") as collector:
        collector.send(json.dumps({"recording": "r1", "state": "streaming"}))
        assert json.loads(collector.recv()) == {"resume": len(data)}
        collector.send(json.dumps({"close": len(data)}))
        assert json.loads(collector.recv())["closed"] == hashlib.sha256(data).hexdigest()


def _listen(socket_: ClientConnection) -> None:
    while True:
        socket_.recv(timeout=30)


def test_a_log_line_has_a_time_a_place_and_a_request_and_no_body(tmp_path: Path) -> None:
    with _served(tmp_path, stderr=subprocess.PIPE) as (process, address):
        ada = _post(f"{address}/api/v1/athletes", b'{"name": "Ada"}')["id"]
        where = urlsplit(address)
        path = f"/api/v1/athletes/{ada}/check-ins"
        head = f"POST {path} HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Type: application/json\r\n"
        with socket.create_connection((where.hostname or "", where.port or 0)) as gone:
            gone.sendall(f'{head}Content-Length: 999\r\n\r\n{{"note": "my knee"'.encode())
        assert process.stderr is not None
        line = next(line for line in process.stderr if path in line)
    shape = r"\S+ \S+ INFO catfoot\.api\.problems request=[0-9a-f]{16} POST \S+: the client left"
    assert re.match(shape, line), line
    assert "knee" not in line


def test_uploads_that_hardly_move_hold_up_nobody_else(tmp_path: Path) -> None:
    with _served(tmp_path) as (_, address), ExitStack() as clients:
        ada = _post(f"{address}/api/v1/athletes", b'{"name": "Ada"}')["id"]
        host, port = address.removeprefix("http://").split(":")
        head = (
            f"POST /api/v1/athletes/{ada}/recordings?name=a HTTP/1.1\r\nHost: {host}\r\n"
            "Content-Type: application/octet-stream\r\nContent-Length: 1000\r\n\r\nx"
        )
        for _ in range(60):  # more than there are threads
            slow = clients.enter_context(socket.create_connection((host, int(port))))
            slow.sendall(head.encode())
        for _ in range(20):
            with urlopen(f"{address}/api/v1/athletes/{ada}", timeout=20) as answer:
                assert answer.status == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "runner.example"])
def test_it_does_not_listen_beyond_this_machine_without_accounts(tmp_path: Path, host: str) -> None:
    with pytest.raises(ConfigError, match=r"^host: .*no accounts"):
        open_port(Settings(data=tmp_path, host=host))


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with open_port(Settings(data=tmp_path, port=0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port: {port}"):
            open_port(Settings(data=tmp_path, port=port))
