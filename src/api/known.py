"""Answers that are kept until what they are made of changes, for pages about many athletes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import date
from threading import Lock
from typing import Generic, TypeVar

from ..store.view import View

T = TypeVar("T")


class Known(Generic[T]):
    """The newest answers by viewer, athlete, version of the athlete's rows, and day.

    At most ``most``; those asked for longest ago go first.
    """

    def __init__(self, most: int = 2000) -> None:
        self._most = most
        self._found: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()

    def get(
        self, seen: View, athlete: str, day: date, work: Callable[[], T], version: int | None = None
    ) -> T:
        """Return the answer, worked out only if it is not known.

        ``version`` is the athlete's, where it was read with others'.
        """
        key = (seen.viewer.id, athlete, seen.version(athlete) if version is None else version, day)
        with self._lock:
            if (known := self._found.get(key)) is not None:
                self._found.move_to_end(key)
                return known
        made = work()
        with self._lock:
            self._found[key] = made
            while len(self._found) > self._most:
                self._found.popitem(last=False)
        return made
