"""A look at a file: everything measured, nothing stored."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from .errors import FileError
from .ingest.files import Options, decode
from .ingest.files.archive import unpacked
from .ingest.source import Decoded
from .signal.summary import Summary
from .signal.tables import READING, STEP, FloatArray, IntArray, Table, empty
from .sync.measure import entry_of, measured
from .training.entries import Recording
from .training.joining import ranked

if TYPE_CHECKING:
    from .signal.orientation import Alignment

_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysed:
    """One file, decoded and measured. Times of rows are on the clock of ``decoded``."""

    decoded: Decoded
    entry: Recording
    tables: dict[str, Table]

    @property
    def name(self) -> str:
        """What the file is called."""
        return self.entry.name

    @property
    def summary(self) -> Summary:
        """The numbers of this file alone."""
        return self.entry.summary

    @property
    def steps(self) -> Table:
        """Rows of STEP, none where the file holds no samples."""
        return self.tables.get("step", empty(STEP))

    @property
    def readings(self) -> Table:
        """Rows of READING, none where the device computed nothing by itself."""
        return self.tables.get("reading", empty(READING))


def analyse(data: bytes, name: str, options: Options | None = None) -> Analysed:
    """Decode and measure a file's bytes; FileError for anything that cannot be used."""
    data, name = unpacked(data, name)
    decoded = decode(data, name, options)
    if decoded.last_ns() <= decoded.first_ns():
        raise FileError(f"{name}: it holds a single moment, not a recording")
    content = hashlib.sha256(data).hexdigest()
    begun = decoded.started_at or (options.start if options else None) or _NO_TIME
    found = measured(decoded, entry_of(decoded, content, name, len(data), begun))
    return Analysed(decoded=decoded, entry=found.entry, tables=found.tables)


def together(found: Sequence[Analysed]) -> Summary:
    """Return the summary of files that watched one run: both feet, or a pod and a watch."""
    from .signal.summary import combine

    rank = {r.content: i for i, r in enumerate(ranked([one.entry for one in found]))}
    return combine([one.summary for one in sorted(found, key=lambda a: rank[a.entry.content])])


@dataclass(frozen=True, slots=True)
class Closer:
    """What only a closer look needs: contacts with their foot-flats, and how the pod sits.

    ``t_ns`` (n,) are the times of the file's samples; ``alignment`` is None where the foot
    hardly moved, or the sensor is on no foot; then there are no contacts either.
    """

    contacts: Table
    t_ns: IntArray
    alignment: "Alignment | None"


def closer(decoded: Decoded) -> Closer | None:
    """Return the contacts of a recording's samples, None without any."""
    from .signal.contacts import ContactAnalyser
    from .signal.stream import analyse as through

    if not decoded.blocks:
        return None
    analyser = ContactAnalyser(decoded.blocks[0].rate_hz)
    on_foot = decoded.place not in ("sacrum", "shank")
    rows = through(analyser, decoded.blocks if on_foot else ())
    t_ns = np.concatenate([block.t_ns for block in decoded.blocks])
    return Closer(rows, t_ns, analyser.frame.alignment)


def foot_frame(decoded: Decoded, at: "Alignment", first: int, last: int) -> FloatArray:
    """Return samples first..last in the foot's frame, (6, n): x toes, y left, z up.

    Acceleration in m/s^2, then turning rate in rad/s. Raises ValueError without a gyroscope.
    """
    acc = np.concatenate([block.acc for block in decoded.blocks])[first:last]
    turns = [block.gyr for block in decoded.blocks if block.gyr is not None]
    if not turns:
        raise ValueError("the sensor has no gyroscope")
    gyr = np.concatenate(turns)[first:last]
    out = np.empty((6, len(acc)))
    at.apply(acc.T, gyr.T, out)
    return out
