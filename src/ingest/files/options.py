"""What the person importing a file may say about it."""

from dataclasses import dataclass
from datetime import datetime

from ...signal.tables import Place, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Facts that a file need not hold; what the person says wins over what is detected.

    ``range_g`` is the accelerometer's full scale, ``rate_hz`` how many samples a second there are in
    a file that counts them instead of saying times; others say it themselves. Recordings slower than ``min_rate_hz`` are
    refused: too few samples fall into one contact.
    """

    start: datetime | None = None
    side: Side | None = None
    place: Place | None = None
    range_g: float | None = None
    rate_hz: float | None = None
    min_rate_hz: float = 25.0

    def __post_init__(self) -> None:
        if self.start is not None and self.start.tzinfo is None:
            raise ValueError("start: expected a time with its zone")
        if self.range_g is not None and not 0 < self.range_g <= 1000:
            raise ValueError(f"range_g: expected up to 1000, got {self.range_g:g}")
        if self.rate_hz is not None and not 0 < self.rate_hz <= 100_000:
            raise ValueError(f"rate_hz: expected up to 100000, got {self.rate_hz:g}")
