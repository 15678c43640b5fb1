"""The foot-strength programme: phases and stages, session templates, and which session is next.

Templates hold a warm-up of five to seven minutes, the work and a cool-down. What is done with
each exercise is progression.py's to say; here the session is put together and kept short.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from .catalogue import CATALOGUE
from .conflicts import good_days
from .exercises import Exercise
from .flags import in_order
from .gates import opening
from .history import History, days_before
from .progression import Decision, decide
from .proposals import answered_decision
from .schedule import is_peak_week
from .thresholds import DEFAULT
from .verdict import Flag, gravity
from .work import Goal, SessionKind

FIRST_WEEKS, FIRST_MIN, LATER_MIN = 3, 15, 25
WEEK_TARGET = 3
WARM_UP = ("ankle_circles", "ankle_pumps", "foot_taps")
WARM_UP_MIN = 5
COOL_DOWN = ("calf_stretch", "ankle_rolls", "foot_massage")
DAILY_HABITS = (
    "Foot massage in the morning", "Calf stretch", "Ankle circles", "Whole foot down when you walk",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A kind of session: what it is called, how long it takes, what it holds in order."""

    kind: SessionKind
    title: str
    minutes: int
    exercises: tuple[str, ...]


TEMPLATES: Mapping[str, Template] = {
    "foundation": Template(
        kind="foundation", title="Foundation", minutes=12,
        exercises=("ankle_circles", "toe_spread", "short_foot", "toe_curls", "towel_scrunch",
                   "band_dorsiflexion", "single_leg_stand"),
    ),
    "strength": Template(
        kind="strength", title="Strength", minutes=15,
        exercises=("arch_squeeze", "marble_pickup", "band_plantarflexion", "double_heel_raise",
                   "band_inversion", "band_eversion", "single_leg_stand"),
    ),
    "strength_2": Template(
        kind="strength", title="Strength, phase two", minutes=20,
        exercises=("resisted_toe_flexion", "dome_hold", "single_heel_raise", "heel_toe_reload",
                   "foam_stand", "hops_in_place"),
    ),
    "stability": Template(
        kind="stability", title="Balance", minutes=10,
        exercises=("single_leg_stand", "foam_stand", "eyes_closed_stand", "toe_spread_transfer"),
    ),
    "mobility": Template(
        kind="mobility", title="Mobility tune-up", minutes=8,
        exercises=("ankle_circles", "assisted_dorsiflexion", "dynamic_calf_stretch", "calf_roll",
                   "plantar_roll"),
    ),
    "activation": Template(
        kind="activation", title="Gentle activation", minutes=5,
        exercises=("toe_spread", "foot_taps", "ankle_circles"),
    ),
    "micro": Template(
        kind="micro", title="Three minutes, anywhere", minutes=3,
        exercises=("short_foot", "toe_spread", "single_leg_stand"),
    ),
}  # fmt: skip

#: What a goal puts first; the rest of a template follows.
GOALS: Mapping[Goal, tuple[str, ...]] = {
    "short": ("foot_taps", "resisted_toe_flexion", "short_strides"),
    "long": ("arch_squeeze", "double_heel_raise", "foam_stand"),
    "general": (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One exercise of the next session: the dose as said, and why it is that."""

    exercise: str
    name: str
    dose: str
    cue: str
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class NextSession:
    """What to do next for the feet, how long, and why this.

    ``exercises`` are the ids of ``items`` in order; ``left_out`` says what is locked and why.
    """

    kind: SessionKind
    title: str
    minutes: int
    exercises: tuple[str, ...]
    why: str
    rule: str | None = None
    items: tuple[Item, ...] = ()
    warm_up: tuple[str, ...] = ()
    cool_down: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    good_days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Where in the programme an athlete is; ``missing`` is what phase two still asks for."""

    goal: Goal
    phase: Literal[1, 2]
    stage: Literal[1, 2, 3]
    stage_name: str
    week: int
    missing: tuple[str, ...]


def stand_on(day: date, history: History) -> Stand:
    """Return phase, ladder stage and week of the programme on a day."""
    programme = history.programme_on(day)
    sessions = history.strength_in(date.min, day)
    begun = programme.day if programme else sessions[0].day if sessions else day
    week = (day - begun).days // 7 + 1
    gate = opening("phase_2", day, history)
    stage: Literal[1, 2, 3] = 1 if week <= 4 else 2 if week <= 8 else 3
    names = {1: "form and tempo", 2: "resistance and duration", 3: "balance and power"}
    wanted = programme.phase if programme else 2
    return Stand(
        goal=programme.goal if programme else history.person.goal,
        phase=2 if gate.open and wanted == 2 else 1,
        stage=stage,
        stage_name=names[stage],
        week=week,
        missing=gate.reasons,
    )


def next_session(day: date, history: History, flags: Iterable[Flag]) -> NextSession:
    """Return the next foot session: flags first, then rest and the runs ahead, then turn about."""
    held = in_order(flags)
    template, why, rule = _pick(day, history, held)
    if template is None:
        return NextSession(
            kind="rest", title="No foot session", minutes=0, exercises=(), why=why, rule=rule
        )
    items, left_out = _items(template, day, history, held)
    work = template.kind in ("foundation", "strength", "stability")
    return NextSession(
        kind=template.kind,
        title=template.title,
        minutes=min(template.minutes + (WARM_UP_MIN if work else 0), _most_min(day, history)),
        exercises=tuple(item.exercise for item in items),
        why=why,
        rule=rule,
        items=items,
        warm_up=WARM_UP if work else (),
        cool_down=COOL_DOWN if work else (),
        left_out=left_out,
        good_days=tuple(good_days(day, history, DEFAULT)),
    )


Pick = tuple[Template | None, str, str | None]


def _pick(day: date, history: History, flags: tuple[Flag, ...]) -> Pick:
    worst = flags[0] if flags else None
    if worst is not None and worst.severity == "stop":
        return None, worst.action, worst.rule
    away = history.availability_on(day)
    if away is not None and away.state == "not_running":
        return TEMPLATES["micro"], "You are not running these days; a little keeps the habit.", None
    if worst is not None and gravity(worst.severity) >= gravity("caution"):
        return TEMPLATES["mobility"], f"{worst.title}: only what is gentle until then.", worst.rule
    jump = next((f for f in flags if f.rule == "F01" and (day - f.first_day).days <= 1), None)
    if jump is not None:
        why = f"{jump.title}: mobility today, and not more than last time in the next session."
        return TEMPLATES["mobility"], why, "F01"
    ahead = history.planned_in(day, day + timedelta(1))
    if any(run.kind in ("key", "race") for run in ahead):
        why = "A key run is near: a few easy minutes wake the feet and cost nothing."
        return TEMPLATES["activation"], why, "F18"
    recent = [
        s
        for s in history.strength_in(days_before(day, 60), day)
        if s.kind not in ("activation", "rest")
    ]
    if recent and recent[-1].day >= days_before(day, 1):
        why = "The last session was less than two days ago; the feet adapt in between."
        return TEMPLATES["activation"], why, None
    return _turn(day, history, flags)


def _turn(day: date, history: History, flags: tuple[Flag, ...]) -> Pick:
    """Take the sessions in turn, so that a week holds strength, balance and mobility."""
    recent = [
        s
        for s in history.strength_in(days_before(day, 60), day)
        if s.kind not in ("activation", "rest", "micro")
    ]
    if is_peak_week(day, history):
        return TEMPLATES["stability"], "A full running week: balance instead of strength.", None
    if not recent:
        return TEMPLATES["foundation"], "A first session to begin with.", None
    phase_2 = stand_on(day, history).phase == 2
    order = ("strength_2" if phase_2 else "foundation", "strength", "stability")
    kinds = [TEMPLATES[name].kind for name in order]
    last = recent[-1].kind
    name = order[(kinds.index(last) + 1) % len(order)] if last in kinds else order[0]
    held = next((flag for flag in flags if flag.severity == "notice"), None)
    if held is not None:
        return TEMPLATES[name], f"{held.title}: the same dose as last time, not more.", held.rule
    return TEMPLATES[name], "Its turn comes after the last session.", None


def _items(
    template: Template, day: date, history: History, flags: tuple[Flag, ...]
) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """Return the exercises that are open, each with its decision, and what is left out."""
    goal = GOALS[stand_on(day, history).goal] if template.kind in ("foundation", "strength") else ()
    names = list(dict.fromkeys([*template.exercises[:1], *goal, *template.exercises[1:]]))
    items: list[Item] = []
    left_out: list[str] = []
    grown: set[str] = set()
    for name in names:
        exercise = CATALOGUE[name]
        locked = locked_by(exercise, day, history, flags)
        if locked:
            left_out.append(f"{exercise.name}: {locked}")
            continue
        decision = decide(exercise, day, history, flags)
        decision = answered_decision(decision, history.proposals, day, history)
        if decision.clause == "stop" or decision.dose.sets == 0:
            left_out.append(f"{exercise.name}: {decision.why}")
            continue
        # Two exercises of one target never grow in one session, except at the first level.
        if decision.clause == "progress" and exercise.level > 1:
            if exercise.target in grown:
                continue
            grown.add(exercise.target)
        done = CATALOGUE[decision.becomes] if decision.becomes else exercise
        if all(item.exercise != done.id for item in items):
            items.append(
                Item(
                    exercise=done.id, name=done.name, dose=decision.dose.said(), cue=done.cues[0],
                    decision=decision,
                )
            )  # fmt: skip
    return _within(items, day, history), tuple(left_out)


def locked_by(exercise: Exercise, day: date, history: History, flags: Iterable[Flag]) -> str | None:
    """Return why an exercise is locked on a day, None where it is open."""
    rules = {flag.rule: flag for flag in flags}
    held = [rule for rule in exercise.contra if rule in rules and rule != "F03"]
    if held:
        return rules[held[0]].title
    gate = opening(exercise.gate, day, history)
    if not gate.open:
        return f"opens after {gate.reasons[0]}"
    barred = history.barred_types_on(day)
    if exercise.equipment and set(exercise.equipment) <= barred:
        return "its device is barred"
    return None


def _within(items: list[Item], day: date, history: History) -> tuple[Item, ...]:
    """Cut the list where the session would become too long, keeping at least three."""
    most_s = 60.0 * _most_min(day, history)
    kept: list[Item] = []
    seconds = 60.0 * WARM_UP_MIN
    for item in items:
        seconds += item.decision.dose.seconds
        if len(kept) >= 3 and seconds > most_s:
            break
        kept.append(item)
    return tuple(kept)


def _most_min(day: date, history: History) -> int:
    return FIRST_MIN if stand_on(day, history).week <= FIRST_WEEKS else LATER_MIN
