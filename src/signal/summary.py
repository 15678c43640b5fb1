"""A recording in a few numbers for people, each with its grade and its reasons.

Here SI becomes the runner's units: milliseconds, steps per minute, g, degrees.
"""

from dataclasses import replace

import numpy as np

from . import ground, landings, softness
from .bouts import Marks, bouts
from .drift import drifts
from .measures import (
    LEAST_STEPS,
    SUMMARY_VERSION,
    Bout,
    Grade,
    Measure,
    Summary,
    withheld,
)
from .medians import Steps, no_gait, paces, times, uneven
from .quality import Findings, Reason, sentences
from .readings import summarise_readings
from .remarks import remarks
from .tables import GAIT_RUN, GAIT_WALK, Side, Table
from .together import combine
from .usual import Usual

__all__ = [
    "SUMMARY_VERSION", "Bout", "Grade", "Measure", "Summary", "combine", "summarise",
    "summarise_readings",
]  # fmt: skip


def summarise(
    rows: Table,
    findings: Findings,
    duration_s: float,
    side: Side = "unknown",
    usual: Usual | None = None,
    *,
    gct_usual: Usual | None = None,
    marks: Marks | None = None,
    seed: int = 0,
    cutoffs: landings.Cutoffs = landings.CUTOFFS,
) -> Summary:
    """Return the medians of a recording's steps, graded, with everything worth a warning.

    Contact and flight time are of the gait most steps were in. No number rests on fewer than
    20 valid steps a minute, and none on strides too uneven for a gait. Softness needs the runner's
    own ``usual`` shock, contact time at the usual speed ``gct_usual``. ``seed`` is the recording's
    own, for the bootstrap.
    """
    running = 2 * int((rows["gait"] == GAIT_RUN).sum()) >= int((rows["gait"] == GAIT_WALK).sum())
    gait = GAIT_RUN if running else GAIT_WALK
    steps = Steps(rows=rows[rows["gait"] == gait], findings=findings, seed=seed)
    shock = steps.shock()
    space = paces(steps)
    speed = space[-1]
    by_speed = None if gct_usual is None else gct_usual.by_speed
    timed = times(steps)
    measures = (
        *timed, *space, *landings.strike(steps, cutoffs), shock,
        _softness(shock, usual, speed), _coverage(rows, duration_s), landings.clipped(rows),
        *landings.flat(steps), *landings.steadiness(steps), *landings.rolling_in(steps),
        *landings.leaving(steps),
        *ground.hills(steps), *([ground.stiffness(steps)] if running else []),
        *_at_usual_speed(timed[1], gct_usual, speed), *(drifts(steps, by_speed) if running else ()),
    )  # fmt: skip
    lost = uneven(timed[0])  # no gait at all
    if lost:
        measures = no_gait(measures)
    known = [m for m in measures if m.value is not None or m.name not in _OPTIONAL]
    landed = int(((rows["reason"] & np.uint32(Reason.NO_IC)) == 0).sum())
    return Summary(
        side=side,
        duration_s=duration_s,
        distance_m=None if lost else _distance_m(rows),
        steps=0 if lost else 2 * landed,
        measures=tuple(known),
        warnings=remarks(rows, findings, side, running, uneven=lost),
        bouts=() if lost else _with_softness(bouts(rows, findings, marks), usual),
        usuals=tuple(u for u in (usual, gct_usual) if u is not None),
    )


#: Measures that a source simply may not have; withheld without a word.
_OPTIONAL = {
    "stride", "speed", "strike", "rearfoot", "midfoot", "forefoot", "strike_spread", "roll_spread",
    "eversion_rate", "ml_excursion", "uphill", "downhill", "stiffness", "gct_drift", "duty_drift",
    "softness_drift", "eversion_drift", "gct_fade", "flat", "heel_off",
}  # fmt: skip


def _softness(shock: Measure, usual: Usual | None, speed: Measure | None) -> Measure:
    if shock.value is None:
        return withheld("softness", "softness", shock.n, shock.reasons)
    if usual is None:
        return withheld("softness", "softness", shock.n, sentences(Reason.LEARNING))
    at = None if speed is None else speed.value

    def scored(shock_g: float | None) -> float | None:
        return None if shock_g is None else softness.score(shock_g, usual, at)

    # A harder landing is a lower score: the ends change places.
    return Measure(
        name="softness", key="softness", value=scored(shock.value), grade=shock.grade, n=shock.n,
        reasons=shock.reasons, p10=scored(shock.p90), p90=scored(shock.p10),
        low=scored(shock.high), high=scored(shock.low),
    )  # fmt: skip


def _with_softness(found: tuple[Bout, ...], usual: Usual | None) -> tuple[Bout, ...]:
    """Return the bouts with a score each, where the runner's usual is known."""
    if usual is None:
        return found
    out = []
    for bout in found:
        shock = bout.measure("shock")
        more = () if shock is None else (_softness(shock, usual, bout.measure("speed")),)
        out.append(replace(bout, measures=(*bout.measures, *more)))
    return tuple(out)


def _at_usual_speed(gct: Measure, usual: Usual | None, speed: Measure) -> tuple[Measure, ...]:
    """Return what contact time would have been at the runner's usual speed."""
    if usual is None or usual.ln_speed is None or gct.value is None or speed.value is None:
        return ()
    value = usual.at_usual_speed(gct.value, speed.value)
    return (
        Measure(
            name="gct_at_usual", key="gct_at_usual_ms", value=value, n=gct.n,
            grade=max(gct.grade, speed.grade),
            reasons=tuple(dict.fromkeys((*gct.reasons, *speed.reasons))),
        ),
    )  # fmt: skip


def _distance_m(rows: Table) -> float | None:
    """Length of all strides; the median stands in for one that was timed but not measured."""
    measured = rows["stride_m"][~np.isnan(rows["stride_m"])]
    if len(measured) < LEAST_STEPS:
        return None
    timed = int((~np.isnan(rows["stride_s"])).sum())
    return float(measured.sum() + max(0, timed - len(measured)) * np.median(measured))


def _coverage(rows: Table, duration_s: float) -> Measure:
    """Share of the recording's time that lies in complete strides."""
    strides = rows["stride_s"][~np.isnan(rows["stride_s"])]
    share = 100 * float(strides.sum()) / duration_s if duration_s > 0 else 0.0
    return Measure(
        name="coverage", key="coverage_pct", value=min(100.0, share), grade="A", n=len(strides)
    )
