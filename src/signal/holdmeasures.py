"""One hold in numbers for people, as a set's results keep them: flags and progress read these."""

import math

from .measures import LETTERS, Measure, withheld
from .quality import sentences
from .tables import Table

LEAST_S = 5.0  # what sways slowly is not seen in less
TOO_SHORT = f"the hold was shorter than {LEAST_S:g} s"


def measures_of(hold: Table, source: str = "") -> tuple[Measure, ...]:
    """Return seconds and sway of one row of HOLD.

    ``sway`` is the RMS of the ankle's roll rate over the hold, in deg/s: the number that rule F13
    and progress compare, under one condition and from one ``source``. Sideways acceleration, the
    other candidate, is mostly the sensor's noise in a steady hold. Withheld below 5 s.
    """
    (row,) = hold
    seconds = float(row["stop_ns"] - row["start_ns"]) / 1e9
    grade = LETTERS[int(row["grade"])]
    why = sentences(int(row["reason"]))
    held = Measure(name="hold", key="hold_s", value=seconds, grade="A", n=1, source=source)
    if seconds < LEAST_S or grade == "X":
        few = (TOO_SHORT,) if seconds < LEAST_S else why
        return held, withheld("sway", "sway_degps", 1, few)
    sway = math.degrees(float(row["roll_rate_rms_radps"]))
    return (
        held,
        Measure(name="sway", key="sway_degps", value=sway, grade=grade, n=1, reasons=why,
                source=source),
    )  # fmt: skip
