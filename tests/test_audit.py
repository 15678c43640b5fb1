"""`make audit` passes only where everything was looked up and nothing was found."""

import importlib.util
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(("answers", "said"), [("true", ""), ("false", "one.lock two.lock")])
def test_the_audit_fails_in_words_on_every_lock_that_did_not_pass(answers: str, said: str) -> None:
    # -o: the environment is there or not, the audit itself is what is asked.
    command = ["make", "-o", ".venv/dev", "audit", f"AUDIT={answers}", "LOCKS=one.lock two.lock"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is (said == "")
    assert f"audit: {said}:" in done.stderr if said else done.stderr == ""


def test_the_audit_is_strict_about_both_locks() -> None:
    text = (ROOT / "Makefile").read_text()
    assert "pip-audit --strict --disable-pip --require-hashes" in text
    assert "LOCKS ?= requirements.lock requirements-dev.lock" in text


HOLE: dict[str, object] = {"id": "OSV-1", "summary": "a hole", "affected": [
    {"package": {"name": "six", "ecosystem": "PyPI"}, "versions": ["1.16.0"], "ranges": [
        {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.17.0"}]}]}]}  # fmt: skip
LOCK = "six==1.16.0 --hash=sha256:" + "0" * 64 + "\n"


@contextmanager
def database(holes: list[dict[str, object]]) -> Iterator[str]:
    """A database of known holes on loopback, as https://osv.dev answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps({"vulns": holes} if holes else {}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/query"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("case", ["clean", "hole", "unreachable"])
def test_the_audit_fails_on_a_known_hole_and_on_what_could_not_be_looked_up(
    needed: Callable[[str, bool], None], tmp_path: Path, case: str
) -> None:
    needed("pip-audit", importlib.util.find_spec("pip_audit") is not None)
    lock = tmp_path / "one.lock"
    lock.write_text(LOCK)
    with database([HOLE] if case == "hole" else []) as url:
        if case == "unreachable":
            url = "http://127.0.0.1:9/query"
        audit = (
            f"{sys.executable} -m pip_audit --strict --disable-pip --require-hashes"
            f" --cache-dir {tmp_path / 'cache'} --timeout 5 -s osv --osv-url {url}"
        )
        command = ["make", "-o", ".venv/dev", "audit", f"AUDIT={audit}", f"LOCKS={lock}"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is (case == "clean"), done.stderr
    if case != "clean":
        assert f"audit: {lock}: a known hole, or something could not be looked up" in done.stderr
    assert ("OSV-1" in done.stdout) is (case == "hole")
