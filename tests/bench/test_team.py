"""What a coach waits for: the page of a team of 200, cold, and when one athlete has changed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time
from pathlib import Path
from random import Random
from typing import Any

import pytest
from starlette.testclient import TestClient

from catfoot.api import create_app
from catfoot.config import Settings
from catfoot.store.schema import Row
from catfoot.training.entries import CheckIn, Person
from catfoot.training.history import History

from ..training import alarms

ATHLETES = 200


def rows_of(months: History, athlete: str, made: datetime) -> list[Row[Any]]:
    entries = [
        Person(name=f"Runner {athlete[:4]}"),
        *months.runs,
        *months.strength,
        *months.check_ins,
    ]
    ids = (athlete if i == 0 else f"{athlete[:8]}{i:024x}" for i in range(len(entries)))
    return [Row(id, athlete, made, 1, "machine", e) for id, e in zip(ids, entries, strict=True)]


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Any, str]]:
    """200 athletes with 120 days each, six runs a week, mornings and foot sessions."""
    dice = Random(1)
    runner = alarms.Runner(weekdays=(0, 1, 2, 4, 5, 6), shoes=2)
    some = [alarms.everything(alarms.year_of(runner, dice, days=120), dice) for _ in range(5)]
    now = datetime.combine(some[0].runs[-1].day, time(20), UTC)
    folder: Path = tmp_path_factory.mktemp("team")
    with ThreadPoolExecutor(1) as executor:
        app = create_app(Settings(data=folder), executor=executor, clock=lambda: now)
        with TestClient(app, base_url="http://127.0.0.1:8000") as client:
            logbook = client.app.state.stores.logbook  # type: ignore[attr-defined]
            athlete = ""
            for i in range(ATHLETES):
                athlete = f"{i:08x}{0:024x}"
                logbook.put_back(athlete, rows_of(some[i % 5], athlete, now))
            yield client, logbook, athlete


def test_a_team_page_of_200_cold(benchmark: Any, team: tuple[TestClient, Any, str]) -> None:
    client, _, _ = team
    answer = benchmark.pedantic(lambda: client.get("/api/v1/team"), rounds=1)
    assert len(answer.json()["items"]) == ATHLETES


def test_a_team_page_of_200_when_one_has_changed(
    benchmark: Any, team: tuple[TestClient, Any, str]
) -> None:
    client, logbook, athlete = team
    client.get("/api/v1/team")
    now = client.app.state.clock()  # type: ignore[attr-defined]

    def change() -> None:
        logbook.add(athlete, CheckIn(day=now.date(), at=now, pain=0.0))

    benchmark.pedantic(lambda: client.get("/api/v1/team"), setup=change, rounds=5)
