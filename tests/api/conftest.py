"""A server's application with real stores in a folder of the test's own."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from catfoot.api import create_app
from catfoot.api.auth import first_link
from catfoot.config import Settings, open_stores
from catfoot.training.entries import Person

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from .browser import Served

NOW = datetime(2026, 3, 15, 6, 30, tzinfo=UTC)
BASE = "http://127.0.0.1:8000"
PASSWORD = "a long enough one"


@pytest.fixture(scope="session")
def empty_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with everything that a first start makes, to be copied."""
    folder = tmp_path_factory.mktemp("empty")
    open_stores(Settings(data=folder)).close()
    return folder


@pytest.fixture
def settings(tmp_path: Path, empty_data: Path) -> Settings:
    shutil.copytree(empty_data, tmp_path, dirs_exist_ok=True)
    return Settings(data=tmp_path, max_upload_bytes=2_000_000)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """The application, called directly; its jobs run in one thread instead of processes."""
    with ThreadPoolExecutor(1) as executor:
        app = create_app(settings, executor=executor, clock=lambda: NOW)
        with TestClient(app, base_url=BASE) as client:
            yield client


@pytest.fixture
def athlete(client: TestClient) -> str:
    """Ada, who lives in Berlin."""
    answer = client.post("/api/v1/athletes", json={"name": "Ada", "tz": "Europe/Berlin"})
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


@pytest.fixture
def ten_weeks(client: TestClient) -> str:
    """A demo athlete with ten weeks of history that end on the day of NOW."""
    from catfoot.training.example import ten_weeks

    logbook = client.app.state.stores.logbook  # type: ignore[attr-defined]
    person, *rest = ten_weeks(NOW.date(), 1)
    assert isinstance(person, Person)
    made: str = logbook.add_person(person)
    for entry in rest:
        logbook.add(made, entry)
    return made


@pytest.fixture(scope="module")
def browser(needed: Callable[[str, bool], None]) -> Iterator["Browser"]:
    """One browser for a file's tests of pages; every test opens a profile of its own.

    It must go before the next file's tests: playwright keeps an event loop in the main thread,
    where the commands of the command line start their own.
    """
    from .browser import CHROMIUM, browsing

    needed("Debian's chromium", CHROMIUM.exists())
    with browsing() as browser:
        yield browser


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Served"]:
    """A real server on a free port, for pages."""
    from .browser import served

    with served(tmp_path_factory.mktemp("data")) as server:
        yield server


@pytest.fixture
def demo(server: "Served", browser: "Browser") -> str:
    """A demo athlete on that server, with ten weeks of history."""
    return server.demo()


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Iterator[Any]:
    """A server with accounts; nobody has one yet."""
    with ThreadPoolExecutor(1) as executor:
        asking = settings.model_copy(update={"accounts": True})
        app = create_app(asking, executor=executor, clock=clock)
        with TestClient(app, base_url=BASE):
            yield app


Join = Callable[..., TestClient]


@pytest.fixture
def owner(app: Any) -> TestClient:
    """The owner, who came through the one-time link."""
    link = first_link(app, BASE)
    assert link is not None
    return enter(app, link, "owner")


@pytest.fixture
def join(app: Any, owner: TestClient) -> Join:
    """Have somebody invited and joined: ``join("coach", "carla")``."""

    def joined(role: str, login: str) -> TestClient:
        made = owner.post("/api/v1/invitations", json={"role": role})
        assert made.status_code == 201, made.text
        return enter(app, made.json()["link"], login)

    return joined


def enter(app: Any, link: str, login: str) -> TestClient:
    client = TestClient(app, base_url=BASE)
    secret = link.partition("#")[2]
    body = {"token": secret, "login": login, "password": PASSWORD, "name": login.title()}
    answer = client.post("/api/v1/join", json=body)
    assert answer.status_code == 201, answer.text
    return client


def own(client: TestClient) -> str:
    athlete: str = client.get("/api/v1/me").json()["athlete"]
    return athlete
