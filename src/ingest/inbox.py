"""What the radio found and says, between its callbacks and whoever takes their packets."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from .source import LinkState, Notification, Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A device in range that speaks at least one known profile.

    One that this machine ``held`` connected does not advertise: its strength is not known,
    and its profiles are those looked for.
    """

    address: str
    name: str
    rssi_dbm: int
    profiles: tuple[Profile, ...]
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A connection stands; ``reads`` are the values read before the first packet."""

    device: str
    profile: Profile
    reads: Mapping[str, bytes]
    at_ns: int
    battery_pct: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The link's state changed; ``why`` is empty or one clause for a person."""

    state: LinkState
    at_ns: int
    why: str = ""


Item = Opened | Changed | Notification


class Inbox:
    """Packets between the radio's callback and the one who takes them.

    Holds ``limit`` packets, five minutes of a pod at 200 Hz. When full, the newest packet is
    dropped and counted, so that what was already promised stays in order. Opened and Changed
    always fit.
    """

    def __init__(self, limit: int = 16_384) -> None:
        self.limit = limit
        self.dropped = 0
        self._items: deque[Item] = deque()
        self._filled = asyncio.Event()

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: Item) -> None:
        """Add an item; never waits."""
        if isinstance(item, Notification) and len(self._items) >= self.limit:
            self.dropped += 1
            return
        self._items.append(item)
        self._filled.set()

    async def take(self) -> list[Item]:
        """Wait for at least one item and return all there are, in order."""
        await self._filled.wait()
        self._filled.clear()
        items = list(self._items)
        self._items.clear()
        return items
