"""What runner and coach may do to a decision, and what nobody may do that day.

Anything that makes the next session harder can be declined, and any dose edited. An edit beyond
what the rules open is marked and stands only once it was confirmed twice. A stop stays: an
exercise that gave sharp discomfort is shut whoever confirms it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from .decision import Decision
from .entries import PerformedSet, ProposalAnswer
from .exercises import Dose, Exercise
from .gates import opening
from .history import History, days_before
from .ladder import Variable
from .own import exercises_on
from .plans import CONFIRMED_TWICE
from .progression import decide
from .trials import past_of, size
from .verdict import Flag

#: How long an answer to a proposal stands; then the question is asked anew.
STANDS_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a set or an edit may not be written down, and whether a confirmation opens it."""

    why: str
    confirmable: bool


def answered_decision(
    decision: Decision, answers: Iterable[ProposalAnswer], day: date, history: History,
    flags: Iterable[Flag] = (),
) -> Decision:  # fmt: skip
    """Return the decision after the last answer to it: declined keeps the old dose, edited the edit's."""
    mine = [one for one in answers if _is_about(one, decision.exercise, decision.clause, day)]
    if not mine or mine[-1].answer == "taken" or decision.clause == "stop":
        return decision
    last = mine[-1]
    if last.answer == "edited":
        return _edited(decision, last, day, history, tuple(flags))
    if decision.clause not in ("progress", "swap"):
        return decision
    kept = past_of(exercises_on(day, history)[decision.exercise], day, history).dose
    why = f"Declined by {last.by}: {last.reason}"
    return replace(decision, clause="hold", changed="nothing", dose=kept, becomes=None, why=why)


def refused_edit(
    answer: ProposalAnswer, day: date, history: History, flags: Iterable[Flag]
) -> Refusal | None:
    """Return why an answer may not be written down yet, None where nothing speaks against it.

    An edit beyond what the rules open is confirmed twice: once with ``confirmed`` 1, which
    changes nothing yet, then with 2.
    """
    known = exercises_on(day, history)
    for name in (answer.exercise, answer.becomes):
        if name is not None and name not in known:
            return Refusal(
                why=f"{name} is no exercise of the catalogue or your own.", confirmable=False
            )
    if answer.answer != "edited" or answer.dose is None:
        return None
    held = tuple(flags)
    decision = decide(known[answer.exercise], day, history, held)
    if (stop := _stopped(decision, answer, day, history, held)) is not None:
        return Refusal(why=stop, confirmable=False)
    beyond = beyond_rules(decision, answer.dose, answer.becomes, day, history, held)
    before = [
        one.confirmed
        for one in history.proposals
        if _is_about(one, answer.exercise, answer.clause, day)
        and (one.dose, one.becomes) == (answer.dose, answer.becomes)
    ]
    if not beyond or answer.confirmed == 1 or (answer.confirmed == CONFIRMED_TWICE and 1 in before):
        return None
    step = "confirm it a first time (confirmed: 1)"
    if 1 in before:
        step = "confirm it a second time (confirmed: 2)"
    return Refusal(why=f"{beyond} To do it all the same, {step}.", confirmable=True)


def beyond_rules(
    decision: Decision, dose: Dose, becomes: str | None, day: date, history: History,
    flags: Iterable[Flag],
) -> str:  # fmt: skip
    """Return what the rules have against an edit, empty where it stays within them."""
    exercise = exercises_on(day, history)[becomes or decision.becomes or decision.exercise]
    gate = opening(exercise.gate, day, history)
    if not gate.open:
        return f"{exercise.name} opens after {gate.reasons[0]}."
    locks = [flag for flag in flags if flag.rule in exercise.contra]
    if locks:
        return f"{exercise.name} is locked: {locks[0].title}."
    if becomes is None and _amount(dose) > _amount(decision.dose) * 1.001:
        return f"{dose.said()} is harder than {decision.dose.said()}: {decision.why}"
    return ""


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
    exercise = exercises_on(day, history).get(done.exercise)
    gate = opening(exercise.gate, day, history) if exercise is not None else None
    if gate is not None and not gate.open:
        return Refusal(why=f"It opens after {gate.reasons[0]}.", confirmable=True)
    return None


def _is_about(answer: ProposalAnswer, exercise: str, clause: str, day: date) -> bool:
    about = answer.exercise == exercise and answer.clause == clause
    return about and days_before(day, STANDS_DAYS - 1) <= answer.day <= day


def _edited(
    decision: Decision, last: ProposalAnswer, day: date, history: History, flags: tuple[Flag, ...]
) -> Decision:
    becomes = last.becomes if last.becomes != decision.exercise else None
    unknown = becomes is not None and becomes not in exercises_on(day, history)
    if last.dose is None or unknown or _stopped(decision, last, day, history, flags):
        return decision
    beyond = beyond_rules(decision, last.dose, becomes, day, history, flags)
    if beyond and last.confirmed < CONFIRMED_TWICE:
        return decision
    why = f"Changed to {last.dose.said()} by {last.by}: {last.reason}"
    # An edit within a swap that names no exercise keeps the swap's.
    way = becomes or (decision.becomes if last.becomes is None else None)
    return replace(
        decision, dose=last.dose, becomes=way, why=why, beyond=beyond,
        changed="exercise" if way else _changed(decision, last.dose, day, history),
        clause="hold" if not beyond and decision.clause == "progress" else decision.clause,
    )  # fmt: skip


def _stopped(
    decision: Decision, answer: ProposalAnswer, day: date, history: History, flags: tuple[Flag, ...]
) -> str | None:
    """Return why the exercise of an edit is stopped, which no confirmation opens."""
    found = decision
    if answer.becomes is not None:
        found = decide(exercises_on(day, history)[answer.becomes], day, history, flags)
    return f"It is stopped: {found.why}" if found.clause == "stop" else None


def _changed(decision: Decision, dose: Dose, day: date, history: History) -> Variable:
    exercise: Exercise = exercises_on(day, history)[decision.exercise]
    past = past_of(exercise, day, history).dose
    pairs: tuple[tuple[Variable, bool], ...] = (
        ("resistance", dose.resistance != past.resistance),
        ("hold", (dose.hold_s, dose.duration_s) != (past.hold_s, past.duration_s)),
        ("reps", (dose.reps, dose.contacts) != (past.reps, past.contacts)),
        ("sets", dose.sets != past.sets),
    )
    for name, differs in pairs:
        if differs:
            return name
    return "nothing"


def _amount(dose: Dose) -> float:
    return dose.sets * size(dose)
