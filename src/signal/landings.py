"""How the foot lands and leaves, over a run: strike, steadiness, eversion, push-off."""

from dataclasses import dataclass

import numpy as np

from .measures import LEAST_STEPS, Measure, withheld
from .medians import ANGLE, IMPACT, SPACE, Steps, clipped_share
from .quality import Reason, sentences
from .tables import GRADE_B, GRADE_C, GRADE_X, Table

_EXPERIMENTAL = "experimental: nothing to compare it with"
_OF_THE_SHOE = "it is the shoe that turns, not the heel in it"
_NO_WIDTH = "how far the foot drifts while it is down; step width cannot be told"


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """Strike angles that part forefoot, midfoot and rearfoot landings, in degrees.

    Source: Mo et al. 2023, for runners' shoes; science.md 2.3.
    """

    forefoot_deg: float = -0.8
    rearfoot_deg: float = 7.4


CUTOFFS = Cutoffs()


def strike(steps: Steps, cutoffs: Cutoffs = CUTOFFS) -> tuple[Measure, ...]:
    """Return the strike angle, and of a hundred steps those on rear-, mid- and forefoot."""
    rows = steps.rows
    angle = np.rad2deg(rows["strike_rad"])
    low, high = cutoffs.forefoot_deg, cutoffs.rearfoot_deg
    return (
        steps.median("strike", "strike_deg", angle, rows["grade_angle"], ANGLE),
        steps.share("rearfoot", "rearfoot_pct", angle, high, np.inf),
        steps.share("midfoot", "midfoot_pct", angle, low, high),
        steps.share("forefoot", "forefoot_pct", angle, -np.inf, low),
    )


def steadiness(steps: Steps) -> tuple[Measure, ...]:
    """Return how much strike angle and roll at contact differ from step to step."""
    rows = steps.rows
    return (
        steps.spread("strike_spread", "strike_spread_deg", np.rad2deg(rows["strike_rad"])),
        steps.spread("roll_spread", "roll_spread_deg", np.rad2deg(rows["roll_rad"])),
    )


def rolling_in(steps: Steps) -> tuple[Measure, ...]:
    """Return the largest eversion against quiet standing, and how fast it comes.

    Within one person only. Withheld without quiet standing to compare with.
    """
    rows, stood = steps.rows, steps.findings.stand_roll_rad
    grades = rows["grade_angle"]
    if stood is None:
        n = int((~np.isnan(rows["eversion_rad"]) & (grades > GRADE_X)).sum())
        side = (rows["reason"] & np.uint32(Reason.SIDE) != 0).any()
        why = sentences(Reason.SIDE if side else Reason.STATIC)
        return (
            withheld("eversion", "eversion_deg", n, why),
            withheld("eversion_rate", "eversion_rate_degps", n, why),
        )
    angle = np.rad2deg(rows["roll_rad"] + rows["eversion_rad"] - stood)
    rate = np.rad2deg(rows["eversion_radps"])
    label = _OF_THE_SHOE
    return (
        steps.median("eversion", "eversion_deg", angle, grades, ANGLE, label=label),
        steps.median("eversion_rate", "eversion_rate_degps", rate, grades, ANGLE, label=label),
    )


def leaving(steps: Steps) -> tuple[Measure, ...]:
    """Return the drift of the foot to the side in stance, and how it pushes off."""
    rows = steps.rows
    heel_off = 1e3 * rows["heel_off_s"]
    sideways, push = 1e3 * rows["ml_excursion_m"], np.rad2deg(rows["pushoff_radps"])
    return (
        steps.median(
            "ml_excursion", "ml_excursion_mm", sideways, rows["grade_space"], SPACE,
            best=GRADE_B, label=_NO_WIDTH,
        ),
        steps.median(
            "pushoff", "pushoff_degps", push, rows["grade_time"], IMPACT,
            best=GRADE_C, label=_EXPERIMENTAL,
        ),
        steps.median(
            "heel_off", "heel_off_ms", heel_off, rows["grade_space"], SPACE,
            best=GRADE_C, label=_EXPERIMENTAL,
        ),
    )  # fmt: skip


def flat(steps: Steps) -> tuple[Measure, ...]:
    """Return how soon the whole foot is down."""
    rows = steps.rows
    return (steps.median("flat", "flat_ms", 1e3 * rows["flat_s"], rows["grade_angle"], ANGLE),)


def clipped(rows: Table) -> Measure:
    """Return how many of a hundred landings, of any gait, hit the end of the range."""
    n = int((rows["reason"] & np.uint32(Reason.NO_IC) == 0).sum())
    if n < LEAST_STEPS:
        return withheld("clipped", "clipped_pct", n, sentences(Reason.FEW))
    share = 100 * clipped_share(rows)
    return Measure(name="clipped", key="clipped_pct", value=share, grade="A", n=n)
