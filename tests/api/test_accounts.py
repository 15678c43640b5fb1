"""Logging in, joining, keys and consent; and for every route who may use it."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from catfoot.api.auth import first_link
from catfoot.api.passwords import Throttle
from catfoot.api.server import open_port
from catfoot.config import Settings
from catfoot.errors import ConfigError
from catfoot.training.entries import Person

from .conftest import BASE, NOW, PASSWORD, Clock, Join, enter, own
from .test_changes import BODIES


def test_nothing_is_shown_to_a_stranger_but_that_the_server_lives(app: Any) -> None:
    stranger = TestClient(app, base_url=BASE)
    assert stranger.get("/health").status_code == 200
    assert stranger.get("/").status_code == 200  # the page itself holds nobody's data
    assert stranger.get("/api/v1/athletes").status_code == 401
    assert stranger.get("/api/v1/me").status_code == 401


def test_the_first_link_makes_one_owner_and_only_once(app: Any) -> None:
    link = first_link(app, BASE)
    assert link is not None
    enter(app, link, "owner")
    assert first_link(app, BASE) is None
    body = {"token": link.partition("#")[2], "login": "x", "password": PASSWORD, "name": "X"}
    assert TestClient(app, base_url=BASE).post("/api/v1/join", json=body).status_code == 403


def test_an_invitation_expires(app: Any, owner: TestClient, clock: Clock) -> None:
    link = owner.post("/api/v1/invitations", json={"role": "coach"}).json()["link"]
    clock.now += timedelta(days=8)
    body = {"token": link.partition("#")[2], "login": "x", "password": PASSWORD, "name": "X"}
    assert TestClient(app, base_url=BASE).post("/api/v1/join", json=body).status_code == 403


def test_a_session_is_a_cookie_that_scripts_and_other_sites_never_get(
    app: Any, owner: TestClient
) -> None:
    client = TestClient(app, base_url=BASE)
    answer = client.post("/api/v1/session", json={"login": "Owner", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get("/api/v1/me").json()["role"] == "owner"
    assert client.delete("/api/v1/session").status_code == 204
    assert client.get("/api/v1/me").status_code == 401


def test_a_stolen_cookie_is_worth_nothing_after_logging_out(app: Any, owner: TestClient) -> None:
    cookies = dict(owner.cookies)
    owner.delete("/api/v1/session")
    thief = TestClient(app, base_url=BASE, cookies=cookies)
    assert thief.get("/api/v1/me").status_code == 401


def test_a_session_ends_by_itself(app: Any, owner: TestClient, clock: Clock) -> None:
    clock.now += timedelta(days=31)
    assert owner.get("/api/v1/me").status_code == 401


def test_guessing_passwords_is_slowed_down(app: Any, owner: TestClient, clock: Clock) -> None:
    client = TestClient(app, base_url=BASE)

    def tried(password: str, login: str = "owner") -> Any:
        return client.post("/api/v1/session", json={"login": login, "password": password})

    assert [tried("wrong").status_code for _ in range(5)] == [401] * 5
    refused = tried(PASSWORD)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    clock.now += timedelta(minutes=16)
    assert tried(PASSWORD).status_code == 201


def test_an_unknown_login_and_a_wrong_password_answer_alike(app: Any, owner: TestClient) -> None:
    client = TestClient(app, base_url=BASE)
    answers = [
        client.post("/api/v1/session", json={"login": login, "password": "wrong"}).json()
        for login in ("owner", "nobody")
    ]
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"password": "short"}, "password"),
        ({"login": "OWNER"}, "login"),
        ({"login": " "}, "login"),
        ({"name": ""}, "name"),
        ({"tz": "Mars/Olympus"}, "tz"),
        ({"role": "owner"}, "role"),
    ],
)
def test_joining_says_what_does_not_fit_and_makes_nobody(
    app: Any, owner: TestClient, change: dict[str, str], field: str
) -> None:
    link = owner.post("/api/v1/invitations", json={}).json()["link"]
    body = {"token": link.partition("#")[2], "login": "x", "password": PASSWORD, "name": "X"}
    answer = TestClient(app, base_url=BASE).post("/api/v1/join", json=body | change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert [a.login for a in app.state.stores.logbook.accounts.accounts()] == ["owner"]
    enter(app, link, "x")  # the invitation is still good


def test_the_database_holds_no_password_cookie_or_key(
    app: Any, owner: TestClient, tmp_path: Path
) -> None:
    body = {"name": "gateway", "scopes": ["send"]}
    key = owner.post("/api/v1/keys", json=body).json()["key"]
    app.state.stores.logbook.accounts._db.scrub()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("logbook.db*"))
    for secret in (PASSWORD, key, *owner.cookies.values()):
        assert secret.encode() not in kept


def test_a_key_is_shown_once_does_what_its_scopes_say_and_can_be_revoked(
    app: Any, owner: TestClient, clock: Clock
) -> None:
    ada = own(owner)
    made = {
        scope: owner.post("/api/v1/keys", json={"name": scope, "scopes": [scope]}).json()
        for scope in ("read", "write", "send")
    }
    assert all("key" not in item for item in owner.get("/api/v1/keys").json()["items"])

    def program(scope: str) -> TestClient:
        headers = {"Authorization": f"Bearer {made[scope]['key']}"}
        return TestClient(app, base_url=BASE, headers=headers)

    path = f"/api/v1/athletes/{ada}"
    octets = {"Content-Type": "application/octet-stream"}
    for scope, read, write, send in (
        ("read", 200, 403, 403),
        ("write", 403, 201, 202),
        ("send", 403, 403, 202),
    ):
        client = program(scope)
        assert client.get(f"{path}/runs").status_code == read
        assert client.post(f"{path}/check-ins", json={}).status_code == write
        sent = client.post(f"{path}/recordings?name=a.csv", content=b"x", headers=octets)
        assert sent.status_code == send
    owner.delete(f"/api/v1/keys/{made['read']['id']}")
    assert program("read").get(f"{path}/runs").status_code == 401
    clock.now += timedelta(days=366)
    assert program("write").post(f"{path}/check-ins", json={}).status_code == 401


def test_nobody_can_be_made_an_athlete_who_has_an_account(owner: TestClient, join: Join) -> None:
    ada = own(join("athlete", "ada"))
    taken = owner.post("/api/v1/invitations", json={"role": "athlete", "athlete": ada})
    assert taken.status_code == 409


def test_of_two_invitations_for_one_athlete_the_first_makes_the_account(
    app: Any, owner: TestClient
) -> None:
    ada = app.state.stores.logbook.add_person(Person(name="Ada"))
    body = {"role": "athlete", "athlete": ada}
    first, second = (owner.post("/api/v1/invitations", json=body).json()["link"] for _ in "ab")
    assert own(enter(app, first, "ada")) == ada
    said = {"token": second.partition("#")[2], "login": "eve", "password": PASSWORD, "name": "E"}
    answer = TestClient(app, base_url=BASE).post("/api/v1/join", json=said)
    assert (answer.status_code, "has an account" in answer.json()["detail"]) == (409, True)
    assert [a.login for a in app.state.stores.logbook.accounts.accounts()] == ["ada", "owner"]


def test_two_who_take_one_login_at_once_leave_no_days_of_nobody(
    app: Any, owner: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores = app.state.stores
    links = [
        owner.post("/api/v1/invitations", json={"role": "athlete"}).json()["link"] for _ in range(2)
    ]
    enter(app, links[0], "ada")
    # The other looked before the first had written.
    monkeypatch.setattr(type(stores.logbook.accounts), "of_login", lambda *_: None)
    body = {
        "login": "ada",
        "password": PASSWORD,
        "name": "Other",
        "token": links[1].partition("#")[2],
    }
    refused = TestClient(app, base_url=BASE).post("/api/v1/join", json=body)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "login"
    assert "Other" not in [row.entry.name for row in stores.logbook.persons()]
    body["login"] = "other"  # the invitation is not used up either
    assert TestClient(app, base_url=BASE).post("/api/v1/join", json=body).status_code == 201


def test_only_the_owner_invites(join: Join) -> None:
    for role in ("athlete", "coach"):
        client = join(role, role)
        assert client.post("/api/v1/invitations", json={"role": "owner"}).status_code == 403


# Who may use each route of an athlete. "see" and "write" need a consent of that kind; "own" is
# the athlete's alone.
DECISIONS: dict[tuple[str, str], tuple[str, str | None]] = {
    ("GET", ""): ("see", None),
    ("PUT", ""): ("own", None),
    ("DELETE", ""): ("own", None),
    ("GET", "/runs"): ("see", "load_and_flags"),
    ("GET", "/runs/{run}"): ("see", "load_and_flags"),
    ("PATCH", "/runs/{run}"): ("write", "load_and_flags"),
    ("GET", "/runs/{run}/steps"): ("see", "metrics"),
    ("GET", "/runs/{run}/readings"): ("see", "metrics"),
    ("GET", "/runs/{run}/sway"): ("see", "metrics"),
    ("GET", "/runs/{run}/chart"): ("see", "metrics"),
    **{("POST", f"/runs/{what}"): ("write", "load_and_flags") for what in (
        "undo", "{run}/join", "{run}/split",
    )},
    ("POST", "/recordings"): ("write", "raw"),
    ("GET", "/radio"): ("see", "raw"),
    ("GET", "/pods"): ("see", "raw"),
    ("DELETE", "/radio"): ("write", "raw"),
    **{("POST", f"/radio/{what}"): ("write", "raw") for what in (
        "scan", "claim", "collection", "marks", "sync", "erase",
    )},
    **{(how, "/runs/{run}/replay"): ("write", "raw") for how in ("POST", "DELETE")},
    ("GET", "/jobs"): ("see", "raw"),
    ("GET", "/jobs/{job}"): ("see", "raw"),
    ("GET", "/timeline"): ("see", "load_and_flags"),
    ("GET", "/today"): ("see", "load_and_flags"),
    **{
        ("GET", below): ("see", "load_and_flags")
        for below in ("/flags", "/next", "/programme", "/conflicts", "/compare", "/runs/{run}/usual")
    },
    ("POST", "/what-if"): ("see", "load_and_flags"),
    ("POST", "/runs"): ("write", "load_and_flags"),
    ("PUT", "/runs/{run}"): ("write", "load_and_flags"),
    ("DELETE", "/runs/{run}"): ("write", "load_and_flags"),
    ("POST", "/planned-runs/calendar"): ("write", "load_and_flags"),
    ("GET", "/recordings/{recording}/original"): ("see", "raw"),
    ("GET", "/letter"): ("see", "load_and_flags"),
    ("GET", "/channels"): ("see", "load_and_flags"),
    ("POST", "/channels"): ("see", "load_and_flags"),
    ("PATCH", "/channels/{channel}"): ("see", "load_and_flags"),
    ("DELETE", "/channels/{channel}"): ("see", "load_and_flags"),
    ("GET", "/channels/{channel}/deliveries"): ("see", "load_and_flags"),
    ("POST", "/channels/{channel}/deliveries/{delivery}/replay"): ("see", "load_and_flags"),
    ("POST", "/exports"): ("own", None),
    ("GET", "/exports/{job}"): ("own", None),
    ("GET", "/access-record"): ("own", None),
    ("GET", "/names"): ("see", None),
    ("GET", "/declined"): ("see", "load_and_flags"),
    ("POST", "/declined"): ("own", None),
    ("GET", "/consents"): ("own", None),
    ("POST", "/consents"): ("own", None),
    ("DELETE", "/consents/{consent}"): ("own", None),
    **{
        (method, f"/{noun}{below}"): (
            "see" if method == "GET" else "write",
            "check_ins" if noun in ("check-ins", "after-runs") else "load_and_flags",
        )
        for noun in (
            "check-ins", "after-runs", "strength-sessions", "flag-answers", "planned-runs",
            "availability", "barefoot-times", "assessments", "devices", "programmes",
            "proposal-answers", "planned-weeks", "own-exercises",
        )
        for method, below in (
            ("GET", ""), ("POST", ""), ("GET", "/{id}"), ("PUT", "/{id}"), ("DELETE", "/{id}"),
        )
    },
}  # fmt: skip
# Who may use each route of no athlete: anybody, whoever is logged in, the owner alone, or
# a coach or the owner.
OTHERS: dict[tuple[str, str], str] = {
    ("GET", "/athletes"): "known",
    ("POST", "/athletes"): "owner",
    ("GET", "/me"): "known",
    ("POST", "/session"): "anybody",
    ("DELETE", "/session"): "known",
    ("POST", "/join"): "anybody",
    ("POST", "/invitations"): "owner",
    ("GET", "/people"): "known",
    ("GET", "/keys"): "known",
    ("POST", "/keys"): "known",
    ("DELETE", "/keys/{key}"): "known",
    ("GET", "/team"): "known",
    ("GET", "/letter"): "known",
    ("GET", "/exercises"): "anybody",  # the catalogue, which is nobody's data
    ("GET", "/measures"): "anybody",
    ("GET", "/devices/kinds"): "anybody",
    ("GET", "/batteries"): "anybody",
    ("GET", "/oidc"): "anybody",
    ("POST", "/oidc/start"): "anybody",
    ("GET", "/oidc/callback"): "anybody",
    ("GET", "/teams"): "known",
    ("POST", "/teams"): "leader",
    ("GET", "/teams/{team}"): "known",
    ("DELETE", "/teams/{team}"): "known",
    ("POST", "/teams/{team}/invitations"): "known",
    ("DELETE", "/teams/{team}/members/{member}"): "known",
    ("POST", "/memberships"): "known",
    ("GET", "/channels"): "known",
    ("POST", "/channels"): "known",
    ("DELETE", "/channels/{channel}"): "known",
    ("GET", "/channels/{channel}/deliveries"): "known",
}
ALL_KINDS = ["load_and_flags", "metrics", "heart_rate", "check_ins", "raw", "location"]
OF_ATHLETE = "/api/v1/athletes/{athlete}"


def _routes(client: TestClient) -> list[tuple[str, str]]:
    paths = client.get("/openapi.json").json()["paths"]
    return [
        (method.upper(), path.removeprefix(OF_ATHLETE))
        for path, methods in paths.items()
        if path.startswith(OF_ATHLETE)
        for method in methods
    ]


FITTING: dict[str, dict[str, Any]] = {
    "": {"name": "Ada"},
    "/consents": {"viewer": "somebody", "kinds": ["metrics"]},
    "/channels": {"kind": "calendar"},
    "/runs": {"duration_s": 1800},
    **{f"/{noun}": body for noun, body in BODIES.items()},
}

CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"
#: Routes whose body is no JSON, with one that fits.
AS_BYTES = {"/planned-runs/calendar": (CALENDAR, "text/calendar")}


def _asked(client: TestClient, athlete: str, method: str, below: str) -> int:
    path = OF_ATHLETE.replace("{athlete}", athlete) + below
    path = re.sub(r"\{\w+\}", "0" * 32, path)
    if below in AS_BYTES:
        content, kind = AS_BYTES[below]
        return client.post(path, content=content, headers={"Content-Type": kind}).status_code
    body = FITTING.get(below, {}) if method in ("POST", "PUT", "PATCH") else None
    return client.request(method, path, headers={"If-Match": '"1"'}, json=body).status_code


@pytest.mark.row("G02")
def test_every_route_of_an_athlete_is_decided_and_keeps_to_it(
    app: Any, owner: TestClient, join: Join
) -> None:
    ada, bo, carla = join("athlete", "ada"), join("athlete", "bo"), join("coach", "carla")
    athlete = own(ada)
    seer = join("coach", "seer")
    writer = join("coach", "writer")
    for client, write in ((seer, False), (writer, True)):
        body = {"viewer": client.get("/api/v1/me").json()["id"], "kinds": ALL_KINDS, "write": write}
        given = ada.post(f"/api/v1/athletes/{athlete}/consents", json=body)
        assert given.status_code == 201, given.text
    routes = _routes(owner)
    assert set(routes) == set(DECISIONS), "a route without a decision, or a decision without one"
    stranger = TestClient(app, base_url=BASE)
    nothing = [(bo, "another athlete"), (carla, "no consent"), (owner, "the owner")]
    for method, below in routes:
        need, _ = DECISIONS[method, below]
        where = f"{method} {below}"
        assert _asked(stranger, athlete, method, below) == 401, where
        missing = _asked(ada, "0" * 32, method, below)
        for client, who in nothing:
            # As for an athlete who does not exist, whatever else is wrong with the request.
            assert _asked(client, athlete, method, below) == missing == 404, (where, who)
        if "{" in below:
            continue  # they get no further than to what is missing
        sees, writes = (_asked(c, athlete, method, below) for c in (seer, writer))
        assert (sees != 404) == (need == "see"), where
        assert (writes != 404) == (need in ("see", "write")), where
        assert _asked(ada, athlete, method, below) != 404, where


@pytest.mark.row("G02")
def test_every_other_route_is_decided_and_keeps_to_it(
    app: Any, owner: TestClient, join: Join
) -> None:
    paths = owner.get("/openapi.json").json()["paths"]
    routes = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in paths.items()
        if path.startswith("/api/") and not path.startswith(OF_ATHLETE)
        for method in methods
    }
    assert routes == set(OTHERS), "a route without a decision, or a decision without one"
    others = [(join("athlete", "ada"), "athlete"), (join("coach", "carla"), "coach")]
    for (method, below), need in OTHERS.items():
        where = f"{method} {below}"
        stranger = TestClient(app, base_url=BASE)
        status = _beside(stranger, method, below)
        assert (status == 401) == (need != "anybody"), where
        if below in ("/session", "/join") or below.startswith("/oidc"):
            continue  # of which the tests above say more
        for client, role in others:
            refused = _beside(client, method, below) in (403, 404) and "{" not in below
            assert refused == (need == "owner" or (need == "leader" and role == "athlete")), where
        assert _beside(owner, method, below) != 403, where


def _beside(client: TestClient, method: str, below: str) -> int:
    path = "/api/v1" + re.sub(r"\{\w+\}", "0" * 32, below)
    body = {"name": "X"} if method in ("POST", "PUT", "PATCH") else None
    return client.request(method, path, json=body).status_code


def test_consent_by_kind_ends_when_it_is_withdrawn(join: Join) -> None:
    ada, carla = join("athlete", "ada"), join("coach", "carla")
    athlete, coach = own(ada), carla.get("/api/v1/me").json()["id"]
    path = f"/api/v1/athletes/{athlete}"
    assert carla.get("/api/v1/athletes").json()["items"] == []
    body = {"viewer": coach, "kinds": ["load_and_flags"]}
    consent = ada.post(f"{path}/consents", json=body)
    assert [a["id"] for a in carla.get("/api/v1/athletes").json()["items"]] == [athlete]
    assert carla.get(f"{path}/today").status_code == 200
    (row,) = carla.get("/api/v1/team").json()["items"]
    assert (row["athlete"], "check_ins" in row["not_shared"]) == (athlete, True)
    assert carla.get(f"{path}/check-ins").status_code == 404
    assert carla.post(f"{path}/strength-sessions", json={"duration_min": 9}).status_code == 404
    assert "check_ins" in carla.get(f"{path}/today").json()["not_shared"]
    assert ada.delete(consent.headers["location"]).status_code == 204
    assert carla.get(f"{path}/today").status_code == 404
    assert carla.get("/api/v1/athletes").json()["items"] == []
    assert carla.get("/api/v1/team").json()["items"] == []
    assert len(ada.get(f"{path}/consents").json()["items"]) == 1  # written down as ended


@pytest.mark.row("G02")
def test_what_a_coach_writes_carries_their_id(join: Join) -> None:
    ada, carla = join("athlete", "ada"), join("coach", "carla")
    athlete, coach = own(ada), carla.get("/api/v1/me").json()["id"]
    path = f"/api/v1/athletes/{athlete}"
    body = {"viewer": coach, "kinds": ["load_and_flags"], "write": True}
    ada.post(f"{path}/consents", json=body)
    made = carla.post(f"{path}/planned-runs", json={"day": "2026-03-16", "distance_m": 8000})
    assert made.json()["author"] == coach
    assert ada.get(f"{path}/planned-runs").json()["items"][0]["author"] == coach


def test_nobody_watches_live_without_being_let(app: Any, join: Join) -> None:
    ada, bo = join("athlete", "ada"), join("athlete", "bo")
    path = f"ws://127.0.0.1:8000/api/v1/athletes/{own(ada)}/live"
    for client in (bo, TestClient(app, base_url=BASE)):
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(path):
            pass
    with ada.websocket_connect(path):
        pass


def test_it_listens_beyond_this_machine_only_with_accounts_and_a_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no accounts"):
        open_port(Settings(data=tmp_path, host="0.0.0.0", port=0))
    with pytest.raises(ConfigError, match=r"^hosts: "):
        open_port(Settings(data=tmp_path, host="0.0.0.0", port=0, accounts=True))
    named = Settings(data=tmp_path, host="0.0.0.0", port=0, accounts=True, hosts=("runner.home",))
    open_port(named).close()


def test_a_throttle_forgets_the_oldest_names_and_never_grows() -> None:
    throttle = Throttle(names=3)
    for i in range(100):
        throttle.failed(f"login {i}", NOW)
    assert len(throttle._failed) == 3
