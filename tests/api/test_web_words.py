"""What a person reads: their language, their units, and where each number comes from."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catfoot.api.pages import PAGES, messages, version
from catfoot.training.catalogue import CATALOGUE
from catfoot.training.consent import TEXT_VERSION
from catfoot.training.consenttexts import FRAMES, TEXTS
from catfoot.training.words import forbidden_in

from ..training.test_scenarios import SCENARIOS
from .browser import NOW, Served, foot, opened, served, snapshot
from .webdata import ask, lived_in

pytestmark = pytest.mark.browser

# Every text on the page that a person sees and that the server did not write itself.
OWN_TEXTS = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (!parent.closest("[lang=en], script, noscript")) found.push(walk.currentNode.data.trim());
  }
  return found.filter(Boolean);
}"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[tuple[Served, str]]:
    with served(tmp_path_factory.mktemp("words")) as server:
        yield server, lived_in(server)


def test_in_german_no_page_says_a_sentence_in_english(
    home: tuple[Served, str], browser: Any
) -> None:
    server, athlete = home
    english, german = messages("en"), messages("de")
    foreign = {str(english[k]) for k in english if english[k] != german[k]}
    foreign -= {str(text) for text in german.values()}
    with opened(browser) as watched:
        page = watched.page
        page.context.add_cookies(
            [{"name": "catfoot_language", "value": "de", "url": server.address}]
        )
        for one in PAGES:
            page.goto(f"{server.address}{one.address}?athlete={athlete}", wait_until="networkidle")
            assert page.locator("html").get_attribute("lang") == "de"
            texts = page.evaluate(OWN_TEXTS)
            assert [text for text in texts if text in foreign] == [], one.part
            assert forbidden_in(" ".join(texts), "de") == ()
            assert "undefined" not in " ".join(texts)
            left = page.locator("main [lang=en]").all_text_contents()
            assert set(left) <= {"English"}, one.part  # what that language calls itself


ENGLISH = re.compile(
    r"\b(the|of|and|with|your|this|is|are|for|than|days|left|right|runs|usual|before|session)\b"
)


def test_what_the_server_says_in_english_is_said_in_german(
    home: tuple[Served, str], browser: Any
) -> None:
    server, _ = home
    letters = sorted((Path(__file__).parents[1] / "training" / "letters").glob("[!c]*.txt"))
    said = {line for path in letters for line in path.read_text("utf-8").splitlines()}
    said |= {cue for one in CATALOGUE.values() for cue in one.cues}
    for one in SCENARIOS:
        said |= {*one.runner, *(text.replace(one.name, "Ada", 1) for text in one.coach)}
    with opened(browser) as watched:
        page = watched.page
        page.context.add_cookies(
            [{"name": "catfoot_language", "value": "de", "url": server.address}]
        )
        page.goto(f"{server.address}/settings", wait_until="networkidle")
        german = page.evaluate(
            """async ([version, all]) => {
              const { told } = await import(`/web/${version}/js/told.js`);
              return all.map((text) => [text, told(text), told(`${text} Nobody ever wrote this.`)]);
            }""",
            [version(), sorted(said)],
        )
    assert len(german) > 100
    for text, told, beyond in german:
        assert told is not None, text
        assert not ENGLISH.search(told), told
        assert forbidden_in(told, "de") == ()
        wrote, meant = (set(re.findall(r"\d+", one)) for one in (told, text))
        assert wrote <= meant <= wrote | {"1"}, told  # one of something is a word
        assert beyond is None, beyond  # half a sentence is none


def test_miles_and_minutes_a_mile_are_one_tap_each_and_stay(
    home: tuple[Served, str], browser: Any
) -> None:
    server, athlete = home
    with opened(browser) as watched:
        page = watched.page
        page.goto(f"{server.address}/settings?athlete={athlete}", wait_until="networkidle")
        page.get_by_role("button", name="miles").click()
        page.get_by_role("button", name="min/mi").click()
        page.goto(f"{server.address}/run?athlete={athlete}", wait_until="networkidle")
        assert "2.8 mi" in page.locator("#run-line").inner_text()
        assert "8:56 min/mi" in page.locator("#run-line").inner_text()
        page.goto(f"{server.address}/?athlete={athlete}", wait_until="networkidle")
        assert "2.8 mi" in page.locator("#sentence").inner_text()


def test_every_number_of_a_run_says_what_it_is_and_how_good_it_is(
    home: tuple[Served, str], browser: Any
) -> None:
    server, athlete = home
    with opened(browser) as watched:
        page = watched.page
        page.goto(f"{server.address}/run?athlete={athlete}", wait_until="networkidle")
        tiles = page.locator("#numbers .number")
        assert tiles.count() >= 5
        for i in range(tiles.count()):
            tiles.nth(i).locator("summary").click()
            text = tiles.nth(i).inner_text()
            assert "How good is it here?" in text
            assert re.search(r"Grade [ABCX]: ", text), text
        gct = page.locator("#numbers .number[data-measure=gct]").inner_text()
        assert "computed by the device itself" in gct


def test_a_planned_run_says_what_it_would_raise_before_it_is_dropped(
    home: tuple[Served, str], browser: Any
) -> None:
    server, athlete = home
    plan = {"day": NOW.date().isoformat(), "kind": "key", "distance_m": 40_000}
    plan["starts_at"] = "2026-03-15T15:00:00+00:00"
    made = ask(server, f"/api/v1/athletes/{athlete}/planned-runs", plan)
    with opened(browser, 1280) as watched:
        page = watched.page
        page.goto(f"{server.address}/timeline?athlete={athlete}", wait_until="networkidle")
        chip = page.locator(f".plan[data-id='{made['id']}']")
        chip.focus()
        page.keyboard.press("ArrowRight")
        page.locator("#says").get_by_text("longest").first.wait_for()
        rows = server.app.state.stores.logbook.entries
        from catfoot.training.entries import PlannedRun

        days = {row.id: row.entry.day for row in rows(PlannedRun, athlete)}
        assert days[made["id"]] == NOW.date()  # nothing has moved yet
        with page.expect_response(lambda got: got.request.method == "PUT"):
            page.keyboard.press("Enter")
        page.get_by_text("Moved to Mon 16 Mar").wait_for()
        chip = page.locator(f".cell[data-day='2026-03-16'] .plan[data-id='{made['id']}']")
        chip.drag_to(page.locator(".cell[data-day='2026-03-20']"))
        page.get_by_text("Moved to Fri 20 Mar").wait_for()


def test_whoever_may_only_read_sees_no_button_that_writes(browser: Any, tmp_path: Any) -> None:
    from catfoot.api.auth import first_link

    with served(tmp_path, accounts=True) as fresh, opened(browser) as owner:
        page = owner.page
        page.goto(first_link(fresh.app, fresh.address) or "")
        for label, text in (("Your name", "Ada"), ("Login", "ada"), ("Password", "a long enough")):
            page.get_by_label(label).fill(text)
        page.get_by_role("button", name="Join", exact=True).click()
        page.get_by_text("No run is stored yet").wait_for()
        page.goto(f"{fresh.address}/account", wait_until="networkidle")
        page.get_by_role("button", name="Invite a coach").click()
        link = page.locator("#link code").inner_text()
        with opened(browser) as coach:
            other = coach.page
            other.goto(link)
            for label, text in (
                ("Your name", "Carla"), ("Login", "carla"), ("Password", "another long"),
            ):  # fmt: skip
                other.get_by_label(label).fill(text)
            other.get_by_role("button", name="Join", exact=True).click()
            other.get_by_text("Nobody shares their days with you yet").wait_for()
            page.reload()
            # Whoever consents reads what to, word for word, before they do.
            page.locator("#consent-frame").get_by_text(FRAMES[TEXT_VERSION]).wait_for()
            page.get_by_label("Share with").select_option(label="Carla (coach)")
            meant = TEXTS[TEXT_VERSION]
            for kind, text in (
                ("Load and flags", meant["load_and_flags"]), ("Running measures", meant["metrics"]),
                ("Check-ins", meant["check_ins"]),
            ):  # fmt: skip
                page.get_by_role("button", name=kind).click()
                page.locator("#meaning").get_by_text(text).wait_for()
            page.get_by_role("button", name="Share", exact=True).click()
            page.locator("#consents .name").wait_for()
            other.goto(f"{fresh.address}/", wait_until="networkidle")
            other.get_by_text("No run is stored yet").wait_for()
            for hidden in (".actions.writes", ".add"):
                assert other.locator(hidden).is_hidden(), hidden
            coach.faults.clear()


def test_a_stamp_says_which_foot_the_pod_is_on(home: tuple[Served, str], browser: Any) -> None:
    server, athlete = home
    with opened(browser) as watched:
        page = watched.page
        page.goto(f"{server.address}/drill?athlete={athlete}", wait_until="networkidle")
        for n, steps in enumerate((3, 4, 5)):
            feet = {"left": foot(0) | {"steps": 1}, "right": foot(0) | {"steps": steps}}
            server.publish(athlete, snapshot(athlete, n, feet))
            page.locator(f"#pod[data-n='{n}']").wait_for(state="attached")
        page.get_by_text("Heard: Right foot").wait_for()
        pressed = page.locator("#sides button[aria-pressed=true]")
        assert pressed.inner_text() == "Right foot"
