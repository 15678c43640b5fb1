"""The port to what was measured: the tables of closed runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..signal.tables import Side, Table
from . import disk
from .bins import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesKey:
    """Whose rows these are: one recording of one run, in one revision of the analysis.

    ``origin_ns`` is UTC, in ns, at time 0 of the recording's clock.
    """

    athlete: str
    run: str
    recording: str
    side: Side
    rev: int
    origin_ns: int


def checked(key: SeriesKey) -> SeriesKey:
    """Return the key; ValueError where one of its ids has a shape that no id has."""
    disk.checked_athlete(key.athlete)
    disk.checked_recording(key.run)
    disk.checked_recording(key.recording)
    return key


class Series(Protocol):
    """Two implementations: embedded (SQLite) and InfluxDB. Doing a thing twice is doing it once."""

    def write(self, key: SeriesKey, tables: Mapping[str, Table]) -> None:
        """Store all tables of one recording, replacing what it had, all or nothing."""
        ...

    def read(
        self, athlete: str, run: str, table: str, within: Window | None = None
    ) -> dict[SeriesKey, Table]:
        """Return the rows of one table of a run, by recording, newest revision only.

        With ``within`` those whose first time lies there; a recording without any has none.
        """
        ...

    def thinned(
        self,
        athlete: str,
        run: str,
        table: str,
        columns: Sequence[str],
        within: Window,
        width: int,
    ) -> dict[SeriesKey, Table]:
        """Return what a screen of ``width`` columns can show of measures, by recording.

        A row for each of at most ``width`` equal bins that has any: ``start_us`` UTC, ``n``
        rows, and of each measure mean, min and max, NaN where none is known. ValueError for
        what is no measure of a contract table.
        """
        ...

    def held(self, athlete: str) -> dict[SeriesKey, dict[str, int]]:
        """Return what is there of an athlete: recordings, their tables, the numbers of rows."""
        ...

    def drop(self, athlete: str, run: str | None = None, recording: str | None = None) -> int:
        """Forget an athlete, a run or a recording; return how many tables went."""
        ...

    def traces(self, athlete: str) -> list[str]:
        """Return where anything of an athlete is left, also what ``held`` does not count."""
        ...

    def close(self) -> None:
        """Release files and connections."""
        ...
