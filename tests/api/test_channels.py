"""Asking for mail, webhook and calendar; who sees and ends a channel; the feed itself."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from icalendar import Calendar
from starlette.testclient import TestClient

from catfoot.api import create_app
from catfoot.config import Settings, Smtp

from .conftest import BASE, Clock, Join, own

PROGRAMME = {"slots": [{"weekday": 1, "kind": "strength", "minutes": 20}]}


@pytest.fixture
def ada(join: Join) -> TestClient:
    """An athlete with a programme, who lets the coach see load and flags."""
    ada = join("athlete", "ada")
    path = f"/api/v1/athletes/{own(ada)}"
    assert ada.post(f"{path}/programmes", json=PROGRAMME).status_code == 201
    return ada


@pytest.fixture
def carla(join: Join, ada: TestClient) -> TestClient:
    carla = join("coach", "carla")
    body = {"viewer": carla.get("/api/v1/me").json()["id"], "kinds": ["load_and_flags"]}
    assert ada.post(f"/api/v1/athletes/{own(ada)}/consents", json=body).status_code == 201
    return carla


def made(client: TestClient, athlete: str, **body: Any) -> dict[str, Any]:
    answer = client.post(f"/api/v1/athletes/{athlete}/channels", json=body)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def feed_of(client: TestClient, address: str) -> list[dict[str, Any]]:
    answer = client.get(address.removeprefix(BASE))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    return [
        {k.lower(): e.decoded(k) for k in ("UID", "DTSTART", "DTEND", "SUMMARY")} for e in events
    ]


def test_a_calendar_shows_planned_sessions_to_whoever_has_its_address(
    app: Any, ada: TestClient
) -> None:
    address = made(ada, own(ada), kind="calendar")["address"]
    stranger = TestClient(app, base_url=BASE)
    events = feed_of(stranger, address)
    assert len(events) == 8  # Tuesdays of eight weeks
    assert events[0]["dtstart"].date() == date(2026, 3, 17)
    assert all(b["dtstart"] - a["dtstart"] == timedelta(7) for a, b in pairwise(events))
    assert {e["summary"] for e in events} == {"catfoot"}
    assert feed_of(stranger, address) == events
    assert stranger.get("/calendar/" + "x" * 43 + ".ics").status_code == 404


def test_a_feed_says_what_is_planned_only_where_the_athlete_lets_it(
    ada: TestClient, carla: TestClient
) -> None:
    athlete = own(ada)
    told = made(carla, athlete, kind="calendar")
    path = f"/api/v1/athletes/{athlete}/channels/{told['id']}"
    refused = carla.post(
        f"/api/v1/athletes/{athlete}/channels", json={"kind": "calendar", "numbers": True}
    )
    assert refused.json()["errors"][0]["field"] == "numbers"
    assert carla.patch(path, json={"numbers": True}).status_code == 404
    assert ada.patch(path, json={"numbers": True}).json()["numbers"] is True
    events = feed_of(carla, told["address"])
    assert {e["summary"] for e in events} == {"Foot session (strength), 20 min"}
    assert ada.patch(path, json={"numbers": "yes"}).status_code == 422


def test_a_feed_ends_with_its_channel_and_with_the_consent(
    ada: TestClient, carla: TestClient
) -> None:
    athlete = own(ada)
    first, second = (made(carla, athlete, kind="calendar") for _ in range(2))
    for one in (first, second):
        assert len(feed_of(carla, one["address"])) == 8
    gone = carla.delete(f"/api/v1/athletes/{athlete}/channels/{first['id']}")
    assert gone.status_code == 204
    assert carla.get(first["address"].removeprefix(BASE)).status_code == 404
    (consent,) = ada.get(f"/api/v1/athletes/{athlete}/consents").json()["items"]
    ada.delete(f"/api/v1/athletes/{athlete}/consents/{consent['id']}")
    assert carla.get(second["address"].removeprefix(BASE)).status_code == 404


def test_the_athlete_sees_and_ends_every_channel_about_them(
    ada: TestClient, carla: TestClient
) -> None:
    athlete = own(ada)
    made(ada, athlete, kind="calendar")
    told = made(carla, athlete, kind="webhook", target="https://example.org/hook")
    assert len(told["secret"]) >= 40
    path = f"/api/v1/athletes/{athlete}/channels"
    mine, seen = ada.get(path).json()["items"], carla.get(path).json()["items"]
    names = {one["viewer_name"]: one["id"] for one in mine}
    assert set(names) == {"Ada", "Carla"}
    assert [one["id"] for one in seen] == [told["id"]]
    assert all("secret" not in one and "address" not in one for one in (*mine, *seen))
    assert carla.delete(f"{path}/{names['Ada']}").status_code == 404
    assert ada.delete(f"{path}/{told['id']}").status_code == 204
    assert carla.get(path).json()["items"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "kind"),
        ({"kind": "pigeon"}, "kind"),
        ({"kind": "mail", "target": "ada@example.org"}, "kind"),  # no mail server here
        ({"kind": "webhook"}, "target"),
        ({"kind": "webhook", "target": "example.org"}, "target"),
        ({"kind": "webhook", "target": "file:///etc/passwd"}, "target"),
        ({"kind": "webhook", "target": "https://a:b@example.org/"}, "target"),
        ({"kind": "calendar", "target": "x"}, "target"),
        ({"kind": "calendar", "to": "x"}, "to"),
    ],
)
def test_a_channel_that_makes_no_sense_is_refused_by_name(
    ada: TestClient, body: dict[str, Any], field: str
) -> None:
    answer = ada.post(f"/api/v1/athletes/{own(ada)}/channels", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_a_key_makes_neither_channels_nor_keys(app: Any, ada: TestClient) -> None:
    body = {"name": "script", "scopes": ["read", "write"]}
    key = ada.post("/api/v1/keys", json=body).json()["key"]
    script = TestClient(app, base_url=BASE, headers={"Authorization": f"Bearer {key}"})
    path = f"/api/v1/athletes/{own(ada)}/channels"
    assert script.post(path, json={"kind": "calendar"}).status_code == 403
    assert script.post("/api/v1/keys", json=body).status_code == 403
    assert script.get(path).status_code == 200


def test_there_are_only_so_many_channels(ada: TestClient) -> None:
    path = f"/api/v1/athletes/{own(ada)}/channels"
    answers = [ada.post(path, json={"kind": "calendar"}).status_code for _ in range(21)]
    assert answers == [201] * 20 + [409]


def test_messages_of_a_channel_are_read_and_sent_again(
    app: Any, ada: TestClient, clock: Clock
) -> None:
    athlete = own(ada)
    told = made(ada, athlete, kind="webhook", target="https://example.org/hook")
    channels = app.state.stores.logbook.channels
    channel = channels.channel(told["id"])
    assert channels.queue(channel, "run.final", "r1", clock())
    (queued,) = channels.deliveries(told["id"])
    channels.settle(queued.id, "failed", "410", clock(), None)
    path = f"/api/v1/athletes/{athlete}/channels/{told['id']}/deliveries"
    (said,) = ada.get(path).json()["items"]
    assert (said["state"], said["answer"], said["event"]) == ("failed", "410", "run.final")
    clock.now -= timedelta(days=30)  # so that nobody sends it meanwhile
    again = ada.post(f"{path}/{said['id']}/replay", json={})
    assert again.status_code == 202
    assert again.json()["state"] == "waiting"
    assert ada.post(f"{path}/{'0' * 32}/replay", json={}).status_code == 404


def test_a_coachs_own_letter_goes_where_they_say(carla: TestClient) -> None:
    answer = carla.post("/api/v1/channels", json={"kind": "webhook", "target": "https://x.org/"})
    assert answer.status_code == 201
    (own,) = carla.get("/api/v1/channels").json()["items"]
    assert own["athlete"] is None
    assert carla.get(f"/api/v1/channels/{own['id']}/deliveries").json() == {"items": []}
    assert carla.post("/api/v1/channels", json={"kind": "calendar"}).status_code == 422
    assert carla.delete(f"/api/v1/channels/{own['id']}").status_code == 204
    assert carla.get("/api/v1/channels").json()["items"] == []


@pytest.fixture
def posting(settings: Settings, clock: Clock) -> Iterator[TestClient]:
    """A server without accounts that has a mail server, which nobody reaches here."""
    smtp = Smtp(host="127.0.0.1", port=9, tls="none", sender="catfoot@runner.home")
    with ThreadPoolExecutor(1) as executor:
        app = create_app(settings.model_copy(update={"smtp": smtp}), executor=executor, clock=clock)
        with TestClient(app, base_url=BASE) as client:
            yield client


def test_a_mailbox_is_used_once_its_owner_pressed_the_button(posting: TestClient) -> None:
    athlete = posting.post("/api/v1/athletes", json={"name": "Ada"}).json()["id"]
    told = made(posting, athlete, kind="mail", target="ada@example.org")
    assert told["confirmed"] is False
    path = f"/api/v1/athletes/{athlete}/channels"
    (news,) = posting.get(f"{path}/{told['id']}/deliveries").json()["items"]
    assert news["event"] == "confirm"
    token = posting.app.state.stores.logbook.channels.ask(told["id"])  # type: ignore[attr-defined]
    page = posting.get(f"/confirm/{token}")
    assert 'method="post"' in page.text  # what mail programs fetch by themselves says nothing
    assert page.headers["content-security-policy"]
    assert posting.get(path).json()["items"][0]["confirmed"] is False
    assert posting.post(f"/confirm/{token}", headers={"Origin": "http://x.org"}).status_code == 403
    assert posting.post(f"/confirm/{'x' * 43}").status_code == 404
    assert posting.post(f"/confirm/{token}").status_code == 200
    assert posting.get(path).json()["items"][0]["confirmed"] is True
    assert posting.post(f"/confirm/{token}").status_code == 404


def test_strangers_are_not_asked_over_and_over(posting: TestClient, clock: Clock) -> None:
    athlete = posting.post("/api/v1/athletes", json={"name": "Ada"}).json()["id"]
    path = f"/api/v1/athletes/{athlete}/channels"

    def asked(i: int) -> Any:
        return posting.post(path, json={"kind": "mail", "target": f"x{i}@example.org"})

    first = asked(0)
    assert [asked(i).status_code for i in range(1, 6)] == [201] * 4 + [429]
    refused = asked(6)
    assert 0 < int(refused.headers["retry-after"]) <= 720
    mine = f"{path}/{first.json()['id']}/deliveries"
    (news,) = posting.get(mine).json()["items"]
    assert posting.post(f"{mine}/{news['id']}/replay").status_code == 429
    clock.now += timedelta(minutes=13)
    assert posting.post(f"{mine}/{news['id']}/replay").status_code == 202
