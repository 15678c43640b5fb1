import hashlib
from typing import Any

import pytest
from starlette.testclient import TestClient

from catfoot.custody import erase
from catfoot.custody.eraser import Eraser
from catfoot.errors import StoreError
from catfoot.ingest.files import fitwriter as fw
from catfoot.store.embedded import EmbeddedSeries
from catfoot.store.sights import Sight
from catfoot.training.entries import Person

from .conftest import BASE, NOW, Join, own


def gone(client: TestClient, address: str) -> None:
    """Return once nobody is at an address any more; the tests' own limit ends it otherwise."""
    while client.get(address).status_code == 200:
        pass


def stores_of(client: TestClient) -> Any:
    return client.app.state.stores  # type: ignore[attr-defined]


def test_an_athlete_erases_themselves_and_their_login_and_nobody_else(
    app: Any, owner: TestClient, join: Join
) -> None:
    ada, bo = join("athlete", "ada"), join("athlete", "bo")
    athlete, other = own(ada), own(bo)
    address = f"/api/v1/athletes/{athlete}"
    run = fw.steady_run(1_141_000_000, 60)
    ada.post(f"{address}/recordings", files={"file": ("a.fit", run)})
    for body in ({}, {"name": "ada"}, {"name": "Bo"}, {"name": "Ada", "more": 1}):
        answer = ada.request("DELETE", address, json=body)
        assert answer.status_code == 422, body
    assert bo.request("DELETE", address, json={"name": "Ada"}).status_code == 404
    assert owner.request("DELETE", address, json={"name": "Ada"}).status_code == 404
    assert ada.get(address).status_code == 200
    key = ada.post("/api/v1/keys", json={"name": "gateway", "scopes": ["read", "write"]}).json()
    lesser = TestClient(app, base_url=BASE, headers={"Authorization": f"Bearer {key['key']}"})
    assert lesser.request("DELETE", address, json={"name": "Ada"}).status_code == 403

    answer = ada.request("DELETE", address, json={"name": "Ada"})
    assert answer.status_code == 202
    assert answer.json()["location"] == address
    gone(ada, address)
    assert ada.get("/api/v1/me").status_code == 401
    app.state.eraser.close()
    assert bo.get(f"/api/v1/athletes/{other}").status_code == 200
    stores = app.state.stores
    assert stores.logbook.count(athlete) == 0
    assert stores.raw.contents(athlete) == []
    assert not stores.raw.has(athlete, hashlib.sha256(run).hexdigest())
    assert list((stores.settings.data / "erasing").glob("*")) == []


def test_an_erasing_whose_store_is_away_is_tried_again_and_holds_up_nobody(
    client: TestClient, athlete: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores = stores_of(client)
    bo = stores.logbook.add_person(Person(name="Bo"))
    drop = EmbeddedSeries.drop
    failed: list[str] = []

    def away(self: EmbeddedSeries, whose: str, *rest: str | None) -> int:
        if whose == athlete and not failed:
            failed.append(whose)
            raise StoreError("away")
        return drop(self, whose, *rest)

    monkeypatch.setattr(EmbeddedSeries, "drop", away)
    eraser = Eraser(stores, again_s=0.01)
    for one in (athlete, bo):
        eraser.ask(one)
    begun = stores.settings.data / "erasing"
    while list(begun.glob("*")):
        pass
    eraser.close()
    assert failed == [athlete]
    assert stores.logbook.persons() == []


def test_an_erasing_that_was_asked_for_is_done_at_the_next_start(
    client: TestClient, athlete: str
) -> None:
    eraser = client.app.state.eraser  # type: ignore[attr-defined]
    eraser.close()  # so that nobody does it
    answer = client.request("DELETE", f"/api/v1/athletes/{athlete}", json={"name": "Ada"})
    assert answer.status_code == 202
    stores = stores_of(client)
    assert stores.logbook.count(athlete)
    Eraser(stores).close()
    assert stores.logbook.count(athlete) == 0


def test_no_answer_about_somebody_stays_in_memory_once_they_are_erased(
    client: TestClient, ten_weeks: str
) -> None:
    address = f"/api/v1/athletes/{ten_weeks}"
    for path in (f"{address}/timeline", f"{address}/letter", "/api/v1/team", "/api/v1/letter"):
        assert client.get(path).status_code == 200
    state = client.app.state  # type: ignore[attr-defined]
    state.stores.logbook.sights.note(Sight(ten_weeks, NOW.date(), "c" * 32, "metrics", NOW))
    memories = state.team, state.letters, state.answers
    assert all(memory._found for memory in memories)
    assert state.stores.logbook.sights._written
    erase(state.stores, ten_weeks)  # as another process does
    assert client.get("/api/v1/athletes").json() == {"items": []}
    assert not any(memory._found for memory in memories)
    assert not state.stores.logbook.sights._written
