"""Folders and processes that the tests of the stores share."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest
import sqlalchemy as sa

from catfoot.errors import StoreError
from catfoot.store import migrations
from catfoot.store.influxserver import InfluxServer
from catfoot.store.raw import RawStore

from .influxd import Influxd
from .watched import ending_with_us

TYPINGS = Path(__file__).parents[2] / "typings"

ADA = "a" * 32
BEN = "b" * 32

Spawn = Callable[[str], subprocess.Popen[str]]


@pytest.fixture
def raw(tmp_path: Path) -> RawStore:
    return RawStore(tmp_path / "data")


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Start a Python process from its source; it is killed when the test is over."""
    running: list[subprocess.Popen[str]] = []

    def start(code: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(TYPINGS)},
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def postgres(needed: Callable[[str, bool], None]) -> Iterator[sa.URL]:
    """A real PostgreSQL server of the tests' own, reached by a socket in its own folder."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    needed("PostgreSQL's server (Debian: postgresql)", bool(programs))
    needed("the driver psycopg", importlib.util.find_spec("psycopg") is not None)
    folder = Path(tempfile.mkdtemp(prefix="catfoot-pg-"))
    who = _unprivileged(folder)
    bin = programs[-1].parent
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=who, cwd=folder)

    try:
        run(str(bin / "initdb"), "-A", "trust", "-U", "catfoot", "-E", "UTF8", "--no-sync",
            "--locale=C.UTF-8", str(data))  # fmt: skip
        # fsync off: what a crash does to PostgreSQL is not what these tests are about.
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        stop = (str(bin / "pg_ctl"), "-D", str(data), "-w", "-m", "immediate", "stop")
        with ending_with_us(*stop, user=who):
            run(str(bin / "pg_ctl"), "-D", str(data), "-w", "-o", options,
                "-l", str(folder / "log"), "start")  # fmt: skip
            yield sa.URL.create(
                "postgresql", "catfoot", database="postgres", query={"host": str(folder)}
            )
    finally:
        shutil.rmtree(folder)


def _unprivileged(folder: Path) -> int | None:
    """Return whom to run a server as that refuses to run as root; the folder becomes theirs."""
    if os.getuid() != 0:
        return None
    who = pwd.getpwnam("nobody").pw_uid
    os.chown(folder, who, -1)
    return who


@pytest.fixture(scope="session")
def sqlite_logbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the newest schema and nothing in it, to copy for each test."""
    path = tmp_path_factory.mktemp("empty") / "logbook.db"
    migrations.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_logbook(postgres: sa.URL) -> sa.URL:
    """A database with the newest schema and nothing in it, to copy for each test."""
    url = empty_database(postgres)
    migrations.upgrade(url.render_as_string())
    return url


def empty_database(server: sa.URL, template: str = "template0") -> sa.URL:
    """Make a database on the server and return its URL."""
    name = f"t{uuid.uuid4().hex}"
    engine = sa.create_engine(
        server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    engine.dispose()
    return server.set(database=name)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty logbook, on each database in turn."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_logbook"), tmp_path / "logbook.db")
        return f"sqlite:///{tmp_path / 'logbook.db'}"
    template: sa.URL = request.getfixturevalue("postgres_logbook")
    copy = empty_database(request.getfixturevalue("postgres"), template.database or "")
    return copy.render_as_string()


@pytest.fixture(scope="session")
def influxd(needed: Callable[[str, bool], None]) -> Iterator[Influxd]:
    """A real InfluxDB of the tests' own."""
    program = shutil.which("influxd")
    needed("InfluxDB (Debian: influxdb)", program is not None)
    server = Influxd(program or "")
    try:
        server.start()
        yield server
    finally:
        server.remove()


def named_influx(address: str) -> str:
    """Return catfoot's URL of the server that INFLUX_URL, _TOKEN, _ORG and _BUCKET name."""
    parts = urlsplit(address)
    scheme = "influxs" if parts.scheme == "https" else "influx"
    token, bucket = (quote(os.environ[f"INFLUX_{name}"], safe="") for name in ("TOKEN", "BUCKET"))
    org = urlencode({"org": os.environ.get("INFLUX_ORG", "")})
    return f"{scheme}://:{token}@{parts.netloc}/{bucket}?{org}"


@pytest.fixture
def influx_url(request: pytest.FixtureRequest) -> str:
    """The URL of an InfluxDB: an empty database of our own, or the one that INFLUX_* name."""
    if named := os.environ.get("INFLUX_URL"):
        url = named_influx(named)
        server = InfluxServer(url)
        with suppress(StoreError):  # 3.x cannot delete; its tests of erasing say so
            for athlete in (ADA, BEN):
                server.run(f"DELETE WHERE athlete = '{athlete}'")
        server.close()
        return url
    return own_influx(request.getfixturevalue("influxd"))


def own_influx(server: Influxd) -> str:
    """Return the URL of an empty database on a server of the tests' own."""
    name = f"t{uuid.uuid4().hex}"
    server.query(f"CREATE DATABASE {name}")
    return f"influx://127.0.0.1:{server.port}/{name}"
