"""A recording in a few numbers for people, each with its grade and its reasons.

Here SI becomes the runner's units: milliseconds, steps per minute, g, degrees.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from . import softness
from .grades import best_of
from .imu import G_MPS2
from .quality import Findings, Reason, sentences
from .tables import GAIT_RUN, GAIT_WALK, GRADE_A, GRADE_B, GRADE_C, FloatArray, Side, Table

Grade = Literal["A", "B", "C", "X"]

SUMMARY_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One number for people: ``key`` carries the unit, ``name`` does not.

    ``value`` is None exactly where nothing honest can be said; then the grade is X and
    ``reasons`` says why. ``n`` counts the steps or readings behind the number. ``source`` is
    the device with its rate; only numbers of one source are ever compared. Empty: typed in,
    or not said.
    """

    name: str
    key: str
    value: float | None
    grade: Grade
    n: int
    reasons: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What one recording, or the recordings of one run together, amount to."""

    version: int = SUMMARY_VERSION
    side: Side = "unknown"
    duration_s: float = 0.0
    distance_m: float | None = None
    steps: int = 0
    measures: tuple[Measure, ...] = ()
    warnings: tuple[str, ...] = ()

    def measure(self, name: str) -> Measure | None:
        """Return the measure of that name, or None where the source never has it."""
        return next((m for m in self.measures if m.name == name), None)

    def flat(self) -> dict[str, Any]:
        """Return one flat object: ``gct_ms``, ``gct_grade``, ``gct_reasons``, ..."""
        out: dict[str, Any] = {
            "side": self.side,
            "duration_s": self.duration_s,
            "distance_m": self.distance_m,
            "steps": self.steps,
        }
        for m in self.measures:
            out[m.key] = m.value
            out[f"{m.name}_grade"] = m.grade
            out[f"{m.name}_n"] = m.n
            out[f"{m.name}_reasons"] = list(m.reasons)
        # A distance is made of strides, so it is as good as the speed made of them.
        speed = self.measure("speed")
        known = self.distance_m is not None and speed is not None
        out["distance_grade"] = speed.grade if known and speed is not None else "X"
        out["warnings"] = list(self.warnings)
        return out


GradeArray = NDArray[np.uint8]
ReasonArray = NDArray[np.uint32]

LEAST_STEPS = 20  # science.md 2.0: no number from fewer valid steps
# Beyond this the shock is the sensor's ceiling: up to half of the landings clipped, its order
# holds (Spearman 0.98 on synthetic steps, docs/validation.md).
_CLIPPED_MOST = 0.50
_LETTERS: tuple[Grade, ...] = ("X", "C", "B", "A")


def summarise(
    rows: Table,
    findings: Findings,
    duration_s: float,
    side: Side = "unknown",
    usual: softness.Usual | None = None,
) -> Summary:
    """Return the medians of a recording's steps, graded, with everything worth a warning.

    Contact and flight time are of the gait most steps were in. No number rests on fewer
    than 20 valid steps; softness needs the runner's own ``usual``.
    """
    running = 2 * int((rows["gait"] == GAIT_RUN).sum()) >= int((rows["gait"] == GAIT_WALK).sum())
    same = rows[rows["gait"] == (GAIT_RUN if running else GAIT_WALK)]
    landed = (rows["reason"] & Reason.NO_IC) == 0
    shock = _shock(same)
    speed = _median("speed", "speed_mps", same["speed_mps"], same["grade_space"], same, _SPACE)
    measures = (
        _cadence(same, findings),
        _median("gct", "gct_ms", same["gct_s"] * 1e3, same["grade_time"], same, _TIME),
        _median("flight", "flight_ms", same["flight_s"] * 1e3, same["grade_time"], same, _TIME),
        _median("stride", "stride_m", same["stride_m"], same["grade_space"], same, _SPACE),
        speed,
        _median("strike", "strike_deg", np.rad2deg(same["strike_rad"]), same["grade_angle"], same,
                _ANGLE),
        shock,
        _softness(shock, usual, speed.value),
        _coverage(rows, duration_s),
    )  # fmt: skip
    known = [m for m in measures if m.value is not None or m.name not in _OPTIONAL]
    return Summary(
        side=side,
        duration_s=duration_s,
        distance_m=_distance_m(rows),
        # One foot sees every other step of the runner; these are the steps of this foot.
        steps=int(landed.sum()),
        measures=tuple(known),
        warnings=_warnings(rows, findings, side, running),
    )


_OPTIONAL = {"stride", "speed", "strike"}
_TIME = ~(Reason.CLIPPED | Reason.NO_STRIDE | Reason.FOOT_FLAT | Reason.STATIC)
_SPACE = ~(Reason.CLIPPED | Reason.UNPROVEN)
_ANGLE = ~(Reason.CLIPPED | Reason.UNPROVEN | Reason.NO_STRIDE)
_IMPACT = ~(Reason.UNPROVEN | Reason.NO_STRIDE)


def _median(
    name: str, key: str, values: FloatArray, grades: GradeArray, rows: Table, about: Reason
) -> Measure:
    """Median of the values that are known, graded as the middle one of their steps."""
    known = ~np.isnan(values) & (grades > 0)
    n = int(known.sum())
    bits = rows["reason"][known] if n >= LEAST_STEPS else rows["reason"]
    reasons = _common(bits, about)
    if n < LEAST_STEPS:
        return Measure(
            name=name, key=key, value=None, grade="X", n=n,
            reasons=(*sentences(Reason.FEW), *reasons),
        )  # fmt: skip
    grade = _LETTERS[int(np.sort(grades[known])[(n - 1) // 2])]
    return Measure(
        name=name, key=key, value=float(np.median(values[known])), grade=grade, n=n,
        reasons=reasons,
    )  # fmt: skip


def _common(bits: ReasonArray, about: Reason) -> tuple[str, ...]:
    """Reasons that hold for at least a tenth of the rows."""
    common = 0
    for bit in Reason:
        if bit & about and ((bits & bit) != 0).sum() > 0.1 * len(bits):
            common |= bit
    return sentences(common)


def _distance_m(rows: Table) -> float | None:
    """Length of all strides; the median stands in for one that was timed but not measured."""
    measured = rows["stride_m"][~np.isnan(rows["stride_m"])]
    if len(measured) < LEAST_STEPS:
        return None
    timed = int((~np.isnan(rows["stride_s"])).sum())
    return float(measured.sum() + max(0, timed - len(measured)) * np.median(measured))


def _cadence(rows: Table, findings: Findings) -> Measure:
    strides = rows["stride_s"][~np.isnan(rows["stride_s"])]
    n = len(strides)
    reason = Reason(0)
    if findings.loose:
        reason |= Reason.LOOSE
    if findings.lost_frac > 0.02:
        reason |= Reason.BRIDGED
    if not findings.has_gyro:
        reason |= Reason.NO_GYRO
    if n < LEAST_STEPS:
        return Measure(
            name="cadence", key="cadence_spm", value=None, grade="X", n=n,
            reasons=sentences(reason | Reason.FEW),
        )  # fmt: skip
    best = max(GRADE_C, best_of(findings.rate_hz))  # strides, unlike contacts, bear a low rate
    if best < GRADE_A:
        reason |= Reason.RATE
    grade = _LETTERS[min(best, GRADE_C if findings.loose else GRADE_A,
                         GRADE_B if findings.lost_frac > 0.02 else GRADE_A)]  # fmt: skip
    return Measure(
        name="cadence", key="cadence_spm", value=float(120 / np.median(strides)), grade=grade, n=n,
        reasons=sentences(reason),
    )  # fmt: skip


def _shock(rows: Table) -> Measure:
    """Median relative step shock in g, withheld where the sensor's ceiling made it."""
    found = _median(
        "shock", "shock_g", rows["shock_mps2"] / G_MPS2, rows["grade_impact"], rows, _IMPACT
    )
    if len(rows) and (rows["clipped"] > 0).mean() > _CLIPPED_MOST:
        return Measure(
            name="shock", key="shock_g", value=None, grade="X", n=found.n,
            reasons=sentences(Reason.CLIPPED),
        )  # fmt: skip
    return found


def _softness(shock: Measure, usual: softness.Usual | None, speed_mps: float | None) -> Measure:
    if shock.value is None or usual is None:
        reasons = shock.reasons if shock.value is None else sentences(Reason.LEARNING)
        return Measure(
            name="softness", key="softness", value=None, grade="X", n=shock.n, reasons=reasons
        )
    return Measure(
        name="softness", key="softness", value=softness.score(shock.value, usual, speed_mps),
        grade=shock.grade, n=shock.n, reasons=shock.reasons,
    )  # fmt: skip


def _coverage(rows: Table, duration_s: float) -> Measure:
    """Share of the recording's time that lies in complete strides."""
    strides = rows["stride_s"][~np.isnan(rows["stride_s"])]
    share = 100 * float(strides.sum()) / duration_s if duration_s > 0 else 0.0
    return Measure(
        name="coverage", key="coverage_pct", value=min(100.0, share), grade="A", n=len(strides)
    )


def _warnings(rows: Table, found: Findings, side: Side, running: bool) -> tuple[str, ...]:
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
    if found.lost_frac >= 0.01:
        out.append(
            f"{found.lost} samples were lost on the way, {100 * found.lost_frac:.0f} %"
            " of those that came."
        )
    if found.holes:
        out.append(f"{found.holes} holes longer than 25 ms: the strides they touch are left out.")
    clipped = (rows["clipped"] > 0).mean() if len(rows) else 0.0
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
    return tuple(out)


_DEVICE = ("computed by the device itself",)
_HELD_MOST = 10.0  # watches that record "smartly" leave out a few readings, a pause many
_READINGS: tuple[tuple[str, str, str, float], ...] = (
    ("cadence", "cadence_spm", "cadence_spm", 1.0),
    ("gct", "gct_ms", "gct_s", 1e3),
    ("gct_balance", "gct_left_pct", "gct_left_frac", 100.0),
    ("flight", "flight_ms", "flight_s", 1e3),
    ("step", "step_m", "step_m", 1.0),
    ("speed", "speed_mps", "speed_mps", 1.0),
    ("vertical_oscillation", "vertical_oscillation_mm", "vertical_oscillation_m", 1e3),
    ("leg_stiffness", "leg_stiffness_knpm", "leg_stiffness_npm", 1e-3),
    ("power", "power_w", "power_w", 1.0),
    ("heart_rate", "heart_rate_bpm", "heart_rate_bpm", 1.0),
)


def summarise_readings(readings: Table, duration_s: float | None = None) -> Summary:
    """Return the medians of what a device or watch computed, while the athlete moved.

    Rows with cadence 0 are standing and count for nothing but heart rate.
    """
    if duration_s is None:
        t = readings["t_ns"]
        duration_s = float(t[-1] - t[0]) / 1e9 if len(t) else 0.0
    moving = ~(readings["cadence_spm"] <= 0)
    measures = []
    for name, key, column, factor in _READINGS:
        values = readings[column] if name == "heart_rate" else readings[column][moving]
        values = values[~np.isnan(values)]
        if not len(values):
            continue
        few = len(values) < LEAST_STEPS
        measures.append(
            Measure(
                name=name, key=key, n=len(values),
                value=None if few else float(np.median(values)) * factor,
                grade="X" if few else "B",
                reasons=("fewer than 20 readings",) if few else _DEVICE,
            )
        )  # fmt: skip
    distance = readings["distance_m"][~np.isnan(readings["distance_m"])]
    return Summary(
        duration_s=duration_s,
        distance_m=float(distance[-1] - distance[0]) if len(distance) > 1 else None,
        steps=_steps_of(readings),
        measures=tuple(measures),
    )


def _steps_of(readings: Table) -> int:
    """Steps of both feet: each cadence holds until the next one, unless that is far off."""
    readings = readings[~np.isnan(readings["cadence_spm"])]
    if len(readings) < 2:
        return 0
    step_s = np.diff(readings["t_ns"]) / 1e9
    usual_s = float(np.median(step_s))
    held_s = np.append(np.where(step_s > _HELD_MOST * usual_s, usual_s, step_s), usual_s)
    return round(float((readings["cadence_spm"] * held_s).sum()) / 60)


def combine(summaries: Sequence[Summary]) -> Summary:
    """Return the summary of a run from its recordings, the most trusted first.

    Each measure has one source: the first that knows it. Only a left and a right pod that
    both know it are averaged, and their contact times give the left share.
    """
    if not summaries:
        return Summary()
    names = list(dict.fromkeys(m.name for s in summaries for m in s.measures))
    left = next((s for s in summaries if s.side == "left"), None)
    right = next((s for s in summaries if s.side == "right"), None)
    measures = [_one(name, summaries, left, right) for name in names]
    balance = _balance(left, right)
    if balance is not None:
        measures = [m for m in measures if m.name != "gct_balance"] + [balance]
    return Summary(
        version=summaries[0].version,
        side=summaries[0].side if len({s.side for s in summaries}) == 1 else "unknown",
        duration_s=max(s.duration_s for s in summaries),
        distance_m=next((s.distance_m for s in summaries if s.distance_m is not None), None),
        steps=max(s.steps for s in summaries),
        measures=tuple(measures),
        warnings=tuple(dict.fromkeys(w for s in summaries for w in s.warnings)),
    )


def _one(
    name: str, summaries: Sequence[Summary], left: Summary | None, right: Summary | None
) -> Measure:
    a = left.measure(name) if left else None
    b = right.measure(name) if right else None
    if a and b and a.value is not None and b.value is not None:
        return Measure(
            name=name, key=a.key, value=(a.value + b.value) / 2, n=a.n + b.n,
            grade=max(a.grade, b.grade), reasons=tuple(dict.fromkeys(a.reasons + b.reasons)),
        )  # fmt: skip
    found = [m for s in summaries if (m := s.measure(name)) is not None]
    return next((m for m in found if m.value is not None), found[0])


def _balance(left: Summary | None, right: Summary | None) -> Measure | None:
    a = left.measure("gct") if left else None
    b = right.measure("gct") if right else None
    if a is None or b is None or a.value is None or b.value is None:
        return None
    return Measure(
        name="gct_balance", key="gct_left_pct", value=100 * a.value / (a.value + b.value),
        grade=max(a.grade, b.grade), n=min(a.n, b.n),
    )  # fmt: skip
