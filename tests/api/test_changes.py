"""Changing, taking out, trying again: nobody overwrites what they have not seen."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from catfoot.api.entries import NOUNS
from catfoot.api.examples import OF_KIND

BODIES: dict[str, dict[str, Any]] = {noun.path: OF_KIND[noun.kind.__name__] for noun in NOUNS}
PATHS = [noun.path for noun in NOUNS]


def _made(client: TestClient, athlete: str, noun: str) -> tuple[str, dict[str, Any], str]:
    """Write one down; return its address, itself and its ETag."""
    answer = client.post(f"/api/v1/athletes/{athlete}/{noun}", json=BODIES[noun])
    assert answer.status_code == 201, answer.text
    return answer.headers["location"], answer.json(), answer.headers["etag"]


@pytest.mark.parametrize("noun", PATHS)
def test_every_noun_is_written_read_changed_and_taken_out(
    client: TestClient, athlete: str, noun: str
) -> None:
    path, made, tag = _made(client, athlete, noun)
    assert client.get(path).json() == made
    row = {"id", "athlete", "version", "author", "created_at"}
    body = {key: value for key, value in made.items() if key not in row}
    changed = client.put(path, json=body, headers={"If-Match": tag})
    assert changed.status_code == 200, changed.text
    assert changed.json()["version"] == 2
    assert client.delete(path, headers={"If-Match": tag}).status_code == 412
    gone = client.delete(path, headers={"If-Match": changed.headers["etag"]})
    assert gone.status_code == 204
    assert client.get(path).status_code == 404


def test_a_change_must_say_which_version_it_changes(client: TestClient, athlete: str) -> None:
    path, made, tag = _made(client, athlete, "check-ins")
    body = {"day": made["day"], "at": made["at"], "stiffness": 5}
    assert client.put(path, json=body).status_code == 428
    assert client.put(path, json=body, headers={"If-Match": tag}).json()["stiffness"] == 5
    stale = client.put(path, json=body | {"stiffness": 9}, headers={"If-Match": tag})
    assert stale.status_code == 412
    assert "version 2" in stale.json()["detail"]
    assert client.get(path).json()["stiffness"] == 5


def test_another_athlete_cannot_change_or_take_it_out(client: TestClient, athlete: str) -> None:
    path, made, tag = _made(client, athlete, "check-ins")
    other = client.post("/api/v1/athletes", json={"name": "Bo"}).json()["id"]
    theirs = path.replace(athlete, other)
    assert client.put(theirs, json={}, headers={"If-Match": tag}).status_code == 404
    assert client.delete(theirs, headers={"If-Match": tag}).status_code == 404
    assert client.get(path).json() == made


@pytest.mark.parametrize("noun", PATHS)
def test_the_same_key_again_writes_it_down_once(
    client: TestClient, athlete: str, noun: str
) -> None:
    path, headers = f"/api/v1/athletes/{athlete}/{noun}", {"Idempotency-Key": "a-random-text"}
    first = client.post(path, json=BODIES[noun], headers=headers)
    again = client.post(path, json=BODIES[noun], headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert len(client.get(path).json()["items"]) == 1


def test_the_same_key_with_another_body_is_refused(client: TestClient, athlete: str) -> None:
    path, headers = f"/api/v1/athletes/{athlete}/check-ins", {"Idempotency-Key": "a-random-text"}
    client.post(path, json={"stiffness": 1}, headers=headers)
    answer = client.post(path, json={"stiffness": 2}, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


def test_the_same_key_of_another_athlete_is_another_key(client: TestClient, athlete: str) -> None:
    other = client.post("/api/v1/athletes", json={"name": "Bo"}).json()["id"]
    for one in (athlete, other):
        path, headers = f"/api/v1/athletes/{one}/check-ins", {"Idempotency-Key": "a-random-text"}
        assert client.post(path, json={}, headers=headers).status_code == 201


def test_what_did_not_change_is_not_sent_again(client: TestClient, ten_weeks: str) -> None:
    for below in ("today", "timeline"):
        path = f"/api/v1/athletes/{ten_weeks}/{below}"
        first = client.get(path)
        known = {"If-None-Match": first.headers["etag"]}
        assert client.get(path, headers=known).status_code == 304
        assert client.get(path + "?since=2026-03-01", headers=known).status_code != 304
        assert client.get(path).content == first.content  # to another browser, kept in memory
        client.post(f"/api/v1/athletes/{ten_weeks}/check-ins", json={})
        assert client.get(path, headers=known).status_code == 200


def test_an_athlete_can_be_renamed(client: TestClient, athlete: str) -> None:
    path = f"/api/v1/athletes/{athlete}"
    tag = client.get(path).headers["etag"]
    body = {"name": "Ada L.", "tz": "Europe/Berlin"}
    assert client.put(path, json=body, headers={"If-Match": tag}).json()["name"] == "Ada L."
    assert client.get(path).json()["version"] == 2


def test_the_catalogue_names_every_exercise_with_its_cues(client: TestClient) -> None:
    items = client.get("/api/v1/exercises").json()["items"]
    assert {"short_foot", "single_leg_stand"} <= {item["id"] for item in items}
    assert all(item["cues"] and item["said"] for item in items)
