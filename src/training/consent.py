"""Who may see what of whom, and who may write it down: one pure rule.

An athlete sees and writes everything of their own. Anybody else needs a consent of that
athlete that names them and the kind of data. The owner of a server administers accounts and
sees nobody's days without such a consent. The machine (command line, jobs, a server on
loopback without accounts) acts as whoever holds the disk.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

Kind = Literal["load_and_flags", "metrics", "heart_rate", "check_ins", "raw", "location"]
Role = Literal["machine", "athlete", "coach", "owner"]

KINDS: tuple[Kind, ...] = get_args(Kind)

#: Of the texts that are shown to whoever gives a consent; ``consenttexts``.
TEXT_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Somebody who asks. ``id`` is the person's own; an athlete's is the athlete id."""

    id: str
    role: Role
    name: str = ""


#: Whoever the club lets look at its dashboards; nobody logs in as them.
DASHBOARDS = Viewer(id="dashboards", role="coach", name="the club's dashboards")

#: What the dashboards may be let show; never how somebody feels, their heart, places or originals.
SHOWN_THERE: tuple[Kind, ...] = ("load_and_flags", "metrics")

#: The command line, jobs, and a loopback server without accounts.
MACHINE = Viewer(id="machine", role="machine", name="this machine")


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What one athlete lets one person see, and, with ``write``, plan and record.

    It holds from ``since`` to ``until``, both included; ``withdrawn_at`` ends it at once.
    ``text_version`` is of the text that it was given to.
    """

    athlete: str
    viewer: str
    kinds: tuple[Kind, ...]
    since: date
    until: date | None = None
    write: bool = False
    withdrawn_at: datetime | None = None
    text_version: int = TEXT_VERSION

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.since:
            raise ValueError("until: expected a day not before since")
        if self.withdrawn_at is not None and self.withdrawn_at.tzinfo is None:
            raise ValueError("withdrawn_at: expected a time with its zone")
        if self.viewer == DASHBOARDS.id and self.write:
            raise ValueError("write: dashboards show and write nothing")
        if self.viewer == DASHBOARDS.id and not set(self.kinds) <= set(SHOWN_THERE):
            raise ValueError(f"kinds: dashboards show {' and '.join(SHOWN_THERE)} at most")

    def holds_on(self, day: date) -> bool:
        """Return whether the consent is in force on that day."""
        over = self.until is not None and day > self.until
        return self.withdrawn_at is None and self.since <= day and not over


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """Something that somebody else wrote and the athlete did not take: ``noun`` and ``of`` name it.

    ``by`` is who had written it. What it said is gone.
    """

    day: date
    noun: str
    of: str
    by: str
    reason: str = ""

    def __post_init__(self) -> None:
        if len(self.reason) > 500:
            raise ValueError("reason: expected 500 characters at most")


def needs_guardian(birth_year: int | None, day: date, age: int) -> bool:
    """Return whether somebody may be younger than ``age`` on that day; 0 asks nobody.

    Only the year is known, so the year of that birthday counts as before it.

    >>> needs_guardian(2010, date(2026, 3, 1), 16), needs_guardian(2009, date(2026, 3, 1), 16)
    (True, False)
    """
    return birth_year is not None and age > 0 and day.year - birth_year <= age


def may(
    viewer: Viewer,
    kind: Kind,
    athlete: str,
    consents: Iterable[Consent],
    day: date,
    write: bool = False,
) -> bool:
    """Return whether ``viewer`` may see, or with ``write`` record, that kind of the athlete's data.

    ``day`` is the day of asking in the athlete's zone. Consents of other athletes or for other
    people are ignored, so a list that holds too much never opens anything.

    >>> coach = Viewer(id="c1", role="coach")
    >>> may(coach, "metrics", "a1", (), date(2026, 3, 1))
    False
    """
    if viewer.role == "machine":
        return True
    if viewer.id == athlete:  # an owner or a coach may run too: their own days are their own
        return True
    return any(
        consent.athlete == athlete
        and consent.viewer == viewer.id
        and kind in consent.kinds
        and consent.holds_on(day)
        and (consent.write or not write)
        for consent in consents
    )
