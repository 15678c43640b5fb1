"""Three people: what a coach writes and saw, teams by link, guardians of the young."""

from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from catfoot.api import live

from .conftest import BASE, PASSWORD, Clock, Join, own


def viewer(client: TestClient) -> str:
    id: str = client.get("/api/v1/me").json()["id"]
    return id


def let(athlete: TestClient, who: TestClient, *kinds: str, write: bool = False) -> str:
    """Have an athlete give a consent; return its address."""
    body = {"viewer": viewer(who), "kinds": list(kinds), "write": write}
    answer = athlete.post(f"/api/v1/athletes/{own(athlete)}/consents", json=body)
    assert answer.status_code == 201, answer.text
    location: str = answer.headers["location"]
    return location


def opened(app: Any, link: str, login: str, **more: Any) -> TestClient:
    client = TestClient(app, base_url=BASE)
    body = {"token": link.partition("#")[2], "login": login, "password": PASSWORD}
    answer = client.post("/api/v1/join", json=body | {"name": login.title()} | more)
    assert answer.status_code == 201, answer.text
    return client


@pytest.mark.row("G02")
def test_the_athlete_reads_who_saw_what_on_which_day(join: Join, clock: Clock) -> None:
    ada, carla = join("athlete", "ada"), join("coach", "carla")
    path = f"/api/v1/athletes/{own(ada)}"
    let(ada, carla, "load_and_flags", "check_ins")
    record = f"{path}/access-record"
    assert ada.get(record).json()["items"] == []
    carla.get("/api/v1/athletes")  # names alone are no data
    assert ada.get(record).json()["items"] == []
    for _ in range(3):
        carla.get(f"{path}/check-ins")
    carla.get(f"{path}/runs")
    seen = ada.get(record).json()["items"]
    assert [(s["day"], s["name"], s["kind"]) for s in seen] == [
        ("2026-03-15", "Carla", "check_ins"),
        ("2026-03-15", "Carla", "load_and_flags"),
    ]
    ada.get(f"{path}/check-ins")
    assert len(ada.get(record).json()["items"]) == 2  # looking at one's own days is nobody's news
    clock.now = clock.now.replace(day=16)
    carla.get(f"{path}/today")
    assert {s["day"] for s in ada.get(record).json()["items"]} == {"2026-03-15", "2026-03-16"}
    assert carla.get(record).status_code == 404


def test_seeing_nothing_leaves_nothing_in_the_record(join: Join) -> None:
    ada, carla = join("athlete", "ada"), join("coach", "carla")
    path = f"/api/v1/athletes/{own(ada)}"
    let(ada, carla, "load_and_flags")
    assert carla.get(f"{path}/check-ins").status_code == 404
    assert carla.post(f"{path}/planned-runs", json={"day": "2026-03-17"}).status_code == 404
    assert ada.get(f"{path}/access-record").json()["items"] == []


@pytest.mark.row("G02")
def test_what_a_coach_plans_carries_their_name_and_can_be_declined(join: Join) -> None:
    ada, carla = join("athlete", "ada"), join("coach", "carla")
    athlete = own(ada)
    path = f"/api/v1/athletes/{athlete}"
    let(ada, carla, "load_and_flags", write=True)
    made = carla.post(f"{path}/planned-runs", json={"day": "2026-03-17", "kind": "key"}).json()
    (seen,) = ada.get(f"{path}/planned-runs").json()["items"]
    names = {one["id"]: one["name"] for one in ada.get(f"{path}/names").json()["items"]}
    assert names[seen["author"]] == "Carla"
    body = {"noun": "planned-runs", "id": made["id"], "reason": "exam that day"}
    assert carla.post(f"{path}/declined", json=body).status_code == 404
    assert ada.post(f"{path}/declined", json=body).status_code == 201
    assert ada.post(f"{path}/declined", json=body).status_code == 200
    assert ada.get(f"{path}/planned-runs").json()["items"] == []
    (told,) = carla.get(f"{path}/declined").json()["items"]
    assert (told["noun"], told["reason"], told["by"]) == (
        "planned-runs",
        "exam that day",
        viewer(carla),
    )
    mine = ada.post(f"{path}/planned-runs", json={"day": "2026-03-18"}).json()
    refused = ada.post(f"{path}/declined", json={"noun": "planned-runs", "id": mine["id"]})
    assert refused.json()["errors"][0]["field"] == "id"
    other = join("coach", "otto")
    let(ada, other, "load_and_flags")
    assert other.get(f"{path}/declined").json()["items"] == []


@pytest.mark.row("G02")
def test_nobody_puts_words_into_somebody_elses_mouth(join: Join) -> None:
    ada, carla = join("athlete", "ada"), join("coach", "carla")
    path = f"/api/v1/athletes/{own(ada)}"
    let(ada, carla, "load_and_flags", "check_ins", write=True)
    match = {"If-Match": '"1"'}
    answer = {
        "rule": "F01",
        "first_day": "2026-03-14",
        "answer": "seen",
        "shared": False,
        "note": "x",
    }
    for noun, body in (
        ("check-ins", {"stiffness": 2}), ("flag-answers", answer),
        ("strength-sessions", {"duration_min": 10}), ("availability", {"state": "reduced"}),
    ):  # fmt: skip
        made = ada.post(f"{path}/{noun}", json=body)
        where, mine = made.headers["location"], made.json()
        row = {"id", "athlete", "version", "author", "created_at"}
        other = {k: v for k, v in mine.items() if k not in row}
        assert carla.put(where, json=other, headers=match).status_code == 403, noun
        assert carla.delete(where, headers=match).status_code == 403, noun
        assert ada.get(where).json() == mine
    # What the coach wrote is the coach's to change, and the athlete's.
    own_note = carla.post(f"{path}/check-ins", json={"stiffness": 3}).headers["location"]
    told = {"day": "2026-03-15", "at": "2026-03-15T06:30:00Z", "stiffness": 4}
    assert carla.put(own_note, json=told, headers=match).status_code == 200
    assert ada.put(own_note, json=told, headers={"If-Match": '"2"'}).status_code == 200


def test_an_answer_says_who_gave_it_whatever_it_says(join: Join) -> None:
    ada, carla = join("athlete", "ada"), join("coach", "carla")
    path = f"/api/v1/athletes/{own(ada)}"
    let(ada, carla, "load_and_flags", write=True)
    said = {"rule": "F01", "first_day": "2026-03-14", "answer": "seen", "by": "Ada"}
    made = carla.post(f"{path}/flag-answers", json=said)
    assert made.json()["by"] == "Carla"
    said |= {"at": made.json()["at"]}
    again = carla.put(made.headers["location"], json=said, headers={"If-Match": '"1"'})
    assert again.json()["by"] == "Carla"


@pytest.mark.row("G02")
def test_a_plan_that_a_coach_moved_carries_the_coachs_name(join: Join) -> None:
    ada, carla = join("athlete", "ada"), join("coach", "carla")
    path = f"/api/v1/athletes/{own(ada)}"
    let(ada, carla, "load_and_flags", write=True)
    made = ada.post(f"{path}/planned-runs", json={"day": "2026-03-17"}).headers["location"]
    moved = carla.put(made, json={"day": "2026-03-18"}, headers={"If-Match": '"1"'})
    assert moved.status_code == 200
    assert ada.get(made).json()["author"] == viewer(carla)
    body = {"noun": "planned-runs", "id": moved.json()["id"], "reason": "mine was right"}
    assert ada.post(f"{path}/declined", json=body).status_code == 201
    run = ada.post(f"{path}/runs", json={"duration_s": 60}).headers["location"]
    assert carla.patch(run, json={"effort": 3}, headers={"If-Match": '"1"'}).status_code == 200
    assert ada.get(run).json()["author"] == own(ada)


def test_seeing_and_writing_are_two_consents_and_each_ends_by_itself(
    join: Join, clock: Clock
) -> None:
    ada, carla = join("athlete", "ada"), join("coach", "carla")
    path = f"/api/v1/athletes/{own(ada)}"
    let(ada, carla, "load_and_flags", "check_ins")
    body = {
        "viewer": viewer(carla), "kinds": ["load_and_flags"], "write": True, "until": "2026-03-15",
    }  # fmt: skip
    ada.post(f"{path}/consents", json=body)
    plan = {"day": "2026-03-20"}
    assert carla.post(f"{path}/planned-runs", json=plan).status_code == 201
    assert carla.post(f"{path}/check-ins", json={}).status_code == 404  # seen, not written
    clock.now = clock.now.replace(day=16)
    assert carla.post(f"{path}/planned-runs", json=plan).status_code == 404
    assert carla.get(f"{path}/planned-runs").status_code == 200


def test_a_team_is_joined_by_link_and_shows_nobodys_data(app: Any, join: Join) -> None:
    ada, carla, bo = join("athlete", "ada"), join("coach", "carla"), join("athlete", "bo")
    team = carla.post("/api/v1/teams", json={"name": "Tuesday group"}).json()
    path = f"/api/v1/teams/{team['id']}"

    def link() -> str:
        made = carla.post(f"{path}/invitations", json={})
        assert made.status_code == 201, made.text
        found: str = made.json()["link"]
        return found

    dora = opened(app, link(), "dora")  # somebody new
    token = link().partition("#")[2]
    assert ada.post("/api/v1/memberships", json={"token": token}).status_code == 201
    assert bo.post("/api/v1/memberships", json={"token": token}).status_code == 403  # once
    members = {one["name"]: one for one in carla.get(path).json()["members"]}
    assert set(members) == {"Carla", "Dora", "Ada"}
    assert members["Ada"]["shares"] == members["Dora"]["shares"] == []
    assert carla.get("/api/v1/athletes").json()["items"] == []
    assert carla.get(f"/api/v1/athletes/{own(ada)}/today").status_code == 404
    let(ada, carla, "load_and_flags")
    members = {one["name"]: one for one in carla.get(path).json()["members"]}
    assert members["Ada"]["shares"] == ["load_and_flags"]
    assert [one["name"] for one in ada.get("/api/v1/teams").json()["items"]] == ["Tuesday group"]
    assert dora.get(path).status_code == 200
    assert bo.get(path).status_code == 404
    assert bo.get("/api/v1/teams").json()["items"] == []


def test_only_who_leads_a_team_invites_and_ends_it_and_anybody_leaves(
    owner: TestClient, app: Any, join: Join
) -> None:
    carla, otto = join("coach", "carla"), join("coach", "otto")
    team = carla.post("/api/v1/teams", json={"name": "Group"}).json()
    path = f"/api/v1/teams/{team['id']}"
    dora = opened(app, carla.post(f"{path}/invitations", json={}).json()["link"], "dora")
    for client, status in ((dora, 403), (otto, 404), (owner, 404)):
        assert client.post(f"{path}/invitations", json={}).status_code == status
        assert client.delete(path).status_code == status
        assert client.delete(f"{path}/members/{viewer(carla)}").status_code == status
    assert carla.post(f"{path}/invitations", json={"role": "coach"}).status_code == 403
    assert carla.post(f"{path}/invitations", json={"role": "owner"}).status_code == 422
    assert dora.delete(f"{path}/members/{viewer(dora)}").status_code == 204
    assert dora.get(path).status_code == 404
    assert carla.delete(path).status_code == 204
    assert carla.get("/api/v1/teams").json()["items"] == []


@pytest.mark.row("G02")
def test_a_guardian_alone_gives_and_withdraws_consent_for_somebody_young(
    app: Any, join: Join
) -> None:
    parent, carla = join("athlete", "parent"), join("coach", "carla")
    link = parent.post("/api/v1/invitations", json={"role": "athlete", "guardian": True})
    kid = opened(app, link.json()["link"], "kid", birth_year=2013)
    path = f"/api/v1/athletes/{own(kid)}"
    assert parent.get("/api/v1/me").json()["guards"] == [{"athlete": own(kid), "name": "Kid"}]
    body = {"viewer": viewer(carla), "kinds": ["load_and_flags"]}
    refused = kid.post(f"{path}/consents", json=body)
    assert refused.status_code == 403
    assert "guardian" in refused.json()["detail"]
    given = parent.post(f"{path}/consents", json=body)
    assert given.status_code == 201, given.text
    assert carla.get(f"{path}/today").status_code == 200
    assert len(kid.get(f"{path}/consents").json()["items"]) == 1  # which they may read
    assert kid.delete(given.headers["location"]).status_code == 403
    assert parent.get(f"{path}/access-record").json()["items"][0]["name"] == "Carla"
    assert parent.get(f"{path}/runs").status_code == 404  # to guard is not to see
    assert parent.delete(given.headers["location"]).status_code == 204
    assert carla.get(f"{path}/today").status_code == 404


def test_nobody_grows_up_by_changing_a_year(app: Any, join: Join) -> None:
    parent = join("athlete", "parent")
    link = parent.post("/api/v1/invitations", json={"role": "athlete", "guardian": True})
    kid = opened(app, link.json()["link"], "kid", birth_year=2013)
    path = f"/api/v1/athletes/{own(kid)}"
    tag = kid.get(path).headers["etag"]
    for year in (1990, None):
        said = {"name": "Kid", "birth_year": year}
        assert kid.put(path, json=said, headers={"If-Match": tag}).status_code == 403
    again = kid.put(path, json={"name": "Kiddo", "birth_year": 2013}, headers={"If-Match": tag})
    assert again.status_code == 200
    nested = kid.post("/api/v1/invitations", json={"role": "athlete", "guardian": True})
    assert nested.status_code == 403


def test_somebody_young_joins_only_with_a_guardian(app: Any, owner: TestClient) -> None:
    link = owner.post("/api/v1/invitations", json={}).json()["link"]
    body = {"token": link.partition("#")[2], "login": "kid", "password": PASSWORD, "name": "Kid"}
    client = TestClient(app, base_url=BASE)
    refused = client.post("/api/v1/join", json=body | {"birth_year": 2013})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "birth_year"
    assert client.post("/api/v1/join", json=body | {"birth_year": 2005}).status_code == 201


def test_the_same_team_sent_twice_is_one_team(join: Join) -> None:
    carla, headers = join("coach", "carla"), {"Idempotency-Key": "a-random-text"}
    first = carla.post("/api/v1/teams", json={"name": "Club"}, headers=headers)
    again = carla.post("/api/v1/teams", json={"name": "Club"}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert len(carla.get("/api/v1/teams").json()["items"]) == 1
    other = carla.post("/api/v1/teams", json={"name": "Gang"}, headers=headers)
    assert other.status_code == 422
    assert other.json()["errors"][0]["field"] == "Idempotency-Key"
    dora = join("coach", "dora")
    theirs = dora.post("/api/v1/teams", json={"name": "Club"}, headers=headers)
    assert theirs.status_code == 201
    assert theirs.json()["id"] != first.json()["id"]


def test_a_coach_who_polls_the_team_is_told_that_nothing_changed(join: Join, clock: Clock) -> None:
    ada, bo, carla = join("athlete", "ada"), join("athlete", "bo"), join("coach", "carla")
    consent = let(ada, carla, "load_and_flags")
    first = carla.get("/api/v1/team")

    def asked() -> Any:
        return carla.get("/api/v1/team", headers={"If-None-Match": first.headers["etag"]})

    assert asked().status_code == 304
    let(bo, carla, "load_and_flags")
    assert [row["name"] for row in asked().json()["items"]] == ["Ada", "Bo"]
    first = carla.get("/api/v1/team")
    assert ada.delete(consent).status_code == 204
    assert [row["name"] for row in asked().json()["items"]] == ["Bo"]
    first = carla.get("/api/v1/team")
    clock.now = clock.now.replace(day=16)
    assert asked().status_code == 200  # another day, and other flags
    theirs = ada.get("/api/v1/team", headers={"If-None-Match": first.headers["etag"]})
    assert theirs.status_code == 200


SNAPSHOT = {"feet": {"left": {"cadence_spm": 180, "heart_rate_bpm": 150}}, "heart": {"bpm": 151}}


def test_live_shows_heart_rate_only_where_it_is_shared_and_ends_with_the_consent(
    app: Any, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "RIGHTS_EVERY_S", 0.05)
    ada, carla = join("athlete", "ada"), join("coach", "carla")
    athlete = own(ada)
    path = f"ws://127.0.0.1:8000/api/v1/athletes/{athlete}/live"
    app.state.live.hub.publish(athlete, dict(SNAPSHOT))
    consent = let(ada, carla, "metrics")
    with carla.websocket_connect(path) as socket:
        said = socket.receive_json()
        assert (said["feet"], said["heart"]) == ({"left": {"cadence_spm": 180}}, None)
        let(ada, carla, "heart_rate")
        with carla.websocket_connect(path) as other:
            assert other.receive_json()["heart"] == {"bpm": 151}
        ada.delete(consent)
        with pytest.raises(WebSocketDisconnect) as ended:
            socket.receive_json()
    assert ended.value.code == live.REFUSED
    record = ada.get(f"/api/v1/athletes/{athlete}/access-record").json()["items"]
    assert "heart_rate" in {line["kind"] for line in record}


def test_a_collector_is_stopped_when_its_right_to_write_ends(
    app: Any, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "RIGHTS_EVERY_S", 0.0)
    ada, carla = join("athlete", "ada"), join("coach", "carla")
    path = f"ws://127.0.0.1:8000/api/v1/athletes/{own(ada)}/collect"
    consent = let(ada, carla, "raw", write=True)
    with carla.websocket_connect(path) as socket:
        socket.send_json({"recording": "r"})
        assert socket.receive_json() == {"resume": 0}
        ada.delete(consent)
        socket.send_json({"state": "streaming"})
        with pytest.raises(WebSocketDisconnect) as ended:
            socket.receive_json()
    assert ended.value.code == live.REFUSED
