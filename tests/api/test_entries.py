"""Check-ins, strength sessions and answers to flags: what people write down."""

from typing import Any

import pytest
from starlette.testclient import TestClient

SESSION = {
    "duration_min": 12,
    "effort": 4,
    "sets": [{"exercise": "short_foot", "reps": 10, "hold_s": 5, "side": "left"}],
}
CASES: list[tuple[str, dict[str, Any]]] = [
    ("check-ins", {"stiffness": 2, "soreness": [{"site": "calf", "score": 3}]}),
    ("strength-sessions", SESSION),
    ("flag-answers", {"rule": "F01", "first_day": "2026-03-14", "answer": "acted"}),
]


def _path(athlete: str, noun: str) -> str:
    return f"/api/v1/athletes/{athlete}/{noun}"


@pytest.mark.parametrize(("noun", "body"), CASES)
def test_what_is_written_down_is_there_again(
    client: TestClient, athlete: str, noun: str, body: dict[str, Any]
) -> None:
    answer = client.post(_path(athlete, noun), json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["location"] == f"{_path(athlete, noun)}/{made['id']}"
    assert made["athlete"] == athlete
    listed = client.get(_path(athlete, noun)).json()
    assert [item["id"] for item in listed["items"]] == [made["id"]]
    assert listed["next"] is None


def test_a_check_in_is_of_the_athletes_own_day(client: TestClient) -> None:
    far = client.post("/api/v1/athletes", json={"name": "Kai", "tz": "Pacific/Honolulu"}).json()
    made = client.post(_path(far["id"], "check-ins"), json={"pain": 0}).json()
    assert made["day"] == "2026-03-14"  # 06:30 UTC on the 15th is 20:30 the evening before


@pytest.mark.parametrize(("noun", "body"), CASES)
def test_an_unknown_key_is_refused_by_name(
    client: TestClient, athlete: str, noun: str, body: dict[str, Any]
) -> None:
    answer = client.post(_path(athlete, noun), json=body | {"colour": "red"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == "colour"
    assert client.get(_path(athlete, noun)).json()["items"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"stiffness": 11}, "stiffness"),
        ({"stiffness": "much"}, "stiffness"),
        ({"at": "2026-03-15T07:00:00"}, "at"),
        ({"at": "yesterday"}, "at"),
        ({"soreness": 3}, "soreness"),
        ({"soreness": [{"site": "elbow", "score": 3}]}, "site"),
        ({"stiffness": True}, "stiffness"),
        ({"demo": True, "note": 3}, "note"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name(
    client: TestClient, athlete: str, body: dict[str, Any], field: str
) -> None:
    answer = client.post(_path(athlete, "check-ins"), json=body)
    assert answer.status_code == 422
    problem = answer.json()
    assert field in problem["detail"] or problem.get("errors", [{}])[0].get("field") == field


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"3", b'{"pain": NaN}', b"[" * 100_000, b'{"a":"\xff"}']
)
def test_what_is_not_one_json_object_is_refused(
    client: TestClient, athlete: str, body: bytes
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = client.post(_path(athlete, "check-ins"), content=body, headers=headers)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_form_of_another_site_is_no_json(client: TestClient, athlete: str) -> None:
    # A plain HTML form can send text/plain across sites without asking first.
    headers = {"Content-Type": "text/plain"}
    answer = client.post(_path(athlete, "check-ins"), content=b"{}", headers=headers)
    assert answer.status_code in (415, 422)


def test_a_huge_body_is_refused_before_it_is_read(client: TestClient, athlete: str) -> None:
    answer = client.post(_path(athlete, "check-ins"), json={"note": "x" * 2_000_000})
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("noun", ["runs", "check-ins", "strength-sessions", "flag-answers"])
def test_nobody_reads_what_belongs_to_another_athlete(
    client: TestClient, athlete: str, ten_weeks: str, noun: str
) -> None:
    theirs = client.get(_path(ten_weeks, noun)).json()["items"]
    assert client.get(_path(athlete, noun)).json()["items"] == []
    for item in theirs[:3]:
        assert client.get(f"{_path(athlete, noun)}/{item['id']}").status_code in (404, 405)


@pytest.mark.parametrize("noun", ["runs", "check-ins", "strength-sessions"])
def test_pages_hold_every_entry_once_newest_first(
    client: TestClient, ten_weeks: str, noun: str
) -> None:
    whole = client.get(_path(ten_weeks, noun), params={"limit": 500}).json()["items"]
    paged: list[Any] = []
    cursor = None
    while True:
        params = {"limit": "7"} | ({"cursor": cursor} if cursor else {})
        page = client.get(_path(ten_weeks, noun), params=params).json()
        assert len(page["items"]) <= 7
        paged += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert paged == whole
    days = [item["day"] for item in whole]
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize("cursor", ["", "%00", "zzz", "AAAA", "ä"])
def test_a_cursor_that_was_not_made_here_is_refused(
    client: TestClient, ten_weeks: str, cursor: str
) -> None:
    answer = client.get(_path(ten_weeks, "runs"), params={"cursor": cursor})
    assert answer.status_code == 422


def test_a_period_holds_its_own_days_only(client: TestClient, ten_weeks: str) -> None:
    params = {"since": "2026-02-01", "until": "2026-02-14"}
    found = client.get(_path(ten_weeks, "runs"), params=params).json()["items"]
    assert found
    assert all("2026-02-01" <= item["day"] <= "2026-02-14" for item in found)


@pytest.mark.parametrize(
    ("noun", "body"),
    [
        ("check-ins", {"at": "0001-01-01T00:00:00+14:00"}),
        ("check-ins", {"at": "9999-12-31T23:59:59-14:00"}),
        ("strength-sessions", {**SESSION, "started_at": "0001-01-01T00:00:00+14:00"}),
        ("planned-runs", {"day": "2026-03-14", "starts_at": "0001-01-01T00:00:00+14:00"}),
    ],
)
def test_an_instant_that_no_calendar_holds_in_utc_is_refused_and_spoils_nothing(
    client: TestClient, athlete: str, noun: str, body: dict[str, Any]
) -> None:
    answer = client.post(_path(athlete, noun), json=body)
    assert answer.status_code == 422
    assert "between 1900 and 2200" in answer.json()["detail"]
    assert client.get(f"/api/v1/athletes/{athlete}/today").status_code == 200
    assert client.get(_path(athlete, noun)).json()["items"] == []
