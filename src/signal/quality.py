"""How good a number is, and why it is not better: reasons with names, and findings."""

from dataclasses import dataclass
from enum import IntFlag


class Reason(IntFlag):
    """Why a row or a number has less than the best grade; the bits of ``reason`` columns.

    A bit never changes its meaning; one that is no longer used is not used again.
    """

    RATE = 1 << 0
    BRIDGED = 1 << 1
    CLIPPED = 1 << 2
    NO_GYRO = 1 << 3
    SCALE = 1 << 4
    OFFSET = 1 << 5
    LOOSE = 1 << 6
    SIDE = 1 << 7
    NO_IC = 1 << 8
    NO_FC = 1 << 9
    NO_STRIDE = 1 << 10
    GAIT = 1 << 11
    DIRECTION = 1 << 12
    BACKWARD = 1 << 13
    OUTLIER = 1 << 14
    UNPROVEN = 1 << 15
    PLACE = 1 << 16
    FEW = 1 << 17
    STATIC = 1 << 18
    GYRO_CLIPPED = 1 << 19
    LEARNING = 1 << 20
    FOOT_FLAT = 1 << 21
    SHORT = 1 << 22
    WOBBLES = 1 << 23
    UNSEEN_LOSS = 1 << 24
    UNSTEADY = 1 << 26
    NO_SPEED = 1 << 27
    LOST = 1 << 28
    GAPS = 1 << 29
    MOUNT = 1 << 30


SENTENCES: dict[Reason, str] = {
    Reason.RATE: "the sensor's rate is too low for a better grade",
    Reason.BRIDGED: "lost samples were bridged",
    Reason.CLIPPED: "the accelerometer hit the end of its range",
    Reason.NO_GYRO: "the sensor has no gyroscope",
    Reason.SCALE: "the accelerometer's scale was wrong and could not be corrected surely",
    Reason.OFFSET: "the gyroscope's zero could not be learnt: it was never at rest",
    Reason.LOOSE: "the pod sits loose",
    Reason.SIDE: "left or right foot is not known",
    Reason.NO_IC: "the beginning of the contact was not seen",
    Reason.NO_FC: "the end of the contact was not seen",
    Reason.NO_STRIDE: "the stride was not seen to its end",
    Reason.GAIT: "it could not be told whether this was walking or running",
    Reason.DIRECTION: "front and back of the pod could not be told apart surely",
    Reason.BACKWARD: "this looks like walking backwards",
    Reason.OUTLIER: "too far from its neighbours",
    Reason.UNPROVEN: "not validated against force plates with a pod on the foot",
    Reason.PLACE: "the sensor is not on the foot",
    Reason.FEW: "fewer than 20 valid steps",
    Reason.STATIC: "no quiet standing to compare with",
    Reason.GYRO_CLIPPED: "the gyroscope hit the end of its range",
    Reason.LEARNING: "learning your usual",
    Reason.FOOT_FLAT: "the foot was never still on the ground",
    Reason.SHORT: "shorter than the target",
    Reason.WOBBLES: "too many wobbles",
    Reason.UNSEEN_LOSS: "the sensor has no clock and no counter: lost samples cannot be seen",
    Reason.UNSTEADY: "less steady than your clean holds",
    Reason.NO_SPEED: "contact time at the waist needs the speed, which is not known",
    Reason.LOST: "balance was lost",
    Reason.GAPS: "samples are missing in the middle of it",
    Reason.MOUNT: "how the sensor sits is not known, or it moved",
}


def sentences(bits: int) -> tuple[str, ...]:
    """Return the reasons of a bit set in words, in the order of the bits.

    >>> sentences(Reason.NO_GYRO | Reason.FEW)
    ('the sensor has no gyroscope', 'fewer than 20 valid steps')
    """
    return tuple(text for bit, text in SENTENCES.items() if bits & bit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found out about a recording and the sensor that made it.

    Shares are 0..1 of the samples or of the steps that should be there. ``scale`` is what
    the accelerometer's values were multiplied with; ``rest_g`` what it read at rest, None
    where it never rested. Without ``shows_loss`` nobody can tell how many ``lost`` there were.
    ``stand_roll_rad`` is how far the outer edge was up in quiet standing.
    """

    rate_hz: float
    samples: int = 0
    lost: int = 0
    holes: int = 0
    steps: int = 0
    acc_clipped_frac: float = 0.0
    gyr_clipped_frac: float = 0.0
    scale: float = 1.0
    scale_fault: bool = False
    rest_g: float | None = None
    gyro_offset_radps: tuple[float, float, float] | None = None
    direction: float = 0.0
    rattle: float = 0.0
    loose: bool = False
    calibrated: bool = False
    has_gyro: bool = True
    shows_loss: bool = True
    stand_roll_rad: float | None = None

    @property
    def lost_frac(self) -> float:
        """Samples that never came, per sample that did."""
        return self.lost / max(1, self.samples)
