"""What the club's dashboards show, in a real InfluxDB: by consent alone, and only so long."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Semaphore
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

from catfoot.config import Settings, Stores, open_stores
from catfoot.custody import erase, finish_erasing
from catfoot.errors import StoreError
from catfoot.post.board import Board
from catfoot.store.influxserver import InfluxServer
from catfoot.store.manifest import EVER
from catfoot.training.consent import DASHBOARDS, MACHINE, Consent
from catfoot.training.entries import CheckIn, Person, Run, StrengthSession
from catfoot.training.example import ten_weeks
from tests.store.influxd import Influxd

TODAY = date(2026, 3, 16)
NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)
KINDS: Any = ("load_and_flags", "metrics")


class Club:
    """Stores with a board, and what its database holds."""

    def __init__(self, stores: Stores, url: str) -> None:
        self.stores, self.now = stores, NOW
        assert stores.board is not None
        self.board = Board(stores, stores.board, lambda: self.now)
        self._server = InfluxServer(url)

    def athlete(self, name: str, seed: int = 1) -> str:
        person, *entries = ten_weeks(TODAY, seed)
        assert isinstance(person, Person)
        athlete = self.stores.logbook.add_person(replace(person, name=name))
        for entry in entries:
            if isinstance(entry, Run | StrengthSession) and entry.day > TODAY - timedelta(21):
                self.stores.logbook.add(athlete, entry)
        return athlete

    def shares(self, athlete: str, kinds: Any = KINDS, **more: Any) -> str:
        consent = Consent(athlete=athlete, viewer=DASHBOARDS.id, kinds=kinds, since=TODAY, **more)
        return self.stores.logbook.add(athlete, consent).id

    def withdraws(self, athlete: str, id: str) -> None:
        row = self.stores.logbook.get(Consent, athlete, id)
        ended = replace(row.entry, withdrawn_at=self.now)
        self.stores.logbook.replace(athlete, id, ended, row.version)

    def found(self, measurement: str, athlete: str | None = None) -> list[dict[str, Any]]:
        which = EVER if athlete is None else f"athlete = '{athlete}' AND {EVER}"
        return [
            {name: column[i] for name, column in answer.items() if column[i] is not None}
            for answer in self._server.ask(f'SELECT * FROM "{measurement}" WHERE {which}')
            for i in range(len(answer["time"]))
        ]


@pytest.fixture
def influxd_with_users(needed: Callable[[str, bool], None]) -> Iterator[Callable[[str], str]]:
    """URLs of databases of an InfluxDB that asks for passwords, for Grafana's own user."""
    program = shutil.which("influxd")
    needed("InfluxDB (Debian: influxdb)", program is not None)
    server = Influxd(program or "", users=True)
    try:
        server.start()
        server.query("CREATE USER owner WITH PASSWORD 'owner' WITH ALL PRIVILEGES")
        for name in ("shared", "catfoot"):
            server.query(f"CREATE DATABASE {name}")
            owner = InfluxServer(f"influx://owner:owner@127.0.0.1:{server.port}/{name}")
            owner.write(b"day run_km=8 1\nstep gct_s=0.25 1")
            owner.close()
        server.query("CREATE USER grafana WITH PASSWORD 'hush'")
        server.query("GRANT READ ON shared TO grafana")
        yield lambda name: f"influx://grafana:hush@127.0.0.1:{server.port}/{name}"
    finally:
        server.remove()


@pytest.fixture
def club(tmp_path: Path, influx_url: str) -> Iterator[Club]:
    with open_stores(Settings(data=tmp_path / "data", dashboards_url=influx_url)) as stores:
        yield Club(stores, influx_url)


def test_only_who_consents_is_shown_and_only_what_they_consent_to(club: Club) -> None:
    ada, ben, cleo = (club.athlete(name, i) for i, name in enumerate(("Ada", "Ben", "Cleo")))
    club.shares(ada)
    club.shares(ben, ("load_and_flags",))
    assert club.board.round() == 2
    assert {row["athlete"] for row in club.found("day")} == {ada, ben}
    assert {row["name"] for row in club.found("run")} == {"Ada", "Ben"}
    mine, his = club.found("run", ada), club.found("run", ben)
    assert len(mine) == len(club.stores.logbook.entries(Run, ada))
    assert all({"gct_ms", "gct_grade", "cadence_spm"} <= set(row) for row in mine)
    assert {key for row in his for key in row} == {
        "time", "athlete", "name", "kind", "run_km", "run_min"
    }  # fmt: skip
    assert club.found("day", cleo) == []


def test_the_days_say_what_the_runs_and_sessions_say(club: Club) -> None:
    ada = club.athlete("Ada")
    club.shares(ada)
    club.board.round()
    runs = [row.entry for row in club.stores.logbook.entries(Run, ada)]
    days = club.found("day", ada)
    assert sum(row["runs"] for row in days) == len(runs)
    known = sum((run.distance_m or 0) / 1000 for run in runs)
    assert sum(row.get("run_km", 0) for row in days) == pytest.approx(known)
    effort = sum(run.duration_s / 60 * (run.effort or 0) for run in runs)
    assert sum(row.get("run_rpe_min", 0) for row in days) == pytest.approx(effort)
    assert sum(row["strength_min"] for row in days) > 30


def test_nothing_of_a_check_in_nor_a_number_that_is_withheld_is_shown(club: Club) -> None:
    ada = club.athlete("Ada")
    club.shares(ada)
    club.stores.logbook.add(ada, CheckIn(day=TODAY, at=NOW, note="left shin, privately"))
    row = club.stores.logbook.entries(Run, ada)[-1]
    gct = row.entry.summary.measure("gct")
    assert gct is not None
    withheld = replace(gct, grade="X", value=None, reasons=("too few steps",))
    others = tuple(m for m in row.entry.summary.measures if m.name != "gct")
    summary = replace(row.entry.summary, measures=(*others, withheld))
    club.stores.logbook.replace(ada, row.id, replace(row.entry, summary=summary), row.version)
    club.board.round()
    last = max(club.found("run", ada), key=lambda one: one["time"])
    assert "gct_ms" not in last
    assert "cadence_spm" in last
    assert "privately" not in str([club.found(name) for name in ("day", "run", "shown")])


def test_withdrawing_takes_everything_out_again(club: Club) -> None:
    ada, ben = club.athlete("Ada", 1), club.athlete("Ben", 2)
    given = club.shares(ada)
    club.shares(ben)
    club.board.round()
    club.withdraws(ada, given)
    assert club.board.round() == 1
    assert [club.found(name, ada) for name in ("day", "run", "shown")] == [[], [], []]
    assert club.found("day", ben)


def test_sharing_less_leaves_nothing_of_what_was_shared_before(club: Club) -> None:
    ada = club.athlete("Ada")
    wide = club.shares(ada)
    club.board.round()
    club.shares(ada, ("load_and_flags",))
    club.withdraws(ada, wide)
    club.board.round()
    assert {key for row in club.found("run", ada) for key in row} == {
        "time", "athlete", "name", "kind", "run_km", "run_min"
    }  # fmt: skip


def test_a_consent_ends_with_its_day_where_the_athlete_lives(club: Club) -> None:
    ada = club.athlete("Ada")
    row = club.stores.logbook.person(ada)
    auckland = replace(row.entry, tz="Pacific/Auckland")
    club.stores.logbook.replace(ada, ada, auckland, row.version)
    club.shares(ada, until=TODAY + timedelta(1))
    club.board.round()
    assert club.found("day", ada)
    # 13 hours ahead: Wednesday there begins on Tuesday at 11 in UTC.
    club.now = NOW.replace(day=17, hour=10, minute=59)
    club.board.round()
    assert club.found("day", ada)
    club.now = NOW.replace(day=17, hour=11, minute=0)
    assert club.board.round() == 1
    assert club.found("day", ada) == []


def test_a_name_is_shown_as_it_is_now_whatever_it_is_made_of(club: Club) -> None:
    ada = club.athlete('O\'Hara, "A=b" \\')
    club.shares(ada)
    club.board.round()
    assert {row["name"] for row in club.found("day")} == {'O\'Hara, "A=b"'}
    row = club.stores.logbook.person(ada)
    club.stores.logbook.replace(ada, ada, replace(row.entry, name="Ada"), row.version)
    club.board.round()
    assert {row["name"] for row in club.found("day")} == {"Ada"}


def test_what_did_not_change_is_not_written_again_also_after_a_new_start(club: Club) -> None:
    ada = club.athlete("Ada")
    club.shares(ada)
    assert [club.board.round(), club.board.round()] == [1, 0]
    assert club.stores.board is not None
    assert Board(club.stores, club.stores.board, lambda: NOW).round() == 0
    club.stores.logbook.add(ada, CheckIn(day=TODAY, at=NOW))
    assert club.board.round() == 0  # looked at again, and the same


def test_a_board_that_a_crash_left_half_written_is_made_whole(club: Club) -> None:
    ada = club.athlete("Ada")
    club.shares(ada)
    club.board.round()
    before = club.found("run", ada)
    assert club.stores.board is not None
    # As a killed process leaves it: announced, half of it there, not settled.
    club.stores.board.put(ada, b"run,athlete=" + ada.encode() + b",name=Ada run_min=1 1", "")
    assert Board(club.stores, club.stores.board, lambda: NOW).round() == 1
    assert club.found("run", ada) == before


def test_erasing_an_athlete_empties_the_dashboards_too(club: Club) -> None:
    ada = club.athlete("Ada")
    club.shares(ada)
    club.board.round()
    erase(club.stores, ada)
    assert [club.found(name, ada) for name in ("day", "run", "shown")] == [[], [], []]
    assert club.board.round() == 0
    assert not list((club.stores.settings.data / "locks").glob(ada))


def test_erasing_is_not_done_before_the_dashboards_are_empty(
    tmp_path: Path,
    influxd: Influxd,
) -> None:
    influxd.query("CREATE DATABASE later")
    url = f"influx://127.0.0.1:{influxd.port}/later"
    settings = Settings(data=tmp_path / "data", dashboards_url=url)
    with open_stores(settings) as stores:
        club = Club(stores, url)
        ada = club.athlete("Ada")
        club.shares(ada)
        club.board.round()
        influxd.kill()
        try:
            with pytest.raises(StoreError, match="InfluxDB"):
                erase(stores, ada)
        finally:
            influxd.start()
        assert club.found("day", ada)
        assert finish_erasing(stores) == [ada]
        assert club.found("day", ada) == []


def test_the_athlete_reads_that_the_dashboards_looked(club: Club) -> None:
    ada = club.athlete("Ada")
    club.shares(ada)
    club.board.round()
    seen = club.stores.as_seen_by(MACHINE).sights(ada)
    assert {(one.viewer, one.kind) for one in seen} >= {("dashboards", "load_and_flags")}


def test_a_consent_withdrawn_while_it_was_written_leaves_nothing(club: Club) -> None:
    ada = club.athlete("Ada")
    given = club.shares(ada)
    board = club.stores.board
    assert board is not None

    def put(athlete: str, lines: bytes, digest: str) -> None:
        board.put(athlete, lines, digest)
        club.withdraws(ada, given)

    slow: Any = SimpleNamespace(held=board.held, drop=board.drop, put=put)
    Board(club.stores, slow, lambda: NOW).round()
    assert club.found("day", ada) == []


def test_a_running_server_takes_out_what_is_withdrawn_and_says_while_it_cannot(
    club: Club,
    influxd: Influxd,
) -> None:
    ada = club.athlete("Ada")
    given = club.shares(ada)
    rounds = Semaphore(0)

    def clock() -> datetime:  # a round asks it first, and once
        rounds.release()
        return NOW

    assert club.stores.board is not None
    board = Board(club.stores, club.stores.board, clock)

    def whole_round() -> None:
        for _ in range(2):  # where the next one begins, the one before is over
            board.wake()
            assert rounds.acquire(timeout=30)

    board.start()
    whole_round()
    assert club.found("day", ada)
    assert board.fault is None
    influxd.kill()
    try:
        club.withdraws(ada, given)
        while rounds.acquire(blocking=False):
            pass
        whole_round()
        assert board.fault is not None
        assert "InfluxDB" in board.fault
    finally:
        influxd.start()
    while rounds.acquire(blocking=False):
        pass
    whole_round()
    assert club.found("day", ada) == []
    board.close()
    board.close()


def test_one_athlete_whose_lines_are_refused_holds_up_nobody_elses_withdrawal(club: Club) -> None:
    athletes = sorted(club.athlete(name, seed) for seed, name in enumerate(("Ada", "Ben", "Cleo")))
    given = [club.shares(athlete) for athlete in athletes]
    club.board.round()
    for i in (0, 1):
        row = club.stores.logbook.person(athletes[i])
        changed = replace(row.entry, name=f"{row.entry.name} B.")
        club.stores.logbook.replace(athletes[i], athletes[i], changed, row.version)
    club.withdraws(athletes[2], given[2])
    board = club.stores.board
    assert board is not None

    def put(athlete: str, lines: bytes, digest: str) -> None:
        broken = lines.replace(b"run_min=", b"run_min=soon") if athlete == athletes[0] else lines
        board.put(athlete, broken, digest)

    broken: Any = SimpleNamespace(held=board.held, drop=board.drop, put=put)
    with pytest.raises(StoreError, match=r"InfluxDB .* refuses"):
        Board(club.stores, broken, lambda: NOW).round()
    assert club.found("day", athletes[2]) == []
    assert {str(row["name"])[-3:] for row in club.found("day", athletes[1])} == {" B."}
    assert Board(club.stores, board, lambda: NOW).round() == 1  # as soon as it is taken
    assert club.found("run", athletes[0])


@pytest.mark.parametrize(
    ("given", "why"),
    [({"write": True}, "write: dashboards show"), ({"kinds": ("check_ins",)}, "kinds: dashboards")],
)
def test_dashboards_cannot_be_let_do_more(given: dict[str, Any], why: str) -> None:
    said: dict[str, Any] = {"athlete": "a", "viewer": DASHBOARDS.id, "kinds": KINDS, **given}
    with pytest.raises(ValueError, match=why):
        Consent(**said, since=TODAY)


def test_grafanas_user_reads_the_dashboards_and_nothing_else(
    influxd_with_users: Callable[[str], str],
) -> None:
    """A user of InfluxDB 1.x with READ on that database alone, as docs/deploy.md makes it."""
    assert urlsplit(influxd_with_users("shared")).username == "grafana"
    ours = InfluxServer(influxd_with_users("shared"))
    assert ours.ask(f'SELECT * FROM "day" WHERE {EVER}')
    with pytest.raises(StoreError, match="not authorized"):
        ours.write(b"day run_km=1 1")
    with pytest.raises(StoreError, match="not authorized"):
        ours.run('DELETE FROM "day"')
    theirs = InfluxServer(influxd_with_users("catfoot"))
    with pytest.raises(StoreError, match="not authorized"):
        theirs.ask(f'SELECT * FROM "step" WHERE {EVER}')
    listed = ours.ask("SHOW DATABASES")
    assert [name for answer in listed for name in answer["name"]] == ["shared"]
    ours.close()
    theirs.close()
