"""What runner and coach may do to a decision, and what nobody may do that day.

Anything that makes the next session harder can be declined. A stop cannot: an exercise that
gave sharp discomfort stays shut that day whoever confirms it. An edit beyond a shut gate is
marked and needs its confirmation.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from .catalogue import CATALOGUE
from .entries import PerformedSet, ProposalAnswer
from .gates import opening
from .history import History, days_before
from .progression import Decision
from .trials import past_of

#: How long an answer to a proposal stands; then the question is asked anew.
STANDS_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a set may not be written down for a day, and whether a confirmation opens it."""

    why: str
    confirmable: bool


def answered_decision(
    decision: Decision, answers: Iterable[ProposalAnswer], day: date, history: History
) -> Decision:
    """Return the decision after the last answer to it: a declined step keeps the old dose."""
    since = days_before(day, STANDS_DAYS - 1)
    mine = [
        answer
        for answer in answers
        if answer.exercise == decision.exercise
        and answer.clause == decision.clause
        and since <= answer.day <= day
    ]
    if not mine or mine[-1].answer == "taken" or decision.clause not in ("progress", "swap"):
        return decision
    last = mine[-1]
    kept = past_of(CATALOGUE[decision.exercise], day, history).dose
    said = "declined" if last.answer == "declined" else f"changed to {last.edited}"
    why = f"{said.capitalize()} by {last.by}: {last.reason}"
    return replace(decision, clause="hold", changed="nothing", dose=kept, becomes=None, why=why)


def refusal(done: PerformedSet, day: date, history: History) -> Refusal | None:
    """Return why a set should not be done on a day, None where nothing speaks against it."""
    sharp = any(
        one.sharp and one.exercise == done.exercise
        for session in history.strength_in(day, day)
        for one in session.sets
    )
    if sharp:
        return Refusal(why="Sharp discomfort in it today: no more of it today.", confirmable=False)
    if done.device is not None and done.device in history.barred_on(day):
        return Refusal(why=f"{done.device} is barred because it hurt.", confirmable=True)
    exercise = CATALOGUE.get(done.exercise)
    gate = opening(exercise.gate, day, history) if exercise is not None else None
    if gate is not None and not gate.open:
        return Refusal(why=f"It opens after {gate.reasons[0]}.", confirmable=True)
    return None
