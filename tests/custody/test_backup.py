import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from catfoot.config import RESTORING, Settings, Stores, open_stores
from catfoot.custody import back_up, bring_back, erase
from catfoot.custody import backup as backups
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


def test_erasing_reaches_the_backup_folders_that_are_there_and_names_the_others(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    old = back_up(stores, tmp_path / "backups", NOW)
    back_up(stores, tmp_path / "disk", NOW)
    (tmp_path / "disk").rename(tmp_path / "unplugged")
    gone = erase(stores, ada)
    assert gone.backups_away == (str(tmp_path / "disk"),)
    assert not list((tmp_path / "backups" / "raw").glob(f"{ada}/*"))
    # The machine dies before another backup was made: the old one does not bring her back.
    assert bring_back(Settings(data=tmp_path / "new"), old.path) == 0


@pytest.mark.parametrize("broken_at", range(6))
def test_bringing_back_that_broke_off_is_finished_by_the_next_and_nothing_opens_it_before(
    stores: Stores, ada: str, ben: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    broken_at: int,
) -> None:  # fmt: skip
    backup = back_up(stores, tmp_path / "backups", NOW)
    erase(stores, ada)
    steps = 0

    def breaking(whole: Callable[..., Any]) -> Callable[..., Any]:
        def step(*given: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps == broken_at + 1:
                raise StoreError("the power went")
            return whole(*given)

        return step

    new = Settings(data=tmp_path / "new")
    with monkeypatch.context() as patch:
        for name in ("_copy_once", "_copy_durably", "remember_erased", "erase"):
            patch.setattr(backups, name, breaking(getattr(backups, name)))
        with pytest.raises(StoreError, match="the power went"):
            bring_back(new, backup.path)
    with pytest.raises(ConfigError, match="half restored"):
        open_stores(new)
    assert bring_back(new, backup.path) == 1
    with open_stores(new) as other:
        assert other.logbook.everything(ben) == stores.logbook.everything(ben)
        assert rows_of(other, ben) == rows_of(stores, ben)
        assert other.raw.contents(ben) == stores.raw.contents(ben)
        assert other.logbook.count(ada) == 0
    with pytest.raises(ConfigError, match="is not empty"):
        bring_back(new, backup.path)


def test_another_backup_does_not_finish_what_one_began(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    first = back_up(stores, tmp_path / "backups", NOW)
    second = back_up(stores, tmp_path / "backups", NOW + timedelta(days=1))
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / RESTORING).write_text(
        hashlib.sha256((first.path / "backup.json").read_bytes()).hexdigest()
    )
    with pytest.raises(ConfigError, match="from another backup"):
        bring_back(Settings(data=tmp_path / "new"), second.path)
    assert bring_back(Settings(data=tmp_path / "new"), first.path) == 1


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
