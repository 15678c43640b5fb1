"""The queries that every kind of entry shares, within a transaction of the logbook."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa

from ..errors import Conflict, NotFound
from ..training.entries import Person
from . import disk
from .schema import DAYS, INSTANTS, KINDS, Row, athlete_table, row_of, row_values, values_of

E = TypeVar("E")


def touch(connection: sa.Connection, athlete: str) -> None:
    """Count a write, which also holds off others who write for the athlete; NotFound."""
    update = athlete_table.update().where(athlete_table.c.id == athlete)
    if not connection.execute(update.values(writes=athlete_table.c.writes + 1)).rowcount:
        raise NotFound(f"no athlete {athlete}")


def known(connection: sa.Connection, athlete: str) -> None:
    """Raise NotFound where there is no such athlete."""
    query = sa.select(athlete_table.c.id).where(athlete_table.c.id == athlete)
    if connection.scalar(query) is None:
        raise NotFound(f"no athlete {athlete}")


def fetch(connection: sa.Connection, kind: type[E], athlete: str, id: str) -> Row[E]:
    """Return one row; NotFound."""
    table = KINDS[kind]
    line = connection.execute(sa.select(table).where(*which(table, athlete, id))).mappings().first()
    if line is None:
        raise NotFound(f"no {noun(table)} {id} of this athlete")
    return row_of(kind, line)


def begin(
    connection: sa.Connection, person: Person, author: str, now: datetime, id: str | None = None
) -> str:
    """Write down a new athlete and return their id; Conflict where ``id`` is there already."""
    athlete = id or disk.new_id()
    connection.execute(athlete_table.insert().values(id=athlete, created_at=now, writes=1))
    insert(connection, Row(athlete, athlete, now, 1, author, person))
    return athlete


def insert(connection: sa.Connection, row: Row[E]) -> Row[E]:
    """Write down a row that is new, and return it."""
    connection.execute(KINDS[type(row.entry)].insert(), row_values(row))
    return row


def update(connection: sa.Connection, athlete: str, id: str, entry: object) -> bool:
    """Put an entry in the place of whatever version is there; False where none is."""
    table = KINDS[type(entry)]
    values: dict[str, Any] = {
        "row_version": table.c.row_version + 1,
        **values_of(athlete, entry),
    }
    changed = table.update().where(*which(table, athlete, id)).values(values)
    return connection.execute(changed).rowcount > 0


def replace(
    connection: sa.Connection, athlete: str, id: str, entry: E, version: int,
    author: str | None = None,
) -> Row[E]:  # fmt: skip
    """Put an entry in the place of version ``version`` of a row; Conflict, NotFound.

    ``author`` is whose words they are from now on; None leaves that as it was.
    """
    table = KINDS[type(entry)]
    values = values_of(athlete, entry) | {"row_version": version + 1}
    if author is not None:
        values["author"] = author
    which_one = (*which(table, athlete, id), table.c.row_version == version)
    changed = connection.execute(table.update().where(*which_one), values)
    row = fetch(connection, type(entry), athlete, id)
    if not changed.rowcount:
        raise Conflict(
            f"this {noun(table)} was changed meanwhile: it is version {row.version}"
            f" and you changed version {version}; look at it again"
        )
    return row


def which(table: sa.Table, athlete: str, id: str) -> Sequence[sa.ColumnElement[bool]]:
    """Return the condition that a row is this one, and the athlete's."""
    return (table.c.id == id, table.c.athlete == athlete)


def named(query: "sa.Select[Any]", name: str) -> "sa.Select[Any]":
    """Return the query for the first athlete of that name."""
    table = KINDS[Person]
    return query.where(table.c.name == name).order_by(table.c.created_at, table.c.id).limit(1)


def noun(table: sa.Table) -> str:
    """Return what a person calls a row of the table."""
    return "athlete" if table.name == "person" else table.name.replace("_", " ")


def between(
    table: sa.Table, since: date | None, until: date | None
) -> Sequence[sa.ColumnElement[bool]]:
    """Return the condition that a row lies on a day from ``since`` to ``until``, both included."""
    days = [table.c[name] for name in DAYS if name in table.c]
    if days:
        lower, upper = since, until
        column = days[0]
    else:
        column = next(table.c[name] for name in INSTANTS if name in table.c)
        lower = since and _midnight(since)
        upper = until and _midnight(until + timedelta(days=1)) - timedelta(microseconds=1)
    found: list[sa.ColumnElement[bool]] = []
    if lower is not None:
        found.append(column >= lower)
    if upper is not None:
        found.append(column <= upper)
    return found


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def in_order(table: sa.Table) -> Sequence[sa.ColumnElement[Any]]:
    """Return what to sort by for the order in which things happened."""
    return [table.c[name] for name in (*DAYS, *INSTANTS, "id") if name in table.c]
