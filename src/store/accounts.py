"""Who may log in: accounts, their sessions and keys, and invitations to make one.

Only hashes are kept: whoever reads the database can neither log in nor use a key. What a
secret is hashed with is its caller's business; here it is a text to look up.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from ..errors import Conflict, NotFound
from ..training.consent import Viewer
from ..training.entries import Person
from . import disk, rows
from .database import Database
from .schema import account_table, invitation_table, key_table, session_table
from .teams import Member, join_team


class HasAccount(Conflict):
    """An athlete has one account, whose days are theirs."""


AccountRole = Literal["owner", "coach", "athlete"]
Scope = Literal["read", "write", "send"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who can log in; ``athlete`` is whose days are their own, if anybody's.

    ``guardian`` is the account that consents for somebody young; ``subject`` who they are to a
    login elsewhere. Without a ``password`` (empty) only that login opens the account.
    """

    login: str
    name: str
    role: AccountRole
    password: str
    created_at: datetime
    athlete: str | None = None
    guardian: str | None = None
    subject: str | None = None
    id: str = ""

    @property
    def viewer(self) -> Viewer:
        """The account as the rule of consent knows it.

        Somebody whose own days are here is that athlete, whatever else they do.
        """
        return Viewer(id=self.athlete or self.id, role=self.role, name=self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser that is logged in, until it expires."""

    account: str
    secret: str
    created_at: datetime
    expires_at: datetime
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A program that may act for an account, within its scopes."""

    account: str
    name: str
    secret: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A link that makes one account, once, or lets one into a ``team``.

    ``guardian`` is the account that answers for whoever joins by it.
    """

    role: AccountRole
    secret: str
    made_by: str
    created_at: datetime
    expires_at: datetime
    athlete: str | None = None
    team: str | None = None
    guardian: str | None = None
    id: str = ""


Kept = Account | Session | ApiKey | Invitation

_TABLES: Mapping[type[Any], sa.Table] = {
    Account: account_table,
    Session: session_table,
    ApiKey: key_table,
    Invitation: invitation_table,
}


class Accounts:
    """The rows of who may log in. What has expired is as if it were not there."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def any(self) -> bool:
        """Tell whether anybody has an account."""
        with self._db.read() as connection:
            return connection.scalar(sa.select(account_table.c.id).limit(1)) is not None

    def add(self, kept: Kept) -> str:
        """Write one down and return its id; Conflict where the login or secret is taken."""
        values = asdict(kept) | {"id": kept.id or disk.new_id()}
        if isinstance(kept, ApiKey):
            values["scopes"] = list(kept.scopes)
        with self._db.write() as connection:
            connection.execute(_TABLES[type(kept)].insert().values(values))
        return str(values["id"])

    def join(self, invitation: Invitation, account: Account, person: Person | None = None) -> str:
        """Use an invitation up: its account, the ``person`` whose days begin, its team, together.

        NotFound where it is used up, Conflict where somebody has that login, HasAccount where the
        athlete has an account already, by another invitation; then nothing of it was done.
        """
        id = disk.new_id()
        with self._db.write() as connection:
            _use(connection, invitation.id)
            if person is not None:
                begun = rows.begin(connection, person, "machine", account.created_at)
                account = replace(account, athlete=begun)
            if account.athlete is not None:
                # Two links for one athlete may be opened at the same time: one waits here.
                rows.touch(connection, account.athlete)
                of_athlete = account_table.c.athlete == account.athlete
                if connection.scalar(sa.select(account_table.c.id).where(of_athlete)) is not None:
                    raise HasAccount("this athlete has an account already")
            connection.execute(account_table.insert().values(asdict(account) | {"id": id}))
            if invitation.team is not None:
                join_team(connection, Member(invitation.team, id, False, account.created_at))
        return id

    def use(self, invitation: Invitation, account: str, now: datetime) -> None:
        """Use an invitation into a team up for an account that is there; NotFound if it is."""
        assert invitation.team is not None
        with self._db.write() as connection:
            _use(connection, invitation.id)
            join_team(connection, Member(invitation.team, account, False, now))

    def of_viewer(self, viewer: str) -> Account | None:
        """Return the account behind the id by which the rule of consent knows somebody."""
        mine = sa.or_(account_table.c.athlete == viewer, account_table.c.id == viewer)
        found = self._find(Account, mine)
        return Account(**found[0]) if found else None

    def of_subject(self, subject: str) -> Account | None:
        """Return the account that a login elsewhere opens."""
        found = self._find(Account, account_table.c.subject == subject)
        return Account(**found[0]) if found else None

    def link(self, id: str, subject: str) -> None:
        """Let a login elsewhere open an account; Conflict where it opens another, NotFound."""
        with self._db.write() as connection:
            which = account_table.update().where(account_table.c.id == id)
            if not connection.execute(which.values(subject=subject)).rowcount:
                raise NotFound("no such account")

    def account(self, id: str) -> Account:
        """Return an account; NotFound."""
        found = self._find(Account, account_table.c.id == id)
        if not found:
            raise NotFound("no such account")
        return Account(**found[0])

    def accounts(self) -> list[Account]:
        """Return everybody who has an account, by name."""
        found = self._find(Account, sa.true(), order=account_table.c.name)
        return [Account(**line) for line in found]

    def of_login(self, login: str) -> Account | None:
        """Return the account of that login."""
        found = self._find(Account, account_table.c.login == login)
        return Account(**found[0]) if found else None

    def of_session(self, secret: str, now: datetime) -> tuple[Session, Account] | None:
        """Return the session of that secret and its account, unless it has expired."""
        found = self._find(Session, *_alive(session_table, secret, now))
        if not found:
            return None
        session = Session(**found[0])
        return session, self.account(session.account)

    def of_key(self, secret: str, now: datetime) -> tuple[ApiKey, Account] | None:
        """Return the key of that secret and its account, and note that it was used."""
        found = self._find(ApiKey, *_alive(key_table, secret, now))
        if not found:
            return None
        key = _key(found[0])
        if key.used_at is None or (now - key.used_at).total_seconds() > 60:
            with self._db.write() as connection:
                used = key_table.update().where(key_table.c.id == key.id)
                connection.execute(used.values(used_at=now))
        return key, self.account(key.account)

    def invitation(self, secret: str, now: datetime) -> Invitation | None:
        """Return the invitation of that secret, unless it was used or has expired."""
        found = self._find(Invitation, *_alive(invitation_table, secret, now))
        return Invitation(**found[0]) if found else None

    def keys(self, account: str) -> list[ApiKey]:
        """Return an account's keys, oldest first."""
        found = self._find(ApiKey, key_table.c.account == account, order=key_table.c.created_at)
        return [_key(line) for line in found]

    def end(self, kind: type[Kept], account: str, id: str) -> None:
        """End one of an account's sessions or keys; NotFound."""
        table = _TABLES[kind]
        with self._db.write() as connection:
            which = table.delete().where(table.c.id == id, table.c.account == account)
            if not connection.execute(which).rowcount:
                raise NotFound("nothing of that name to end")

    def sweep(self, now: datetime) -> None:
        """Take out what has expired."""
        with self._db.write() as connection:
            for table in (session_table, key_table, invitation_table):
                connection.execute(table.delete().where(table.c.expires_at <= now))

    def _find(
        self, kind: type[Kept], *which: sa.ColumnElement[bool], order: Any = None
    ) -> list[dict[str, Any]]:
        query = sa.select(_TABLES[kind]).where(*which)
        if order is not None:
            query = query.order_by(order)
        with self._db.read() as connection:
            return [dict(line) for line in connection.execute(query).mappings()]


def _use(connection: sa.Connection, invitation: str) -> None:
    gone = invitation_table.delete().where(invitation_table.c.id == invitation)
    if not connection.execute(gone).rowcount:
        raise NotFound("this invitation has been used")


def _alive(table: sa.Table, secret: str, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return table.c.secret == secret, table.c.expires_at > now


def _key(line: dict[str, Any]) -> ApiKey:
    values: dict[str, Any] = {**line, "scopes": tuple(line["scopes"])}
    return ApiKey(**values)
