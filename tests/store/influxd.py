"""Debian's InfluxDB 1.6 as the tests need it, and the path that it lacks.

``/api/v2/write`` came with 1.8. The shim maps it to ``/write``, so that influxdb-client's own
request reaches a real InfluxDB; everything else passes as it is.

The index is tsi1. With inmem, the default of 1.x, 1.6.7 forgets series that nobody deleted:
two series are written, one is deleted, two more are written, the first is deleted, and all
four are gone from its index until it is started again.
"""

import http.client
import re
import shutil
import subprocess
import tempfile
import threading
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO
from urllib.parse import parse_qs, urlencode, urlsplit

from .watched import ending_with_us

_CONFIG = """
reporting-enabled = false
bind-address = "127.0.0.1:0"
[meta]
  dir = "{folder}/meta"
[data]
  index-version = "tsi1"
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
  query-log-enabled = false
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:{port}"
  log-enabled = false
  auth-enabled = {auth}
"""


class Influxd:
    """A server of the tests' own, behind the shim; it may be killed and started again.

    ``port`` is the shim's, and stays. With ``users`` it asks for a password; its owner is
    ``owner``, with the password ``owner``.
    """

    def __init__(self, program: str, *, users: bool = False) -> None:
        self._program, self._users = program, users
        self._folder = Path(tempfile.mkdtemp(prefix="catfoot-influx-"))
        self._process: subprocess.Popen[str] | None = None
        self._end = ExitStack()
        self._listening = 0
        self._shim = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._shim.daemon_threads = True
        self.port: int = self._shim.server_address[1]
        threading.Thread(target=self._shim.serve_forever, daemon=True).start()

    def start(self) -> None:
        """Start it and wait until it listens."""
        config = self._folder / "config"
        auth = str(self._users).lower()
        config.write_text(_CONFIG.format(folder=self._folder, port=0, auth=auth))
        self._process = subprocess.Popen(
            [self._program, "run", "-config", str(config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._end.enter_context(ending_with_us("kill", "-9", str(self._process.pid)))
        stderr = self._process.stderr
        assert stderr is not None
        for line in stderr:
            if found := re.search(r"Listening on HTTP.*addr=127\.0\.0\.1:(\d+)", line):
                self._listening = int(found[1])
                # Somebody must read on, or the pipe fills and the server waits.
                threading.Thread(target=_drain, args=(stderr,), daemon=True).start()
                return
        raise AssertionError("influxd ended before it listened")

    def kill(self) -> None:
        """Kill it at once, as a power cut would."""
        if self._process is not None:
            self._listening = 0
            self._end.close()
            self._process.wait()
            self._process = None

    def remove(self) -> None:
        """Kill it and remove what it stored."""
        self.kill()
        self._shim.shutdown()
        self._shim.server_close()
        shutil.rmtree(self._folder)

    def query(self, text: str) -> bytes:
        """Run a statement of the server's owner."""
        said = {"q": text} | ({"u": "owner", "p": "owner"} if self._users else {})
        status, _, body = self.pass_on("POST", f"/query?{urlencode(said)}", b"", {})
        assert status == 200, body
        return body

    def pass_on(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        """Make the request as it is; OSError where the server is down."""
        if not self._listening:
            raise ConnectionRefusedError
        connection = http.client.HTTPConnection("127.0.0.1", self._listening, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        influxd = self

        class Shim(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                self._answer()

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = dict(self.headers.items())
                try:
                    status, said, found = influxd.pass_on(
                        self.command, _mapped(self.path), body, headers
                    )
                except (OSError, http.client.HTTPException):
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in said.items():
                    if name.lower() not in ("transfer-encoding", "content-length", "date"):
                        self.send_header(name, value)
                if status != 204:
                    self.send_header("Content-Length", str(len(found)))
                self.end_headers()
                self.wfile.write(found)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Shim


def _drain(pipe: IO[str]) -> None:
    with pipe:
        for _ in pipe:
            pass


def _mapped(path: str) -> str:
    parts = urlsplit(path)
    if parts.path != "/api/v2/write":
        return path
    query = parse_qs(parts.query)
    database, _, retention = query["bucket"][0].partition("/")
    precision = {"us": "u"}.get(query["precision"][0], query["precision"][0])
    params = {"db": database, "precision": precision}
    return f"/write?{urlencode(params | ({'rp': retention} if retention else {}))}"
