"""What a step's columns are worth, and why not more: reasons as numbers, grades by rule.

Rates: science.md 2.0 (contact time A from 200 Hz, C from 100 Hz; impacts from 400 Hz), with what
down-sampling did to the recordings at hand (docs/validation.md): walking stance survives 50 Hz.
"""

import numpy as np

from .orientation import Alignment
from .quality import Reason
from .tables import GRADE_A, GRADE_B, GRADE_C, GRADE_X, Side, Table

# The bits as NumPy integers: an IntFlag costs more than the arithmetic it is used in.
NO_IC, NO_FC = np.uint32(Reason.NO_IC), np.uint32(Reason.NO_FC)
HALF = np.uint32(Reason.NO_IC | Reason.NO_FC)
OUTLIER, NO_STRIDE = np.uint32(Reason.OUTLIER), np.uint32(Reason.NO_STRIDE)
UNPROVEN, BRIDGED = np.uint32(Reason.UNPROVEN), np.uint32(Reason.BRIDGED)
CLIPPED, _LOOSE = np.uint32(Reason.CLIPPED), np.uint32(Reason.LOOSE)
_UNSEEN = np.uint32(Reason.UNSEEN_LOSS)
_TIME_B = np.uint32(Reason.UNPROVEN | Reason.BRIDGED | Reason.SIDE)
_TIME_C = np.uint32(Reason.LOOSE | Reason.DIRECTION | Reason.UNSEEN_LOSS)
_SPACE_C = np.uint32(Reason.LOOSE | Reason.DIRECTION | Reason.SCALE | Reason.UNSEEN_LOSS)

DIRECTION_LEAST = 0.2  # weaker votes on front and back were wrong or loose pods
RATTLE_MOST = 0.3  # between the fast-sitting pods (<= 0.18) and the loose one (0.48) at hand

_GOOD_HZ, _LEAST_HZ, _TIME_LEAST_HZ = 190.0, 95.0, 45.0
IMPACT_GOOD_HZ = 390.0


def always(
    at: Alignment | None, side: Side, rate_hz: float, *, shows_loss: bool = True
) -> np.uint32:
    """Return the reasons that hold for every step of a recording."""
    reason = Reason(0) if shows_loss else Reason.UNSEEN_LOSS
    if side == "unknown":
        reason |= Reason.SIDE
    if rate_hz < _GOOD_HZ:
        reason |= Reason.RATE
    if at is not None:
        if not at.scale_known:
            reason |= Reason.SCALE
        if not at.offset_known:
            reason |= Reason.OFFSET
        if at.direction < DIRECTION_LEAST:
            reason |= Reason.DIRECTION
        if at.rattle > RATTLE_MOST:
            reason |= Reason.LOOSE
    return np.uint32(reason)


def give(rows: Table, rate_hz: float) -> None:
    """Fill the grades of STEP rows from their reasons and from what they do not know."""
    reason = rows["reason"]
    best = best_of(rate_hz)
    time = np.full(len(rows), best, np.uint8)
    time[reason & _TIME_B != 0] = min(best, GRADE_B)
    time[reason & _TIME_C != 0] = min(best, GRADE_C)
    time[np.isnan(rows["gct_s"])] = GRADE_X
    rows["grade_time"] = time
    room = np.full(len(rows), GRADE_B if rate_hz >= _GOOD_HZ else GRADE_C, np.uint8)
    room[reason & _SPACE_C != 0] = GRADE_C
    angle = room.copy()
    room[np.isnan(rows["stride_m"])] = GRADE_X
    angle[np.isnan(rows["strike_rad"])] = GRADE_X
    rows["grade_space"], rows["grade_angle"] = room, angle
    impact = np.full(len(rows), GRADE_B if rate_hz >= IMPACT_GOOD_HZ else GRADE_C, np.uint8)
    impact[(rows["clipped"] > 0) | (reason & _UNSEEN != 0)] = GRADE_C
    impact[(reason & _LOOSE != 0) | np.isnan(rows["shock_mps2"])] = GRADE_X
    rows["grade_impact"] = impact


def best_of(rate_hz: float) -> int:
    """Return the best grade that a time between contacts can have at a rate."""
    if rate_hz >= _GOOD_HZ:
        return GRADE_A
    if rate_hz >= _LEAST_HZ:
        return GRADE_B
    return GRADE_C if rate_hz >= _TIME_LEAST_HZ else GRADE_X


def drill_grade(rate_hz: float) -> tuple[int, Reason]:
    """Return the best grade of a drill's figures at a rate, and why it is not better.

    Drills are checked on synthetic feet only, so none is better than B.
    """
    if rate_hz >= _LEAST_HZ:
        return GRADE_B, Reason(0)
    return (GRADE_C if rate_hz >= _TIME_LEAST_HZ else GRADE_X), Reason.RATE
