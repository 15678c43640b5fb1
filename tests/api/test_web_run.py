"""One run on its page: stretches, what changed towards the end, softness; runs put in order."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from catfoot.signal import synth
from catfoot.signal.measures import Bout, Measure
from catfoot.training.entries import CheckIn, Run

from .browser import NOW, Served, opened, served
from .webdata import ask, podded, recorded

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[tuple[Served, str]]:
    with served(tmp_path_factory.mktemp("run")) as server:
        yield server, server.demo()


def _measure(name: str, key: str, value: float, **more: Any) -> Measure:
    return Measure(name=name, key=key, value=value, grade="B", n=900, **more)


def test_a_run_shows_laps_breaks_and_in_words_what_changed_towards_its_end(
    home: tuple[Served, str], browser: Any
) -> None:
    server, athlete = home
    logbook = server.app.state.stores.logbook
    row = max(logbook.entries(Run, athlete), key=lambda row: row.entry.started_at)
    pace = (_measure("speed", "speed_mps", 4.0),)
    summary = replace(
        row.entry.summary,
        measures=(
            _measure("strike", "strike_deg", 6.1),
            _measure("softness", "softness", 57.0),
            _measure("gct_drift", "gct_drift_pct", 3.2, low=2.0, high=4.4),
            _measure("duty_drift", "duty_drift_pct", 0.4, low=-1.0, high=1.8),
        ),
        bouts=(
            Bout(kind="segment", start_s=0, stop_s=240, measures=pace),
            Bout(kind="segment", start_s=240, stop_s=475, measures=pace),
            Bout(kind="walk", start_s=700, stop_s=760),
        ),
    )
    run = replace(row.entry, started_at=NOW - timedelta(hours=1), day=NOW.date(), summary=summary)
    made = logbook.add(athlete, run).id
    with opened(browser) as watched:
        page = watched.page
        address = f"{server.address}/run?athlete={athlete}&run={made}"
        page.goto(address, wait_until="networkidle")
        laps = page.get_by_role("table").filter(has_text="Lap")
        assert laps.locator("tbody tr").all_inner_texts() == ["1\t4:00\t4:10", "2\t3:55\t4:10"]
        assert "11:40" in page.get_by_role("group", name="Walk breaks (1)").inner_text()
        changes = page.locator("#changes").inner_text()
        assert "Contact time, drift: 3.2 % more towards the end" in changes
        assert "Duty factor, drift: no change that can be told" in changes
        tiles = page.locator("#numbers .number").evaluate_all(
            "all => all.map(n => n.dataset.measure)"
        )
        assert tiles.index("strike") == tiles.index("softness") + 1
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_run_stands_beside_the_frozen_start_where_the_server_tells_it(
    home: tuple[Served, str], browser: Any
) -> None:
    server, athlete = home
    row = max(
        server.app.state.stores.logbook.entries(Run, athlete), key=lambda row: row.entry.started_at
    )
    told = ask(server, f"/api/v1/athletes/{athlete}/runs/{row.id}/usual").get("start")
    with opened(browser) as watched:
        page = watched.page
        address = f"{server.address}/run?athlete={athlete}&run={row.id}"
        page.goto(address, wait_until="networkidle")
        shown = page.get_by_role("heading", name="Against your start")
        assert shown.count() == (1 if told else 0)


def test_a_run_of_two_pods_is_looked_at_closely_and_shown_as_live(
    home: tuple[Served, str], browser: Any
) -> None:
    server, athlete = home
    parts = [(synth.RUN, 40.0), (synth.WALK, 20.0), (synth.RUN, 30.0)]
    run = podded(server, athlete, NOW - timedelta(hours=2), parts)
    logbook = server.app.state.stores.logbook
    for row in logbook.recordings(athlete, run):
        if row.entry.side == "right":  # as two pods that were tapped together leave it
            tapped = replace(row.entry, taps_apart_ms=-12.4, taps_residual_ms=0.8)
            logbook.replace(athlete, row.id, tapped, row.version)
    with opened(browser) as watched:
        page = watched.page
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{server.address}/run?athlete={athlete}&run={run}", wait_until="networkidle")
        drawn = page.locator("#charts .chart").evaluate_all(
            "all => all.map(n => n.dataset.measure)"
        )
        assert {"gct_ms", "cadence_spm", "strike_deg", "shock_g"} <= set(drawn)
        assert (
            page.locator("#charts .line.left").count()
            == page.locator("#charts .line.right").count()
        )
        assert "One walk break" in page.locator("#breaks").inner_text()
        rows = page.locator("#sides tbody tr").all_inner_texts()
        assert any(row.startswith("Contact time, ms") for row in rows)
        assert page.locator("#stretches table").first.locator("tbody tr").count() == len(parts)
        assert not [url for url in asked if "plotly" in url]  # after what is seen first
        page.locator("#close-part").scroll_into_view_if_needed()
        page.get_by_text("each contact a dot.").wait_for()
        (script,) = [url for url in asked if "plotly" in url]
        kept = page.request.get(script).headers["cache-control"]
        assert "immutable" in kept
        lines, dots = page.locator("#close-plot .js-line"), page.locator("#close-plot .point")
        assert lines.count() >= 6
        assert dots.count() > 300
        assert page.locator("#close-plot").get_by_text("lap 3").count() == 1
        many = dots.count()
        page.get_by_role("button", name="Closer").click()
        page.get_by_text(re.compile(r"From 0:2\d to")).wait_for()
        assert 0 < dots.count() < many
        assert page.locator("#charts .times").first.inner_text().startswith("0:2")  # both move
        page.locator("#close-part").get_by_role("button", name="Whole run").click()
        before = lines.count()
        page.locator("#close-other").select_option(index=1)
        page.get_by_role("button", name="Flight time").click()
        page.wait_for_function(
            f"() => document.querySelectorAll('#close-plot .js-line').length > {before}"
        )
        page.locator("#charts").get_by_role("link", name="Contact time").click()
        told = page.locator("#number-gct details")
        assert told.get_attribute("open") is not None
        assert "How good" in told.inner_text()
        page.locator("#replay-speed").select_option("10")
        page.get_by_role("button", name="Show", exact=True).click()
        page.get_by_text("It is being shown to everybody who watches live.").wait_for()
        page.get_by_role("button", name="Stop showing").click()
        page.get_by_text("It is no longer shown.").wait_for()
        watching = page.locator("#recordings").inner_text()
        assert (
            watching.count("Taps on both pods put its clock 12.4 ms right (to within 0.8 ms)") == 1
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_how_far_a_run_really_was_is_said_and_what_that_changed_and_is_taken_back(
    home: tuple[Served, str], browser: Any
) -> None:
    server, athlete = home
    run = podded(server, athlete, NOW - timedelta(hours=5), [(synth.RUN, 200.0)], seed=40)
    logbook = server.app.state.stores.logbook
    row = logbook.get(Run, athlete, run)
    logbook.replace(athlete, run, replace(row.entry, shoe="blue"), row.version)
    pod_m = ask(server, f"/api/v1/athletes/{athlete}/runs/{run}")["summary"]["distance_m"]
    km = f"{pod_m * 1.08 / 1000:.2f}"
    with opened(browser) as watched:
        page = watched.page
        page.goto(f"{server.address}/run?athlete={athlete}&run={run}", wait_until="networkidle")
        says = page.locator("#known-says")
        page.get_by_label("This run was really").fill("far")
        page.get_by_role("button", name="Say it").click()
        page.get_by_text("Expected a number above 0").wait_for()
        page.get_by_label("This run was really").fill(km)
        page.locator("#known-by").select_option(label="track")
        page.get_by_role("button", name="Say it").click()
        page.get_by_text(f"It says {km} km instead of {pod_m / 1000:.2f} km.").wait_for()
        assert "Stride length: " in says.inner_text()
        assert "Later runs in this shoe follow." in says.inner_text()
        said = logbook.get(Run, athlete, run).entry
        assert (said.known_m, said.surface) == (pytest.approx(1000 * float(km)), "track")
        page.reload(wait_until="networkidle")
        assert page.get_by_label("This run was really").input_value() == str(float(km))
        assert page.locator("#known-by").input_value() == "track"
        page.get_by_label("This run was really").fill("")
        page.get_by_role("button", name="Say it").click()
        page.get_by_text(f"It says {pod_m / 1000:.2f} km instead of {km} km.").wait_for()
        assert logbook.get(Run, athlete, run).entry.known_m is None
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_runs_are_joined_split_and_the_last_step_is_taken_back(browser: Any, tmp_path: Any) -> None:
    with served(tmp_path) as server, opened(browser) as watched:
        athlete = ask(server, "/api/v1/athletes", {"name": "Ada"})["id"]
        first = recorded(server, athlete, NOW - timedelta(hours=3), "one.fit")
        recorded(server, athlete, NOW - timedelta(hours=1), "two.fit")
        home = f"/api/v1/athletes/{athlete}/runs"

        def many() -> int:
            return len(ask(server, home)["items"])

        page = watched.page
        page.goto(f"{server.address}/run?athlete={athlete}&run={first}", wait_until="networkidle")
        assert many() == 2
        page.get_by_role("button", name="Join", exact=True).click()
        page.get_by_text("The two are one run.").wait_for()
        assert many() == 1
        page.get_by_role("link", name="look at it").click()
        page.get_by_role("button", name="Make it a run of its own").first.click()
        page.get_by_text("It is a run of its own.").wait_for()
        assert many() == 2
        with page.expect_navigation():
            page.get_by_role("button", name="Undo").click()
        assert many() == 1


def test_a_good_morning_is_written_down_in_four_taps(browser: Any, tmp_path: Any) -> None:
    with served(tmp_path) as server, opened(browser) as watched:
        athlete = ask(server, "/api/v1/athletes", {"name": "Ada"})["id"]
        page = watched.page
        page.goto(f"{server.address}/?athlete={athlete}", wait_until="networkidle")
        page.evaluate(
            "addEventListener('click', () => {"
            " sessionStorage.taps = Number(sessionStorage.taps ?? 0) + 1; }, true)"
        )
        page.get_by_role("link", name="Check-in", exact=True).first.click()
        page.wait_for_url("**/check-in*")
        page.wait_for_load_state("networkidle")
        page.evaluate(
            "addEventListener('click', () => {"
            " sessionStorage.taps = Number(sessionStorage.taps ?? 0) + 1; }, true)"
        )
        page.locator("#stiffness").get_by_role("button", name="none").click()
        page.locator("#foot_feel").get_by_role("button", name="good").click()
        page.get_by_role("button", name="Save").click()
        page.get_by_text("Saved").wait_for()
        assert page.evaluate("sessionStorage.taps") == "4"
        (made,) = server.app.state.stores.logbook.entries(CheckIn, athlete)
        assert (made.entry.stiffness, made.entry.foot_feel) == (0, 8)


def test_on_mondays_today_says_what_the_letter_says_first_and_leads_to_it(
    browser: Any, tmp_path: Any
) -> None:
    with served(tmp_path, now=NOW + timedelta(days=1)) as server, opened(browser) as watched:
        athlete = server.demo()
        recorded(server, athlete, NOW - timedelta(hours=1))
        page = watched.page
        page.goto(f"{server.address}/?athlete={athlete}", wait_until="networkidle")
        told = ask(server, f"/api/v1/athletes/{athlete}/letter")["sentences"]
        assert told[0] in page.locator("#letter").inner_text()
        missing = page.locator("#missing").inner_text()
        assert "Softness" in missing
        assert "this source does not measure it" in missing
        tiles = page.locator("#numbers .number")
        assert tiles.count() == 5  # what a watch can give comes first, not gaps
        assert tiles.locator(".grade.X").count() == 0
        page.get_by_role("link", name="the whole letter").click()
        page.get_by_role("heading", name="The week's letter").wait_for()
