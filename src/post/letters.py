"""The week's letters through a viewer's eyes: stores -> training -> sentences."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ..errors import Refused
from ..review import history_of
from ..training.coachletter import CoachLetter, coach_letter
from ..training.consent import Kind
from ..training.letter import Letter, letter_on, monday_of

if TYPE_CHECKING:
    from ..store.logbook import Row
    from ..store.view import View
    from ..training.entries import Person

#: What a letter is made of; a part that is not shared is named in it.
_TOLD: tuple[Kind, ...] = ("load_and_flags", "metrics", "check_ins")


def letter(view: "View", athlete: str, day: date) -> Letter:
    """Return the letter of the week that holds ``day``, of what the viewer may see.

    Raises Refused where load and flags are not shared: of anything less there is no letter.
    """
    view.must(athlete, "load_and_flags")
    missing: tuple[Kind, ...] = tuple(k for k in _TOLD if not _shared(view, athlete, k))
    # The plans ahead are read however far they reach; of the days, those before Monday count.
    return letter_on(day, history_of(view, athlete, monday_of(day)), missing)


def letter_of_coach(
    view: "View",
    now: datetime,
    once: "Callable[[Row[Person], date, Callable[[], Letter]], Letter]",
) -> CoachLetter:
    """Return the letter of everybody who shares load and flags with the viewer.

    Everybody's week is the one of their own zone. ``once`` may know an athlete's letter of that
    day of theirs already and is else given the work to do; a consent may end with any day.
    """
    letters = []
    for row in view.athletes():
        if row.id == view.viewer.id:
            continue  # one's own days have a letter of their own
        if _shared(view, row.id, "load_and_flags"):
            today = now.astimezone(ZoneInfo(row.entry.tz)).date()
            letters.append(once(row, today, partial(letter, view, row.id, monday_of(today))))
    return coach_letter(now.date(), letters)


def _shared(view: "View", athlete: str, kind: Kind) -> bool:
    try:
        view.must(athlete, kind)
    except Refused:
        return False
    return True
