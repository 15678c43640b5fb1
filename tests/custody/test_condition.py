import os
import resource
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catfoot.config import Settings, Stores, open_stores
from catfoot.custody import condition, look
from catfoot.errors import StoreError
from catfoot.store.embedded import EmbeddedSeries
from catfoot.store.outbox import Waiting
from catfoot.training.entries import CheckIn

from .conftest import NOW


def said(stores: Stores, now: datetime | None = None) -> dict[str, tuple[str, str]]:
    """Return severity and text of what was found, by what it is about."""
    found = look(stores, now or datetime.now(UTC)).findings
    assert all("\n" not in f.text and str(stores.settings.data) not in f.text for f in found)
    return {f.about: (f.severity, f.text) for f in found}


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow any more, which is what a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def roomy(tmp_path: Path) -> Iterator[Stores]:
    """Stores that call no disk full, whatever this machine's is."""
    with open_stores(Settings(data=tmp_path / "data", disk_warning_pct=100)) as opened:
        yield opened


def test_stores_that_are_well_have_nothing_to_say(roomy: Stores) -> None:
    assert said(roomy) == {}
    assert look(roomy, datetime.now(UTC)).worst == "ok"


def test_a_disk_that_fills_is_a_warning_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(total=1000_000_000_000, free=150_000_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    for days, advice in ((None, "let original recordings go"), (90, "are kept 90 days")):
        with open_stores(Settings(data=tmp_path / f"{days}", raw_days=days)) as stores:
            severity, text = said(stores)["disk"]
        assert severity == "warning"
        assert text.startswith("the disk is 85 % full, 150.0 GB are left; ")
        assert advice in text
    with open_stores(Settings(data=tmp_path / "x", disk_warning_pct=86)) as stores:
        assert "disk" not in said(stores)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_full_disk_is_one_sentence_in_every_store_and_the_condition_says_so(
    roomy: Stores, ada: str
) -> None:
    before = roomy.logbook.everything(ada)
    note = CheckIn(day=NOW.date(), at=NOW, note="x" * 100_000)
    with full_disk():
        for write in (
            lambda: roomy.logbook.add(ada, note),
            lambda: roomy.raw.keep(ada, os.urandom(100_000)),
            lambda: roomy.raw.stage([os.urandom(100_000)], 200_000),
        ):
            with pytest.raises(StoreError) as fault:
                write()
            assert "\n" not in str(fault.value)
        assert roomy.logbook.everything(ada) == before  # reading goes on
        severity, text = said(roomy)["folder"]
        assert (severity, text[:23]) == ("fault", "nothing can be stored (")
    assert "folder" not in said(roomy)
    assert roomy.logbook.add(ada, note).version == 1
    assert not list(roomy.settings.data.rglob("*.tmp"))


def test_a_file_system_that_turned_read_only_is_one_sentence_and_reading_goes_on(
    roomy: Stores, ada: str
) -> None:
    # Root may write anywhere; a database can be closed to its own connections.
    with roomy.logbook._db.write() as connection:
        connection.exec_driver_sql("PRAGMA query_only=ON")
    try:
        with pytest.raises(StoreError, match="attempt to write a readonly database"):
            roomy.logbook.add(ada, CheckIn(day=NOW.date(), at=NOW))
        assert roomy.logbook.person(ada).entry.name == "ada"
    finally:
        with roomy.logbook._db.read() as connection:
            connection.exec_driver_sql("PRAGMA query_only=OFF")


def test_a_clock_that_was_set_back_is_a_fault_until_it_is_right_again(roomy: Stores) -> None:
    now = datetime.now(UTC)
    assert "clock" not in said(roomy, now)
    for _ in range(2):
        severity, text = said(roomy, now - timedelta(days=30))["clock"]
        assert severity == "fault"
        assert f"but was at {now:%Y-%m-%d %H:%M} before; set it right" in text
    assert "clock" not in said(roomy, now + timedelta(seconds=1))


def test_a_damaged_database_is_named_and_found_by_reading_through(roomy: Stores, ada: str) -> None:
    assert list(condition.inspect(roomy)) == []
    content = roomy.raw.contents(ada)[0]
    sealed = roomy.settings.data / "raw" / ada / f"{content}.raw"
    sealed.write_bytes(sealed.read_bytes()[:-1] + b"?")
    (found,) = condition.inspect(roomy)
    assert found.text == "1 recordings are damaged; restore them from a backup"
    series = roomy.settings.data / "series.db"
    assert isinstance(roomy.series, EmbeddedSeries)
    roomy.series.close()
    series.with_name("series.db-wal").unlink(missing_ok=True)
    series.write_bytes(b"no database " * 1000)
    assert said(roomy)["series"][1].startswith("the store of measures does not answer (file is")
    assert any("series.db is damaged" in f.text for f in condition._pages(roomy.settings.data))


def test_an_erasing_that_is_not_done_is_said(roomy: Stores) -> None:
    (roomy.settings.data / "erasing").mkdir()
    (roomy.settings.data / "erasing" / ("a" * 32)).touch()
    assert said(roomy)["erasing"][0] == "fault"


def test_what_waits_for_influxdb_and_what_it_refused_is_said(tmp_path: Path) -> None:
    url = "influx://u:p@127.0.0.1:1/nowhere"
    settings = Settings(data=tmp_path, series_url=url, disk_warning_pct=100)
    with open_stores(settings) as stores:
        assert look(stores, NOW).outbox == Waiting(0, 0, 0)
        assert condition.dead_letters(stores) == []
        assert condition.retry_dead_letters(stores) == 0
