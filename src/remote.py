"""A catfoot server as a collector knows it."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .errors import RadioError


@dataclass(frozen=True, slots=True)
class Server:
    """A catfoot server and the athlete there whose recordings these are.

    ``key`` is one that may send, where the server wants to know who somebody is.
    """

    url: str
    athlete: str
    key: str = field(default="", repr=False)

    def socket(self) -> str:
        """Return the address of the athlete's collect WebSocket."""
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise RadioError(f"--to: expected an address like http://host:8000, got {self.url!r}")
        scheme = "wss" if parts.scheme == "https" else "ws"
        path = parts.path.rstrip("/")
        return f"{scheme}://{parts.netloc}{path}/api/v1/athletes/{self.athlete}/collect"
