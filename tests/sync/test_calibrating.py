"""A pod made true by the watch that ran along, in the shoe that both ran in."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from catfoot import sync
from catfoot.api import create_app
from catfoot.cli import main
from catfoot.config import Settings, Stores, open_stores
from catfoot.ingest.files import Options, csv
from catfoot.ingest.files import fitwriter as fw
from catfoot.signal import synth
from catfoot.signal.synth import Gait, Sensor
from catfoot.training.entries import Run, Surface

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


def said(stores: Stores, who: str, day: int, known_m: float, surface: Surface) -> Run:
    """Run without a watch, then say how far it was and where."""
    ran(stores, who, day, watch=False)
    row = stores.logbook.entries(Run, who)[-1]
    true = replace(row.entry, known_m=known_m, surface=surface)
    stores.logbook.replace(who, row.id, true, row.version)
    return sync.made_true(stores, who, row.id).entry


@pytest.mark.row("A03")
@pytest.mark.parametrize(
    ("surface", "by", "runs"),
    [("track", "a track", 1), ("treadmill", "a treadmill", 2), ("road", "a measured way", 1)],
)
def test_a_distance_that_was_said_makes_its_run_true_and_later_ones_in_that_shoe(
    stores: Stores, surface: Surface, by: str, runs: int
) -> None:
    ada = sync.athlete_named(stores, "ada")
    for day in range(runs):
        told = said(stores, ada, day, 1083.0, surface)
        assert told.distance_m == told.summary.distance_m == 1083.0
        value, reasons = speed(told)
        assert value == pytest.approx(3.0, rel=0.015)
        assert any(f"made true by {by}" in reason for reason in reasons)
    later = ran(stores, ada, runs, watch=False)
    assert later.known_m is None
    assert later.distance_m == pytest.approx(1083, rel=0.015)
    value, reasons = speed(later)
    assert value == pytest.approx(3.0, rel=0.015)
    assert any(f"made true by {by}" in reason for reason in reasons)
    assert speed(ran(stores, ada, runs + 1, watch=False, shoe="red"))[0] < 2.9


@pytest.mark.row("A03")
def test_a_distance_that_cannot_be_is_kept_but_scales_nothing(stores: Stores) -> None:
    ada = sync.athlete_named(stores, "ada")
    told = said(stores, ada, 0, 2000.0, "track")
    assert told.distance_m == 2000.0
    assert speed(told)[0] == pytest.approx(SHORT_MPS, rel=0.01)
    assert speed(ran(stores, ada, 1, watch=False))[0] == pytest.approx(SHORT_MPS, rel=0.01)


def test_a_distance_is_said_on_the_command_line_and_through_the_api(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CATFOOT_DATA", str(tmp_path / "data"))
    settings = Settings(data=tmp_path / "data")
    with open_stores(settings) as stores:
        ada = sync.athlete_named(stores, "ada")
        ran(stores, ada, 0, watch=False)
        (row,) = stores.logbook.entries(Run, ada)
    words = ["runs", "distance", row.id[:8], "1.083", "--athlete", "ada", "--on", "track"]
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 0
    assert "1.083 km" in capsys.readouterr().out
    with (
        ThreadPoolExecutor(1) as executor,
        TestClient(
            create_app(settings, executor=executor), base_url="http://127.0.0.1:8000"
        ) as client,
    ):
        path = f"/api/v1/athletes/{ada}/runs/{row.id}"
        found = client.get(path)
        assert found.json()["distance_m"] == found.json()["known_m"] == 1083.0
        assert found.json()["numbers"]["speed_mps"] == pytest.approx(3.0, rel=0.015)
        changed = client.patch(
            path, json={"known_m": None}, headers={"If-Match": found.headers["etag"]}
        )
        assert changed.status_code == 200, changed.text
        numbers = client.get(path).json()["numbers"]
        assert numbers["speed_mps"] == pytest.approx(SHORT_MPS, rel=0.01)
        refused = client.patch(
            path, json={"known_m": -1}, headers={"If-Match": changed.headers["etag"]}
        )
        assert refused.status_code == 422
