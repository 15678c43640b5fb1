"""Answers that are kept until what they are made of changes, for pages about many athletes."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Generic, NamedTuple, Protocol, TypeVar

from ..store.view import View

T = TypeVar("T")


class Asked(NamedTuple):
    """What an answer depends on: who asks, about whom, the version of their rows, and the day."""

    viewer: str
    athlete: str
    version: int
    day: date


class Memory(Protocol):
    """Answers in memory."""

    def clear(self) -> None:
        """Forget all of them."""
        ...


class Forgetting:
    """Has every answer forgotten once somebody was erased, by this server or another process.

    An erasing changes the list of the erased and, at its end, the folder of those that are begun;
    an answer that was made between the two goes at the second.
    """

    def __init__(self, data: Path, memories: Iterable[Memory]) -> None:
        self._watched = data / "erased.txt", data / "erasing"
        self._memories = tuple(memories)
        self._seen = self._stamps()

    def look(self) -> None:
        """Forget, where somebody was erased since the last look; a few microseconds."""
        if (stamps := self._stamps()) != self._seen:
            self._seen = stamps
            for memory in self._memories:
                memory.clear()

    def _stamps(self) -> list[int]:
        found = []
        for path in self._watched:
            try:
                found.append(path.stat().st_mtime_ns)
            except OSError:
                found.append(0)
        return found


class Known(Generic[T]):
    """The newest answers. At most ``most``; those asked for longest ago go first."""

    def __init__(self, most: int = 2000) -> None:
        self._most = most
        self._found: OrderedDict[Asked, T] = OrderedDict()
        self._lock = Lock()

    def get(
        self, seen: View, athlete: str, day: date, work: Callable[[], T], version: int | None = None
    ) -> T:
        """Return the answer, worked out only if it is not known.

        ``version`` is the athlete's, where it was read with others'.
        """
        known_version = seen.version(athlete) if version is None else version
        asked = Asked(seen.viewer.id, athlete, known_version, day)
        if (known := self.find(asked)) is not None:
            return known
        made = work()
        self.keep(asked, made)
        return made

    def find(self, asked: Asked) -> T | None:
        """Return the answer, None where it is not known."""
        with self._lock:
            if asked in self._found:
                self._found.move_to_end(asked)
            return self._found.get(asked)

    def clear(self) -> None:
        """Forget every answer."""
        with self._lock:
            self._found.clear()

    def keep(self, asked: Asked, answer: T) -> None:
        """Keep an answer, and forget what nobody has asked for in a long time."""
        with self._lock:
            self._found[asked] = answer
            while len(self._found) > self._most:
                self._found.popitem(last=False)
