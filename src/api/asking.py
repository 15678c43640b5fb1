"""Who asks, and for whom: what every route of an athlete starts from.

Routes never see the stores. They get a View, which answers only what the person asking may
see, and an athlete who is always named in the path and never assumed.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from ..config import Stores
from ..errors import NotFound
from ..store.logbook import Row
from ..store.view import View
from ..training.entries import Person
from .auth import Asker, asker
from .known import Forgetting

# Identifiers are 32 hex digits; a little slack, and nothing that a path or a database
# could take for anything but a name.
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def known_shape(identifier: str) -> str:
    """Return an identifier from a path; NotFound for what can be none."""
    if not _ID.fullmatch(identifier):
        raise NotFound("no identifier looks like that")
    return identifier


def stores_of(connection: HTTPConnection) -> Stores:
    """Return the stores of a connection's application: for what no View is about."""
    stores: Stores = connection.app.state.stores
    return stores


def who(request: Request) -> Asker:
    """Return who asks; 401 where the server wants to know and cannot."""
    return asker(request)


Who = Annotated[Asker, Depends(who)]


def view(request: Request, who: Who) -> View:
    """What the person asking may see."""
    return view_of(request, who)


def view_of(connection: HTTPConnection, who: Asker) -> View:
    """Return what somebody may see through the stores of a connection's application."""
    forgetting: Forgetting = connection.app.state.forgetting
    forgetting.look()
    return stores_of(connection).as_seen_by(who.viewer, connection.app.state.clock)


Viewed = Annotated[View, Depends(view)]


@dataclass(frozen=True, slots=True)
class Athlete:
    """The athlete in the path, who exists and whom the viewer may see."""

    id: str
    row: Row[Person]

    def local(self, instant: datetime) -> datetime:
        """Return the instant on the athlete's own clock."""
        return instant.astimezone(ZoneInfo(self.row.entry.tz))

    def day(self, instant: datetime) -> date:
        """Return the athlete's own day of that instant."""
        return self.local(instant).date()


def athlete(athlete: str, seen: Viewed) -> Athlete:
    """Return the athlete of the path; NotFound also where nothing is shared."""
    return Athlete(athlete, seen.person(known_shape(athlete)))


Asked = Annotated[Athlete, Depends(athlete)]


def instant(request: Request) -> datetime:
    """Return the server's time as aware UTC."""
    at: datetime = request.app.state.clock()
    return at


Now = Annotated[datetime, Depends(instant)]
