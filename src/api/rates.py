"""How much one person, and one address, may ask for: more is told when to come back.

Each has a bucket that holds what may be asked at once and fills at a steady rate. Whoever
invents names gets no further, because their address has a bucket too; a club behind one
address gets further than one person.
"""

import hashlib
import math
from collections import OrderedDict
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from .auth import COOKIE
from .problems import Problem

#: Seconds of the steady rate that may be asked for at once: a page asks for thirty things.
AT_ONCE_S = 60
#: People who are behind one address.
PEOPLE = 10
TOO_MUCH = "Too much was asked for in too short a time; try again in {} s."


class Bucket:
    """Buckets by name that hold ``full``, filled at ``per_s``; the last ``most`` are remembered."""

    def __init__(self, per_s: float, full: float, most: int = 10_000) -> None:
        self._per_s, self._full, self._most = per_s, full, most
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, name: str, now_s: float) -> float:
        """Take one out of a bucket and return 0, or how long until there is one."""
        left, at_s = self._left.pop(name, (self._full, now_s))
        left = min(self._full, left + (now_s - at_s) * self._per_s)
        wait_s = max(0.0, (1 - left) / self._per_s)
        self._left[name] = (left if wait_s else left - 1, now_s)
        while len(self._left) > self._most:
            self._left.popitem(last=False)
        return wait_s


class Rates:
    """Answers 429 with Retry-After to whoever asks for more than ``per_s`` in the long run.

    A WebSocket counts once, as it opens.
    """

    def __init__(self, app: ASGIApp, per_s: float, monotonic_s: Callable[[], float]) -> None:
        self.app = app
        self._monotonic_s = monotonic_s
        self._people = Bucket(per_s, per_s * AT_ONCE_S)
        self._addresses = Bucket(per_s * PEOPLE, per_s * PEOPLE * AT_ONCE_S)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        if wait_s := self._wait_s(scope):
            whole_s = math.ceil(wait_s)
            told = Problem(429, TOO_MUCH.format(whole_s), headers={"Retry-After": str(whole_s)})
            return await told(scope, receive, send)
        await self.app(scope, receive, send)

    def _wait_s(self, scope: Scope) -> float:
        now_s = self._monotonic_s()
        address = scope["client"][0] if scope.get("client") else ""
        waits_s = [self._addresses.wait_s(address, now_s)]
        if (name := _name(scope)) is not None:
            waits_s.append(self._people.wait_s(name, now_s))
        return max(waits_s)


def _name(scope: Scope) -> str | None:
    """Return whose request it says it is: the hash of a key or of a session's cookie."""
    headers = Headers(scope=scope)
    said = headers.get("authorization")
    if said is None:
        parts = (part.strip() for part in headers.get("cookie", "").split(";"))
        said = next((part for part in parts if part.startswith(f"{COOKIE}=")), None)
    return None if said is None else hashlib.sha256(said.encode("latin-1", "replace")).hexdigest()
