"""TCX and GPX: a track of points, each with its time and what the watch measured there.

Parsed with defusedxml, which refuses entities and external references. Positions serve to add
up the distance where the file does not give one, and are not kept.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from ...errors import FileError
from ...signal.tables import READING, Channel, FloatArray, Table, empty
from ..source import Decoded
from . import ground
from .cadence import steps_a_minute
from .options import Options
from .order import Rows, clip, rows_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

#: Between two parts of a track; less is a lap.
_LEAST_PAUSE_S = 5.0
_NOWHERE = (math.nan, math.nan)
_ON_FOOT = frozenset({None, "running", "walking", "hiking", "generic"})

#: Element of a point, without its namespace and in lower case, to column of READING. RunCadence
#: is strides of one leg (Garmin ActivityExtension v2); GPX says nothing about cad.
_COLUMNS: Final = {
    "altitudemeters": "altitude_m",
    "ele": "altitude_m",
    "distancemeters": "distance_m",
    "heartratebpm": "heart_rate_bpm",
    "hr": "heart_rate_bpm",
    "heartrate": "heart_rate_bpm",
    "speed": "speed_mps",
    "watts": "power_w",
    "power": "power_w",
    "powerinwatts": "power_w",
    "runcadence": "cadence_spm",
    "cadence": "cadence_spm",
    "cad": "cadence_spm",
}
#: What else is kept under its own name, with its unit.
_CHANNELS: Final = {"atemp": "C", "temp": "C", "temperature": "C"}
_SPORTS: Final = {
    "running": "running", "run": "running", "trail_running": "running",
    "treadmill_running": "running", "track_running": "running", "virtualrun": "running",
    "trailrun": "running", "9": "running",  # Strava's GPX numbers its sports
    "walking": "walking", "walk": "walking", "10": "walking",
    "hiking": "hiking", "hike": "hiking", "4": "hiking",
    "biking": "cycling", "cycling": "cycling", "ride": "cycling", "1": "cycling",
    "virtualride": "cycling", "other": "generic",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Point:
    """One moment of a track: where (latitude, longitude in degrees) and what was measured.

    ``part`` counts the stretches of a track, which end where the recorder was stopped.
    """

    part: int
    at: datetime | None
    place: tuple[float, float]
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Track:
    """What one file says; ``laps`` are (start, seconds)."""

    format: str
    device: str
    sport: str | None
    points: tuple[_Point, ...]
    laps: tuple[tuple[datetime, float], ...] = ()
    warnings: tuple[str, ...] = ()


def decode(data: bytes, name: str, options: Options) -> Decoded:
    """Return the readings of a TCX or GPX track.

    Raises FileError for XML that is damaged, hostile or something else.
    """
    track = _track(_root(data, name), name)
    if not track.points:
        raise FileError(f"{name}: a {track.format.upper()} file without a single point")
    warnings = list(track.warnings)
    epoch = [math.nan if p.at is None else p.at.timestamp() for p in track.points]
    rows = rows_of(np.array(epoch), name, warnings)
    out = _readings(track, rows, warnings)
    t0_s = float(rows.t_s[0])
    laps = [(at.timestamp(), at.timestamp() + lasted_s) for at, lasted_s in track.laps]
    return Decoded(
        format=track.format,
        device=track.device,
        started_at=datetime.fromtimestamp(t0_s, UTC),
        side=options.side or "unknown",
        place=options.place or "unknown",
        readings=out,
        channels=tuple(_channels(track, rows)),
        laps=clip(laps, t0_s, int(out["t_ns"][-1])),
        pauses=clip(_pauses(track.points), t0_s, int(out["t_ns"][-1])),
        sport=track.sport,
        warnings=tuple(warnings),
    )


def _readings(track: _Track, rows: Rows, warnings: list[str]) -> Table:
    out = empty(READING, len(rows.t_s))
    out["t_ns"] = rows.t_ns
    for column in set(_COLUMNS.values()):
        out[column] = rows.place(_column(track, column))
    out["heart_rate_bpm"][out["heart_rate_bpm"] == 0] = np.nan
    along_m = ground.lengths_m([point.place for point in track.points])
    ground.fill_motion(out, rows.place(along_m), warnings)
    if track.sport in _ON_FOOT:
        cadence, assumed = steps_a_minute(out["cadence_spm"], "rpm", out["speed_mps"])
        out["cadence_spm"] = cadence
        warnings += [assumed] if assumed else []
    else:
        out["cadence_spm"] = np.nan
        warnings.append(f"the sport is {track.sport}: its cadence is not of steps and was left out")
    return out


def _channels(track: _Track, rows: Rows) -> Iterator[Channel]:
    for name, unit in _CHANNELS.items():
        value = rows.place(_column(track, name))
        known = np.isfinite(value)
        if known.any():
            yield Channel(name, unit, rows.t_ns[known], value[known])


def _column(track: _Track, name: str) -> FloatArray:
    return np.array([point.values.get(name, math.nan) for point in track.points])


def _root(data: bytes, name: str) -> "Element":
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        # Some exporters begin the file with blanks, which XML forbids before its declaration.
        root: Element = ElementTree.fromstring(data.lstrip())
    except DefusedXmlException:
        raise FileError(f"{name}: XML with entities or outside references is not read") from None
    except (ElementTree.ParseError, ValueError, LookupError) as fault:
        raise FileError(f"{name}: the XML is cut off or damaged ({_shown(str(fault))})") from fault
    return root


def _track(root: "Element", name: str) -> _Track:
    kind = _tag(root)
    if kind == "trainingcenterdatabase":
        return _tcx(root, name)
    if kind == "gpx":
        return _gpx(root)
    raise FileError(f"{name}: an XML file of kind {kind[:40]!r}; TCX and GPX are read")


def _tcx(root: "Element", name: str) -> _Track:
    activities = [e for e in root.iter() if _tag(e) == "activity"]
    sports = [_SPORTS.get((a.get("Sport") or "").casefold()) for a in activities]
    runs = [a for a, sport in zip(activities, sports, strict=True) if sport == "running"]
    chosen = runs or activities
    if len(chosen) > 1:
        raise FileError(f"{name}: it holds {len(chosen)} activities; save them one a file")
    activity = chosen[0] if chosen else root
    laps = [
        (start, lasted_s)
        for lap in activity.iter()
        if _tag(lap) == "lap"
        and (start := _time(lap.get("StartTime"))) is not None
        and (lasted_s := _number(_text(lap, "totaltimeseconds"))) is not None
    ]
    makers = (_text(e, "name") for e in activity.iter() if _tag(e) == "creator")
    return _Track(
        format="tcx",
        device=next(makers, "") or "unknown",
        sport="running" if runs else next(iter(sports), None),
        points=tuple(
            _tcx_point(point, part)
            for part, track in enumerate(e for e in activity.iter() if _tag(e) == "track")
            for point in track
            if _tag(point) == "trackpoint"
        ),
        laps=tuple(laps),
        warnings=("of several activities only the run was read",) if len(activities) > 1 else (),
    )


def _tcx_point(point: "Element", part: int) -> _Point:
    lat, lon = _text(point, "latitudedegrees"), _text(point, "longitudedegrees")
    return _Point(part, _time(_text(point, "time")), _place(lat, lon), dict(_values(point)))


def _gpx_point(point: "Element", part: int) -> _Point:
    place = _place(point.get("lat"), point.get("lon"))
    return _Point(part, _time(_text(point, "time")), place, dict(_values(point)))


def _gpx(root: "Element") -> _Track:
    kinds = [_text(track, "type") for track in root if _tag(track) == "trk"]
    sport = kinds[0].casefold() if kinds and kinds[0] else None
    return _Track(
        format="gpx",
        device=_shown(root.get("creator")) or "unknown",
        sport=None if sport is None else _SPORTS.get(sport, sport),
        points=tuple(
            _gpx_point(point, part)
            for part, segment in enumerate(e for e in root.iter() if _tag(e) == "trkseg")
            for point in segment
            if _tag(point) == "trkpt"
        ),
    )


def _pauses(points: Sequence[_Point]) -> list[tuple[float, float]]:
    """Return the times between the parts of a track; laps begin a part without a pause."""
    timed = sorted((p.at.timestamp(), p.part) for p in points if p.at is not None)
    return [
        (before, after)
        for (before, part), (after, next_part) in pairwise(timed)
        if part != next_part and after - before > _LEAST_PAUSE_S
    ]


def _values(point: "Element") -> Iterator[tuple[str, float]]:
    """Yield (column, number); TCX wraps a heart rate in <HeartRateBpm><Value>."""
    for element in point.iter():
        tag = _tag(element)
        text = _text(element, "value") if tag == "heartratebpm" else element.text
        column = _COLUMNS.get(tag, tag if tag in _CHANNELS else None)
        if column is not None and (value := _number(text)) is not None:
            yield column, value


def _place(lat: str | None, lon: str | None) -> tuple[float, float]:
    north, east = _number(lat), _number(lon)
    known = north is not None and east is not None and abs(north) <= 90
    return (north, east) if known and north is not None and east is not None else _NOWHERE


def _tag(element: "Element") -> str:
    """Return the element's name without its namespace; exporters mix them up."""
    tag = element.tag
    return tag.rpartition("}")[2].casefold() if isinstance(tag, str) else ""


def _text(element: "Element", tag: str) -> str:
    found = next((e.text for e in element.iter() if _tag(e) == tag), None)
    return _shown(found)


def _shown(text: str | None) -> str:
    return "".join(c for c in (text or "").strip() if c.isprintable())[:80]


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _time(text: str | None) -> datetime | None:
    """Return the instant; without a zone it is UTC, as both formats demand."""
    try:
        at = datetime.fromisoformat((text or "").strip())
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
