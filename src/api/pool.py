"""The processes that decode and analyse, so that the server's own never has to."""

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import Connection


class Pool:
    """A spawned process pool whose workers end with the server, however it ends.

    Every worker listens on a pipe that only the server holds open. When the server closes
    it, or is killed, the workers leave at once; what they were doing is a job row that the
    next start takes up again.
    """

    def __init__(self, workers: int | None = None) -> None:
        # Spawned: a forked child would share open SQLite files and the locks of threads.
        context = multiprocessing.get_context("spawn")
        listening, self._held = context.Pipe(duplex=False)
        self._listening = listening
        self.executor = ProcessPoolExecutor(
            workers or max(1, (os.cpu_count() or 2) - 1),
            mp_context=context,
            initializer=_leave_with_server,
            initargs=(listening,),
        )

    def close(self) -> None:
        """End the workers at once; returns without waiting for their work."""
        self._held.close()
        self.executor.shutdown(wait=False, cancel_futures=True)
        self._listening.close()


def _leave_with_server(listening: Connection) -> None:
    # Ctrl-C reaches every process of the terminal; the server decides when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_wait, args=(listening,), daemon=True).start()


def _wait(listening: Connection) -> None:
    try:
        listening.recv_bytes()
    except (EOFError, OSError):
        pass
    os._exit(0)
