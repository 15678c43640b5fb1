"""The first minutes: from an empty data folder to the first own sentence on Today."""

import io
import os
import time
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from catfoot.training.entries import Assessment, Run

from .browser import NOW, Served, opened, served
from .webdata import fit

pytestmark = pytest.mark.browser

FILES = int(os.environ.get("CATFOOT_EXPORT", "6"))  # 300 once, by hand
INPUTS = 12
MINUTES = 3


def _export(path: Path, files: int) -> Path:
    """Write an archive of that many runs, one every second day, the newest this morning."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(files):
            start = NOW - timedelta(days=2 * i, minutes=50)
            archive.writestr(f"activities/{i}.fit", fit(start, 2400, 80 + i % 5))
    path.write_bytes(out.getvalue())
    return path


@pytest.mark.timeout(MINUTES * 60 + 30)
def test_an_export_becomes_the_first_own_sentence_in_few_inputs(
    browser: Any, tmp_path: Path
) -> None:
    export = _export(tmp_path / "export.zip", FILES)
    inputs = 0
    room = 2 * export.stat().st_size
    with (
        served(tmp_path / "data", max_upload_bytes=room) as fresh,
        opened(browser) as watched,
    ):
        page = watched.page
        begun = time.monotonic()
        page.goto(fresh.address)
        page.wait_for_url("**/start")
        page.get_by_label("Name").fill("Ada")
        page.get_by_role("button", name="Begin").click()
        page.get_by_role("button", name="Running watch").click()
        assert "needs a sensor on the shoe" in page.locator("#gets").inner_text()
        page.set_input_files("#files", [export])
        inputs += 4
        line = page.locator("#uploads li")
        line.get_by_text("stored", exact=True).wait_for(timeout=MINUTES * 60_000)
        assert f"{FILES} new runs" in line.inner_text()
        page.get_by_role("link", name="Later: to Today").click()
        inputs += 1
        page.get_by_text("Today: 7.2 km in 40 min (5:33 min/km)").wait_for()
        took_s = time.monotonic() - begun
        athlete = fresh.app.state.stores.logbook.persons()[0].id
        assert len(fresh.app.state.stores.logbook.entries(Run, athlete)) == FILES
    print(f"{FILES} files: {took_s:.1f} s, {inputs} inputs")
    assert inputs <= INPUTS
    assert took_s <= MINUTES * 60


def test_the_way_out_of_the_demo_is_a_name_of_ones_own(
    server: Served, demo: str, browser: Any
) -> None:
    with opened(browser) as watched:
        page = watched.page
        page.goto(f"{server.address}/start?athlete={demo}", wait_until="networkidle")
        assert "demo" in page.locator("#start-demo").inner_text()
        page.get_by_label("Name").fill("Bea")
        page.get_by_role("button", name="Begin").click()
        page.get_by_role("heading", name="Hello Bea").wait_for()
        assert page.locator("#demo").is_hidden()


def test_the_first_tests_are_guided_and_filed(browser: Any, tmp_path: Path) -> None:
    with served(tmp_path) as fresh, opened(browser) as watched:
        page = watched.page
        page.clock.install()
        page.goto(f"{fresh.address}/start")
        page.get_by_label("Name").fill("Ada")
        page.get_by_role("button", name="Begin").click()
        page.get_by_role("link", name="Now").click()
        page.get_by_role("button", name="Begin", exact=True).click()
        page.get_by_role("button", name="Start the clock").click()
        page.clock.run_for(34_000)  # three to get ready, thirty of the test
        page.get_by_role("button", name="Keep it, next").click()
        page.get_by_label("Result in s").fill("12.5")
        page.get_by_role("button", name="Keep it, next").click()
        page.get_by_role("button", name="Stop here and keep what was done").click()
        page.get_by_text("Filed for Ada: 2 tries").wait_for()
        (athlete,) = fresh.app.state.stores.logbook.persons()
        (made,) = fresh.app.state.stores.logbook.entries(Assessment, athlete.id)
    assert made.entry.battery == "baseline"
    assert [(one.test, one.side, one.value) for one in made.entry.trials] == [
        ("single_leg_hold", "left", 30.0),
        ("single_leg_hold", "left", 12.5),
    ]
