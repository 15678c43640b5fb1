"""A coach's page with many athletes: who needs a look first, answered by keys alone."""

from pathlib import Path
from typing import Any

import pytest

from catfoot.training.entries import FlagAnswer, Person
from catfoot.training.example import ten_weeks

from .browser import NOW, opened, served

pytestmark = pytest.mark.browser

ATHLETES, FLAGGED, KEYS = 40, 8, 40
AT = (
    "[...document.querySelectorAll('#team > li')].filter(n => Number(n.dataset.asks))"
    ".indexOf(document.activeElement)"
)


def test_forty_athletes_of_whom_eight_are_flagged_are_triaged_in_forty_keys(
    browser: Any, tmp_path: Path
) -> None:
    with served(tmp_path) as server, opened(browser, 1280) as watched:
        logbook = server.app.state.stores.logbook
        flagged = []
        for i in range(ATHLETES):
            who = logbook.add_person(Person(name=f"Athlete {i:02d}", tz="UTC"))
            if i % (ATHLETES // FLAGGED) == 0:
                flagged.append(who)
                for entry in ten_weeks(NOW.date(), i + 1)[1:]:
                    logbook.add(who, entry)
        page = watched.page
        page.goto(f"{server.address}/team", wait_until="networkidle")
        page.get_by_text(f"{FLAGGED} of {ATHLETES} need a look").wait_for()
        asking = page.locator("#team > li[data-asks]:not([data-asks='0'])")
        assert asking.count() == FLAGGED
        # Those who ask stand first, before the quiet ones.
        first = page.locator("#team > li").evaluate_all("all => all.map(n => n.dataset.asks)")
        assert "0" not in first[:FLAGGED]
        page.keyboard.press("j")
        keys = 1
        for i in range(FLAGGED):
            page.wait_for_function(f"document.activeElement.dataset.asks && {AT} === {i}")
            one = asking.nth(i)
            open_flags = one.locator(".answers:has(button)")
            # After its last answer the next one follows by itself.
            for left in range(open_flags.count(), 0, -1):
                page.keyboard.press("1")
                keys += 1
                page.wait_for_function(
                    "([i, left]) => [...document.querySelectorAll('#team > li')]"
                    ".filter(n => Number(n.dataset.asks))[i]"
                    ".querySelectorAll('.answers:has(button)').length < left",
                    arg=[i, left],
                )
        print(f"{keys} keys")
        assert keys <= KEYS
        answered = [bool(logbook.entries(FlagAnswer, who)) for who in flagged]
        assert answered == [True] * FLAGGED
        page.reload(wait_until="networkidle")
        assert page.locator("#team .chip.bad").count() == 0


def test_an_athletes_sheet_and_days_print_with_their_evidence_and_without_buttons(
    browser: Any, tmp_path: Path
) -> None:
    with served(tmp_path) as server, opened(browser, 794) as watched:
        athlete = server.demo()
        page = watched.page
        seen = "all => all.filter(n => n.checkVisibility()).map(n => n.textContent)"
        for path in ("/", "/athlete"):
            page.goto(f"{server.address}{path}?athlete={athlete}", wait_until="networkidle")
            page.emulate_media(media="print")
            assert page.locator("button, nav a, input, select").evaluate_all(seen) == []
            assert page.locator("#flags .flag").first.is_visible()
            assert page.locator("#timeline svg").is_visible()
            page.emulate_media(media="screen")
        page.emulate_media(media="print")
        evidence = page.locator("#flags .flag table").first.inner_text()  # nobody unfolds paper
        assert "time since the session" in evidence
        assert page.locator("#runs tbody tr").count() == 12
        assert "Knee to wall" in page.locator("#before").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= 794
        assert page.pdf().startswith(b"%PDF")
