"""The pages in a real browser, before a real server."""

import os
from pathlib import Path
from typing import Any

import pytest

from catfoot.api.auth import first_link
from catfoot.api.pages import PAGES
from catfoot.training.entries import AfterRun, BarefootTime, CheckIn, Pain, Run, StrengthSession
from catfoot.training.words import FOOTER, INTENDED_USE, forbidden_in

from .browser import NOW, Served, foot, opened, served, snapshot
from .webdata import ask

pytestmark = pytest.mark.browser


def shot(page: Any, name: str) -> None:
    """Keep a picture where somebody asked for pictures."""
    if folder := os.environ.get("CATFOOT_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_a_live_number_changes_on_the_page(server: Served, demo: str, browser: Any) -> None:
    with opened(browser) as watched:
        page = watched.page
        page.goto(f"{server.address}/?athlete={demo}")
        left = page.locator(".foot-card[data-side=left] .big")
        for n, cadence in enumerate((171.0, 184.0)):
            server.publish(demo, snapshot(demo, n, {"right": foot(90), "left": foot(cadence)}))
            page.wait_for_function(
                "want => document.querySelector('.foot-card[data-side=left] .big')"
                "?.textContent === want",
                arg=f"{cadence:.0f}",
            )
        left.wait_for()  # shown together with the rest of the page
        assert left.inner_text() == "184"
        sides = page.locator(".foot-card").evaluate_all("all => all.map(n => n.dataset.side)")
        assert sides == ["left", "right"]
        assert page.locator("#live-demo").is_visible()
        assert page.locator("#live-state").inner_text() == "running"


def test_every_pod_of_a_snapshot_has_a_card_also_a_second_one_of_a_foot(
    server: Served, demo: str, browser: Any
) -> None:
    with opened(browser) as watched:
        page = watched.page
        page.goto(f"{server.address}/?athlete={demo}")
        feet = {"unknown 2": foot(171), "unknown": foot(172), "left": foot(173)}
        server.publish(demo, snapshot(demo, 1, feet))
        page.locator("#feet[data-n='1']").wait_for()
        cards = page.locator(".foot-card")
        sides = cards.evaluate_all("all => all.map(n => n.dataset.side)")
        assert sides == ["left", "unknown", "unknown 2"]
        named = cards.evaluate_all("all => all.map(n => n.getAttribute('aria-label'))")
        assert named == ["Left foot", "One foot", "One foot (2)"]


def test_a_run_that_has_just_ended_appears_by_itself(
    server: Served, demo: str, browser: Any
) -> None:
    with opened(browser) as watched:
        page = watched.page
        page.clock.install()
        page.goto(f"{server.address}/?athlete={demo}")
        page.locator("#numbers .number").first.wait_for()
        server.publish(demo, snapshot(demo, 1, {"left": foot(171)}))
        page.locator("#feet[data-n='1']").wait_for()
        run = Run(day=NOW.date(), started_at=NOW, duration_s=600, title="Just now")
        server.app.state.stores.logbook.add(demo, run)
        server.publish(demo, snapshot(demo, 2, {"left": foot(171) | {"state": "closed"}}))
        page.locator("#feet[data-n='2']").wait_for()
        page.clock.run_for(2_000)
        page.locator("#last-line").get_by_text("Just now").wait_for()


def test_a_drill_shows_a_dial_for_each_foot(server: Served, demo: str, browser: Any) -> None:
    sway = {
        "roll_deg": 6.0, "pitch_deg": -2.0, "ml_acc_rms_mps2": 0.3,
        "wobbles_medial": 2, "wobbles_lateral": 1,
    }  # fmt: skip
    with opened(browser, 1280, "dark") as watched:
        page = watched.page
        page.goto(f"{server.address}/?athlete={demo}")
        feet = {"left": foot(0, sway), "right": foot(0, sway | {"roll_deg": 0.1, "pitch_deg": 0})}
        server.publish(demo, snapshot(demo, 9, feet, "drill"))
        dial = page.locator(".dial[data-side=left]")
        dial.wait_for()
        assert "moving" in dial.inner_text() or "wobbling" in dial.inner_text()
        assert "2 inward, 1 outward" in dial.inner_text()
        assert page.locator(".dial[data-side=right] .word").inner_text() == "calm"
        shot(page, "today-drill-1280-dark")


def test_flags_come_with_evidence_and_an_answer_is_kept(
    server: Served, demo: str, browser: Any
) -> None:
    with opened(browser) as watched:
        page = watched.page
        page.goto(f"{server.address}/?athlete={demo}")
        page.locator(".flag").first.wait_for()
        assert page.locator(".flag").count() == 3
        flag = page.locator(".flag[data-rule=F01]")
        assert FOOTER in flag.inner_text()
        flag.locator("summary").click()
        assert flag.locator("tbody tr").count() >= 1
        flag.get_by_role("button", name="I acted on it").click()
        flag.locator(".answered").wait_for()
        page.reload()
        flag.locator(".answered").wait_for()
        assert "Your answer: I acted on it" in flag.inner_text()


def test_ten_weeks_show_load_beside_strength(server: Served, demo: str, browser: Any) -> None:
    with opened(browser, 1280) as watched:
        page = watched.page
        page.goto(f"{server.address}/?athlete={demo}")
        page.locator(".timeline .plot").wait_for()
        for kind in ("rect.run", "rect.strength", "circle.sore", "path.mark"):
            assert page.locator(f".timeline {kind}").count() > 0, kind
        page.locator(".timeline .plot").focus()
        page.keyboard.press("ArrowLeft")
        assert page.locator(".timeline .day").inner_text().startswith("Sat")
        shot(page, "today-1280-light")


def test_a_file_that_is_none_gets_a_line_that_names_it(
    server: Served, demo: str, browser: Any, tmp_path: Path
) -> None:
    file = tmp_path / "notes.fit"
    file.write_text("only text\n" * 50)
    with opened(browser) as watched:
        page = watched.page
        page.goto(f"{server.address}/?athlete={demo}")
        page.locator("#flags .flag").first.wait_for()
        page.set_input_files("#files", [file])
        line = page.locator("#uploads li.refused")
        line.wait_for()
        assert "notes.fit" in line.locator(".what").inner_text()
        assert line.locator(".chip").inner_text() == "refused"


def test_the_morning_check_in_takes_four_taps(server: Served, demo: str, browser: Any) -> None:
    with opened(browser) as watched:
        page = watched.page
        page.goto(f"{server.address}/check-in?athlete={demo}")
        page.locator("#before b").first.wait_for()
        page.get_by_role("button", name="a little").click()
        page.get_by_role("button", name="Calf").click()
        page.get_by_role("button", name="good", exact=True).first.click()
        page.get_by_role("button", name="Save").click()
        page.get_by_text("Saved").wait_for()
        page.get_by_text("stiffness 2 of 10; sore: calf 3 of 10; feet 8 of 10").first.wait_for()
        four = _newest_check_in(server, demo)
        assert (four.stiffness, four.foot_feel, four.pain, four.arch_fatigue) == (2, 8, None, None)


def test_on_another_morning_the_check_in_takes_all_that_rules_ask_for(
    server: Served, demo: str, browser: Any
) -> None:
    with opened(browser) as watched:
        page = watched.page
        page.goto(f"{server.address}/check-in?athlete={demo}")
        page.locator("#before b").first.wait_for()
        page.get_by_text("More, if you like").click()
        for group, name in (
            ("sleep_quality", "restless"), ("arch_fatigue", "some"), ("arch_comfort", "hardly"),
            ("calf_tightness", "a lot"), ("recovered_h", "two days"), ("life_load", "a lot"),
            ("instability", "left"), ("pain_sites", "Heel"), ("signs", "swollen"),
        ):  # fmt: skip
            page.locator(f"#{group}").get_by_role("button", name=name, exact=True).click()
        hurts = page.locator("#pains")
        hurts.get_by_role("slider").fill("4")
        hurts.get_by_role("button", name="right").click()
        hurts.get_by_role("button", name="sharp").click()
        page.get_by_role("button", name="Save").click()
        page.get_by_text("Saved").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    said = _newest_check_in(server, demo)
    assert said.pains == (Pain(site="heel", score=4, side="right", kind="sharp"),)
    assert (said.sleep_quality, said.arch_fatigue, said.arch_comfort) == (2, 5, 2)
    assert (said.calf_tightness, said.recovered_h, said.life_load) == (8, 48, "high")
    assert (said.instability, said.pain, said.swelling) == ("left", 4, True)
    assert not said.cannot_bear_weight


def _newest_check_in(server: Served, athlete: str) -> CheckIn:
    rows = server.app.state.stores.logbook.entries(CheckIn, athlete)
    newest: CheckIn = max((row.entry for row in rows), key=lambda entry: entry.at)
    return newest


LOOKS = [(360, "dark"), (1280, "light")]
if "CATFOOT_SCREENSHOTS" in os.environ:
    LOOKS += [(360, "light"), (1280, "dark")]


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("address", [one.address for one in PAGES])
def test_every_page_fits_says_what_it_is_for_and_uses_no_forbidden_word(
    server: Served, demo: str, browser: Any, address: str, width: int, scheme: str
) -> None:
    with opened(browser, width, scheme) as watched:
        page = watched.page
        page.goto(f"{server.address}{address}?athlete={demo}", wait_until="networkidle")
        assert page.locator("#intended-use").inner_text() == INTENDED_USE
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        text = page.locator("body").inner_text()
        assert forbidden_in(text) == ()
        assert "undefined" not in text
        assert "NaN" not in text
        if address not in ("/login", "/join"):
            assert page.locator("#demo").is_visible()
        assert page.locator("h1:visible").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        shot(page, f"{address.strip('/') or 'today'}-{width}-{scheme}")


def test_an_empty_installation_asks_for_a_name_and_begins(browser: Any, tmp_path: Path) -> None:
    with served(tmp_path) as fresh, opened(browser) as watched:
        page = watched.page
        page.goto(fresh.address)
        page.wait_for_url("**/start")
        page.get_by_label("Name").fill("Ada <b>")
        page.get_by_role("button", name="Begin").click()
        page.get_by_role("link", name="Later: to Today").click()
        page.get_by_text("No run is stored yet").wait_for()
        assert page.locator("#athlete").inner_text().strip() == "Ada <b>"
        shot(page, "start-360-light")


def test_a_foot_session_is_played_set_by_set_and_filed(
    server: Served, demo: str, browser: Any
) -> None:
    with opened(browser) as watched:
        page = watched.page
        page.clock.install()
        page.add_init_script(
            "window.said = [];"
            "speechSynthesis.speak = (one) => window.said.push(one.text);"
            "speechSynthesis.cancel = () => {};"
        )
        page.goto(f"{server.address}/strength?athlete={demo}")
        page.locator("#exercises li").first.wait_for()
        page.get_by_role("button", name="Begin", exact=True).click()
        name = page.locator("#exercise").inner_text()
        page.get_by_role("button", name="Begin this set").click()
        page.clock.run_for(4_000)
        page.get_by_role("button", name="Done", exact=True).click()
        page.get_by_role("button", name="just right").click()
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("button", name="Begin this set").click()
        page.clock.run_for(4_000)
        page.evaluate("document.getElementById('hands-free').checked = true")
        page.get_by_role("button", name="It hurts: stop this exercise").click()
        page.get_by_role("button", name="Begin this set").wait_for()
        assert page.locator("#exercise").inner_text() != name
        # Nothing is said over it, and hands-free nothing begins by itself.
        assert page.evaluate("window.said.at(-1)").startswith("Stop.")
        page.clock.run_for(10_000)
        page.get_by_role("button", name="Begin this set").wait_for()
        page.get_by_role("button", name="Stop here and keep what was done").click()
        page.get_by_text("Filed: 2 sets").wait_for()
    made = server.app.state.stores.logbook.entries(StrengthSession, demo)
    (session,) = [row.entry for row in made if not row.entry.demo]
    assert [(s.ease, s.sharp) for s in session.sets] == [(3.0, False), (None, True)]


def test_strength_shows_habits_barefoot_minutes_and_what_to_aim_for_in_tests(
    server: Served, browser: Any
) -> None:
    athlete, logbook = server.demo(), server.app.state.stores.logbook
    walked = BarefootTime(day=NOW.date(), minutes=5, doing="walking", surface="grass")
    logbook.add(athlete, walked)
    told = ask(server, f"/api/v1/athletes/{athlete}/assessments")["standing"]
    (hold,) = [r for r in told["last"] if (r["test"], r["side"]) == ("single_leg_hold", "left")]
    with opened(browser) as watched:
        page = watched.page
        page.goto(f"{server.address}/strength?athlete={athlete}", wait_until="networkidle")
        assert "Calf stretch" in page.locator("#habits").inner_text()
        assert page.locator("#barefoot").inner_text().split("\n") == ["Walking, grass", "5 min"]
        aims, first = page.locator("#aims li"), page.locator("#first-aims li")
        assert (aims.count(), first.count()) == (len(told["aims"]), len(told["first_aims"]))
        for one, line in zip(told["first_aims"], first.all_inner_texts(), strict=True):
            said = "not yet" if one["days"] is None else f"reached after {one['days']} days"
            assert said in line
        met = f"One leg, firm floor, left: {hold['best']:g} s · {hold['met']} of {hold['n']}"
        assert met in page.locator("#last").inner_text()
        assert page.locator("#last li").count() == len(told["last"])
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_after_a_run_two_taps_are_enough(server: Served, demo: str, browser: Any) -> None:
    with opened(browser) as watched:
        page = watched.page
        page.goto(f"{server.address}/after-run?athlete={demo}")
        page.locator("#effort button").nth(6).click()
        page.get_by_role("button", name="Save").click()
        page.get_by_text("Saved").wait_for()
    (said,) = server.app.state.stores.logbook.entries(AfterRun, demo)
    assert said.entry.effort == 7
    assert said.entry.shoe


def test_what_is_said_without_a_network_arrives_once_later(
    server: Served, demo: str, browser: Any
) -> None:
    logbook = server.app.state.stores.logbook
    before = len(logbook.entries(CheckIn, demo))
    with opened(browser) as watched:
        page = watched.page
        page.goto(f"{server.address}/check-in?athlete={demo}")
        page.locator("#before b").first.wait_for()
        page.context.set_offline(True)
        page.get_by_role("button", name="some", exact=True).click()
        page.get_by_role("button", name="Save").click()
        page.get_by_text("Kept on this device").wait_for()
        page.context.set_offline(False)
        page.goto(f"{server.address}/check-in?athlete={demo}")
        page.wait_for_function("() => localStorage.getItem('catfoot.waiting') === '[]'")
        watched.faults.clear()  # the browser itself complains of the missing network
    assert len(logbook.entries(CheckIn, demo)) == before + 1


def test_an_owner_joins_invites_a_coach_and_shares_with_them(browser: Any, tmp_path: Path) -> None:
    with served(tmp_path, accounts=True) as fresh, opened(browser) as watched:
        page = watched.page
        page.goto(fresh.address)
        page.wait_for_url("**/login?next=*")
        watched.faults.clear()  # the browser reports the 401 that sent us here
        link = first_link(fresh.app, fresh.address) or ""
        page.goto(link)
        page.get_by_label("Your name").fill("Ada")
        page.get_by_label("Login").fill("ada")
        page.get_by_label("Password").fill("a long enough one")
        page.get_by_role("button", name="Join", exact=True).click()
        page.get_by_text("No run is stored yet").wait_for()
        assert "#" not in page.url
        page.locator("nav summary").click()
        page.get_by_role("link", name="Account").click()
        page.get_by_role("button", name="Invite a coach").click()
        invitation = page.locator("#link code").inner_text()
        shot(page, "account-360-light")
        with opened(browser, 1280) as other:
            other.page.goto(invitation)
            for label, text in (("Your name", "Carla"), ("Login", "carla")):
                other.page.get_by_label(label).fill(text)
            other.page.get_by_label("Password").fill("another long one")
            other.page.get_by_role("button", name="Join", exact=True).click()
            other.page.get_by_text("Nobody shares their days with you yet").wait_for()
            page.reload()
            page.get_by_label("Share with").select_option(label="Carla (coach)")
            page.get_by_role("button", name="Load and flags").click()
            page.get_by_role("button", name="Running measures").click()
            page.get_by_role("button", name="Share", exact=True).click()
            page.locator("#consents .name").wait_for()
            other.page.reload()
            other.page.get_by_text("No run is stored yet").wait_for()
            page.get_by_role("button", name="Withdraw").click()
            page.get_by_text("Nobody but you").wait_for()
            other.page.reload()
            other.page.get_by_text("Nobody shares their days with you yet").wait_for()
            other.faults.clear()  # the browser reports the 404s of what was asked ahead
            other.page.reload()  # and is not asked for again
            other.page.get_by_text("Nobody shares their days with you yet").wait_for()
        page.get_by_role("button", name="Log out").click()
        page.get_by_role("button", name="Log in").wait_for()
        page.get_by_label("Login").fill("ada")
        page.get_by_label("Password").fill("a long enough one")
        page.get_by_role("button", name="Log in").click()
        page.get_by_text("No run is stored yet").wait_for()
