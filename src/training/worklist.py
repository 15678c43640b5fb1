"""The exercises of one session: which are open, how much of each, and what is left out and why."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from .caps import dose_s, most_barefoot_s, most_contacts, room_s
from .decision import Decision
from .exercises import Exercise
from .gates import opening
from .history import History
from .own import exercises_on
from .progression import decide
from .proposals import answered_decision
from .schedule import is_race_week
from .templates import GOALS, WARM_UP_MIN, Template
from .trials import past_of
from .verdict import Flag
from .work import Goal

LEAST_ITEMS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One exercise of the next session: the dose as said, and why it is that."""

    exercise: str
    name: str
    dose: str
    cue: str
    decision: Decision


def items_of(
    template: Template, goal: Goal, most_min: int, day: date, history: History,
    flags: tuple[Flag, ...],
) -> tuple[tuple[Item, ...], tuple[str, ...]]:  # fmt: skip
    """Return the exercises that are open, each with its decision, and what is left out.

    ``most_min`` is how long the session may be, in minutes.
    """
    first = GOALS[goal] if template.goes_by_goal else ()
    names = list(dict.fromkeys([*template.exercises[:1], *first, *template.exercises[1:]]))
    known = exercises_on(day, history)
    items: list[Item] = []
    left_out: list[str] = []
    grown: set[str] = set()
    for exercise in (known[name] for name in names if name in known):
        decision, why = _decided(exercise, day, history, flags)
        if decision is None:
            left_out.append(f"{exercise.name}: {why}")
            continue
        # Two exercises of one target never grow in one session, except at the first level.
        if decision.clause == "progress" and exercise.level > 1:
            if exercise.target in grown:
                continue
            grown.add(exercise.target)
        done = known[decision.becomes] if decision.becomes else exercise
        if all(item.exercise != done.id for item in items):
            items.append(_item(done, decision))
    items, over = _capped(items, day, history)
    return _within(items, most_min), (*left_out, *over)


def _decided(
    exercise: Exercise, day: date, history: History, flags: tuple[Flag, ...]
) -> tuple[Decision | None, str]:
    """Return the decision about an exercise after what people said to it, or why it is left out."""
    if locked := locked_by(exercise, day, history, flags):
        return None, locked
    decision = decide(exercise, day, history, flags)
    decision = answered_decision(decision, history.proposals, day, history, flags)
    if decision.clause == "stop" or decision.dose.sets == 0:
        return None, decision.why
    return decision, ""


def _item(done: Exercise, decision: Decision) -> Item:
    return Item(
        exercise=done.id, name=done.name, dose=decision.dose.said(), cue=done.cues[0],
        decision=decision,
    )  # fmt: skip


def _capped(items: list[Item], day: date, history: History) -> tuple[list[Item], tuple[str, ...]]:
    """Keep a session within what its week may still hold: first no growth, then fewer exercises."""
    known = exercises_on(day, history)
    room, left_out = room_s(day, history), []
    if room is not None and _strength_s(items, day, history) > room:
        items = [_not_more(item, day, history) for item in items]
        for item in reversed(items[LEAST_ITEMS:]):
            if _strength_s(items, day, history) <= room:
                break
            if known[item.exercise].pillar == "strength":
                items.remove(item)
                left_out.append(f"{item.name}: this week already holds enough strength work")
    most = most_contacts(day, history)
    for item in reversed(list(items)):
        if sum(_contacts(one) for one in items) <= most:
            break
        if _contacts(item):
            items.remove(item)
            left_out.append(f"{item.name}: at most {most} contacts in a session for now")
    items, unshod = _shod(items, day, history)
    return items, (*left_out, *unshod)


def _shod(items: list[Item], day: date, history: History) -> tuple[list[Item], list[str]]:
    """Keep barefoot running and drills within a tenth more than the month before: fewer sets."""
    known, room = exercises_on(day, history), most_barefoot_s(day, history)
    kept: list[Item] = []
    left_out = []
    for item in items:
        dose = item.decision.dose
        if room is None or known[item.exercise].gate != "barefoot" or not dose.duration_s:
            kept.append(item)
            continue
        sets = min(dose.sets, int(room / dose.duration_s + 1e-9))
        room -= sets * dose.duration_s
        if sets == 0:
            left_out.append(f"{item.name}: enough barefoot running for now")
        elif sets == dose.sets:
            kept.append(item)
        else:
            why = "Barefoot running grows by a tenth over 30 days at most: fewer sets."
            fewer = replace(
                item.decision,
                clause="hold",
                dose=replace(dose, sets=sets),
                why=why,
                changed="exercise" if item.decision.becomes else "sets",
            )
            kept.append(_item(known[item.exercise], fewer))
    return kept, left_out


def _not_more(item: Item, day: date, history: History) -> Item:
    if item.decision.clause != "progress":
        return item
    exercise = exercises_on(day, history)[item.decision.exercise]
    dose = past_of(exercise, day, history).dose
    why = "The week grows by 30 % at most: the same dose."
    held = replace(
        item.decision, clause="hold", changed="nothing", dose=dose, becomes=None, why=why
    )
    return _item(exercise, held)


def _strength_s(items: Iterable[Item], day: date, history: History) -> float:
    known = exercises_on(day, history)
    return sum(
        dose_s(known[item.exercise], item.decision.dose, day, history)
        for item in items
        if known[item.exercise].pillar == "strength"
    )


def _contacts(item: Item) -> int:
    return item.decision.dose.sets * (item.decision.dose.contacts or 0)


def locked_by(exercise: Exercise, day: date, history: History, flags: Iterable[Flag]) -> str | None:
    """Return why an exercise is locked on a day, None where it is open."""
    rules = {flag.rule: flag for flag in flags}
    held = [rule for rule in exercise.contra if rule in rules and rule != "F03"]
    if held:
        return rules[held[0]].title
    gate = opening(exercise.gate, day, history)
    if not gate.open:
        return f"opens after {gate.reasons[0]}"
    if (
        is_race_week(day, history)
        and exercise.pillar != "mobility"
        and _is_new(exercise, day, history)
    ):
        return "nothing new in the week before a race"
    barred = history.barred_types_on(day)
    if exercise.equipment and set(exercise.equipment) <= barred:
        return "its device is barred"
    return None


def _is_new(exercise: Exercise, day: date, history: History) -> bool:
    done = history.strength_in(date.min, day)
    return bool(done) and not any(one.exercise == exercise.id for s in done for one in s.sets)


def _within(items: list[Item], most_min: int) -> tuple[Item, ...]:
    """Cut the list where the session would become too long, keeping at least three."""
    most_s = 60.0 * most_min
    kept: list[Item] = []
    seconds = 60.0 * WARM_UP_MIN
    for item in items:
        seconds += item.decision.dose.seconds
        if len(kept) >= LEAST_ITEMS and seconds > most_s:
            break
        kept.append(item)
    return tuple(kept)
