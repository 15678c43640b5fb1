"""What the club's dashboards show: kept equal to what athletes let them show, from moment to moment.

A round looks at every consent to the dashboards and at how far each athlete's logbook has come.
Only what changed is written anew, and what is not consented to any more goes with the next round.
"""

import hashlib
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ..errors import CatfootError, NotFound, Refused
from ..histories import open_book
from ..store.influxserver import Unreachable
from ..store.shared import SharedBoard, line
from ..training.consent import DASHBOARDS
from ..training.history import days_before
from ..training.load import Load, load_on, run_load

if TYPE_CHECKING:
    from ..config import Stores
    from ..histories import Book
    from ..training.entries import Run

EVERY_S = 2.0
#: So many days are shown: a year, and the month before it to compare with.
DAYS = 396
#: Measures of a run that are shown, each with its grade; what is graded X is not.
MEASURES = ("cadence", "gct", "softness")

log = logging.getLogger(__name__)


class Board:
    """Keeps the dashboards' database, in a thread of its own; ``round`` does so once.

    ``fault`` is why the last round failed, None while all is well.
    """

    def __init__(self, stores: "Stores", board: SharedBoard, clock: Callable[[], datetime]) -> None:
        self._stores, self._board, self._clock = stores, board, clock
        self._seen: dict[str, tuple[int, date]] = {}
        self._zones: dict[str, str] = {}
        self.fault: str | None = None
        self._wake, self._ended = threading.Event(), False
        self._thread = threading.Thread(target=self._rounds, name="dashboards", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End after the round that runs, if any."""
        self._ended = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=EVERY_S + 15)

    def wake(self) -> None:
        """Look now: a consent was given or withdrawn."""
        self._wake.set()

    def round(self) -> int:
        """Bring the dashboards up to what is consented to; return of how many athletes that was.

        Raises StoreError where a store does not answer; what was not done is done next time. What
        is wrong with one athlete's lines keeps nobody else's from being taken out.
        """
        now = self._clock()
        held = self._board.held()
        may_be = {row.athlete for row in self._stores.logbook.consents_for(DASHBOARDS.id)}
        versions = self._stores.logbook.versions(may_be)
        changed, faults = 0, list[CatfootError]()
        for athlete in sorted(held.keys() | may_be):
            # Consents end, and days leave, at the athlete's own midnight.
            zone = ZoneInfo(self._zones.get(athlete, "UTC"))
            state = (versions.get(athlete, -1), now.astimezone(zone).date())
            if self._seen.get(athlete) == state and held.get(athlete) != "":
                continue
            try:
                changed += self._shown(athlete, held.get(athlete), now)
            except Unreachable:
                raise
            except CatfootError as fault:
                faults.append(fault)
            else:
                self._seen[athlete] = state
        if faults:
            raise faults[0]
        return changed

    def _shown(self, athlete: str, held: str | None, now: datetime) -> bool:
        """Show what may be shown of one athlete; tell whether anything had to change."""
        lines = self._lines(athlete, now)
        if lines is None:
            if held is not None:
                self._board.drop(athlete)
                log.info("dashboards athlete=%s gone", athlete)
            return held is not None
        body = "\n".join(lines).encode()
        digest = hashlib.sha256(body).hexdigest()[:32]
        if digest == held:
            return False
        self._board.put(athlete, body, digest)
        if not self._may(athlete, now):  # withdrawn, or erased, while it was written
            self._board.drop(athlete)
            return True
        log.info("dashboards athlete=%s points=%d", athlete, len(lines))
        return True

    def _lines(self, athlete: str, now: datetime) -> list[str] | None:
        """Return the points of an athlete as the dashboards may see them, None where they may not."""
        view = self._stores.as_seen_by(DASHBOARDS, lambda: now)
        try:
            view.must(athlete, "load_and_flags")
            person = view.person(athlete)
            self._zones[athlete] = person.entry.tz
            day = now.astimezone(ZoneInfo(person.entry.tz)).date()
            book = open_book(view, athlete, day, days_before(day, DAYS - 1), person)
        except (NotFound, Refused):
            return None
        tags = {"athlete": athlete, "name": person.entry.name}
        return [*_days(book, tags, day), *_runs(book, tags, day)]

    def _may(self, athlete: str, now: datetime) -> bool:
        try:
            return self._stores.as_seen_by(DASHBOARDS, lambda: now).may_see(
                athlete, "load_and_flags"
            )
        except NotFound:
            return False

    def _rounds(self) -> None:
        while not self._ended:
            try:
                self.round()
                self.fault = None
            except CatfootError as fault:
                if str(fault) != self.fault:  # once, not every time
                    log.error("dashboards wait: %s", fault)
                self.fault = str(fault)
            except Exception:  # nothing would be taken out any more without the thread
                log.exception("dashboards wait")
            self._wake.wait(EVERY_S if self.fault is None else 5 * EVERY_S)
            self._wake.clear()


def _days(book: "Book", tags: dict[str, str], today: date) -> Iterator[str]:
    """Yield a point for each day on which anything was done, at its noon in UTC."""
    done = {run.day for run in book.history.runs} | {s.day for s in book.history.strength}
    for day in sorted(d for d in done if today - timedelta(DAYS) < d <= today):
        load = load_on(day, book.history)
        at = datetime.combine(day, time(12), UTC)
        yield line("day", tags, _of_day(load), _us(at))


def _of_day(load: Load) -> dict[str, float | str]:
    """Return the fields of a day; what is not known of any of its runs is left out."""
    fields: dict[str, float | str] = {
        "runs": load.runs,
        "run_min": load.run_min,
        "strength_sessions": load.strength_sessions,
        "strength_min": load.strength_min,
        "under_load_s": load.under_load_s,
        "contacts": load.contacts,
    }
    if load.runs > load.runs_without_km:
        fields["run_km"] = load.run_km
    if load.runs > load.runs_without_effort:
        fields["run_rpe_min"] = load.run_rpe_min
    if load.strength_sessions > load.strength_without_effort:
        fields["strength_rpe_min"] = load.strength_rpe_min
    return fields


def _runs(book: "Book", tags: dict[str, str], today: date) -> Iterator[str]:
    """Yield a point for each run, at its start."""
    since = today - timedelta(DAYS)
    seen: set[int] = set()
    for row in book.runs:
        if not since < row.entry.day <= today:
            continue
        us = _us(row.entry.started_at)
        while us in seen:  # two at one instant are two
            us += 1
        seen.add(us)
        yield line("run", tags, _of_run(row.entry), us)


def _of_run(run: "Run") -> dict[str, float | str]:
    load = run_load(run)
    fields: dict[str, float | str] = {"run_min": load.run_min, "kind": run.kind}
    if not load.runs_without_km:
        fields["run_km"] = load.run_km
    for name in MEASURES:
        measure = run.summary.measure(name)
        if measure is not None and measure.value is not None and measure.grade != "X":
            fields[measure.key] = measure.value
            fields[f"{name}_grade"] = measure.grade
    return fields


def _us(at: datetime) -> int:
    return round(at.timestamp() * 1e6)
