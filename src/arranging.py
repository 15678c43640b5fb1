"""Joining and splitting runs by hand, each change written down so that it can be taken back."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .errors import Conflict, NotFound
from .store.schema import Job
from .sync import Arrangement, arrange, join_runs, split_off
from .training.entries import Recording, Run, as_json, from_json

if TYPE_CHECKING:
    from .config import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change by hand: its id, what it was, and the runs it touched."""

    id: str
    what: str
    runs: tuple[str, ...]


def join(stores: "Stores", athlete: str, run: str, other: str) -> Change:
    """Make two runs one; Conflict for a run and itself, NotFound for one that is not there."""
    return _written(stores, athlete, "join", join_runs(stores, athlete, run, other))


def split(stores: "Stores", athlete: str, recording: str, run: str | None = None) -> Change:
    """Make a recording a run of its own; Conflict where it is the only one of its run.

    ``run`` is the one it is thought to be in; NotFound where it is in another.
    """
    entry = stores.logbook.get(Recording, athlete, recording).entry
    if run not in (None, entry.run):
        raise NotFound(f"no recording {recording} watched the run {run}")
    return _written(stores, athlete, "split", split_off(stores, athlete, recording))


def undo(stores: "Stores", athlete: str) -> Change:
    """Take back the athlete's last change by hand; Conflict where there is none left."""
    for job in reversed(stores.logbook.jobs(athlete)):
        if job.kind == "arrange" and not (job.result or {}).get("undone"):
            before = _read(job.payload["before"])
            arrange(stores, athlete, before)
            stores.logbook.set_job(job.id, "done", result={"state": "done", "undone": True})
            return Change(id=job.id, what=job.payload["name"], runs=_touched(before))
    raise Conflict("nothing was joined or split by hand that could be taken back")


def _written(stores: "Stores", athlete: str, what: str, before: Arrangement) -> Change:
    # Done already: nobody has to do it again after a crash. As a job it goes with the athlete.
    payload = {"name": what, "before": _as_json(before)}
    job = Job(athlete=athlete, kind="arrange", payload=payload, state="done")
    return Change(id=stores.logbook.add_job(job), what=what, runs=_touched(before))


def _touched(before: Arrangement) -> tuple[str, ...]:
    return (*(id for id, _ in before.runs), *before.absent)


def _as_json(one: Arrangement) -> dict[str, Any]:
    return {
        "runs": [[id, as_json(run)] for id, run in one.runs],
        "places": [list(place) for place in one.places],
        "absent": list(one.absent),
    }


def _read(said: dict[str, Any]) -> Arrangement:
    return Arrangement(
        runs=tuple((id, from_json(Run, run)) for id, run in said["runs"]),
        places=tuple((recording, run) for recording, run in said["places"]),
        absent=tuple(said["absent"]),
    )


def whole_run(stores: "Stores", athlete: str, begin: str) -> str:
    """Return the id of the athlete's run that begins like that; NotFound for none or several."""
    found = [r.id for r in stores.logbook.entries(Run, athlete) if r.id.startswith(begin)]
    if len(found) != 1:
        raise NotFound(f"{len(found) or 'no'} runs of this athlete begin with {begin!r}")
    return found[0]
