"""The foot-strength programme: phases and stages, session templates, and which session is next.

What is done with each exercise is progression.py's to say, what fits into a session worklist.py's;
here the kind of the session is picked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from .caps import room_s
from .conflicts import good_days
from .flags import in_order
from .gates import opening
from .history import History, days_before
from .plans import OwnSession
from .schedule import is_peak_week
from .templates import COOL_DOWN, TEMPLATES, WARM_UP, WARM_UP_MIN, Template
from .tissues import flare_up
from .verdict import Flag, is_grave
from .work import Goal, SessionKind
from .worklist import Item, items_of

FIRST_WEEKS, FIRST_MIN, LATER_MIN = 3, 15, 25


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
    goal, most_min = stand_on(day, history).goal, _most_min(day, history)
    items, left_out = items_of(template, goal, most_min, day, history, held)
    work = template.kind in ("foundation", "strength", "stability")
    return NextSession(
        kind=template.kind,
        title=template.title,
        minutes=min(template.minutes + (WARM_UP_MIN if work else 0), most_min),
        exercises=tuple(item.exercise for item in items),
        why=why,
        rule=rule,
        items=items,
        warm_up=WARM_UP if work else (),
        cool_down=COOL_DOWN if work else (),
        left_out=left_out,
        good_days=tuple(good_days(day, history, history.thresholds)),
    )


Pick = tuple[Template | None, str, str | None]


def _pick(day: date, history: History, flags: tuple[Flag, ...]) -> Pick:
    worst = flags[0] if flags else None
    if worst is not None and worst.severity == "stop":
        return None, worst.action, worst.rule
    if flare_up(day, history, days=1) is not None:
        why = "A flare-up under the foot today: one more day of rest, then less of everything."
        return None, why, None
    if worst is not None and is_grave(worst.severity):
        return TEMPLATES["mobility"], f"{worst.title}: only what is gentle for now.", worst.rule
    away = history.availability_on(day)
    if away is not None and away.state == "not_running":
        return TEMPLATES["micro"], "You are not running these days; a little keeps the habit.", None
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
    if room_s(day, history) == 0:
        why = "This week already holds 30 % more strength work than the three before: balance now."
        return TEMPLATES["stability"], why, None
    programme = history.programme_on(day)
    if programme is not None and programme.sessions:
        since = [s for s in recent if s.day >= programme.day]
        chosen = programme.sessions[len(since) % len(programme.sessions)]
        return _held(_own(chosen), flags)
    if not recent:
        return TEMPLATES["foundation"], "A first session to begin with.", None
    phase_2 = stand_on(day, history).phase == 2
    order = ("strength_2" if phase_2 else "foundation", "strength", "stability")
    kinds = [TEMPLATES[name].kind for name in order]
    last = recent[-1].kind
    return _held(TEMPLATES[order[(kinds.index(last) + 1) % 3 if last in kinds else 0]], flags)


def _own(session: OwnSession) -> Template:
    return Template(
        kind=session.kind, title=session.title, minutes=round(session.minutes),
        exercises=session.exercises,
    )  # fmt: skip


def _held(template: Template, flags: tuple[Flag, ...]) -> Pick:
    held = next((flag for flag in flags if flag.severity == "notice"), None)
    if held is not None:
        return template, f"{held.title}: the same dose as last time, not more.", held.rule
    return template, "It is its turn after the last session.", None


def _most_min(day: date, history: History) -> int:
    return FIRST_MIN if stand_on(day, history).week <= FIRST_WEEKS else LATER_MIN
