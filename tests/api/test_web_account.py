"""One's account on the pages: what is shared and what it means, who looked, what is declined."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from playwright.sync_api import Page

from catfoot.training.consent import Declined
from catfoot.training.entries import PastProblem, PlannedRun

from .browser import Served, Watched, opened, served

pytestmark = pytest.mark.browser


@dataclass
class Two:
    """An athlete who runs the server, and a coach whom they invited; each in a browser."""

    server: Served
    ada: Page
    carla: Page


def _join(page: Page, link: str, name: str) -> None:
    page.goto(link)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Login").fill(name.lower())
    page.get_by_label("Password").fill(f"the words of {name}")
    page.get_by_role("button", name="Join", exact=True).click()


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[Two]:
    from catfoot.api.auth import first_link

    one: Watched
    with (
        served(tmp_path_factory.mktemp("account"), accounts=True) as server,
        opened(browser) as one,
        opened(browser) as other,
    ):
        _join(one.page, first_link(server.app, server.address) or "", "Ada")
        one.page.get_by_text("No run is stored yet").wait_for()
        one.page.goto(f"{server.address}/account", wait_until="networkidle")
        one.page.get_by_role("button", name="Invite a coach").click()
        _join(other.page, one.page.locator("#link code").inner_text(), "Carla")
        other.page.get_by_text("Nobody shares their days with you yet").wait_for()
        yield Two(server, one.page, other.page)


def test_sharing_says_what_it_means_and_what_a_coach_wrote_can_be_declined(two: Two) -> None:
    page = two.ada
    page.goto(f"{two.server.address}/account", wait_until="networkidle")
    assert "You can withdraw it at any time" in page.locator("#sharing").inner_text()
    page.get_by_label("Share with").select_option(label="Carla (coach)")
    page.get_by_role("button", name="Load and flags").click()
    assert "your plans, strength sessions and tests" in page.locator("#meaning").inner_text()
    page.get_by_label("They may also plan and record for you").check()
    page.get_by_role("button", name="Share", exact=True).click()
    page.locator("#consents .name").get_by_text("Carla").wait_for()
    athlete = page.evaluate("fetch('/api/v1/me').then(r => r.json())")["athlete"]
    plan = {"day": "2026-03-20", "kind": "easy", "distance_m": 9000, "title": "Along the river"}
    two.carla.goto(f"{two.server.address}/?athlete={athlete}", wait_until="networkidle")
    status = two.carla.evaluate(
        "([path, body]) => fetch(path, {method: 'POST', body: JSON.stringify(body),"
        " headers: {'Content-Type': 'application/json'}}).then(r => r.status)",
        [f"/api/v1/athletes/{athlete}/planned-runs", plan],
    )
    assert status == 201
    page.reload(wait_until="networkidle")
    assert "Carla" in page.locator("#seen").inner_text()
    row = page.locator("#written li")
    assert "Along the river" in row.inner_text()
    assert "by Carla" in row.inner_text()
    page.get_by_label("Why, if you like").fill("a rest day")
    row.get_by_role("button", name="Decline").click()
    page.locator("#declined").get_by_text("planned run by Carla declined").wait_for()
    logbook = two.server.app.state.stores.logbook
    assert not logbook.entries(PlannedRun, athlete)
    assert [r.entry.reason for r in logbook.entries(Declined, athlete)] == ["a rest day"]


def test_a_channel_says_numbers_only_where_the_athlete_switches_that_on(two: Two) -> None:
    page = two.ada
    page.goto(f"{two.server.address}/account", wait_until="networkidle")
    page.get_by_role("button", name="Set up").click()
    page.get_by_text("/calendar/").wait_for()
    switch = page.get_by_label("may say numbers")
    assert not switch.is_checked()
    with page.expect_response(lambda got: got.request.method == "PATCH"):
        switch.check()
    page.reload(wait_until="networkidle")
    assert page.get_by_label("may say numbers").is_checked()
    page.locator("#channels").get_by_role("button", name="End").click()
    page.get_by_text("Nothing goes out.").wait_for()


def test_a_team_is_made_joined_with_the_account_one_has_and_left(two: Two) -> None:
    page, coach = two.ada, two.carla
    coach.goto(f"{two.server.address}/account", wait_until="networkidle")
    coach.get_by_label("A team's name").fill("River club")
    coach.get_by_role("button", name="Make a team").click()
    coach.get_by_role("button", name="A link into this team").click()
    page.goto(coach.locator("#team-link code").inner_text())
    page.get_by_role("button", name="I have an account here").click()
    page.get_by_role("heading", name="River club").wait_for()
    coach.reload(wait_until="networkidle")
    assert "Ada" in coach.locator("#teams").inner_text()
    page.get_by_role("button", name="Leave").click()
    page.get_by_text("You are in no team.").wait_for()


def test_everything_comes_as_one_file_and_no_login_elsewhere_is_offered(two: Two) -> None:
    page = two.ada
    page.goto(f"{two.server.address}/account", wait_until="networkidle")
    assert page.locator("#elsewhere").is_hidden()
    page.get_by_role("button", name="Put everything into one file").click()
    with page.expect_download() as got:
        page.get_by_role("link", name="Fetch the file").click()
    assert got.value.suggested_filename.endswith(".zip")


def test_who_somebody_is_and_where_it_hurt_before_is_written_down_and_taken_out(two: Two) -> None:
    page, logbook = two.ada, two.server.app.state.stores.logbook
    page.goto(f"{two.server.address}/account", wait_until="networkidle")
    athlete = page.evaluate("fetch('/api/v1/me').then(r => r.json())")["athlete"]
    page.get_by_label("Year of birth").fill("1991")
    page.get_by_label("Height, cm").fill("171.5")
    page.get_by_role("button", name="long distances").click()
    for weekday in ("Sun", "Tue"):
        page.get_by_role("button", name=weekday, exact=True).click()
    page.locator("#past-site").select_option(label="Calf")
    page.get_by_label("Year", exact=True).fill("2019")
    page.locator("#past-side").select_option(label="left")
    page.get_by_role("button", name="Save").click()
    page.locator("#past").get_by_text("Calf, left: 2019").wait_for()
    said = logbook.person(athlete).entry
    assert (said.name, said.birth_year, said.height_m, said.mass_kg) == ("Ada", 1991, 1.715, None)
    assert (said.goal, said.run_days) == ("long", (1, 6))
    assert said.past == (PastProblem(site="calf", year=2019, side="left"),)
    page.reload(wait_until="networkidle")
    assert page.get_by_label("Height, cm").input_value() == "171.5"
    assert page.locator("#run-days [aria-pressed=true]").all_inner_texts() == ["Tue", "Sun"]
    page.locator("#past").get_by_role("button", name="Remove").click()
    page.get_by_text("Nothing written down.").wait_for()
    assert logbook.person(athlete).entry == replace(said, past=())
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_whoever_types_their_name_is_erased(two: Two) -> None:
    page = two.ada
    page.goto(f"{two.server.address}/account", wait_until="networkidle")
    name = page.get_by_label("To confirm, your name as it stands here")
    name.fill("Ada")
    page.get_by_role("button", name="Erase everything for ever").click()
    page.get_by_text("It is being erased.").wait_for()
    stores = two.server.app.state.stores
    while stores.logbook.persons():
        pass
    assert not [account for account in stores.logbook.accounts.accounts() if account.athlete]
