"""FIT: what watches and pods write after a run. Decoded by fitdecode; understood here."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from ...errors import FileError
from ...signal.tables import READING, BoolArray, FloatArray, IntArray, Table, empty
from ..source import Decoded
from . import fitmessages
from .cadence import steps_a_minute
from .fitcolumns import Columns
from .options import Options

#: FIT counts seconds from here.
EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
#: Smaller stamps count from when the device was switched on (FIT SDK, type date_time).
_SINCE_POWER_ON = 0x10000000
#: No run lasts longer; a stamp farther from the middle one is damage.
_LONGEST_S = 3 * 86_400.0

#: Sports whose records are steps of feet; generic says nothing.
ON_FOOT = frozenset({"running", "walking", "hiking", "generic"})


@dataclass(frozen=True, slots=True)
class _Rows:
    """Where the records of the file go: ``pick`` are the records kept, in time order;
    ``row`` is the row of each of them; ``t_s`` is FIT time of every row."""

    pick: IntArray
    row: IntArray
    t_s: FloatArray

    def place(self, value: FloatArray) -> FloatArray:
        """Return one value a row; of several records of one second the last that knows."""
        picked = value[self.pick]
        known = np.isfinite(picked)
        out = np.full(len(self.t_s), np.nan)
        out[self.row[known]] = picked[known]
        return out


def decode(data: bytes, name: str, options: Options) -> Decoded:
    """Return the readings of a FIT activity, about one a second.

    Positions are left out: where somebody ran is not needed and stays in the raw bytes.
    Raises FileError for a file that is cut off or damaged, or holds no activity.
    """
    messages = fitmessages.read(data, name)
    warnings = list(messages.warnings)
    if messages.parts > 1:
        warnings.append(f"{messages.parts} FIT files one after the other were read as one")
    if not messages.n:
        what = _text(messages.all("file_id"), "type") or "unknown"
        raise FileError(f"{name}: a FIT file of type {what!r} without any record of a run")
    sport, only = _sport(messages, warnings)
    rows = _rows(messages, name, only, warnings)
    columns = Columns(messages.columns, rows.place, warnings)
    readings = _readings(columns, rows, sport, warnings)
    if only is not None:
        readings["distance_m"] -= _first(readings["distance_m"])
    t_ns = readings["t_ns"]
    return Decoded(
        format="fit",
        device=_device(messages),
        started_at=_instant(rows.t_s[0]),
        side=options.side or "unknown",
        place=options.place or "unknown",
        readings=readings,
        channels=tuple(columns.channels(t_ns)),
        laps=_laps(messages, rows.t_s[0], int(t_ns[-1])),
        pauses=_pauses(messages, rows.t_s[0], int(t_ns[-1])),
        sport=sport,
        warnings=tuple(warnings),
    )


def _readings(columns: Columns, rows: _Rows, sport: str | None, warnings: list[str]) -> Table:
    out = empty(READING, len(rows.t_s))
    out["t_ns"] = np.round((rows.t_s - rows.t_s[0]) * 1e9)
    columns.fill(out)
    if sport is None or sport in ON_FOOT:
        cadence, unit = columns.cadence()
        if cadence is not None:
            speed = out["speed_mps"]
            out["cadence_spm"], assumed = steps_a_minute(cadence, unit, speed)
            warnings += [assumed] if assumed else []
    columns.say_twice()
    return out


def _rows(
    messages: fitmessages.Messages,
    name: str,
    only: list[tuple[float, float]] | None,
    warnings: list[str],
) -> _Rows:
    """Sort the records by their stamps, one row a second."""
    stamp = next(
        (c.value for c in messages.columns if c.name == "timestamp" and not c.developer), None
    )
    if stamp is None or not np.isfinite(stamp).any():
        raise FileError(f"{name}: none of the {messages.n} records of the FIT file has a time")
    # nanmedian would be moved by damage that sets most stamps to one value; nothing helps then.
    near = np.abs(stamp - np.nanmedian(stamp)) <= _LONGEST_S
    if lost := int(messages.n - near.sum()):
        warnings.append(f"{lost} of {messages.n} records have no usable time and were left out")
    if only is not None:
        near &= _within(stamp, only)
        if not near.any():
            raise FileError(f"{name}: no record falls into the time of the run")
    pick = np.flatnonzero(near)
    steps = np.diff(stamp[pick])
    if back := int((steps < 0).sum()):
        warnings.append(f"time runs backwards {_times(back)}: the records were put in order")
    pick = pick[np.argsort(stamp[pick], kind="stable")]
    t_s, row = np.unique(stamp[pick], return_inverse=True)
    return _Rows(pick, row.astype(np.int64), t_s)


def _within(stamp: FloatArray, spans: list[tuple[float, float]]) -> BoolArray:
    inside = np.zeros(len(stamp), np.bool_)
    for start, stop in spans:
        inside |= (stamp >= start) & (stamp <= stop)
    return inside


def _sport(
    messages: fitmessages.Messages, warnings: list[str]
) -> tuple[str | None, list[tuple[float, float]] | None]:
    """Return (sport, spans to read): of a multi-sport file only the running is read."""
    sessions = messages.all("session")
    sports = _sports(sessions) or _sports(messages.all("sport"))
    if len(set(sports)) > 1 and "running" in sports:
        spans = [_span(s) for s in sessions if _sports([s]) == ["running"]]
        whole = [span for span in spans if span is not None]
        if whole:
            warnings.append(f"of {', '.join(sports)} only the running was read")
            return "running", whole
    sport = sports[-1] if sports else None
    if sport is not None and sport not in ON_FOOT:
        warnings.append(f"the sport is {sport}: its cadence is not of steps and was left out")
    elif sport in {"walking", "hiking"}:
        warnings.append(f"the sport is {sport}, not running")
    return sport, None


def _sports(messages: list[dict[str, Any]]) -> list[str]:
    """Return the sports that are named; a treadmill is fitness equipment to FIT."""
    return [
        "running" if m.get("sub_sport") == "treadmill" else str(m["sport"])
        for m in messages
        if m.get("sport") is not None
    ]


def _span(message: dict[str, Any]) -> tuple[float, float] | None:
    """Return (start, stop) in FIT seconds; the stamp of a lap may be when it was written."""
    start = _number(message.get("start_time"))
    lasted = _number(message.get("total_elapsed_time"))
    stop = _number(message.get("timestamp"))
    if start is None:
        return None
    if lasted is not None and 0 <= lasted <= _LONGEST_S:
        return start, start + lasted
    return (start, stop) if stop is not None and stop >= start else None


def _laps(messages: fitmessages.Messages, t0: float, last_ns: int) -> tuple[tuple[int, int], ...]:
    spans = (_span(lap) for lap in messages.all("lap"))
    return _clip([span for span in spans if span is not None], t0, last_ns)


def _pauses(messages: fitmessages.Messages, t0: float, last_ns: int) -> tuple[tuple[int, int], ...]:
    """Return when the timer stood: from each stop to the next start."""
    events = sorted(
        (at, str(event.get("event_type")))
        for event in messages.all("event")
        if str(event.get("event")) == "timer"
        and (at := _number(event.get("timestamp"))) is not None
    )
    spans: list[tuple[float, float]] = []
    stopped: float | None = None
    for at, what in events:
        if what.startswith("stop"):
            stopped = at if stopped is None else stopped
        elif what == "start" and stopped is not None:
            spans.append((stopped, at))
            stopped = None
    return _clip(spans, t0, last_ns)


def _clip(spans: list[tuple[float, float]], t0: float, last_ns: int) -> tuple[tuple[int, int], ...]:
    """Return the spans in ns on the recording's clock, cut to the recording."""
    cut = ((max(0, round((a - t0) * 1e9)), min(last_ns, round((b - t0) * 1e9))) for a, b in spans)
    return tuple((a, b) for a, b in cut if b > a)


def _instant(t_s: float) -> datetime | None:
    return EPOCH + timedelta(seconds=float(t_s)) if t_s >= _SINCE_POWER_ON else None


def _device(messages: fitmessages.Messages) -> str:
    """Return maker and model, as far as the file names them."""
    for message in messages.all("file_id"):
        maker = str(message.get("manufacturer") or "").replace("_", " ")
        model = message.get("product_name") or message.get("garmin_product")
        words = [maker, str(model) if isinstance(model, str) else ""]
        if said := " ".join(word for word in words if word):
            return said[:80]
    return "unknown"


def _text(messages: list[dict[str, Any]], key: str) -> str | None:
    values = [str(m[key]) for m in messages if m.get(key) is not None]
    return values[-1][:40] if values else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def _first(value: FloatArray) -> float:
    known = value[np.isfinite(value)]
    return float(known[0]) if len(known) else 0.0


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n} times"
