"""A run in five numbers beside the athlete's own usual, and in one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ..signal.summary import Grade, Measure
from .entries import Run
from .history import History
from .load import distance_m
from .phrases import day_name, km, minutes, pace
from .usual import FEWEST_RUNS, Standing, comparable_values, usual_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number of the last run beside the athlete's own usual at that speed.

    ``usual`` is None where fewer than ten runs are comparable; ``text`` says so.
    """

    name: str
    key: str
    label: str
    value: float | None
    grade: Grade
    n: int
    usual: float | None
    usual_n: int
    standing: Standing
    text: str
    reasons: tuple[str, ...]


#: The five numbers of a run: measure, what people call it, unit, digits.
NUMBERS = (
    ("cadence", "cadence_spm", "Cadence", "steps/min", 0),
    ("gct", "gct_ms", "Contact time", "ms", 0),
    ("softness", "softness", "Softness", "", 0),
    ("shock", "shock_g", "Shock", "g", 1),
    ("flight", "flight_ms", "Flight time", "ms", 0),
)


def numbers_of(run: Run, history: History) -> tuple[Number, ...]:
    """Return the five numbers of a run beside what is usual at that speed."""
    return tuple(
        _number(run.summary.measure(name) or _missing(name, key), label, unit, digits, run, history)
        for name, key, label, unit, digits in NUMBERS
    )


def left_right_of(run: Run, history: History) -> Number | None:
    """Return the left foot's share of contact time beside the own usual share at that speed.

    None where no two feet were measured: one foot says nothing of the other. Nobody's
    feet are quite alike, so what counts is ``value`` less ``usual``, in points.
    """
    share = run.summary.measure("gct_balance")
    if share is None or share.value is None:
        return None
    return _number(share, "Contact time, left share", "%", 1, run, history)


def _missing(name: str, key: str) -> Measure:
    return Measure(
        name=name, key=key, value=None, grade="X", n=0, reasons=("this source does not measure it",)
    )


def _number(
    measure: Measure, label: str, unit: str, digits: int, run: Run, history: History
) -> Number:
    usual = usual_of(measure.name, run, history)
    standing: Standing = "unknown"
    if measure.value is None:
        text = f"{label}: not known ({', '.join(measure.reasons) or 'no reason given'})"
    elif usual is None:
        n = len(comparable_values(measure.name, run, history))
        text = (
            f"{label}: {_said(measure.value, unit, digits)}; "
            f"not enough data: {n} of {FEWEST_RUNS} comparable runs"
        )
    else:
        standing = usual.standing(measure.value)
        text = (
            f"{label}: {_said(measure.value, unit, digits)}, {_standing_said(standing)} "
            f"{_said(usual.middle, unit, digits)}"
        )
    return Number(
        name=measure.name,
        key=measure.key,
        label=label,
        value=measure.value,
        grade=measure.grade,
        n=measure.n,
        usual=None if usual is None else usual.middle,
        usual_n=0 if usual is None else usual.n,
        standing=standing,
        text=text,
        reasons=measure.reasons,
    )


def _said(value: float, unit: str, digits: int) -> str:
    return f"{value:.{digits}f} {unit}".rstrip()


def _standing_said(standing: Standing) -> str:
    return {"usual": "like your usual", "above": "above your usual", "below": "below your usual"}[
        standing
    ]


def overall_mps(run: Run) -> float | None:
    """Return how fast a run was: of a pod the median stride, of a watch the whole way."""
    metres, speed, seen = (
        distance_m(run),
        run.summary.measure("speed"),
        run.summary.measure("coverage"),
    )
    if speed is not None and speed.value and seen is not None:
        return speed.value
    return metres / run.duration_s if metres and run.duration_s else None


def sentence_about(run: Run | None, numbers: Sequence[Number], day: date) -> str:
    """Return one sentence about the last run, or that there is none."""
    if run is None:
        return "No run is stored yet."
    days_ago = (day - run.day).days
    when = {0: "Today", 1: "Yesterday"}.get(days_ago, f"On {day_name(run.day)}")
    metres = distance_m(run)
    parts = [] if metres is None else [km(metres)]
    parts.append(f"{'in ' if parts else ''}{minutes(run.duration_s)}")
    if (speed := overall_mps(run)) is not None:
        parts.append(f"({pace(speed)})")
    apart = [number for number in numbers if number.standing in ("above", "below")]
    known = [number for number in numbers if number.standing != "unknown"]
    if apart:
        first = apart[0].text
        end = f"; {first[0].lower()}{first[1:]}"
    elif known:
        end = "; every number that can be compared is like your usual"
    else:
        end = "; not enough data yet to say what is usual"
    demo = " (demo)" if run.demo else ""
    return f"{when}{demo}: {' '.join(parts)}{end}."
