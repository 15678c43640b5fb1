"""Listening: one process, one port, a clean end."""

import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import uvicorn

from ..config import Settings, open_stores
from ..errors import ConfigError
from ..supervised import Supervisor
from .app import create_app
from .guard import LOOPBACK
from .requests import telling

# Open WebSockets get this long to take their leave before they are cut.
GRACE_S = 1
# A thread that works out an answer lets the loop, which serves the live viewers, go on after
# this; Python's own 5 ms add up where several threads work.
TURN_S = 0.001
# uvicorn looks around so often.
TICKS_PER_S = 10


class Served(uvicorn.Server):
    """A server that tells systemd when it is ready, that its loop turns, and that it ends."""

    def __init__(self, config: uvicorn.Config, supervisor: Supervisor) -> None:
        super().__init__(config)
        self._supervisor = supervisor
        every_s = supervisor.watchdog_s
        self._every = None if every_s is None else max(1, int(every_s * TICKS_PER_S))

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start; whoever asks from now on is answered."""
        await super().startup(sockets)
        if self.started:
            self._supervisor.ready()

    async def on_tick(self, counter: int) -> bool:
        """Look around; return whether to end."""
        if self._every is not None and counter % self._every == 0:
            self._supervisor.alive()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End in order."""
        self._supervisor.stopping()
        await super().shutdown(sockets)


def serve(settings: Settings, *, listening: Callable[[str], None] | None = None) -> None:
    """Serve until interrupted; ``listening`` is told the address once the port is ours.

    Raises ConfigError for a host beyond loopback, or a port that cannot be had; StoreError
    where the stores cannot be opened.
    """
    own = open_port(settings)
    with own:
        # Inside the application a fault of theirs would come as a stack trace.
        open_stores(settings).close()
        host, port = own.getsockname()[:2]
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        if listening is not None:
            listening(address)
        # uvicorn ends in order, then raises the signal again for whoever waits above it.
        # Ctrl-C and SIGTERM are the ways to end it, not faults.
        with suppress(KeyboardInterrupt), _terminating(), telling():
            server(settings, address).run(sockets=[own])


def serve_lan(settings: Settings, *, say: Callable[[str], None]) -> None:
    """Serve phones in the same network over https until interrupted; ``say`` prints for a person.

    Raises ConfigError and StoreError as ``serve`` does.
    """
    from . import lan

    typed = lan.name_to_type(settings)
    settings = lan.settled(settings)
    own = open_port(settings)
    with own:
        open_stores(settings).close()
        port = own.getsockname()[1]
        address = f"https://{f'[{typed}]' if ':' in typed else typed}:{port}"
        running = server(settings, address)
        with lan.secured(running, settings) as files:
            try:
                page = lan.explaining(files.authority, address, settings.host, port + 1)
                with page as page_port:
                    trust = f"http://{typed}:{page_port}/"
                    say(f"catfoot is at {address}/ (Ctrl-C ends it)")
                    say(f"phones trust it in two steps: {trust}")
                    say(lan.code(trust))
                    with suppress(KeyboardInterrupt), _terminating(), telling():
                        running.run(sockets=[own])
            except OSError as fault:
                raise ConfigError(
                    f"port: {port + 1} cannot be had for the page that phones read first"
                    f" ({fault.strerror}); choose another port"
                ) from fault


@contextmanager
def _terminating() -> Iterator[None]:
    """Take SIGTERM as Ctrl-C, so that leaving is leaving in order."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def server(settings: Settings, address: str) -> uvicorn.Server:
    """Return the server, not yet running, which people reach at that address."""
    sys.setswitchinterval(TURN_S)
    app = create_app(settings)
    app.state.address = address
    config = uvicorn.Config(
        app,
        timeout_graceful_shutdown=GRACE_S,
        access_log=False,
        log_config=None,
        server_header=False,
        # A snapshot is a kilobyte: compressing it takes longer than building it, and
        # what pods say hardly shrinks.
        ws_per_message_deflate=False,
    )
    return Served(config, Supervisor())


def open_port(settings: Settings) -> socket.socket:
    """Return a listening socket of the settings' host and port; port 0 takes any free one."""
    if settings.host not in LOOPBACK and not settings.accounts:
        raise ConfigError(
            f"host: listening on {settings.host} would show everybody's data to the network,"
            " because there are no accounts; set CATFOOT_ACCOUNTS=1, or use 127.0.0.1"
        )
    if settings.host in ("0.0.0.0", "::") and not settings.hosts:
        raise ConfigError(
            "hosts: name what people will type to get here, as in"
            """ CATFOOT_HOSTS='["runner.home"]'"""
        )
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as fault:
        raise ConfigError(
            f"port: {settings.port} on {settings.host} cannot be had ({fault.strerror});"
            " end what uses it or choose another port"
        ) from fault
