"""What the commands about pods do, `live` apart: sync, claim, capture and the connection check."""

import asyncio
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .athletes import athlete_named
from .config import Settings, open_stores
from .custody.condition import Condition, Finding, look
from .errors import CatfootError, FileError, RadioError
from .harvest import Harvest, Line
from .ingest import capture as capturing
from .ingest.ble import Radio, connected, read, scan
from .ingest.connection import Check, checks
from .ingest.devices import BATTERY_LEVEL
from .ingest.inbox import Found
from .pairing import Claim, Claims, stamped
from .radios import Opener, platform
from .store.raw import RawStore
from .training.phrases import counted

if TYPE_CHECKING:
    from .config import Stores
    from .fetching import Progress
    from .signal.tables import Side
    from .sync import Imported

#: Below this, a run at 200 Hz could fill the disk while it is made (9 MB an hour and foot).
ROOM_BYTES = 500_000_000
#: Where a finding's own word would be taken for something else that is looked at.
_NAMES = {"clock": "clock before", "folder": "data folder"}
SLOW_SYNC_S = 0.5  # a disk that takes this long for one fsync holds up every acknowledgement


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
    made = Claim(address=found.address, athlete=whose, side=side, name=found.name)
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


def check_machine(
    settings: Settings, opener: Opener | None = None, *, listen_s: float = 3.0
) -> list[Check]:
    """Look at everything between a pod and the stores, whatever fails on the way."""

    async def listen() -> list[Check]:
        if opener is None:
            return await checks(None, listen_s=listen_s)
        async with opener() as radio:
            return await checks(radio, listen_s=listen_s)

    return [*asyncio.run(listen()), *_memories(settings)]


def _memories(settings: Settings) -> list[Check]:
    """Return how the data folder, the stores and what waits in them are doing."""
    found = [_room(settings.data)]
    try:
        begun_s = time.perf_counter()
        with open_stores(settings) as stores:
            people = len(stores.logbook.persons())
            opened_s = time.perf_counter() - begun_s
            says = f"open in {opened_s:.1f} s; {counted(people, 'athlete')}"
            found.append(Check(name="stores", state="good", found=says))
            found = _with_condition(found, look(stores, datetime.now(UTC)))
            if all(one.name != "data folder" for one in found):
                found.append(_disk(settings.data))
        found.append(_uplink(settings.data))
    except CatfootError as fault:
        sentence, _, todo = str(fault).partition(": ")
        found.append(Check(name="stores", state="bad", found=sentence, todo=todo))
    return found


def _with_condition(found: Sequence[Check], condition: Condition) -> list[Check]:
    """Add what the stores say of themselves; what they say better takes its place."""
    said = [_said(finding) for finding in condition.findings if finding.about != "outbox"]
    names = {one.name for one in said}
    kept = [one for one in found if one.state == "bad" or one.name not in names]
    bad = {one.name for one in kept}
    return [*kept, *(one for one in said if one.name not in bad), _outbox(condition)]


def _said(finding: Finding) -> Check:
    says, _, todo = finding.text.partition("; ")
    name = _NAMES.get(finding.about, finding.about)
    state: Literal["bad", "could be better"]
    state = "bad" if finding.severity == "fault" else "could be better"
    return Check(name=name, state=state, found=says, todo=todo)


def _room(data: Path) -> Check:
    there = next(folder for folder in (data, *data.parents) if folder.exists())
    free = shutil.disk_usage(there).free
    if free < ROOM_BYTES:
        todo = f"make room where {there} lies, or name another folder with CATFOOT_DATA"
        return Check(name="disk", state="bad", found=f"{free / 1e6:,.0f} MB are free", todo=todo)
    return Check(name="disk", state="good", found=f"{free / 1e9:,.1f} GB are free at {there}")


def _disk(data: Path) -> Check:
    """Return how long the disk takes to make a small write durable."""
    from .store import disk

    probe = data / "check.tmp"
    begun_s = time.perf_counter()
    try:
        disk.write_file(probe, b"catfoot")
    finally:
        probe.unlink(missing_ok=True)
    took_s = time.perf_counter() - begun_s
    says = f"a durable write takes {took_s * 1000:.0f} ms"
    if took_s > SLOW_SYNC_S:
        todo = "put the data on a quicker disk: what is acknowledged waits for it"
        return Check(name="durability", state="could be better", found=says, todo=todo)
    return Check(name="durability", state="good", found=says)


def _outbox(condition: Condition) -> Check:
    """Return what has not reached the time series server, where there is one."""
    waits = condition.outbox
    found = sorted((f for f in condition.findings if f.about == "outbox"), key=_is_warning)
    if waits is None and not found:
        return Check(name="outbox", state="good", found="not needed: the series are kept here")
    says = "" if waits is None else (
        f"{waits.recordings} recordings wait ({waits.size_bytes / 1e6:.1f} MB), {waits.dead} dead"
    )  # fmt: skip
    if found:
        worst = _said(found[0])
        return replace(worst, found=says or worst.found)
    if waits is not None and waits.recordings:
        todo = "see that the time series server runs; `catfoot serve` sends what waits"
        return Check(name="outbox", state="could be better", found=says, todo=todo)
    return Check(name="outbox", state="good", found=says)


def _is_warning(finding: Finding) -> bool:
    return finding.severity == "warning"


def _uplink(data: Path) -> Check:
    """Return which recordings for a server still wait on this machine."""
    waiting = RawStore(data / "outbox").unclosed()
    if not waiting:
        return Check(name="recordings for a server", state="good", found="none waits")
    todo = "they are sent the next time `catfoot live --to` runs for that athlete"
    return Check(
        name="recordings for a server", state="could be better", found=f"{len(waiting)} wait",
        todo=todo,
    )  # fmt: skip
