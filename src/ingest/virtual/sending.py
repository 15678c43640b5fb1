"""What a virtual device sends by itself: one task, which ends where nobody listens any more."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Sending:
    """At most one task at a time."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether something is being sent."""
        return self._task is not None and not self._task.done()

    @property
    def begun(self) -> bool:
        """Whether something is or was sent since the last ``stop``."""
        return self._task is not None

    def begin(self, what: Coroutine[Any, Any, None]) -> None:
        """Send; what was being sent is cancelled."""
        self.halt()
        self._task = asyncio.create_task(what)

    def halt(self) -> None:
        """Send no more, soon."""
        if self._task is not None:
            self._task.cancel()

    async def stop(self) -> BaseException | None:
        """Send no more and wait until that is so; return what went wrong in it."""
        task, self._task = self._task, None
        if task is None:
            return None
        task.cancel()
        await asyncio.wait([task])
        return None if task.cancelled() else task.exception()
