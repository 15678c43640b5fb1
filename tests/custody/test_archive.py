import io
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catfoot.config import Settings, Stores, open_stores
from catfoot.custody import export, restore, rowsfile
from catfoot.errors import CatfootError, ConfigError, Conflict, FileError, NotFound
from catfoot.signal.tables import STEP, TABLES, empty
from catfoot.training.consent import DASHBOARDS, Consent
from catfoot.training.entries import Recording

from .conftest import NOW, rows_of


def test_an_export_brings_everything_back_on_an_empty_machine(
    stores: Stores, ada: str, ben: str, tmp_path: Path
) -> None:
    exported = export(stores, ada, tmp_path / "ada.zip", NOW)
    assert exported.missing == ()
    with open_stores(Settings(data=tmp_path / "elsewhere")) as other:
        restored = restore(other, exported.path)
        assert (restored.athlete, restored.name) == (ada, "ada")
        assert restored.rows == exported.rows
        assert restored.recordings == exported.recordings == 2
        assert restored.tables == exported.tables
        assert other.logbook.everything(ada) == stores.logbook.everything(ada)
        assert other.raw.contents(ada) == stores.raw.contents(ada)
        for content in stores.raw.contents(ada):
            assert other.raw.read(ada, content) == stores.raw.read(ada, content)
        assert rows_of(other, ada) == rows_of(stores, ada)
        assert len(rows_of(other, ada)) >= 2
        assert other.logbook.count(ben) == 0


def test_what_one_clubs_dashboards_were_let_show_no_other_clubs_are(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    consent = Consent(
        athlete=ada, viewer=DASHBOARDS.id, kinds=("load_and_flags",), since=NOW.date()
    )
    there = stores.logbook.add(ada, consent).id
    exported = export(stores, ada, tmp_path / "ada.zip", NOW)
    with open_stores(Settings(data=tmp_path / "elsewhere")) as other:
        assert restore(other, exported.path).rows == exported.rows - 1
        assert there not in {row.id for row in other.logbook.everything(ada)}


def test_an_export_can_be_read_without_catfoot(stores: Stores, ada: str, tmp_path: Path) -> None:
    exported = export(stores, ada, tmp_path / "ada.zip", NOW)
    with zipfile.ZipFile(exported.path) as archive:
        names = archive.namelist()
        assert "2026-03-15 06:30 UTC" in archive.read("README.txt").decode()
        said = json.loads(archive.read("logbook.json"))
        reading = next(name for name in names if name.endswith("/reading.csv"))
        head, first, *_ = archive.read(reading).decode().splitlines()
    kinds = {row["kind"] for row in said["rows"]}
    assert kinds == {"person", "run", "recording", "check_in", "strength_session", "consent"}
    assert head.startswith("t_ns,cadence_spm,gct_s,")
    assert first.split(",")[2] == "0.25"
    assert {Path(name).suffix for name in names if name.startswith("raw/")} == {".fit", ".csv"}


def test_a_recording_whose_bytes_are_gone_is_named_and_the_rest_exported(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    row = stores.logbook.entries(Recording, ada)[0]
    stores.raw.forget(ada, row.entry.content)
    exported = export(stores, ada, tmp_path / "ada.zip", NOW)
    assert exported.missing == (row.id,)
    assert exported.recordings == 1
    with open_stores(Settings(data=tmp_path / "elsewhere")) as other:
        restore(other, exported.path)
        assert rows_of(other, ada) == rows_of(stores, ada)


def test_who_is_here_already_is_not_overwritten(stores: Stores, ada: str, tmp_path: Path) -> None:
    exported = export(stores, ada, tmp_path / "ada.zip", NOW)
    before = stores.logbook.everything(ada)
    with pytest.raises(Conflict, match="here already"):
        restore(stores, exported.path)
    assert stores.logbook.everything(ada) == before


def test_a_restore_that_broke_off_is_finished_by_the_next(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    exported = export(stores, ada, tmp_path / "ada.zip", NOW)
    with open_stores(Settings(data=tmp_path / "elsewhere")) as other:
        # Everything but the logbook, which comes last, as after a crash before it.
        for content in stores.raw.contents(ada):
            other.raw.keep(ada, stores.raw.read(ada, content))
        restore(other, exported.path)
        assert rows_of(other, ada) == rows_of(stores, ada)


def test_nobody_unknown_is_exported(stores: Stores, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        export(stores, "0" * 32, tmp_path / "x.zip", NOW)
    assert not list(tmp_path.glob("*.zip"))


def test_a_folder_that_is_not_there_is_one_sentence(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    with pytest.raises(CatfootError, match="cannot write"):
        export(stores, ada, tmp_path / "nowhere" / "ada.zip", NOW)


Change = Callable[[dict[str, bytes]], None]


def _cell(files: dict[str, bytes]) -> None:
    name = next(name for name in files if name.endswith("reading.csv"))
    files[name] = files[name].replace(b"0.25", b"a quarter", 1)


def _column(files: dict[str, bytes]) -> None:
    name = next(name for name in files if name.endswith("reading.csv"))
    files[name] = files[name].replace(b"gct_s", b"gct", 1)


def _bytes(files: dict[str, bytes]) -> None:
    name = next(name for name in files if name.startswith("raw/"))
    files[name] = files[name][:-1]


def _newer(files: dict[str, bytes]) -> None:
    files["logbook.json"] = files["logbook.json"].replace(b'"version": 1', b'"version": 99', 1)


def _path(files: dict[str, bytes]) -> None:
    said = json.loads(files["logbook.json"])
    said["athlete"] = "../../../../etc/passwd"
    files["logbook.json"] = json.dumps(said).encode()


def _somebody(files: dict[str, bytes]) -> None:
    files["rows/index.json"] = files["rows/index.json"].replace(
        json.loads(files["logbook.json"])["athlete"].encode(), b"f" * 32
    )


def _lost(files: dict[str, bytes]) -> None:
    del files["logbook.json"]


@pytest.mark.parametrize("change", [_cell, _column, _bytes, _newer, _path, _somebody, _lost])
def test_an_export_that_was_changed_is_one_sentence_and_leaves_nothing(
    stores: Stores, ada: str, tmp_path: Path, change: Change
) -> None:
    exported = export(stores, ada, tmp_path / "ada.zip", NOW)
    with zipfile.ZipFile(exported.path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    with zipfile.ZipFile(tmp_path / "changed.zip", "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    with open_stores(Settings(data=tmp_path / "elsewhere")) as other:
        with pytest.raises(FileError, match=r"^changed\.zip: ") as found:
            restore(other, tmp_path / "changed.zip")
        assert "\n" not in str(found.value)
        assert other.logbook.persons() == []
        assert other.series.held(ada) == {}
        assert other.raw.contents(ada) == []


def test_what_is_no_zip_is_one_sentence(stores: Stores, tmp_path: Path) -> None:
    (tmp_path / "ada.zip").write_bytes(b"no zip")
    with pytest.raises(FileError, match=r"ada\.zip: it is not a whole export"):
        restore(stores, tmp_path / "ada.zip")


@given(seed=st.integers(0, 999), name=st.sampled_from(sorted(TABLES)))
@settings(max_examples=20, deadline=None)
def test_rows_as_csv_come_back_bit_for_bit(seed: int, name: str) -> None:
    rng = np.random.default_rng(seed)
    table = empty(TABLES[name], 20)
    for column in table.dtype.names or ():
        if table.dtype[column].kind == "f":
            table[column] = rng.normal(size=20) * 10.0 ** rng.integers(-300, 300, 20)
            table[column][rng.random(20) < 0.3] = np.nan
        else:
            table[column] = rng.integers(0, 100, 20)
    text = rowsfile.write(table)
    assert rowsfile.read(text.encode(), rowsfile.layout_of(table), "x").tobytes() == table.tobytes()


def test_rows_are_in_an_export_as_parquet_too_where_that_is_asked_for(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    exported = export(stores, ada, tmp_path / "ada.zip", NOW, parquet=True)
    with zipfile.ZipFile(exported.path) as archive:
        names = {name for name in archive.namelist() if name.endswith(".parquet")}
        found = {
            (key, name): pq.read_table(
                io.BytesIO(archive.read(f"rows/{key.run}/{key.recording}/{name}.parquet"))
            )
            for key, tables in stores.series.held(ada).items()
            for name in tables
        }
    assert len(found) == len(names) == exported.tables
    for (key, name), table in found.items():
        rows = stores.series.read(ada, key.run, name)[key]
        assert table.column_names == list(rows.dtype.names or ())
        for column in table.column_names:
            assert table[column].to_numpy().tobytes() == rows[column].tobytes()
    with open_stores(Settings(data=tmp_path / "elsewhere")) as other:
        restore(other, exported.path)
        assert rows_of(other, ada) == rows_of(stores, ada)


def test_without_its_library_parquet_is_one_sentence_and_leaves_no_file(
    stores: Stores, ada: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ConfigError, match=r"install catfoot\[parquet\]"):
        export(stores, ada, tmp_path / "ada.zip", NOW, parquet=True)
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


def test_an_empty_table_as_csv_is_its_head() -> None:
    table = empty(STEP)
    text = rowsfile.write(table)
    assert text.count("\n") == 1
    assert len(rowsfile.read(text.encode(), rowsfile.layout_of(table), "x")) == 0
