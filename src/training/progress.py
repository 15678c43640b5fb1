"""Progress since the start: softness, contact time and sway against a frozen beginning.

The other view of the same numbers as the flags', which compare with the *rolling* usual and so
forget what changes slowly. The two are never mixed: every point here says which start it stands
against, and no flag reads it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from math import exp, log
from statistics import median
from typing import Literal, get_args

from ..signal import softness
from ..signal.summary import Grade, Measure, Summary
from ..signal.usual import RUNS, Usual, start_of
from .entries import Run
from .history import History

ProgressOf = Literal["softness", "gct", "sway"]

#: What each is read from in a run, and its unit.
_READ_FROM: dict[ProgressOf, str] = {"softness": "shock", "gct": "gct"}
_UNIT: dict[ProgressOf, str] = {"softness": "of 100", "gct": "%", "sway": "%"}


@dataclass(frozen=True, slots=True)
class Point:
    """One run or day against the start.

    Softness is a score: 50 the start, more is softer. Contact time and sway are the change in
    percent, contact time at the same speed.
    """

    day: date
    value: float
    grade: Grade
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """All that came after a frozen start, oldest first; ``source`` is the one device compared."""

    of: ProgressOf
    unit: str
    since: date
    source: str
    runs: int
    points: tuple[Point, ...]


def progress(of: ProgressOf, history: History, since: date | None = None) -> Progress | str:
    """Return how a measure stands against its start, or say what is missing.

    The start is of the first six eligible runs (holds, for sway), or of the first six from
    ``since``. Runs of the newest run's source and version alone are compared.
    """
    if of == "sway":
        return _sway(history, since)
    name = _READ_FROM[of]
    known = [(run, m) for run in history.runs if (m := _known(run.summary, name)) is not None]
    if not known:
        return "no run has this number"
    newest, last = known[-1]
    same = [
        (run, m)
        for run, m in known
        if m.source == last.source and run.summary.version == newest.summary.version
    ]
    start = start_of(name, [(run.day, run.summary) for run, _ in same], last.source, since=since)
    if start is None:
        return f"this needs {RUNS} runs of a quarter of an hour with one pod"
    points = [_point(of, run, m, start) for run, m in same if since is None or run.day >= since]
    return Progress(
        of=of, unit=_UNIT[of], since=points[0].day, source=last.source, runs=start.runs,
        points=tuple(points),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceStart:
    """One run, or the newest hold by then, against the frozen start; ``value`` as in ``Point``.

    ``value`` is None where nothing can be said, and ``why`` then says what is missing. ``since``
    is the first day of the start, ``runs`` how many runs or holds it is made of.
    """

    of: ProgressOf
    unit: str
    value: float | None
    grade: Grade
    n: int = 0
    day: date | None = None
    since: date | None = None
    source: str = ""
    runs: int = 0
    why: str = ""


def since_start(run: Run, history: History, since: date | None = None) -> tuple[SinceStart, ...]:
    """Return softness, contact time and sway of a run's day against their frozen starts.

    Only what had happened by that run counts, so a later one never changes what is said of it.
    """
    runs = tuple(r for r in history.runs if r.started_at <= run.started_at)
    strength = tuple(s for s in history.strength if s.day <= run.day)
    by_then = replace(history, runs=runs, strength=strength)
    return tuple(_since_start(of, run, by_then, since) for of in get_args(ProgressOf))


def _since_start(of: ProgressOf, run: Run, history: History, since: date | None) -> SinceStart:
    unit = _UNIT[of]
    if of != "sway" and _known(run.summary, _READ_FROM[of]) is None:
        return SinceStart(
            of=of, unit=unit, value=None, grade="X", why="this run has no such number"
        )
    found = progress(of, history, since)
    if isinstance(found, str):
        return SinceStart(of=of, unit=unit, value=None, grade="X", why=found)
    last = found.points[-1]
    return SinceStart(
        of=of, unit=unit, value=last.value, grade=last.grade, n=last.n, day=last.day,
        since=found.since, source=found.source, runs=found.runs,
    )  # fmt: skip


def _point(of: ProgressOf, run: Run, measure: Measure, start: Usual) -> Point:
    speed, value = _known(run.summary, "speed"), measure.value or 0.0
    at = None if speed is None else speed.value
    if of == "softness":
        return Point(run.day, softness.score(value, start, at), measure.grade, measure.n)
    return Point(run.day, 100 * (exp(start.away(value, at)) - 1), measure.grade, measure.n)


def _sway(history: History, since: date | None) -> Progress | str:
    """Sway of holds under one condition, the one with the most of them."""
    found: dict[str, list[tuple[date, Measure]]] = {}
    for session in history.strength:
        for done in session.sets if since is None or session.day >= since else ():
            condition = f"{done.exercise}, {done.side}, eyes {done.eyes}, {done.surface}"
            for result in _swaying(done.results):
                found.setdefault(f"{condition}, {result.source}", []).append((session.day, result))
    if not found:
        return "no hold has measured sway"
    condition = max(sorted(found), key=lambda name: len(found[name]))
    holds = found[condition]
    if len(holds) < RUNS:
        return f"this needs {RUNS} holds under one condition; there are {len(holds)}"
    start = median(log(m.value or 1.0) for _, m in holds[:RUNS])
    points = [
        Point(day, 100 * (exp(log(m.value or 1.0) - start) - 1), m.grade, m.n) for day, m in holds
    ]
    return Progress(of="sway", unit=_UNIT["sway"], since=holds[0][0], source=condition, runs=RUNS,
                    points=tuple(points))  # fmt: skip


def _swaying(results: Iterable[Measure]) -> list[Measure]:
    return [r for r in results if r.name == "sway" and r.value and r.grade != "X"]


def _known(summary: Summary, name: str) -> Measure | None:
    measure = summary.measure(name)
    if measure is None or not measure.value or measure.grade == "X":
        return None
    return measure
