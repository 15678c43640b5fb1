from itertools import product
from typing import Any

import pytest
from starlette.testclient import TestClient

from catfoot.api.problems import NOT_HERE

HOSTILE = [
    "nobody",
    "0" * 32,
    "..%2f..%2fetc%2fpasswd",
    "a%00b",
    "' OR 1=1 --",
    "x" * 5000,
    "ä",
    "%F0%9F%91%9F",
]
NOUNS = ["check-ins", "strength-sessions", "flag-answers"]
BELOW = [
    "",
    "/runs",
    "/runs/x",
    "/runs/x/steps",
    "/runs/x/readings",
    "/jobs/x",
    "/check-ins",
    "/check-ins/x",
    "/strength-sessions",
    "/strength-sessions/x",
    "/flag-answers",
    "/timeline",
    "/today",
]


def test_an_athlete_needs_only_a_name(client: TestClient) -> None:
    answer = client.post("/api/v1/athletes", json={"name": "Ada"})
    assert answer.status_code == 201
    made = answer.json()
    assert answer.headers["location"] == f"/api/v1/athletes/{made['id']}"
    assert client.get(answer.headers["location"]).json() == made
    assert made["tz"] == "UTC"
    assert made["version"] == 1


def test_athletes_are_listed_by_name(client: TestClient) -> None:
    for name in ("cleo", "Ada", "Bo"):
        client.post("/api/v1/athletes", json={"name": name})
    listed = client.get("/api/v1/athletes").json()["items"]
    assert [item["name"] for item in listed] == ["Ada", "Bo", "cleo"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"name": "Ada", "tz": "Mars/Olympus"}, "tz"),
        ({"name": "Ada", "tz": "../../etc/passwd"}, "tz"),
        ({"name": "Ada", "height_m": 17}, "height_m"),
        ({"name": "Ada", "shoe": "red"}, "shoe"),
    ],
)
def test_an_athlete_that_does_not_fit_is_refused_by_field(
    client: TestClient, body: dict[str, object], field: str
) -> None:
    answer = client.post("/api/v1/athletes", json=body)
    assert answer.status_code == 422
    assert field in answer.json()["detail"]
    assert client.get("/api/v1/athletes").json()["items"] == []


def _is_a_404(answer: Any) -> None:
    assert answer.status_code == 404, answer.url
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == NOT_HERE


def test_no_athlete_of_that_name_is_a_404_and_never_somebody_else(
    client: TestClient, ten_weeks: str
) -> None:
    for name, below in product(HOSTILE, BELOW):
        _is_a_404(client.get(f"/api/v1/athletes/{name}{below}"))


def test_an_unknown_athlete_can_be_sent_nothing(client: TestClient) -> None:
    for name, noun in product(HOSTILE, [*NOUNS, "recordings"]):
        _is_a_404(client.post(f"/api/v1/athletes/{name}/{noun}", json={}))


def test_nothing_of_that_name_is_a_404(client: TestClient, athlete: str) -> None:
    for noun, name in product(["runs", "jobs", *NOUNS], HOSTILE):
        _is_a_404(client.get(f"/api/v1/athletes/{athlete}/{noun}/{name}"))
