"""What one person may see of whom, for as long as one question of theirs takes."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ..training.consent import KINDS, Consent, Kind, Viewer, may

if TYPE_CHECKING:
    from ..training.entries import Person
    from .logbook import Logbook
    from .schema import Row


class Rights:
    """The consents that name a viewer, read once for everybody, and every athlete's own day.

    They are as old as the question: whoever asks anew makes new ones. ``forget`` before
    anything is written, which may be a consent or a zone.
    """

    def __init__(self, viewer: Viewer, logbook: "Logbook", clock: Callable[[], datetime]) -> None:
        self._viewer = viewer
        self._logbook = logbook
        self._clock = clock
        self._consents: dict[str, list[Consent]] | None = None
        self._zones: dict[str, str] = {}

    def forget(self) -> None:
        """Read anew what was read before."""
        self._consents = None
        self._zones.clear()

    def ask_again(self) -> None:
        """Read the consents anew the next time; the zones stay."""
        self._consents = None

    def know(self, persons: "Iterable[Row[Person]]") -> None:
        """Take the zones of athletes who have been read anyway."""
        self._zones.update((row.id, row.entry.tz) for row in persons)

    def may(self, athlete: str, kind: Kind, *, write: bool = False) -> bool:
        """Tell whether the viewer may see, or with ``write`` change, that kind of data today."""
        if self.owns(athlete):
            return True
        consents = self._given().get(athlete)
        return consents is not None and may(
            self._viewer, kind, athlete, consents, self.day(athlete), write=write
        )

    def sees(self, athlete: str) -> bool:
        """Tell whether the athlete shares anything with the viewer."""
        return any(self.may(athlete, kind) for kind in KINDS)

    def owns(self, athlete: str) -> bool:
        """Tell whether no consent is needed: the rule answers yes even without any."""
        return may(self._viewer, "raw", athlete, (), date.min, write=True)

    def day(self, athlete: str) -> date:
        """Return the athlete's own day; NotFound."""
        if athlete not in self._zones:
            self.know([self._logbook.person(athlete)])
        return self._clock().astimezone(ZoneInfo(self._zones[athlete])).date()

    def _given(self) -> dict[str, list[Consent]]:
        if self._consents is None:
            found: dict[str, list[Consent]] = {}
            for row in self._logbook.consents_for(self._viewer.id):
                found.setdefault(row.athlete, []).append(row.entry)
            self._consents = found
        return self._consents
