import zipfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from catfoot.config import Stores
from catfoot.custody import export, fitrun
from catfoot.ingest.files import decode
from catfoot.signal.imu import G_MPS2
from catfoot.signal.tables import READING, STEP, Table, empty
from catfoot.store.series import SeriesKey
from catfoot.training.entries import Run

from .conftest import NOW

START = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
RUN = Run(day=START.date(), started_at=START, duration_s=60.0)


def key(side: str = "left") -> SeriesKey:
    return SeriesKey(
        athlete="a" * 32, run="1" * 32, recording=side, side="left", rev=1,
        origin_ns=int(START.timestamp()) * 10**9 + 250_000_000,
    )  # fmt: skip


def steps(gct_s: float, ppa_g: float = 8.0, n: int = 80) -> Table:
    table = empty(STEP, n)
    table["ic_ns"] = np.arange(n) * 750_000_000
    table["stride_s"] = 0.75
    table["gct_s"] = gct_s
    table["ppa_mps2"] = ppa_g * G_MPS2
    return table


def test_a_run_of_two_pods_reads_back_as_the_mean_of_both_feet() -> None:
    both = [(key("left"), {"step": steps(0.24)}), (key("right"), {"step": steps(0.26)})]
    data = fitrun.activity(RUN, both)
    assert data is not None
    decoded = decode(data, "run.fit")
    assert decoded.started_at == START
    assert decoded.sport == "running"
    readings = decoded.readings[:60]
    assert readings["cadence_spm"] == pytest.approx(160, abs=0.01)  # 1/128 of a stride
    assert readings["gct_s"] == pytest.approx(0.25, abs=1e-6)
    assert np.isnan(readings["heart_rate_bpm"]).all()
    (peak,) = [c for c in decoded.channels if c.name == "Peak acceleration"]
    assert peak.unit == "0.01 g"
    assert peak.value[:60] == pytest.approx(800)


def test_each_measure_comes_from_the_first_recording_that_has_it() -> None:
    watch = empty(READING, 61)
    watch["t_ns"] = np.arange(61) * 10**9
    watch["gct_s"], watch["heart_rate_bpm"], watch["distance_m"] = 0.3, 150, np.arange(61) * 3.0
    other = watch.copy()
    other["heart_rate_bpm"] = 99
    data = fitrun.activity(
        RUN,
        [
            (key(), {"step": steps(0.24)}),
            (key("watch"), {"reading": watch}),
            (key("other"), {"reading": other}),
        ],
    )
    assert data is not None
    readings = decode(data, "run.fit").readings[:60]
    assert readings["gct_s"] == pytest.approx(0.24)
    assert readings["heart_rate_bpm"] == pytest.approx(150)
    assert readings["distance_m"] == pytest.approx(np.arange(60) * 3.0, abs=0.01)


def test_a_number_that_fit_cannot_hold_is_not_known() -> None:
    wild = steps(0.25, ppa_g=1e6)
    data = fitrun.activity(RUN, [(key(), {"step": wild})])
    assert data is not None
    decoded = decode(data, "run.fit")
    assert [c for c in decoded.channels if not np.isnan(c.value).all()] == []


def test_a_run_of_which_nothing_was_measured_is_no_activity() -> None:
    assert fitrun.activity(RUN, []) is None
    assert fitrun.activity(RUN, [(key(), {"step": empty(STEP)})]) is None


def test_an_export_has_an_activity_of_each_run_that_was_measured(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    exported = export(stores, ada, tmp_path / "ada.zip", NOW)
    with zipfile.ZipFile(exported.path) as archive:
        names = [name for name in archive.namelist() if name.startswith("fit/")]
        watch = decode(archive.read(names[0]), "watch.fit")
    assert names[0].startswith("fit/2026-02-")
    assert watch.readings["cadence_spm"] == pytest.approx(165, abs=0.01)
    assert watch.readings["gct_s"] == pytest.approx(0.25, abs=1e-6)
    assert watch.readings["heart_rate_bpm"] == pytest.approx(150)
