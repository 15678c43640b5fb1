"""Bouts of a recording: accelerations, walk breaks, stops, and what the athlete marked.

An acceleration is 10 to 30 s of running that is 15 % faster than the run's own easy speed, or as
long a run between two walks or stops (short strides with a walk back). Without speed, cadence
stands in for it with 6 %. Bouts of one kind never overlap; segments are the athlete's own and may
lie over anything. The figures are assumptions of this project.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .landings import strike
from .measures import Bout, BoutKind
from .medians import Steps, no_gait, paces, times, uneven
from .quality import Findings, Reason
from .smoothing import rolling
from .tables import GAIT_RUN, GAIT_WALK, BoolArray, FloatArray, Table

Span = tuple[int, int]  # from, to, in ns on the recording's clock

_ACCELERATION_S = (9.0, 32.0)  # 10 to 30, seen with an edge of a stride or two
_FASTER, _QUICKER = 1.15, 1.06
_SMOOTH = 5  # steps
_BRIDGE_S = 3.0  # a fast stretch that slows for less goes on
_WALK_LEAST_S = 5.0
_STOP_LEAST_S = 3.0  # the slowest strides take 2.5 s
_MOST = 200  # of a kind; nobody reads more


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What lies beside the rows: where the recording begins, its holes, and marked segments.

    ``holes`` are stretches without samples: nobody knows what the foot did there.
    """

    origin_ns: int = 0
    holes: tuple[Span, ...] = ()
    segments: tuple[Span, ...] = ()


def bouts(rows: Table, findings: Findings, marks: Marks | None = None) -> tuple[Bout, ...]:
    """Return the bouts of a recording's rows of STEP, in order of time, with their own measures."""
    marks = marks or Marks()
    landed = rows[(rows["reason"] & np.uint32(Reason.NO_IC)) == 0]
    found: list[tuple[BoutKind, Span]] = []
    if len(landed) > 1:
        pauses = list(_stops(landed, marks.holes))
        walks = list(_walks(landed, pauses))
        # The speed of a pod that rattles goes up and down by itself.
        fast = [] if findings.loose else list(_accelerations(landed, pauses, walks))
        of_kind: tuple[tuple[BoutKind, list[Span]], ...] = (
            ("stop", pauses),
            ("walk", walks),
            ("acceleration", fast),
        )
        for kind, spans in of_kind:
            found.extend((kind, span) for span in spans[:_MOST])
    for span in marks.segments[:_MOST]:
        found.append(("segment", span))
    found.sort(key=lambda one: (one[1], one[0]))
    return tuple(_bout(kind, span, landed, findings, marks.origin_ns) for kind, span in found)


def _bout(kind: BoutKind, span: Span, rows: Table, findings: Findings, origin_ns: int) -> Bout:
    start_s, stop_s = ((t - origin_ns) / 1e9 for t in span)
    if kind == "stop":
        return Bout(kind=kind, start_s=start_s, stop_s=stop_s)
    inside = rows[(rows["ic_ns"] >= span[0]) & (rows["ic_ns"] < span[1])]
    running = 2 * (inside["gait"] == GAIT_RUN).sum() >= (inside["gait"] == GAIT_WALK).sum()
    gait = GAIT_WALK if kind == "walk" or not running else GAIT_RUN
    steps = Steps(rows=inside[inside["gait"] == gait], findings=findings, brief=True)
    measures = (*times(steps), *paces(steps), *strike(steps), steps.shock())
    told = no_gait(measures) if uneven(measures[0]) else measures
    return Bout(kind=kind, start_s=start_s, stop_s=stop_s, measures=told)


def _stops(rows: Table, holes: Sequence[Span]) -> Iterator[Span]:
    """Yield where no foot came down for 3 s, though the sensor watched."""
    ends = np.maximum(rows["fc_ns"], rows["ic_ns"])
    for k in np.flatnonzero(np.diff(rows["ic_ns"]) > _STOP_LEAST_S * 1e9).tolist():
        span = int(ends[k]), int(rows["ic_ns"][k + 1])
        unseen = sum(max(0, min(b, span[1]) - max(a, span[0])) for a, b in holes)
        if span[1] - span[0] - unseen >= _STOP_LEAST_S * 1e9 / 2 and 2 * unseen < span[1] - span[0]:
            yield span


def _walks(rows: Table, pauses: Sequence[Span]) -> Iterator[Span]:
    """Yield walking between running, of 5 s or more; in a walk there is no walk break."""
    walked = rows["gait"] == GAIT_WALK
    if 2 * int((rows["gait"] == GAIT_RUN).sum()) < int(walked.sum()):
        return
    for a, b in _runs_of(walked):
        # A stop within a walk parts it.
        for first, last in _parted(rows, a, b, pauses):
            span = int(rows["ic_ns"][first]), _until(rows, last)
            if span[1] - span[0] >= _WALK_LEAST_S * 1e9:
                yield span


def _accelerations(rows: Table, pauses: Sequence[Span], walks: Sequence[Span]) -> Iterator[Span]:
    running = rows["gait"] != GAIT_WALK
    fast = running & _fast(rows, running)
    _bridge(rows, fast, running)
    bounds = sorted([*pauses, *walks])
    for a, b in _runs_of(running):
        for first, last in _parted(rows, a, b, pauses):
            whole = int(rows["ic_ns"][first]), _until(rows, last)
            if _short(whole) and _between(whole, bounds):
                yield whole
                continue
            for i, j in _runs_of(fast[first : last + 1]):
                span = int(rows["ic_ns"][first + i]), _until(rows, first + j)
                if _short(span):
                    yield span


def _fast(rows: Table, running: BoolArray) -> BoolArray:
    """Return which steps are faster than the run's own easy speed."""
    for values, factor in (
        (rows["speed_mps"], _FASTER),
        (120 / np.where(rows["stride_s"] > 0, rows["stride_s"], np.nan), _QUICKER),
    ):
        pace = rolling(np.where(running, values, np.nan), _SMOOTH)
        known = pace[running & ~np.isnan(values)]
        if 2 * len(known) > int(running.sum()):
            return np.asarray(pace > factor * _easy(known, factor))
    return np.zeros(len(rows), bool)


def _easy(pace: FloatArray, factor: float) -> float:
    """Return the median pace of what is not fast: a few fast stretches do not raise it."""
    easy = float(np.median(pace))
    for _ in range(5):
        slow = pace[pace <= factor * easy]
        if not len(slow) or np.median(slow) == easy:
            break
        easy = float(np.median(slow))
    return easy


def _bridge(rows: Table, fast: BoolArray, running: BoolArray) -> None:
    """Let a fast stretch go on over a moment of less."""
    edges = list(_runs_of(fast))
    for (_, b), (a, _) in pairwise(edges):
        if rows["ic_ns"][a] - rows["ic_ns"][b] <= _BRIDGE_S * 1e9 and running[b:a].all():
            fast[b:a] = True


def _between(span: Span, bounds: Sequence[Span]) -> bool:
    """Whether a walk or stop lies right before and right after."""
    near_ns = 2_000_000_000
    return any(0 <= span[0] - b <= near_ns for _, b in bounds) and any(
        0 <= a - span[1] + near_ns <= 2 * near_ns for a, _ in bounds
    )


def _short(span: Span) -> bool:
    low, high = _ACCELERATION_S
    return low * 1e9 <= span[1] - span[0] <= high * 1e9


def _until(rows: Table, last: int) -> int:
    """Return where a stretch ends: with the last step's stride, or with its contact."""
    stride_s = float(rows["stride_s"][last])
    if np.isnan(stride_s):
        return int(max(rows["fc_ns"][last], rows["ic_ns"][last]))
    return int(rows["ic_ns"][last]) + round(stride_s * 1e9)


def _parted(rows: Table, a: int, b: int, pauses: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Yield the pieces of rows a..b that stops part, as first and last row."""
    first = a
    ic = rows["ic_ns"]
    for start, stop in pauses:
        k = int(np.searchsorted(ic, stop)) - 1
        if first <= k < b and ic[k] <= start:
            yield first, k
            first = k + 1
    yield first, b


def _runs_of(mask: BoolArray) -> Iterator[tuple[int, int]]:
    """Yield first and last place of each unbroken run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]])))
    for a, b in edges.reshape(-1, 2).tolist():
        yield a, b - 1
