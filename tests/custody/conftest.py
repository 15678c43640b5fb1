"""Stores with two athletes who ran, checked in and trained."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from catfoot import sync
from catfoot.config import Settings, Stores, open_stores
from catfoot.ingest.files import Options, csv
from catfoot.ingest.files import fitwriter as fw
from catfoot.signal.imu import ImuBlock
from catfoot.store.logbook import Job
from catfoot.training.consent import Consent
from catfoot.training.entries import CheckIn, Soreness
from catfoot.training.work import PerformedSet, StrengthSession

NOW = datetime(2026, 3, 15, 6, 30, tzinfo=UTC)
FIT_TIME = 1_141_000_000  # in February 2026


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with open_stores(Settings(data=tmp_path / "data")) as opened:
        yield opened


@pytest.fixture
def ada(stores: Stores) -> str:
    return athlete(stores, "ada", seed=1)


@pytest.fixture
def ben(stores: Stores) -> str:
    return athlete(stores, "ben", seed=2)


def athlete(stores: Stores, name: str, seed: int) -> str:
    """Write down an athlete with two runs, of a watch and of a pod, and entries of their own."""
    id = sync.athlete_named(stores, name)
    sync.import_bytes(stores, id, fw.steady_run(FIT_TIME + seed, 300), "evening run.fit")
    options = Options(start=NOW, side="left")
    sync.import_bytes(stores, id, _shaken(seed), "left.csv", options)
    sore = (Soreness(site="calf", score=3, side="left"),)
    stores.logbook.add(id, CheckIn(day=NOW.date(), at=NOW, soreness=sore, note="Füße müde"))
    sets = (PerformedSet(exercise="short_foot", reps=10),)
    session = StrengthSession(day=NOW.date(), started_at=NOW, duration_min=12, sets=sets)
    stores.logbook.add(id, session, author=id)
    consent = Consent(athlete=id, viewer="c" * 32, kinds=("metrics",), since=NOW.date())
    stores.logbook.add(id, consent)
    return id


def waiting_upload(stores: Stores, athlete: str) -> Path:
    """Leave an upload that nobody has worked on yet."""
    staged = stores.raw.stage([b"an upload that waits"], 100)
    payload = {"path": str(staged.path), "sha256": staged.sha256}
    stores.logbook.add_job(Job(athlete=athlete, kind="import", payload=payload))
    return staged.path


def _shaken(seed: int) -> bytes:
    rng = np.random.default_rng(seed)
    n = 3000
    block = ImuBlock(
        t_ns=np.arange(n, dtype=np.int64) * 10_000_000,
        acc=rng.normal((0, 0, 9.81), 1, (n, 3)),
        gyr=rng.normal(0, 0.2, (n, 3)),
        rate_hz=100.0,
    )
    return csv.encode(block)


def rows_of(stores: Stores, athlete: str) -> dict[object, bytes]:
    """Return every row of the series, as bytes."""
    return {
        (key, name): stores.series.read(athlete, key.run, name)[key].tobytes()
        for key, tables in stores.series.held(athlete).items()
        for name in tables
    }
