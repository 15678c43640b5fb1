"""What drills and the voice say, and when they keep quiet."""

from typing import Any

import pytest

from .browser import Served, foot, opened, snapshot

pytestmark = pytest.mark.browser


@pytest.fixture
def page(server: Served, browser: Any) -> Any:
    with opened(browser) as watched:
        watched.page.goto(f"{server.address}/web/paw.svg")
        yield watched.page


CONTACTS = """async ([planned, feet]) => {
  const { Contacts } = await import("/web/js/contacts.js");
  const contacts = new Contacts("left", planned);
  feet.forEach((foot) => contacts.update(foot));
  return { count: contacts.count, over: contacts.over, shock: contacts.shock_g, gaps: contacts.gaps,
    strike: contacts.strike_deg, softness: contacts.softness };
}"""


def test_contacts_are_counted_and_end_at_the_planned_number(page: Any) -> None:
    feet = [foot(0) | {"steps": 40 + i, "shock_g": 2.0 + i / 10} for i in range(12)]
    told = {"figures": [{"name": "landing_softness", "value": 71.0}]}
    counted = page.evaluate(
        CONTACTS, [5, [one | {"strike_deg": 4.0, "drill": told} for one in feet]]
    )
    assert counted == {
        "count": 5, "over": "count", "shock": pytest.approx(2.3), "gaps": 0, "strike": 4.0,
        "softness": 71.0,
    }  # fmt: skip


def test_a_silent_pod_counts_no_contact_and_the_gap_is_told(page: Any) -> None:
    feet = [foot(0) | {"steps": 40}, foot(0) | {"steps": 40, "state": "stalled"}]
    feet.append(foot(0) | {"steps": 41, "shock_g": None})
    counted = page.evaluate(CONTACTS, [5, feet])
    known = {"count": 1, "over": None, "shock": None, "gaps": 1}
    assert counted == known | {"strike": None, "softness": None}


LOCK = """async (rules) => {
  const { drillsFor, lockOf, needsSupport } = await import("/web/js/drills.js");
  return drillsFor(null).map((kind) => [kind.id, Boolean(lockOf(kind, rules.map((rule) => ({ rule })))),
    needsSupport(kind, false)]);
}"""


@pytest.mark.parametrize("rule", ["F03", "F05", "F07"])
def test_landings_are_locked_while_a_flag_speaks_against_them(page: Any, rule: str) -> None:
    locked = {id for id, shut, _ in page.evaluate(LOCK, [rule]) if shut}
    assert locked == {"quiet_drop_landing", "hops_in_place"}
    assert not [id for id, shut, _ in page.evaluate(LOCK, ["F09"]) if shut]


def test_foam_board_pushes_and_closed_eyes_need_support_in_reach(page: Any) -> None:
    needing = {id for id, _, needs in page.evaluate(LOCK, []) if needs}
    assert needing == {"eyes_closed_stand", "foam_stand", "board_stand", "perturbed_stand"}


def test_what_was_chosen_stays_and_landings_wait_for_todays_flags(
    server: Served, demo: str, browser: Any
) -> None:
    with opened(browser) as watched:
        page = watched.page
        late: list[Any] = []
        page.route("**/today", lambda route: late.append(route))  # a slow network
        page.goto(f"{server.address}/drill?athlete={demo}")
        page.locator("#kind").select_option("hops_in_place")
        page.get_by_text("opens once today's flags are known").wait_for()
        assert page.locator("#go").is_disabled()
        page.locator("#kind").select_option("single_leg_stand")
        page.get_by_role("button", name="15 s").click()
        assert page.locator("#go").is_enabled()
        for route in late:
            answer = route.fetch()
            told = answer.json()
            foam = {"exercise": "foam_stand", "decision": {"dose": {"hold_s": 20}}}
            told["next"]["items"].insert(0, foam)
            route.fulfill(response=answer, json=told)
        page.locator("#kind option").get_by_text("(today's session)").first.wait_for(
            state="attached"
        )
        assert page.locator("#kind").input_value() == "single_leg_stand"
        pressed = page.locator("#targets button[aria-pressed=true]")
        assert pressed.inner_text() == "15 s"


VOICE = """async ([every, band, series]) => {
  const { RunVoice } = await import("/web/js/runvoice.js");
  const said = [];
  const voice = new RunVoice((text) => said.push(text));
  voice.every_min = every;
  voice.band(band);
  for (const [feet, ms] of series) voice.update(feet, ms);
  return said;
}"""


def test_the_voice_waits_out_a_few_strides_beyond_the_band(page: Any) -> None:
    band = {"measure": "cadence", "low": 165, "high": 175}
    short = [[{"left": foot(180.0 if 50 <= i < 100 else 170.0)}, i * 100] for i in range(400)]
    assert page.evaluate(VOICE, [0, band, short]) == []
    long = [[{"left": foot(180.0 if i >= 50 else 170.0)}, i * 100] for i in range(400)]
    assert page.evaluate(VOICE, [0, band, long]) == ["Cadence above your band: 180"]
    about = [[{"left": foot(174.5 if i % 2 else 175.5)}, i * 100] for i in range(1200)]
    assert len(page.evaluate(VOICE, [0, band, about])) <= 1


def test_the_voice_tells_both_feet_every_so_many_minutes(page: Any) -> None:
    feet = {"left": foot(170.0), "right": foot(170.0) | {"gct_ms": 260.0}}
    series = [[feet, s * 1000] for s in range(250)]
    said = page.evaluate(VOICE, [2, None, series])
    assert said == ["Cadence 170 steps/min. Contact time left 251, right 260 ms"] * 2


def test_after_a_touch_down_nothing_is_said_but_stop(
    server: Served, demo: str, browser: Any
) -> None:
    still = {"roll_deg": 0.5, "pitch_deg": 0.2, "ml_acc_rms_mps2": 0.1}
    sway = still | {"wobbles_medial": 0, "wobbles_lateral": 0}
    with opened(browser) as watched:
        page = watched.page
        page.clock.install()
        page.add_init_script(
            "window.said = [];"
            "speechSynthesis.speak = (one) => window.said.push(one.text);"
            "speechSynthesis.cancel = () => {};"
        )
        page.goto(f"{server.address}/drill?athlete={demo}")
        page.locator("#kind option").first.wait_for(state="attached")
        page.locator("#kind").select_option("single_leg_stand")
        server.publish(demo, snapshot(demo, 1, {"left": foot(0, sway)}, "drill"))
        page.get_by_role("button", name="Start").click()
        page.clock.run_for(5_200)
        page.locator("#down").wait_for()
        for n in range(2, 9):
            server.publish(demo, snapshot(demo, n, {"left": foot(0, sway)}, "drill"))
            page.locator(f"#pod[data-n='{n}']").wait_for(state="attached")
            page.clock.run_for(100)
        page.get_by_role("button", name="Foot down").click()
        page.clock.run_for(5_000)
        assert page.evaluate("window.said") == ["Hold", "Stop"]
        assert page.locator("#sub").inner_text() == ""
        page.get_by_role("button", name="It felt unsteady").click()
        assert page.locator("#kind").input_value() == "chair_stand"
