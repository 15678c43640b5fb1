"""Letting the club's dashboards show something, on the account page."""

from pathlib import Path
from typing import Any

from catfoot.training.consent import TEXT_VERSION
from catfoot.training.consenttexts import DASHBOARD_FRAMES, FRAMES

from .browser import opened, served

# Nobody listens there: what is let show is shown as soon as somebody does.
NOWHERE = "influx://127.0.0.1:9/shared"


def test_the_clubs_dashboards_are_let_show_little_and_in_words_of_their_own(
    tmp_path: Path, browser: Any
) -> None:
    from catfoot.api.auth import first_link

    with (
        served(tmp_path, accounts=True, dashboards_url=NOWHERE) as fresh,
        opened(browser) as watched,
    ):
        page = watched.page
        page.goto(first_link(fresh.app, fresh.address) or "")
        for label, text in (("Your name", "Ada"), ("Login", "ada"), ("Password", "a long enough")):
            page.get_by_label(label).fill(text)
        page.get_by_role("button", name="Join", exact=True).click()
        page.get_by_text("No run is stored yet").wait_for()
        page.goto(f"{fresh.address}/account", wait_until="networkidle")
        page.get_by_label("Share with").select_option(label="The club's dashboards")
        frame = page.locator("#consent-frame")
        frame.get_by_text(DASHBOARD_FRAMES[TEXT_VERSION]).wait_for()
        assert frame.get_by_text(FRAMES[TEXT_VERSION]).count() == 0
        assert page.locator("#kinds button").all_inner_texts() == [
            "Load and flags", "Running measures",
        ]  # fmt: skip
        assert page.locator("#write").is_disabled()
        page.get_by_role("button", name="Load and flags").click()
        page.get_by_role("button", name="Share", exact=True).click()
        page.locator("#consents .name").get_by_text("The club's dashboards").wait_for()
        page.get_by_role("button", name="Withdraw").click()
        page.locator("#consents").get_by_text("Nobody but you.").wait_for()
