"""The memory of a virtual pod: stored runs, told byte by byte as the open profile says."""

import asyncio
import time
import zlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from ...errors import DecodeError
from ..devices.openpodruns import ERASE, HALT, LIST, READ, asked, encode_chunk, encode_entry
from ..devices.stored import StoredRun
from .peripheral import BAD_LENGTH, NOT_SUPPORTED, refused
from .sending import Sending

_OLDEST_S = 2**32 - 1  # what was recorded long ago counts as very old
CHUNK = 230  # fits the packets of every link with Data Length Extension


class Memory:
    """Answers the commands of the Runs characteristic; ``break_at`` breaks off once there.

    ``reads`` are the offsets that were asked for.
    """

    def __init__(
        self, tell: Callable[[bytes], Awaitable[None]], stored: Sequence[tuple[float, bytes]]
    ) -> None:
        self.reads: list[int] = []
        self.break_at: int | None = None
        self.broken = asyncio.Event()
        self._tell = tell
        self._runs = {
            i + 1: (StoredRun(id=str(i + 1), size=len(b), crc32=zlib.crc32(b)), b)
            for i, (_, b) in enumerate(stored)
        }
        self._ages_s = {i + 1: age_s for i, (age_s, _) in enumerate(stored)}
        self._sending = Sending()
        self._since_s = time.monotonic()

    @property
    def ids(self) -> list[int]:
        """The runs that are still there."""
        return list(self._runs)

    async def command(self, value: bytes) -> None:
        """Do what a write to the characteristic asks for."""
        await self.halt()
        if value == bytes([LIST]):
            older_s = time.monotonic() - self._since_s
            entries = [
                encode_entry(replace(run, age_s=min(round(self._ages_s[id] + older_s), _OLDEST_S)))
                for id, (run, _) in self._runs.items()
            ]
            self._sending.begin(self._all([*entries, bytes([LIST])]))
        elif value[:1] == bytes([READ]):
            try:
                id, offset = asked(value)
            except DecodeError:
                raise refused(BAD_LENGTH) from None
            if id not in self._runs:
                raise refused(NOT_SUPPORTED)
            self.reads.append(offset)
            self._sending.begin(self._send(self._runs[id][1], offset))
        elif value[:1] == bytes([ERASE]) and len(value) == 5:
            if self._runs.pop(int.from_bytes(value[1:], "little"), None) is None:
                raise refused(NOT_SUPPORTED)
        elif value != bytes([HALT]):
            raise refused(NOT_SUPPORTED)

    def interrupt(self) -> None:
        """Send no more, because nobody is connected."""
        self._sending.halt()

    async def halt(self) -> None:
        """Send no more, and wait until that is so."""
        await self._sending.stop()

    async def _all(self, notifications: list[bytes]) -> None:
        for data in notifications:
            await self._tell(data)

    async def _send(self, run: bytes, offset: int) -> None:
        for at in range(offset, len(run), CHUNK):
            if self.break_at is not None and at >= self.break_at:
                self.break_at = None
                self.broken.set()
                return
            await self._tell(encode_chunk(at, run[at : at + CHUNK]))
        await self._tell(encode_chunk(len(run), b""))
