"""Runs that a pod stored by itself: listed, brought over resumably, verified, then erasable.

What was received stays on this machine, so that a transfer that breaks at any byte goes on from
there. Erasing on the pod is a step of its own, for after the run is stored.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from .errors import DecodeError, RadioError
from .ingest.ble import Client, Radio, connected
from .ingest.devices.openpodruns import (
    ERASE,
    HALT,
    LIST,
    RUNS,
    StoredRun,
    ask,
    decode_chunk,
    decode_entry,
    recording_of_run,
)
from .live import utc_now

log = logging.getLogger(__name__)

SILENCE_S = 3.0
_WAITING = 4096  # notifications; the pod sends no faster than the link, we write faster than that


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the transfer of one run is."""

    run: StoredRun
    have: int
    bytes_per_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One run, whole and verified, as a pod recording."""

    run: StoredRun
    recording: bytes


class Fetcher:
    """Brings runs of one pod into ``folder``; a broken transfer is taken up again there."""

    def __init__(
        self, address: str, folder: Path, radio: Radio | None = None, *,
        now: Callable[[], datetime] = utc_now, tries: int = 5, silence_s: float = SILENCE_S,
    ) -> None:  # fmt: skip
        self.address = address
        self._folder, self._radio, self._now = folder, radio or Radio(), now
        self._tries, self._silence_s = tries, silence_s

    async def runs(self) -> list[StoredRun]:
        """Return what the pod has stored, as it lists it."""
        async with self._asking() as (client, inbox):
            return await self._listed(client, inbox)

    async def fetch(self, progress: Callable[[Progress], None] = lambda _: None) -> list[Fetched]:
        """Return every stored run; RadioError where the pod stays away.

        A run whose checksum is wrong after all is fetched once more from its beginning and, if
        that does not help, left out with a warning in the log.
        """
        for attempt in range(self._tries):
            try:
                async with self._asking() as (client, inbox):
                    runs = await self._listed(client, inbox)
                    return [
                        f for run in runs if (f := await self._one(client, inbox, run, progress))
                    ]
            except RadioError as fault:
                if attempt + 1 == self._tries:
                    raise
                log.info("pod %s: transfer broken (%s), going on", self.address, fault)
        raise AssertionError("unreachable")

    async def erase(self, runs: list[StoredRun]) -> None:
        """Erase runs on the pod, for after they are stored here; what was kept of them goes."""
        async with self._asking() as (client, _):
            for run in runs:
                command = bytes([ERASE]) + run.id.to_bytes(4, "little")
                await client.write_gatt_char(RUNS, command, response=True)
                self._part(run).unlink(missing_ok=True)

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[tuple[Client, "asyncio.Queue[bytes]"]]:
        """Connect and listen to the answers."""
        inbox: asyncio.Queue[bytes] = asyncio.Queue(_WAITING)
        async with connected(self.address, self._radio) as (client, _):
            if client.services.get_characteristic(RUNS) is None:
                raise RadioError("this pod stores no runs, or not in a way that catfoot knows")
            await client.start_notify(RUNS, _putter(inbox))
            yield client, inbox

    async def _next(self, inbox: "asyncio.Queue[bytes]") -> bytes:
        try:
            async with asyncio.timeout(self._silence_s):
                return await inbox.get()
        except TimeoutError as fault:
            raise RadioError("the pod fell silent while it sent its runs") from fault

    async def _listed(self, client: Client, inbox: "asyncio.Queue[bytes]") -> list[StoredRun]:
        await client.write_gatt_char(RUNS, bytes([LIST]), response=True)
        found = []
        while (run := decode_entry(await self._next(inbox))) is not None:
            found.append(run)
        return found

    async def _one(
        self, client: Client, inbox: "asyncio.Queue[bytes]", run: StoredRun,
        progress: Callable[[Progress], None],
    ) -> Fetched | None:  # fmt: skip
        part = self._part(run)
        for _ in range(2):
            await self._bring(client, inbox, run, part, progress)
            began = self._now() - timedelta(seconds=run.age_s)
            data = await asyncio.to_thread(part.read_bytes)
            try:
                recording = recording_of_run(data, run, began, device=self.address)
            except DecodeError as fault:
                log.warning("pod %s, run %d: %s", self.address, run.id, fault)
                part.unlink()
            else:
                return Fetched(run=run, recording=recording)
        return None

    async def _bring(
        self, client: Client, inbox: "asyncio.Queue[bytes]", run: StoredRun, part: Path,
        progress: Callable[[Progress], None],
    ) -> None:  # fmt: skip
        """Append to ``part`` what is missing of the run."""
        part.parent.mkdir(parents=True, exist_ok=True)
        begun_s, received = time.monotonic(), 0
        with part.open("ab") as file:
            if file.tell() >= run.size:
                return
            await client.write_gatt_char(RUNS, ask(run, file.tell()), response=True)
            while file.tell() < run.size:
                offset, data = decode_chunk(await self._next(inbox))
                if offset != file.tell() or not data:
                    await client.write_gatt_char(RUNS, bytes([HALT]), response=True)
                    raise RadioError(f"the pod sent byte {offset} instead of {file.tell()}")
                file.write(data)
                received += len(data)
                rate = received / max(1e-3, time.monotonic() - begun_s)
                progress(Progress(run=run, have=file.tell(), bytes_per_s=rate))
            await self._next(inbox)  # the end of the run

    def _part(self, run: StoredRun) -> Path:
        """Return where the bytes of a run are kept until it is stored."""
        pod = hashlib.sha256(self.address.encode()).hexdigest()[:12]
        return self._folder / f"{pod}-{run.id:08x}-{run.crc32:08x}.part"


def _putter(inbox: "asyncio.Queue[bytes]") -> Callable[[object, bytearray], None]:
    def received(_: object, data: bytearray) -> None:
        if not inbox.full():  # what does not fit is missed at its offset, and asked for again
            inbox.put_nowait(bytes(data))

    return received
