"""Logging in through a real provider, and what must not open anything."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from catfoot.api import create_app, oidc
from catfoot.api.auth import first_link
from catfoot.config import Oidc, Settings

from .conftest import BASE, enter
from .provider import CLIENT, SECRET, Provider, is_here, providing

BACK = f"{BASE}/api/v1/oidc/callback"


@pytest.fixture(scope="module")
def provider(
    tmp_path_factory: pytest.TempPathFactory, needed: Callable[[str, bool], None]
) -> Iterator[Provider]:
    needed("Debian's glewlwyd", is_here())
    with providing(tmp_path_factory.mktemp("provider"), BACK, ("ada", "bo")) as found:
        yield found


@pytest.fixture
def app(settings: Settings, provider: Provider) -> Iterator[Any]:
    """A server with accounts and that provider; its time is the provider's."""
    oidc = Oidc(
        issuer=provider.issuer, client_id=CLIENT, client_secret=SECRET, name="the club",  # type: ignore[arg-type]
        profile=False,
    )  # fmt: skip
    with ThreadPoolExecutor(1) as executor:
        asking = settings.model_copy(update={"accounts": True, "oidc": oidc, "public_url": BASE})
        app = create_app(asking, executor=executor)
        with TestClient(app, base_url=BASE):
            yield app


def begun(client: TestClient, **body: Any) -> str:
    answer = client.post("/api/v1/oidc/start", json=body)
    assert answer.status_code == 200, answer.text
    url: str = answer.json()["url"]
    return url


def through(client: TestClient, provider: Provider, login: str, **body: Any) -> Any:
    """Go to the provider and come back; return the answer to that."""
    back = provider.sent_back(begun(client, **body), login)
    return client.get("/api/v1/oidc/callback", params=back)


def invited(owner: TestClient, role: str) -> str:
    link: str = owner.post("/api/v1/invitations", json={"role": role}).json()["link"]
    return link.partition("#")[2]


@pytest.fixture
def owner(app: Any) -> TestClient:
    link = first_link(app, BASE)
    assert link is not None
    return enter(app, link, "owner")


def test_an_invitation_makes_an_account_that_the_provider_opens_from_then_on(
    app: Any, owner: TestClient, provider: Provider
) -> None:
    browser = TestClient(app, base_url=BASE)
    assert browser.get("/api/v1/oidc").json() == {"name": "the club"}
    token = invited(owner, "athlete")
    answer = through(browser, provider, "ada", token=token)
    assert answer.status_code == 200, answer.text
    assert "samesite=strict" in answer.headers["set-cookie"].lower()
    me = browser.get("/api/v1/me").json()
    assert (me["role"], me["athlete"] is not None) == ("athlete", True)
    again = TestClient(app, base_url=BASE)
    assert through(again, provider, "ada").status_code == 200
    assert again.get("/api/v1/me").json()["id"] == me["id"]
    with_password = {"login": f"oidc {me['id']}", "password": ""}
    assert again.post("/api/v1/session", json=with_password).status_code in (401, 422)


def test_a_login_elsewhere_without_account_or_invitation_opens_nothing(
    app: Any, owner: TestClient, provider: Provider
) -> None:
    browser = TestClient(app, base_url=BASE)
    answer = through(browser, provider, "bo")
    assert answer.status_code == 403
    assert "invitation" in answer.json()["detail"]
    assert browser.get("/api/v1/me").status_code == 401
    used = browser.post("/api/v1/oidc/start", json={"token": "made up"})
    assert used.status_code == 403


def test_whoever_is_logged_in_links_the_two_and_nobody_takes_it_over(
    app: Any, owner: TestClient, provider: Provider
) -> None:
    assert through(owner, provider, "bo").status_code == 200
    other = TestClient(app, base_url=BASE)
    assert through(other, provider, "bo").status_code == 200
    assert other.get("/api/v1/me").json()["role"] == "owner"
    link = owner.post("/api/v1/invitations", json={"role": "coach"}).json()["link"]
    carla = enter(app, link, "carla")
    assert through(carla, provider, "bo").status_code == 409


def test_only_the_browser_that_began_comes_back_and_once(
    app: Any, owner: TestClient, provider: Provider
) -> None:
    victim, attacker = (TestClient(app, base_url=BASE) for _ in range(2))
    back = provider.sent_back(begun(attacker, token=invited(owner, "coach")), "ada")
    assert victim.get("/api/v1/oidc/callback", params=back).status_code == 403
    for change in ({"state": "x" * 43}, {"code": "x"}):
        browser = TestClient(app, base_url=BASE)
        came = provider.sent_back(begun(browser), "ada") | change
        assert browser.get("/api/v1/oidc/callback", params=came).status_code == 403
    assert attacker.get("/api/v1/oidc/callback", params=back).status_code == 200
    assert attacker.get("/api/v1/oidc/callback", params=back).status_code == 403


def test_without_a_provider_there_is_none(client: TestClient) -> None:
    assert client.get("/api/v1/oidc").json() == {"name": None}
    assert client.post("/api/v1/oidc/start", json={}).status_code == 404


def test_a_provider_that_is_somebody_else_or_in_the_clear_is_not_asked(
    settings: Settings, tmp_path: Path
) -> None:
    oidc = {"issuer": "http://login.example.org", "client_id": "x", "client_secret": "y"}
    asking = settings.model_copy(update={"oidc": Oidc(**oidc)})  # type: ignore[arg-type]
    with ThreadPoolExecutor(1) as executor:
        app = create_app(asking, executor=executor)
        with TestClient(app, base_url=BASE) as client:
            answer = client.post("/api/v1/oidc/start", json={})
    assert answer.status_code == 503
    assert "https" in answer.json()["detail"]


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc", "", None, 5])
def test_a_zone_that_only_the_provider_knows_is_utc(zone: object) -> None:
    assert oidc._zone({"zoneinfo": zone}) == "UTC"
    assert oidc._zone({"zoneinfo": "Asia/Tokyo"}) == "Asia/Tokyo"
