"""Medians of steps, each with its grade, its reasons, its spread and how far it is right."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .grades import IMPACT_GOOD_HZ, NO_IC, best_of
from .imu import G_MPS2
from .interval import draws, interval
from .measures import LEAST_STEPS, LETTERS, Measure, withheld
from .quality import SENTENCES, Findings, Reason, sentences
from .tables import GRADE_A, GRADE_B, GRADE_C, GRADE_X, BoolArray, FloatArray, Table

GradeArray = NDArray[np.uint8]
ReasonArray = NDArray[np.uint32]

_MINUTE_NS = 60_000_000_000
_FEWEST_IN_BOUT = 8
# Beyond this the shock is the sensor's ceiling: up to half of the landings clipped, its order
# holds (Spearman 0.98 on synthetic steps, docs/validation.md).
CLIPPED_MOST = 0.50
# Of a loose pod 23 %, of jogging in small circles 30 %; of a phone in a pocket 80 %.
_UNEVEN_FROM = 0.5
UNEVEN = "the strides are too uneven for one gait: is the sensor on the foot?"
_NO_FLIGHT = "one foot or the other was on the ground all the time: there was no flight"

TIME = ~(Reason.CLIPPED | Reason.NO_STRIDE | Reason.FOOT_FLAT | Reason.STATIC)
SPACE = ~(Reason.CLIPPED | Reason.UNPROVEN)
ANGLE = ~(Reason.CLIPPED | Reason.UNPROVEN | Reason.NO_STRIDE)
IMPACT = ~(Reason.UNPROVEN | Reason.NO_STRIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Rows of one gait, with what is true of their whole recording.

    ``seed`` is the recording's own, for the bootstrap. ``brief``: a bout, which may rest on fewer
    steps (8) if they come as densely, and then is never better than C.
    """

    rows: Table
    findings: Findings
    seed: int = 0
    brief: bool = False

    def median(
        self,
        name: str,
        key: str,
        values: FloatArray,
        grades: GradeArray,
        about: Reason,
        *,
        best: int = GRADE_A,
        label: str = "",
    ) -> Measure:
        """Return the median of the known values, graded as the middle one of their steps.

        ``about`` are the reasons that concern it, ``best`` the best grade it can have and
        ``label`` why.
        """
        known = self._known(values, grades)
        n = int(known.sum())
        few = self._few(known)
        bits = self.rows["reason"] if few else self.rows["reason"][known]
        reasons = (*common(bits, about), *((label,) if label else ()))
        if few:
            return withheld(name, key, n, (*sentences(Reason.FEW), *reasons))
        x = values[known]
        grade = min(best, int(np.sort(grades[known])[(n - 1) // 2]))
        if n < LEAST_STEPS:
            grade, reasons = min(grade, GRADE_C), (*sentences(Reason.FEW), *reasons)
        p10, p90 = np.quantile(x, [0.1, 0.9])
        low, high = (None, None) if self.brief else interval(draws(x, self.seed, name))
        return Measure(
            name=name, key=key, value=float(np.median(x)), grade=LETTERS[grade], n=n,
            reasons=reasons, p10=float(p10), p90=float(p90), low=low, high=high,
        )  # fmt: skip

    def share(self, name: str, key: str, values: FloatArray, low: float, high: float) -> Measure:
        """Return how many of a hundred known values lie in [low, high)."""
        known = self._known(values, self.rows["grade_angle"])
        n = int(known.sum())
        reasons = common(self.rows["reason"][known], ANGLE)
        if self._few(known):
            return withheld(name, key, n, (*sentences(Reason.FEW), *reasons))
        inside = (values[known] >= low) & (values[known] < high)
        grade = int(np.sort(self.rows["grade_angle"][known])[(n - 1) // 2])
        return Measure(
            name=name, key=key, value=100 * float(inside.mean()), n=n, reasons=reasons,
            grade=LETTERS[min(grade, GRADE_C) if n < LEAST_STEPS else grade],
        )  # fmt: skip

    def spread(self, name: str, key: str, values: FloatArray) -> Measure:
        """Return the robust standard deviation from step to step, slow change taken out.

        From differences of neighbours, so a hill or a tired last kilometre is no unsteadiness.
        """
        known = self._known(values, self.rows["grade_angle"])
        n = int(known.sum())
        reasons = common(self.rows["reason"][known], ANGLE)
        if self._few(known):
            return withheld(name, key, n, (*sentences(Reason.FEW), *reasons))
        change = np.diff(values[known])
        value = 1.4826 * float(np.median(np.abs(change - np.median(change)))) / np.sqrt(2)
        grade = int(np.sort(self.rows["grade_angle"][known])[(n - 1) // 2])
        return Measure(
            name=name, key=key, value=float(value), n=n, reasons=reasons, grade=LETTERS[grade]
        )

    def cadence(self) -> Measure:
        """Return steps of both feet a minute, from the median stride."""
        found, stride_s = self.findings, self.rows["stride_s"]
        best = max(GRADE_C, best_of(found.rate_hz))  # strides, unlike contacts, bear a low rate
        reason = Reason(0) if best >= GRADE_A else Reason.RATE
        if found.loose:
            best, reason = min(best, GRADE_C), reason | Reason.LOOSE
        if not found.shows_loss:
            best, reason = min(best, GRADE_C), reason | Reason.UNSEEN_LOSS
        if found.lost_frac > 0.02:
            best, reason = min(best, GRADE_B), reason | Reason.BRIDGED
        if not found.has_gyro:
            reason |= Reason.NO_GYRO
        with np.errstate(divide="ignore"):
            spm = 120 / stride_s
        grades = np.where(np.isnan(stride_s), GRADE_X, best).astype(np.uint8)
        measure = self.median("cadence", "cadence_spm", spm, grades, Reason(0))
        why = tuple(dict.fromkeys((*measure.reasons, *sentences(reason))))
        return Measure(
            name="cadence", key="cadence_spm", value=measure.value, grade=measure.grade,
            n=measure.n, reasons=why, p10=measure.p10, p90=measure.p90, low=measure.low,
            high=measure.high,
        )  # fmt: skip

    def shock(self) -> Measure:
        """Return the median relative step shock in g, withheld where the ceiling made it."""
        rows = self.rows
        values = rows["shock_mps2"] / G_MPS2
        slow = self.findings.rate_hz < IMPACT_GOOD_HZ
        found = self.median(
            "shock", "shock_g", values, rows["grade_impact"], IMPACT & ~Reason.RATE,
            label=SENTENCES[Reason.RATE] if slow else "",
        )  # fmt: skip
        if clipped_share(rows) > CLIPPED_MOST:
            return withheld("shock", "shock_g", found.n, sentences(Reason.CLIPPED))
        return found

    def _few(self, known: BoolArray) -> bool:
        return int(known.sum()) < (_FEWEST_IN_BOUT if self.brief else LEAST_STEPS)

    def _known(self, values: FloatArray, grades: GradeArray) -> BoolArray:
        """Which values count: known, graded, and among 20 of them within their minute."""
        known = ~np.isnan(values) & ~np.isinf(values) & (grades > GRADE_X)
        if self.brief:
            return np.asarray(known)
        at = self.rows["ic_ns"][known]
        if not len(at):
            return np.asarray(known)
        # The minute around a step; at the ends of a recording the minute that lies in it.
        first, last = int(at[0]), max(int(at[0]), int(at[-1]) - _MINUTE_NS)
        start = np.clip(at - _MINUTE_NS // 2, first, last)
        near = np.searchsorted(at, start + _MINUTE_NS, "right") - np.searchsorted(at, start)
        out = np.zeros(len(known), bool)
        out[known] = near >= LEAST_STEPS
        return out


def clipped_share(rows: Table) -> float:
    """Return the share, 0..1, of the landings that hit the end of the accelerometer's range.

    Counted on the sensor's own axes. A row whose IC was not seen is no landing.
    """
    landed = (rows["reason"] & NO_IC) == 0
    return float((rows["clipped"][landed] > 0).mean()) if landed.any() else 0.0


def common(bits: ReasonArray, about: Reason) -> tuple[str, ...]:
    """Return the reasons that hold for more than a tenth of the rows."""
    found = 0
    for bit in Reason:
        if bit & about and ((bits & bit) != 0).sum() > 0.1 * len(bits):
            found |= bit
    return sentences(found)


def times(steps: Steps) -> tuple[Measure, ...]:
    """Return what the clock says of a gait: cadence, contact, flight, duty factor."""
    rows = steps.rows
    cadence = steps.cadence()
    contact, flight, duty = (
        steps.median(name, key, values, rows["grade_time"], TIME)
        for name, key, values in (
            ("gct", "gct_ms", rows["gct_s"] * 1e3),
            ("flight", "flight_ms", rows["flight_s"] * 1e3),
            ("duty", "duty_pct", 100 * rows["gct_s"] / rows["stride_s"]),
        )
    )
    if flight.value is not None and flight.value < 0:
        flight = withheld("flight", "flight_ms", flight.n, (_NO_FLIGHT,))
    return cadence, contact, flight, duty


def uneven(cadence: Measure) -> bool:
    """Whether the strides scatter as nobody's do: the sensor is hardly on a foot that goes."""
    if cadence.value is None or cadence.p10 is None or cadence.p90 is None:
        return False
    return cadence.p90 - cadence.p10 > _UNEVEN_FROM * cadence.value


def no_gait(measures: tuple[Measure, ...]) -> tuple[Measure, ...]:
    """Return the measures of uneven steps: all withheld, but how much was recorded."""
    return tuple(
        m if m.name == "coverage" else withheld(m.name, m.key, m.n, (UNEVEN,)) for m in measures
    )


def paces(steps: Steps) -> tuple[Measure, ...]:
    """Return what the path says: stride length and speed."""
    rows = steps.rows
    grades = rows["grade_space"]
    return (
        steps.median("stride", "stride_m", rows["stride_m"], grades, SPACE),
        steps.median("speed", "speed_mps", rows["speed_mps"], grades, SPACE),
    )
