"""The foot-strength programme: what a session holds, and which one comes next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from .flags import in_order
from .history import History, days_before
from .verdict import Flag

SessionKind = Literal["foundation", "strength", "mobility", "activation", "rest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextSession:
    """What to do next for the feet, how long, and why this."""

    kind: SessionKind
    title: str
    minutes: int
    exercises: tuple[str, ...]
    why: str
    rule: str | None = None


FOUNDATION = (
    "ankle_circles", "toe_spread", "short_foot", "toe_curls", "towel_scrunch", "band_dorsiflexion",
    "single_leg_stand",
)  # fmt: skip
STRENGTH = (
    "arch_squeeze", "marble_pickup", "band_plantarflexion", "double_heel_raise", "single_leg_stand",
)  # fmt: skip
MOBILITY = ("ankle_circles", "assisted_dorsiflexion", "calf_roll", "plantar_roll", "ankle_rolls")
ACTIVATION = ("toe_spread", "foot_taps", "ankle_circles")


def next_session(day: date, history: History, flags: Iterable[Flag]) -> NextSession:
    """Return the next foot session: flags first, then rest between sessions, then turn about.

    One plain rule; it never makes a session harder.
    """
    gravest = next(iter(in_order(flags)), None)
    if gravest is not None and gravest.severity == "stop":
        return _because("rest", "No foot session", 0, (), gravest.action, gravest.rule)
    if gravest is not None and gravest.severity == "caution":
        why = f"{gravest.title}: only what is gentle, until it has gone."
        return _because("mobility", "Gentle mobility", 7, MOBILITY, why, gravest.rule)
    recent = history.strength_in(days_before(day, 60), day)
    if recent and recent[-1].day >= days_before(day, 1):
        why = "The last session was less than two days ago; the feet adapt in between."
        return _because("activation", "Rest-day activation", 5, ACTIVATION, why)
    title, exercises, kind = _turn(
        recent[-1].sets[0].exercise if recent and recent[-1].sets else ""
    )
    if gravest is not None and gravest.severity == "notice":
        why = f"{gravest.title}: the same dose as last time, not more."
        return _because(kind, title, 12, exercises, why, gravest.rule)
    why = "Its turn comes after the last session." if recent else "A first session to begin with."
    return _because(kind, title, 12, exercises, why)


def _turn(last_first: str) -> tuple[str, tuple[str, ...], SessionKind]:
    if last_first == FOUNDATION[0]:
        return "Strength", STRENGTH, "strength"
    return "Foundation", FOUNDATION, "foundation"


def _because(
    kind: SessionKind, title: str, minutes: int, exercises: tuple[str, ...], why: str,
    rule: str | None = None,
) -> NextSession:  # fmt: skip
    return NextSession(
        kind=kind, title=title, minutes=minutes, exercises=exercises, why=why, rule=rule
    )
