"""The athlete's own clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def local(day: date, minutes: float, tz: str) -> datetime:
    """Return the instant so many minutes by the clock after the athlete's own midnight.

    UTC where the zone has no such name.

    >>> local(date(2026, 3, 1), 18 * 60, "Europe/Berlin").isoformat()
    '2026-03-01T18:00:00+01:00'
    """
    try:
        zone: ZoneInfo | None = ZoneInfo(tz)
    except (ZoneInfoNotFoundError, ValueError):
        zone = None
    return datetime.combine(day, time(0), zone or UTC) + timedelta(minutes=minutes)
