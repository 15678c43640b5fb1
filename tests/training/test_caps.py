"""A week of strength work grows by 30 % at most, contacts by a tenth, barefoot minutes too."""

from datetime import timedelta
from typing import Any

import pytest

from catfoot.training.caps import dose_s, most_barefoot_s, most_contacts, room_s
from catfoot.training.catalogue import CATALOGUE
from catfoot.training.entries import BarefootTime, Device, PlannedRun, Programme
from catfoot.training.exercises import Dose
from catfoot.training.flags import flags_on
from catfoot.training.plans import OwnSession
from catfoot.training.programme import NextSession, next_session
from catfoot.training.progression import decide

from .make import DAY, assessed, history, morning, session, sets, sore

TESTED = assessed(30, "baseline", single_leg_hold=30)


def week(ago: int, reps: int = 8) -> Any:
    return session(ago, kind="stability", sets=sets("short_foot", 3, reps=reps, hold_s=5.0, ease=3))


def upcoming(*entries: Any) -> NextSession:
    h = history(*entries)
    return next_session(DAY, h, flags_on(DAY, h))


def test_a_week_may_hold_30_percent_more_than_the_mean_of_three() -> None:
    steady = [week(ago) for ago in (27, 24, 20, 17, 13, 10)]  # 2 x 120 s a week
    assert room_s(DAY, history(*steady)) == pytest.approx(1.3 * 240)
    assert room_s(DAY, history(*steady, week(3))) == pytest.approx(1.3 * 240 - 120)
    assert room_s(DAY, history(*steady, week(3, reps=60))) == 0
    assert room_s(DAY, history(*steady[2:])) is None


def test_a_full_week_gets_balance_instead_of_strength() -> None:
    steady = [week(ago) for ago in (27, 24, 20, 17, 13, 10)]
    found = upcoming(TESTED, *steady, week(3, reps=60))
    assert found.kind == "stability"
    assert "30 % more" in found.why


def test_a_nearly_full_week_leaves_strength_out_and_raises_nothing() -> None:
    easy = [
        session(ago, kind="stability", sets=sets("toe_curls", 3, reps=20, ease=5.0, form=5.0))
        for ago in (27, 24, 20, 17, 13, 10, 3)
    ]
    found = upcoming(TESTED, *easy)
    assert found.kind == "foundation"
    assert all(item.decision.clause != "progress" for item in found.items)
    assert any("already holds enough" in line for line in found.left_out)
    h = history(TESTED, *easy)
    asked = sum(
        dose_s(CATALOGUE[item.exercise], item.decision.dose, DAY, h)
        for item in found.items[3:]
        if CATALOGUE[item.exercise].pillar == "strength"
    )
    assert asked == 0


def test_a_dose_counts_as_the_athlete_writes_it_down() -> None:
    dose = Dose(sets=3, reps=8, hold_s=5.0)
    exercise = CATALOGUE["short_foot"]
    assert dose_s(exercise, dose, DAY, history()) == 120
    both = (
        *sets("short_foot", 1, reps=8, side="left"),
        *sets("short_foot", 1, reps=8, side="right"),
    )
    assert dose_s(exercise, dose, DAY, history(session(2, sets=both))) == 240
    assert dose_s(CATALOGUE["hops_in_place"], Dose(sets=3, contacts=10), DAY, history()) == 0


def test_contacts_grow_by_a_tenth_of_the_most_of_thirty_days() -> None:
    hops = session(5, sets=sets("hops_in_place", 4, contacts=10))
    assert most_contacts(DAY, history(hops)) == 44
    assert most_contacts(DAY, history()) == 40


@pytest.mark.row("D12")
def test_a_flare_up_rests_a_day_and_then_takes_a_step_back() -> None:
    work = [session(ago, sets=sets("resisted_toe_flexion", 3, reps=12, resistance="moderate"))
            for ago in (9, 6, 3)]  # fmt: skip
    today = upcoming(TESTED, *work, sore(0, 4, site="plantar_fascia"))
    assert today.kind == "rest"
    assert "one more day of rest" in today.why
    h = history(TESTED, *work, sore(1, 4, site="plantar_fascia"))
    assert next_session(DAY, h, flags_on(DAY, h)).kind != "rest"
    eased = decide(CATALOGUE["resisted_toe_flexion"], DAY, h)
    assert (eased.clause, eased.changed) == ("regress", "resistance")
    assert eased.dose.resistance == "light"
    unbanded = [session(ago, sets=sets("toe_curls", 3, reps=20)) for ago in (9, 3)]
    fewer = decide(CATALOGUE["toe_curls"], DAY,
                   history(TESTED, *unbanded, sore(1, 4, site="metatarsals")))  # fmt: skip
    assert (fewer.changed, fewer.dose.reps) == ("reps", 14)


RACE = PlannedRun(day=DAY + timedelta(5), kind="race")


@pytest.mark.row("E05")
def test_a_race_week_takes_about_two_fifths_away_and_brings_nothing_new() -> None:
    done = [session(ago, kind="stability", sets=sets("toe_curls", 5, reps=20)) for ago in (9, 3)]
    h = history(TESTED, *done, RACE)
    found = decide(CATALOGUE["toe_curls"], DAY, h)
    assert (found.clause, found.changed, found.dose.sets) == ("deload", "sets", 3)
    coming = next_session(DAY, h, flags_on(DAY, h))
    assert "toe_curls" in coming.exercises
    assert any("nothing new in the week before a race" in line for line in coming.left_out)


def test_a_second_session_of_a_race_week_is_not_cut_again() -> None:
    done = [session(ago, sets=sets("toe_curls", 5, reps=20)) for ago in (12, 9)]
    lighter = session(3, sets=sets("toe_curls", 3, reps=20))
    found = decide(CATALOGUE["toe_curls"], DAY, history(TESTED, *done, lighter, RACE))
    assert (found.clause, found.changed, found.dose.sets) == ("deload", "nothing", 3)


def test_sets_that_a_lighter_week_took_come_back_one_at_a_time() -> None:
    easy: dict[str, Any] = {"reps": 20, "ease": 5.0, "form": 5.0}
    done = [session(ago, sets=sets("toe_curls", 1, **easy)) for ago in (9, 3)]
    found = decide(CATALOGUE["toe_curls"], DAY, history(TESTED, *done))
    assert (found.clause, found.changed, found.dose.sets) == ("progress", "sets", 2)


def test_every_fourth_week_is_lighter_where_the_programme_says_so() -> None:
    done = [session(ago, sets=sets("toe_curls", 4, reps=20)) for ago in (9, 3)]
    lighter = Programme(day=DAY - timedelta(21), deload_every_weeks=4)
    found = decide(CATALOGUE["toe_curls"], DAY, history(TESTED, lighter, *done))
    assert (found.clause, found.dose.sets) == ("deload", 2)
    third = Programme(day=DAY - timedelta(20), deload_every_weeks=4)
    assert decide(CATALOGUE["toe_curls"], DAY, history(TESTED, third, *done)).clause == "hold"


@pytest.mark.row("C05")
def test_a_device_that_gave_sharp_discomfort_is_barred_until_said_otherwise() -> None:
    dome = Device(day=DAY - timedelta(30), name="dome", type="dome")
    hurt = session(4, sets=sets("arch_squeeze", 1, hold_s=15, device="dome", sharp=True))
    assert history(dome, hurt).barred_on(DAY) == {"dome"}
    assert history(dome, hurt).barred_on(DAY - timedelta(5)) == frozenset()
    again = Device(day=DAY - timedelta(1), name="dome", type="dome")
    assert history(dome, hurt, again).barred_on(DAY) == frozenset()


TRIED = assessed(20, "mini", single_leg_hold=30)
FRESH = tuple(morning(ago, arch_fatigue=1.0) for ago in range(10))
DRILLS = Programme(
    day=DAY - timedelta(20),
    sessions=(
        OwnSession(
            title="Meadow", kind="strength", minutes=15, exercises=("barefoot_drill", "toe_spread")
        ),
    ),
)


def unshod(ago: int, minutes: float, doing: Any = "drill") -> BarefootTime:
    return BarefootTime(day=DAY - timedelta(ago), minutes=minutes, doing=doing)


@pytest.mark.row("C15")
@pytest.mark.parametrize(
    ("before", "dose"),
    [
        ((), "3 x 30 s"),  # nothing says otherwise: the first dose
        ((unshod(9, 2.0),), "3 x 30 s"),
        ((unshod(9, 1.0),), "2 x 30 s"),  # 66 s are a tenth more
        ((unshod(9, 60.0, "walking"), unshod(9, 1.0)), "2 x 30 s"),  # walking is no running
        ((unshod(9, 2.0), unshod(0, 1.6)), "1 x 30 s"),  # today's minutes count
        ((unshod(9, 2.0), unshod(0, 2.2)), None),
        ((unshod(31, 1.0),), "3 x 30 s"),
    ],
)
def test_barefoot_running_grows_by_a_tenth_of_the_most_of_thirty_days(
    before: tuple[BarefootTime, ...], dose: str | None
) -> None:
    h = history(TESTED, TRIED, *FRESH, DRILLS, *before)
    found = next_session(DAY, h, ())
    doses = {item.exercise: item.dose for item in found.items}
    assert doses.get("barefoot_drill") == dose
    assert any("enough barefoot" in line for line in found.left_out) == (dose is None)


def test_drills_within_foot_sessions_count_as_barefoot_running() -> None:
    drilled = session(9, sets=sets("barefoot_drill", 2, duration_s=60.0))
    assert most_barefoot_s(DAY, history(drilled)) == pytest.approx(132)
    assert most_barefoot_s(DAY, history(drilled, unshod(9, 3.0))) == pytest.approx(198)
    assert most_barefoot_s(DAY, history()) is None
