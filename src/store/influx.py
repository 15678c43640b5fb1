"""The series on InfluxDB, behind a durable outbox.

A write is accepted once it is on this disk; a thread delivers it, again and again until the
server has it. What is on its way is read from here, so readers never notice.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ..errors import StoreError
from ..signal.tables import Table, empty
from . import disk, lineprotocol
from .bins import Window, clock_of, dtype_of, inside, measured, scaled, thinned
from .delivery import Delivery
from .influxserver import InfluxServer
from .manifest import EVER, Account, accounts, newest
from .outbox import Letter, Outbox, Waiting
from .series import SeriesKey, checked

# Rows at one instant lie 1 us apart there; nobody has so many at one that they are a second.
_SPREAD_NS = 10**9


class InfluxSeries:
    """What was measured, on an InfluxDB server (``InfluxServer`` says how its URL is read).

    Reading and dropping raise StoreError where the server does not answer; writing does not
    ask it.
    """

    def __init__(self, url: str, folder: Path, *, patience_s: float = 10.0) -> None:
        self._patience_s = patience_s
        self._server = InfluxServer(url)
        self._outbox = Outbox(folder / "outbox.db")
        self._delivery = Delivery(self._server, self._outbox)

    @property
    def fault(self) -> StoreError | None:
        """Why the last delivery failed, None while all is well."""
        return self._delivery.fault

    def write(self, key: SeriesKey, tables: Mapping[str, Table]) -> None:
        """Accept all tables of one recording, in the place of what it had, all or nothing."""
        checked(key)
        for name, table in tables.items():
            lineprotocol.points(name, "", table[:0], 0)  # names and types, before it is accepted
            lineprotocol.layout(table)
        self._outbox.put(key, tables)
        self._delivery.wake()

    def read(
        self, athlete: str, run: str, table: str, within: Window | None = None
    ) -> dict[SeriesKey, Table]:
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
                    found[account.key] = self._rows(account, name, n, layout, within)
        return {
            key: found[key] if within is None else inside(found[key], key.origin_ns, within)
            for key in sorted(found, key=lambda key: key.recording)
        }

    def thinned(
        self,
        athlete: str,
        run: str,
        table: str,
        columns: Sequence[str],
        within: Window,
        width: int,
    ) -> dict[SeriesKey, Table]:
        """Return mean, least and greatest of measures in at most ``width`` bins of the window."""
        measured(table, columns)
        every_us = within.every_us(width)
        disk.checked_athlete(athlete)
        disk.checked_recording(run)
        found: dict[SeriesKey, Table] = {}
        here, there = self._found(athlete, run)
        for letter, tables in here:
            if table in tables:
                rows, key = tables[table], letter.key
                own_ns = rows[clock_of(rows.dtype) or ""]
                measures = {name: scaled(rows[name]) for name in columns}
                found[key] = thinned(own_ns, measures, key.origin_ns, within, every_us)
        for account in there:
            for name, n, layout in account.tables:
                if name == table:
                    found[account.key] = self._bins(
                        account, name, n, layout, columns, within, every_us
                    )
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
                self._delivery.remove(account)
            if run is None and recording is None:
                self._server.run(f"DELETE WHERE athlete = '{athlete}'")
        return len({(key.run, key.recording, name) for key, name in gone})

    def traces(self, athlete: str) -> list[str]:
        """Return the server's measurements, and the outbox, that hold anything of an athlete."""
        disk.checked_athlete(athlete)
        left = ["outbox.db"] if self._outbox.letters(athlete) else []
        for found in self._server.ask("SHOW MEASUREMENTS"):
            for name in found["name"]:
                query = f"SELECT * FROM \"{name}\" WHERE athlete = '{athlete}' AND {EVER} LIMIT 1"
                if self._server.ask(query):
                    left.append(f"the measurement {name} of InfluxDB")
        return left

    def waiting(self) -> Waiting:
        """Return how much has not reached the server."""
        return self._outbox.waiting()

    def dead(self) -> list[Letter]:
        """Return what the server refused for what it is, with its reason."""
        return [letter for letter in self._outbox.letters() if letter.why is not None]

    def revive(self) -> int:
        """Let all dead letters wait again; return how many there were."""
        revived = self._outbox.revive()
        self._delivery.wake()
        return revived

    def flush(self, limit_s: float) -> bool:
        """Deliver what waits by now; False where that fails or takes longer than ``limit_s``."""
        return self._delivery.flush(limit_s)

    def close(self) -> None:
        """Deliver what waits, for a few seconds at most while that works, then let go.

        What waits still is said in the log.
        """
        self._delivery.close(self._patience_s)
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
        self,
        account: Account,
        name: str,
        n: int,
        layout: tuple[tuple[str, str], ...],
        within: Window | None,
    ) -> Table:
        query = f'SELECT * FROM "{name}" WHERE {account.rows_are}'
        if within is not None:
            low, high = within.start_ns - _SPREAD_NS, within.stop_ns + _SPREAD_NS
            query += f" AND time >= {low} AND time < {high}"
        answer = self._server.ask(query) if n else []
        table = lineprotocol.rows(name, layout, answer[0] if answer else {})
        if within is None and len(table) != n:
            raise StoreError(
                f"InfluxDB {self._server.name} has {len(table)} of {n} rows of {name}"
                f" of the recording {account.key.recording}; start that server again, with"
                " index-version = tsi1 if it is a 1.x"
            )
        return table

    def _bins(
        self,
        account: Account,
        name: str,
        n: int,
        layout: tuple[tuple[str, str], ...],
        columns: Sequence[str],
        within: Window,
        every_us: int,
    ) -> Table:
        """Have the server count, which sends a screen's width and not the run."""
        known = [column for column in columns if column in dict(layout)]
        clock = clock_of(np.dtype(list(layout)))
        wanted = [f'count("{clock}") AS n'] + [
            f'{what}("{column}") AS {column}_{what}'
            for column in known
            for what in ("mean", "min", "max")
        ]
        # Times there are whole us: a row of the window's first us began within it.
        low, high = -(-within.start_ns // 1000) * 1000, -(-within.stop_ns // 1000) * 1000
        answer = (
            self._server.ask(
                f'SELECT {", ".join(wanted)} FROM "{name}" WHERE {account.rows_are}'
                f" AND time >= {low} AND time < {high} GROUP BY time({every_us}u) fill(none)"
            )
            if n
            else []
        )
        said = answer[0] if answer else {}
        out = empty(dtype_of(columns), len(said.get("time", ())))
        out["start_us"], out["n"] = said.get("time", 0), said.get("n", 0)
        for column in (out.dtype.names or ())[2:]:
            out[column] = np.array(said.get(column, [None] * len(out)), np.float64)
        return out
