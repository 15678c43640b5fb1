"""Erasing that somebody asked a server for: written down first, done on a thread, finished for sure."""

import logging
import threading
from typing import TYPE_CHECKING

from ..errors import CatfootError
from .erasing import begin_erasing, finish_erasing

if TYPE_CHECKING:
    from ..config import Stores

log = logging.getLogger(__name__)

#: A store that does not answer is asked again after so long.
_AGAIN_S = 60.0


class Eraser:
    """Erases whoever is to be erased, what an earlier server left first, until ``close``.

    What is asked for stands on the disk before ``ask`` returns: a server that is killed goes on
    at its next start, and a store that is away is asked again.
    """

    def __init__(self, stores: "Stores", again_s: float = _AGAIN_S) -> None:
        self._stores, self._again_s = stores, again_s
        self._asked, self._leaving = threading.Event(), threading.Event()
        self._whole = self._finish()
        self._thread = threading.Thread(target=self._work, name="eraser", daemon=True)
        self._thread.start()

    def ask(self, athlete: str) -> None:
        """Have an athlete erased; StoreError where that cannot even be written down."""
        begin_erasing(self._stores, athlete)
        self._asked.set()

    def close(self) -> None:
        """Let what is being erased come to its end; what waits is for the next start."""
        self._leaving.set()
        self._asked.set()
        self._thread.join()

    def _work(self) -> None:
        while True:
            self._asked.wait(None if self._whole else self._again_s)
            self._asked.clear()
            if self._leaving.is_set():
                return
            self._whole = self._finish()

    def _finish(self) -> bool:
        try:
            done = finish_erasing(self._stores)
        except CatfootError as fault:
            log.error("an athlete could not be erased: %s", fault)
            return False
        if done:
            log.info("erased athletes=%d", len(done))
        return True
