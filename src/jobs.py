"""Work that must not be forgotten and not be done by the server: rows of jobs, a pool of processes.

A request stores the bytes and a job row and answers; a process of the pool does the rest. What
was not finished when the server stopped, however it stopped, is done after its next start.
"""

import logging
from collections import Counter
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .ingest.files.options import Options
from .store.raw import Staged
from .store.schema import Job
from .workers import ATTEMPTS, staged, work

if TYPE_CHECKING:
    from .config import Stores

log = logging.getLogger(__name__)


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
        self._stores.raw.sweep(staged(j.payload).path for j in jobs if j.kind == "import")
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
        if isinstance(fault, BrokenExecutor) and self._broken[id] <= ATTEMPTS:
            log.warning("job %s starts again: %s", id, fault)
            with suppress(RuntimeError):  # closed meanwhile
                self._again.submit(self._hand_over, id)
        else:
            log.error("job %s waits for the next start: %s", id, fault)


def _as_json(options: Options) -> dict[str, Any]:
    return {
        "start": None if options.start is None else options.start.isoformat(),
        "side": options.side,
        "place": options.place,
        "range_g": options.range_g,
        "rate_hz": options.rate_hz,
        "min_rate_hz": options.min_rate_hz,
    }
