"""The logbook's database: SQLite or PostgreSQL behind one engine, and its faults in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc

from ..errors import ConfigError, Conflict, StoreError

_BUSY_MS = 30_000


class Database:
    """An engine and its two kinds of transaction. Safe for several threads and processes.

    ``url`` is SQLAlchemy's: ``sqlite:///path`` or ``postgresql://user@host/name``.
    """

    def __init__(self, url: str) -> None:
        self.engine = engine_of(url)
        self._writing = self.engine.execution_options(catfoot_writes=True)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Give a transaction that sees what is committed."""
        with _faults(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Give a transaction that is committed when the block ends, undone if it raises."""
        with _faults(), self._writing.begin() as connection:
            yield connection

    def scrub(self) -> None:
        """Leave no copy of deleted rows in SQLite's write-ahead log."""
        if self.engine.dialect.name == "sqlite":
            with _faults(), self.engine.connect() as connection:
                raw = connection.connection.cursor()
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                raw.close()

    def close(self) -> None:
        """Close the connections that are not in use."""
        self.engine.dispose()


def engine_of(url: str, *, foreign_keys: bool = True) -> sa.Engine:
    """Return an engine; ConfigError for a URL of another kind of database."""
    parsed = _parsed(url)
    try:
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(parsed, foreign_keys)
        if parsed.get_backend_name() == "postgresql":
            if parsed.drivername == "postgresql":
                parsed = parsed.set(drivername="postgresql+psycopg")
            return sa.create_engine(parsed, pool_size=10, max_overflow=30, pool_pre_ping=True)
    except ImportError as fault:
        raise ConfigError(
            "logbook_url: PostgreSQL needs its driver; install catfoot[postgres]"
        ) from fault
    raise ConfigError(
        f"logbook_url: expected sqlite:// or postgresql://, got {parsed.drivername}://"
    )


def _parsed(url: str) -> sa.URL:
    try:
        return sa.make_url(url)
    except exc.ArgumentError as fault:
        raise ConfigError(
            "logbook_url: expected sqlite:///path or postgresql://host/name"
        ) from fault


def sqlite_path(url: str) -> Path | None:
    """Return the file of an SQLite URL, None for any other database."""
    parsed = _parsed(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    if not parsed.database or parsed.database == ":memory:":
        raise ConfigError("logbook_url: an SQLite logbook needs a file")
    return Path(parsed.database)


def _sqlite(url: sa.URL, foreign_keys: bool) -> sa.Engine:
    engine = sa.create_engine(url, pool_size=10, max_overflow=30)

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _: object) -> None:
        # Python's own transaction handling would commit before DDL; "begin" below does it.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        cursor.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        # A deferred transaction that reads first and writes later fails at once when another
        # process wrote in between, whatever the timeout: writers take their lock first.
        writes = connection.get_execution_options().get("catfoot_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def _faults() -> Iterator[None]:
    """Turn a database's refusal into one of ours."""
    try:
        yield
    except exc.IntegrityError as fault:
        raise Conflict(f"the logbook refuses this: {_first_line(fault)}") from fault
    except exc.DBAPIError as fault:
        raise StoreError(f"the logbook cannot be used: {_first_line(fault)}") from fault
    except exc.SQLAlchemyError as fault:
        raise StoreError(f"the logbook cannot be used: {fault}") from fault


def _first_line(fault: exc.DBAPIError) -> str:
    return str(fault.orig).strip().partition("\n")[0]
