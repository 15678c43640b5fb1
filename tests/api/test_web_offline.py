"""Pages without a network: they open, and what is written down arrives once."""

from collections.abc import Iterator
from typing import Any

import pytest

from catfoot.training.entries import AfterRun, CheckIn, Run, StrengthSession

from .browser import Served, foot, opened, served, snapshot
from .webdata import lived_in

pytestmark = pytest.mark.browser

CALM = {"roll_deg": 0.5, "pitch_deg": 0.2, "ml_acc_rms_mps2": 0.1}
STILL = CALM | {"wobbles_medial": 0, "wobbles_lateral": 0}
READY = "navigator.serviceWorker.ready.then(() => !!navigator.serviceWorker.controller)"
NONE_WAITS = "() => localStorage.getItem('catfoot.waiting') === '[]'"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[tuple[Served, str]]:
    with served(tmp_path_factory.mktemp("offline")) as server:
        yield server, lived_in(server)


def _made(server: Served, athlete: str, kind: type[Any]) -> list[Any]:
    rows = server.app.state.stores.logbook.entries(kind, athlete)
    return [row.entry for row in rows if not row.entry.demo]


def test_a_page_opened_before_opens_without_a_server_and_says_how_old_it_is(
    home: tuple[Served, str], browser: Any
) -> None:
    server, athlete = home
    with opened(browser) as watched:
        page = watched.page
        page.goto(f"{server.address}/?athlete={athlete}", wait_until="networkidle")
        page.evaluate(READY)
        with page.expect_response("**/runs?limit=30"):
            page.reload()  # by now the worker listens
        said = page.locator("#sentence").inner_text()
        page.context.set_offline(True)
        page.goto(f"{server.address}/?athlete={athlete}")
        page.locator("#offline").get_by_text("does not answer").wait_for()
        page.get_by_text(said).wait_for()
        page.goto(f"{server.address}/strength?athlete={athlete}")
        page.locator("#exercises li").first.wait_for()
        watched.faults.clear()  # the browser itself complains of the missing network


def test_a_check_in_and_an_after_run_without_a_network_arrive_once(
    home: tuple[Served, str], browser: Any
) -> None:
    server, athlete = home
    with opened(browser) as watched:
        page = watched.page
        page.goto(f"{server.address}/?athlete={athlete}", wait_until="networkidle")
        page.evaluate(READY)
        page.goto(f"{server.address}/after-run?athlete={athlete}", wait_until="networkidle")
        page.context.set_offline(True)
        page.locator("#effort button").nth(6).click()
        page.get_by_role("button", name="Save").click()
        page.get_by_text("Kept on this device").wait_for()
        page.goto(f"{server.address}/check-in?athlete={athlete}")
        page.locator("#sites button").first.wait_for()
        page.get_by_role("button", name="some", exact=True).click()
        page.get_by_role("button", name="Save").click()
        page.get_by_text("Kept on this device").wait_for()
        page.goto(f"{server.address}/settings?athlete={athlete}")
        page.locator("#waiting").get_by_text("check-ins").wait_for()
        page.context.set_offline(False)
        page.get_by_role("button", name="Send now").click()
        page.wait_for_function(NONE_WAITS)
        watched.faults.clear()
    assert [said.effort for said in _made(server, athlete, AfterRun)] == [7]
    assert [said.stiffness for said in _made(server, athlete, CheckIn)] == [5]
    assert [run.effort for run in _made(server, athlete, Run)] == [7]


def test_a_session_whose_network_is_cut_in_the_middle_is_filed_once(
    home: tuple[Served, str], browser: Any
) -> None:
    server, athlete = home
    with opened(browser) as watched:
        page = watched.page
        page.clock.install()
        page.goto(f"{server.address}/strength?athlete={athlete}")
        page.locator("#exercises li").first.wait_for()
        page.get_by_role("button", name="Begin", exact=True).click()
        for n in range(2):
            page.get_by_role("button", name="Begin this set").click()
            page.clock.run_for(4_000)
            page.get_by_role("button", name="Done", exact=True).click()
            page.get_by_role("button", name="just right").click()
            if n == 0:
                page.context.set_offline(True)
                page.get_by_role("button", name="Go on").click()
        page.get_by_role("button", name="Stop here and keep what was done").click()
        page.get_by_text("Kept on this device").wait_for()
        page.context.set_offline(False)
        page.clock.run_for(25_000)
        page.wait_for_function(NONE_WAITS)
        page.clock.run_for(25_000)
        watched.faults.clear()
    (session,) = _made(server, athlete, StrengthSession)
    assert len(session.sets) == 2


def test_a_drill_held_while_the_network_goes_is_filed_later_once(
    home: tuple[Served, str], browser: Any
) -> None:
    server, athlete = home
    before = len(_made(server, athlete, StrengthSession))
    with opened(browser) as watched:
        page = watched.page
        page.clock.install()
        page.goto(f"{server.address}/drill?athlete={athlete}")
        page.locator("#kind option").first.wait_for(state="attached")
        page.locator("#kind").select_option("single_leg_stand")

        def stand(n: int) -> None:
            server.publish(athlete, snapshot(athlete, n, {"left": foot(0, STILL)}, "drill"))
            page.locator(f"#pod[data-n='{n}']").wait_for(state="attached")

        stand(0)
        page.get_by_role("button", name="Start").click()
        page.clock.run_for(5_200)
        page.locator("#down").wait_for()
        for n in range(1, 12):
            stand(n)
            page.clock.run_for(100)
        page.context.set_offline(True)
        page.get_by_role("button", name="Foot down").click()
        page.locator("#word").get_by_text("stop").wait_for()
        page.locator("#file").click()
        page.get_by_text("Kept on this device").wait_for()
        page.context.set_offline(False)
        page.clock.run_for(25_000)
        page.wait_for_function(NONE_WAITS)
        watched.faults.clear()
    made = _made(server, athlete, StrengthSession)
    assert len(made) == before + 1
    (held,) = [one for row in made for one in row.sets if one.exercise == "single_leg_stand"]
    assert 0.9 <= held.hold_s <= 5  # the browser's own clock runs beside the test's


def test_what_the_server_refuses_later_is_shown_and_not_lost_in_silence(
    home: tuple[Served, str], browser: Any
) -> None:
    server, athlete = home
    with opened(browser) as watched:
        page = watched.page
        page.goto(f"{server.address}/settings?athlete={athlete}", wait_until="networkidle")
        page.evaluate(
            "path => localStorage.setItem('catfoot.waiting', JSON.stringify("
            "[{path, value: {stiffness: 99}, key: 'a-key-of-a-test'}]))",
            f"/api/v1/athletes/{athlete}/check-ins",
        )
        page.reload(wait_until="networkidle")
        page.reload(wait_until="networkidle")
        assert "stiffness" in page.locator("#refused").inner_text()
        page.get_by_role("button", name="Forget these").click()
        page.locator("#refused-part").wait_for(state="hidden")
        watched.faults.clear()  # the browser reports the 422
