"""What goes with what an athlete shares, and what is left out of it."""

from dataclasses import replace
from typing import TypeVar, cast

import numpy as np

from ..signal.summary import Measure, Summary
from ..signal.tables import Table
from ..training.consent import Kind
from ..training.entries import (
    AfterRun,
    Availability,
    CheckIn,
    FlagAnswer,
    OwnExercise,
    Person,
    PlannedRun,
    PlannedWeek,
    Programme,
    ProposalAnswer,
    Recording,
    Run,
    ShownFlag,
)
from ..training.work import Assessment, BarefootTime, Device, StrengthSession

E = TypeVar("E")

#: What an athlete must share for each kind of entry to be seen. Who they are goes with
#: anything they share; who may see what is nobody's business but theirs.
SHARED_AS: dict[type, Kind] = {
    Run: "load_and_flags",
    PlannedRun: "load_and_flags",
    PlannedWeek: "load_and_flags",
    Availability: "load_and_flags",
    FlagAnswer: "load_and_flags",
    ShownFlag: "load_and_flags",
    StrengthSession: "load_and_flags",
    Device: "load_and_flags",
    BarefootTime: "load_and_flags",
    Assessment: "load_and_flags",
    Programme: "load_and_flags",
    ProposalAnswer: "load_and_flags",
    OwnExercise: "load_and_flags",
    AfterRun: "check_ins",
    CheckIn: "check_ins",
    Recording: "metrics",
}

#: What others change and take out for an athlete, whoever wrote it: plans, and what a run is said
#: to have been. Everything else is its author's.
PLANS: tuple[type, ...] = (Run, PlannedRun, PlannedWeek, Programme)

#: What a run shows beside its load, where it is shared.
WITH_RUNS: tuple[Kind, ...] = ("metrics", "heart_rate")

#: What people call each kind of data.
NAMES: dict[Kind, str] = {
    "load_and_flags": "load and flags",
    "metrics": "running measures",
    "heart_rate": "heart rate",
    "check_ins": "check-ins",
    "raw": "original recordings",
    "location": "places",
}


def without_private_note(entry: E) -> E:
    """Return an entry that somebody else wrote, without the note they keep to themselves."""
    if isinstance(entry, FlagAnswer) and not entry.shared:
        return cast("E", replace(entry, note=""))
    return entry


def shared_part(entry: E, *, measures: bool, heart_rate: bool) -> E:
    """Return what others see of an entry, given whether the athlete shares these with them."""
    seen: object = entry
    if isinstance(entry, Person) and not measures:
        seen = Person(name=entry.name, tz=entry.tz, demo=entry.demo)
    elif isinstance(entry, (Run, Recording)):
        seen = replace(entry, summary=_part_of(entry.summary, measures, heart_rate))
    elif isinstance(entry, Availability) and not entry.share_reason:
        seen = replace(entry, reason="")
    return cast("E", seen)


def without_heart_rate(rows: Table) -> Table:
    """Return the rows as if no heart rate had been measured."""
    hidden = [name for name in rows.dtype.names or () if name.startswith("heart_rate_bpm")]
    if not hidden:
        return rows
    out = rows.copy()
    for name in hidden:
        out[name] = np.nan
    return out


def _part_of(summary: Summary, measures: bool, heart_rate: bool) -> Summary:
    if not measures:
        return Summary()
    if heart_rate:
        return summary
    bouts = tuple(replace(b, measures=_heartless(b.measures)) for b in summary.bouts)
    return replace(summary, measures=_heartless(summary.measures), bouts=bouts)


def _heartless(measures: tuple[Measure, ...]) -> tuple[Measure, ...]:
    return tuple(m for m in measures if m.name != "heart_rate")
