"""What a decoded recording amounts to: rows, channels, summary. Nothing is written here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..ingest.source import Decoded
from ..signal.bouts import Marks, Span
from ..signal.summary import (
    SUMMARY_VERSION,
    Summary,
    combine,
    summarise,
    summarise_readings,
)
from ..signal.tables import CHANNEL, SPAN, Channel, Table, empty, join
from ..signal.usual import usual_of
from ..training.entries import ChannelName, Recording
from ..training.joining import RANK_POD, RANK_POD_RAW, RANK_WATCH

if TYPE_CHECKING:
    from ..config import Stores

#: Pods that write FIT files themselves: nearer to the foot than a watch.
_POD_MAKERS = ("stryd", "runscribe", "scribe labs")
#: A runner's usual is made of the recordings of this long, the newest of them.
_USUAL_WITHIN, _USUAL_OF = timedelta(days=120), 30
#: Samples analysed at a time, to bound memory; how they are cut changes nothing.
_BATCH = 1 << 15
#: A shorter hole hides no stop.
_HOLE_NS = 500_000_000
#: Nobody runs farther in one go; a longer distance is damage.
_FARTHEST_M = 500_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A recording with everything computed and nothing stored; its run is not known yet."""

    entry: Recording
    tables: dict[str, Table]


def entry_of(
    decoded: Decoded, content: str, name: str, size: int, started_at: datetime
) -> Recording:
    """Return what is known of a recording before anything is computed."""
    first_ns, last_ns = decoded.first_ns(), decoded.last_ns()
    return Recording(
        run="",
        content=content,
        name=shown(name),
        format=decoded.format,
        device=decoded.device,
        side=decoded.side,
        place=decoded.place,
        rank=_rank(decoded),
        started_at=started_at,
        duration_s=(last_ns - first_ns) / 1e9,
        origin_ns=round(started_at.timestamp() * 1e6) * 1000 - first_ns,
        rate_hz=max((b.rate_hz for b in decoded.blocks), default=None),
        size_bytes=size,
        rev=1,
        summary=Summary(),
        demo=decoded.demo,
        channels=tuple(ChannelName(c.name, c.unit) for c in decoded.channels),
        taps_apart_ms=decoded.taps_apart_ms,
        taps_residual_ms=decoded.taps_residual_ms,
    )


def measure(
    stores: "Stores", athlete: str, decoded: Decoded, entry: Recording, assumed: str | None
) -> Measured:
    """Compute rows and summary against what the athlete's usual was before this recording.

    ``assumed`` says so where nobody stated when it began.
    """
    earlier = _earlier(stores, athlete, entry) if decoded.blocks else ()
    return measured(decoded, entry, earlier, assumed)


def measured(
    decoded: Decoded, entry: Recording, earlier: Sequence[Summary] = (), assumed: str | None = None
) -> Measured:
    """Compute rows and summary; ``earlier`` are summaries of the same source, oldest first."""
    active_s = entry.duration_s - sum(b - a for a, b in decoded.pauses) / 1e9
    tables: dict[str, Table] = {}
    summaries: list[Summary] = []
    if decoded.blocks:
        tables["step"], summary = _steps(decoded, entry, active_s, earlier)
        summaries.append(summary)
    if len(decoded.readings):
        tables["reading"] = decoded.readings
        summaries.append(summarise_readings(decoded.readings, active_s, decoded.laps))
    if decoded.channels:
        tables["channel"] = channel_rows(decoded.channels)
    if decoded.laps or decoded.pauses:
        tables["span"] = span_rows(decoded)
    summary = _possible(summaries[0] if len(summaries) == 1 else combine(summaries))
    said = [_sentence(warning) for warning in decoded.warnings]
    warnings = (*([] if assumed is None else [assumed]), *said, *summary.warnings)
    summary = replace(summary, side=decoded.side, warnings=tuple(dict.fromkeys(warnings)))
    entry = replace(entry, summary=summary, start_assumed=assumed is not None)
    return Measured(entry=entry, tables=tables)


def shown(name: str) -> str:
    """Return the last part of a file's name, as far as a person can be shown it."""
    return "".join(c for c in Path(name).name if c.isprintable())[:200]


def _possible(summary: Summary) -> Summary:
    metres = summary.distance_m
    if metres is None or 0 <= metres <= _FARTHEST_M:
        return summary
    warning = f"A distance of {metres / 1000:,.0f} km is damage and was left out."
    return replace(summary, distance_m=None, warnings=(*summary.warnings, warning))


def channel_rows(channels: Sequence[Channel]) -> Table:
    """Return the values of all channels as rows; ``channel`` is the place in ``channels``."""
    rows = [empty(CHANNEL, len(channel.value)) for channel in channels]
    for i, (table, channel) in enumerate(zip(rows, channels, strict=True)):
        table["t_ns"], table["channel"], table["value"] = channel.t_ns, i, channel.value
    return join(CHANNEL, rows)


def span_rows(decoded: Decoded) -> Table:
    """Return laps and pauses as rows, in order of time."""
    spans = [(a, b, 0) for a, b in decoded.laps] + [(a, b, 1) for a, b in decoded.pauses]
    return np.array(sorted(spans), dtype=SPAN)


def _steps(
    decoded: Decoded, entry: Recording, active_s: float, earlier: Sequence[Summary]
) -> tuple[Table, Summary]:
    # Imported here because scipy takes seconds, and whoever only asks for a summary needs none.
    from ..signal.places import step_reader
    from ..signal.steps import Mount
    from ..signal.stream import analyse

    rate_hz = decoded.blocks[0].rate_hz
    analyser = step_reader(Mount(decoded.side, decoded.place, decoded.shows_loss), rate_hz)
    blocks = (b[i : i + _BATCH] for b in decoded.blocks for i in range(0, len(b), _BATCH))
    rows = analyse(analyser, blocks)
    source = source_of(entry)
    marks = Marks(origin_ns=decoded.first_ns(), holes=_holes(decoded), segments=decoded.laps)
    summary = summarise(
        rows,
        analyser.findings(),
        active_s,
        decoded.side,
        usual_of("shock", earlier, source),
        gct_usual=usual_of("gct", earlier, source),
        marks=marks,
        # The same bytes give the same interval, wherever and whenever.
        seed=int(entry.content[:15] or "0", 16),
    )
    return rows, summary


def _holes(decoded: Decoded) -> tuple[Span, ...]:
    """Return where samples are missing for longer than may be bridged."""
    holes = []
    for t in (block.t_ns for block in decoded.blocks):
        for k in np.flatnonzero(np.diff(t) > _HOLE_NS).tolist():
            holes.append((int(t[k]), int(t[k + 1])))
    for before, after in pairwise(decoded.blocks):
        if len(before) and len(after) and after.t_ns[0] - before.t_ns[-1] > _HOLE_NS:
            holes.append((int(before.t_ns[-1]), int(after.t_ns[0])))
    return tuple(sorted(holes))


def _earlier(stores: "Stores", athlete: str, entry: Recording) -> list[Summary]:
    """Return summaries of the runs before this one with the same source and version.

    What an older version of the measure made is another measure: it is left out until it is
    measured again.
    """
    source = source_of(entry)
    day = entry.started_at.date()
    earlier = [
        row.entry.summary
        for row in stores.logbook.entries(Recording, athlete, day - _USUAL_WITHIN, day)
        if row.entry.started_at < entry.started_at
        and row.entry.content != entry.content
        and row.entry.summary.version == SUMMARY_VERSION
        and source_of(row.entry) == source
    ]
    return earlier[-_USUAL_OF:]


def source_of(entry: Recording) -> str:
    """Name what makes shocks comparable: device, place, side, rate."""
    rate = "" if entry.rate_hz is None else f"{entry.rate_hz:.0f} Hz"
    return f"{entry.device}|{entry.place}|{entry.side}|{rate}"


def _rank(decoded: Decoded) -> int:
    if decoded.blocks:
        return RANK_POD_RAW
    device = decoded.device.casefold()
    pod = decoded.format != "fit" or device.startswith(_POD_MAKERS)
    return RANK_POD if pod else RANK_WATCH


def _sentence(text: str) -> str:
    """Return a decoder's remark as a sentence."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
