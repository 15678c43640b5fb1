"""What is planned, decided and answered, asked and told over HTTP."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from catfoot.signal.summary import Measure
from catfoot.training import words
from catfoot.training.entries import Assessment, ShownFlag, Trial
from tests.training.make import SOURCE, measured

from .conftest import NOW

DAY = NOW.date()


def at(athlete: str, below: str) -> str:
    return f"/api/v1/athletes/{athlete}/{below}"


def post(client: TestClient, athlete: str, noun: str, body: dict[str, Any]) -> Any:
    answer = client.post(at(athlete, noun), json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def logbook(client: TestClient) -> Any:
    return client.app.state.stores.logbook  # type: ignore[attr-defined]


def typed_runs(client: TestClient, athlete: str, *far_m: float) -> None:
    """One run every third day, the last one today."""
    for i, metres in enumerate(reversed(far_m)):
        day = DAY - timedelta(3 * i)
        body = {"day": day.isoformat(), "started_at": f"{day}T05:00:00+00:00",
                "duration_s": 3000, "distance_m": metres}  # fmt: skip
        post(client, athlete, "runs", body)


@pytest.mark.parametrize(
    "below",
    ["flags", "next", "programme", "assessments", "conflicts", "compare?measure=gct", "timeline"],
)
def test_every_question_has_its_address(
    client: TestClient, athlete: str, ten_weeks: str, below: str
) -> None:
    for one in (athlete, ten_weeks):
        answer = client.get(at(one, below))
        assert answer.status_code == 200, answer.text
        assert words.forbidden_in(answer.text) == ()


def test_flags_come_with_answers_and_with_what_cannot_be_judged(
    client: TestClient, ten_weeks: str
) -> None:
    told = client.get(at(ten_weeks, "flags")).json()
    assert told["items"][0]["flag"]["because"]
    assert told["items"][0]["open"] is True
    assert all(one["why"] for one in told["unknown"])
    assert told["gone"] == []


def test_the_programme_says_figures_in_km_and_miles_and_load_by_tissue(
    client: TestClient, ten_weeks: str
) -> None:
    told = client.get(at(ten_weeks, "programme")).json()
    figures = told["figures"]
    assert figures["longest_free_miles"] == pytest.approx(figures["longest_free_m"] / 1609.344)
    assert {"intrinsic_s", "calf_achilles_s", "contacts", "steps", "step_load", "uphill_min",
            "run_rpe_min", "strength_rpe_min"} <= told["week"].keys()  # fmt: skip
    assert {part["pillar"] for part in told["under_load"]} >= {"strength", "stability"}
    assert {part["side"] for part in told["under_load"]} >= {"left", "both"}


@pytest.mark.row("C15")
def test_the_programme_says_barefoot_minutes_with_their_surface_and_small_habits(
    client: TestClient, athlete: str
) -> None:
    walked = {"day": str(DAY), "minutes": 5, "doing": "walking", "surface": "grass"}
    post(client, athlete, "barefoot-times", walked)
    told = client.get(at(athlete, "programme")).json()
    assert told["barefoot"] == [{"doing": "walking", "surface": "grass", "minutes": 5.0}]
    assert "Calf stretch" in told["habits"]


def test_assessments_are_listed_with_what_they_amount_to(
    client: TestClient, ten_weeks: str
) -> None:
    told = client.get(at(ten_weeks, "assessments")).json()
    assert [item["battery"] for item in told["items"]] == ["mini", "baseline"]
    assert told["standing"]["gains"]
    assert told["standing"]["due"]["battery"] == "full" or told["standing"]["due"]["on"]


def test_a_run_can_be_typed_in_changed_and_taken_out(client: TestClient, athlete: str) -> None:
    made = post(client, athlete, "runs", {"duration_s": 1800, "distance_m": 5000, "effort": 4})
    assert (made["day"], made["effort"], made["distance_m"]) == (DAY.isoformat(), 4, 5000)
    where = at(athlete, f"runs/{made['id']}")
    body = {"day": made["day"], "started_at": made["started_at"], "duration_s": 2000}
    changed = client.put(where, json=body, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["duration_s"]) == (200, 2000)
    assert client.delete(where, headers={"If-Match": '"2"'}).status_code == 204
    assert client.get(where).status_code == 404


def test_numbers_of_a_sensor_cannot_be_typed_in(client: TestClient, athlete: str) -> None:
    answer = client.post(at(athlete, "runs"), json={"duration_s": 60, "summary": {}})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "summary"


def test_a_run_that_a_device_saw_is_not_taken_out(client: TestClient, ten_weeks: str) -> None:
    run = client.get(at(ten_weeks, "runs")).json()["items"][0]
    answer = client.delete(at(ten_weeks, f"runs/{run['id']}"), headers={"If-Match": '"1"'})
    assert answer.status_code == 409


def test_the_same_run_typed_twice_with_one_key_is_one_run(client: TestClient, athlete: str) -> None:
    for status in (201, 200):
        answer = client.post(
            at(athlete, "runs"), json={"duration_s": 60}, headers={"Idempotency-Key": "12345678"}
        )
        assert answer.status_code == status
    assert len(client.get(at(athlete, "runs")).json()["items"]) == 1


def test_what_if_tells_what_would_follow_and_keeps_nothing(
    client: TestClient, athlete: str
) -> None:
    typed_runs(client, athlete, 8000, 8000, 8000, 8000)
    version = logbook(client).version(athlete)
    tomorrow = (DAY + timedelta(1)).isoformat()
    far = {"day": tomorrow, "distance_m": 12_000}
    key = {"day": (DAY + timedelta(3)).isoformat(), "kind": "key"}
    evening = {"day": (DAY + timedelta(2)).isoformat(), "duration_min": 20, "effort": 6,
               "started_at": f"{DAY + timedelta(2)}T19:00:00+00:00"}  # fmt: skip
    body = {"runs": [far, key], "sessions": [evening]}
    told = client.post(at(athlete, "what-if"), json=body).json()
    assert [flag["rule"] for flag in told["new"]] == ["F01", "F18"]
    assert "12.0 km against 8.0 km" in told["new"][0]["runner"]
    assert "before the key run" in told["conflicts"][0]["text"]
    assert told["next"]["kind"] == "mobility"
    assert logbook(client).version(athlete) == version
    assert client.get(at(athlete, "planned-runs")).json()["items"] == []
    short = client.post(at(athlete, "what-if"), json={"runs": [far | {"distance_m": 8800}]}).json()
    assert short["new"] == []


def test_a_plan_without_an_hour_is_moved_by_its_id(client: TestClient, athlete: str) -> None:
    typed_runs(client, athlete, 8000, 8000)
    key = {"day": (DAY + timedelta(3)).isoformat(), "kind": "key"}
    plan = client.post(at(athlete, "planned-runs"), json=key).json()
    evening = {"day": (DAY + timedelta(2)).isoformat(), "duration_min": 20, "effort": 6,
               "started_at": f"{DAY + timedelta(2)}T19:00:00+00:00"}  # fmt: skip
    body = {"sessions": [evening], "runs": [key | {"day": (DAY + timedelta(6)).isoformat()}]}
    assert client.post(at(athlete, "what-if"), json=body).json()["conflicts"]
    body |= {"without_ids": [plan["id"]]}
    assert client.post(at(athlete, "what-if"), json=body).json()["conflicts"] == []
    body |= {"without_ids": ["nothing"]}
    assert client.post(at(athlete, "what-if"), json=body).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"runs": [{"day": "2190-01-01"}]}, "day"),
        ({"runs": [{"day": "2026-03-16"}] * 61}, "runs"),
        ({"without": ["2026-03-16T07:00:00"]}, "without"),
        ({"run": []}, "run"),
    ],
)
def test_what_cannot_be_imagined_is_refused_by_name(
    client: TestClient, athlete: str, body: dict[str, Any], field: str
) -> None:
    answer = client.post(at(athlete, "what-if"), json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("by=shoe&first=Blue&second=Red", "cannot tell"),
        ("by=surface&first=road&second=trail", "cannot tell"),
        ("by=period&first=2026-01-05..2026-02-07&second=2026-02-08..2026-03-08", "no change"),
    ],
)
def test_periods_shoes_and_surfaces_are_compared(
    client: TestClient, ten_weeks: str, question: str, verdict: str
) -> None:
    told = client.get(at(ten_weeks, f"compare?measure=cadence&{question}")).json()
    assert told["verdict"] == verdict
    assert told["text"].startswith(f"Cadence: {verdict}")
    assert {"change", "low", "high", "mdc", "least"} <= told.keys()


def test_a_period_that_is_none_is_refused(client: TestClient, athlete: str) -> None:
    answer = client.get(at(athlete, "compare?measure=gct&by=period&first=May&second=June"))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "first")


def test_after_sharp_discomfort_no_more_of_it_that_day_unless_said_twice(
    client: TestClient, athlete: str
) -> None:
    one = {"exercise": "short_foot", "reps": 8}
    first = {"duration_min": 5, "sets": [one | {"sharp": True}],
             "started_at": "2026-03-15T05:00:00+00:00"}  # fmt: skip
    post(client, athlete, "strength-sessions", first)
    again = {"duration_min": 5, "sets": [one], "started_at": "2026-03-15T06:00:00+00:00"}
    refused = client.post(at(athlete, "strength-sessions"), json=again)
    assert refused.status_code == 409
    assert refused.json()["detail"].startswith("Short foot gave sharp discomfort today")
    other = again | {"sets": [{"exercise": "toe_curls", "reps": 20}]}
    post(client, athlete, "strength-sessions", other)
    post(client, athlete, "strength-sessions?override=true", again)


EDIT = {
    "exercise": "toe_curls", "clause": "hold", "answer": "edited", "by": "coach",
    "reason": "he is strong", "dose": {"sets": 4, "reps": 20},
}  # fmt: skip


def test_an_edit_beyond_the_rules_is_confirmed_twice(client: TestClient, athlete: str) -> None:
    path = at(athlete, "proposal-answers")
    post(client, athlete, "programmes", {"sessions": [{"title": "A", "exercises": ["toe_curls"]}]})
    asked = client.post(path, json=EDIT)
    assert asked.status_code == 409
    assert "4 x 20 is harder than 3 x 20" in asked.json()["detail"]
    assert "confirm it a first time" in asked.json()["detail"]
    assert client.post(path, json=EDIT | {"confirmed": 2}).status_code == 409
    post(client, athlete, "proposal-answers", EDIT | {"confirmed": 1})
    before = client.get(at(athlete, "next")).json()["items"]
    assert next(i for i in before if i["exercise"] == "toe_curls")["dose"] == "3 x 20"
    post(client, athlete, "proposal-answers", EDIT | {"confirmed": 2})
    items = client.get(at(athlete, "next")).json()["items"]
    changed = next(i for i in items if i["exercise"] == "toe_curls")
    assert changed["dose"] == "4 x 20"
    assert "harder than" in changed["decision"]["beyond"]
    lighter = EDIT | {"dose": {"sets": 2, "reps": 10}}
    post(client, athlete, "proposal-answers", lighter)
    unknown = client.post(path, json=EDIT | {"exercise": "juggling"})
    assert unknown.status_code == 422


def test_own_exercises_and_sessions_are_what_comes_next(client: TestClient, athlete: str) -> None:
    sand = {"name": "Sand walk", "pillar": "strength", "target": "arch", "mode": "time",
            "dose": {"sets": 2, "duration_s": 60}}  # fmt: skip
    post(client, athlete, "own-exercises", sand)
    mine = {"sessions": [{"title": "Beach", "exercises": ["own_sand_walk"]}]}
    post(client, athlete, "programmes", mine)
    told = client.get(at(athlete, "next")).json()
    assert (told["title"], told["exercises"]) == ("Beach", ["own_sand_walk"])


def test_a_usual_week_and_a_calendar_plan_runs(client: TestClient, athlete: str) -> None:
    week = {"runs": [{"weekday": 1, "kind": "key", "starts_min": 360}]}
    post(client, athlete, "planned-weeks", week)
    evening = {"weekday": 0, "kind": "strength"}
    post(client, athlete, "programmes", {"slots": [evening]})
    (conflict,) = client.get(at(athlete, "conflicts")).json()["items"]
    assert conflict["run"]["source"] == "template"
    assert "12 hours before the key run on 17 March; move it" in conflict["text"]

    ics = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\n"
        "SUMMARY:Easy run 6 km\r\nDTSTART:20260317T060000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    path, kind = at(athlete, "planned-runs/calendar"), {"Content-Type": "text/calendar"}
    first = client.post(path, content=ics, headers=kind).json()
    assert (first["added"], first["left_out"]) == (1, 0)
    assert client.post(path, content=ics, headers=kind).json()["same"] == 1
    assert client.get(at(athlete, "conflicts")).json()["items"] == []
    moved = ics.replace("6 km", "9 km")
    assert client.post(path, content=moved, headers=kind).json()["changed"] == 1
    by_hand = post(client, athlete, "planned-runs", {"day": "2026-03-20"})
    none = ics.replace("Easy run", "Lunch")
    assert client.post(path, content=none, headers=kind).json()["removed"] == 1
    left = client.get(at(athlete, "planned-runs")).json()["items"]
    assert [item["id"] for item in left] == [by_hand["id"]]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        ("hello", "text/calendar", 422),
        ("{}", "application/json", 415),
        ("x" * 300_000, "text/calendar", 413),
    ],
)
def test_what_is_no_calendar_is_refused(
    client: TestClient, athlete: str, content: str, kind: str, status: int
) -> None:
    path = at(athlete, "planned-runs/calendar")
    assert client.post(path, content=content, headers={"Content-Type": kind}).status_code == status


def shown(client: TestClient, athlete: str) -> list[ShownFlag]:
    return [row.entry for row in logbook(client).entries(ShownFlag, athlete)]


def test_what_was_shown_is_kept_once_and_explained_when_it_is_gone(
    client: TestClient, athlete: str
) -> None:
    typed_runs(client, athlete, 8000, 8000, 8000, 10_000)
    version = logbook(client).version(athlete)
    told = client.get(at(athlete, "today")).json()
    assert [flag["rule"] for flag in told["flags"]] == ["F01"]
    (kept,) = shown(client, athlete)
    assert (kept.rule, kept.version, kept.to) == ("F01", 1, "machine")
    assert kept.text == told["flags"][0]["runner"]
    assert "this run: 10 km" in kept.numbers
    for below in ("today", "flags", "today"):
        assert client.get(at(athlete, below)).json()["gone"] == []
    assert len(shown(client, athlete)) == 1
    assert logbook(client).version(athlete) == version
    client.get("/api/v1/team")
    assert len(shown(client, athlete)) == 1

    last = client.get(at(athlete, "runs")).json()["items"][0]
    body = {name: last[name] for name in ("day", "started_at", "duration_s")} | {"distance_m": 8000}
    client.put(at(athlete, f"runs/{last['id']}"), json=body, headers={"If-Match": '"1"'})
    (why,) = client.get(at(athlete, "today")).json()["gone"]
    assert why.startswith("On 15 March you were shown: One run much longer (F01), this run: 10 km")
    assert why.endswith(
        "does not hold for that day any more because a run or an entry was added, changed or "
        "measured again."
    )
    assert words.forbidden_in(why) == ()


def test_an_answer_belongs_to_its_episode_and_a_graver_flag_asks_again(
    client: TestClient, athlete: str
) -> None:
    typed_runs(client, athlete, 8000, 8000, 8000, 10_000)
    (held,) = client.get(at(athlete, "flags")).json()["items"]
    body = {"rule": "F01", "first_day": held["flag"]["first_day"], "answer": "known_cause",
            "cause": "a race", "useful": True, "by": "Ada", "note": "10 km",
            "shared": False}  # fmt: skip
    post(client, athlete, "flag-answers", body)
    (held,) = client.get(at(athlete, "flags")).json()["items"]
    assert held["open"] is False
    assert held["answer"]["cause"] == "a race"
    last = client.get(at(athlete, "runs")).json()["items"][0]
    longer = {k: last[k] for k in ("day", "started_at", "duration_s")} | {"distance_m": 14_000}
    client.put(at(athlete, f"runs/{last['id']}"), json=longer, headers={"If-Match": '"1"'})
    (held,) = client.get(at(athlete, "flags")).json()["items"]
    assert (held["flag"]["severity"], held["open"]) == ("caution", True)
    assert held["answer"]["useful"] is True


@pytest.mark.row("B23")
def test_a_first_assessment_is_due_until_it_is_done(client: TestClient, athlete: str) -> None:
    due = client.get(at(athlete, "assessments")).json()["standing"]["due"]
    assert (due["battery"], due["due"]) == ("baseline", True)
    trial = Trial(test="single_leg_hold", value=20, unit="s", side="left")
    logbook(client).add(athlete, Assessment(day=DAY, at=NOW, battery="baseline", trials=(trial,)))
    due = client.get(at(athlete, "assessments")).json()["standing"]["due"]
    assert (due["battery"], due["due"]) == ("mini", False)


def test_left_and_right_stand_against_the_own_usual_share_only_with_two_pods(
    client: TestClient, athlete: str
) -> None:
    book = logbook(client)
    last = one = book.add(athlete, measured(60, 250.0)).id
    for k in range(11):
        share = Measure(name="gct_balance", key="gct_left_pct", value=50.4 if k < 10 else 52.0,
                        grade="B", n=900, source=SOURCE)  # fmt: skip
        run = measured(40 - 4 * k, 250.0)
        two = replace(run, summary=replace(run.summary, measures=(*run.summary.measures, share)))
        last = book.add(athlete, two).id
    assert client.get(at(athlete, f"runs/{one}/usual")).json()["left_right"] is None
    told = client.get(at(athlete, f"runs/{last}/usual")).json()["left_right"]
    assert (told["value"], told["usual"], told["standing"]) == (52.0, 50.4, "above")


def test_a_run_stands_against_the_frozen_start_beside_its_usual(
    client: TestClient, athlete: str
) -> None:
    book = logbook(client)
    runs = [measured(60 - 4 * k, 250.0 if k < 6 else 260.0) for k in range(15)]
    last = [book.add(athlete, one) for one in runs][-1].id
    told = client.get(at(athlete, f"runs/{last}/usual")).json()
    (gct,) = [one for one in told["items"] if one["name"] == "gct"]
    assert gct["usual"] > 255
    by = {one["of"]: one for one in told["start"]}
    assert by["gct"]["value"] == pytest.approx(4.0)
    assert by["gct"]["since"] == runs[0].day.isoformat()
    assert by["softness"]["value"] is by["sway"]["value"] is None
    assert by["softness"]["why"] == "this run has no such number"
    day = runs[6].day.isoformat()
    chosen = client.get(at(athlete, f"runs/{last}/usual?start_day={day}")).json()
    assert chosen["items"] == told["items"]
    assert chosen["start"][1]["value"] == pytest.approx(0.0)
    assert client.get(at(athlete, f"runs/{last}/usual?start_day=soon")).status_code == 422
