from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from catfoot import sync
from catfoot.config import Settings, Stores, open_stores
from catfoot.errors import FileError
from catfoot.ingest.files import fitwriter as fw
from catfoot.sync.folder import Watched
from catfoot.training.entries import Run

START = 1_141_000_000  # FIT time, in February 2026


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with open_stores(Settings(data=tmp_path / "data")) as opened:
        yield opened


def _fit(day: int) -> bytes:
    return fw.steady_run(START + 86_400 * day, 60)


def test_a_file_is_taken_once_and_only_when_it_has_settled(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    path = tmp_path / "a.fit"
    path.write_bytes(b"half")
    assert watched.settled() == []
    path.write_bytes(b"half and half")
    assert watched.settled() == []
    assert watched.settled() == [path]
    watched.done(path)
    assert watched.settled() == []
    path.write_bytes(b"another")
    watched.settled()
    assert watched.settled() == [path]


def test_empty_hidden_and_linked_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "empty.fit").touch()
    (tmp_path / ".partial.fit").write_bytes(b"x")
    (tmp_path / "link.fit").symlink_to(tmp_path / ".partial.fit")
    watched = Watched(tmp_path)
    watched.settled()
    assert watched.settled() == []


def test_a_folder_that_is_away_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such folder"):
        Watched(tmp_path / "unplugged").settled()


def test_a_watched_folder_imports_what_comes_while_it_is_plugged_in(
    stores: Stores, tmp_path: Path
) -> None:
    folder = tmp_path / "GARMIN"
    script: list[Callable[[], object]] = [
        lambda: folder.mkdir(),
        lambda: (folder / "1.fit").write_bytes(_fit(1)),
        lambda: (folder / "notes.txt").write_text("nothing"),
        lambda: (folder / "2.fit").write_bytes(_fit(2)[:-7]),
        lambda: (folder / "3.fit").write_bytes(_fit(1)),
        lambda: None,
        lambda: None,
    ]

    def pause() -> bool:
        if script:
            script.pop(0)()
            return True
        return False

    def eve() -> str:
        return sync.athlete_named(stores, "eve")

    lines = list(sync.watch(stores, eve, folder, pause=pause))
    assert [(line.file, line.outcome) for line in lines] == [
        ("1.fit", "imported"),
        ("notes.txt", "skipped"),
        ("2.fit", "refused"),
        ("3.fit", "already"),
    ]
    assert len(stores.logbook.entries(Run, eve())) == 1
