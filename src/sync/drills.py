"""After a drill: a closed recording becomes a set with what the sensor measured in it.

The set's id is made of athlete and content, so filing a recording twice files it once.
"""

import hashlib
import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from ..errors import Conflict, FileError, NotRunning
from ..ingest.files import Options, decode
from ..ingest.source import Decoded
from ..signal.measures import Measure
from ..signal.tables import DrillName
from ..store.schema import Row
from ..training.catalogue import CATALOGUE
from ..training.work import PerformedSet, StrengthSession, Tempo
from .imports import Imported, import_recording
from .runs import BEGAN_WITHIN

if TYPE_CHECKING:
    from ..config import Stores
    from ..signal.drills import DrillResult

#: Which exercise a drill is filed under.
EXERCISES: Mapping[DrillName, str] = {
    "sway": "single_leg_stand",
    "hold": "single_leg_stand",
    "push": "perturbed_stand",
    "heel_raise": "double_heel_raise",
    "heel_to_toe": "dynamic_single_leg",
    "taps": "foot_taps",
    "toe_taps": "toe_taps",
    "lunge": "assisted_dorsiflexion",
    "pause": "mid_stance_pause",
    "hops": "hops_in_place",
    "drop": "quiet_drop_landing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What came of a drill's recording: the session it was filed as; ``already`` changed nothing."""

    file: str
    state: Literal["filed", "already"]
    athlete: str
    id: str
    session: StrengthSession

    def said(self) -> str:
        """Return the result in one line, for a person."""
        done = self.session.sets[0]
        told = [
            f"{one.name.replace('_', ' ')} {one.value:.3g} ({one.grade})"
            for one in done.results
            if one.value is not None
        ]
        side = "" if done.side in ("both", "unknown") else f", {done.side}"
        return f"filed as a set of {done.exercise.replace('_', ' ')}{side}: {', '.join(told)}"

    def flat(self) -> dict[str, Any]:
        """Return one flat JSON object: whose and what, then the figures by key."""
        done = self.session.sets[0]
        return {
            "file": self.file,
            "state": self.state,
            "athlete": self.athlete,
            "session": self.id,
            "exercise": done.exercise,
            "side": done.side,
            **{one.key: one.value for one in done.results},
            **{f"{one.name}_grade": one.grade for one in done.results},
        }


def take_recording(
    stores: "Stores",
    athlete: str,
    content: str,
    name: str = "live recording",
    options: Options | None = None,
) -> Imported | Filed:
    """Measure a recording that is in the raw store: a run as a run, a named drill as a set."""
    try:
        return import_recording(stores, athlete, content, name, options)
    except NotRunning:
        decoded = decode(stores.raw.read(athlete, content), name, options or Options())
        if not decoded.drill:
            raise
        return _file(stores, athlete, content, decoded, name)


def file_drill(stores: "Stores", athlete: str, data: bytes, name: str) -> Filed:
    """Keep the bytes of a drill's recording and file its set. Raises FileError if it is none."""
    decoded = decode(data, name, Options())
    if not decoded.drill:
        raise FileError(f"{name}: does not say which drill it is")
    stores.raw.keep(athlete, data)
    return _file(stores, athlete, hashlib.sha256(data).hexdigest(), decoded, name)


def set_of(result: "DrillResult") -> PerformedSet:
    """Return a drill's result as a set, its dose as measured.

    Raises ValueError where nothing was done.
    """
    figures = {one.key: one for one in result.figures}

    def known(key: str) -> float | None:
        one = figures.get(key)
        return None if one is None or one.value is None else one.value

    reps = next((n for key in _COUNTS if (n := known(key)) is not None), None)
    held = known("hold_s")
    contacts = known("contacts")
    if not (reps or held or contacts) and result.name != "sway":
        raise ValueError("nothing of the drill was found in it")
    return PerformedSet(
        exercise=EXERCISES[result.name],
        side="unknown" if result.side == "unknown" else result.side,
        reps=int(reps) if reps else None,
        hold_s=round(min(held, 600.0), 1)
        if held and held >= 0.5 and result.name == "hold"
        else None,
        contacts=int(contacts) if contacts else None,
        duration_s=min(3600.0, max(1.0, round(result.seconds, 1))),
        clean=_clean(known("clean_holds"), reps),
        measured_tempo=_tempo(known("lower_s"), known("bottom_pause_s"), known("rise_s")),
        results=result.figures,
    )


#: How many were done, by the first of these that a drill has.
_COUNTS = ("reps", "taps", "pauses", "leans", "pushes", "holds")


def _clean(clean: float | None, reps: float | None) -> int | None:
    return None if clean is None or not reps else int(min(clean, reps))


def _tempo(down_s: float | None, pause_s: float | None, up_s: float | None) -> Tempo | None:
    if down_s is None or up_s is None:
        return None
    return Tempo(
        down_s=round(down_s, 2), pause_s=round(max(0.0, pause_s or 0.0), 2), up_s=round(up_s, 2)
    )


def _file(stores: "Stores", athlete: str, content: str, decoded: Decoded, name: str) -> Filed:
    # Imported here because scipy takes seconds, and whoever only imports runs needs none of it.
    from ..signal.drills import read_drill
    from ..signal.steps import Mount

    if not decoded.drill or not decoded.blocks or decoded.started_at is None:
        raise FileError(f"{name}: holds no samples of a drill")
    mount = Mount(decoded.side, decoded.place, decoded.shows_loss)
    result = read_drill(decoded.drill, mount, decoded.blocks, decoded.marks)
    source = f"{decoded.device}, {decoded.blocks[0].rate_hz:.0f} Hz"
    try:
        done = set_of(replace(result, figures=_sourced(result.figures, source)))
    except ValueError as fault:
        raise FileError(f"{name}: {fault}") from fault
    zone = ZoneInfo(stores.logbook.person(athlete).entry.tz)
    exercise = CATALOGUE.get(done.exercise)
    session = StrengthSession(
        day=decoded.started_at.astimezone(zone).date(),
        started_at=decoded.started_at,
        duration_min=max(1.0, math.ceil(result.seconds / 60)),
        pillars=() if exercise is None else (exercise.pillar,),
        sets=(done,),
    )
    id = _id(athlete, content)
    if (other := _same_beginning(stores, athlete, session, content)) is not None:
        there, shorter = other
        if shorter is None or there.version > 1:  # what a person changed stays
            return Filed(
                file=name, state="already", athlete=athlete, id=there.id, session=there.entry
            )
        stores.logbook.remove(StrengthSession, athlete, there.id)
        stores.raw.forget(athlete, shorter)
    try:
        stores.logbook.add(athlete, session, id=id)
    except Conflict:
        there = stores.logbook.get(StrengthSession, athlete, id)
        return Filed(file=name, state="already", athlete=athlete, id=id, session=there.entry)
    return Filed(file=name, state="filed", athlete=athlete, id=id, session=session)


def _id(athlete: str, content: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"catfoot/drill/{athlete}/{content}").hex


def _same_beginning(
    stores: "Stores", athlete: str, session: StrengthSession, content: str
) -> tuple[Row[StrengthSession], str | None] | None:
    """Return what was filed of a recording that this one goes on from, and that one's content.

    None in place of the content where the filed one is the longer.
    """
    at = session.started_at
    filed = {
        row.id: row
        for row in stores.logbook.entries(StrengthSession, athlete, session.day, session.day)
        if at and row.entry.started_at and abs(row.entry.started_at - at) <= BEGAN_WITHIN
    }
    filed.pop(_id(athlete, content), None)
    if not filed:
        return None
    data = stores.raw.read(athlete, content)
    for other in stores.raw.contents(athlete):
        if (row := filed.get(_id(athlete, other))) is None:
            continue
        theirs = stores.raw.read(athlete, other)
        if data.startswith(theirs):
            return row, other
        if theirs.startswith(data):
            return row, None
    return None


def _sourced(figures: tuple[Measure, ...], source: str) -> tuple[Measure, ...]:
    return tuple(replace(one, source=source) for one in figures)
