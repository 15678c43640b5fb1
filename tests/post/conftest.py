"""Stores with a demo athlete, a clock that is told the time, and real servers on loopback."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from catfoot.config import Settings, Smtp, Stores, open_stores
from catfoot.post.postman import Postman
from catfoot.store.accounts import Account
from catfoot.store.channels import Channel
from catfoot.training.consent import Consent
from catfoot.training.entries import Person
from catfoot.training.example import ten_weeks
from tests.store.conftest import influx_url, influxd

__all__ = ["influx_url", "influxd"]

#: A Monday, an hour after letters go out in UTC.
MONDAY = datetime(2026, 3, 16, 8, tzinfo=UTC)
ADDRESS = "https://runner.home"


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now


class AnyPort(Controller):
    """The library's server, which with port 0 would look for itself at port 0."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class Mailbox:
    """A mail server's handler: keeps what came, or refuses with the answers it is given."""

    def __init__(self) -> None:
        self.came: list[Message] = []
        self.refusals: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        self.came.append(message_from_bytes(envelope.content))
        return "250 OK"


@dataclass
class Receiver:
    """A web server that keeps what is posted to it and answers with the statuses it is given."""

    address: str
    statuses: list[int] = field(default_factory=list)
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    """A real SMTP server on a free port."""
    box = Mailbox()
    server = AnyPort(box, hostname="127.0.0.1", port=0)
    server.start()
    yield box, server.port
    server.stop()


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A web server on loopback until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.came.append((dict(self.headers), body))
            status = found.statuses.pop(0) if found.statuses else 204
            self.send_response(status)
            if status == 302:
                self.send_header("Location", found.address)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        found = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield found
        server.shutdown()
        thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def stores(tmp_path: Path, mailbox: tuple[Mailbox, int]) -> Iterator[Stores]:
    settings = Settings(
        data=tmp_path,
        smtp=Smtp(host="127.0.0.1", port=mailbox[1], tls="none", sender="catfoot@runner.home"),
        webhook_networks=("127.0.0.0/8",),
    )
    with open_stores(settings) as opened:
        yield opened


@pytest.fixture
def box(mailbox: tuple[Mailbox, int]) -> Mailbox:
    return mailbox[0]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def postman(stores: Stores, clock: Clock) -> Postman:
    return Postman(stores, clock, lambda: ADDRESS)


@pytest.fixture
def robin(stores: Stores) -> str:
    """An athlete with an account and ten weeks of history."""
    person, *entries = ten_weeks(date(2026, 3, 15), 1)
    assert isinstance(person, Person)
    athlete = stores.logbook.add_person(person)
    for entry in entries:
        stores.logbook.add(athlete, entry)
    _account(stores, "robin", athlete)
    return athlete


@pytest.fixture
def coach(stores: Stores, robin: str) -> str:
    """A coach who may see the athlete's load and flags."""
    id = _account(stores, "carla", None)
    consent = Consent(athlete=robin, viewer=id, kinds=("load_and_flags",), since=date(2026, 1, 1))
    stores.logbook.add(robin, consent)
    return id


def _account(stores: Stores, login: str, athlete: str | None) -> str:
    return stores.logbook.accounts.add(
        Account(
            login=login, name=login.title(), role="athlete" if athlete else "coach", password="",
            created_at=MONDAY, athlete=athlete,
        )
    )  # fmt: skip


def channel(stores: Stores, kind: Any, viewer: str, athlete: str | None, **more: Any) -> Channel:
    """Somebody's channel, asked for a week ago."""
    at = datetime(2026, 3, 10, 8, tzinfo=UTC)
    targets = {"mail": "robin@example.org", "webhook": "", "calendar": ""}
    secret = "" if kind == "mail" else "s" * 43  # a mailbox's owner has said yes
    given: dict[str, Any] = {"target": targets[kind], "secret": secret, "created_at": at} | more
    made = Channel(viewer=viewer, kind=kind, athlete=athlete, **given)
    return stores.logbook.channels.channel(stores.logbook.channels.add(made))
