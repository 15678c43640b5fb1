"""After a run without a phone: what the athlete's pods stored, fetched, measured and kept.

Nothing is erased here; a pod is told to forget a run only once ``erase`` has found its bytes
in the raw store.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .errors import CatfootError, RadioError
from .fetching import Fetched, Fetcher, Progress
from .ingest.ble import Radio, scan
from .ingest.devices.memories import memory_of
from .ingest.devices.stored import Origin, StoredRun
from .ingest.inbox import Found
from .pairing import Claims
from .wallclock import utc_now

if TYPE_CHECKING:
    from .config import Stores

#: What became of a stored run: kept here first, kept here before, or refused for what it holds.
Outcome = Literal["stored", "already", "refused"]
#: Keeps one pod recording; returns its content hash. Raises FileError for one that is no run.
Keep = Callable[[bytes, str], Awaitable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What became of one run of one pod; ``content`` names its bytes in the raw store."""

    pod: str
    address: str
    run: StoredRun
    outcome: Outcome
    content: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """One look for stored runs: for whom, where broken transfers lie, which radio."""

    stores: "Stores"
    athlete: str
    radio: Radio
    keep: Keep
    progress: Callable[[Found, Progress], None] = lambda pod, now: None
    tries: int = 5

    @property
    def folder(self) -> Path:
        """Where transfers that broke wait to be taken up again."""
        return self.stores.settings.data / "fetching"

    async def pods(self, named: Sequence[str] = (), *, listen_s: float = 5.0) -> list[Found]:
        """Return the athlete's pods in range that store runs.

        Those named; else those the athlete claimed; else the only one nobody has claimed.
        RadioError says what to do where that leaves none, or a choice.
        """
        found = [f for f in await scan(listen_s, self.radio) if memory_of(f.profiles)]
        if named:
            if missing := sorted(set(named) - {f.address for f in found}):
                raise RadioError(f"{missing[0]}: not in range, or it stores no runs; wake it")
            return [f for f in found if f.address in named]
        claims = self._claims().all()
        mine = {claim.address for claim in claims if claim.athlete == self.athlete}
        if own := [f for f in found if f.address in mine]:
            return own
        free = [f for f in found if f.address not in {claim.address for claim in claims}]
        if len(free) > 1:
            listed = ", ".join(f"{f.address} ({f.name})" for f in free)
            raise RadioError(
                f"several pods are in range: claim yours, or name one with --pod: {listed}"
            )
        if not free:
            raise RadioError("no pod that stores runs is in range: wake it and bring it nearer")
        return free

    async def bring(self, pod: Found) -> list[Line]:
        """Fetch and keep every run of a pod that is not kept yet; return what became of each."""
        fetcher = self._fetcher(pod)
        lines: list[Line] = []

        def said(run: StoredRun, outcome: Outcome, content: str = "", why: str = "") -> None:
            lines.append(
                Line(
                    pod=pod.name, address=pod.address, run=run, outcome=outcome, content=content,
                    why=why,
                )
            )  # fmt: skip

        async def take(fetched: Fetched) -> None:
            try:
                content = await self.keep(fetched.recording, f"stored run {fetched.run.id}")
            except CatfootError as fault:
                said(fetched.run, "refused", why=str(fault))
            else:
                fetcher.brought.kept(fetched.run, self.athlete, content)
                said(fetched.run, "stored", content)

        def wanted(run: StoredRun) -> bool:
            if any(line.run.id == run.id for line in lines):
                return False  # of an earlier attempt
            kept = fetcher.brought.kept_as(
                run, self.athlete, self.stores.raw.contents(self.athlete)
            )
            if kept is None or not fetcher.brought.whole(run):
                return True
            said(run, "already", kept)
            return False

        await fetcher.fetch(lambda now: self.progress(pod, now), take=take, wanted=wanted)
        return lines

    async def known(self, pod: Found) -> list[Line]:
        """Return the runs on a pod that are kept here."""
        fetcher = self._fetcher(pod)
        kept = self.stores.raw.contents(self.athlete)
        return [
            Line(pod=pod.name, address=pod.address, run=run, outcome="already", content=content)
            for run in await fetcher.runs()
            if (content := fetcher.brought.kept_as(run, self.athlete, kept)) is not None
        ]

    async def erase(self, pod: Found, lines: Sequence[Line]) -> list[StoredRun]:
        """Erase on the pod those runs whose bytes are kept here, and return them."""
        kept = set(self.stores.raw.contents(self.athlete))
        fetcher = self._fetcher(pod)
        sure = [line.run for line in lines if line.address == pod.address and line.content in kept]
        if sure:
            await fetcher.erase(sure)
        return sure

    def _claims(self) -> Claims:
        return Claims(self.stores.settings.data / "pods.json")

    def _fetcher(self, pod: Found) -> Fetcher:
        side = self._claims().sides(self.athlete).get(pod.address, "unknown")
        origin = Origin(device=pod.address, began=utc_now(), name=pod.name, side=side)
        return Fetcher(pod.address, self.folder, self.radio, origin=origin, tries=self.tries)
