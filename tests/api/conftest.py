"""A server's application with real stores in a folder of the test's own."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from catfoot.api import create_app
from catfoot.config import Settings
from catfoot.training.entries import Person

NOW = datetime(2026, 3, 15, 6, 30, tzinfo=UTC)
BASE = "http://127.0.0.1:8000"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
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
