"""The processes that decode and analyse, so that the server's own never has to."""

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)


class Pool(Executor):
    """A spawned process pool whose workers end with the server, however it ends.

    Every worker listens on a pipe that only the server holds open. When the server closes
    it, or is killed, the workers leave at once; what they were doing is a job row that the
    next start takes up again. A worker that dies takes the library's pool with it: then the
    next work gets a pool of its own.
    """

    def __init__(self, workers: int | None = None) -> None:
        # Spawned: a forked child would share open SQLite files and the locks of threads.
        self._context = multiprocessing.get_context("spawn")
        self._workers = workers or max(1, (os.cpu_count() or 2) - 1)
        self._listening, self._held = self._context.Pipe(duplex=False)
        self._replacing = threading.Lock()
        self._processes = self._fresh()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have ``fn`` called in a process; it and its arguments must be picklable."""
        processes = self._processes
        try:
            return processes.submit(fn, *args, **kwargs)
        except BrokenProcessPool:
            with self._replacing:
                if self._processes is processes:  # and not another thread was quicker
                    log.error("a worker died; its pool is replaced")
                    self._processes = self._fresh()
            return self._processes.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = False, *, cancel_futures: bool = True) -> None:
        """End the workers at once, in the middle of their work. Twice is fine."""
        self._held.close()
        # One that is still starting up does not listen yet.
        for worker in multiprocessing.active_children():
            worker.terminate()
        self._processes.shutdown(wait=wait, cancel_futures=cancel_futures)
        self._listening.close()

    def _fresh(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._workers,
            mp_context=self._context,
            initializer=_leave_with_server,
            initargs=(self._listening,),
        )


#: Steps of courtesy (nice): whoever watches live goes before whoever imports.
COURTESY = 10


def _leave_with_server(listening: Connection) -> None:
    with suppress(AttributeError, OSError):  # no such thing on Windows
        os.nice(COURTESY)
    # Ctrl-C reaches every process of the terminal; the server decides when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_wait, args=(listening,), daemon=True).start()


def _wait(listening: Connection) -> None:
    with suppress(EOFError, OSError):
        listening.recv_bytes()
    os._exit(0)
