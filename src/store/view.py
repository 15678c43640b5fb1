"""What one person may see and write: the only way from a route to the stores.

Every method names the athlete and asks ``training.consent.may`` before it touches a store.
Where only a part is shared, the rest is left out as if it had not been measured.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar, cast

from ..errors import Conflict, Forbidden, NotFound, Refused
from ..signal.tables import Table
from ..training.consent import Consent, Declined, Kind, Viewer
from ..training.entries import Person, Recording, Run, ShownFlag
from ..training.thresholds import DEFAULT, Thresholds
from ..wallclock import utc_now
from . import guarding, sharing
from .bins import Window
from .bulk import Ahead, Wanted
from .logbook import Job, Logbook, Row
from .raw import RawStore
from .rights import Rights
from .rollup import DayTotal
from .series import Series, SeriesKey
from .sights import Sight

E = TypeVar("E")


class View:
    """One person's view of everybody's data. Raises Refused where an athlete shares nothing.

    Made for one question and thrown away: what others share is read once.
    """

    def __init__(
        self,
        viewer: Viewer,
        logbook: Logbook,
        series: Series,
        raw: RawStore,
        clock: Callable[[], datetime] = utc_now,
        guardian_age: int = 0,
        thresholds: Thresholds = DEFAULT,
    ) -> None:
        self.viewer = viewer
        self._guardian_age = guardian_age
        self.thresholds = thresholds
        self._logbook = logbook
        self._series = series
        self._raw = raw
        self._clock = clock
        self._rights = Rights(viewer, logbook, clock)
        self._ahead = Ahead()

    def athletes(self) -> list[Row[Person]]:
        """Return the athletes who share anything with the viewer, by name."""
        everybody = self._logbook.persons()
        self._rights.know(everybody)
        return [self._stripped(row) for row in everybody if self._rights.sees(row.id)]

    def add_person(self, person: Person, *, id: str | None = None) -> Row[Person]:
        """Write down a new athlete; Refused unless the viewer administers this server.

        Conflict where an athlete of that id is there.
        """
        if self.viewer.role not in ("machine", "owner"):
            raise Refused("only the owner of this server adds athletes")
        return self._logbook.person(self._logbook.add_person(person, self.viewer.id, id=id))

    def person_added(self, athlete: str) -> Row[Person]:
        """Return an athlete as the viewer wrote them down; Refused where it was somebody else.

        Whoever added an athlete may not see their days, nor what was changed since.
        """
        row = self._logbook.person(athlete)
        if row.author != self.viewer.id or (row.version > 1 and not self._rights.sees(athlete)):
            raise Refused("this athlete shares nothing with you")
        return row

    def person(self, athlete: str) -> Row[Person]:
        """Return who the athlete is; NotFound, Refused where they share nothing."""
        row = self._logbook.person(athlete)
        if not (self._rights.sees(athlete) or self.guards(athlete)):
            raise Refused("this athlete shares nothing with you")
        return self._stripped(row)

    def entries(
        self, kind: type[E], athlete: str, since: date | None = None, until: date | None = None
    ) -> Sequence[Row[E]]:
        """Return the athlete's entries of a kind in day order, both days included."""
        self._check(kind, athlete)
        rows = self._ahead.take(kind, athlete, since, until)
        if rows is None:
            rows = self._logbook.entries(kind, athlete, since, until)
        return [self._stripped(row) for row in rows]

    def read_ahead(self, athletes: Collection[str], wanted: Iterable[Wanted]) -> None:
        """Read of many athletes what ``entries`` is about to be asked for, each once.

        Nobody is shown anything by it: what may be seen is asked when the rows are taken.
        """
        self._logbook.read_ahead(self._ahead, athletes, wanted)

    def versions(self, athletes: Collection[str]) -> dict[str, int]:
        """Return ``version`` of each of the athletes; Refused like it."""
        if any(not self._rights.sees(athlete) for athlete in athletes):
            raise Refused("this athlete shares nothing with you")
        found = self._logbook.versions(athletes)
        self._rights.ask_again()
        return found

    def get(self, kind: type[E], athlete: str, id: str) -> Row[E]:
        """Return one entry; NotFound."""
        self._check(kind, athlete)
        return self._stripped(self._logbook.get(kind, athlete, id))

    def add(self, athlete: str, entry: E, *, id: str | None = None) -> Row[E]:
        """Write down an entry in the viewer's name; Conflict where a row of that id is there."""
        self._check(type(entry), athlete, write=True)
        self._rights.forget()
        return self._logbook.add(athlete, entry, self.viewer.id, id=id)

    def keep_shown(self, athlete: str, shown: Iterable[ShownFlag]) -> None:
        """Keep what the viewer was shown, once; it asks for no right but that of seeing."""
        self._check(ShownFlag, athlete)
        self._logbook.keep_shown({athlete: shown}, self.viewer.id)

    def keep_shown_of(self, shown: Mapping[str, Iterable[ShownFlag]]) -> None:
        """Keep what the viewer was shown of several athletes at once, as ``keep_shown``."""
        for athlete in shown:
            self._check(ShownFlag, athlete)
        self._logbook.keep_shown(shown, self.viewer.id)

    def replace(self, athlete: str, id: str, entry: E, version: int) -> Row[E]:
        """Change an entry; Conflict where it was changed meanwhile, NotFound.

        Forbidden for what somebody else wrote, but for plans, which then carry the viewer's name.
        """
        self._check(type(entry), athlete, write=True)
        self._check_author(type(entry), athlete, id)
        if isinstance(entry, Person):
            before = self._logbook.person(athlete).entry
            guarding.check_birth_year(self._logbook.accounts, self.viewer, athlete, before, entry)
        if isinstance(entry, Run):
            # What was measured is nobody's to say, and a viewer may have been shown a part of it.
            measured = self._logbook.get(Run, athlete, id).entry.summary
            entry = cast("E", replace(entry, summary=measured))
        self._rights.forget()
        # A run is what was measured, whoever says what it felt like.
        words = type(entry) in sharing.SHARED_AS and not isinstance(entry, Run)
        author = self.viewer.id if words and not self.owns(athlete) else None
        return self._stripped(self._logbook.replace(athlete, id, entry, version, author))

    def remove(self, kind: type[E], athlete: str, id: str) -> None:
        """Take an entry out; NotFound, Forbidden as in ``replace``."""
        self._check(kind, athlete, write=True)
        self._check_author(kind, athlete, id)
        self._rights.forget()
        self._logbook.remove(kind, athlete, id)

    def recordings(self, athlete: str, run: str) -> list[Row[Recording]]:
        """Return the recordings that watched a run, best rank first."""
        self._check(Recording, athlete)
        return [self._stripped(row) for row in self._logbook.recordings(athlete, run)]

    def rows(
        self, athlete: str, run: str, table: str, within: Window | None = None
    ) -> dict[SeriesKey, Table]:
        """Return the rows of one table of a run, by recording, all or those within a time.

        Only recordings that the logbook has: rows are written first and a run is committed
        last, so that nobody sees half of an import.
        """
        self._check(Recording, athlete)
        return self._shown(athlete, run, self._series.read(athlete, run, table, within))

    def thinned(
        self, athlete: str, run: str, table: str, columns: Sequence[str], within: Window, width: int
    ) -> dict[SeriesKey, Table]:
        """Return what a screen of ``width`` columns can show of measures, as ``Series.thinned``."""
        self._check(Recording, athlete)
        found = self._series.thinned(athlete, run, table, columns, within, width)
        return self._shown(athlete, run, found)

    def days(self, since: date, until: date) -> list[DayTotal]:
        """Return what everybody who shares their load ran on each day, both included."""
        persons = self._logbook.persons()
        self._rights.know(persons)
        seen = [row.id for row in persons if self._rights.may(row.id, "load_and_flags")]
        return self._logbook.days(seen, since, until)

    def original(self, athlete: str, recording: str) -> bytes:
        """Return the bytes that a recording was made from; NotFound where they are gone."""
        self._must(athlete, "raw")
        row = self._logbook.get(Recording, athlete, recording)
        return self._raw.read(athlete, row.entry.content)

    def version(self, athlete: str) -> int:
        """Return a number that grows with every change to what the athlete owns.

        What may be seen is asked anew after it, so that nothing is known under a version that
        was seen by the rights of an older one.
        """
        if not self._rights.sees(athlete):
            raise Refused("this athlete shares nothing with you")
        found = self._logbook.version(athlete)
        self._rights.ask_again()
        return found

    def jobs(self, athlete: str) -> list[Job]:
        """Return the athlete's jobs, oldest first."""
        self._must(athlete, "raw")
        return self._logbook.jobs(athlete)

    def job(self, athlete: str, id: str) -> Job:
        """Return one of the athlete's jobs; NotFound."""
        self._must(athlete, "raw")
        found = self._logbook.job(id)
        if found.athlete != athlete:
            raise NotFound(f"no job {id} of this athlete")
        return found

    def sights(self, athlete: str) -> Sequence[Sight]:
        """Return who saw what of the athlete, newest first: the athlete's to read."""
        if not (self.owns(athlete) or self.guards(athlete)):
            raise Refused("only the athlete may see this")
        return self._logbook.sights.of(athlete)

    def declined(self, athlete: str) -> Sequence[Row[Declined]]:
        """Return what the athlete declined, of what the viewer had written, or all of it theirs."""
        rows = self._logbook.entries(Declined, athlete)
        mine = self.owns(athlete)
        return [row for row in rows if mine or row.entry.by == self.viewer.id]

    def decline(self, athlete: str, declined: Declined, kind: type, id: str) -> Row[Declined]:
        """Take out what somebody else wrote, and leave the mark ``id`` that it was declined."""
        if not self.owns(athlete):
            raise Refused("only the athlete declines what others write for them")
        try:
            made = self._logbook.add(athlete, declined, self.viewer.id, id=id)
        except Conflict:  # it was, and the rest may be left to do
            made = self._logbook.get(Declined, athlete, id)
        with suppress(NotFound):
            self._logbook.remove(kind, athlete, declined.of)
        return made

    def may_see(self, athlete: str, kind: Kind) -> bool:
        """Tell whether the viewer may see that kind of the athlete's data."""
        return self._rights.may(athlete, kind)

    @staticmethod
    def shared_as(kind: type) -> Kind:
        """Return what an athlete must share for a kind of entry to be seen."""
        return sharing.SHARED_AS[kind]

    def must(self, athlete: str, kind: Kind, *, write: bool = False) -> None:
        """Raise Refused unless the viewer may see, or with ``write`` change, that kind of data."""
        self._must(athlete, kind, write=write)

    def _shown(
        self, athlete: str, run: str, found: dict[SeriesKey, Table]
    ) -> dict[SeriesKey, Table]:
        known = {row.id for row in self._logbook.recordings(athlete, run)}
        hidden = not self._rights.may(athlete, "heart_rate")
        return {
            key: sharing.without_heart_rate(rows) if hidden else rows
            for key, rows in found.items()
            if key.recording in known
        }

    def must_own(self, athlete: str) -> None:
        """Raise Refused unless everything of the athlete, places too, is the viewer's own."""
        if not self.owns(athlete):
            raise Refused("only the athlete may take everything away")

    def _check(self, kind: type, athlete: str, *, write: bool = False) -> None:
        """Raise Refused unless the athlete shares that kind of entry."""
        if kind is Person and not write:
            if not self._rights.sees(athlete):
                raise Refused("this athlete shares nothing with you")
        elif kind in sharing.SHARED_AS:
            self._must(athlete, sharing.SHARED_AS[kind], write=write)
            if kind in (Run, Recording) and not write and not self.owns(athlete):
                for part in sharing.WITH_RUNS:
                    if self._rights.may(athlete, part):
                        self._saw(athlete, part)
        elif kind is Consent and not self.owns(athlete):
            if not self.guards(athlete):
                raise Refused("only the athlete may see and change this")
        elif not self.owns(athlete):
            raise Refused("only the athlete may see and change this")
        if kind is Consent and write:
            person = self._logbook.person(athlete).entry
            guarding.check_consenting(
                self._logbook.accounts, self.viewer, athlete, person, self._rights.day(athlete),
                self._guardian_age,
            )  # fmt: skip

    def _must(self, athlete: str, kind: Kind, *, write: bool = False) -> None:
        if not self._rights.may(athlete, kind, write=write):
            what = f"{'change' if write else 'see'} {sharing.NAMES[kind]}"
            raise Refused(f"this athlete does not let you {what}")
        if not write and not self.owns(athlete):
            self._saw(athlete, kind)

    def _saw(self, athlete: str, kind: Kind) -> None:
        """Write into the athlete's access record that the viewer is shown that kind."""
        day, now = self._rights.day(athlete), self._clock()
        self._logbook.sights.note(Sight(athlete, day, self.viewer.id, kind, now))

    def guards(self, athlete: str) -> bool:
        """Tell whether the viewer is the guardian of a young athlete."""
        return guarding.guards(self._logbook.accounts, self.viewer, athlete)

    def owns(self, athlete: str) -> bool:
        """Tell whether no consent is needed: the rule answers yes even without any."""
        return self._rights.owns(athlete)

    def _check_author(self, kind: type[E], athlete: str, id: str) -> None:
        """Raise Forbidden where somebody's own words would be changed in their name."""
        words = kind in sharing.SHARED_AS and kind not in sharing.PLANS
        if not words or self.owns(athlete):
            return
        if self._logbook.get(kind, athlete, id).author != self.viewer.id:
            raise Forbidden("only whoever wrote this, and the athlete, change it or take it out")

    def _wrote(self, row: Row[E]) -> bool:
        return self.viewer.role == "machine" or row.author == self.viewer.id

    def _stripped(self, row: Row[E]) -> Row[E]:
        """Return the row without what the athlete keeps to themselves."""
        entry = row.entry if self._wrote(row) else sharing.without_private_note(row.entry)
        if not self.owns(row.athlete):
            rights = {k: self._rights.may(row.athlete, k) for k in sharing.WITH_RUNS}
            entry = sharing.shared_part(
                entry, measures=rights["metrics"], heart_rate=rights["heart_rate"]
            )
        return replace(row, entry=entry)
