"""``activities.csv`` of a Strava export: what each of its files is called and which sport it is."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
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
class Activities:
    """The index by the name of the file, as it is written in the archive."""

    files: Mapping[str, Listed] = field(default_factory=dict)

    @classmethod
    def read(cls, data: bytes, folder: str) -> "Activities":
        """Return the index; ``folder`` is where in the archive it lies.

        Unreadable lines are left out: the files they speak of are read all the same.
        """
        rows = csv.reader(io.StringIO(data.decode("utf-8-sig", "replace"), newline=""))
        try:
            lines = list(rows)
        except csv.Error:
            return cls()
        if not lines:
            return cls()
        columns = _columns(lines[0], lines[1:])
        if "file" not in columns:
            return cls()
        prefix = f"{folder}/" if folder else ""
        return cls(
            {
                prefix + line[columns["file"]]: _listed(line, columns)
                for line in lines[1:]
                if len(line) > columns["file"] and line[columns["file"]]
            }
        )

    def about(self, name: str) -> Listed | None:
        """Return what the index says of a file of the archive."""
        return self.files.get(name)


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
        return "".join(c for c in text.strip() if c.isprintable())[:120]

    sport = cell("sport").casefold()
    runs = True if sport in _ON_FOOT else False if sport in _OTHER else None
    return Listed(title=cell("title"), shoe=cell("shoe") or None, sport=sport, runs=runs)
