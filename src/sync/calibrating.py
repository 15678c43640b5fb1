"""Pods made true by the watch that ran along: stride length, speed and distance, per shoe."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from ..signal.calibration import SCALED, calibration_of
from ..training.entries import Recording, Run
from ..training.joining import RANK_POD_RAW, RANK_WATCH

if TYPE_CHECKING:
    from ..config import Stores

#: Shoes wear and seats move: older runs, and more of them, say nothing better.
_WITHIN, _OF = timedelta(days=180), 20


def calibrated(stores: "Stores", athlete: str, run: Run, watched_by: Sequence[Recording]) -> Run:
    """Return the run with its pods' lengths made true by earlier runs in this shoe.

    Recordings keep what the pod said, so that a calibration is never made of calibrated numbers.
    Unchanged without a shoe, or while too few runs had both this pod and a watch's distance.
    """
    pods = [r for r in watched_by if r.rank == RANK_POD_RAW]
    if run.shoe is None or not pods:
        return run
    devices = {r.device for r in pods}
    pairs = []
    for row in stores.logbook.entries(Run, athlete, run.day - _WITHIN, run.day):
        earlier = row.entry
        if earlier.shoe != run.shoe or earlier.started_at >= run.started_at:
            continue
        if earlier.demo == run.demo:
            there = [r.entry for r in stores.logbook.recordings(athlete, row.id)]
            pairs += _pair(there, devices)
    found = calibration_of(pairs[-_OF:], "a watch")
    if found is None:
        return run
    names = {name for name in SCALED if any(_knows(r, name) for r in pods)}
    by_pod = all(r.rank == RANK_POD_RAW or r.summary.distance_m is None for r in watched_by)
    summary = found.applied(run.summary, names, distance=by_pod)
    distance_m = summary.distance_m if by_pod else run.distance_m
    return replace(run, summary=summary, distance_m=distance_m)


def _pair(there: Sequence[Recording], devices: set[str]) -> list[tuple[float, float]]:
    """Return (distance by the pods, by the watch) of one run that both measured whole."""
    pods = [
        r.summary.distance_m
        for r in there
        if r.rank == RANK_POD_RAW and r.device in devices and r.summary.distance_m
    ]
    watches = [r.summary.distance_m for r in there if r.rank == RANK_WATCH and r.summary.distance_m]
    return [(sum(pods) / len(pods), watches[0])] if pods and watches else []


def _knows(recording: Recording, name: str) -> bool:
    measure = recording.summary.measure(name)
    return measure is not None and measure.value is not None
