"""Joining by a link: who may make one, and what whoever opens it becomes."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ..errors import Conflict
from ..store.accounts import Account, AccountRole, HasAccount, Invitation
from ..training.consent import needs_guardian
from ..training.entries import Person
from . import auth, bodies, passwords
from .accounts import account_of, logged_in
from .asking import Now, Who, stores_of
from .auth import Asker
from .problems import Unprocessable
from .texts import only, text_of
from .tries import Tried

router = APIRouter(tags=["accounts"])

LINK_FOR = timedelta(days=7)
#: What another try of an invitation is told again: all but the link, which is shown once.
LINKED = ("id", "role", "expires_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a link makes of whoever opens it."""

    role: AccountRole
    athlete: str | None = None
    team: str | None = None
    guardian: str | None = None


@router.post("/invitations", status_code=201)
def invite(request: Request, data: bodies.Body, who: Who, now: Now, tried: Tried) -> JSONResponse:
    """Make a link that lets somebody join, once, as `athlete`, `coach` or `owner`.

    With `athlete` the account is given the days of an athlete who is here already. With
    `guardian` anybody with an account invites a young athlete whom they will consent for.
    """
    auth.by_hand(who)
    if not data.get("guardian") and who.viewer.role not in ("machine", "owner"):
        raise HTTPException(403, "Only the owner of this server invites people.")
    only(data, {"role", "athlete", "guardian"})
    role = data.get("role", "athlete")
    if role not in auth.ROLES:
        raise Unprocessable(f"role: expected one of {', '.join(auth.ROLES)}", "role")
    if data.get("guardian"):
        link = _of_guardian(role, who)
        return tried.once(data, lambda: linked(request, who, now, link), keep=LINKED)
    athlete = data.get("athlete")
    if athlete is not None:
        stores_of(request).logbook.person(str(athlete))
        if any(a.athlete == athlete for a in auth.accounts_of(request.app).accounts()):
            # Else whoever administers the server could make themselves anybody.
            raise Conflict("this athlete has an account already, which nobody else can be given")
    link = Link(role=role, athlete=athlete)
    return tried.once(data, lambda: linked(request, who, now, link), keep=LINKED)


def _of_guardian(role: str, who: Asker) -> Link:
    account = account_of(who)
    if role != "athlete":
        raise Unprocessable("role: a guardian invites an athlete", "role")
    if account.guardian is not None:
        raise HTTPException(403, "Whoever has a guardian cannot be one.")
    return Link(role="athlete", guardian=account.id)


def linked(request: Request, who: Asker, now: datetime, what: Link) -> JSONResponse:
    """Write an invitation down and answer with its link, which is shown once."""
    secret = passwords.token()
    until = now + LINK_FOR
    made = Invitation(
        role=what.role, secret=passwords.digest(secret), made_by=who.viewer.id, created_at=now,
        expires_at=until, athlete=what.athlete, team=what.team, guardian=what.guardian,
    )  # fmt: skip
    id = auth.accounts_of(request.app).add(made)
    link = f"{str(request.base_url).rstrip('/')}/join#{secret}"
    body = {"id": id, "role": what.role, "link": link, "expires_at": until.isoformat()}
    return JSONResponse(body, 201)


@router.post("/join", status_code=201)
def join(request: Request, data: bodies.Body, now: Now) -> JSONResponse:
    """Make an account with an invitation's `token`: `login`, `password`, `name`, `tz`.

    Whoever says with `birth_year` that they are young needs a guardian's invitation.
    """
    only(data, {"token", "login", "password", "name", "tz", "birth_year"})
    invitation = opened(request, data, now)
    accounts = auth.accounts_of(request.app)
    login = text_of(data, "login", 200).strip().casefold()
    password = text_of(data, "password", passwords.PASSWORD_MOST)
    if len(password) < passwords.PASSWORD_LEAST:
        text = f"password: use {passwords.PASSWORD_LEAST} characters or more"
        raise Unprocessable(text, "password")
    if not login or accounts.of_login(login) is not None:
        raise Unprocessable("login: somebody has that login already", "login")
    name = text_of(data, "name", 80)
    person = _person(request, invitation, data, now)
    account = made_account(
        request, invitation, person,
        Account(
            login=login, name=name, role=invitation.role, password=passwords.hashed(password),
            created_at=now,
        ),
    )  # fmt: skip
    return logged_in(request, account, now)


def opened(request: Request, data: bodies.Json, now: datetime) -> Invitation:
    """Return the invitation of a body's `token`; 403 for one that is used or made up."""
    throttle: passwords.Throttle = request.app.state.throttle
    name = f"join {request.client.host if request.client else '?'}"
    throttle.check(name, now)
    secret = passwords.digest(text_of(data, "token", 200))
    invitation = auth.accounts_of(request.app).invitation(secret, now)
    if invitation is None:
        throttle.failed(name, now)
        raise HTTPException(403, "This invitation was used before or has expired; ask for another.")
    return invitation


def made_account(
    request: Request, invitation: Invitation, person: Person | None, wanted: Account
) -> Account:
    """Use an invitation up: the account, its own days, its guardian, its team."""
    accounts = auth.accounts_of(request.app)
    wanted = replace(wanted, athlete=invitation.athlete, guardian=invitation.guardian)
    try:
        id = accounts.join(invitation, wanted, person)
    except HasAccount:
        raise
    except Conflict as fault:
        raise Unprocessable("login: somebody has that login already", "login") from fault
    request.app.state.asks_who = True
    return accounts.account(id)


def _person(
    request: Request, invitation: Invitation, data: bodies.Json, now: datetime
) -> Person | None:
    """Return whose days begin with the account; None for a coach, or days that are here already."""
    if invitation.athlete is not None or invitation.role == "coach":
        return None
    said = {"name": data.get("name"), "tz": data.get("tz", "UTC")}
    made = bodies.entry(Person, said | {"birth_year": data.get("birth_year")})
    try:
        ZoneInfo(made.tz)
    except (KeyError, ValueError, OSError) as fault:
        raise Unprocessable(f"tz: no time zone is called {made.tz!r}", "tz") from fault
    age: int = request.app.state.settings.guardian_age
    if needs_guardian(made.birth_year, now.date(), age) and invitation.guardian is None:
        raise Unprocessable(
            f"birth_year: under {age} a guardian with an account invites you", "birth_year"
        )
    return made
