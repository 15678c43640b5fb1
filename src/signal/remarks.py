"""What a person should know of a recording, one sentence each."""

from .medians import UNEVEN, clipped_share
from .quality import Findings
from .tables import GAIT_RUN, GAIT_WALK, Side, Table


def remarks(
    rows: Table, found: Findings, side: Side, running: bool, *, uneven: bool = False
) -> tuple[str, ...]:
    """Return the warnings of a recording, most of it walked or run, or neither: ``uneven``."""
    of_steps = _of_steps(rows, side, running)
    if uneven:
        of_steps = [f"{UNEVEN[0].upper()}{UNEVEN[1:]}"]
    return (*_of_sensor(found), *_of_samples(found), *of_steps)


def _of_sensor(found: Findings) -> list[str]:
    out = []
    if not found.has_gyro:
        out.append("The sensor has no gyroscope: no contact time can be told.")
    elif not found.calibrated:
        out.append("The foot hardly moved: nothing to count.")
    if found.scale_fault:
        out.append(
            f"The accelerometer reads {found.rest_g or 0.75:.2f} g at rest: its scale is too"
            " small by 4/3, which was corrected."
        )
    elif found.rest_g is not None and abs(found.rest_g - 1) > 0.06:
        out.append(
            f"The accelerometer reads {found.rest_g:.2f} g at rest instead of 1 g: check its range."
        )
    if found.loose:
        out.append("The pod sits loose: it rattles. Tighten it; times are rough, shocks withheld.")
    return out


def _of_samples(found: Findings) -> list[str]:
    out = []
    if found.lost_frac >= 0.01:
        out.append(
            f"{found.lost} samples were lost on the way, {100 * found.lost_frac:.0f} %"
            " of those that came."
        )
    if found.holes:
        out.append(f"{found.holes} holes longer than 25 ms: the strides they touch are left out.")
    return out


def _of_steps(rows: Table, side: Side, running: bool) -> list[str]:
    out = []
    clipped = clipped_share(rows)
    if clipped > 0.01:
        out.append(
            f"{100 * clipped:.0f} % of the landings hit the end of the accelerometer's range."
        )
    if side == "unknown":
        out.append("Left or right foot is not known.")
    other = (rows["gait"] == (GAIT_WALK if running else GAIT_RUN)).mean() if len(rows) else 0.0
    if other > 0.1:
        out.append(
            f"{100 * other:.0f} % of the steps were {'walked' if running else 'run'};"
            f" the numbers are of the steps {'run' if running else 'walked'}."
        )
    return out
