"""Kinds of foot sessions, what they hold in order, and what a goal puts first."""

from collections.abc import Mapping
from dataclasses import dataclass

from .work import Goal, SessionKind

WARM_UP = ("ankle_circles", "ankle_pumps", "foot_taps")
WARM_UP_MIN = 5
COOL_DOWN = ("calf_stretch", "ankle_rolls", "foot_massage")
DAILY_HABITS = (
    "Foot massage in the morning", "Calf stretch", "Ankle circles", "Whole foot down when you walk",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A kind of session: what it is called, how long it takes, what it holds in order.

    ``goes_by_goal``: the athlete's goal puts exercises of its own first.
    """

    kind: SessionKind
    title: str
    minutes: int
    exercises: tuple[str, ...]
    goes_by_goal: bool = False


TEMPLATES: Mapping[str, Template] = {
    "foundation": Template(
        kind="foundation", title="Foundation", minutes=12, goes_by_goal=True,
        exercises=("ankle_circles", "toe_spread", "short_foot", "toe_curls", "towel_scrunch",
                   "band_dorsiflexion", "single_leg_stand"),
    ),
    "strength": Template(
        kind="strength", title="Strength", minutes=15, goes_by_goal=True,
        exercises=("arch_squeeze", "marble_pickup", "band_plantarflexion", "double_heel_raise",
                   "band_inversion", "band_eversion", "single_leg_stand"),
    ),
    "strength_2": Template(
        kind="strength", title="Strength, phase two", minutes=20, goes_by_goal=True,
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
