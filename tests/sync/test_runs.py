from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catfoot import sync
from catfoot.config import Settings, Stores, open_stores
from catfoot.errors import Conflict
from catfoot.ingest.files import fitwriter as fw
from catfoot.training.entries import Run

BEGUN = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
FIT_EPOCH = datetime(1989, 12, 31, tzinfo=UTC)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with open_stores(Settings(data=tmp_path / "data")) as opened:
        yield opened


@pytest.fixture
def ada(stores: Stores) -> str:
    return sync.athlete_named(stores, "ada")


def _import(stores: Stores, athlete: str, after_s: int) -> sync.Imported:
    start = BEGUN + timedelta(seconds=after_s)
    data = fw.steady_run(int((start - FIT_EPOCH).total_seconds()), 600)
    return sync.import_bytes(stores, athlete, data, f"{after_s}.fit")


def _title(stores: Stores, athlete: str, run: str, title: str) -> None:
    row = stores.logbook.get(Run, athlete, run)
    written = Run(
        day=row.entry.day, started_at=row.entry.started_at, duration_s=row.entry.duration_s,
        distance_m=row.entry.distance_m, summary=row.entry.summary, title=title, effort=4,
    )  # fmt: skip
    stores.logbook.replace(athlete, run, written, row.version)


def _state(stores: Stores, athlete: str) -> dict[str, object]:
    """Every run with its recordings, what is written about it and how many rows it has."""
    return {
        row.id: (
            row.entry,
            [r.id for r in stores.logbook.recordings(athlete, row.id)],
            sorted(len(t) for t in stores.series.read(athlete, row.id, "reading").values()),
        )
        for row in stores.logbook.entries(Run, athlete)
    }


def test_two_runs_joined_by_hand_are_one_and_can_be_undone(stores: Stores, ada: str) -> None:
    first, second = _import(stores, ada, 0), _import(stores, ada, 700)
    _title(stores, ada, second.run, "hills")
    before = _state(stores, ada)
    undo = sync.join_runs(stores, ada, first.run, second.run)
    (run,) = stores.logbook.entries(Run, ada)
    assert run.id == first.run
    assert run.entry.title == "hills"
    assert run.entry.started_at == BEGUN
    assert len(stores.logbook.recordings(ada, first.run)) == 2
    assert len(stores.series.read(ada, first.run, "reading")) == 2
    assert stores.series.read(ada, second.run, "reading") == {}
    redo = sync.arrange(stores, ada, undo)
    assert _state(stores, ada) == before
    sync.arrange(stores, ada, redo)
    assert len(stores.logbook.entries(Run, ada)) == 1


def test_a_join_that_was_broken_off_is_finished_by_joining_again(stores: Stores, ada: str) -> None:
    first, second = _import(stores, ada, 0), _import(stores, ada, 700)
    left = stores.logbook.get(Run, ada, second.run).entry
    sync.join_runs(stores, ada, first.run, second.run)
    stores.logbook.add(ada, left, id=second.run)  # as a crash before the last step leaves it
    sync.join_runs(stores, ada, first.run, second.run)
    (run,) = stores.logbook.entries(Run, ada)
    assert run.id == first.run
    assert len(stores.logbook.recordings(ada, run.id)) == 2


def test_a_run_that_was_typed_in_joins_the_recorded_one_and_can_be_undone(
    stores: Stores, ada: str
) -> None:
    recorded = _import(stores, ada, 0)
    typed = Run(day=BEGUN.date(), started_at=BEGUN, duration_s=600, title="hills", effort=4)
    by_hand = stores.logbook.add(ada, typed).id
    before = _state(stores, ada)
    undo = sync.join_runs(stores, ada, recorded.run, by_hand)
    (run,) = stores.logbook.entries(Run, ada)
    assert (run.entry.title, run.entry.effort) == ("hills", 4)
    redo = sync.arrange(stores, ada, undo)
    assert _state(stores, ada) == before
    sync.arrange(stores, ada, redo)
    assert len(stores.logbook.entries(Run, ada)) == 1


def test_a_recording_split_off_by_hand_stays_apart_and_can_be_undone(
    stores: Stores, ada: str
) -> None:
    first, second = _import(stores, ada, 0), _import(stores, ada, 60)
    assert second.run == first.run
    _title(stores, ada, first.run, "long")
    before = _state(stores, ada)
    undo = sync.split_off(stores, ada, second.recording)
    runs = stores.logbook.entries(Run, ada)
    assert len(runs) == 2
    assert sorted(run.entry.title for run in runs) == ["", "long"]
    again = _import(stores, ada, 60)
    assert again.state == "already"
    assert again.run != first.run
    sync.arrange(stores, ada, undo)
    assert _state(stores, ada) == before


def test_what_cannot_be_parted_or_joined_is_said(stores: Stores, ada: str) -> None:
    only = _import(stores, ada, 0)
    with pytest.raises(Conflict, match="only one"):
        sync.split_off(stores, ada, only.recording)
    with pytest.raises(Conflict, match="with itself"):
        sync.join_runs(stores, ada, only.run, only.run)


def test_arranging_twice_is_arranging_once(stores: Stores, ada: str) -> None:
    first, second = _import(stores, ada, 0), _import(stores, ada, 700)
    undo = sync.join_runs(stores, ada, first.run, second.run)
    sync.arrange(stores, ada, undo)
    state = _state(stores, ada)
    sync.arrange(stores, ada, undo)
    assert _state(stores, ada) == state
