"""What the connection check says of the stores: what they say of themselves, and nothing twice."""

from pathlib import Path

import pytest

from catfoot.athletes import athlete_named
from catfoot.config import Settings, open_stores
from catfoot.ingest.connection import Check
from catfoot.machine import check_machine
from catfoot.signal.tables import STEP, empty
from catfoot.store.outbox import Outbox
from catfoot.store.series import SeriesKey

KEY = SeriesKey(athlete="a" * 32, run="1" * 32, recording="2" * 32, side="left", rev=1, origin_ns=0)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A server's data folder, whose InfluxDB nobody can reach, on a machine without radio."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/nobody")
    url = "influx://u:p@127.0.0.1:1/nowhere"
    return Settings(data=tmp_path / "data", series_url=url, disk_warning_pct=100)


def checked(settings: Settings) -> dict[str, Check]:
    found = check_machine(settings, listen_s=0.05)
    assert len({one.name for one in found}) == len(found)  # nothing twice
    return {one.name: one for one in found}


def test_an_empty_outbox_is_good_and_a_letter_in_it_waits(settings: Settings) -> None:
    assert checked(settings)["outbox"] == Check(
        name="outbox", state="good", found="0 recordings wait (0.0 MB), 0 dead"
    )
    outbox = Outbox(settings.data / "outbox.db")
    outbox.put(KEY, {"step": empty(STEP, 3)})
    waits = checked(settings)["outbox"]
    assert waits.state == "could be better"
    assert waits.found.startswith("1 recordings wait")
    assert waits.todo
    outbox.bury(outbox.letters()[0], "field type conflict")
    outbox.close()
    dead = checked(settings)["outbox"]
    assert dead.state == "bad"
    assert dead.found.endswith("1 dead")
    assert "`catfoot outbox` says why" in dead.todo


def test_what_health_says_of_the_stores_the_check_says_too(settings: Settings) -> None:
    full = settings.model_copy(update={"disk_warning_pct": 1, "series_url": None})
    (full.data / "erasing").mkdir(parents=True)
    (full.data / "erasing" / ("a" * 32)).touch()
    found = checked(full)
    assert found["disk"].state == "could be better"
    assert "CATFOOT_RAW_DAYS" in found["disk"].todo
    assert found["erasing"].state == "bad"
    assert found["outbox"].found == "not needed: the series are kept here"
    assert found["durability"].state == "good"


def test_what_is_stored_is_read_through_where_that_is_asked(settings: Settings) -> None:
    here = settings.model_copy(update={"series_url": None})
    with open_stores(here) as stores:
        ada = athlete_named(stores, "ada")
        content = stores.raw.keep(ada, b"what a sensor said" * 100)
    assert "what is stored" not in checked(here)
    (whole,) = read_through(here)
    assert (whole.state, whole.found) == ("good", "read through; all is whole")
    (sealed,) = here.data.glob(f"raw/{ada}/{content}*")
    sealed.write_bytes(sealed.read_bytes()[:-1] + b"?")
    (damaged,) = read_through(here)
    assert damaged.state == "bad"
    assert damaged.found == "1 recordings are damaged"
    assert damaged.todo == "restore them from a backup"


def read_through(settings: Settings) -> list[Check]:
    found = check_machine(settings, listen_s=0.05, read_through=True)
    return [one for one in found if one.name == "what is stored"]
