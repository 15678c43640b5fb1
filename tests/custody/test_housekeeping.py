import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catfoot import sync
from catfoot.config import Settings, Stores, open_stores
from catfoot.custody import Tidied, export, housekeeping, reanalyse, tidy
from catfoot.errors import StoreError
from catfoot.store.logbook import Logbook
from catfoot.training.entries import Recording, Run

from .conftest import NOW, athlete, rows_of

SAID = "Its original bytes went after 30 days, so it cannot be measured again."


def later(days: float) -> datetime:
    """Return an instant so long after everything was stored."""
    return datetime.now(UTC) + timedelta(days=days)


@pytest.fixture
def short(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", raw_days=30)


def test_without_a_setting_every_original_byte_stays(stores: Stores, ada: str) -> None:
    assert tidy(stores, later(10_000)) == Tidied(0, 0)
    assert len(stores.raw.contents(ada)) == 2


def test_bytes_older_than_the_setting_go_and_runs_keep_rows_and_rev_and_say_so(
    short: Settings, tmp_path: Path
) -> None:
    with open_stores(short) as stores:
        ada = athlete(stores, "ada", seed=1)
        before = rows_of(stores, ada)
        assert tidy(stores, later(29)) == Tidied(0, 0)
        assert tidy(stores, later(31)) == Tidied(2, 0)
        assert tidy(stores, later(31)) == Tidied(0, 0)
        assert stores.raw.contents(ada) == []
        assert rows_of(stores, ada) == before
        for row in stores.logbook.entries(Recording, ada):
            assert row.entry.rev == 1
            assert row.entry.summary.warnings.count(SAID) == 1
        assert all(SAID in row.entry.summary.warnings for row in stores.logbook.entries(Run, ada))
        assert {m.state for m in reanalyse(stores, everything=True)} == {"gone"}
        assert len(export(stores, ada, tmp_path / "x.zip", NOW).missing) == 2


def test_a_crash_between_saying_so_and_letting_go_is_finished_and_said_once(
    short: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_stores(short) as stores:
        ada = athlete(stores, "ada", seed=1)
        forget = type(stores.raw).forget

        def breaking(*_: object) -> None:
            raise StoreError("the power went")

        monkeypatch.setattr(type(stores.raw), "forget", breaking)
        with pytest.raises(StoreError, match="the power went"):
            tidy(stores, later(31))
        monkeypatch.setattr(type(stores.raw), "forget", forget)
        assert tidy(stores, later(31)).let_go == 2
        for row in stores.logbook.entries(Recording, ada):
            assert row.entry.summary.warnings.count(SAID) == 1


def test_rows_that_an_interrupted_split_left_are_swept_and_the_split_can_be_done_again(
    stores: Stores, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (row.id for row in stores.logbook.entries(Run, ada))
    sync.join_runs(stores, ada, first, second)
    before = rows_of(stores, ada)
    recording = stores.logbook.recordings(ada, first)[1].id
    commit = Logbook.commit_run

    def breaking(*_: object, **__: object) -> None:
        raise StoreError("the power went")

    monkeypatch.setattr(Logbook, "commit_run", breaking)
    with pytest.raises(StoreError, match="the power went"):
        sync.split_off(stores, ada, recording)
    monkeypatch.setattr(Logbook, "commit_run", commit)
    assert len(rows_of(stores, ada)) > len(before)
    assert tidy(stores, NOW) == Tidied(0, 1)
    assert rows_of(stores, ada) == before
    sync.split_off(stores, ada, recording)
    assert tidy(stores, NOW) == Tidied(0, 0)
    assert sorted(map(len, rows_of(stores, ada).values())) == sorted(map(len, before.values()))


def test_a_server_tidies_at_its_start_and_outlives_what_goes_wrong(
    stores: Stores, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds, looked = [0], threading.Event()
    persons = Logbook.persons

    def counting(book: Logbook) -> object:
        rounds[0] += 1
        if rounds[0] == 1:
            raise StoreError("for once")
        looked.set()
        return persons(book)

    monkeypatch.setattr(Logbook, "persons", counting)
    with housekeeping(stores, lambda: NOW, every_s=0.001):
        assert looked.wait(30)
