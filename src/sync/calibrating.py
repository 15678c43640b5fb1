"""Pods made true by what knew the way: stride length, speed and distance, per shoe.

A run whose distance somebody said is true by that distance. Others follow the earlier runs in the
same shoe: by their tracks, measured ways, treadmills or watches, the first of these that says
enough.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from ..signal.calibration import SCALED, Calibration, Known, calibration_by, calibration_of
from ..training.entries import Recording, Run
from ..training.joining import RANK_POD_RAW, RANK_WATCH

if TYPE_CHECKING:
    from ..config import Stores

#: Shoes wear and seats move: older runs, and more of them, say nothing better.
_WITHIN, _OF = timedelta(days=180), 20
#: The surest first.
_BY: tuple[Known, ...] = ("a track", "a measured way", "a treadmill", "a watch")
_ON: dict[str, Known] = {"track": "a track", "treadmill": "a treadmill"}


def calibrated(stores: "Stores", athlete: str, run: Run, watched_by: Sequence[Recording]) -> Run:
    """Return the run with its pods' lengths made true by itself or by earlier runs in this shoe.

    Recordings keep what the pod said, so that a calibration is never made of calibrated numbers.
    Unchanged where no distance was said and no shoe is known, or too few runs knew their way.
    """
    pods = [r for r in watched_by if r.rank == RANK_POD_RAW]
    found = _by_itself(run, pods) or _by_earlier(stores, athlete, run, pods)
    if found is not None:
        names = {name for name in SCALED if any(_knows(r, name) for r in pods)}
        by_pod = all(r.rank == RANK_POD_RAW or r.summary.distance_m is None for r in watched_by)
        summary = found.applied(run.summary, names, distance=by_pod)
        distance_m = summary.distance_m if by_pod else run.distance_m
        run = replace(run, summary=summary, distance_m=distance_m)
    if run.known_m is None:
        return run
    summary = replace(run.summary, distance_m=run.known_m)
    return replace(run, summary=summary, distance_m=run.known_m)


def _by_itself(run: Run, pods: Sequence[Recording]) -> Calibration | None:
    distance_m = _distance_m(pods)
    if run.known_m is None or distance_m is None:
        return None
    return calibration_by(distance_m, run.known_m, _known_by(run))


def _by_earlier(
    stores: "Stores", athlete: str, run: Run, pods: Sequence[Recording]
) -> Calibration | None:
    if run.shoe is None or not pods:
        return None
    devices = {r.device for r in pods}
    pairs: dict[Known, list[tuple[float, float]]] = {by: [] for by in _BY}
    for row in stores.logbook.entries(Run, athlete, run.day - _WITHIN, run.day):
        earlier = row.entry
        if earlier.shoe != run.shoe or earlier.started_at >= run.started_at:
            continue
        if earlier.demo == run.demo:
            there = [r.entry for r in stores.logbook.recordings(athlete, row.id)]
            pod_m = _distance_m([r for r in there if r.device in devices])
            by, known_m = _known_m(earlier, there)
            if pod_m and known_m:
                pairs[by].append((pod_m, known_m))
    found = (calibration_of(pairs[by][-_OF:], by) for by in _BY)
    return next((one for one in found if one is not None), None)


def _known_by(run: Run) -> Known:
    return _ON.get(run.surface, "a measured way")


def _known_m(run: Run, there: Sequence[Recording]) -> tuple[Known, float | None]:
    """Return how far a run was by what knew it best, and what that was."""
    if run.known_m is not None:
        return _known_by(run), run.known_m
    watches = (r.summary.distance_m for r in there if r.rank == RANK_WATCH)
    return "a watch", next((metres for metres in watches if metres), None)


def _distance_m(recordings: Sequence[Recording]) -> float | None:
    """Return the mean distance of the pods among them."""
    pods = [r.summary.distance_m for r in recordings if r.rank == RANK_POD_RAW]
    known = [metres for metres in pods if metres]
    return sum(known) / len(known) if known else None


def _knows(recording: Recording, name: str) -> bool:
    measure = recording.summary.measure(name)
    return measure is not None and measure.value is not None
