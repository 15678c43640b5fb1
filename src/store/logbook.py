"""People, runs, recordings, check-ins, sets and jobs: rows of entries, by athlete.

An entry is a frozen dataclass of ``training.entries``; its row adds id, athlete,
created_at, version and author. Every method names the athlete, and no query crosses from
one athlete to another except ``persons`` and what stands under "Many athletes at once".
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from ..errors import NotFound
from ..training.consent import Consent
from ..training.entries import Person, Recording, Run, ShownFlag
from ..wallclock import utc_now
from . import bulk, disk, rollup, rows, runrows, shownflags, whole
from .accounts import Accounts
from .channels import Channels
from .database import Database
from .jobrows import JobRows
from .migrations import upgrade
from .rollup import DayTotal
from .schema import (
    KINDS,
    UNFINISHED,
    Job,
    JobState,
    Row,
    athlete_table,
    job_table,
    row_of,
)
from .sights import Sights
from .teams import Teams
from .tries import Tries

__all__ = ["Job", "Logbook", "Row"]

E = TypeVar("E")


class Logbook:
    """Rows on SQLite or PostgreSQL; ``Logbook.open`` brings the schema up to date."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._db = database
        self._clock = clock
        self.accounts = Accounts(database)
        self.teams = Teams(database)
        self.sights = Sights(database)
        self.channels = Channels(database)
        self.tries = Tries(database)
        self._jobs = JobRows(database, clock)

    @classmethod
    def open(cls, url: str, clock: Callable[[], datetime] = utc_now) -> "Logbook":
        """Open the logbook at an SQLAlchemy URL, migrating it under a lock where it is older.

        Raises StoreError where it was written by a newer catfoot or cannot be opened.
        """
        upgrade(url)
        return cls(Database(url), clock)

    def close(self) -> None:
        """Release files and connections."""
        self._db.close()

    # People

    def add_person(self, person: Person, author: str = "machine", *, id: str | None = None) -> str:
        """Write down a new athlete and return their id; Conflict where ``id`` is there already."""
        with self._db.write() as connection:
            return rows.begin(connection, person, author, self._clock(), id)

    def person_named(self, person: Person, author: str = "machine") -> str:
        """Return the id of the first athlete of that name, adding ``person`` if there is none.

        Two processes that ask for the same name at once get the same athlete.
        """
        with self._db.write() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("LOCK TABLE person IN SHARE ROW EXCLUSIVE MODE")
            found = connection.scalar(rows.named(sa.select(KINDS[Person].c.id), person.name))
            return found or rows.begin(connection, person, author, self._clock())

    def person(self, athlete: str) -> Row[Person]:
        """Return who the athlete is; NotFound."""
        return self.get(Person, athlete, athlete)

    def persons(self) -> list[Row[Person]]:
        """Return everybody, by name."""
        query = sa.select(KINDS[Person])
        with self._db.read() as connection:
            found = [row_of(Person, line) for line in connection.execute(query).mappings()]
        # Databases disagree about the order of letters.
        return sorted(found, key=lambda row: (row.entry.name.casefold(), row.id))

    # Entries of any kind

    def add(
        self, athlete: str, entry: E, author: str = "machine", *, id: str | None = None
    ) -> Row[E]:
        """Write down an entry and return its row; NotFound where there is no such athlete.

        ``id`` is the row's where the caller can say it; Conflict where it is there already.
        """
        with self._db.write() as connection:
            rows.touch(connection, athlete)
            return self._insert(connection, athlete, id or disk.new_id(), entry, author)

    def keep_shown(self, shown: Mapping[str, Iterable[ShownFlag]], author: str) -> None:
        """Keep what somebody was shown of each athlete, each thing once, in one transaction.

        It is no change to what the athlete owns, so ``version`` stays: looking at a page must
        not make the page new.
        """
        shownflags.keep(self._db, shown, author, self._clock())

    def get(self, kind: type[E], athlete: str, id: str) -> Row[E]:
        """Return one row; NotFound."""
        with self._db.read() as connection:
            return rows.fetch(connection, kind, athlete, id)

    def entries(
        self, kind: type[E], athlete: str, since: date | None = None, until: date | None = None
    ) -> list[Row[E]]:
        """Return an athlete's rows in order of time, from ``since`` to ``until``, both included.

        A kind without a day of its own is cut by the UTC day of its instant.
        """
        table = KINDS[kind]
        query = sa.select(table).where(
            table.c.athlete == athlete, *rows.between(table, since, until)
        )
        query = query.order_by(*rows.in_order(table))
        with self._db.read() as connection:
            return [row_of(kind, line) for line in connection.execute(query).mappings()]

    def replace(
        self, athlete: str, id: str, entry: E, version: int, author: str | None = None
    ) -> Row[E]:
        """Put ``entry`` in the place of version ``version`` of a row; Conflict, NotFound.

        With ``author`` the words are theirs from now on.
        """
        with self._db.write() as connection:
            rows.touch(connection, athlete)
            return rows.replace(connection, athlete, id, entry, version, author)

    def remove(self, kind: type[E], athlete: str, id: str) -> None:
        """Take a row out; NotFound, or Conflict where other rows stand on it."""
        table = KINDS[kind]
        with self._db.write() as connection:
            rows.touch(connection, athlete)
            rows.fetch(connection, kind, athlete, id)
            connection.execute(table.delete().where(*rows.which(table, athlete, id)))

    def version(self, athlete: str) -> int:
        """Return a number that grows with every change to what the athlete owns; 0 if unknown."""
        query = sa.select(athlete_table.c.writes).where(athlete_table.c.id == athlete)
        with self._db.read() as connection:
            return connection.scalar(query) or 0

    def erase(self, athlete: str) -> None:
        """Take out the athlete, every row of theirs, and their name in others'. Twice is fine.

        What they wrote about others stays, as written by "erased".
        """
        whole.erase(self._db, athlete)
        self._db.scrub()

    # Runs and recordings

    def recording_of(self, athlete: str, content: str) -> Row[Recording] | None:
        """Return the athlete's recording of that content, None where it is new."""
        found = runrows.recordings(self._db, athlete, KINDS[Recording].c.content == content)
        return found[0] if found else None

    def recordings(self, athlete: str, run: str) -> list[Row[Recording]]:
        """Return the recordings that watched a run, best rank first."""
        return runrows.recordings(self._db, athlete, KINDS[Recording].c.run == run)

    def runs_between(self, athlete: str, start: datetime, stop: datetime) -> list[Row[Run]]:
        """Return the runs that overlap the time from ``start`` to ``stop`` at all."""
        return runrows.between(self._db, athlete, start, stop)

    def commit_run(
        self,
        athlete: str,
        run: Run,
        recording: Recording,
        *,
        run_id: str,
        recording_id: str,
        new: bool,
        author: str = "machine",
    ) -> None:
        """Write down a run and one of its recordings in one transaction: readers see both or none.

        ``new`` adds the run; otherwise it must be there (NotFound) and is replaced. The
        recording is added or replaced. Doing it twice is doing it once. Conflict where the
        athlete already has a recording of the same content under another id.
        """
        if recording.run != run_id:
            raise ValueError(f"recording.run: expected {run_id}, got {recording.run}")
        with self._db.write() as connection:
            rows.touch(connection, athlete)
            if not rows.update(connection, athlete, run_id, run):
                if not new:
                    rows.fetch(connection, Run, athlete, run_id)
                self._insert(connection, athlete, run_id, run, author)
            if not rows.update(connection, athlete, recording_id, recording):
                self._insert(connection, athlete, recording_id, recording, author)

    def _insert(
        self, connection: sa.Connection, athlete: str, id: str, entry: E, author: str
    ) -> Row[E]:
        return rows.insert(connection, Row(id, athlete, self._clock(), 1, author, entry))

    # Jobs

    def add_job(self, job: Job) -> str:
        """Write down work to do and return its id; NotFound where there is no such athlete."""
        return self._jobs.add(job)

    def job(self, id: str) -> Job:
        """Return one job; NotFound."""
        found = self._jobs.find(job_table.c.id == id)
        if not found:
            raise NotFound(f"no job {id}")
        return found[0]

    def jobs(self, athlete: str) -> list[Job]:
        """Return the athlete's jobs, oldest first."""
        return self._jobs.find(job_table.c.athlete == athlete)

    def unfinished_jobs(self) -> list[Job]:
        """Return the jobs of everybody that wait or were being worked on, oldest first."""
        return self._jobs.find(job_table.c.state.in_(UNFINISHED))

    def count_jobs(self) -> dict[JobState, int]:
        """Return how many jobs of everybody are in each state that has any."""
        return self._jobs.count()

    def set_job(
        self,
        id: str,
        state: JobState,
        result: dict[str, Any] | None = None,
        error: str | None = None,
    ) -> None:
        """Write down how far a job is; NotFound."""
        self._jobs.set(id, state, result, error)

    # Many athletes at once

    def days(self, athletes: Collection[str], since: date, until: date) -> list[DayTotal]:
        """Return what each of the athletes ran on each day, both days included, in order."""
        return rollup.by_day(self._db, athletes, since, until)

    def consents_for(self, viewer: str) -> list[Row[Consent]]:
        """Return every consent that names a person, withdrawn and ended ones too."""
        return rollup.consents_for(self._db, viewer)

    def read_ahead(
        self, ahead: bulk.Ahead, athletes: Collection[str], wanted: Iterable[bulk.Wanted]
    ) -> None:
        """Read entries of many athletes, one query for each kind, into ``ahead``."""
        ahead.read(self._db, athletes, wanted)

    def versions(self, athletes: Collection[str]) -> dict[str, int]:
        """Return ``version`` of each of the athletes; who is not there is left out."""
        return bulk.versions(self._db, athletes)

    # An athlete as a whole

    def everything(self, athlete: str) -> list[Row[Any]]:
        """Return every row of the athlete but jobs, in an order in which they can be put back."""
        return whole.everything(self._db, athlete)

    def put_back(self, athlete: str, rows: Iterable[Row[Any]]) -> None:
        """Write rows down as they were; Conflict where the athlete is there already."""
        whole.put_back(self._db, athlete, rows)

    def mentions(self, athlete: str) -> list[str]:
        """Return the tables that hold the athlete's id in any column: none once erased."""
        return whole.mentions(self._db, athlete)

    def count(self, athlete: str) -> int:
        """Return how many rows of any kind name the athlete: 0 once erased."""
        return whole.count(self._db, athlete)
