import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from catfoot.errors import StoreError
from catfoot.store import migrations
from catfoot.store.database import engine_of
from catfoot.store.logbook import Logbook
from catfoot.store.migrations.draft import draft
from catfoot.store.schema import metadata
from catfoot.training.entries import Person

from .conftest import empty_database

VERSIONS = Path(migrations.__file__).parent / "versions"


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder / 'logbook.db'}"


def test_the_migrations_lead_to_the_tables_that_the_dataclasses_make(tmp_path: Path) -> None:
    migrations.upgrade(url_of(tmp_path))
    engine = engine_of(url_of(tmp_path))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, metadata)
    engine.dispose()
    assert difference == [], "write the next step: python -m catfoot.store.migrations.draft"


def test_a_draft_of_the_first_step_is_the_first_step() -> None:
    assert draft("nothing changed") is None
    source = draft("The first schema.", first=True)
    assert source is not None
    made, there = (
        {line.strip(" ,") for line in text.replace("'", '"').splitlines() if "Column(" in line}
        for text in (source, (VERSIONS / "r0001.py").read_text())
    )
    assert made == there


def test_the_newest_revision_is_the_one_named_as_newest() -> None:
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert script.get_heads() == [migrations.HEAD]


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        Logbook.open(url_of(tmp_path)).close()
    assert not list(tmp_path.glob("*.before-update"))


def test_a_logbook_of_a_newer_catfoot_is_refused_with_one_sentence(tmp_path: Path) -> None:
    Logbook.open(url_of(tmp_path)).close()
    with closing(sqlite3.connect(tmp_path / "logbook.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    with pytest.raises(StoreError, match=r"newer catfoot .schema 9999.*update catfoot"):
        Logbook.open(url_of(tmp_path))
    assert not list(tmp_path.glob("*.before-update"))


def test_a_logbook_is_copied_before_it_is_changed(tmp_path: Path) -> None:
    book = Logbook.open(url_of(tmp_path))
    book.add_person(Person(name="ada"))
    book.close()
    # A file without tables but with a revision stands for the schema before the first.
    migrations._prepare(tmp_path / "logbook.db", "0000")
    (copy,) = tmp_path.glob("*.before-update")
    copy.rename(tmp_path / "rolled-back.db")
    back = Logbook.open(f"sqlite:///{tmp_path / 'rolled-back.db'}")
    assert [row.entry.name for row in back.persons()] == ["ada"]
    back.close()


def test_the_last_three_copies_stay(tmp_path: Path) -> None:
    Logbook.open(url_of(tmp_path)).close()
    for revision in ("0001", "0002", "0003", "0004"):
        migrations._prepare(tmp_path / "logbook.db", revision)
    kept = sorted(path.name for path in tmp_path.glob("*.before-update"))
    assert kept == [f"logbook.db.000{n}.before-update" for n in (2, 3, 4)]


def test_sqlite_is_set_up_to_lose_nothing(tmp_path: Path) -> None:
    Logbook.open(url_of(tmp_path)).close()
    engine = engine_of(url_of(tmp_path))
    with engine.connect() as connection:
        said = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    engine.dispose()
    assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_postgresql_gets_the_same_schema_whoever_comes_first(postgres: sa.URL) -> None:
    url = empty_database(postgres).render_as_string()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(migrations.upgrade, [url] * 4))
    engine = engine_of(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, metadata)
    engine.dispose()
    assert difference == []


def test_a_postgresql_that_cannot_be_reached_is_one_sentence(
    tmp_path: Path, postgres: sa.URL
) -> None:
    nowhere = postgres.set(query={"host": str(tmp_path)}).render_as_string()
    with pytest.raises(StoreError, match="logbook cannot be opened: connection") as found:
        Logbook.open(nowhere)
    assert "\n" not in str(found.value)
