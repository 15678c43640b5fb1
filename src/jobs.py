"""Work that must not be forgotten and not be done by the server: rows of jobs, a pool of processes.

A request stores the bytes and a job row and answers; a process of the pool does the rest. What
was not finished when the server stopped, however it stopped, is done after its next start.
"""

import logging
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import CatfootError, FileError, NotFound
from .ingest.files.options import Options
from .store.raw import Staged
from .store.schema import Job, JobState

if TYPE_CHECKING:
    from .config import Stores

log = logging.getLogger(__name__)

#: A job that took its process with it this often is not tried again.
_ATTEMPTS = 3
#: Refused files of one archive that are named in the answer.
_NAMED = 1000


class Jobs:
    """Hands work to ``executor``; every answer is in the job's row.

    States: waiting, working, then done, already (nothing changed), refused (the file's fault,
    ``error`` is the sentence) or failed (ours).
    """

    def __init__(self, stores: "Stores", executor: Executor) -> None:
        self._stores = stores
        self._executor = executor
        self._settings = stores.settings.model_dump_json()
        self._handed_over: set[Future[None]] = set()
        self._broken: Counter[str] = Counter()
        # A pool that breaks says so while it holds its own lock: what comes next must not be
        # handed over from there.
        self._again = ThreadPoolExecutor(1, thread_name_prefix="jobs")
        self._closed = False

    def submit_import(
        self,
        athlete: str,
        staged: Staged,
        name: str,
        options: Options | None = None,
        *,
        mtime: datetime | None = None,
        force: bool = False,
        id: str = "",
    ) -> str:
        """Have an upload imported; return the job's id. The staged bytes go when it is done.

        Conflict where there is a job of that ``id`` already; then nothing is begun.
        """
        payload = {
            "path": str(staged.path),
            "sha256": staged.sha256,
            "size": staged.size,
            "name": name,
            "options": _as_json(options or Options()),
            "mtime": None if mtime is None else mtime.isoformat(),
            "force": force,
        }
        return self._submit(Job(athlete=athlete, kind="import", payload=payload, id=id))

    def submit_recording(self, athlete: str, content: str, name: str = "live recording") -> str:
        """Have a closed recording measured; return the job's id."""
        payload = {"content": content, "name": name}
        return self._submit(Job(athlete=athlete, kind="recording", payload=payload))

    def submit_export(self, athlete: str) -> str:
        """Have everything of an athlete put into a zip; return the job's id."""
        return self._submit(Job(athlete=athlete, kind="export", payload={}))

    def resume(self) -> int:
        """Start again what the last server left unfinished; return how many that is.

        Old uploads that none of it waits for, and what a crash left half written, go.
        """
        jobs = self._stores.logbook.unfinished_jobs()
        self._stores.raw.sweep(_staged(j.payload).path for j in jobs if j.kind == "import")
        for job in jobs:
            self._hand_over(job.id)
        return len(jobs)

    def close(self) -> None:
        """Start nothing more; what waits stays in the logbook for the next start.

        The executor is its owner's to shut down.
        """
        self._closed = True
        for future in list(self._handed_over):
            future.cancel()
        self._again.shutdown()

    def _submit(self, job: Job) -> str:
        id = self._stores.logbook.add_job(job)
        self._hand_over(id)
        return id

    def _hand_over(self, id: str) -> None:
        if self._closed:
            return
        try:
            future = self._executor.submit(work, self._settings, id)
        except BrokenExecutor as fault:
            self._fell(id, fault)
            return
        self._handed_over.add(future)
        future.add_done_callback(lambda done: self._came_back(done, id))

    def _came_back(self, done: "Future[None]", id: str) -> None:
        self._handed_over.discard(done)
        if done.cancelled():
            return
        if (fault := done.exception()) is None:
            del self._broken[id]
        else:
            self._fell(id, fault)

    def _fell(self, id: str, fault: BaseException) -> None:
        """Try again where a process died: it took all work with it, guilty or not."""
        if self._closed:
            return
        self._broken[id] += 1
        if isinstance(fault, BrokenExecutor) and self._broken[id] <= _ATTEMPTS:
            log.warning("job %s starts again: %s", id, fault)
            with suppress(RuntimeError):  # closed meanwhile
                self._again.submit(self._hand_over, id)
        else:
            log.error("job %s waits for the next start: %s", id, fault)


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
    if attempts > _ATTEMPTS:
        stores.logbook.set_job(id, "failed", error="it broke off the program three times")
        return
    stores.logbook.set_job(id, "working", result={"attempts": attempts})
    try:
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
        _staged(job.payload).discard()


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
    staged = _staged(payload)
    if _is_archive(staged):
        return _do_archive(stores, job, staged)
    try:
        data = staged.read()
    except NotFound:
        # Killed between the answer "done" and its row: the recording is there, the upload not.
        row = stores.logbook.recording_of(job.athlete, staged.sha256)
        if row is None:
            raise
        return import_recording(stores, job.athlete, staged.sha256, payload["name"]).flat()
    mtime = payload["mtime"]
    return import_bytes(
        stores,
        job.athlete,
        data,
        payload["name"],
        _options(payload),
        mtime=_uploaded_at(staged.path) if mtime is None else datetime.fromisoformat(mtime),
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


def _is_archive(staged: Staged) -> bool:
    from .ingest.files.archive import is_zip

    try:
        with staged.path.open("rb") as file:
            return is_zip(file.read(4))
    except OSError:
        return False


def _do_archive(stores: "Stores", job: Job, staged: Staged) -> dict[str, Any]:
    """Import every file of an export; the answer counts them and names those that are not runs."""
    from .sync import import_path

    counts: dict[str, int] = {}
    refused: list[str | None] = []
    payload = job.payload
    for line in import_path(
        stores,
        job.athlete,
        staged.path,
        _options(payload),
        name=payload["name"],
        force=payload["force"],
    ):
        counts[line.outcome] = counts.get(line.outcome, 0) + 1
        if line.outcome == "refused" and len(refused) < _NAMED:
            refused.append(line.why)
    return {"state": "archive", "file": payload["name"], "counts": counts, "refused": refused}


def _staged(payload: Mapping[str, Any]) -> Staged:
    return Staged(Path(payload["path"]), payload["sha256"], payload["size"])


def _uploaded_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _as_json(options: Options) -> dict[str, Any]:
    return {
        "start": None if options.start is None else options.start.isoformat(),
        "side": options.side,
        "place": options.place,
        "range_g": options.range_g,
        "rate_hz": options.rate_hz,
        "min_rate_hz": options.min_rate_hz,
    }


def _options(payload: Mapping[str, Any]) -> Options:
    given = dict(payload.get("options") or {})
    if given.get("start"):
        given["start"] = datetime.fromisoformat(given["start"])
    return Options(**given)
