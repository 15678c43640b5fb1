"""Every page for everybody: rules of accessibility, both themes, both widths, keys alone."""

from collections.abc import Iterator
from typing import Any

import pytest

from catfoot.api.pages import PAGES, Page

from .browser import Served, opened, served
from .webdata import lived_in

pytestmark = pytest.mark.browser

# WCAG 2.2 A and AA, and what axe calls best practice.
OPTIONS = {"resultTypes": ["violations"]}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[tuple[Served, str]]:
    """A server of this file's own with an athlete who has something on every page."""
    with served(tmp_path_factory.mktemp("lived")) as server:
        yield server, lived_in(server)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("one", PAGES, ids=lambda one: one.part)
def test_axe_finds_nothing_on_any_page(
    home: tuple[Served, str], browser: Any, one: Page, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    server, athlete = home
    with opened(browser, width) as watched:
        page = watched.page
        page.goto(f"{server.address}{one.address}?athlete={athlete}", wait_until="networkidle")
        page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true; })")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page, options=OPTIONS).response["violations"]
            told = [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found]
            assert told == [], (one.address, width, scheme)


def test_the_menu_opens_and_closes_by_keys_and_gives_the_focus_back(
    home: tuple[Served, str], browser: Any
) -> None:
    server, athlete = home
    with opened(browser) as watched:
        page = watched.page
        page.goto(f"{server.address}/?athlete={athlete}", wait_until="networkidle")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.locator("nav summary").focus()
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Compare").wait_for()
        page.keyboard.press("Escape")
        page.get_by_role("link", name="Compare").wait_for(state="hidden")
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_at_360_px_the_navigation_stands_in_one_line_in_every_language(
    home: tuple[Served, str], browser: Any
) -> None:
    server, athlete = home
    for language in ("en", "de"):
        with opened(browser) as watched:
            page = watched.page
            page.context.add_cookies(
                [{"name": "catfoot_language", "value": language, "url": server.address}]
            )
            page.goto(f"{server.address}/timeline?athlete={athlete}", wait_until="networkidle")
            page.evaluate("document.querySelector(\"nav a[href^='/team']\").style.visibility = ''")
            tops = page.locator("nav > a:visible, nav summary").evaluate_all(
                "all => all.map(n => Math.round(n.getBoundingClientRect().bottom))"
            )
            assert max(tops) - min(tops) <= 2, (language, tops)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
