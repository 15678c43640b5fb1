"""What an export says about its own files: titles, shoes, sports.

Strava writes ``activities.csv``, one line a file. Garmin writes ``*_summarizedActivities.json``,
whose runs are found again by when they began: its files have other numbers than its runs.
"""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

#: The index comes in the account's language; the order of these columns does not change.
_ENGLISH: Final = {
    "file": "filename",
    "title": "activity name",
    "sport": "activity type",
    "shoe": "activity gear",
}
_PLACE: Final = {"title": 2, "sport": 3}
#: Sports whose files are read; any other that is known is none of ours, and not opened.
_ON_FOOT: Final = frozenset(
    {"run", "trail run", "virtual run", "treadmill run", "walk", "hike", "laufen", "lauf",
     "traillauf", "virtueller lauf", "spaziergang", "gehen", "wanderung", "wandern"}
)  # fmt: skip
_OTHER: Final = frozenset(
    {"ride", "virtual ride", "e-bike ride", "mountain bike ride", "gravel ride", "swim",
     "weight training", "workout", "yoga", "rowing", "kayaking", "nordic ski", "alpine ski",
     "backcountry ski", "elliptical", "stair-stepper", "rock climbing", "crossfit", "canoeing",
     "ice skate", "inline skate", "snowboard", "stand up paddling", "surfing", "soccer", "golf",
     "tennis", "pilates", "handcycle", "velomobile", "radfahrt", "virtuelle radfahrt", "schwimmen",
     "krafttraining", "training"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What the index says of one file; ``runs`` is None where it cannot be told."""

    title: str = ""
    shoe: str | None = None
    sport: str = ""
    runs: bool | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """``files`` by their name in the export; ``titles`` by the second in which a run began."""

    files: Mapping[str, Listed] = field(default_factory=dict)
    titles: Mapping[int, str] = field(default_factory=dict)

    def about(self, name: str) -> Listed | None:
        """Return what is said of a file."""
        return self.files.get(name)

    def title_at(self, started_at: datetime) -> str:
        """Return what the run that began then is called, "" where nobody says."""
        second = round(started_at.timestamp())
        near = (self.titles.get(second + off) for off in (0, -1, 1, -2, 2))
        return next((title for title in near if title), "")

    def __or__(self, other: "Index") -> "Index":
        return Index({**self.files, **other.files}, {**self.titles, **other.titles})


def is_index(name: str) -> bool:
    """Tell from its name whether a file of an export is about the others."""
    last = name.rsplit("/", 1)[-1].lower()
    return last == "activities.csv" or last.endswith("summarizedactivities.json")


def read(data: bytes, name: str) -> Index:
    """Return what an index file says; lines that cannot be read are left out."""
    if name.lower().endswith(".json"):
        return _garmin(data)
    return _strava(data, name.rpartition("/")[0])


def _garmin(data: bytes) -> Index:
    try:
        parts = json.loads(data)
    except (ValueError, RecursionError):
        return Index()
    titles = {}
    for part in parts if isinstance(parts, list) else []:
        runs = part.get("summarizedActivitiesExport") if isinstance(part, dict) else None
        for run in runs if isinstance(runs, list) else []:
            begun, title = (
                (run.get("beginTimestamp"), run.get("name")) if isinstance(run, dict) else (0, 0)
            )
            if isinstance(begun, (int, float)) and isinstance(title, str) and abs(begun) < 1e14:
                titles[round(begun / 1000)] = _shown(title)
    return Index(titles=titles)


def _strava(data: bytes, folder: str) -> Index:
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig", "replace"), newline=""))
    try:
        lines = list(rows)
    except csv.Error:
        return Index()
    columns = _columns(lines[0], lines[1:]) if lines else {}
    if "file" not in columns:
        return Index()
    prefix = f"{folder}/" if folder else ""
    return Index(
        {
            prefix + line[columns["file"]]: _listed(line, columns)
            for line in lines[1:]
            if len(line) > columns["file"] and line[columns["file"]]
        }
    )


def _columns(header: list[str], lines: list[list[str]]) -> dict[str, int]:
    names = [cell.strip().casefold() for cell in header]
    found = {key: names.index(name) for key, name in _ENGLISH.items() if name in names}
    if "file" not in found:
        # In another language: the column of files is the one whose cells are paths.
        for line in lines:
            paths = [i for i, cell in enumerate(line) if cell.startswith("activities/")]
            if paths:
                return {"file": paths[0], **_PLACE}
    return found


def _listed(line: list[str], columns: dict[str, int]) -> Listed:
    def cell(key: str) -> str:
        i = columns.get(key)
        text = line[i] if i is not None and i < len(line) else ""
        return _shown(text)

    sport = cell("sport").casefold()
    runs = True if sport in _ON_FOOT else False if sport in _OTHER else None
    return Listed(title=cell("title"), shoe=cell("shoe") or None, sport=sport, runs=runs)


def _shown(text: str) -> str:
    return "".join(c for c in text.strip() if c.isprintable())[:120]
