"""Which recordings an InfluxDB holds, where their rows lie there, and in what state.

InfluxDB knows rows by athlete, foot, ``rev`` and time: a tag for each recording would make as
many series as there are runs. So each account of a recording gets a *slot*, a small number in
the tag ``rev`` that no other account has at the same time on the same foot, and a point of
the measurement ``recording`` that says which.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..signal.tables import Side
from .influxserver import InfluxServer, Series
from .lineprotocol import quoted
from .series import SeriesKey

_MINUTE_US = 60_000_000

#: Bounds of every query without bounds of its own: what a signed 64-bit ns count can say.
EVER = "time >= -9223372036854775806 AND time <= 9223372036854775806"

State = Literal["writing", "ready", "leaving"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One delivery of one recording: its slot, its bounds in us UTC, and its tables.

    ``tables`` are (name, rows, layout); ``turn`` counts the deliveries of a recording.
    """

    key: SeriesKey
    slot: int
    turn: int
    state: State
    first_us: int
    last_us: int
    digest: str
    tables: tuple[tuple[str, int, tuple[tuple[str, str], ...]], ...]

    @property
    def tags(self) -> str:
        """Return the tags of its rows, in the order that 3.x sorts by."""
        return f"athlete={self.key.athlete},foot={self.key.side},rev={self.key.rev}_{self.slot}"

    @property
    def rows_are(self) -> str:
        """Return the condition that finds its rows and no others."""
        return (
            f"athlete = '{self.key.athlete}' AND foot = '{self.key.side}'"
            f" AND rev = '{self.key.rev}_{self.slot}'"
            f" AND time >= {self.first_us * 1000} AND time <= {self.last_us * 1000}"
        )

    @property
    def at_us(self) -> int:
        """Return the time of its own point: in the minute of its first row, and nobody else's."""
        name = f"{self.key.run} {self.key.recording} {self.key.rev} {self.slot}"
        spread = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") % _MINUTE_US
        return self.first_us // _MINUTE_US * _MINUTE_US + spread

    def line(self) -> str:
        """Return its own point."""
        texts = {
            "run": self.key.run,
            "recording": self.key.recording,
            "foot": self.key.side,
            "state": self.state,
            "digest": self.digest,
            # Texts, because a float has no room for ns since 1970.
            "origin_ns": str(self.key.origin_ns),
            "first_us": str(self.first_us),
            "last_us": str(self.last_us),
            "tables": json.dumps(self.tables, separators=(",", ":")),
        }
        numbers = {"rev": self.key.rev, "slot": self.slot, "turn": self.turn}
        fields = [f"{name}={quoted(text)}" for name, text in texts.items()]
        fields += [f"{name}={number}" for name, number in numbers.items()]
        return f"recording,athlete={self.key.athlete} {','.join(fields)} {self.at_us}"

    def clashes(self, other: "Account") -> bool:
        """Tell whether rows of both could not be told apart."""
        return (
            self.key.side == other.key.side
            and self.key.rev == other.key.rev
            and self.slot == other.slot
            and self.first_us <= other.last_us
            and other.first_us <= self.last_us
        )


def accounts(server: InfluxServer, athlete: str, run: str | None = None) -> list[Account]:
    """Return every account of an athlete or run, in whatever state."""
    one_run = "" if run is None else f" AND run = '{run}'"
    query = f"SELECT * FROM recording WHERE athlete = '{athlete}' AND {EVER}{one_run}"
    return [account for found in server.ask(query) for account in _accounts(athlete, found)]


def newest(found: Iterable[Account]) -> list[Account]:
    """Return the account of each recording that is read: ready, of the newest revision."""
    best: dict[tuple[str, str], Account] = {}
    for account in found:
        name = (account.key.run, account.key.recording)
        if account.state == "ready" and (name not in best or _age(account) > _age(best[name])):
            best[name] = account
    return [best[name] for name in sorted(best)]


def placed(account: Account, others: Sequence[Account]) -> Account:
    """Return the account in the first slot where it clashes with nobody."""
    while any(account.clashes(other) for other in others):
        account = replace(account, slot=account.slot + 1)
    return account


def _age(account: Account) -> tuple[int, int]:
    return account.key.rev, account.turn


def _accounts(athlete: str, found: Series) -> Iterable[Account]:
    names = list(found)
    for values in zip(*found.values(), strict=True):
        said: dict[str, Any] = dict(zip(names, values, strict=True))
        side: Side = said["foot"]
        key = SeriesKey(
            athlete=athlete,
            run=said["run"],
            recording=said["recording"],
            side=side,
            rev=int(said["rev"]),
            origin_ns=int(said["origin_ns"]),
        )
        yield Account(
            key=key,
            slot=int(said["slot"]),
            turn=int(said["turn"]),
            state=said["state"],
            first_us=int(said["first_us"]),
            last_us=int(said["last_us"]),
            digest=said["digest"],
            tables=tuple(
                (name, n, tuple((column, kind) for column, kind in columns))
                for name, n, columns in json.loads(said["tables"])
            ),
        )
