"""FIT: what watches and pods write after a run. Decoded by fitdecode; understood here."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from ...errors import FileError
from ...signal.tables import READING, FloatArray, Table, empty
from ..source import Decoded
from . import fitimu, fitmessages
from .cadence import steps_a_minute
from .fitcolumns import Columns
from .options import Options
from .order import LONGEST_S, Rows, clip, rows_of

#: FIT counts seconds from here.
EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
#: Smaller stamps count from when the device was switched on (FIT SDK, type date_time).
_SINCE_POWER_ON = 0x10000000

#: Sports whose records are steps of feet; generic says nothing.
ON_FOOT = frozenset({"running", "walking", "hiking", "generic"})


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
    rows = rows_of(_stamps(messages), name, warnings, only)
    columns = Columns(messages.columns, rows.place, warnings)
    readings = _readings(columns, rows, sport, warnings)
    if only is not None:
        readings["distance_m"] -= _first(readings["distance_m"])
    t_ns = readings["t_ns"]
    raw = fitimu.block(messages, float(rows.t_s[0]), name, options, warnings)
    begun = rows.t_s[0] if raw is None else min(rows.t_s[0], rows.t_s[0] + raw.t_ns[0] / 1e9)
    return Decoded(
        format="fit",
        device=_device(messages),
        started_at=_instant(begun),
        side=options.side or "unknown",
        place=options.place or "unknown",
        blocks=() if raw is None else (raw,),
        readings=readings,
        channels=tuple(columns.channels(t_ns)),
        laps=_laps(messages, rows.t_s[0], int(t_ns[-1])),
        pauses=_pauses(messages, rows.t_s[0], int(t_ns[-1])),
        sport=sport,
        warnings=tuple(warnings),
    )


def _readings(columns: Columns, rows: Rows, sport: str | None, warnings: list[str]) -> Table:
    out = empty(READING, len(rows.t_s))
    out["t_ns"] = rows.t_ns
    columns.fill(out)
    if sport is None or sport in ON_FOOT:
        cadence, unit = columns.cadence()
        if cadence is not None:
            speed = out["speed_mps"]
            out["cadence_spm"], assumed = steps_a_minute(cadence, unit, speed)
            warnings += [assumed] if assumed else []
    columns.say_twice()
    return out


def _stamps(messages: fitmessages.Messages) -> FloatArray:
    none = np.full(messages.n, np.nan)
    stamps = (c.value for c in messages.columns if c.name == "timestamp" and not c.developer)
    return next(stamps, none)


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
    if lasted is not None and 0 <= lasted <= LONGEST_S:
        return start, start + lasted
    return (start, stop) if stop is not None and stop >= start else None


def _laps(messages: fitmessages.Messages, t0: float, last_ns: int) -> tuple[tuple[int, int], ...]:
    spans = (_span(lap) for lap in messages.all("lap"))
    return clip([span for span in spans if span is not None], t0, last_ns)


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
    return clip(spans, t0, last_ns)


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
