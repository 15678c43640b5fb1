"""Channels that people asked for, and every message that goes out through one.

A channel is revoked by taking it out, and its messages go with it: what still waited is never
sent. A message is claimed before it is sent, by one process only.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from ..errors import NotFound
from . import disk
from .database import Database
from .peopletables import channel_table, delivery_table

ChannelKind = Literal["mail", "webhook", "calendar"]
DeliveryState = Literal["waiting", "sending", "sent", "failed"]
Event = Literal["letter", "run.final", "confirm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A way out: to whom, about whom, and whether it may say numbers.

    ``athlete`` None is the coach's letter about everybody. ``secret`` signs a webhook's
    messages; of a calendar it is the hash of its address; of a mail it is the hash of the link
    by which the mailbox's owner says yes, and empty from then on.
    """

    viewer: str
    kind: ChannelKind
    created_at: datetime
    athlete: str | None = None
    target: str = ""
    secret: str = ""
    numbers: bool = False
    id: str = ""

    @property
    def confirmed(self) -> bool:
        """Whether its receiver wants it; only a mail goes where somebody else may read it."""
        return self.kind != "mail" or not self.secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message: ``about`` names what is new (a Monday, a recording), ``answer`` what came back."""

    channel: str
    event: Event
    about: str
    created_at: datetime
    changed_at: datetime
    due_at: datetime
    athlete: str | None = None
    state: DeliveryState = "waiting"
    attempts: int = 0
    answer: str = ""
    id: str = ""


class Channels:
    """The rows of what goes out."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, channel: Channel) -> str:
        """Write a channel down and return its id."""
        values = asdict(channel) | {"id": channel.id or disk.new_id()}
        with self._db.write() as connection:
            connection.execute(channel_table.insert().values(values))
        return str(values["id"])

    def channel(self, id: str) -> Channel:
        """Return one channel; NotFound also once it is revoked."""
        found = self._channels(channel_table.c.id == id)
        if not found:
            raise NotFound("no such channel")
        return found[0]

    def channels(
        self, *, athlete: str | None = None, viewer: str | None = None
    ) -> Sequence[Channel]:
        """Return the channels about an athlete, or to somebody, or both, oldest first."""
        which: list[sa.ColumnElement[bool]] = []
        if athlete is not None:
            which.append(channel_table.c.athlete == athlete)
        if viewer is not None:
            which.append(channel_table.c.viewer == viewer)
        return self._channels(*which)

    def of_secret(self, secret: str) -> Channel | None:
        """Return the calendar whose address has that hash."""
        found = self._channels(channel_table.c.secret == secret, channel_table.c.kind == "calendar")
        return found[0] if found else None

    def ask(self, id: str) -> str:
        """Return a new token by which a mailbox's owner says yes; earlier ones are worth nothing."""
        token = secrets.token_urlsafe(32)
        which = channel_table.update().where(
            channel_table.c.id == id, channel_table.c.kind == "mail", channel_table.c.secret != ""
        )
        with self._db.write() as connection:
            connection.execute(which.values(secret=_hash(token)))
        return token

    def confirm(self, token: str) -> bool:
        """Take the yes of a mailbox's owner; False for a token that is none, or was used."""
        which = channel_table.update().where(
            channel_table.c.kind == "mail", channel_table.c.secret == _hash(token)
        )
        with self._db.write() as connection:
            return connection.execute(which.values(secret="")).rowcount > 0

    def allow_numbers(self, id: str, numbers: bool) -> None:
        """Let a channel say numbers, or not any more; NotFound."""
        with self._db.write() as connection:
            which = channel_table.update().where(channel_table.c.id == id)
            if not connection.execute(which.values(numbers=numbers)).rowcount:
                raise NotFound("no such channel")

    def revoke(self, id: str) -> None:
        """Take a channel out, with what waits to go through it; NotFound."""
        with self._db.write() as connection:
            gone = connection.execute(channel_table.delete().where(channel_table.c.id == id))
            if not gone.rowcount:
                raise NotFound("no such channel")

    def queue(self, channel: Channel, event: Event, about: str, now: datetime) -> bool:
        """Have news sent through a channel; False where that news was queued before."""
        news = Delivery(
            channel=channel.id, athlete=channel.athlete, event=event, about=about,
            created_at=now, changed_at=now, due_at=now, id=disk.new_id(),
        )  # fmt: skip
        known = sa.select(delivery_table.c.id).where(
            delivery_table.c.channel == channel.id,
            delivery_table.c.event == event,
            delivery_table.c.about == about,
        )
        with self._db.write() as connection:
            there = sa.select(channel_table.c.id).where(channel_table.c.id == channel.id)
            if connection.scalar(there) is None or connection.scalar(known) is not None:
                return False
            connection.execute(delivery_table.insert().values(asdict(news)))
        return True

    def due(self, now: datetime, most: int = 100) -> Sequence[Delivery]:
        """Return what is to be sent by now, oldest first."""
        query = self._deliveries_query(
            delivery_table.c.state == "waiting", delivery_table.c.due_at <= now
        ).limit(most)
        return self._read(query)

    def claim(self, delivery: Delivery, now: datetime) -> bool:
        """Take a message to send it; False where somebody else did, or it is gone."""
        which = delivery_table.update().where(
            delivery_table.c.id == delivery.id, delivery_table.c.state == "waiting"
        )
        with self._db.write() as connection:
            claimed = connection.execute(
                which.values(
                    state="sending", attempts=delivery_table.c.attempts + 1, changed_at=now
                )
            )
            return claimed.rowcount > 0

    def settle(
        self, id: str, state: DeliveryState, answer: str, now: datetime, due_at: datetime | None
    ) -> None:
        """Write down what became of a message; nothing where its channel was revoked meanwhile."""
        values: Mapping[str, Any] = {"state": state, "answer": answer[:300], "changed_at": now}
        if due_at is not None:
            values = {**values, "due_at": due_at}
        with self._db.write() as connection:
            which = delivery_table.update().where(delivery_table.c.id == id)
            connection.execute(which.values(values))

    def left_sending(self) -> Sequence[Delivery]:
        """Return what a server that stopped was just sending."""
        return self._read(self._deliveries_query(delivery_table.c.state == "sending"))

    def deliveries(self, channel: str, most: int = 100) -> Sequence[Delivery]:
        """Return a channel's log, newest first."""
        query = (
            sa.select(delivery_table)
            .where(delivery_table.c.channel == channel)
            .order_by(delivery_table.c.created_at.desc(), delivery_table.c.id)
            .limit(most)
        )
        return self._read(query)

    def again(self, channel: str, id: str, now: datetime) -> Delivery:
        """Send a message once more, whatever became of it; NotFound."""
        which = delivery_table.update().where(
            delivery_table.c.id == id, delivery_table.c.channel == channel
        )
        with self._db.write() as connection:
            changed = connection.execute(
                which.values(state="waiting", attempts=0, due_at=now, changed_at=now)
            )
            if not changed.rowcount:
                raise NotFound("no such message")
        return self._read(sa.select(delivery_table).where(delivery_table.c.id == id))[0]

    def _channels(self, *which: sa.ColumnElement[bool]) -> Sequence[Channel]:
        query = sa.select(channel_table).where(*which)
        query = query.order_by(channel_table.c.created_at, channel_table.c.id)
        with self._db.read() as connection:
            return [Channel(**line) for line in connection.execute(query).mappings()]

    def _deliveries_query(self, *which: sa.ColumnElement[bool]) -> "sa.Select[Any]":
        order = (delivery_table.c.due_at, delivery_table.c.id)
        return sa.select(delivery_table).where(*which).order_by(*order)

    def _read(self, query: "sa.Select[Any]") -> Sequence[Delivery]:
        with self._db.read() as connection:
            return [Delivery(**line) for line in connection.execute(query).mappings()]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
