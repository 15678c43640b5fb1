"""What time it is: the clock of whoever is not handed another."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the wall clock as aware UTC."""
    return datetime.now(UTC)
