import io
import os
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catfoot import sync, workers
from catfoot.config import Settings, Stores, open_stores
from catfoot.ingest.files import Options
from catfoot.ingest.files import fitwriter as fw
from catfoot.jobs import Jobs
from catfoot.store.raw import Staged
from catfoot.training.entries import Recording, Run

START = 1_141_000_000  # FIT time, in February 2026


class _Never(Executor):
    """Takes work and does none, like a pool whose machine stops."""

    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        return Future()


class _Breaks(Executor):
    """A pool that dies under the first ``n`` pieces of work, as with a process short of memory."""

    def __init__(self, n: int) -> None:
        self.left = n
        self.asked = 0
        self.tried = threading.Semaphore(0)

    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        done: Future[None] = Future()
        self.asked += 1
        self.left -= 1
        if self.left >= 0:
            done.set_exception(BrokenExecutor("a worker died"))
        else:
            done.set_result(fn(*args, **kwargs))
        self.tried.release()
        return done


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with open_stores(Settings(data=tmp_path / "data")) as opened:
        yield opened


@pytest.fixture
def ada(stores: Stores) -> str:
    return sync.athlete_named(stores, "ada")


@pytest.fixture
def pool() -> Iterator[Executor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


def _staged(stores: Stores, data: bytes) -> Staged:
    return stores.raw.stage([data], 10**7)


def _run(start: int = START) -> bytes:
    return fw.steady_run(start, 120)


def test_an_upload_becomes_a_run_and_its_staged_bytes_go(
    stores: Stores, ada: str, pool: Executor
) -> None:
    staged = _staged(stores, _run())
    id = Jobs(stores, pool).submit_import(ada, staged, "easy.fit", Options(side="left"))
    pool.shutdown()
    job = stores.logbook.job(id)
    assert job.state == "done"
    assert job.result is not None
    assert job.result["state"] == "imported"
    assert job.result["side"] == "left"
    assert not staged.path.exists()
    assert len(stores.logbook.entries(Run, ada)) == 1


def test_a_refused_upload_carries_its_sentence_and_stays_nowhere(
    stores: Stores, ada: str, pool: Executor
) -> None:
    staged = _staged(stores, _run()[:-9])
    id = Jobs(stores, pool).submit_import(ada, staged, "cut.fit", Options())
    pool.shutdown()
    job = stores.logbook.job(id)
    assert job.state == "refused"
    assert job.error is not None
    assert job.error.startswith("cut.fit: the FIT file is cut off")
    assert not staged.path.exists()
    assert stores.raw.contents(ada) == []


def test_the_same_upload_twice_is_said_to_be_there_already(
    stores: Stores, ada: str, pool: Executor
) -> None:
    work = Jobs(stores, pool)
    ids = [work.submit_import(ada, _staged(stores, _run()), "a.fit", Options()) for _ in range(2)]
    pool.shutdown()
    assert sorted(stores.logbook.job(id).state for id in ids) == ["already", "done"]
    assert len(stores.logbook.entries(Recording, ada)) == 1


def test_two_recordings_of_one_run_worked_on_at_once_join(
    stores: Stores, ada: str, pool: Executor
) -> None:
    work = Jobs(stores, pool)
    contents = [stores.raw.keep(ada, _run(START + i)) for i in range(4)]
    for content in contents:
        work.submit_recording(ada, content)
    pool.shutdown()
    assert [job.state for job in stores.logbook.jobs(ada)] == ["done"] * 4
    (run,) = stores.logbook.entries(Run, ada)
    assert len(stores.logbook.recordings(ada, run.id)) == 4


def test_what_was_unfinished_is_done_after_the_next_start(
    stores: Stores, ada: str, pool: Executor
) -> None:
    stopped = Jobs(stores, _Never())
    waiting = stopped.submit_import(ada, _staged(stores, _run()), "a.fit", Options())
    working = stopped.submit_import(ada, _staged(stores, _run(START + 9000)), "b.fit", Options())
    stopped.close()
    stores.logbook.set_job(working, "working")
    assert Jobs(stores, pool).resume() == 2
    pool.shutdown()
    assert [stores.logbook.job(id).state for id in (waiting, working)] == ["done", "done"]
    assert len(stores.logbook.entries(Run, ada)) == 2


def test_killed_after_the_run_was_committed_the_job_still_ends(
    stores: Stores, ada: str, pool: Executor
) -> None:
    staged = _staged(stores, _run())
    id = Jobs(stores, _Never()).submit_import(ada, staged, "a.fit", Options())
    sync.import_bytes(stores, ada, staged.read(), "a.fit")
    staged.discard()
    Jobs(stores, pool).resume()
    pool.shutdown()
    assert stores.logbook.job(id).state == "already"


def test_a_job_that_takes_its_process_along_is_given_up(stores: Stores, ada: str) -> None:
    id = Jobs(stores, _Never()).submit_import(ada, _staged(stores, _run()), "a.fit", Options())
    stores.logbook.set_job(id, "working", result={"attempts": 3})
    workers.perform(stores, id)
    assert stores.logbook.job(id).state == "failed"


def test_a_file_that_takes_too_long_is_given_up_and_named_and_no_other(
    tmp_path: Path, stores: Stores, ada: str
) -> None:
    jobs = Jobs(stores, _Never())
    ids = [jobs.submit_import(ada, _staged(stores, _run()), "a.fit", Options()) for _ in range(2)]
    hurried = stores.settings.model_copy(update={"import_cpu_s": 0.001})
    workers.perform(replace(stores, settings=hurried), ids[0])
    told = stores.logbook.job(ids[0])
    assert told.state == "refused"
    assert "takes too long" in (told.error or "")
    assert stores.logbook.entries(Run, ada) == []
    workers.perform(stores, ids[1])
    assert stores.logbook.job(ids[1]).state == "done"


@pytest.mark.parametrize(("deaths", "tries", "state"), [(2, 3, "done"), (9, 4, "waiting")])
def test_work_whose_neighbour_killed_the_pool_is_handed_over_again(
    stores: Stores, ada: str, deaths: int, tries: int, state: str
) -> None:
    pool = _Breaks(deaths)
    jobs = Jobs(stores, pool)
    id = jobs.submit_import(ada, _staged(stores, _run()), "a.fit", Options())
    for _ in range(tries):
        assert pool.tried.acquire(timeout=20)
    jobs.close()
    assert pool.asked == tries
    assert stores.logbook.job(id).state == state


def test_old_uploads_that_no_job_waits_for_go_at_the_next_start(stores: Stores, ada: str) -> None:
    kept, lost = (_staged(stores, _run(START + i)) for i in range(2))
    Jobs(stores, _Never()).submit_import(ada, kept, "a.fit", Options())
    for upload in (kept, lost):
        os.utime(upload.path, (0, 0))
    Jobs(stores, _Never()).resume()
    assert kept.path.exists()
    assert not lost.path.exists()


def test_an_upload_without_a_start_began_when_it_was_uploaded(
    stores: Stores, ada: str, pool: Executor
) -> None:
    rows = "\n".join(f"{10 * i},0,0,1,0,0,0" for i in range(300))
    staged = _staged(stores, f"time,aX,aY,aZ,gX,gY,gZ\n{rows}\n".encode())
    uploaded = datetime.fromtimestamp(staged.path.stat().st_mtime, UTC)
    id = Jobs(stores, pool).submit_import(ada, staged, "still.csv", Options())
    pool.shutdown()
    result = stores.logbook.job(id).result
    assert result is not None
    assert result["started_at"] == uploaded.isoformat()
    assert result["warnings"][0].startswith("The file does not say when it began")


def test_an_uploaded_archive_is_counted_and_its_bad_files_are_named(
    stores: Stores, ada: str, pool: Executor
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.fit", _run())
        archive.writestr("b.fit", _run(START + 9000)[:-5])
        archive.writestr("c.jpg", bytes(50))
    staged = _staged(stores, packed.getvalue())
    id = Jobs(stores, pool).submit_import(ada, staged, "export.zip", Options())
    pool.shutdown()
    job = stores.logbook.job(id)
    assert job.state == "done"
    assert job.result is not None
    assert job.result["counts"] == {"imported": 1, "refused": 1, "skipped": 1}
    (why,) = job.result["refused"]
    assert why.startswith("export.zip/b.fit: the FIT file is cut off")
    assert not staged.path.exists()
