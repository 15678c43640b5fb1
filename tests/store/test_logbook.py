import json
import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catfoot.errors import ConfigError, Conflict, NotFound, StoreError
from catfoot.store.logbook import Job, Logbook, Row
from catfoot.store.schema import KINDS, ROW_COLUMNS
from catfoot.training import consent, entries, work
from catfoot.training.entries import (
    CheckIn,
    FlagAnswer,
    Person,
    Recording,
    Run,
    ShownFlag,
    Soreness,
    StrengthSession,
    as_json,
    from_json,
)

from . import make
from .conftest import Spawn

DAY = make.DAY
KIND_LIST = sorted(KINDS, key=lambda kind: kind.__name__)


@pytest.fixture
def book(url: str) -> Iterator[Logbook]:
    logbook = Logbook.open(url)
    yield logbook
    logbook.close()


@pytest.fixture
def ada(book: Logbook) -> str:
    return book.add_person(Person(name="ada"))


def commit(book: Logbook, athlete: str, run: str = "1" * 32, **more: Any) -> None:
    book.commit_run(
        athlete, make.run(), make.recording(run, **more), run_id=run,
        recording_id=more.get("content", make.CONTENT)[:32], new=True,
    )  # fmt: skip


@pytest.mark.parametrize("kind", KIND_LIST)
@given(data=st.data())
@settings(
    max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_any_entry_is_the_same_as_dataclass_as_row_and_as_json(
    book: Logbook, kind: type[Any], data: st.DataObject
) -> None:
    athlete = book.add_person(Person(name="ada"))
    entry = data.draw(make.anything(kind))
    if hasattr(entry, "athlete"):
        entry = from_json(kind, as_json(entry) | {"athlete": athlete})
    if kind is Recording:
        run = book.add(athlete, make.run())
        entry = from_json(kind, as_json(entry) | {"run": run.id})
    if kind is Person:
        athlete = book.add_person(from_json(Person, as_json(entry)))
        row: Row[Any] = book.person(athlete)
    else:
        row = book.add(athlete, entry)
    assert row.entry == entry
    assert book.get(kind, athlete, row.id) == row
    assert from_json(kind, json.loads(json.dumps(as_json(entry)))) == entry


@pytest.mark.parametrize("kind", KIND_LIST)
def test_a_table_has_the_fields_of_its_dataclass_and_the_columns_of_a_row(kind: type[Any]) -> None:
    fields = set(kind.__dataclass_fields__)
    assert set(KINDS[kind].c.keys()) == fields | set(ROW_COLUMNS)
    assert not (fields - {"athlete"}) & set(ROW_COLUMNS)


def test_everything_that_is_written_down_has_rows() -> None:
    kinds: set[type] = {
        kind
        for module in (entries, work, consent)
        for kind in vars(module).values()
        if isinstance(kind, type) and is_dataclass(kind) and kind is not consent.Viewer
    }
    hints = " ".join(str(hint) for kind in kinds for hint in get_type_hints(kind).values())
    parts = {kind for kind in kinds if re.search(rf"\b{kind.__name__}\b", hints)}
    assert kinds - parts == set(KINDS)


def test_people_are_found_by_name_and_listed(book: Logbook) -> None:
    ben = book.add_person(Person(name="ben", demo=True), author="setup")
    ada = book.person_named(Person(name="ada"))
    assert book.person_named(Person(name="ada", mass_kg=60)) == ada
    assert [row.entry.name for row in book.persons()] == ["ada", "ben"]
    row = book.persons()[1]
    assert (row.id, row.athlete, row.author, row.version) == (ben, ben, "setup", 1)


def test_what_nobody_wrote_is_not_found(book: Logbook, ada: str) -> None:
    with pytest.raises(NotFound):
        book.person("0" * 32)
    with pytest.raises(NotFound):
        book.get(Run, ada, "0" * 32)
    with pytest.raises(NotFound):
        book.add("0" * 32, make.run())
    with pytest.raises(NotFound):
        book.remove(Run, ada, "0" * 32)
    with pytest.raises(NotFound):
        book.replace(ada, "0" * 32, make.run(), 1)
    with pytest.raises(NotFound):
        book.job("0" * 32)
    with pytest.raises(NotFound):
        book.set_job("0" * 32, "done")
    with pytest.raises(NotFound):
        book.add_job(Job(athlete="0" * 32, kind="import", payload={}))
    assert book.entries(Run, "0" * 32) == []
    assert book.version("0" * 32) == 0


def test_an_entry_of_one_athlete_is_not_found_under_another(book: Logbook, ada: str) -> None:
    ben = book.add_person(Person(name="ben"))
    row = book.add(ada, make.run())
    with pytest.raises(NotFound):
        book.get(Run, ben, row.id)
    with pytest.raises(NotFound):
        book.replace(ben, row.id, make.run(), 1)
    with pytest.raises(NotFound):
        book.remove(Run, ben, row.id)
    assert book.get(Run, ada, row.id) == row


def test_entries_come_in_order_of_their_days_and_may_be_cut(book: Logbook, ada: str) -> None:
    for n in (3, 1, 2):
        book.add(ada, make.run(DAY + timedelta(n), make.NOON + timedelta(n)))
    days = [row.entry.day.day for row in book.entries(Run, ada)]
    assert days == [2, 3, 4]
    since, until = DAY + timedelta(2), DAY + timedelta(2)
    assert [row.entry.day for row in book.entries(Run, ada, since, until)] == [since]
    assert len(book.entries(Run, ada, since=since)) == 2
    assert len(book.entries(Run, ada, until=until)) == 2


def test_a_recording_is_cut_by_the_utc_day_of_its_start(book: Logbook, ada: str) -> None:
    commit(book, ada)
    assert len(book.entries(Recording, ada, DAY, DAY)) == 1
    assert book.entries(Recording, ada, DAY + timedelta(1)) == []
    assert book.entries(Recording, ada, until=DAY - timedelta(1)) == []


def test_a_row_whose_id_was_said_is_written_once(book: Logbook, ada: str) -> None:
    assert book.add(ada, make.run(), id="a" * 32).id == "a" * 32
    with pytest.raises(Conflict):
        book.add(ada, make.run(title="again"), id="a" * 32)
    assert [row.entry for row in book.entries(Run, ada)] == [make.run()]


def test_a_replaced_entry_keeps_its_row_and_counts_its_version(book: Logbook, ada: str) -> None:
    first = book.add(ada, make.run(), author="ada")
    second = book.replace(ada, first.id, make.run(title="hills"), first.version)
    assert second.version == 2
    assert second.entry.title == "hills"
    assert (second.id, second.created_at, second.author) == (first.id, first.created_at, "ada")
    with pytest.raises(Conflict, match="version 2 and you changed version 1"):
        book.replace(ada, first.id, make.run(title="flat"), first.version)
    assert book.get(Run, ada, first.id) == second


def test_the_athletes_version_grows_with_every_write_and_only_with_theirs(
    book: Logbook, ada: str
) -> None:
    ben = book.add_person(Person(name="ben"))
    seen = [book.version(ada)]
    row = book.add(ada, make.run())
    seen.append(book.version(ada))
    book.replace(ada, row.id, make.run(title="x"), 1)
    seen.append(book.version(ada))
    book.remove(Run, ada, row.id)
    seen.append(book.version(ada))
    commit(book, ada)
    seen.append(book.version(ada))
    assert seen == sorted(set(seen))
    assert book.version(ben) == 1


def test_a_write_that_fails_leaves_nothing_and_counts_nothing(book: Logbook, ada: str) -> None:
    commit(book, ada)
    before = book.version(ada)
    with pytest.raises(Conflict):  # the same content under another id
        book.commit_run(
            ada, make.run(), make.recording("2" * 32), run_id="2" * 32,
            recording_id="f" * 32, new=True,
        )  # fmt: skip
    assert [row.id for row in book.entries(Run, ada)] == ["1" * 32]
    assert book.version(ada) == before


def test_a_run_and_its_recording_committed_twice_are_there_once(book: Logbook, ada: str) -> None:
    commit(book, ada)
    commit(book, ada)
    assert len(book.entries(Run, ada)) == 1
    (row,) = book.recordings(ada, "1" * 32)
    assert row.entry == make.recording("1" * 32)
    found = book.recording_of(ada, make.CONTENT)
    assert found is not None
    assert found.id == row.id
    assert book.recording_of(ada, "f" * 64) is None


def test_recordings_of_a_run_come_best_rank_first(book: Logbook, ada: str) -> None:
    commit(book, ada, rank=2)
    commit(book, ada, rank=0, content="e" * 64)
    assert [row.entry.rank for row in book.recordings(ada, "1" * 32)] == [0, 2]


def test_a_run_that_was_erased_meanwhile_is_not_brought_back(book: Logbook, ada: str) -> None:
    with pytest.raises(NotFound):
        book.commit_run(
            ada, make.run(), make.recording("1" * 32), run_id="1" * 32,
            recording_id="2" * 32, new=False,
        )  # fmt: skip
    book.erase(ada)
    with pytest.raises(NotFound):
        commit(book, ada)


def test_a_run_goes_only_after_its_recordings(book: Logbook, ada: str) -> None:
    commit(book, ada)
    with pytest.raises(Conflict):
        book.remove(Run, ada, "1" * 32)
    (row,) = book.recordings(ada, "1" * 32)
    book.remove(Recording, ada, row.id)
    book.remove(Run, ada, "1" * 32)
    assert book.entries(Run, ada) == []


@pytest.mark.parametrize(
    ("start_min", "stop_min", "found"),
    [(-10, 0, 0), (-10, 1, 1), (5, 6, 1), (29, 60, 1), (30, 60, 0), (-10, 60, 1)],
)
def test_runs_that_overlap_a_time_at_all_are_found(
    book: Logbook, ada: str, start_min: int, stop_min: int, found: int
) -> None:
    book.add(ada, make.run())  # half an hour from noon
    start, stop = (make.NOON + timedelta(minutes=m) for m in (start_min, stop_min))
    assert len(book.runs_between(ada, start, stop)) == found


def test_a_job_is_remembered_until_it_is_done(book: Logbook, ada: str) -> None:
    job = book.add_job(Job(athlete=ada, kind="import", payload={"name": "a.fit"}))
    other = book.add_job(Job(athlete=ada, kind="recording", payload={}))
    book.set_job(job, "working")
    assert [found.id for found in book.unfinished_jobs()] == [job, other]
    book.set_job(job, "done", result={"run": "1"})
    book.set_job(other, "failed", error="it broke")
    assert book.unfinished_jobs() == []
    assert [(found.state, found.result, found.error) for found in book.jobs(ada)] == [
        ("done", {"run": "1"}, None),
        ("failed", None, "it broke"),
    ]
    assert book.job(job).payload == {"name": "a.fit"}


def test_erasing_takes_every_row_of_the_athlete_and_of_nobody_else(
    book: Logbook, ada: str, tmp_path: Path
) -> None:
    ben = book.add_person(Person(name="ben"))
    sore = CheckIn(day=DAY, at=make.NOON, soreness=(Soreness(site="calf", score=3),))
    sets = StrengthSession(day=DAY, started_at=make.NOON, duration_min=10, note="unforgettable")
    answer = FlagAnswer(rule="F01", first_day=DAY, answer="seen", at=make.NOON)
    for athlete in (ada, ben):
        for entry in (sore, sets, answer):
            book.add(athlete, entry)
        commit(book, athlete, run=athlete, content=athlete * 2)
        book.add_job(Job(athlete=athlete, kind="import", payload={}))
    book.erase(ada)
    book.erase(ada)
    for kind in KINDS:
        assert book.entries(kind, ada) == []
    for kind in (Person, Run, Recording, CheckIn, StrengthSession, FlagAnswer):
        assert len(book.entries(kind, ben)) == 1
    assert book.jobs(ada) == []
    assert len(book.jobs(ben)) == 1
    for path in tmp_path.glob("logbook.db*"):
        assert ada.encode() not in path.read_bytes()


def test_an_athlete_is_taken_out_whole_and_put_back_row_for_row(book: Logbook, ada: str) -> None:
    commit(book, ada)
    checked_in = book.add(ada, CheckIn(day=DAY, at=make.NOON), author="ada")
    book.replace(ada, checked_in.id, CheckIn(day=DAY, at=make.NOON, note="stiff"), 1)
    rows = book.everything(ada)
    assert len(rows) == 4
    with pytest.raises(Conflict, match="here already"):
        book.put_back(ada, rows)
    book.erase(ada)
    assert book.count(ada) == 0
    book.put_back(ada, rows)
    assert book.everything(ada) == rows
    assert book.count(ada) == 5
    book.erase(ada)
    ben = book.add_person(Person(name="ben"))
    with pytest.raises(Conflict, match="another athlete"):
        book.put_back(ada, book.everything(ben))
    assert book.count(ada) == 0


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_not_known_is_none_and_never_nan(book: Logbook, ada: str, value: float) -> None:
    with pytest.raises(ValueError, match="duration_s"):
        commit(book, ada, duration_s=value)
    with pytest.raises(ValueError, match="summary"):
        commit(book, ada, summary=make.summary(gct_ms=value))
    with pytest.raises(ValueError, match="payload"):
        book.add_job(Job(athlete=ada, kind="import", payload={"x": value}))


def test_a_text_that_postgresql_could_not_hold_is_refused_everywhere(
    book: Logbook, ada: str
) -> None:
    answer = ShownFlag(
        day=DAY, rule="F01", version=1, first_day=DAY, severity="notice", text="a\0b",
        numbers="", to="runner",
    )  # fmt: skip
    with pytest.raises(ValueError, match="text: expected text without"):
        book.add(ada, answer)


def test_the_clock_stamps_rows(url: str) -> None:
    book = Logbook.open(url, clock=lambda: datetime(2026, 1, 2, 3, 4, 5, 678_901, UTC))
    ada = book.add_person(Person(name="ada"))
    assert book.person(ada).created_at == datetime(2026, 1, 2, 3, 4, 5, 678_901, UTC)
    book.close()


def test_an_instant_is_the_same_in_any_zone_and_sorts_as_time(book: Logbook, ada: str) -> None:
    tokyo, new_york = timezone(timedelta(hours=9)), timezone(timedelta(hours=-5))
    later = make.NOON.astimezone(new_york)
    earlier = (make.NOON - timedelta(microseconds=1)).astimezone(tokyo)
    for instant in (later, earlier):
        book.add(ada, make.run(started_at=instant))
    assert [row.entry.started_at for row in book.entries(Run, ada)] == [earlier, later]
    assert book.entries(Run, ada)[0].entry.started_at.tzinfo == UTC


@pytest.mark.parametrize("other", ["mysql://x/y", "nonsense", "sqlite://"])
def test_a_url_of_something_else_is_one_sentence(other: str) -> None:
    with pytest.raises(ConfigError, match="logbook_url"):
        Logbook.open(other)


def test_a_file_that_is_no_logbook_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "logbook.db").write_bytes(b"not a database " * 100)
    with pytest.raises(StoreError, match="logbook cannot be opened: file is not a database"):
        Logbook.open(f"sqlite:///{tmp_path / 'logbook.db'}")


WRITER = """
from catfoot.store.logbook import Logbook
from catfoot.training.entries import Person, Run
from datetime import date, datetime, timezone
print("ready", flush=True)
input()
book = Logbook.open({url!r})
athlete = book.person_named(Person(name="ada"))
for i in range(40):
    book.add(athlete, Run(day=date(2026, 1, 1), duration_s=i,
        started_at=datetime(2026, 1, 1, tzinfo=timezone.utc)))
print("done", flush=True)
"""


def test_two_processes_open_a_new_logbook_and_write_at_once(
    url: str, tmp_path: Path, spawn: Spawn
) -> None:
    (tmp_path / "logbook.db").unlink(missing_ok=True)  # on SQLite they make it, too
    children = [spawn(WRITER.format(url=url)) for _ in range(2)]
    for word, answer in (("ready\n", "go\n"), ("done\n", "")):
        for child in children:
            assert child.stdout is not None
            assert child.stdout.readline() == word
        for child in children:
            assert child.stdin is not None
            child.stdin.write(answer)
            child.stdin.flush()
    book = Logbook.open(url)
    (ada,) = book.persons()
    assert len(book.entries(Run, ada.id)) == 80
    assert book.version(ada.id) == 81
    book.close()
