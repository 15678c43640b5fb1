"""Columns that every table of the logbook is made of, the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

#: Instants are counted from here.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Instant(sa.TypeDecorator[datetime]):
    """An aware datetime as whole microseconds UTC: exact, and sorted as time is."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:
        """Return microseconds since 1970."""
        return None if value is None else micros(value)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> datetime | None:
        """Return an aware UTC datetime."""
        return None if value is None else EPOCH + timedelta(microseconds=value)


def micros(instant: datetime) -> int:
    """Return whole microseconds UTC; ValueError for a time without its zone."""
    if instant.tzinfo is None:
        raise ValueError(f"expected a time with its zone, got {instant.isoformat()}")
    return (instant - EPOCH) // _MICROSECOND


def id_column() -> sa.Column[str]:
    """Return the column of a row's own id."""
    return sa.Column("id", sa.String(), primary_key=True)


def goes_with(
    table: str, *, name: str = "", nullable: bool = False, index: bool | None = None
) -> sa.Column[str]:
    """Return a column that names a row of a table, with which its own row goes."""
    key = sa.ForeignKey(f"{table}.id", ondelete="CASCADE")
    return sa.Column(name or table, sa.String(), key, nullable=nullable, index=index)


def instant(name: str) -> sa.Column[datetime]:
    """Return a column of an instant that is always known."""
    return sa.Column(name, Instant(), nullable=False)
