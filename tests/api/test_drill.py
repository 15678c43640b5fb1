"""The balance drill: cues that do not flutter, a clock that is honest, a result that is filed."""

from itertools import pairwise
from typing import Any

import pytest

from catfoot.training.entries import StrengthSession

from .browser import Served, foot, opened, snapshot

pytestmark = pytest.mark.browser

CALM = {"roll_deg": 0.5, "pitch_deg": 0.2, "ml_acc_rms_mps2": 0.1}
NO_WOBBLE = {"wobbles_medial": 0, "wobbles_lateral": 0}


@pytest.fixture
def page(server: Served, browser: Any) -> Any:
    with opened(browser) as watched:
        watched.page.goto(f"{server.address}/web/paw.svg")
        yield watched.page


STEADY = """async (series) => {
  const { Steady } = await import("/web/js/cues.js");
  const { LEVELS } = await import("/web/js/hold.js");
  const steady = new Steady(LEVELS);
  return series.map(([value, ms]) => steady.update(value, ms));
}"""


def test_a_lean_about_a_threshold_does_not_make_the_cue_flutter(page: Any) -> None:
    # Ten snapshots a second, now just above, now just below the level of "moving".
    series = [[4.2 if i % 2 else 3.6, i * 100] for i in range(100)]
    levels = page.evaluate(STEADY, series)
    changes = sum(a != b for a, b in pairwise(levels))
    assert changes <= 1


def test_a_cue_waits_for_its_dwell_and_then_follows(page: Any) -> None:
    quiet = [[0.5, i * 100] for i in range(10)]
    wide = [[9.0, 1000 + i * 100] for i in range(10)]
    quiet_again = [[0.5, 2000 + i * 100] for i in range(10)]
    levels = page.evaluate(STEADY, quiet + wide + quiet_again)
    assert levels[10] == "calm"  # one snapshot is no news
    assert levels[12] == "wobbling"
    assert levels[20] == "wobbling"
    assert levels[24] == "calm"


HOLD = """async ([target_s, snapshots]) => {
  const { Hold } = await import("/web/js/hold.js");
  const hold = new Hold("left", target_s);
  for (const [foot, ms] of snapshots) hold.update(foot, ms);
  return { held_s: hold.held_s, over: hold.over, clean: hold.clean, gaps: hold.gaps };
}"""


def _standing(i: int, **more: float) -> list[Any]:
    return [{"state": "streaming", "sway": CALM | NO_WOBBLE | more}, i * 100]


def test_a_hold_to_the_end_without_wobble_is_clean(page: Any) -> None:
    held = page.evaluate(HOLD, [3, [_standing(i) for i in range(40)]])
    assert held == {"held_s": 3, "over": "time", "clean": True, "gaps": 0}


def test_wobbles_of_a_pod_that_does_not_know_its_foot_take_the_clean_too(page: Any) -> None:
    blind = {"wobbles_medial": None, "wobbles_lateral": None}
    sways = [CALM | blind | {"wobbles": int(i > 10)} for i in range(40)]
    snapshots = [[{"state": "streaming", "sway": sway}, i * 100] for i, sway in enumerate(sways)]
    held = page.evaluate(HOLD, [3, snapshots])
    assert (held["over"], held["clean"]) == ("time", False)


def test_a_wobble_keeps_the_hold_and_takes_the_clean(page: Any) -> None:
    wobbly = [_standing(i, wobbles_medial=int(i > 10)) for i in range(40)]
    held = page.evaluate(HOLD, [3, wobbly])
    assert (held["over"], held["clean"]) == ("time", False)


def test_the_clock_waits_while_the_pod_is_silent(page: Any) -> None:
    silent = [[{"state": "stalled", "sway": None}, i * 100] for i in range(10, 30)]
    snapshots = [_standing(i) for i in range(10)] + silent + [_standing(i) for i in range(30, 40)]
    held = page.evaluate(HOLD, [30, snapshots])
    assert held["held_s"] == pytest.approx(1.8)  # twice nine tenths; the gap counts for nothing
    assert (held["gaps"], held["over"]) == (1, None)


def test_a_foot_that_leans_far_has_come_down(page: Any) -> None:
    fallen = [_standing(i, roll_deg=30.0) for i in range(20, 25)]
    held = page.evaluate(HOLD, [30, [_standing(i) for i in range(20)] + fallen])
    assert held["over"] == "foot down"


# A browser's own clock runs beside the test's: what stood there is written down as it comes.
WORDS = """() => {
  window.words = [];
  const word = document.getElementById("word");
  new MutationObserver(() => window.words.push(word.textContent)).observe(word, { childList: true });
}"""


def test_a_hold_is_counted_down_to_held_and_filed(server: Served, demo: str, browser: Any) -> None:
    with opened(browser) as watched:
        page = watched.page
        page.clock.install()
        page.goto(f"{server.address}/drill?athlete={demo}")

        def stand(n: int) -> None:
            sway = CALM | NO_WOBBLE
            server.publish(demo, snapshot(demo, n, {"left": foot(0, sway)}, "drill"))
            page.locator(f"#pod[data-n='{n}']").wait_for(state="attached")

        stand(0)
        assert page.locator("#pod").inner_text() == "pod ready"
        page.get_by_role("button", name="15 s").click()
        page.evaluate(WORDS)
        page.get_by_role("button", name="Start").click()
        page.locator("#word").get_by_text("5", exact=True).wait_for()
        page.get_by_role("button", name="Done", exact=True).click()  # not ready yet
        page.clock.run_for(6_000)
        assert page.locator("#stage").is_hidden()
        assert page.locator("#down").is_hidden()
        page.evaluate("window.words.length = 0")
        page.get_by_role("button", name="Start").click()
        page.locator("#word").get_by_text("5", exact=True).wait_for()
        page.clock.run_for(5_200)
        page.locator("#down").wait_for()
        assert page.evaluate("window.words.slice(0, 5)") == ["5", "4", "3", "2", "1"]
        for n in range(1, 152):
            stand(n)
            page.clock.run_for(100)
        page.locator("#again").wait_for()
        assert page.locator("#word").inner_text() == "clean"
        assert page.locator("#clean").inner_text() == "1 clean of 1"
        page.locator("#file").click()
        page.get_by_text("Filed").wait_for()
    (session,) = [
        row.entry
        for row in server.app.state.stores.logbook.entries(StrengthSession, demo)
        if not row.entry.demo
    ]
    assert [(s.exercise, s.side, s.hold_s) for s in session.sets] == [
        ("single_leg_stand", "left", 15.0)
    ]


def test_eyes_closed_starts_only_with_support_in_reach(
    server: Served, demo: str, browser: Any
) -> None:
    with opened(browser) as watched:
        page = watched.page
        page.goto(f"{server.address}/drill?athlete={demo}", wait_until="networkidle")
        page.get_by_role("checkbox", name="Eyes closed").check()
        page.get_by_role("button", name="Start").click()
        page.get_by_text("needs something to hold on to").wait_for()
        assert page.locator("#stage").is_hidden()
        page.get_by_label("within reach").check()
        page.get_by_role("button", name="Start").click()
        page.locator("#stage").wait_for()
        assert page.locator("#dial").is_hidden() or page.locator("#dial svg").is_hidden()
