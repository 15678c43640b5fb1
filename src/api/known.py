"""Answers that are kept until what they are made of changes, for pages about many athletes."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

from ..store.view import View

T = TypeVar("T")


class Asked(NamedTuple):
    """What an answer depends on: who asks, about whom, the version of their rows, and the day."""

    viewer: str
    athlete: str
    version: int
    day: date


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

    def keep(self, asked: Asked, answer: T) -> None:
        """Keep an answer, and forget what nobody has asked for in a long time."""
        with self._lock:
            self._found[asked] = answer
            while len(self._found) > self._most:
                self._found.popitem(last=False)
