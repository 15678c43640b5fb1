from pathlib import Path

import pytest

from catfoot.config import Stores
from catfoot.custody import erase, finish_erasing
from catfoot.custody.erasing import erased, is_erased
from catfoot.errors import StoreError
from catfoot.store.accounts import Account

from .conftest import NOW, rows_of, waiting_upload


def traces(folder: Path, name: str) -> list[Path]:
    """Return every file that names the athlete, in its path or its bytes."""
    return [
        path
        for path in folder.rglob("*")
        if name in str(path) or (path.is_file() and name.encode() in path.read_bytes())
    ]


def test_an_erased_athlete_is_in_no_file_and_nobody_else_lost_anything(
    stores: Stores, ada: str, ben: str, tmp_path: Path
) -> None:
    upload, others = waiting_upload(stores, ada), waiting_upload(stores, ben)
    stores.raw.begin(ada, "left").release()
    before = stores.logbook.everything(ben), rows_of(stores, ben), stores.raw.contents(ben)
    assert traces(tmp_path, ada)

    gone = erase(stores, ada)
    assert (gone.rows, gone.recordings) == (10, 2)
    assert gone.tables >= 2
    assert gone.searched_files >= 2
    assert traces(tmp_path, ada) == []
    assert not upload.exists()
    assert others.exists()
    assert (stores.logbook.everything(ben), rows_of(stores, ben)) == before[:2]
    assert stores.raw.contents(ben) == before[2]
    assert is_erased(erased(tmp_path / "data"), ada)
    assert not is_erased(erased(tmp_path / "data"), ben)


def test_the_account_of_an_erased_athlete_goes_with_them(
    stores: Stores, ada: str, ben: str, tmp_path: Path
) -> None:
    accounts = [
        Account(login=name, name=name, role="athlete", password="x", created_at=NOW, athlete=id)
        for name, id in (("ada", ada), ("ben", ben))
    ]
    mine, theirs = (stores.logbook.accounts.add(account) for account in accounts)
    assert traces(tmp_path, mine)
    erase(stores, ada)
    assert [account.id for account in stores.logbook.accounts.accounts()] == [theirs]
    assert traces(tmp_path, mine) == []


def test_erasing_twice_is_erasing_once(stores: Stores, ada: str) -> None:
    erase(stores, ada)
    again = erase(stores, ada)
    assert (again.rows, again.tables, again.recordings) == (0, 0, 0)


@pytest.mark.parametrize("broken", ["series", "raw"])
def test_an_erasing_that_broke_off_is_finished_at_the_next_start(
    stores: Stores, ada: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    method = {"series": "drop", "raw": "forget"}[broken]
    store = type(getattr(stores, broken))
    whole = getattr(store, method)

    def breaking(*_: object) -> None:
        raise StoreError("the power went")

    monkeypatch.setattr(store, method, breaking)
    with pytest.raises(StoreError, match="the power went"):
        erase(stores, ada)
    monkeypatch.setattr(store, method, whole)
    assert stores.logbook.persons() == []
    assert finish_erasing(stores) == [ada]
    assert traces(tmp_path, ada) == []
    assert finish_erasing(stores) == []


def test_a_trace_that_is_left_is_named(stores: Stores, ada: str, tmp_path: Path) -> None:
    (tmp_path / "data" / "notes.txt").write_text(f"call {ada} back")
    with pytest.raises(StoreError, match=r"notes\.txt still names the athlete"):
        erase(stores, ada)
