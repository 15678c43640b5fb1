"""A server in a process of its own, for tests that measure it or kill it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVE = """
import logging
logging.basicConfig(level=logging.WARNING)
from catfoot.api import serve
from catfoot.config import Settings
serve(Settings(), listening=lambda address: print(address, flush=True))
"""
TYPINGS = Path(__file__).parents[1] / "typings"


@contextmanager
def started(data: Path, workers: int = 1) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve a data folder on a free port; yield the process and the address. Ends by killing."""
    env = os.environ | {
        "CATFOOT_DATA": str(data), "CATFOOT_PORT": "0", "CATFOOT_WORKERS": str(workers),
        "PYTHONPATH": str(TYPINGS),
    }  # fmt: skip
    command = [sys.executable, "-c", SERVE]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()
