"""The connection check: what this machine can do with pods, how its stores are, what would help."""

import asyncio
import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from .config import Settings, open_stores
from .custody.condition import Condition, Finding, inspect, look
from .errors import CatfootError
from .ingest.connection import Check, checks
from .radios import Opener
from .store.raw import RawStore
from .training.phrases import counted

#: Below this, a run at 200 Hz could fill the disk while it is made (9 MB an hour and foot).
ROOM_BYTES = 500_000_000
#: Where a finding's own word would be taken for something else that is looked at.
_NAMES = {"clock": "clock before", "folder": "data folder"}
SLOW_SYNC_S = 0.5  # a disk that takes this long for one fsync holds up every acknowledgement


def check_machine(
    settings: Settings,
    opener: Opener | None = None,
    *,
    listen_s: float = 3.0,
    read_through: bool = False,
) -> list[Check]:
    """Look at everything between a pod and the stores, whatever fails on the way.

    ``read_through`` also reads all that is stored here, which takes minutes.
    """

    async def listen() -> list[Check]:
        if opener is None:
            return await checks(None, listen_s=listen_s)
        async with opener() as radio:
            return await checks(radio, listen_s=listen_s)

    found = [*asyncio.run(listen()), *_memories(settings)]
    return [*found, *_read_through(settings)] if read_through else found


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


def _read_through(settings: Settings) -> list[Check]:
    """Return what is damaged of all that is stored on this disk."""
    try:
        with open_stores(settings) as stores:
            found = [replace(_said(one), name="what is stored") for one in inspect(stores)]
    except CatfootError:
        return []  # the stores cannot be opened, which is said already
    return found or [Check(name="what is stored", state="good", found="read through; all is whole")]


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
