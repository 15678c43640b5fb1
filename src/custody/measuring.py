"""Measuring recordings again, from the bytes that were kept, with today's algorithms."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from ..errors import FileError, NotFound
from ..signal.summary import SUMMARY_VERSION
from ..store.schema import Row
from ..sync import import_recording
from ..training.entries import Recording

if TYPE_CHECKING:
    from ..config import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What became of one recording; ``done`` of ``total`` are through.

    ``state``: measured (its rows, summary and run are replaced, under a new rev), current
    (today's version has measured it), gone (its original bytes are not kept any more; rows
    and rev stay), refused (``why`` is the sentence; rows and rev stay).
    """

    athlete: str
    recording: str
    name: str
    state: Literal["measured", "current", "gone", "refused"]
    why: str = ""
    done: int
    total: int


def reanalyse(
    stores: "Stores",
    since: date | None = None,
    *,
    athlete: str | None = None,
    everything: bool = False,
) -> Iterator[Measured]:
    """Measure again what an older version measured, recording by recording, oldest first.

    Stopped at any point, the next call goes on: what is current is not measured twice, unless
    ``everything`` asks for it. Each recording is replaced at once; readers never see half.
    """
    people = [row.id for row in stores.logbook.persons() if athlete in (None, row.id)]
    rows = [row for id in people for row in stores.logbook.entries(Recording, id, since)]
    for i, row in enumerate(rows):
        state, why = _again(stores, row, everything)
        yield Measured(
            athlete=row.athlete,
            recording=row.id,
            name=row.entry.name,
            state=state,
            why=why,
            done=i + 1,
            total=len(rows),
        )


def _again(
    stores: "Stores", row: Row[Recording], everything: bool
) -> tuple[Literal["measured", "current", "gone", "refused"], str]:
    if row.entry.summary.version >= SUMMARY_VERSION and not everything:
        return "current", ""
    try:
        import_recording(stores, row.athlete, row.entry.content, row.entry.name, force=True)
    except NotFound:
        return "gone", "its original bytes are not kept any more"
    except FileError as fault:
        return "refused", str(fault)
    return "measured", ""
