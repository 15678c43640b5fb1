"""Reading files: what a person waits for after dropping a run on the page."""

from pathlib import Path
from time import perf_counter
from typing import Any

import fitdecode
import numpy as np
import pytest

from catfoot.ingest.files import csv, decode
from catfoot.signal.imu import ImuBlock

#: Records a second, against the bare reader in the same run.
FIT_AT_LEAST = 0.8


def _fit(shared_data: Path) -> bytes:
    return (shared_data / "fit-running" / "files" / "gs_fenix6x-hrm+stryd.fit").read_bytes()


def _bare(data: bytes) -> int:
    with fitdecode.FitReader(data) as reader:
        return sum(isinstance(f, fitdecode.FitDataMessage) and f.name == "record" for f in reader)


def test_bare_fitdecode(benchmark: Any, shared_data: Path) -> None:
    data = _fit(shared_data)
    n = benchmark(_bare, data)
    benchmark.extra_info["records_per_s"] = n / benchmark.stats["min"]


def test_fit_against_bare_fitdecode(benchmark: Any, shared_data: Path) -> None:
    data = _fit(shared_data)
    decoded = benchmark(decode, data, "run.fit")
    took, n = [], 0
    for _ in range(3):
        begun = perf_counter()
        n = _bare(data)
        took.append(perf_counter() - begun)
    ours, theirs = len(decoded.readings) / benchmark.stats["min"], n / min(took)
    benchmark.extra_info |= {"records_per_s": ours, "of_bare": ours / theirs}
    assert ours >= FIT_AT_LEAST * theirs


@pytest.fixture(scope="module")
def hour() -> bytes:
    """One foot, one hour at 200 Hz, as text."""
    rng = np.random.default_rng(0)
    n = 3600 * 200
    return csv.encode(
        ImuBlock(
            t_ns=np.arange(n) * 5_000_000,
            acc=np.round(rng.normal((0, 0, 9.81), 20, (n, 3)), 4),
            gyr=np.round(rng.normal(0, 3, (n, 3)), 5),
            rate_hz=200,
        )
    )


def test_an_hour_of_csv(benchmark: Any, hour: bytes) -> None:
    decoded = benchmark.pedantic(decode, args=(hour, "hour.csv"), rounds=3)
    assert len(decoded.blocks[0]) == 720_000
