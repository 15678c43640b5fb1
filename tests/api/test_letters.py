"""The week's letter over HTTP, for the athlete and for the coach."""

import pytest
from starlette.testclient import TestClient

from catfoot.training import words


def test_the_letter_of_a_week_is_the_athletes_own_and_stays_all_week(
    client: TestClient, ten_weeks: str
) -> None:
    path = f"/api/v1/athletes/{ten_weeks}/letter"
    told = client.get(path).json()
    assert told["monday"] == "2026-03-09"  # NOW is the Sunday after
    assert told == client.get(path, params={"week": "2026-03-09"}).json()
    assert 1 <= len(told["sentences"]) <= 3
    assert told["demo"] is True
    assert not words.forbidden_in(" ".join(told["sentences"]))
    after = client.get(path, params={"week": "2026-03-16"}).json()
    assert after["changed"][0]["n"] > 0
    assert after["changed"][0]["why"]


def test_a_letter_that_did_not_change_is_not_sent_again(client: TestClient, ten_weeks: str) -> None:
    path = f"/api/v1/athletes/{ten_weeks}/letter"
    tag = client.get(path).headers["etag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_a_coach_reads_one_letter_about_everybody(
    client: TestClient, ten_weeks: str, athlete: str
) -> None:
    told = client.get("/api/v1/letter").json()
    assert told["athletes"] == 2
    assert [line["athlete"] for line in told["no_data"]] == [athlete]
    assert 1 <= len(told["sentences"]) <= 3


@pytest.mark.parametrize("week", ["0001-01-01", "9999-12-31", "x"])
def test_a_week_out_of_all_time_is_refused_in_words(
    client: TestClient, ten_weeks: str, week: str
) -> None:
    answer = client.get(f"/api/v1/athletes/{ten_weeks}/letter", params={"week": week})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "week"
