"""Devices and their radio on the page: what one owns, pods in range, pods that stream."""

from pathlib import Path
from typing import Any

import pytest

from catfoot.radios import virtual
from catfoot.signal import synth

from .browser import Served, foot, opened, served, snapshot
from .test_radio import played, stamping
from .webdata import ask

pytestmark = [pytest.mark.browser, pytest.mark.radio]


def test_what_one_owns_says_what_it_gives_and_both_pages_remember(
    server: Served, browser: Any
) -> None:
    athlete = ask(server, "/api/v1/athletes", {"name": "Ada"})["id"]
    with opened(browser) as watched:
        page = watched.page
        page.goto(f"{server.address}/devices?athlete={athlete}", wait_until="networkidle")
        page.get_by_role("button", name="Running watch", exact=True).click()
        softness = page.get_by_role("row", name="Softness")
        assert "needs a sensor on the shoe" in softness.inner_text()
        page.get_by_role("button", name="Open pod, 400 Hz").click()
        assert "B" in softness.locator("td").first.inner_text()
        page.goto(f"{server.address}/start?athlete={athlete}", wait_until="networkidle")
        pressed = page.locator("#own button[aria-pressed=true]")
        assert pressed.all_inner_texts() == ["Running watch", "Open pod, 400 Hz"]
        page.get_by_text("24 flags can speak up").click()
        assert "Less steady" in page.locator("#gets").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_every_foot_of_a_snapshot_is_drawn_also_a_second_unknown_one(
    server: Served, browser: Any
) -> None:
    athlete = ask(server, "/api/v1/athletes", {"name": "Ada"})["id"]
    with opened(browser) as watched:
        page = watched.page
        page.goto(f"{server.address}/?athlete={athlete}", wait_until="networkidle")
        feet = {"unknown 2": foot(80), "unknown": foot(81), "right": foot(82)}
        server.publish(athlete, snapshot(athlete, 1, feet))
        page.locator("#feet[data-n='1']").wait_for()
        names = page.locator("#feet section").evaluate_all("all => all.map(n => n.ariaLabel)")
        assert names == ["Right foot", "One foot", "One foot (2)"]
        both = {"left": foot(80), "right": foot(82)}
        server.publish(athlete, snapshot(athlete, 2, both))
        page.locator("#feet[data-n='2']").wait_for()
        names = page.locator("#feet section").evaluate_all("all => all.map(n => n.ariaLabel)")
        assert names == ["Left foot", "Right foot"]
        page.goto(f"{server.address}/devices?athlete={athlete}", wait_until="networkidle")
        tapped = {"offset_ms": -212.4, "left_ms": 0.3, "residual_ms": 1.1, "taps": 4}
        server.publish(athlete, snapshot(athlete, 3, both) | {"together": tapped})
        page.get_by_text("Lined up by 4 taps").wait_for()
        told = page.locator("#together").inner_text()
        assert "212.4 ms apart, 0.3 ms are left, single taps spread by 1.1 ms" in told


def test_a_pod_is_looked_for_paired_by_stamping_recorded_and_stopped(
    browser: Any, tmp_path: Path
) -> None:
    air = virtual((played(stamping()),), fast=False)
    with served(tmp_path, bluetooth=air) as station, opened(browser) as watched:
        station.app.state.station._listen_s = 0.3
        athlete = ask(station, "/api/v1/athletes", {"name": "Ada"})["id"]
        page = watched.page
        page.goto(f"{station.address}/devices?athlete={athlete}", wait_until="networkidle")
        page.get_by_role("button", name="What is in range?").click()
        page.locator("#radio-found").get_by_text("virtual pod 1").wait_for()
        page.get_by_role("button", name="Pair the left foot").click()
        page.locator("#claimed").get_by_text("virtual pod 1 · left").wait_for()
        page.get_by_role("button", name="What is in range?").click()
        page.locator("#radio-found").get_by_role("row", name="virtual pod 1").wait_for()


# A pose of somebody who really stands: no contact is heard, and the foot hardly turns.
STILL = """async () => {
  const { pose } = await import(document.querySelector("script[src*='/js/']").src.replace(/[^/]+$/, "pose.js"));
  window.told = [];
  await pose({ mark: async () => {}, motion: () => ({ steps: 0, degps: 3 }), tell: (text) => window.told.push(text) });
}"""


def test_a_run_is_recorded_from_the_page_and_stands_on_today(browser: Any, tmp_path: Path) -> None:
    air = virtual((played(synth.runner(60, seed=4).block),), fast=False)
    with served(tmp_path, bluetooth=air) as station, opened(browser) as watched:
        station.app.state.station._listen_s = 0.3
        athlete = ask(station, "/api/v1/athletes", {"name": "Ada"})["id"]
        page = watched.page
        page.goto(f"{station.address}/devices?athlete={athlete}", wait_until="networkidle")
        page.get_by_role("button", name="Record a run").click()
        page.locator("#pods section").first.wait_for()
        page.locator("#state").get_by_text("running").wait_for()
        page.get_by_role("button", name="New lap").click()
        page.get_by_text("Marked: a new lap begins here.").wait_for()
        page.locator("#stamp").get_by_text("foot").wait_for()  # contacts are heard
        page.get_by_role("button", name="Stand still, 5 s").click()
        page.get_by_text("The foot turns").wait_for()  # it is a run that plays
        page.get_by_text("A foot moved; once more, please.").wait_for()
        page.evaluate(STILL)
        assert page.evaluate("window.told.at(-1)") == "Still all the time. Off you go."
        assert page.evaluate("window.told[0]").endswith("The foot is still (3°/s).")
        page.get_by_role("button", name="Stop").click()
        page.get_by_role("button", name="Record a run").wait_for()
        told = ask(station, f"/api/v1/athletes/{athlete}/radio")
        assert (told["state"], len(told["recordings"])) == ("stopped", 1)
