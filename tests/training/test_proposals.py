from datetime import timedelta
from typing import Any

import pytest

from catfoot.training import words
from catfoot.training.catalogue import CATALOGUE
from catfoot.training.decision import Decision
from catfoot.training.entries import (
    Device,
    Dose,
    OwnSession,
    PerformedSet,
    Programme,
    ProposalAnswer,
)
from catfoot.training.flags import flags_on
from catfoot.training.history import History
from catfoot.training.programme import next_session
from catfoot.training.progression import decide
from catfoot.training.proposals import answered_decision, refusal, refused_edit

from .make import DAY, assessed, at, history, session, sets

TESTED = assessed(20, "baseline", single_leg_hold=30)


def done(ago: float) -> Any:
    return session(ago, sets=sets("short_foot", 3, reps=8, hold_s=5.0, ease=5.0, form=5.0))


def other(ago: float) -> Any:
    return session(ago, sets=sets("toe_curls", reps=20))


EASY = (TESTED, done(20), other(12), done(9), other(6), done(3))


def said(answer: Any, ago: int = 0, **more: Any) -> ProposalAnswer:
    given: dict[str, Any] = {
        "day": DAY - timedelta(ago), "at": at(ago), "exercise": "short_foot", "clause": "progress",
        "answer": answer, "by": "coach", "reason": "race on Sunday",
    }  # fmt: skip
    return ProposalAnswer(**(given | more))


@pytest.mark.parametrize(
    ("answer", "clause"),
    [
        (said("taken"), "progress"), (said("declined"), "hold"),
        (said("declined", ago=6), "hold"), (said("declined", ago=7), "progress"),
        (said("declined", exercise="toe_curls"), "progress"),
        (said("declined", clause="swap"), "progress"),
        (said("edited", dose=Dose(sets=2, reps=8, hold_s=5.0)), "hold"),
    ],
)  # fmt: skip
def test_a_step_can_be_declined_for_a_week(answer: ProposalAnswer, clause: str) -> None:
    h = history(*EASY, answer)
    found = answered_decision(decide(CATALOGUE["short_foot"], DAY, h), h.proposals, DAY, h)
    assert found.clause == clause
    if clause == "hold":
        assert found.dose.hold_s == 5.0
        assert "by coach: race on Sunday" in found.why
        assert words.forbidden_in(found.why) == ()


def test_a_stop_cannot_be_declined() -> None:
    sharp = session(1, sets=sets("short_foot", 1, reps=8, sharp=True))
    h = history(*EASY, sharp, said("declined", clause="stop"))
    found = answered_decision(decide(CATALOGUE["short_foot"], DAY, h), h.proposals, DAY, h)
    assert (found.clause, found.dose.sets) == ("stop", 0)


@pytest.mark.row("D13")
def test_after_sharp_discomfort_no_more_of_it_that_day_whoever_confirms() -> None:
    h = history(TESTED, session(0, sets=sets("short_foot", 1, reps=8, sharp=True)))
    found = refusal(PerformedSet(exercise="short_foot", reps=8), DAY, h)
    assert found is not None
    assert not found.confirmable
    assert refusal(PerformedSet(exercise="toe_curls", reps=8), DAY, h) is None
    assert refusal(PerformedSet(exercise="short_foot", reps=8), DAY + timedelta(1), h) is None


def test_a_shut_gate_and_a_barred_device_ask_to_be_confirmed() -> None:
    hops = refusal(PerformedSet(exercise="hops_in_place", contacts=10), DAY, history(TESTED))
    assert hops is not None
    assert hops.confirmable
    assert hops.why.startswith("It opens after")
    dome = Device(day=DAY, name="dome", type="dome", barred=True, reason="sharp edge")
    barred = refusal(
        PerformedSet(exercise="arch_squeeze", hold_s=15, device="dome"), DAY, history(dome)
    )
    assert barred is not None
    assert barred.confirmable
    assert refusal(PerformedSet(exercise="my own thing", reps=5), DAY, history()) is None


LESS, MORE = Dose(sets=2, reps=6, hold_s=5.0), Dose(sets=4, reps=10, hold_s=10.0)


def after(h: History, name: str = "short_foot") -> Decision:
    held = flags_on(DAY, h)
    return answered_decision(decide(CATALOGUE[name], DAY, h, held), h.proposals, DAY, h, held)


def test_the_dose_of_an_edit_is_what_the_next_session_asks() -> None:
    mine = Programme(day=DAY, sessions=(OwnSession(title="Mine", exercises=("short_foot",)),))
    h = history(*EASY, mine, said("edited", dose=LESS))
    found = after(h)
    assert found.dose == LESS
    assert found.why == "Changed to 2 x 6, 5 s by coach: race on Sunday"
    assert found.beyond == ""
    items = {item.exercise: item for item in next_session(DAY, h, flags_on(DAY, h)).items}
    assert items["short_foot"].dose == "2 x 6, 5 s"


@pytest.mark.parametrize(("confirmed", "dose"), [(0, None), (1, None), (2, MORE)])
def test_an_edit_harder_than_the_rules_stands_once_confirmed_twice(
    confirmed: int, dose: Dose | None
) -> None:
    h = history(*EASY, said("edited", dose=MORE, confirmed=confirmed))
    found = after(h)
    assert found.dose == (dose or decide(CATALOGUE["short_foot"], DAY, h).dose)
    assert bool(found.beyond) == (confirmed == 2)
    assert words.forbidden_in(found.beyond) == ()


def test_an_edit_may_name_another_exercise_but_not_past_its_gate_unmarked() -> None:
    hops = Dose(sets=2, contacts=10)
    through = said("edited", dose=hops, becomes="hops_in_place", confirmed=2)
    found = after(history(*EASY, through))
    assert (found.becomes, found.dose, found.changed) == ("hops_in_place", hops, "exercise")
    assert found.beyond.startswith("Hops in place opens after")
    once = said("edited", dose=hops, becomes="hops_in_place", confirmed=1)
    assert after(history(*EASY, once)).becomes is None
    squeeze = said("edited", dose=Dose(sets=2, hold_s=15.0), becomes="arch_squeeze")
    assert after(history(*EASY, squeeze)).becomes == "arch_squeeze"


def test_no_edit_unlocks_a_stop() -> None:
    sharp = session(1, sets=sets("short_foot", 1, reps=8, sharp=True))
    for edit in (
        said("edited", clause="stop", dose=LESS, confirmed=2),
        said("edited", clause="hold", exercise="toe_curls", becomes="short_foot", dose=LESS,
             confirmed=2),
    ):  # fmt: skip
        h = history(*EASY, sharp, edit)
        found = after(h, edit.exercise)
        assert found.becomes != "short_foot"
        assert found.exercise != "short_foot" or found.clause == "stop"
        refused = refused_edit(edit, DAY, h, flags_on(DAY, h))
        assert refused is not None
        assert not refused.confirmable
        assert refused.why.startswith("It is stopped: Sharp discomfort")


def test_an_edit_beyond_a_gate_is_asked_for_two_times() -> None:
    first, second = (said("edited", dose=MORE, confirmed=n) for n in (1, 2))
    h = history(*EASY)
    plain = refused_edit(said("edited", dose=MORE), DAY, h, ())
    assert plain is not None
    assert plain.confirmable
    assert plain.why.endswith("To do it all the same, confirm it a first time (confirmed: 1).")
    assert refused_edit(first, DAY, h, ()) is None
    assert refused_edit(second, DAY, h, ()) is not None
    known = history(*EASY, first)
    again = refused_edit(said("edited", dose=MORE), DAY, known, ())
    assert again is not None
    assert again.why.endswith("confirm it a second time (confirmed: 2).")
    assert refused_edit(second, DAY, known, ()) is None
    assert refused_edit(said("edited", dose=LESS), DAY, h, ()) is None
    assert refused_edit(said("declined"), DAY, h, ()) is None


def test_an_answer_about_an_exercise_that_is_not_known_is_refused() -> None:
    found = refused_edit(said("taken", exercise="juggling"), DAY, history(), ())
    assert found is not None
    assert not found.confirmable


def test_an_edit_without_its_dose_is_refused() -> None:
    with pytest.raises(ValueError, match="needs the dose"):
        said("edited")
