"""One run, several recordings: which belong together, and what they amount to.

Left and right pod, the watch, the pod's own file, a download that came later: recordings that
share half of their time watched the same run. Load counts once.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ..signal.summary import combine
from .entries import Recording, Run

#: Recordings that share this part of the shorter one watched the same run.
JOIN_FROM = 0.5
#: Who measured, most trusted first: a pod's raw samples, a pod by itself, a watch.
RANK_POD_RAW, RANK_POD, RANK_WATCH = 0, 1, 2


def overlap(a: Recording, b: Recording) -> float:
    """Return which part of the shorter recording the two have in common, 0 to 1.

    0 where the start of one of them is assumed: equal guesses prove nothing.
    """
    if a.start_assumed or b.start_assumed:
        return 0.0
    shared = min(stop_of(a), stop_of(b)) - max(a.started_at, b.started_at)
    shorter = min(a.duration_s, b.duration_s)
    return max(0.0, shared.total_seconds()) / shorter if shorter > 0 else 0.0


def stop_of(recording: Recording) -> datetime:
    """Return when the recording ended."""
    return recording.started_at + timedelta(seconds=recording.duration_s)


def ranked(recordings: Sequence[Recording]) -> list[Recording]:
    """Return the recordings of a run, the most trusted first; the order is always the same."""
    return sorted(recordings, key=lambda r: (r.rank, r.side, r.started_at, r.content))


def run_from(recordings: Sequence[Recording], zone: ZoneInfo, before: Run | None = None) -> Run:
    """Return the run that these recordings watched; what a person wrote in ``before`` stays.

    The day is the athlete's own. One duration, the longest; one distance, from a pod or watch
    that measures it before one that is added up from single steps.
    """
    best = ranked(recordings)
    summary = combine([r.summary for r in best])
    trusted = sorted(best, key=lambda r: r.rank == RANK_POD_RAW)
    distances = (r.summary.distance_m for r in trusted)
    distance_m = next((metres for metres in distances if metres is not None), None)
    started_at = min(r.started_at for r in best)
    run = before or Run(day=started_at.date(), started_at=started_at, duration_s=0.0)
    return replace(
        run,
        day=started_at.astimezone(zone).date(),
        started_at=started_at,
        duration_s=summary.duration_s,
        distance_m=distance_m,
        summary=replace(summary, distance_m=distance_m),
        demo=all(r.demo for r in best),
    )
