"""One call for the picture the product is for, and one for today."""

import pytest
from starlette.testclient import TestClient


@pytest.mark.row("D20")
def test_one_call_returns_runs_strength_check_ins_and_flags_day_by_day(
    client: TestClient, ten_weeks: str
) -> None:
    told = client.get(f"/api/v1/athletes/{ten_weeks}/timeline").json()
    days = told["days"]
    assert len(days) == 70
    assert days[-1]["day"] == "2026-03-15"
    for kind in ("runs", "strength", "check_ins", "flags"):
        assert any(day[kind] for day in days), kind
    rules = {flag["rule"] for flag in days[-1]["flags"]}
    assert len(rules) >= 3
    assert {"id", "distance_m", "demo"} <= next(d["runs"][0] for d in days if d["runs"]).keys()


def test_today_is_one_sentence_numbers_flags_with_evidence_and_what_is_next(
    client: TestClient, ten_weeks: str
) -> None:
    told = client.get(f"/api/v1/athletes/{ten_weeks}/today").json()
    assert told["demo"] is True
    assert told["sentence"].endswith(".")
    assert len(told["numbers"]) == 5
    assert 1 <= len(told["flags"]) <= 3
    for flag in told["flags"]:
        assert flag["because"]
        assert flag["footer"] == "Pattern in your own data, not a medical assessment."
    assert told["next"]["why"]


def test_somebody_new_has_a_today_too(client: TestClient, athlete: str) -> None:
    told = client.get(f"/api/v1/athletes/{athlete}/today").json()
    assert told["run"] is None
    assert told["flags"] == []
    assert client.get(f"/api/v1/athletes/{athlete}/timeline").json()["days"]


@pytest.mark.parametrize(
    "params",
    [
        {"since": "2026-03-02", "until": "2026-03-01"},
        {"since": "1970-01-01", "until": "2026-03-01"},
        {"since": "0001-01-01"},
        {"until": "9999-12-31"},
    ],
)
def test_a_period_that_makes_no_sense_is_refused(
    client: TestClient, athlete: str, params: dict[str, str]
) -> None:
    answer = client.get(f"/api/v1/athletes/{athlete}/timeline", params=params)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_team_shows_those_first_who_need_a_look(
    client: TestClient, athlete: str, ten_weeks: str
) -> None:
    path = "/api/v1/team"
    first, second = client.get(path).json()["items"]
    assert (first["athlete"], second["athlete"]) == (ten_weeks, athlete)
    assert first["flags"][0]["because"]
    assert len(first["weeks"]) == 6
    assert first["weeks"][-1]["run_km"] > 0
    for flag in first["flags"]:
        body = {"rule": flag["rule"], "first_day": flag["first_day"], "answer": "acted"}
        client.post(f"/api/v1/athletes/{ten_weeks}/flag-answers", json=body)
    rows = {row["athlete"]: row for row in client.get(path).json()["items"]}
    assert len(rows[ten_weeks]["flags"]) < len(first["flags"])


@pytest.mark.parametrize(
    "below", ["flags", "next", "programme", "assessments", "conflicts", "compare?measure=gct"]
)
def test_what_days_amount_to_is_told_for_old_hands_and_new(
    client: TestClient, athlete: str, ten_weeks: str, below: str
) -> None:
    for one in (athlete, ten_weeks):
        answer = client.get(f"/api/v1/athletes/{one}/{below}")
        assert answer.status_code == 200, answer.text


def test_a_measure_that_nobody_compares_is_refused_by_name(
    client: TestClient, athlete: str
) -> None:
    answer = client.get(f"/api/v1/athletes/{athlete}/compare?measure=luck")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "measure"
