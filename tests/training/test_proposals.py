from datetime import timedelta
from typing import Any

import pytest

from catfoot.training import words
from catfoot.training.catalogue import CATALOGUE
from catfoot.training.entries import Device, PerformedSet, ProposalAnswer
from catfoot.training.progression import decide
from catfoot.training.proposals import answered_decision, refusal

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
        (said("edited", edited="2 x 8, 5 s"), "hold"),
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
