import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catfoot import sync
from catfoot.config import Stores, open_stores
from catfoot.custody import erase, finish_erasing, searching, tidy
from catfoot.custody.erasing import erased, is_erased
from catfoot.custody.searching import Needles
from catfoot.errors import StoreError
from catfoot.ingest.files import fitwriter as fw
from catfoot.store.accounts import Account
from catfoot.store.schema import metadata
from catfoot.training.consent import Consent
from catfoot.training.entries import FlagAnswer

from .conftest import FIT_TIME, NOW, rows_of, waiting_upload


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


def test_every_text_of_an_erased_athlete_is_looked_for_and_named_where_it_is_left(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    answer = FlagAnswer(
        rule="F01", first_day=NOW.date(), answer="seen", at=NOW, by="c" * 32,
        note="Ada's coach: she says the \u0161hin is sore",
    )  # fmt: skip
    stores.logbook.add(ada, answer, author="c" * 32)
    (tmp_path / "data" / "sent.log").write_text("mail: Ada's coach: she says the \u0161hin is sore")
    with pytest.raises(StoreError, match=r"sent\.log still names the athlete"):
        erase(stores, ada)
    (tmp_path / "data" / "sent.log").unlink()
    gone = erase(stores, ada)
    assert gone.searched_for >= 1
    for path in (tmp_path / "data").glob("*"):
        assert path.is_dir() or b"hin is sore" not in path.read_bytes()


def test_an_upload_of_bytes_that_are_known_goes_although_no_job_names_it(
    stores: Stores, ada: str
) -> None:
    data = stores.raw.read(ada, stores.raw.contents(ada)[0])
    staged, others = stores.raw.stage([data], 10**9), stores.raw.stage([b"others"], 10**9)
    erase(stores, ada)
    assert not staged.path.exists()
    assert others.path.exists()


def test_what_an_erased_person_wrote_about_others_stays_without_their_name(
    stores: Stores, ada: str, ben: str, tmp_path: Path
) -> None:
    note = FlagAnswer(rule="F01", first_day=NOW.date(), answer="seen", at=NOW, by=ada, note="ok")
    stores.logbook.add(ben, note, author=ada)
    consent = Consent(athlete=ben, viewer=ada, kinds=("metrics",), since=NOW.date())
    stores.logbook.add(ben, consent)
    erase(stores, ada)
    assert traces(tmp_path, ada) == []
    (row,) = stores.logbook.entries(FlagAnswer, ben)
    assert (row.author, row.entry.by, row.entry.note) == ("erased", "erased", "ok")
    assert [row.entry.viewer for row in stores.logbook.entries(Consent, ben)] == ["c" * 32]


def test_a_file_that_two_athletes_imported_stays_with_the_other(
    stores: Stores, ada: str, ben: str
) -> None:
    data = fw.steady_run(FIT_TIME + 50_000, 60)
    for athlete in (ada, ben):
        sync.import_bytes(stores, athlete, data, "the same.fit")
    erase(stores, ada)
    assert stores.raw.has(ben, hashlib.sha256(data).hexdigest())


def test_every_table_of_the_logbook_goes_with_the_athlete_or_their_account() -> None:
    for table in metadata.sorted_tables:
        owners = [
            key.column.table.name
            for key in table.foreign_keys
            if key.ondelete == "CASCADE"
            and key.column.table.name in ("athlete", "account", "channel")
        ]
        assert owners or table.name in ("athlete", "team"), table.name


def test_what_was_still_being_recorded_while_its_athlete_was_erased_goes_at_the_next_tidying(
    stores: Stores, ada: str, tmp_path: Path
) -> None:
    live = stores.raw.begin(ada, "left")
    live.append(b"a step more")
    erase(stores, ada)
    stores.raw.keep(ada, b"a step more")  # sealed by whoever had it open
    live.release()
    tidy(stores, NOW)
    assert traces(tmp_path, ada) == []


@given(
    st.lists(st.binary(min_size=8, max_size=300), min_size=1, max_size=5),
    st.binary(max_size=300),
)
@settings(deadline=None)
def test_a_needle_is_found_wherever_it_lies_and_only_there(
    needles: list[bytes], around: bytes
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hay"
        whole = around * 3 + needles[0] + around
        path.write_bytes(whole)
        found = Needles(needles).found_in(path)
        assert found is not None
        assert any(needle.startswith(found) for needle in needles)
        path.write_bytes(around)
        expected = any(needle[:200] in around for needle in needles)
        assert (Needles(needles).found_in(path) is not None) == expected


def test_a_needle_across_two_chunks_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "_CHUNK", 100)
    (tmp_path / "hay").write_bytes(b"." * 95 + b"a needle of 23 letters." + b"." * 95)
    assert Needles([b"a needle of 23 letters."]).found_in(tmp_path / "hay")
    assert Needles([b"a needle of 24 letters.."]).found_in(tmp_path / "hay") is None


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


LOCKED = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000000 + 2)
    except OSError:
        print("locked")
"""


@pytest.mark.skipif(os.name == "nt", reason="POSIX's locks are of POSIX")
def test_erasing_leaves_the_locks_of_open_databases_as_they_are(
    stores: Stores, ada: str, ben: str, tmp_path: Path
) -> None:
    logbook = tmp_path / "data" / "logbook.db"  # where SQLite locks bytes, from 1 GiB on

    def locked() -> bool:
        command = [sys.executable, "-c", LOCKED, str(logbook)]
        return subprocess.run(command, capture_output=True, check=True).stdout == b"locked\n"

    assert stores.logbook.persons()
    assert locked()
    erase(stores, ada)
    assert locked(), "another process could take the log away from under this one"
    with open_stores(stores.settings) as again:
        assert again.logbook.persons()
    assert locked(), "another opening in this process let go what this one holds"
