"""How the server is doing, as numbers for Prometheus, read when they are asked for.

No label ever holds a person's name or id, nor does the number of series grow with people.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, get_args

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from ..custody.condition import About, Condition, Severity, look
from ..errors import StoreError
from ..store.outbox import Waiting
from ..store.schema import JobState

if TYPE_CHECKING:
    from fastapi import FastAPI

    from ..live import Live

#: What is counted of live recordings: the field of a tally, and what it says.
COUNTED = {
    "recordings": "Recordings of pods that were begun or taken up",
    "packets": "Packets of pods that were decoded",
    "samples": "Samples of pods that arrived",
    "lost": "Samples of pods that never arrived",
    "gaps": "Holes in recordings of pods",
    "refused": "Packets of pods that could not be decoded",
    "dropped": "Packets of pods that found no room at their collector",
    "unkept": "Writes of recordings that failed",
}


class Gauges(Collector):
    """The state of one application; nothing while it is not running."""

    def __init__(self, app: "FastAPI") -> None:
        self._app = app

    def describe(self) -> Iterator[Metric]:
        """Return nothing: what there is depends on no name."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield what can be said of the moment."""
        state = self._app.state
        if not hasattr(state, "live"):
            return
        yield from _live(state.live)
        with suppress(StoreError):  # which is a finding
            yield from _jobs(state.stores.logbook.count_jobs())
        yield from _condition(look(state.stores, datetime.now(UTC)))
        waits = state.board is not None and state.board.fault is not None
        yield _gauge("dashboards_wait", "Whether the club's dashboards cannot be kept", int(waits))


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(f"catfoot_{name}", says, value=value)


def _live(live: "Live") -> Iterator[Metric]:
    sessions = list(live.sessions.values())
    yield _gauge("live_open", "Recordings of pods that are being made", len(sessions))
    silent = sum(session.idle_since is not None for session in sessions)
    yield _gauge("live_silent", "Of them, those whose sender is gone for the moment", silent)
    late_ns = max((session.reader.late_ns for session in sessions), default=0)
    yield _gauge("live_late_seconds", "How late the latest pod's packets come", late_ns / 1e9)
    yield _gauge("live_viewers", "Pages that watch somebody live", live.hub.viewers)
    together = live.tally()
    for name, says in COUNTED.items():
        yield CounterMetricFamily(f"catfoot_live_{name}", says, value=getattr(together, name))


def _jobs(counts: dict[JobState, int]) -> Iterator[Metric]:
    family = GaugeMetricFamily("catfoot_jobs", "Imports and exports by state", labels=["state"])
    for state in get_args(JobState):
        family.add_metric([state], counts.get(state, 0))
    yield family


def _condition(condition: Condition) -> Iterator[Metric]:
    used = condition.disk_used_pct / 100
    yield _gauge("disk_used_ratio", "Share of the data folder's disk that is used", used)
    outbox = condition.outbox or Waiting(0, 0, 0)
    yield _gauge("outbox_recordings", "Recordings that wait for InfluxDB", outbox.recordings)
    yield _gauge("outbox_bytes", "What they take here", outbox.size_bytes)
    yield _gauge("outbox_dead", "Recordings that InfluxDB refused", outbox.dead)
    family = GaugeMetricFamily(
        "catfoot_findings", "What /health found, by what it is about", labels=["about", "severity"]
    )
    for about in get_args(About):
        for severity in get_args(Severity):
            found = [f for f in condition.findings if (f.about, f.severity) == (about, severity)]
            family.add_metric([about, severity], len(found))
    yield family
