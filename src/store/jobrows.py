"""Jobs as rows of the logbook."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..errors import NotFound
from . import disk, rows
from .database import Database
from .schema import Job, JobState, check_json, job_table


class JobRows:
    """The logbook's jobs; ``Logbook`` has the same methods under the names that people use."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._db = database
        self._clock = clock

    def add(self, job: Job) -> str:
        """Write down work to do and return its id; NotFound where there is no such athlete.

        Conflict where a job of that id is there.
        """
        check_json("payload", job.payload)
        now, new = self._clock(), job.id or disk.new_id()
        with self._db.write() as connection:
            rows.known(connection, job.athlete)
            connection.execute(
                job_table.insert().values(
                    id=new,
                    athlete=job.athlete,
                    kind=job.kind,
                    state=job.state,
                    payload=job.payload,
                    result=job.result,
                    error=job.error,
                    created_at=now,
                    changed_at=now,
                )
            )
        return new

    def find(self, which: sa.ColumnElement[bool]) -> list[Job]:
        """Return the jobs of that condition, oldest first."""
        query = sa.select(job_table).where(which).order_by(job_table.c.created_at, job_table.c.id)
        with self._db.read() as connection:
            return [Job(**line) for line in connection.execute(query).mappings()]

    def count(self) -> dict[JobState, int]:
        """Return how many jobs there are of each state that has any."""
        query = sa.select(job_table.c.state, sa.func.count().label("n")).group_by(job_table.c.state)
        with self._db.read() as connection:
            return {line.state: line.n for line in connection.execute(query)}

    def set(
        self, id: str, state: JobState, result: dict[str, Any] | None, error: str | None
    ) -> None:
        """Write down how far a job is; NotFound."""
        check_json("result", result)
        values = {"state": state, "result": result, "error": error, "changed_at": self._clock()}
        with self._db.write() as connection:
            update = job_table.update().where(job_table.c.id == id).values(values)
            if not connection.execute(update).rowcount:
                raise NotFound(f"no job {id}")
