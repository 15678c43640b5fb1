"""A pod made true by the watch that ran along, in the shoe that both ran in."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from catfoot import sync
from catfoot.config import Settings, Stores, open_stores
from catfoot.ingest.files import Options, csv
from catfoot.ingest.files import fitwriter as fw
from catfoot.signal import synth
from catfoot.signal.synth import Gait, Sensor
from catfoot.training.entries import Run

FIT_EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
SHORT_MPS = 3.0 / 1.05
GAIT = Gait(speed_mps=SHORT_MPS)
BEGUN = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with open_stores(Settings(data=tmp_path / "data")) as opened:
        yield opened


@cache
def pod() -> bytes:
    """Six minutes by a pod that reads 5 % short of the watch's 3 m/s."""
    return csv.encode(synth.runner(360.0, gait=GAIT, sensor=Sensor(rate_hz=100.0), seed=1).block)


def ran(stores: Stores, who: str, day: int, *, watch: bool, shoe: str = "blue") -> Run:
    begun = BEGUN + timedelta(days=day)
    options = Options(start=begun, side="left", place="lace")
    data = pod() + b"\n" * day  # the same bytes would be the same recording
    found = sync.import_bytes(stores, who, data, "pod.csv", options, shoe=shoe)
    if watch:
        start = int((begun - FIT_EPOCH).total_seconds())
        sync.import_bytes(stores, who, fw.steady_run(start, 363), "watch.fit", shoe=shoe)
    return stores.logbook.get(Run, who, found.run).entry


def speed(run: Run) -> tuple[float, tuple[str, ...]]:
    measure = run.summary.measure("speed")
    assert measure is not None
    assert measure.value is not None
    return measure.value, measure.reasons


@pytest.mark.row("A03")
def test_three_runs_with_a_watch_make_the_fourth_in_that_shoe_true(stores: Stores) -> None:
    ada = sync.athlete_named(stores, "ada")
    for day in range(3):
        assert speed(ran(stores, ada, day, watch=True))[0] == pytest.approx(SHORT_MPS, rel=0.01)
    alone = ran(stores, ada, 3, watch=False)
    value, reasons = speed(alone)
    assert value == pytest.approx(3.0, rel=0.015)
    assert any("made true by a watch" in reason for reason in reasons)
    assert alone.distance_m == pytest.approx(3.0 * 361, rel=0.015)
    value, reasons = speed(ran(stores, ada, 4, watch=False, shoe="red"))
    assert value == pytest.approx(SHORT_MPS, rel=0.01)
    assert not any("made true" in reason for reason in reasons)
