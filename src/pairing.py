"""Whose pod is which: stamp three times to claim one, and it is remembered on this machine."""

import asyncio
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .errors import DecodeError, RadioError, StoreError
from .ingest.ble import Radio, scan
from .ingest.inbox import Found, Inbox, Opened
from .ingest.link import Link
from .ingest.source import Decoder, Notification
from .ingest.stamping import Stamping
from .signal.imu import ImuBlock
from .signal.tables import Place, Side

MOST = 5  # connections that every adapter has


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One pod of one athlete, and where it sits where that was said."""

    address: str
    athlete: str
    side: Side
    name: str = ""
    place: Place = "unknown"


class Claims:
    """The pods that were claimed on this machine: one small file, replaced as a whole."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> list[Claim]:
        """Return every claim; StoreError where the file is damaged."""
        if not self._path.exists():
            return []
        try:
            return [Claim(**entry) for entry in json.loads(self._path.read_text())]
        except (OSError, ValueError, TypeError) as fault:
            raise StoreError(f"{self._path}: cannot be read; remove it and pair again") from fault

    def sides(self, athlete: str) -> dict[str, Side]:
        """Return the athlete's pods: address to side, as a Plan takes them."""
        return {claim.address: claim.side for claim in self.all() if claim.athlete == athlete}

    def places(self, athlete: str) -> dict[str, Place]:
        """Return where the athlete's pods sit, those of which it was said."""
        mine = (claim for claim in self.all() if claim.athlete == athlete)
        return {claim.address: claim.place for claim in mine if claim.place != "unknown"}

    def others(self, athlete: str) -> frozenset[str]:
        """Return the addresses of everybody else's pods."""
        return frozenset(claim.address for claim in self.all() if claim.athlete != athlete)

    def forget(self, athlete: str) -> None:
        """Let go of all pods of an athlete."""
        if any(claim.athlete == athlete for claim in self.all()):
            self._write([claim for claim in self.all() if claim.athlete != athlete])

    def claim(self, new: Claim) -> None:
        """Remember a pod; it leaves whoever had it, and the athlete's other pod of that side."""
        kept = [
            old
            for old in self.all()
            if old.address != new.address
            and not (old.athlete == new.athlete and old.side == new.side != "unknown")
        ]
        self._write([*kept, new])

    def _write(self, claims: list[Claim]) -> None:
        entries = [
            {
                "address": c.address, "athlete": c.athlete, "side": c.side, "name": c.name,
                "place": c.place,
            }
            for c in claims
        ]  # fmt: skip
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".tmp")
        draft.write_text(json.dumps(entries, indent=1))
        os.replace(draft, self._path)


async def stamped(
    radio: Radio | None = None,
    *,
    seconds: float = 30,
    listen_s: float = 2,
    ready: Callable[[], None] | None = None,
) -> Found:
    """Return the one pod in range whose foot stamps three times and then stands still.

    ``ready`` is told once there is a pod to stamp with: before, there is nothing to wait for.

    Raises RadioError where there is no pod with samples, or nobody stamps in ``seconds``.
    """
    radio = radio or Radio()
    found = [f for f in await scan(listen_s, radio) if f.profiles[0].wrap_ns][:MOST]
    if not found:
        raise RadioError("no pod in range that sends samples: wake it and bring it nearer")
    if ready is not None:
        ready()
    winner: asyncio.Future[Found] = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as tasks:
        links = []
        for one in found:
            inbox = Inbox()
            links.append(link := Link(one.address, inbox, radio))
            tasks.create_task(link.run())
            tasks.create_task(_watch(one, link, inbox, winner))
        await asyncio.wait([winner], timeout=seconds)
        for link in links:
            link.stop()
    if not winner.done():
        raise RadioError(f"nobody stamped in {seconds:g} s: stamp three times, then stand still")
    return winner.result()


async def _watch(pod: Found, link: Link, inbox: Inbox, winner: "asyncio.Future[Found]") -> None:
    """Decode one pod until its link is closed; the first to complete its stamps wins."""
    stamping = Stamping()
    decoder: Decoder | None = None
    while link.state != "closed" or len(inbox):
        for item in await inbox.take():
            if isinstance(item, Opened):
                decoder = item.profile.decoder(item.reads)
            elif (
                isinstance(item, Notification)
                and decoder is not None
                and _stopped_stamping(stamping, decoder, item)
                and not winner.done()
            ):
                winner.set_result(pod)


def _stopped_stamping(stamping: Stamping, decoder: Decoder, packet: Notification) -> bool:
    try:
        said = decoder.feed(packet)
    except DecodeError:
        return False  # a broken packet is no stamp
    return any(stamping.feed(one) for one in said if isinstance(one, ImuBlock))
