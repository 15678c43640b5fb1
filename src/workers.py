"""What a process of the pool does with a job: decode, measure, write the answer down.

What it is given was sent by somebody and is not trusted: a file that takes longer than any sound
one is given up, so that it holds none of the few processes for ever.
"""

import logging
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from .errors import CatfootError, FileError, NotFound
from .ingest.files.options import Options
from .store.raw import Staged
from .store.schema import Job, JobState

if TYPE_CHECKING:
    from .config import Stores

log = logging.getLogger(__name__)

#: A job that took its process with it this often is not tried again.
ATTEMPTS = 3
#: Refused files of one archive that are named in the answer.
_NAMED = 1000


def work(settings: str, id: str) -> None:
    """Do one job in a process of its own: open the stores, work, write the answer down."""
    from .config import Settings, open_stores

    with open_stores(Settings.model_validate_json(settings)) as stores:
        perform(stores, id)


def perform(stores: "Stores", id: str) -> None:
    """Do one job and write down what came of it; a job that is finished is left alone."""
    job = stores.logbook.job(id)
    if job.state not in ("waiting", "working"):
        return
    attempts = int((job.result or {}).get("attempts", 0)) + 1
    if attempts > ATTEMPTS:
        stores.logbook.set_job(id, "failed", error="it broke off the program three times")
        return
    stores.logbook.set_job(id, "working", result={"attempts": attempts})
    try:
        # What is stored here already is no stranger's, and an export may take its time.
        foreign = job.kind == "import"
        with _limited(stores.settings.import_cpu_s) if foreign else nullcontext():
            result = _do(stores, job)
    except FileError as fault:
        stores.logbook.set_job(id, "refused", error=str(fault))
    except CatfootError as fault:
        log.error("job %s: %s", id, fault)
        stores.logbook.set_job(id, "failed", error=str(fault))
        return
    except Exception:
        log.exception("job %s", id)
        stores.logbook.set_job(id, "failed", error="something in catfoot went wrong; see its log")
        return
    else:
        state: JobState = "already" if result["state"] == "already" else "done"
        stores.logbook.set_job(id, state, result=result)
        _announce(stores, job, result)
    if job.kind == "import":
        staged(job.payload).discard()


def _announce(stores: "Stores", job: Job, result: Mapping[str, Any]) -> None:
    """Tell whoever asked that a run's numbers are final; of an archive nobody wants a thousand."""
    if result["state"] in ("imported", "joined"):
        from .post.postman import announce

        announce(stores, job.athlete, result["recording"], datetime.now(UTC))


def _do(stores: "Stores", job: Job) -> dict[str, Any]:
    from .sync import import_bytes, import_recording, take_recording

    payload = job.payload
    if job.kind == "export":
        return _export(stores, job)
    if job.kind == "recording":
        return take_recording(
            stores, job.athlete, payload["content"], payload["name"], _options(payload)
        ).flat()
    upload = staged(payload)
    if _is_archive(upload):
        return _do_archive(stores, job, upload)
    try:
        data = upload.read()
    except NotFound:
        # Killed between the answer "done" and its row: the recording is there, the upload not.
        row = stores.logbook.recording_of(job.athlete, upload.sha256)
        if row is None:
            raise
        return import_recording(stores, job.athlete, upload.sha256, payload["name"]).flat()
    mtime = payload["mtime"]
    return import_bytes(
        stores,
        job.athlete,
        data,
        payload["name"],
        _options(payload),
        mtime=_uploaded_at(upload.path) if mtime is None else datetime.fromisoformat(mtime),
        force=payload["force"],
    ).flat()


def _export(stores: "Stores", job: Job) -> dict[str, Any]:
    from .custody import export, exported_file

    path = exported_file(stores, job.athlete, job.id)
    made = export(stores, job.athlete, path, datetime.now(UTC))
    return {
        "state": "exported",
        "rows": made.rows,
        "recordings": made.recordings,
        "tables": made.tables,
        "missing": list(made.missing),
        "size_bytes": path.stat().st_size,
    }


def _is_archive(upload: Staged) -> bool:
    from .ingest.files.archive import is_zip

    try:
        with upload.path.open("rb") as file:
            return is_zip(file.read(4))
    except OSError:
        return False


def _do_archive(stores: "Stores", job: Job, upload: Staged) -> dict[str, Any]:
    """Import every file of an export; the answer counts them and names those that are not runs."""
    from .sync import import_path

    counts: dict[str, int] = {}
    refused: list[str | None] = []
    payload = job.payload
    lines = import_path(
        stores,
        job.athlete,
        upload.path,
        _options(payload),
        name=payload["name"],
        force=payload["force"],
    )
    for line in lines:
        _go_on(stores.settings.import_cpu_s)  # each file has its own time
        counts[line.outcome] = counts.get(line.outcome, 0) + 1
        if line.outcome == "refused" and len(refused) < _NAMED:
            refused.append(line.why)
    return {"state": "archive", "file": payload["name"], "counts": counts, "refused": refused}


def staged(payload: Mapping[str, Any]) -> Staged:
    """Return the upload that a job is about."""
    return Staged(Path(payload["path"]), payload["sha256"], payload["size"])


def _uploaded_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _options(payload: Mapping[str, Any]) -> Options:
    given = dict(payload.get("options") or {})
    if given.get("start"):
        given["start"] = datetime.fromisoformat(given["start"])
    return Options(**given)


@contextmanager
def _limited(cpu_s: float) -> Iterator[None]:
    """Raise FileError from the block once it has worked for so long, counted as CPU time.

    Only where signals can be had: in the main thread of a process, and not on Windows.
    """
    if not _has_signals():
        yield
        return
    before = signal.signal(signal.SIGPROF, _too_long)
    _go_on(cpu_s)
    try:
        yield
    except _TooLong as fault:
        text = "the file takes too long to read, which no sound one does; it was given up"
        raise FileError(text) from fault
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _go_on(cpu_s: float) -> None:
    """Let the next file have the whole time."""
    if _has_signals():
        signal.setitimer(signal.ITIMER_PROF, cpu_s)


def _has_signals() -> bool:
    main = threading.current_thread() is threading.main_thread()
    return main and hasattr(signal, "setitimer")


class _TooLong(BaseException):
    """Time is up. Nothing between the timer and the job may take it for a fault of its own."""


def _too_long(number: int, frame: FrameType | None) -> None:
    raise _TooLong
