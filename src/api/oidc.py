"""Logging in elsewhere: OpenID Connect, authorization code with PKCE (RFC 9700), by settings.

Whoever is known by issuer and subject logs in; whoever is logged in links the two; whoever has an
invitation makes an account with it. Nobody else gets in, and no mail address is taken as proof.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from ..config import Oidc
from ..errors import NotFound
from ..store.accounts import Account
from ..training.entries import Person
from . import auth, bodies, passwords
from .accounts import logged_in
from .asking import Now
from .joining import made_account, opened
from .sso import Provider, SsoError
from .texts import only

router = APIRouter(prefix="/oidc", tags=["accounts"])

COOKIE = "catfoot_oidc"
WITHIN = timedelta(minutes=10)
MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A login that went to the provider and has not come back yet."""

    nonce: str
    verifier: str
    until: datetime
    account: str | None = None
    token: str | None = None


class Waiting:
    """Logins under way by their state, each good for one return; the oldest go first."""

    def __init__(self) -> None:
        self._begun: OrderedDict[str, Begun] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, state: str, begun: Begun) -> None:
        """Remember a login that goes out."""
        with self._lock:
            self._begun[state] = begun
            while len(self._begun) > MOST:
                self._begun.popitem(last=False)

    def take(self, state: str, now: datetime) -> Begun | None:
        """Return the login of that state, once, unless it took too long."""
        with self._lock:
            found = self._begun.pop(state, None)
        return found if found is not None and now < found.until else None


@router.get("")
def read_provider(request: Request) -> JSONResponse:
    """Return what the login elsewhere is called; null where there is none."""
    found: Oidc | None = request.app.state.settings.oidc
    return JSONResponse({"name": None if found is None else found.name})


@router.post("/start")
def start(request: Request, data: bodies.Body, now: Now) -> JSONResponse:
    """Begin: go to `url` with the browser. With a `token` an invitation is used up on return.

    Somebody who is logged in links the two, so that either opens the account from then on.
    """
    only(data, {"token"})
    token = data.get("token")
    if token is not None:
        opened(request, data, now)  # 403 before anybody is sent away
    state, nonce, verifier = (passwords.token() for _ in range(3))
    try:
        url = _provider(request).address(state, nonce, verifier, _back(request))
    except SsoError as fault:
        raise HTTPException(503, str(fault)) from fault
    begun = Begun(
        nonce=nonce, verifier=verifier, until=now + WITHIN, account=_known(request), token=token
    )
    _waiting(request).add(state, begun)
    answer = JSONResponse({"url": url})
    # Lax: it must come along when the provider sends the browser back.
    answer.set_cookie(
        COOKIE, state, max_age=int(WITHIN.total_seconds()), path="/api/v1/oidc",
        secure=request.url.scheme == "https", httponly=True, samesite="lax",
    )  # fmt: skip
    return answer


@router.get("/callback", responses={200: {"content": {"text/html": {}}}})
def come_back(request: Request, now: Now, state: str = "", code: str = "") -> Response:
    """Take whoever comes back from the provider: logged in, or told why not."""
    _settings(request)
    if not state or request.cookies.get(COOKIE) != state:
        raise HTTPException(403, "This login was not begun in this browser; begin again.")
    begun = _waiting(request).take(state, now)
    if begun is None or not code:
        raise HTTPException(403, "This login took too long or was broken off; begin again.")
    provider = _provider(request)
    try:
        claims = provider.claims(code, begun.verifier, begun.nonce, _back(request), now)
    except SsoError as fault:
        raise HTTPException(403, str(fault)) from fault
    account = _account(request, begun, f"{provider.issuer} {claims['sub']}", claims, now)
    # The browser was sent here by another site, so that a strict cookie would not come along if
    # it were sent on at once. Our own page sends it on.
    page = HTMLResponse(
        '<!doctype html><meta charset="utf-8"><title>catfoot</title>'
        f'<meta http-equiv="refresh" content="0;url=/"><p>{escape(account.name)}, <a href="/">go on</a>.'
    )
    page.raw_headers += [
        (name, value)
        for name, value in logged_in(request, account, now).raw_headers
        if name == b"set-cookie"
    ]
    page.delete_cookie(COOKIE, path="/api/v1/oidc")
    return page


def _account(
    request: Request, begun: Begun, subject: str, claims: dict[str, Any], now: datetime
) -> Account:
    accounts = auth.accounts_of(request.app)
    known = accounts.of_subject(subject)
    if begun.account is not None:
        if known is not None and known.id != begun.account:
            raise HTTPException(409, "That login opens another account here already.")
        accounts.link(begun.account, subject)
        return accounts.account(begun.account)
    if known is not None:
        return known
    if begun.token is None:
        raise HTTPException(403, "No account here is opened by that login; ask for an invitation.")
    invitation = opened(request, {"token": begun.token}, now)
    name = str(claims.get("name") or claims.get("preferred_username") or "Somebody")[:80]
    person = None
    if invitation.athlete is None and invitation.role != "coach":
        person = bodies.entry(Person, {"name": name, "tz": _zone(claims)})
    wanted = Account(
        login=f"oidc {passwords.digest(subject)[:32]}", name=name, role=invitation.role,
        password="", created_at=now, subject=subject,
    )  # fmt: skip
    return made_account(request, invitation, person, wanted)


def _zone(claims: dict[str, Any]) -> str:
    """Return the zone that the provider knows somebody by; UTC for one that is none."""
    zone = str(claims.get("zoneinfo") or "UTC")
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return "UTC"
    return zone


def _known(request: Request) -> str | None:
    """Return the account of the session that asks, None for a stranger."""
    try:
        asking = auth.asker(request)
    except HTTPException:
        return None
    return asking.account.id if asking.account is not None and asking.session else None


def _settings(request: Request) -> Oidc:
    found: Oidc | None = request.app.state.settings.oidc
    if found is None:
        raise NotFound("no login elsewhere is set up")
    return found


def _provider(request: Request) -> Provider:
    settings = _settings(request)
    if getattr(request.app.state, "oidc", None) is None:
        request.app.state.oidc = Provider(settings)
    provider: Provider = request.app.state.oidc
    return provider


def _waiting(request: Request) -> Waiting:
    waiting: Waiting = request.app.state.oidc_waiting
    return waiting


def _back(request: Request) -> str:
    return f"{request.app.state.outside()}/api/v1/oidc/callback"
