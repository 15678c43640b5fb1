"""Who is asking: a browser with a session, a program with a key, or this machine's owner.

Without accounts the server listens on loopback only and everybody there is the machine's
owner. As soon as accounts are asked for, or one exists, every route wants to know who it is.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import get_args

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from ..store.accounts import Account, AccountRole, Accounts, Invitation, Scope, Session
from ..training.consent import MACHINE, Viewer
from . import passwords

COOKIE = "catfoot"
KEY_PREFIX = "cf_"
SESSION_FOR = timedelta(days=30)
FIRST_LINK_FOR = timedelta(hours=1)

SCOPES: tuple[Scope, ...] = get_args(Scope)
ROLES: tuple[AccountRole, ...] = get_args(AccountRole)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, through which account and session, and what they may do at all."""

    viewer: Viewer
    account: Account | None = None
    session: Session | None = None
    scopes: tuple[Scope, ...] = SCOPES


def accounts_of(app: FastAPI) -> Accounts:
    """Return the rows of who may log in."""
    accounts: Accounts = app.state.stores.logbook.accounts
    return accounts


def asks_who(app: FastAPI) -> bool:
    """Whether this server wants to know who somebody is."""
    # Once there is an account there is one, so the answer yes is remembered.
    if not getattr(app.state, "asks_who", False):
        app.state.asks_who = app.state.settings.accounts or accounts_of(app).any()
    known: bool = app.state.asks_who
    return known


def asker(connection: HTTPConnection) -> Asker:
    """Return who asks; 401 where the server wants to know and cannot."""
    app: FastAPI = connection.app
    if not asks_who(app):
        return Asker(MACHINE)
    found = _by_key(connection) or _by_session(connection)
    if found is None:
        raise HTTPException(401, "Log in first.", {"WWW-Authenticate": 'Bearer realm="catfoot"'})
    if not _in_scope(connection, found.scopes):
        raise HTTPException(403, f"This key may only: {', '.join(found.scopes)}.")
    return found


def by_hand(who: Asker) -> None:
    """Raise 403 for a program with a key: what outlasts it, people make themselves."""
    if who.account is not None and who.session is None:
        raise HTTPException(403, "A key cannot do that; log in with a browser.")


def viewer_of(account: Account) -> Viewer:
    """Return the account as the rule of consent knows it."""
    return account.viewer


def _by_key(connection: HTTPConnection) -> Asker | None:
    kind, _, key = connection.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not key.startswith(KEY_PREFIX):
        return None
    now = connection.app.state.clock()
    found = accounts_of(connection.app).of_key(passwords.digest(key), now)
    if found is None:
        return None
    return Asker(viewer_of(found[1]), found[1], scopes=found[0].scopes)


def _by_session(connection: HTTPConnection) -> Asker | None:
    secret = connection.cookies.get(COOKIE)
    if not secret:
        return None
    now = connection.app.state.clock()
    found = accounts_of(connection.app).of_session(passwords.digest(secret), now)
    return None if found is None else Asker(viewer_of(found[1]), found[1], found[0])


def _in_scope(connection: HTTPConnection, scopes: tuple[Scope, ...]) -> bool:
    """Whether a key's scopes allow the request: a gateway's can send and do nothing else."""
    path = connection.scope["path"]
    if connection.scope["type"] == "websocket":
        return ("send" if path.endswith("/collect") else "read") in scopes
    if connection.scope["method"] in SAFE:
        return "read" in scopes or ("send" in scopes and path.endswith("/athletes"))
    if path.endswith("/recordings") and "send" in scopes:
        return True
    return "write" in scopes


def first_link(app: FastAPI, address: str) -> str | None:
    """Return the one-time link that makes the owner, None where there is somebody already."""
    accounts = accounts_of(app)
    if not app.state.settings.accounts or accounts.any():
        return None
    now = app.state.clock()
    secret = passwords.token()
    accounts.add(
        Invitation(
            role="owner",
            secret=passwords.digest(secret),
            made_by="machine",
            created_at=now,
            expires_at=now + FIRST_LINK_FOR,
        )
    )
    # Behind the #, which browsers send to no server and write into no log.
    return f"{address}/join#{secret}"
