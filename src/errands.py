"""What the commands about pods do, `live` apart: sync, scan, claim and capture."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .athletes import athlete_named
from .config import Settings, open_stores
from .errors import FileError, RadioError
from .harvest import Harvest, Line
from .ingest import capture as capturing
from .ingest.ble import Radio, connected, read, scan
from .ingest.devices import BATTERY_LEVEL
from .ingest.inbox import Found
from .pairing import Claim, Claims, stamped
from .radios import Opener, platform

if TYPE_CHECKING:
    from .config import Stores
    from .fetching import Progress
    from .signal.tables import Place, Side
    from .sync import Imported


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """One run of one pod, and what measuring it gave where it was stored now."""

    line: Line
    imported: "Imported | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What ``sync`` tells and asks on its way.

    ``erase`` is asked once a pod, with how many of its runs are stored here.
    """

    found: Callable[[Found], None]
    progress: Callable[[Found, "Progress"], None]
    synced: Callable[[Synced], None]
    erase: Callable[[Found, int], bool]
    erased: Callable[[Found, int], None]


def sync_pods(
    settings: Settings,
    athlete: str,
    asked: Asked,
    opener: Opener = platform,
    *,
    named: Sequence[str] = (),
    listen_s: float = 5.0,
) -> list[Synced]:
    """Bring every stored run of the athlete's pods into the stores; return one item a run.

    Raises RadioError where no pod is in range or it stays away; what came before is stored.
    """
    with open_stores(settings) as stores:
        whose = athlete_named(stores, athlete)
        return asyncio.run(_sync(stores, whose, asked, opener, named, listen_s))


async def _sync(
    stores: "Stores",
    athlete: str,
    asked: Asked,
    opener: Opener,
    named: Sequence[str],
    listen_s: float,
) -> list[Synced]:
    from .sync import import_bytes

    measured: dict[str, Imported] = {}

    async def keep(recording: bytes, name: str) -> str:
        one = await asyncio.to_thread(import_bytes, stores, athlete, recording, name)
        measured[one.entry.content] = one
        return one.entry.content

    out: list[Synced] = []
    async with opener() as radio:
        harvest = Harvest(
            stores=stores, athlete=athlete, radio=radio, keep=keep, progress=asked.progress
        )
        for pod in await harvest.pods(named, listen_s=listen_s):
            asked.found(pod)
            lines = await harvest.bring(pod)
            for line in lines:
                out.append(Synced(line=line, imported=measured.get(line.content)))
                asked.synced(out[-1])
            kept = sum(bool(line.content) for line in lines)
            if kept and asked.erase(pod, kept):
                asked.erased(pod, len(await harvest.erase(pod, lines)))
    return out


def look_around(
    opener: Opener = platform, seconds: float = 5.0, *, battery: bool = False
) -> list[tuple[Found, int | None]]:
    """Return what is in range, and its battery in per cent where it was asked and said."""

    async def look() -> list[tuple[Found, int | None]]:
        async with opener() as radio:
            found = await scan(seconds, radio)
            return [(one, await _battery(one, radio) if battery else None) for one in found]

    return asyncio.run(look())


async def _battery(pod: Found, radio: Radio) -> int | None:
    try:
        async with connected(pod.address, radio) as (client, _):
            level = await read(client, BATTERY_LEVEL)
    except RadioError:
        return None  # somebody else may be connected to it
    return level[0] if level else None


def claim_pod(
    settings: Settings,
    athlete: str,
    side: "Side",
    opener: Opener = platform,
    *,
    seconds: float = 30.0,
    listen_s: float = 2.0,
    ready: Callable[[], None] | None = None,
    place: "Place" = "unknown",
) -> Claim:
    """Wait for somebody to stamp and remember that pod as the athlete's.

    ``ready`` is told when to stamp: the radio works and a pod with samples is in range.

    Raises RadioError where nobody stamps, or no pod with samples is in range.
    """

    async def stamp() -> Found:
        async with opener() as radio:
            return await stamped(radio, seconds=seconds, listen_s=listen_s, ready=ready)

    found = asyncio.run(stamp())
    with open_stores(settings) as stores:
        whose = athlete_named(stores, athlete)
    made = Claim(address=found.address, athlete=whose, side=side, name=found.name, place=place)
    Claims(settings.data / "pods.json").claim(made)
    return made


def capture_device(
    address: str, out: Path, opener: Opener = platform, *, seconds: float = 60.0
) -> capturing.Capture:
    """Write down what a device shows of itself; FileError where the file is there already."""
    if out.exists():
        raise FileError(f"{out}: is there already; name another file with --out")

    async def listen() -> capturing.Capture:
        async with opener() as radio:
            return await capturing.capture(address, radio, seconds=seconds)

    made = asyncio.run(listen())
    try:
        out.write_text(capturing.dump(made))
    except OSError as fault:
        raise FileError(f"{out}: cannot be written ({fault.strerror})") from fault
    return made
