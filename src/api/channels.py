"""Channels: mail, webhook and calendar feed, asked for by whoever receives them.

By default a channel says only that there is something new, with a link. Only the athlete lets one
say numbers, and may end any channel about their days.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, get_args

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ..errors import NotFound, Refused
from ..post import hooks, mail
from ..store.channels import Channel, ChannelKind, Channels, Delivery
from ..store.view import View
from . import bodies, passwords
from .asking import Asked, Athlete, Now, Viewed, Who, known_shape, stores_of
from .auth import Asker, by_hand
from .problems import Unprocessable
from .rates import Bucket
from .texts import only, text_of
from .tries import Tried

router = APIRouter(tags=["channels"])

#: Of one receiver about one athlete.
MOST = 20
#: What another try is told again: neither a secret, nor an address that may be gone meanwhile.
MADE = ("id", "athlete", "kind", "numbers", "created_at")
#: How often an hour one person may have a mailbox's owner asked, and one mailbox be asked.
QUESTIONS = 5
KINDS: tuple[ChannelKind, ...] = get_args(ChannelKind)
OF_ATHLETE = "/athletes/{athlete}/channels"


@router.get(OF_ATHLETE)
def list_channels(request: Request, asked: Asked, seen: Viewed) -> JSONResponse:
    """Return the channels about an athlete: to the athlete all of them, to others their own."""
    found = _seen(request, asked, seen)
    return JSONResponse({"items": [_json(request, one) for one in found]})


@router.post(OF_ATHLETE, status_code=201)
def make_channel(
    request: Request,
    asked: Asked,
    data: bodies.Body,
    seen: Viewed,
    who: Who,
    now: Now,
    tried: Tried,
) -> JSONResponse:
    """Have news about an athlete sent to you: `kind` (mail, webhook, calendar) and `target`.

    A mailbox's owner is asked first, by one mail; until they say yes it is not `confirmed`.
    A webhook's `secret`, or a calendar's `address`, is in this answer and nowhere else. The
    athlete may set `numbers`.
    """
    seen.must(asked.id, "load_and_flags")
    if data.get("numbers") and not seen.owns(asked.id):
        raise Unprocessable("numbers: only the athlete lets a channel say numbers", "numbers")
    return tried.once(data, lambda: _made(request, asked, data, who, now), keep=MADE)


@router.patch(OF_ATHLETE + "/{channel}")
def change_channel(
    request: Request, asked: Asked, channel: str, data: bodies.Body, seen: Viewed
) -> JSONResponse:
    """Let a channel say numbers, or not any more: `numbers`; the athlete's alone to change."""
    found = _one(request, asked, seen, channel)
    if not seen.owns(asked.id):
        raise Refused("only the athlete lets a channel say numbers")
    only(data, {"numbers"})
    numbers = data.get("numbers")
    if not isinstance(numbers, bool):
        raise Unprocessable("numbers: expected true or false", "numbers")
    channels_of(request).allow_numbers(found.id, numbers)
    return JSONResponse(_json(request, replace(found, numbers=numbers)))


@router.delete(OF_ATHLETE + "/{channel}", status_code=204)
def revoke_channel(request: Request, asked: Asked, channel: str, seen: Viewed) -> Response:
    """End a channel at once: what waits to go through it is never sent."""
    channels_of(request).revoke(_one(request, asked, seen, channel).id)
    return Response(status_code=204)


@router.get(OF_ATHLETE + "/{channel}/deliveries")
def list_deliveries(request: Request, asked: Asked, channel: str, seen: Viewed) -> JSONResponse:
    """Return the newest hundred messages of a channel, and what became of each."""
    return _log(request, _one(request, asked, seen, channel))


@router.post(OF_ATHLETE + "/{channel}/deliveries/{delivery}/replay", status_code=202)
def replay_delivery(
    request: Request,
    asked: Asked,
    channel: str,
    delivery: str,
    seen: Viewed,
    now: Now,
    tried: Tried,
) -> JSONResponse:
    """Send a message once more; its id stays the same."""
    found = _one(request, asked, seen, channel)
    return tried.once({}, lambda: _again(request, found, delivery, now))


@router.get("/channels")
def list_own_channels(request: Request, who: Who) -> JSONResponse:
    """Return where your own letter about everybody goes."""
    found = [c for c in _theirs(request, who) if c.athlete is None]
    return JSONResponse({"items": [_json(request, one) for one in found]})


@router.post("/channels", status_code=201)
def make_own_channel(
    request: Request, data: bodies.Body, who: Who, now: Now, tried: Tried
) -> JSONResponse:
    """Have the link to your weekly letter about everybody sent: `kind` mail or webhook."""
    if data.get("kind") == "calendar" or data.get("numbers"):
        field = "numbers" if data.get("numbers") else "kind"
        raise Unprocessable(f"{field}: a letter about everybody goes out as a link", field)
    return tried.once(data, lambda: _made(request, None, data, who, now), keep=MADE)


@router.delete("/channels/{channel}", status_code=204)
def revoke_own_channel(request: Request, channel: str, who: Who) -> Response:
    """End a channel at once."""
    channels_of(request).revoke(_own(request, channel, who).id)
    return Response(status_code=204)


@router.get("/channels/{channel}/deliveries")
def list_own_deliveries(request: Request, channel: str, who: Who) -> JSONResponse:
    """Return the newest hundred messages of a channel, and what became of each."""
    return _log(request, _own(request, channel, who))


def channels_of(request: Request) -> Channels:
    """Return the rows of what goes out."""
    return stores_of(request).logbook.channels


def _made(
    request: Request, asked: Athlete | None, data: bodies.Json, who: Asker, now: datetime
) -> JSONResponse:
    by_hand(who)
    only(data, {"kind", "target", "numbers"})
    kind = data.get("kind")
    if kind not in KINDS:
        raise Unprocessable(f"kind: expected one of {', '.join(KINDS)}", "kind")
    athlete = None if asked is None else asked.id
    if sum(c.athlete == athlete for c in _theirs(request, who)) >= MOST:
        raise HTTPException(409, f"There are {MOST} channels already; end one first.")
    target = _target(request, kind, data)
    if kind == "mail":
        _may_ask(request, who.viewer.id, target, now)
    secret = passwords.token()
    channel = Channel(
        viewer=who.viewer.id,
        kind=kind,
        athlete=athlete,
        target=target,
        # Of a mail nobody has the token yet: it is made when the question is sent.
        secret=secret if kind == "webhook" else passwords.digest(secret),
        numbers=data.get("numbers") is True,
        created_at=now,
    )
    made = replace(channel, id=channels_of(request).add(channel))
    if kind == "mail":
        channels_of(request).queue(made, "confirm", "", now)
    told = _json(request, made)
    if kind == "webhook":
        told["secret"] = secret
    if kind == "calendar":
        told["address"] = f"{str(request.base_url).rstrip('/')}/calendar/{secret}.ics"
    return JSONResponse(told, 201)


def _may_ask(request: Request, viewer: str, target: str, now: datetime) -> None:
    """Raise 429 where a mailbox's owner would be asked, or somebody would ask, too often."""
    bucket: Bucket = request.app.state.questions
    names = (f"by {viewer}", f"at {target.casefold()}")
    if wait_s := max(bucket.wait_s(name, now.timestamp()) for name in names):
        text = f"Too many mailboxes were asked; try again in {wait_s // 60 + 1:.0f} minutes."
        raise HTTPException(429, text, {"Retry-After": str(math.ceil(wait_s))})


def _target(request: Request, kind: ChannelKind, data: bodies.Json) -> str:
    if kind == "calendar":
        if data.get("target"):
            raise Unprocessable("target: a calendar has an address of its own", "target")
        return ""
    target = text_of(data, "target", 1000)
    if kind == "mail":
        if request.app.state.settings.smtp is None:
            raise Unprocessable("kind: this server has no mail server (CATFOOT_SMTP__HOST)", "kind")
        if not mail.is_address(target):
            raise Unprocessable("target: expected one mail address", "target")
        return target
    try:
        hooks.checked(target)
    except ValueError as fault:
        raise Unprocessable(str(fault), "target") from fault
    return target


def _seen(request: Request, asked: Athlete, seen: View) -> Sequence[Channel]:
    viewer = None if seen.owns(asked.id) else seen.viewer.id
    if viewer is not None:
        seen.must(asked.id, "load_and_flags")
    return channels_of(request).channels(athlete=asked.id, viewer=viewer)


def _one(request: Request, asked: Athlete, seen: View, id: str) -> Channel:
    for channel in _seen(request, asked, seen):
        if channel.id == known_shape(id):
            return channel
    raise NotFound("no such channel")


def _theirs(request: Request, who: Asker) -> Sequence[Channel]:
    return channels_of(request).channels(viewer=who.viewer.id)


def _own(request: Request, id: str, who: Asker) -> Channel:
    for channel in _theirs(request, who):
        if channel.id == known_shape(id) and channel.athlete is None:
            return channel
    raise NotFound("no such channel")


def _log(request: Request, channel: Channel) -> JSONResponse:
    found = channels_of(request).deliveries(channel.id)
    return JSONResponse({"items": [_delivery_json(one) for one in found]})


def _again(request: Request, channel: Channel, id: str, now: datetime) -> JSONResponse:
    if not channel.confirmed:
        _may_ask(request, channel.viewer, channel.target, now)
    return JSONResponse(
        _delivery_json(channels_of(request).again(channel.id, known_shape(id), now)), 202
    )


def _json(request: Request, channel: Channel) -> dict[str, Any]:
    account = stores_of(request).logbook.accounts.of_viewer(channel.viewer)
    return {
        "id": channel.id,
        "athlete": channel.athlete,
        "viewer": channel.viewer,
        "viewer_name": None if account is None else account.name,
        "kind": channel.kind,
        "target": channel.target,
        "numbers": channel.numbers,
        "confirmed": channel.confirmed,
        "created_at": bodies.stamp(channel.created_at),
    }


def _delivery_json(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "event": delivery.event,
        "about": delivery.about,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "answer": delivery.answer,
        "due_at": bodies.stamp(delivery.due_at),
        "created_at": bodies.stamp(delivery.created_at),
        "changed_at": bodies.stamp(delivery.changed_at),
    }
