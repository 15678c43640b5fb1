"""What has to be done now and then while a server runs: bytes let go, rows that nobody can see."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..errors import CatfootError, NotFound
from ..store import disk
from ..store.schema import Row
from ..sync import runs
from ..training.entries import Recording
from .erasing import erased, is_erased

if TYPE_CHECKING:
    from ..config import Stores

log = logging.getLogger(__name__)

_EVERY_S = 6 * 3600.0
_FETCHED_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Tidied:
    """What went: original recordings by age, and recordings of rows that no run has."""

    let_go: int
    swept: int


def tidy(stores: "Stores", now: datetime) -> Tidied:
    """Let go what is older than ``raw_days``, and rows that a crash left; twice is fine."""
    done = Tidied(_let_old_go(stores, now), _sweep(stores))
    if done.let_go or done.swept:
        log.info("housekeeping let_go=%d swept=%d", done.let_go, done.swept)
    return done


def sweep_rows(stores: "Stores", athlete: str) -> int:
    """Drop rows of recordings that the logbook does not have where they lie; count recordings.

    An import or a split that was killed leaves them: rows are written before the logbook, and
    readers trust only the logbook.
    """
    with runs.alone(stores, athlete):
        known = {(row.entry.run, row.id) for row in stores.logbook.entries(Recording, athlete)}
        left = [key for key in stores.series.held(athlete) if (key.run, key.recording) not in known]
        for key in left:
            stores.series.drop(athlete, key.run, key.recording)
    return len(left)


def _forget_erased(stores: "Stores") -> None:
    """Remove recordings of erased athletes, which were being made while they were erased."""
    hashes = erased(stores.settings.data)
    raw = stores.settings.data / "raw"
    for folder in (*raw.glob("*"), *(raw / "open").glob("*")):
        if is_erased(hashes, folder.name):
            stores.raw.forget(folder.name)
    for folder in (stores.settings.data / "exports").glob("*"):
        if is_erased(hashes, folder.name):  # asked for before, made or begun after
            disk.remove_tree(folder)
    for lock in (stores.settings.data / "locks").glob("*"):
        if is_erased(hashes, lock.name):
            lock.unlink(missing_ok=True)


def _forget_exports(stores: "Stores", now: datetime) -> None:
    """Remove exports that nobody fetched within a day: they hold everything of somebody."""
    before = (now - _FETCHED_WITHIN).timestamp()
    for path in (stores.settings.data / "exports").glob("*/*"):
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


def _let_go(stores: "Stores", row: Row[Recording], now: datetime) -> bool:
    """Let the original bytes of a recording go that came here too long ago; say so first."""
    days = stores.settings.raw_days
    if days is None or row.created_at > now - timedelta(days=days):
        return False
    with runs.alone(stores, row.athlete):
        if not stores.raw.has(row.athlete, row.entry.content):
            return False
        try:
            entry = stores.logbook.get(Recording, row.athlete, row.id).entry
        except NotFound:
            return False
        said = f"Its original bytes went after {days} days, so it cannot be measured again."
        if said not in entry.summary.warnings:
            warnings = (*entry.summary.warnings, said)
            told = replace(entry, summary=replace(entry.summary, warnings=warnings))
            runs.commit(stores, row.athlete, told, row.id, new=False)
        stores.raw.forget(row.athlete, row.entry.content)
    return True


def _sweep(stores: "Stores") -> int:
    return sum(sweep_rows(stores, person.id) for person in stores.logbook.persons())


def _let_old_go(stores: "Stores", now: datetime) -> int:
    _forget_erased(stores)
    _forget_exports(stores, now)
    return sum(
        _let_go(stores, row, now)
        for person in stores.logbook.persons()
        for row in stores.logbook.entries(Recording, person.id)
    )


@contextmanager
def housekeeping(
    stores: "Stores", clock: Callable[[], datetime], every_s: float = _EVERY_S
) -> Iterator[None]:
    """Sweep at once, then let go and tidy every few hours on a thread, until left."""
    leaving = threading.Event()

    def work() -> None:
        _logged(lambda: _let_old_go(stores, clock()))
        while not leaving.wait(every_s):
            _logged(lambda: tidy(stores, clock()))

    # Before anybody writes; what goes by age may be much and need not be waited for.
    _logged(lambda: _sweep(stores))
    thread = threading.Thread(target=work, name="housekeeping", daemon=True)
    thread.start()
    try:
        yield
    finally:
        leaving.set()
        thread.join()


def _logged(work: Callable[[], object]) -> None:
    try:
        work()
    except CatfootError as fault:
        log.error("housekeeping: %s", fault)
