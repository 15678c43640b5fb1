"""How the stores are doing: what /health says and the connection check prints."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..errors import CatfootError, StoreError
from ..store import disk
from ..store.outbox import Letter, Waiting

if TYPE_CHECKING:
    from ..config import Stores

About = Literal["disk", "folder", "logbook", "series", "outbox", "clock", "erasing"]
Severity = Literal["warning", "fault"]

# The instant of the last look that found everything writable, for a clock that was set back.
_SEEN = "last-seen"
#: Clocks are set by seconds all the time; by more than this, days and orders come out wrong.
_BACK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person should know; a "fault" keeps data from being stored or seen.

    ``text`` is one sentence that says what to do. It names no athlete and no path.
    """

    about: About
    severity: Severity
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How the stores are doing; ``outbox`` is None where nothing is sent elsewhere."""

    disk_used_pct: float
    outbox: Waiting | None
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Literal["ok", "warning", "fault"]:
        """The gravest of what was found."""
        found = {finding.severity for finding in self.findings}
        return "fault" if "fault" in found else "warning" if found else "ok"


def look(stores: "Stores", now: datetime) -> Condition:
    """Return how the stores are doing at the moment, in milliseconds and without the network."""
    data = stores.settings.data
    try:
        usage = shutil.disk_usage(data)
        used_pct, free = 100 * (1 - usage.free / usage.total), usage.free
    except OSError:
        used_pct, free = 0.0, 0
    waiting = _waiting(stores)
    findings = [
        *_disk(stores, used_pct, free),
        *_clock(data, now),
        *_folder(data, now),
        *_logbook(stores),
        *_series(stores, waiting),
        *_erasing(data),
    ]
    return Condition(disk_used_pct=used_pct, outbox=waiting, findings=tuple(findings))


def dead_letters(stores: "Stores") -> list[Letter]:
    """Return what InfluxDB refused for what it is, each with its reason."""
    from ..store.influx import InfluxSeries

    return stores.series.dead() if isinstance(stores.series, InfluxSeries) else []


def retry_dead_letters(stores: "Stores") -> int:
    """Let what was refused wait again; return how many recordings that is."""
    from ..store.influx import InfluxSeries

    return stores.series.revive() if isinstance(stores.series, InfluxSeries) else 0


def inspect(stores: "Stores") -> Iterator[Finding]:
    """Read everything on this disk through, and yield what is damaged; takes minutes.

    The databases check themselves, every original recording is opened against its hash and
    every row is unpacked.
    """
    yield from _pages(stores.settings.data)
    for person in stores.logbook.persons():
        damaged = [0, 0]
        for content in stores.raw.contents(person.id):
            try:
                stores.raw.read(person.id, content)
            except StoreError:
                damaged[0] += 1
        for key, tables in stores.series.held(person.id).items():
            for name in tables:
                try:
                    stores.series.read(person.id, key.run, name)
                except StoreError:
                    damaged[1] += 1
        for count, what in zip(damaged, ("recordings", "tables of rows"), strict=True):
            if count:
                yield Finding(
                    "folder", "fault", f"{count} {what} are damaged; restore them from a backup"
                )


def _pages(data: Path) -> Iterator[Finding]:
    import sqlite3

    for name in ("logbook.db", "series.db", "outbox.db"):
        if (data / name).is_file():
            try:
                with closing(sqlite3.connect(data / name)) as database:
                    (said,) = database.execute("PRAGMA quick_check(1)").fetchone()
            except sqlite3.Error as fault:
                said = str(fault)
            if said != "ok":
                text = f"{name} is damaged ({said}); restore it from a backup"
                yield Finding("logbook" if name == "logbook.db" else "series", "fault", text)


def _disk(stores: "Stores", used_pct: float, free: int) -> Iterator[Finding]:
    if used_pct >= stores.settings.disk_warning_pct:
        days = stores.settings.raw_days
        text = f"the disk is {used_pct:.0f} % full, {free / 1e9:.1f} GB are left; make room" + (
            ", or let original recordings go after some days (CATFOOT_RAW_DAYS)"
            if days is None
            else f"; original recordings are kept {days} days (CATFOOT_RAW_DAYS)"
        )
        yield Finding("disk", "warning", text)


def _clock(data: Path, now: datetime) -> Iterator[Finding]:
    try:
        seen = datetime.fromtimestamp((data / _SEEN).stat().st_mtime, UTC)
    except OSError:
        return
    if now < seen - _BACK:
        text = (
            f"this machine's clock says {now:%Y-%m-%d %H:%M} UTC but was at"
            f" {seen:%Y-%m-%d %H:%M} before; set it right, or days come out wrong"
        )
        yield Finding("clock", "fault", text)


def _folder(data: Path, now: datetime) -> Iterator[Finding]:
    """Find out whether something can be written, by writing something."""
    path = data / _SEEN
    try:
        before = path.stat().st_mtime if path.is_file() else 0.0
        disk.write_file(path, b"catfoot could write here at this file's time\n")
        latest = max(before, now.timestamp())
        os.utime(path, (latest, latest))
    except (CatfootError, OSError) as fault:
        cause = fault.__cause__ if isinstance(fault, CatfootError) else fault
        why = getattr(cause, "strerror", None) or "refused"
        text = f"nothing can be stored ({why}); make room, or let catfoot write to its data folder"
        yield Finding("folder", "fault", text)


def _logbook(stores: "Stores") -> Iterator[Finding]:
    try:
        stores.logbook.version("0" * 32)
    except StoreError as fault:
        yield Finding("logbook", "fault", _about("the logbook", fault))


def _series(stores: "Stores", waiting: Waiting | None) -> Iterator[Finding]:
    from ..store.embedded import EmbeddedSeries
    from ..store.influx import InfluxSeries

    if isinstance(stores.series, EmbeddedSeries):
        try:
            stores.series.held("0" * 32)
        except StoreError as fault:
            yield Finding("series", "fault", _about("the store of measures", fault))
    if isinstance(stores.series, InfluxSeries) and waiting is None:
        text = "what waits for InfluxDB cannot be read; see what the server's log says"
        yield Finding("outbox", "fault", text)
    elif isinstance(stores.series, InfluxSeries) and waiting is not None:
        if waiting.recordings and stores.series.fault is not None:
            text = f"{waiting.recordings} recordings wait here for InfluxDB, which takes none"
            yield Finding("outbox", "warning", f"{text}; see that it runs, they go by themselves")
        if waiting.dead:
            text = f"InfluxDB refused {waiting.dead} recordings, which stay here"
            yield Finding("outbox", "fault", f"{text}; `catfoot outbox` says why")


def _waiting(stores: "Stores") -> Waiting | None:
    from ..store.influx import InfluxSeries

    try:
        return stores.series.waiting() if isinstance(stores.series, InfluxSeries) else None
    except StoreError:
        return None


def _erasing(data: Path) -> Iterator[Finding]:
    if begun := sum(1 for path in (data / "erasing").glob("*") if path.is_file()):
        text = f"{begun} athletes are not wholly erased yet; see that every store runs, start again"
        yield Finding("erasing", "fault", text)


def _about(what: str, fault: StoreError) -> str:
    """Return a fault without its paths, which are this machine's business."""
    said = str(fault).rpartition(": ")[2]
    return f"{what} does not answer ({said}); the server's log says more"
