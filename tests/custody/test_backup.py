from datetime import timedelta
from pathlib import Path

import pytest

from catfoot.config import Settings, Stores, open_stores
from catfoot.custody import back_up, bring_back, erase
from catfoot.errors import ConfigError, FileError, StoreError

from .conftest import NOW, rows_of


def test_a_backup_brings_everything_back_into_an_empty_folder(
    stores: Stores, ada: str, ben: str, tmp_path: Path
) -> None:
    live = stores.raw.begin(ada, "left")
    live.append(b"still running")
    backup = back_up(stores, tmp_path / "backups", NOW)
    assert (backup.recordings, backup.copied, backup.elsewhere) == (4, 4, ())
    assert bring_back(Settings(data=tmp_path / "new"), backup.path) == 2
    with open_stores(Settings(data=tmp_path / "new")) as other:
        for athlete in (ada, ben):
            assert other.logbook.everything(athlete) == stores.logbook.everything(athlete)
            assert rows_of(other, athlete) == rows_of(stores, athlete)
            for content in stores.raw.contents(athlete):
                assert other.raw.read(athlete, content) == stores.raw.read(athlete, content)
        assert other.raw.unclosed() == [(ada, "left")]
        assert other.raw.begin(ada, "left").read() == b"still running"
    live.release()


def test_recordings_are_copied_once_for_all_backups(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    assert back_up(stores, tmp_path / "backups", NOW).copied == 2
    second = back_up(stores, tmp_path / "backups", NOW + timedelta(days=1))
    assert (second.recordings, second.copied) == (2, 0)
    with pytest.raises(StoreError, match="there already"):
        back_up(stores, tmp_path / "backups", NOW)


def test_who_was_erased_after_a_backup_does_not_come_back(
    stores: Stores, ada: str, ben: str, tmp_path: Path
) -> None:
    old = back_up(stores, tmp_path / "backups", NOW)
    erase(stores, ada)
    back_up(stores, tmp_path / "backups", NOW + timedelta(days=1))
    assert not list((tmp_path / "backups" / "raw").glob(f"{ada}/*"))
    assert bring_back(Settings(data=tmp_path / "new"), old.path) == 1
    with open_stores(Settings(data=tmp_path / "new")) as other:
        assert [row.id for row in other.logbook.persons()] == [ben]
        assert other.logbook.everything(ben) == stores.logbook.everything(ben)
    for path in (tmp_path / "new").rglob("*"):
        assert path.is_dir() or ada.encode() not in path.read_bytes()


def test_a_folder_in_use_is_not_restored_into(stores: Stores, ada: str, tmp_path: Path) -> None:
    backup = back_up(stores, tmp_path / "backups", NOW)
    with pytest.raises(ConfigError, match="is not empty"):
        bring_back(stores.settings, backup.path)


def test_a_backup_that_is_not_whole_is_one_sentence(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    backup = back_up(stores, tmp_path / "backups", NOW)
    data = (backup.path / "series.db").read_bytes()
    (backup.path / "series.db").write_bytes(data[:-1])
    with pytest.raises(FileError, match=r"series\.db was changed since"):
        bring_back(Settings(data=tmp_path / "new"), backup.path)
    (backup.path / "backup.json").unlink()
    with pytest.raises(FileError, match="not a whole backup"):
        bring_back(Settings(data=tmp_path / "new"), backup.path)
    assert not (tmp_path / "new").exists()
