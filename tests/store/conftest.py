"""Folders and processes that the tests of the stores share."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from catfoot.store.raw import RawStore

TYPINGS = Path(__file__).parents[2] / "typings"

ADA = "a" * 32
BEN = "b" * 32

Spawn = Callable[[str], subprocess.Popen[str]]


@pytest.fixture
def raw(tmp_path: Path) -> RawStore:
    return RawStore(tmp_path / "data")


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Start a Python process from its source; it is killed when the test is over."""
    running: list[subprocess.Popen[str]] = []

    def start(code: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(TYPINGS)},
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()
