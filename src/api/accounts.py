"""Accounts: log in and out, who is here, keys for programs."""

from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ..errors import NotFound
from ..store.accounts import Account, ApiKey, Session
from ..training.consent import DASHBOARDS
from . import auth, bodies, passwords
from .asking import Now, Who
from .auth import Asker
from .problems import Unprocessable
from .texts import only, text_of

router = APIRouter(tags=["accounts"])

KEY_DAYS = 365


@router.get("/me")
def who_am_i(request: Request, who: Who) -> JSONResponse:
    """Return who is asking, and whether this server has accounts at all."""
    return JSONResponse(
        {
            "accounts": auth.asks_who(request.app),
            "id": who.viewer.id,
            "name": who.viewer.name,
            "role": who.viewer.role,
            "athlete": None if who.account is None else who.account.athlete,
            "scopes": list(who.scopes),
            "guards": _guarded(request, who),
        }
    )


def _guarded(request: Request, who: Asker) -> list[dict[str, Any]]:
    """Return the young athletes whom somebody consents for."""
    if who.account is None:
        return []
    found = auth.accounts_of(request.app).accounts()
    return [{"athlete": a.athlete, "name": a.name} for a in found if a.guardian == who.account.id]


@router.post("/session", status_code=201)
def log_in(request: Request, data: bodies.Body, now: Now) -> JSONResponse:
    """Log in with `login` and `password`; the answer sets a cookie that scripts cannot read."""
    login, password = text_of(data, "login", 200), text_of(data, "password", 10_000)
    throttle: passwords.Throttle = request.app.state.throttle
    address = request.client.host if request.client else "?"
    names = (f"login {login.casefold()}", f"address {address}")
    for name in names:
        throttle.check(name, now)
    account = auth.accounts_of(request.app).of_login(login.casefold())
    kept = None if account is None else account.password
    if not passwords.matches(password, kept) or account is None:
        for name in names:
            throttle.failed(name, now)
        raise HTTPException(401, "That login and password do not go together.")
    throttle.succeeded(names[0])
    return logged_in(request, account, now)


@router.delete("/session", status_code=204)
def log_out(request: Request, who: Who) -> Response:
    """Log out: the session ends here, not only in this browser."""
    if who.session is not None and who.account is not None:
        auth.accounts_of(request.app).end(Session, who.account.id, who.session.id)
    answer = Response(status_code=204)
    answer.delete_cookie(auth.COOKIE, path="/")
    return answer


@router.get("/people")
def list_people(request: Request, who: Who) -> JSONResponse:
    """Return everybody with an account, by name: those whom data can be shared with.

    The club's dashboards are one of them where there are any.
    """
    found = auth.accounts_of(request.app).accounts()
    items = [
        {"id": auth.viewer_of(a).id, "name": a.name, "role": a.role}
        for a in found
        if who.account is None or a.id != who.account.id
    ]
    if request.app.state.settings.dashboards_url is not None:
        items.append({"id": DASHBOARDS.id, "name": DASHBOARDS.name, "role": "dashboards"})
    return JSONResponse({"items": items})


@router.get("/keys")
def list_keys(request: Request, who: Who) -> JSONResponse:
    """Return the keys of your account; what they are is never shown again."""
    found = auth.accounts_of(request.app).keys(account_of(who).id)
    return JSONResponse({"items": [_key_json(key) for key in found]})


@router.post("/keys", status_code=201)
def make_key(request: Request, data: bodies.Body, who: Who, now: Now) -> JSONResponse:
    """Make a key for a program: `name`, `scopes` (read, write, send), `days` until it expires.

    The key is in this answer and nowhere else.
    """
    account = account_of(who)
    auth.by_hand(who)
    only(data, {"name", "scopes", "days"})
    scopes, days = data.get("scopes"), data.get("days", KEY_DAYS)
    if not isinstance(scopes, list) or not scopes or not set(map(str, scopes)) <= set(auth.SCOPES):
        raise Unprocessable(f"scopes: expected some of {', '.join(auth.SCOPES)}", "scopes")
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= KEY_DAYS:
        raise Unprocessable(f"days: expected 1 to {KEY_DAYS}", "days")
    secret = passwords.token(auth.KEY_PREFIX)
    key = ApiKey(
        account=account.id, name=text_of(data, "name", 80), secret=passwords.digest(secret),
        scopes=tuple(scopes), created_at=now, expires_at=now + timedelta(days=days),
    )  # fmt: skip
    id = auth.accounts_of(request.app).add(key)
    return JSONResponse(_key_json(key) | {"id": id, "key": secret}, 201)


@router.delete("/keys/{key}", status_code=204)
def revoke_key(request: Request, key: str, who: Who) -> Response:
    """Revoke a key; it opens nothing from now on."""
    auth.accounts_of(request.app).end(ApiKey, account_of(who).id, key)
    return Response(status_code=204)


def logged_in(request: Request, account: Account, now: datetime) -> JSONResponse:
    """Answer with who somebody is and the cookie of a session that begins now."""
    accounts = auth.accounts_of(request.app)
    accounts.sweep(now)
    secret = passwords.token()
    until = now + auth.SESSION_FOR
    accounts.add(
        Session(
            account=account.id, secret=passwords.digest(secret), created_at=now, expires_at=until
        )
    )
    who = auth.viewer_of(account)
    body = {"id": who.id, "name": who.name, "role": who.role, "athlete": account.athlete}
    answer = JSONResponse(body, 201)
    answer.set_cookie(
        auth.COOKIE, secret, max_age=int(auth.SESSION_FOR.total_seconds()), path="/",
        secure=request.url.scheme == "https", httponly=True, samesite="strict",
    )  # fmt: skip
    return answer


def account_of(who: Asker) -> Account:
    """Return who asks; NotFound where the server has no accounts."""
    if who.account is None:
        raise NotFound("this server has no accounts")
    return who.account


def _key_json(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": list(key.scopes),
        "created_at": key.created_at.isoformat(),
        "expires_at": key.expires_at.isoformat(),
        "used_at": key.used_at and key.used_at.isoformat(),
    }
