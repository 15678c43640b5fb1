"""Runs that devices store by themselves: what every family's way of telling them has in common.

A family talks in generators: they yield what to write, bytes of the run that were brought, or
LISTEN for the next notification, which they are sent. No sockets here.
"""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from ...signal.tables import Place, Side

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """One run on a device; ``id`` is its name there.

    ``size`` in bytes, None where only its end tells; then ``brought`` is how many came the last
    time. ``began`` by the device's own calendar, or ``age_s`` ago by its clock, or neither is
    known. ``era`` belongs to a run that the device does not list, and tells it from one of the same
    id that was there before everything was erased.
    """

    id: str
    size: int | None
    crc32: int | None = None
    age_s: int | None = None
    began: datetime | None = None
    era: int | None = None
    brought: int | None = None

    def begun(self, now: datetime) -> datetime:
        """Return when it began, as far as is known; ``now`` where it is not."""
        if self.began is not None:
            return self.began
        return now - timedelta(seconds=self.age_s or 0)


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes for the device."""

    uuid: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Got:
    """The next bytes of the run."""

    data: bytes


LISTEN = None
Talk = Generator[Write | Got | None, bytes, T]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What is known of a stored run beside its bytes."""

    device: str
    began: datetime
    name: str = ""
    side: Side = "unknown"
    place: Place = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What a device lists, and the names of what it may have beside that.

    ``perhaps`` may each be missing; of ``onward`` the first that is missing is the end.
    """

    runs: list[StoredRun] = field(default_factory=list)
    perhaps: Iterable[StoredRun] = ()
    onward: Iterable[StoredRun] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """How a family tells its runs.

    ``reading(run, offset)`` brings the bytes from ``offset`` on, and raises NotFound for a run
    that was not listed and is not there; ``recording`` makes a pod recording of them and raises
    DecodeError where they are not what was listed. ``erasing`` takes runs off the device, and
    yields Got for what it reads to be sure; a family that can only erase all is ``all_or_none``.
    """

    profile: str
    notify: str
    listing: Callable[[], Talk[Listed]]
    reading: Callable[[StoredRun, int], Talk[None]]
    erasing: Callable[[list[StoredRun]], Talk[None]]
    recording: Callable[[bytes, StoredRun, Origin], bytes]
    all_or_none: bool = False
