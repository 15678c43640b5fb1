"""The calendar feed: an address that is a secret by itself, for programs that cannot log in."""

from fastapi import APIRouter, Request, Response

from ..config import Stores
from ..errors import NotFound, Refused
from ..post.feed import feed
from . import passwords
from .asking import Now

router = APIRouter(tags=["server"])

MEDIA_TYPE = "text/calendar; charset=utf-8"


@router.get(
    "/calendar/{secret}.ics",
    responses={200: {"content": {"text/calendar": {}}}, "4XX": {"description": "No such feed."}},
)
def read_calendar(request: Request, secret: str, now: Now) -> Response:
    """Return the planned strength sessions as iCalendar; 404 once the feed is revoked."""
    stores: Stores = request.app.state.stores
    channel = stores.logbook.channels.of_secret(passwords.digest(secret))
    if channel is None:
        raise NotFound("no such feed")
    found = feed(stores, channel, request.app.state.outside(), now)
    if found is None:
        raise Refused("not shared any more")
    return Response(found, media_type=MEDIA_TYPE, headers={"Cache-Control": "private, no-store"})
