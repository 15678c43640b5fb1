"""Telling systemd how we are: ready, alive, about to end (sd_notify(3), a datagram each).

Nothing is sent where nobody asked, which is everywhere but in a unit of ``Type=notify``.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

#: As systemd advises: half of the time after which it takes us for dead.
_SHARE = 0.5


class Supervisor:
    """Whoever started us and wants to know; ``watchdog_s`` None where no sign of life is asked for.

    A supervisor that is gone, or does not read, is none of our work's business.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        # A leading @ is Linux's abstract namespace, which the kernel knows by a zero byte.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self.watchdog_s = _watchdog_s(environ) if self._address else None

    def ready(self) -> None:
        """Say that we serve."""
        self._say("READY=1")

    def alive(self) -> None:
        """Say that the work still goes round."""
        self._say("WATCHDOG=1")

    def stopping(self) -> None:
        """Say that we are about to end."""
        self._say("STOPPING=1")

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Be ready, and alive as long as the running loop turns; stopping when left."""
        self.ready()
        beating = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.wait([beating])
            self.stopping()

    async def _beat(self) -> None:
        while self.watchdog_s is not None:
            self.alive()
            await asyncio.sleep(self.watchdog_s)

    def _say(self, what: str) -> None:
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.setblocking(False)
            try:
                out.sendto(what.encode(), self._address)
            except OSError:
                return


def _watchdog_s(environ: Mapping[str, str]) -> float | None:
    """Return how often to give a sign of life; None where that was asked of another process."""
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    try:
        return int(environ["WATCHDOG_USEC"]) / 1e6 * _SHARE
    except (KeyError, ValueError):
        return None
