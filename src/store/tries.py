"""What became of requests that may be tried again, so that another try changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from .database import Database
from .peopletables import tried_table
from .schema import check_json

#: Nobody tries again what began longer ago.
KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Tried:
    """An earlier try: what was sent, as a hash, and what was answered; None before it ended."""

    sent: str
    status: int | None
    answer: Mapping[str, Any] | None


class Tries:
    """The rows of tries; an athlete's go with the athlete."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def begin(self, id: str, sent: str, athlete: str | None, now: datetime) -> Tried | None:
        """Return the earlier try of that id; None where this is the first, which is noted.

        Of two that come at the same time one is the first.
        """
        before = sa.select(tried_table).where(tried_table.c.id == id)
        with self._db.write() as connection:
            connection.execute(tried_table.delete().where(tried_table.c.at < now - KEPT_FOR))
            if (line := connection.execute(before).mappings().first()) is not None:
                return Tried(line["sent"], line["status"], line["answer"])
            values = {"id": id, "athlete": athlete, "sent": sent, "at": now}
            connection.execute(tried_table.insert().values(values))
        return None

    def end(self, id: str, status: int, answer: Mapping[str, Any]) -> None:
        """Note what was answered."""
        check_json("answer", answer)
        which = tried_table.update().where(tried_table.c.id == id)
        with self._db.write() as connection:
            connection.execute(which.values(status=status, answer=dict(answer)))

    def forget(self, id: str) -> None:
        """Forget a try that came to nothing."""
        with self._db.write() as connection:
            connection.execute(tried_table.delete().where(tried_table.c.id == id))
