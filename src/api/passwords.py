"""Passwords and tokens: made, hashed, compared, and not guessed too often."""

import hashlib
import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from starlette.exceptions import HTTPException

PASSWORD_LEAST = 10
PASSWORD_MOST = 200

# argon2 takes 64 MB for each password: two at once are enough for people who log in.
_AT_ONCE = threading.BoundedSemaphore(2)


def token(prefix: str = "") -> str:
    """Return a secret of 256 random bits that fits in an address."""
    return prefix + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return what is kept of a token. It is random, so one quick hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def hashed(password: str) -> str:
    """Return what is kept of a password: argon2id with its own salt."""
    from pwdlib import PasswordHash

    with _AT_ONCE:
        return PasswordHash.recommended().hash(password)


def matches(password: str, kept: str | None) -> bool:
    """Whether the password is the one; takes as long where nothing is kept."""
    from pwdlib import PasswordHash

    with _AT_ONCE:
        known = PasswordHash.recommended().verify(password[:PASSWORD_MOST], kept or _NOBODY)
    return known and kept is not None


# A hash with the parameters of `hashed` of a password that nobody has.
_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$0aEDSWapRxtLuWERDz7/IA"
    "$qKXoJuM+tfJM7dgMl437dzUnxvSAQIOEVAy0oDCgz7U"
)


@dataclass
class Throttle:
    """Counts failures by name and refuses more than ``most`` within ``within``.

    Names are remembered up to ``names``; then the oldest are forgotten.
    """

    most: int = 5
    within: timedelta = timedelta(minutes=15)
    names: int = 10_000
    _failed: dict[str, list[datetime]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, name: str, now: datetime) -> None:
        """Raise 429, saying when to come back, where there were too many failures."""
        with self._lock:
            recent = [at for at in self._failed.get(name, []) if now - at < self.within]
        if len(recent) >= self.most:
            wait_s = int((recent[0] + self.within - now).total_seconds()) + 1
            text = f"Too many tries that failed; try again in {wait_s // 60 + 1} minutes."
            raise HTTPException(429, text, {"Retry-After": str(wait_s)})

    def failed(self, name: str, now: datetime) -> None:
        """Count a failure."""
        with self._lock:
            while len(self._failed) >= self.names:
                self._failed.pop(next(iter(self._failed)))
            kept = [at for at in self._failed.pop(name, []) if now - at < self.within]
            self._failed[name] = [*kept, now][-self.most :]

    def succeeded(self, name: str) -> None:
        """Forget the failures of a name."""
        with self._lock:
            self._failed.pop(name, None)
