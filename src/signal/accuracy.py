"""How good a number is: +- so much against which reference, from how many steps, or not known.

Every figure is the larger limit of agreement (bias +- 1.96 SD) of a line of docs/validation.md,
rounded up; tests/signal/test_accuracy.py reads the lines and holds each figure against its own.
"""

from dataclasses import dataclass
from typing import Literal

Family = Literal["pod", "device"]  # raw samples of a sensor; numbers that a device computed
Moving = Literal["run", "walk", "any"]

FEET = frozenset({"lace", "heel", "insole", "unknown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """What is known of one measure from ``least_hz`` on, for sensors at these ``places``.

    ``within`` is in the measure's unit: 95 of 100 numbers lie that close to the reference, in
    ``n`` steps or trials. None: not validated, and ``why`` says why. ``line`` begins the line of
    docs/validation.md that shows it.
    """

    measure: str
    family: Family = "pod"
    gait: Moving = "any"
    places: frozenset[str] = FEET
    least_hz: float = 0.0
    within: float | None = None
    against: str = ""
    n: int = 0
    why: str = ""
    line: str = ""


def _not(measure: str, why: str, *, gait: Moving = "any") -> Accuracy:
    return Accuracy(measure=measure, gait=gait, why=why)


_NO_FORCE = "no recording at hand holds a pod on the foot beside a force plate"
_NO_ANGLE = "no recording at hand holds a pod on the foot beside a motion-captured angle"
_DEVICE = "computed by the device itself, whose maker says how"
_SYNTHETIC = "synthetic feet, which are not feet"

ACCURACY: tuple[Accuracy, ...] = (
    Accuracy(
        measure="cadence", gait="run", least_hz=190, within=0.3, n=7,
        against="motion capture (Vicon), trials of one runner",
        line="cadence, pyshoe running, trials with >= 20 confirmed strides",
    ),
    Accuracy(
        measure="cadence", gait="run", least_hz=45, within=0.4, n=7,
        against="motion capture (Vicon), trials of one runner",
        line="cadence, pyshoe running at 50 Hz",
    ),
    Accuracy(
        measure="cadence", gait="walk", least_hz=190, within=0.3, n=2,
        against="motion capture (Vicon), trials of one walker",
        line="cadence, pyshoe walking, trials with >= 20 confirmed strides",
    ),
    Accuracy(
        measure="gct", gait="walk", least_hz=45, within=20, n=28,
        against="motion capture on a 10 ms grid, one walker",
        line="stance, gaitmap left (motion capture on a 10 ms grid)",
    ),
    Accuracy(
        measure="gct", gait="walk", least_hz=95, within=75, n=105,
        against="OptoGait, which sees the foot 3 mm above the belt, one walker",
        line="stance, tripod L, before the belt slows, within 4 MAD",
    ),
    Accuracy(
        measure="gct", gait="run", least_hz=190, within=15, n=1,
        against="a force plate, one averaged stride", line="contact, biomac average stride",
    ),
    Accuracy(
        measure="gct", gait="run", least_hz=190, within=15, n=180,
        against=f"{_SYNTHETIC}, contacts of 160 to 350 ms",
        line="Contact time, running, 160 to 350 ms: synthetic runner, 200 Hz",
    ),
    Accuracy(
        measure="gct", gait="run", least_hz=95, within=15, n=180,
        against=f"{_SYNTHETIC}, contacts of 160 to 350 ms",
        line="Contact time, running, 160 to 350 ms: synthetic runner, 100 Hz",
    ),
    Accuracy(
        measure="gct", gait="run", least_hz=45, within=25, n=180,
        against=f"{_SYNTHETIC}, contacts of 160 to 350 ms",
        line="Contact time, running, 160 to 350 ms: synthetic runner, 50 Hz",
    ),
    _not("gct", _NO_FORCE, gait="run"),
    _not("flight", _NO_FORCE),
    _not("duty", "as contact time"),
    Accuracy(
        measure="stride", gait="run", least_hz=190, within=0.07, n=209,
        against="motion capture (Vicon), 0.7 to 2.3 m/s, one runner",
        line="stride length, pyshoe running",
    ),
    Accuracy(
        measure="stride", gait="walk", least_hz=190, within=0.07, n=29,
        against="motion capture, one walker", line="stride length, gaitmap left, same setting",
    ),
    Accuracy(
        measure="stride", gait="run", least_hz=190, within=0.01, n=82,
        against=f"{_SYNTHETIC}, 3 m/s", line="stride length, synthetic runner",
    ),
    Accuracy(
        measure="clearance", gait="run", least_hz=190, within=0.04, n=209,
        against="motion capture (Vicon), one runner",
        line="clearance, pyshoe running, lever applied",
    ),
    Accuracy(
        measure="clearance", gait="walk", least_hz=190, within=0.025, n=69,
        against="motion capture (Vicon), one walker",
        line="clearance, pyshoe walking, lever applied",
    ),
    _not("speed", "as stride length, whose error it shares"),
    Accuracy(
        measure="strike", gait="run", least_hz=190, within=1.0, n=82, against=_SYNTHETIC,
        line="strike angle, synthetic runner",
    ),
    _not("strike", _NO_ANGLE),
    _not("rearfoot", _NO_ANGLE),
    _not("midfoot", _NO_ANGLE),
    _not("forefoot", _NO_ANGLE),
    _not("strike_spread", _NO_ANGLE),
    _not("roll_spread", _NO_ANGLE),
    _not("eversion", _NO_ANGLE),
    _not("eversion_rate", _NO_ANGLE),
    _not("ml_excursion", "no reference for a sideways path in stance is at hand"),
    _not("pushoff", "experimental: there is nothing to compare it with"),
    _not("heel_off", "experimental: there is nothing to compare it with"),
    _not("flat", _NO_ANGLE),
    _not("shock", "a size of its own: its order is kept, see docs/validation.md"),
    Accuracy(
        measure="softness", gait="run", least_hz=190, within=6, n=12,
        against="itself on another day (smallest detectable change), synthetic runners",
        line="softness, synthetic test-retest, 3 % day to day",
    ),
    _not("softness", _NO_FORCE),
    _not("clipped", "counted: nothing to validate"),
    _not("coverage", "counted: nothing to validate"),
    _not("uphill", "synthetic slopes only; level trials read up to 2 degrees"),
    _not("downhill", "synthetic slopes only; level trials read up to 2 degrees"),
    _not("stiffness", _NO_FORCE),
    _not("gct_balance", "no recording at hand holds two pods beside a reference"),
    _not("gct_at_usual", "as contact time"),
    _not("gct_drift", "tested on synthetic runners only"),
    _not("duty_drift", "tested on synthetic runners only"),
    _not("softness_drift", "tested on synthetic runners only"),
    _not("eversion_drift", "tested on synthetic runners only"),
    _not("gct_fade", "tested on synthetic runners only"),
    _not("swing", "as contact time"),
    _not("touchdown", "0.1 to 0.2 m/s on jogging (Vicon); see docs/measures.md"),
    _not("arrest", "rank within a run only"),
    _not("ppa", "below 500 Hz the peak lies between the samples"),
    _not("gait", "right in all trials at hand; no mixed reference"),
)  # fmt: skip


def how_good(
    measure: str,
    *,
    family: Family = "pod",
    gait: Moving = "run",
    rate_hz: float | None = None,
    place: str = "unknown",
) -> tuple[Accuracy, ...]:
    """Return what is known of a measure for such a sensor, the real references first.

    Always something: where nothing fits, the last of them says that it was not validated and why.
    """
    if family == "device":
        return (Accuracy(measure=measure, family="device", why=_DEVICE),)
    if place not in FEET:
        why = f"not validated for a sensor at the {place}; figures are of feet"
        return (Accuracy(measure=measure, places=frozenset({place}), why=why),)
    wanted = {"any", gait} if gait != "any" else {"any", "run", "walk"}
    fits = [a for a in ACCURACY if a.measure == measure and a.gait in wanted]
    best = [a for a in fits if a.within is not None and (rate_hz or 0.0) >= a.least_hz]
    best = [a for a in best if not any(_better(b, a) for b in best)]
    best.sort(key=lambda a: a.against.startswith(_SYNTHETIC))
    unknown = [a for a in fits if a.within is None]
    if best or unknown:
        return (*best, *unknown)
    why = "not validated at so low a rate" if fits else "not validated"
    return (Accuracy(measure=measure, gait=gait, why=why),)


def _better(a: Accuracy, b: Accuracy) -> bool:
    """Whether ``a`` says the same as ``b`` for a rate nearer to the one asked for."""
    same = (a.against, a.gait) == (b.against, b.gait)
    return a is not b and same and a.least_hz > b.least_hz
