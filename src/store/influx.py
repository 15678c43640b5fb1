"""The series on InfluxDB, behind a durable outbox.

A write is accepted once it is on this disk; a thread delivers it, again and again until the
server has it. What is on its way is read from here, so readers never notice.
"""

import hashlib
import logging
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ..errors import StoreError
from ..signal.tables import Table
from . import disk, lineprotocol
from .influxserver import InfluxServer, Unreachable
from .manifest import Account, accounts, newest, placed
from .outbox import Letter, Outbox, Waiting
from .packing import pack
from .series import SeriesKey, checked

log = logging.getLogger(__name__)

# Tables that a dashboard draws over months, in bins of 10 s.
_BINNED = ("step", "reading")

_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0
# How often to look for letters that other processes put into the outbox.
_LOOK_S = 5.0


class InfluxSeries:
    """What was measured, on an InfluxDB server (``InfluxServer`` says how its URL is read).

    ``fault`` is why the last delivery failed, None while all is well. Reading and dropping
    raise StoreError where the server does not answer; writing does not ask it.
    """

    def __init__(self, url: str, folder: Path, *, patience_s: float = 10.0) -> None:
        self.fault: StoreError | None = None
        self._patience_s = patience_s
        self._server = InfluxServer(url)
        self._outbox = Outbox(folder / "outbox.db")
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._rounds = threading.Condition()
        self._asked_rounds = self._done_rounds = 0
        self._thread = threading.Thread(target=self._deliver_all, name="influx", daemon=True)
        self._thread.start()

    def write(self, key: SeriesKey, tables: Mapping[str, Table]) -> None:
        """Accept all tables of one recording, in the place of what it had, all or nothing."""
        checked(key)
        for name, table in tables.items():
            lineprotocol.points(name, "", table[:0], 0)  # names and types, before it is accepted
            lineprotocol.layout(table)
        self._outbox.put(key, tables)
        self._wake.set()

    def read(self, athlete: str, run: str, table: str) -> dict[SeriesKey, Table]:
        """Return the rows of one table of a run, by recording, newest revision only."""
        disk.checked_athlete(athlete)
        disk.checked_recording(run)
        found: dict[SeriesKey, Table] = {}
        here, there = self._found(athlete, run)
        for letter, tables in here:
            if table in tables:
                found[letter.key] = tables[table]
        for account in there:
            for name, n, layout in account.tables:
                if name == table:
                    found[account.key] = self._rows(account, name, n, layout)
        return {key: found[key] for key in sorted(found, key=lambda key: key.recording)}

    def held(self, athlete: str) -> dict[SeriesKey, dict[str, int]]:
        """Return what is there of an athlete: recordings, their tables, the numbers of rows."""
        here, there = self._found(disk.checked_athlete(athlete), None)
        found = {letter.key: {n: len(t) for n, t in tables.items()} for letter, tables in here}
        found |= {account.key: {n: rows for n, rows, _ in account.tables} for account in there}
        return {key: found[key] for key in sorted(found, key=lambda key: (key.run, key.recording))}

    def drop(self, athlete: str, run: str | None = None, recording: str | None = None) -> int:
        """Forget an athlete, a run or a recording; return how many tables went.

        StoreError where the server cannot delete rows, as InfluxDB 3 Core cannot.
        """
        disk.checked_athlete(athlete)
        for id in (run, recording):
            if id is not None:
                disk.checked_recording(id)
        with self._outbox.alone():
            gone = [
                (letter.key, name)
                for letter in self._outbox.letters(athlete, run)
                for name in letter.sizes
                if recording in (None, letter.key.recording)
            ]
            self._outbox.drop(athlete, run, recording)
            leaving = [
                account
                for account in accounts(self._server, athlete, run)
                if recording in (None, account.key.recording)
            ]
            gone += [(a.key, name) for a in newest(leaving) for name, _, _ in a.tables]
            for account in leaving:
                self._remove(account)
            if run is None and recording is None:
                self._server.run(f"DELETE WHERE athlete = '{athlete}'")
        return len({(key.run, key.recording, name) for key, name in gone})

    def waiting(self) -> Waiting:
        """Return how much has not reached the server."""
        return self._outbox.waiting()

    def dead(self) -> list[Letter]:
        """Return what the server refused for what it is, with its reason."""
        return [letter for letter in self._outbox.letters() if letter.why is not None]

    def revive(self) -> int:
        """Let all dead letters wait again; return how many there were."""
        revived = self._outbox.revive()
        self._wake.set()
        return revived

    def flush(self, limit_s: float) -> bool:
        """Deliver what waits by now; False where that fails or takes longer than ``limit_s``."""
        with self._rounds:
            self._asked_rounds += 1
            mine = self._asked_rounds
            self._wake.set()
            # The round that runs may have begun before the last letter was here.
            in_time = self._rounds.wait_for(lambda: self._done_rounds >= mine, limit_s)
        return in_time and self.fault is None

    def close(self) -> None:
        """Deliver what waits, for a few seconds at most while that works, then let go."""
        if not self._closing.is_set():
            if self._outbox.waiting().recordings and self.fault is None:
                self.flush(self._patience_s)
            self._closing.set()
            self._wake.set()
            self._thread.join(self._patience_s)
        self._server.close()
        self._outbox.close()

    def _found(
        self, athlete: str, run: str | None
    ) -> tuple[list[tuple[Letter, dict[str, Table]]], list[Account]]:
        """Return what is read from here, and what is read from the server."""
        # The outbox first: a letter that leaves it meanwhile is on the server by then.
        letters = [
            (letter, tables)
            for letter in self._outbox.letters(athlete, run)
            if (tables := self._outbox.tables(letter)) is not None
        ]
        there = {
            (account.key.run, account.key.recording): account
            for account in newest(accounts(self._server, athlete, run))
        }
        here = []
        for letter, tables in letters:
            name = (letter.key.run, letter.key.recording)
            if name not in there or there[name].key.rev <= letter.key.rev:
                there.pop(name, None)
                here.append((letter, tables))
        return here, list(there.values())

    def _rows(
        self, account: Account, name: str, n: int, layout: tuple[tuple[str, str], ...]
    ) -> Table:
        query = f'SELECT * FROM "{name}" WHERE {account.rows_are}'
        answer = self._server.ask(query) if n else []
        table = lineprotocol.rows(name, layout, answer[0] if answer else {})
        if len(table) != n:
            raise StoreError(
                f"InfluxDB {self._server.name} has {len(table)} of {n} rows of {name}"
                f" of the recording {account.key.recording}; start that server again, with"
                " index-version = tsi1 if it is a 1.x"
            )
        return table

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
                    log.warning("influx waiting=%s fault=%s", self.waiting().recordings, fault)
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
            self._remove(old)
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
        self._server.write([account.line()])
        for name, table in tables.items():
            origin_ns = account.key.origin_ns
            self._server.write(lineprotocol.points(name, account.tags, table, origin_ns).lines)
            if name in _BINNED:
                self._server.write(lineprotocol.bins(f"{name}10s", account.tags, table, origin_ns))
        account = replace(account, state="ready")
        self._server.write([account.line()])
        return account

    def _remove(self, account: Account) -> None:
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
    width = lineprotocol.BIN_US
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
