from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catfoot.training import flags, tissues, words
from catfoot.training.catalogue import CATALOGUE
from catfoot.training.decision import CLAUSES, Decision
from catfoot.training.entries import AfterRun, CheckIn, Pain, PlannedRun, Programme, Site, Slot
from catfoot.training.exercises import Dose
from catfoot.training.progression import decide
from catfoot.training.trials import past_of

from .make import DAY, assessed, at, history, morning, run, session, sets, sore

TESTED = assessed(20, "baseline", single_leg_hold=30)


def done(ago: float, exercise: str = "short_foot", n: int = 3, **more: Any) -> Any:
    given_: dict[str, Any] = {"reps": 8, "hold_s": 5.0, "ease": 5.0, "form": 5.0, "side": "left"}
    return session(ago, sets=sets(exercise, n, **(given_ | more)))


def other(ago: float) -> Any:
    """A session without the exercise, so that it is not in every one."""
    return session(ago, sets=sets("toe_curls", reps=20))


EASY = (TESTED, done(20), other(12), done(9), other(6), done(3))


def decided(*entries: Any, exercise: str = "short_foot") -> Decision:
    return decide(CATALOGUE[exercise], DAY, history(*entries))


@pytest.mark.parametrize(
    ("entries", "clause"),
    [
        (EASY, "progress"),
        ((*EASY[:-1], done(3, ease=3.0)), "hold"),
        ((*EASY[:-1], done(3, form=3.0)), "hold"),
        ((*EASY[:-1], done(3, pain=3.0)), "hold"),
        ((*EASY[:-1], done(3, n=2)), "progress"),
        ((*EASY[:-1], done(3, pain=6.0)), "stop"),
        ((*EASY[:-1], done(3, sharp=True)), "stop"),
        ((*EASY[:-1], done(8, sharp=True)), "progress"),
        ((*EASY[:-1], done(4, form=2.0), done(3, form=2.0)), "regress"),
        ((*EASY[:-1], done(3, clean=3)), "regress"),
        ((*EASY[:-1], done(3, hold_s=6.0)), "hold"),
        (
            (*EASY, sore(2, 5, site="arch"), sore(1, 5, site="arch"), sore(0, 5, site="arch")),
            "regress",
        ),
        ((*EASY, other(2), sore(0, 5, site="arch")), "hold"),
        (
            (*EASY, sore(2, 5, site="knee"), sore(1, 5, site="knee"), sore(0, 5, site="knee")),
            "hold",
        ),
        ((*EASY, sore(0, 3, site="plantar_fascia")), "regress"),
        ((*EASY, morning(0, pain=4)), "hold"),
        ((*EASY, morning(0, pain=6)), "regress"),
        ((*EASY, morning(0, pain=6, life_load="high")), "deload"),
        ((*EASY, morning(0, pain=4), morning(0, hour=7, instability="left")), "deload"),
        ((*EASY, morning(0, swelling=True)), "stop"),
        ((*EASY, run(3, 5.0), run(6, 5.0), run(9, 5.0), run(0, 7.0)), "hold"),
        ((*EASY, PlannedRun(day=DAY + timedelta(5), kind="race")), "deload"),
        ((assessed(80, "baseline", single_leg_hold=30), *EASY[1:]), "hold"),
        ((TESTED, done(12), done(9), done(6), done(3)), "swap"),
        ((TESTED,), "hold"),
    ],
)
def test_the_first_clause_that_fires_decides(entries: tuple[Any, ...], clause: str) -> None:
    assert decided(*entries).clause == clause


@pytest.mark.row("E10")
@pytest.mark.parametrize(("ago", "clause"), [(6, "hold"), (7, "progress")])
def test_a_dose_grows_once_a_week_at_most(ago: int, clause: str) -> None:
    raised = (TESTED, done(30), other(20), done(ago, hold_s=10.0), other(3), done(1, hold_s=10.0))
    assert decided(*raised).clause == clause


@pytest.mark.row("E10")
@pytest.mark.parametrize(("ago", "clause"), [(13, "hold"), (14, "progress")])
def test_tendon_items_grow_once_a_fortnight_at_most(ago: int, clause: str) -> None:
    def raise_(ago: float, reps: int) -> Any:
        return done(ago, "double_heel_raise", reps=reps, hold_s=None, side="both")

    raised = (TESTED, raise_(30, 8), other(20), raise_(ago, 12), other(3), raise_(1, 12))
    assert decided(*raised, exercise="double_heel_raise").clause == clause


@pytest.mark.row("B23")
def test_an_overdue_assessment_holds_everything() -> None:
    late = assessed(42, "baseline", single_leg_hold=30)
    assert (
        decided(late, *EASY[1:]).why == "The mini assessment is overdue: the same dose until then."
    )
    assert decided(assessed(41, "baseline", single_leg_hold=30), *EASY[1:]).clause == "progress"


def test_a_plan_not_kept_holds() -> None:
    slots = tuple(Slot(weekday=d, kind="strength") for d in range(6))
    found = decided(Programme(day=DAY - timedelta(60), slots=slots), *EASY)
    assert (found.clause, found.why) == (
        "hold",
        "First keep to the planned sessions: the same dose.",
    )


@pytest.mark.row("D16")
def test_four_weeks_without_change_swap_one_thing() -> None:
    same = [done(32 - 5 * i, ease=3.0) for i in range(7)]
    others = [other(30 - 5 * i) for i in range(6)]
    found = decided(TESTED, *same, *others)
    assert (found.clause, found.changed, found.becomes) == ("swap", "exercise", "arch_squeeze")


@pytest.mark.parametrize(
    ("dose", "exercise", "changed", "then"),
    [
        ({"hold_s": 5.0}, "short_foot", "hold", Dose(sets=3, reps=8, hold_s=10.0)),
        ({"hold_s": 28.0}, "short_foot", "hold", Dose(sets=3, reps=8, hold_s=30.0)),
        ({"reps": 10, "hold_s": None}, "towel_scrunch", "reps", Dose(sets=3, reps=11)),
        ({"reps": 19, "hold_s": None}, "towel_scrunch", "reps", Dose(sets=3, reps=20)),
        (
            {"reps": 20, "hold_s": None, "resistance": "light"}, "band_dorsiflexion", "resistance",
            Dose(sets=3, reps=20, resistance="moderate"),
        ),
        ({"reps": 20, "hold_s": None}, "toe_curls", "exercise", Dose(sets=3, reps=10)),
    ],
)  # fmt: skip
def test_progress_changes_one_thing_by_one_step(
    dose: dict[str, Any], exercise: str, changed: str, then: Dose
) -> None:
    rest = [session(ago, sets=sets("foot_taps", duration_s=30)) for ago in (12, 6)]
    found = decided(
        TESTED, *rest, *(done(a, exercise, **dose) for a in (20, 9, 3)), exercise=exercise
    )
    assert (found.clause, found.changed, found.dose) == ("progress", changed, then)


@pytest.mark.row("D15")
def test_every_decision_says_why_from_what_and_on_whose_word() -> None:
    for entries in (EASY, (*EASY, morning(0, pain=6)), (*EASY[:-1], done(3, sharp=True)), ()):
        found = decided(*entries)
        assert found.why
        assert found.source
        assert found.cue
        assert all(e.unit and e.n >= 1 for e in found.because)
        assert words.forbidden_in(f"{found.why} {found.cue}") == ()


@pytest.mark.row("D12")
def test_a_flare_up_takes_a_band_away_or_shortens_but_never_both() -> None:
    flare = sore(0, 4, site="plantar_fascia")
    banded = done(3, "resisted_toe_flexion", reps=12, hold_s=None, resistance="moderate")
    found = decided(TESTED, banded, flare, exercise="resisted_toe_flexion")
    assert (found.changed, found.dose.resistance, found.dose.reps) == ("resistance", "light", 12)
    free = decided(TESTED, done(3, "toe_spread", reps=10), flare, exercise="toe_spread")
    assert (free.changed, free.dose.hold_s) == ("hold", 4.0)


def test_hops_leave_a_lighter_week_altogether() -> None:
    two = (morning(0, pain=4), morning(0, hour=7, instability="left"))
    hops = session(3, sets=sets("hops_in_place", contacts=20))
    found = decided(TESTED, hops, *two, exercise="hops_in_place")
    assert (found.clause, found.dose.sets) == ("deload", 0)
    found = decided(*EASY, *two)
    assert (found.clause, found.dose.sets) == ("deload", 2)


def test_a_lighter_week_keeps_what_loosens() -> None:
    two = (morning(0, pain=4), morning(0, hour=7, instability="left"))
    found = decided(*EASY, *two, exercise="ankle_circles")
    assert (found.clause, found.changed) == ("hold", "nothing")


def test_the_past_counts_sets_of_one_side() -> None:
    both = session(3, sets=(*sets("short_foot", 3, reps=8, side="left"),
                            *sets("short_foot", 3, reps=8, side="right")))  # fmt: skip
    assert past_of(CATALOGUE["short_foot"], DAY, history(both)).dose.sets == 3


WORSE: dict[str, Any] = {
    "ease": st.sampled_from([5.0, 4.0, 3.0, 2.0, 1.0]),
    "form": st.sampled_from([5.0, 4.0, 3.0, 2.0, 1.0]),
    "pain": st.sampled_from([0.0, 2.0, 3.0, 4.0, 5.0, 6.0, 9.0]),
    "sharp": st.booleans(),
}


def boldness(decision: Decision) -> int:
    return CLAUSES.index(decision.clause)


@settings(max_examples=60)
@given(
    st.sampled_from(sorted(CATALOGUE)),
    st.lists(st.tuples(st.integers(2, 40), st.integers(1, 5)), max_size=6),
    st.sampled_from(["ease", "form", "pain", "sharp"]),
    st.data(),
)
def test_a_worse_newest_set_never_makes_the_decision_bolder(
    exercise: str, earlier: list[tuple[int, int]], what: str, data: st.DataObject
) -> None:
    mode = {"contacts": 10} if CATALOGUE[exercise].mode == "contacts" else {"reps": 10}
    base = [session(ago, sets=sets(exercise, ease=ease, **mode)) for ago, ease in earlier]
    values = sorted(data.draw(st.lists(WORSE[what], min_size=2, max_size=2)))
    better, worse = reversed(values) if what in ("ease", "form") else values
    newest = {"ease": 5.0, "form": 5.0, "pain": 0.0, **mode}
    found = [
        boldness(
            decide(
                CATALOGUE[exercise],
                DAY,
                history(TESTED, *base, session(1, sets=sets(exercise, **(newest | {what: value})))),
            )
        )
        for value in (better, worse)
    ]
    assert found[1] <= found[0]


SITES = st.sampled_from(["calf", "arch", "plantar_fascia", "achilles", "knee", "metatarsals"])


@settings(max_examples=60)
@given(
    st.sampled_from(sorted(CATALOGUE)),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 10), SITES), max_size=5),
    st.lists(st.floats(0, 10), min_size=2, max_size=2),
    SITES,
)
def test_more_soreness_or_pain_today_never_makes_the_decision_bolder(
    exercise: str, earlier: list[tuple[int, int, Any]], today: list[float], site: Any
) -> None:
    mode = {"contacts": 10} if CATALOGUE[exercise].mode == "contacts" else {"reps": 10}
    base = [
        TESTED,
        *(session(ago, sets=sets(exercise, ease=5, form=5, **mode)) for ago in (20, 9, 3)),
        *(other(ago) for ago in (12, 6)),
        *(sore(ago, score, site=where) for ago, score, where in earlier),
    ]
    for what in ("soreness", "pain", "pains"):
        found = [
            boldness(decide(CATALOGUE[exercise], DAY, history(*base, said(what, score, site))))
            for score in sorted(today)
        ]
        assert found[1] <= found[0]


def said(what: str, score: float, site: Any) -> CheckIn:
    """One score of this morning, in one of three places."""
    if what == "soreness":
        return sore(0, score, hour=9, site=site)
    if what == "pain":
        return morning(0, hour=9, pain=score)
    return morning(0, hour=9, pains=(Pain(site=site, score=score),))


def test_decisions_are_the_same_for_flags_given_or_found() -> None:
    h = history(*EASY, morning(0, pain=4))
    exercise = CATALOGUE["short_foot"]
    assert decide(exercise, DAY, h) == decide(exercise, DAY, h, flags.flags_on(DAY, h))
    assert at(0).date() == DAY


def test_every_site_speaks_for_some_tissue() -> None:
    assert set(tissues.SITES) == set(get_args(Site))


def test_a_flare_up_said_after_a_run_counts_too() -> None:
    hurt = AfterRun(
        day=DAY, at=at(0, hour=9), started_at=at(0), pains=(Pain(site="metatarsals", score=3),)
    )
    assert decided(*EASY, hurt).clause == "regress"


def bad(ago: float) -> Any:
    return done(ago, form=2.0)


@pytest.mark.parametrize(
    ("sessions", "clause"),
    [
        ((done(9), bad(6), bad(4)), "regress"),  # asked for once: today
        ((done(9), bad(6), bad(4), bad(2)), "deload"),  # the last one was made easier already
        ((bad(12), bad(11), bad(8), done(5), done(2)), "deload"),  # within the week, and well since
        ((bad(12), bad(11), done(8), other(6), done(5), other(3), done(2)), "progress"),  # once
        ((bad(20), bad(18), bad(16), done(9), other(5), done(2)), "progress"),  # long ago
    ],
)
def test_what_was_made_easier_twice_in_a_fortnight_gets_a_lighter_week(
    sessions: tuple[Any, ...], clause: str
) -> None:
    assert decided(TESTED, *sessions).clause == clause


def test_a_lighter_week_after_two_regressions_says_its_numbers_and_changes_sets_alone() -> None:
    found = decided(TESTED, done(9), bad(6), bad(4), bad(2))
    assert found.why == "Made easier twice within a fortnight: a lighter week."
    assert [(e.number, e.unit) for e in found.because] == [(2, "times")]
    assert (found.changed, found.dose.sets) == ("sets", 2)
    assert found.source
    assert words.forbidden_in(found.why) == ()
