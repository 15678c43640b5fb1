"""Bringing what waits in the outbox to an InfluxDB server, again and again until it has it."""

import hashlib
import logging
import threading
from collections.abc import Mapping
from dataclasses import replace

from ..errors import StoreError
from ..signal.tables import Table
from . import lineprotocol
from .bins import TEN_SECONDS_US
from .influxserver import InfluxServer, Unreachable
from .manifest import Account, accounts, newest, placed
from .outbox import Letter, Outbox
from .packing import pack
from .series import SeriesKey

log = logging.getLogger(__name__)

# Tables that a dashboard draws over months, in bins of 10 s.
_BINNED = ("step", "reading")

_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0
# How often to look for letters that other processes put into the outbox.
_LOOK_S = 5.0


class Delivery:
    """One thread that delivers; ``fault`` is why the last round failed, None while all is well."""

    def __init__(self, server: InfluxServer, outbox: Outbox) -> None:
        self.fault: StoreError | None = None
        self._server = server
        self._outbox = outbox
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._rounds = threading.Condition()
        self._asked_rounds = self._done_rounds = 0
        self._thread = threading.Thread(target=self._deliver_all, name="influx", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Look at the outbox now."""
        self._wake.set()

    def flush(self, limit_s: float) -> bool:
        """Deliver what waits by now; False where that fails or takes longer than ``limit_s``."""
        with self._rounds:
            self._asked_rounds += 1
            mine = self._asked_rounds
            self._wake.set()
            # The round that runs may have begun before the last letter was here.
            in_time = self._rounds.wait_for(lambda: self._done_rounds >= mine, limit_s)
        return in_time and self.fault is None

    def close(self, limit_s: float) -> None:
        """Deliver what waits while that works, for so long at most, and stop. Twice is fine."""
        if self._closing.is_set():
            return
        if self._outbox.waiting().recordings and self.fault is None:
            self.flush(limit_s)
        self._closing.set()
        self._wake.set()
        self._thread.join(limit_s)
        if left := self._outbox.waiting().recordings:
            why = "" if self.fault is None else f" ({self.fault})"
            log.warning("%d recordings wait here for InfluxDB%s", left, why)

    def _deliver_all(self) -> None:
        """Deliver until closed; after a fault wait ever longer, up to a minute."""
        pause_s = _FIRST_PAUSE_S
        while not self._closing.is_set():
            self._wake.clear()
            asked = self._asked_rounds
            try:
                self._round()
                self.fault, pause_s = None, _FIRST_PAUSE_S
            except StoreError as fault:
                if self.fault is None:
                    log.warning(
                        "influx waiting=%s fault=%s", self._outbox.waiting().recordings, fault
                    )
                self.fault, pause_s = fault, min(pause_s * 2, _LONGEST_PAUSE_S)
            except Exception:  # ours; the only thread that delivers must outlive it
                log.exception("influx")
                self.fault = StoreError("delivering to InfluxDB failed; the log says where")
                pause_s = _LONGEST_PAUSE_S
            with self._rounds:
                self._done_rounds = asked
                self._rounds.notify_all()
            self._wake.wait(_LOOK_S if self.fault is None else pause_s)

    def _round(self) -> None:
        for letter in self._outbox.letters():
            if self._closing.is_set():
                return
            if letter.why is None:
                try:
                    with self._outbox.alone():
                        self._deliver(letter)
                except Unreachable:
                    raise
                except StoreError as fault:
                    log.error("influx dead recording=%s: %s", letter.key.recording, fault)
                    self._outbox.bury(letter, str(fault))

    def _deliver(self, letter: Letter) -> None:
        """Bring one recording to the server; any part of it may have happened before."""
        tables = self._outbox.tables(letter)
        if tables is None:
            return
        everybody = accounts(self._server, letter.key.athlete)
        mine = [
            account
            for account in everybody
            if (account.key.run, account.key.recording) == (letter.key.run, letter.key.recording)
        ]
        account = _account(letter.key, tables)
        current = newest(mine)
        if not (current and current[0].key.rev > letter.key.rev):
            account = self._bring(account, tables, everybody, mine)
            mine = [old for old in mine if old.at_us != account.at_us]
        else:
            mine = [old for old in mine if old is not current[0]]
        for old in mine:
            self.remove(old)
        self._outbox.delivered(letter)

    def _bring(
        self,
        account: Account,
        tables: Mapping[str, Table],
        everybody: list[Account],
        mine: list[Account],
    ) -> Account:
        """Write the rows between two states of their account, and return the account."""
        for old in mine:
            if old.digest == account.digest and old.key == account.key:
                account = replace(account, slot=old.slot, turn=old.turn)
                if old.state == "ready":
                    return account
                break
        else:
            turn = 1 + max((old.turn for old in mine), default=0)
            account = placed(replace(account, turn=turn), everybody)
        self._server.write(account.line().encode())
        for name, table in tables.items():
            origin_ns = account.key.origin_ns
            posts = lineprotocol.points(name, account.tags, table, origin_ns)
            if name in _BINNED:
                posts += lineprotocol.bins(f"{name}10s", account.tags, table, origin_ns)
            for post in posts:
                self._server.write(post)
        account = replace(account, state="ready")
        self._server.write(account.line().encode())
        return account

    def remove(self, account: Account) -> None:
        """Delete an account's rows, then the account."""
        for name, n, _ in account.tables:
            if n:
                self._server.run(f'DELETE FROM "{name}" WHERE {account.rows_are}')
            if n and name in _BINNED:
                self._server.run(f'DELETE FROM "{name}10s" WHERE {account.rows_are}')
        self._server.run(
            f"DELETE FROM recording WHERE athlete = '{account.key.athlete}'"
            f" AND time = {account.at_us * 1000}"
        )


def _account(key: SeriesKey, tables: Mapping[str, Table]) -> Account:
    """Return the account of these tables, in no slot yet; its bounds are whole bins."""
    times = [lineprotocol.times_us(table, key.origin_ns)[1] for table in tables.values()]
    edges = [int(us[i]) for us in times if len(us) for i in (0, -1)] or [key.origin_ns // 1000]
    digest = hashlib.sha256(repr(key).encode())
    for name in sorted(tables):
        digest.update(name.encode() + pack(tables[name]))
    width = TEN_SECONDS_US
    return Account(
        key=key,
        slot=0,
        turn=1,
        state="writing",
        first_us=min(edges) // width * width,
        last_us=max(edges) // width * width + width - 1,
        digest=digest.hexdigest()[:32],
        tables=tuple(
            (name, len(table), tuple((column, kind) for column, kind in lineprotocol.layout(table)))
            for name, table in tables.items()
        ),
    )
