"""Teams: groups of people, joined by a link. Being in one shows nobody's data to anybody."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ..errors import Conflict, NotFound
from ..store.accounts import Account
from ..store.teams import Member, Team
from ..store.view import View
from ..training.consent import KINDS
from . import auth, bodies, once
from .accounts import account_of
from .asking import Now, Viewed, Who, known_shape, stores_of
from .auth import Asker
from .joining import LINKED, Link, linked, opened
from .problems import Unprocessable
from .texts import only, text_of
from .tries import Tried

router = APIRouter(tags=["teams"])

MOST = 50


@router.get("/teams")
def list_teams(request: Request, who: Who) -> JSONResponse:
    """Return the teams you are in, by name."""
    found = [] if who.account is None else stores_of(request).logbook.teams.of(who.account.id)
    return JSONResponse({"items": [_json(team) for team in found]})


@router.post(
    "/teams", status_code=201, responses={200: {"description": "That key made this team before."}}
)
def make_team(
    request: Request, data: bodies.Body, seen: Viewed, who: Who, now: Now, key: once.Key = None
) -> JSONResponse:
    """Make a team that you lead; only `name` is needed. Athletes do not lead teams.

    With an `Idempotency-Key` the same again is answered with the team that is there (200).
    """
    only(data, {"name"})
    account = account_of(who)
    if account.role == "athlete":
        raise HTTPException(403, "A coach or the owner makes a team.")
    name = text_of(data, "name", 80)
    teams = stores_of(request).logbook.teams
    id = None if key is None else once.id_of(seen, "", "Team", key)
    mine = teams.of(account.id)
    if made := next((team for team in mine if team.id == id), None):
        return _made_before(made, name)
    if len(mine) >= MOST:
        raise HTTPException(409, f"You are in {MOST} teams already; leave one first.")
    try:
        return JSONResponse(_json(teams.add(name, account.id, now, id=id)), 201)
    except Conflict:  # the other try was quicker, or they left the team to others
        return _made_before(teams.team(id or ""), name)


def _made_before(team: Team, name: str) -> JSONResponse:
    if team.name != name:
        raise Unprocessable(once.ANOTHER_BODY, "Idempotency-Key")
    return JSONResponse(_json(team))


@router.get("/teams/{team}")
def read_team(request: Request, team: str, who: Who, seen: Viewed) -> JSONResponse:
    """Return who is in a team, and what each lets you see; to others it is not there."""
    found, members = _inside(request, team, who)
    accounts = stores_of(request).logbook.accounts
    people = [_person(accounts.account(one.account), one, seen) for one in members]
    return JSONResponse(_json(found) | {"members": people})


@router.delete("/teams/{team}", status_code=204)
def end_team(request: Request, team: str, who: Who) -> Response:
    """End a team that you lead; its people and their data stay."""
    found = _led(request, team, who)
    stores_of(request).logbook.teams.end(found.id)
    return Response(status_code=204)


@router.post("/teams/{team}/invitations", status_code=201)
def invite(
    request: Request, team: str, data: bodies.Body, who: Who, now: Now, tried: Tried
) -> JSONResponse:
    """Make a link into a team that you lead, for one person, new here or not.

    Somebody new becomes an athlete; only the owner of the server makes it `coach`.
    """
    auth.by_hand(who)
    found = _led(request, team, who)
    only(data, {"role"})
    role = data.get("role", "athlete")
    if role not in ("athlete", "coach"):
        raise Unprocessable("role: expected athlete or coach", "role")
    if role == "coach" and who.viewer.role != "owner":
        raise HTTPException(403, "Only the owner of this server invites coaches.")
    link = Link(role=role, team=found.id)
    return tried.once(data, lambda: linked(request, who, now, link), keep=LINKED)


@router.post("/memberships", status_code=201)
def join_team(
    request: Request, data: bodies.Body, who: Who, now: Now, tried: Tried
) -> JSONResponse:
    """Join a team by the `token` of a link, with the account you have."""
    only(data, {"token"})
    account = account_of(who)

    def work() -> JSONResponse:
        invitation = opened(request, data, now)
        if invitation.team is None:
            raise Unprocessable("token: that link is for somebody who has no account yet", "token")
        logbook = stores_of(request).logbook
        logbook.accounts.use(invitation, account.id, now)
        return JSONResponse(_json(logbook.teams.team(invitation.team)), 201)

    return tried.once(data, work)


@router.delete("/teams/{team}/members/{member}", status_code=204)
def leave_team(request: Request, team: str, member: str, who: Who) -> Response:
    """Leave a team, or take somebody out of one that you lead. Consents are theirs to end."""
    found, members = _inside(request, team, who)
    logbook = stores_of(request).logbook
    theirs = logbook.accounts.of_viewer(known_shape(member))
    if theirs is None or all(one.account != theirs.id for one in members):
        raise NotFound("nobody of that name is in the team")
    if theirs.id != account_of(who).id:
        _led(request, team, who)
    logbook.teams.leave(found.id, theirs.id)
    return Response(status_code=204)


def _inside(request: Request, team: str, who: Asker) -> tuple[Team, list[Member]]:
    """Return a team that whoever asks is in; NotFound for any other."""
    teams = stores_of(request).logbook.teams
    found = teams.team(known_shape(team))
    members = list(teams.members(found.id))
    if who.account is None or all(one.account != who.account.id for one in members):
        raise NotFound("no such team")
    return found, members


def _led(request: Request, team: str, who: Asker) -> Team:
    found, members = _inside(request, team, who)
    mine = account_of(who).id
    if not any(one.leads and one.account == mine for one in members):
        raise HTTPException(403, "Only whoever leads the team does that.")
    return found


def _person(account: Account, member: Member, seen: View) -> dict[str, Any]:
    athlete = account.athlete
    return {
        "id": account.viewer.id,
        "name": account.name,
        "role": account.role,
        "leads": member.leads,
        "since": bodies.stamp(member.since),
        "athlete": athlete,
        "shares": [] if athlete is None else [k for k in KINDS if seen.may_see(athlete, k)],
    }


def _json(team: Team) -> dict[str, Any]:
    return {"id": team.id, "name": team.name, "created_at": bodies.stamp(team.created_at)}
