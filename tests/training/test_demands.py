"""Demands of the articles that no single rule is about, each shown to hold."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest

from catfoot.signal.summary import Measure
from catfoot.training import flags, overview
from catfoot.training.assessments import BATTERIES, TESTS, hold_met, results_of
from catfoot.training.catalogue import CATALOGUE
from catfoot.training.entries import (
    Assessment,
    CheckIn,
    Device,
    PerformedSet,
    Person,
    PlannedRun,
    Resistance,
    Run,
    Shoe,
    StrengthSession,
    Tempo,
    Trial,
    as_json,
    from_json,
)
from catfoot.training.history import History
from catfoot.training.load import RESISTANCE_WEIGHT
from catfoot.training.suggestions import controlled, suggestions_on

from .make import (
    DAY,
    assessed,
    at,
    history,
    measured,
    morning,
    outcome,
    run,
    session,
    sets,
    severity,
)


@pytest.mark.row("B02")
def test_a_hold_is_met_at_twenty_seconds_unless_said() -> None:
    assert hold_met(20.0)
    assert not hold_met(19.9)
    assert hold_met(30.0, target_s=45.0)


@pytest.mark.row("B02")
def test_a_test_says_how_many_of_its_holds_were_clean_and_long_enough() -> None:
    trials = tuple(
        Trial(test="single_leg_foam", value=value, unit="s", side="left", clean=clean)
        for value, clean in ((20.0, True), (24.0, False), (19.0, True), (21.0, True))
    )
    (found,) = results_of(Assessment(day=DAY, at=at(0), battery="single", trials=trials))
    assert (found.met, found.n) == (2, 4)
    (raises,) = results_of(
        Assessment(
            day=DAY, at=at(0), battery="single", trials=(Trial(test="hops", value=8, unit="of 10"),)
        )
    )
    assert raises.met is None


@pytest.mark.row("B08")
def test_the_balance_ladder_goes_from_a_chair_to_gentle_pushes() -> None:
    step, ladder = "chair_stand", ["chair_stand"]
    while (harder := CATALOGUE[step].harder) is not None:
        step = harder
        ladder.append(step)
    assert ladder == [
        "chair_stand", "single_leg_stand", "foam_stand", "dynamic_single_leg", "perturbed_stand",
    ]  # fmt: skip


@pytest.mark.row("B11")
@pytest.mark.row("B12")
@pytest.mark.row("B20")
def test_comfort_distance_and_mobility_are_kept_for_each_side() -> None:
    trials = (
        Trial(test="hop_comfort", value=7, unit="of 10", side="left"),
        Trial(test="hop_distance", value=110, unit="cm", side="right"),
        Trial(test="toe_mobility", value=5, unit="of 10", side="left"),
    )
    done = Assessment(day=DAY, at=at(0), battery="full", trials=trials)
    assert from_json(Assessment, as_json(done)) == done


@pytest.mark.row("B17")
@pytest.mark.row("B18")
def test_curls_and_squeezes_have_the_articles_doses() -> None:
    assert CATALOGUE["toe_curls"].dose.said() == "3 x 20"
    assert CATALOGUE["arch_squeeze"].dose.hold_s == 15
    assert {"toe_curls", "arch_squeeze", "foot_taps"} <= set(BATTERIES["baseline"])
    tired = PerformedSet(exercise="toe_curls", reps=20, compensation=True)
    assert from_json(PerformedSet, as_json(tired)).compensation


@pytest.mark.row("B21")
def test_the_three_checks_of_the_foot_are_in_the_full_battery() -> None:
    assert {"arch_height", "fascia_tenderness", "dorsiflexion"} <= set(BATTERIES["full"])
    assert not TESTS["fascia_tenderness"].higher_is_better


@pytest.mark.row("C02")
@pytest.mark.row("C12")
def test_a_session_with_rounds_and_notes_survives_json() -> None:
    done = session(
        0, kind="strength", rounds=3, rest_s=60.0, warmup_min=6.0, cooldown_min=4.0, note="good",
        context="after_run", sets=sets("toe_curls", 3, reps=20, device="red band"),
    )  # fmt: skip
    assert from_json(StrengthSession, as_json(done)) == done


@pytest.mark.row("C06")
def test_resistance_has_an_order() -> None:
    assert get_args(Resistance) == ("none", "light", "moderate", "heavy")
    weights = [RESISTANCE_WEIGHT[level] for level in get_args(Resistance)]
    assert weights == sorted(set(weights))
    band = Device(day=DAY, name="red", type="band", resistance="light", resistance_n=12.0)
    assert from_json(Device, as_json(band)) == band


@pytest.mark.row("C13")
def test_a_tempo_is_controlled_within_a_quarter() -> None:
    target, slow = Tempo(down_s=2, pause_s=1, up_s=1), Tempo(down_s=2.5, pause_s=1, up_s=1.5)
    assert controlled(target.rep_s, slow.rep_s)
    assert not controlled(target.rep_s, slow.rep_s + 0.1)


@pytest.mark.row("C16")
def test_a_new_shoe_is_not_compared_with_an_old_one_until_it_is_known() -> None:
    old = [measured(60 - 2 * i, 250.0 + i % 3, shoe="old") for i in range(14)]
    new = [measured(ago, 268.0, shoe="new") for ago in (3, 2, 1)]
    assert severity("F09", *old, *new) != "notice"
    known = [measured(30 - i, 264.0 + i % 3, shoe="new") for i in range(6)]
    assert severity("F09", *old, *known, *new) == "quiet"
    tired = [measured(ago, 282.0, shoe="new") for ago in (3, 2, 1)]
    assert severity("F09", *old, *known, *tired) == "notice"


def told(person: Person, *entries: Any) -> dict[str, str]:
    h = replace(history(*entries), person=person)
    return {one.rule: one.text for one in suggestions_on(DAY, h)}


@pytest.mark.row("C17")
def test_a_stiff_shoe_suggests_toe_work_on_a_day_off() -> None:
    ada = Person(name="Ada", shoes=(Shoe(name="plate", stiffness="stiff"), Shoe(name="soft")))
    assert "a stiff shoe" in told(ada, run(1, shoe="plate"))["C17"]
    assert "C17" not in told(ada, run(1, shoe="plate"), run(0, shoe="soft"))
    assert "C17" not in told(ada, run(1, shoe="soft"))


@pytest.mark.row("B21")
@pytest.mark.row("D13")
def test_a_tender_sole_and_sharp_discomfort_send_to_somebody_who_can_look() -> None:
    ada = Person(name="Ada")
    assert "Your sole was tender in the last test (5 out of 10)" in told(
        ada, assessed(3, "full", fascia_tenderness=5)
    )["B21"]  # fmt: skip
    better = assessed(30, "full", fascia_tenderness=5), assessed(3, "full", fascia_tenderness=2)
    assert "B21" not in told(ada, *better)
    hurt = session(2, sets=sets("towel_scrunch", reps=8, sharp=True))
    assert "(towel scrunch): if it comes back, let" in told(ada, hurt)["D13"]
    assert "D13" not in told(ada, session(2, sets=sets("towel_scrunch", reps=8, pain=4)))


@pytest.mark.row("D08")
@pytest.mark.row("E06")
def test_a_full_life_or_a_full_week_suggests_light_days() -> None:
    ada = Person(name="Ada")
    assert "one light foot session" in told(ada, morning(0, life_load="high"))["D08"]
    assert "D08" not in told(ada, morning(0, life_load="normal"))
    weeks = [run(7 * week + 2, 30.0 + week % 3) for week in range(1, 12)]
    assert "E06" in told(ada, *weeks, run(1, 40.0))
    race = PlannedRun(day=DAY + timedelta(4), kind="race")
    assert "Race on 14 March" in told(ada, race)["E05"]


@pytest.mark.row("D05")
def test_foot_feel_and_arch_comfort_are_kept() -> None:
    kept = morning(0, foot_feel=7, arch_comfort=8)
    assert from_json(CheckIn, as_json(kept)) == kept


@pytest.mark.row("D18")
def test_a_tired_test_is_shown_beside_the_fresh_one() -> None:
    done = run(0)
    end = done.started_at + timedelta(seconds=done.duration_s, minutes=10)
    trials = (Trial(test="single_leg_hold", value=15, unit="s", side="left"),)
    tired = Assessment(day=DAY, at=end, battery="single", state="post_run", trials=trials)
    h = history(done, assessed(7, "mini", single_leg_hold=25), tired)
    (((change,),),) = (overview.examined_on(DAY, h).tired,)
    assert (change.before, change.after, change.verdict) == (25, 15, "worse")


def beating(ago: int, heart_rate_bpm: float) -> Run:
    one = measured(ago, 250.0)
    pulse = Measure(
        name="heart_rate", key="heart_rate_bpm", value=heart_rate_bpm, grade="A", n=3000,
        source="strap",
    )  # fmt: skip
    return replace(one, summary=replace(one.summary, measures=(*one.summary.measures, pulse)))


@pytest.mark.row("A14")
def test_efficiency_is_speed_for_each_heartbeat_and_needs_heartbeats() -> None:
    usual = [beating(16 - i, 145.0 + i % 3) for i in range(13)]
    assert severity("F10", *usual, *(beating(ago, 156.0) for ago in (3, 2, 1))) == "notice"
    assert severity("F10", *usual, *(beating(ago, 147.0) for ago in (3, 2, 1))) == "quiet"
    assert severity("F10", *(measured(i, 250.0) for i in range(20))) == "unknown"
    hard = [replace(beating(ago, 175.0), kind="key") for ago in (3, 2, 1)]
    assert severity("F10", *usual, *hard) == "quiet"
    found = outcome("F10", *usual, *(beating(ago, 156.0) for ago in (3, 2, 1))).flag
    assert found is not None
    assert "6 % fewer metres per beat" in found.runner


def soft(ago: int, softness: float) -> Run:
    one = measured(ago, 250.0)
    score = Measure(
        name="softness", key="softness", value=softness, grade="B", n=900, source="pod, 200 Hz"
    )
    return replace(one, summary=replace(one.summary, measures=(*one.summary.measures, score)))


def test_softness_comes_with_strike_and_the_calf_caution() -> None:
    usual = [soft(40 - i, 50.0 + i % 3) for i in range(12)]
    found = outcome("F11", *usual, *(soft(ago, 38.0) for ago in (3, 2, 1))).flag
    assert found is not None
    assert "foot-strike angle not known" in found.runner
    assert "loads the calf: build up slowly" in found.runner
    assert severity("F11", *usual, *(soft(ago, 43.0) for ago in (3, 2, 1))) == "quiet"


def test_a_softness_that_was_still_learning_is_not_compared() -> None:
    learning = [learnt(soft(40 - i, 50.0), "learning your usual") for i in range(12)]
    assert severity("F11", *learning, *(soft(ago, 38.0) for ago in (3, 2, 1))) == "unknown"


def learnt(one: Run, reason: str) -> Run:
    measures = tuple(
        replace(m, grade="C", reasons=(reason,)) if m.name == "softness" else m
        for m in one.summary.measures
    )
    return replace(one, summary=replace(one.summary, measures=measures))


def awake(h: History) -> set[str]:
    return {o.rule for o in flags.outcomes_on(DAY, h) if o.state != "unknown"}


def test_a_watch_alone_wakes_the_rules_about_runs() -> None:
    def watched(ago: int) -> Run:
        one = beating(ago, 145.0)
        fade = Measure(
            name="gct_fade", key="gct_fade_pct", value=1.0, grade="C", n=900, source="watch"
        )
        return replace(one, summary=replace(one.summary, measures=(*one.summary.measures, fade)))

    assert awake(history(*(watched(2 * i) for i in range(20)))) >= {
        "F01",
        "F02",
        "F09",
        "F10",
        "F12",
    }


def test_typed_in_runs_and_mornings_wake_the_rules_that_need_no_sensor() -> None:
    typed = [run(2 * i, 8.0) for i in range(20)]
    work = [session(3 * i, effort=3) for i in range(12)]
    mornings = [
        morning(i, stiffness=1, arch_fatigue=1, calf_tightness=1, sleep_quality=4, pain=0)
        for i in range(30)
    ]
    assert awake(history(*typed)) >= {"F01", "F02"}
    assert awake(history(*typed, *work, *mornings)) >= {
        "F01", "F02", "F04", "F05", "F06", "F07", "F08", "F17", "F20", "F22", "F23",
    }  # fmt: skip
