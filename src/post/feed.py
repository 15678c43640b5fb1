"""Planned strength sessions as an iCalendar feed (RFC 5545) for whoever knows its address.

By default an entry says that something is planned, and when; what it is and how long, only where
the athlete allows this feed to say it.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from ..review import history_of
from ..store.channels import Channel
from ..training.conflicts import SLOT_HOUR
from ..training.history import History
from ..training.load import days_between
from ..training.zones import local
from .message import receiver

if TYPE_CHECKING:
    from icalendar import Event

    from ..config import Stores
    from ..training.plans import Slot

AHEAD_DAYS = 56
LEAST_MIN = 15


def feed(stores: "Stores", channel: Channel, address: str, now: datetime) -> bytes | None:
    """Return the calendar of a channel, None where its reader may not see it any more.

    Raises Refused, like every look at an athlete's days.
    """
    from icalendar import Calendar

    viewer = receiver(stores, channel)
    if viewer is None or channel.athlete is None:
        return None
    view = stores.as_seen_by(viewer, lambda: now)
    view.must(channel.athlete, "load_and_flags")
    history = history_of(view, channel.athlete, now.date())
    calendar = Calendar()
    calendar.add("prodid", "-//catfoot//planned sessions//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "catfoot")
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    seen: Counter[date] = Counter()
    for day, slot in planned(history, now.date()):
        seen[day] += 1
        calendar.add_component(_event(channel, history, day, slot, seen[day], address, now))
    out: bytes = calendar.to_ical()
    return out


def planned(history: History, today: date) -> list[tuple[date, "Slot"]]:
    """Return the slots of the programme in the eight weeks from a day on."""
    programme = history.programme_on(today)
    if programme is None:
        return []
    return [
        (day, slot)
        for day in days_between(today, today + timedelta(AHEAD_DAYS))
        for slot in programme.slots
        if slot.weekday == day.weekday()
    ]


def _event(
    channel: Channel,
    history: History,
    day: date,
    slot: "Slot",
    nth: int,
    address: str,
    now: datetime,
) -> "Event":
    from icalendar import Event

    event = Event()
    begins = local(day, 60 * SLOT_HOUR, history.person.tz)
    minutes = slot.minutes if channel.numbers else LEAST_MIN
    # Says nothing of what it is, and stays the same from one asking to the next.
    event.add("uid", f"{channel.id}-{day.isoformat()}-{nth}@catfoot")
    event.add("dtstamp", now)
    event.add("dtstart", begins)
    event.add("dtend", begins + timedelta(minutes=minutes))
    said = f"Foot session ({slot.kind}), {slot.minutes:g} min" if channel.numbers else "catfoot"
    event.add("summary", said)
    event.add("url", f"{address}/strength?athlete={channel.athlete}")
    return event
