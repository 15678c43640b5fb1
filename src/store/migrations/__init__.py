"""The logbook's schema through time: forward only, one process at a time, at open.

``versions/`` holds one module for each step, run by Alembic. An SQLite logbook is copied
beside itself before it is changed; the last three copies stay.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from ...errors import StoreError
from .. import disk
from ..database import engine_of, sqlite_path

#: The newest revision, so that an up-to-date logbook opens without importing Alembic.
HEAD = "0001"

_COPIES = 3
# Any number that no other program on the same PostgreSQL server is likely to lock.
_LOCK_KEY = 0x636174666F6F74  # "catfoot"


def upgrade(url: str) -> None:
    """Bring the logbook at ``url`` to the newest schema, waiting for others that do the same.

    Raises StoreError where it was written by a newer catfoot.
    """
    path = sqlite_path(url)
    engine = engine_of(url, foreign_keys=False)  # tables are rebuilt, and point at each other
    try:
        there = path is None or path.is_file()
        if path is not None:
            disk.touch_private(path)
        if there and revision_of(engine) == HEAD:
            return
        with _alone(engine, path):
            found = revision_of(engine)
            if found != HEAD:
                _run(engine, path, found)
    except exc.DBAPIError as fault:
        why = str(fault.orig).strip().partition("\n")[0]
        raise StoreError(f"the logbook cannot be opened: {why}") from fault
    finally:
        engine.dispose()


def revision_of(engine: sa.Engine) -> str | None:
    """Return the schema revision a database is at, None where it is empty."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return found


def _run(engine: sa.Engine, path: Path | None, found: str | None) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(Path(__file__).parent))
    known = {revision.revision for revision in script.walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            f"the logbook was written by a newer catfoot (schema {found}, this one knows {HEAD});"
            " update catfoot, or open another data folder"
        )
    if path is not None:
        _prepare(path, found)

    def steps(revision: Any, _: Any) -> Any:
        return script._upgrade_revs(HEAD, revision)

    with (
        engine.execution_options(catfoot_writes=True).connect() as connection,
        EnvironmentContext(Config(), script, fn=steps) as environment,
    ):
        environment.configure(connection=connection, render_as_batch=True, transactional_ddl=True)
        with environment.begin_transaction():
            environment.run_migrations()
        connection.commit()


@contextmanager
def _alone(engine: sa.Engine, path: Path | None) -> Iterator[None]:
    """Hold everybody else's migration off."""
    if path is not None:
        with disk.alone(path.with_name(path.name + ".lock")):
            yield
        return
    with engine.connect() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_lock(_LOCK_KEY)))
        connection.commit()
        try:
            yield
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(_LOCK_KEY)))
            connection.commit()


def _prepare(path: Path, found: str | None) -> None:
    """Set the write-ahead log up, and copy what is there before it is changed."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        # Stays with the file. Done under the lock, because this one statement does not wait.
        database.execute("PRAGMA journal_mode=WAL")
        if found is None:
            return
        copy = path.with_name(f"{path.name}.{found}.before-update")
        copy.unlink(missing_ok=True)
        disk.touch_private(copy)
        with closing(sqlite3.connect(copy)) as target:
            database.backup(target)
    copies = sorted(path.parent.glob(f"{path.name}.*.before-update"), key=lambda p: p.name)
    for old in copies[:-_COPIES]:
        old.unlink()
