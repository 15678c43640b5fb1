"""Serving phones in the same network: https with a certificate of one's own, and a page to trust it.

The page that says how is plain http on the next port: a phone that does not trust the certificate
yet could not read it otherwise. It holds two steps for each system and the authority's certificate.
"""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import uvicorn

from ..config import Settings
from .certificates import Files, addresses, own_names, renewed

CHECK_S = 12 * 3600.0
MEDIA_TYPE = "application/x-x509-ca-cert"

#: System, first step, second step; what phones call their own settings, November 2026.
STEPS = (
    (
        "iPhone and iPad",
        "Open “certificate” below in Safari and allow it; then install it in Settings, General, VPN.",
        "Settings, General, About, Certificate Trust Settings: switch it on.",
    ),
    (
        "Android",
        "Open “certificate” below and keep the file.",
        "Settings, Security, More, Install a certificate, CA certificate: choose the file.",
    ),
    (
        "A computer",
        "Open “certificate” below and keep the file.",
        "Add it to the system's or the browser's trusted authorities.",
    ),
)

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>catfoot on this phone</title>
<h1>catfoot on this phone</h1>
<p>Two steps, once for each phone, so that it trusts the server in this network.</p>
<p><a href="/catfoot.crt">certificate</a></p>
{systems}
<p>Then: <a href="{address}/">{address}/</a></p>
<p>Without this the page still opens, with a warning, and the phone gives it no motion, no
Bluetooth, no screen that stays on, and no icon.</p>
</html>
"""


def page(address: str) -> str:
    """Return the page with two steps for each system."""
    systems = "\n".join(
        f"<h2>{escape(system)}</h2>\n<ol><li>{escape(first)}</li><li>{escape(second)}</li></ol>"
        for system, first, second in STEPS
    )
    return PAGE.format(systems=systems, address=escape(address))


def settled(settings: Settings) -> Settings:
    """Return the settings of a server for the network: every address of it, with accounts."""
    hosts = (*settings.hosts, *own_names())
    given = {"host": "0.0.0.0", "accounts": True, "hosts": tuple(dict.fromkeys(hosts))}
    return settings.model_copy(update=given)


def name_to_type(settings: Settings) -> str:
    """Return what people type: the first name of the settings, else the address in the network."""
    if settings.hosts:
        return settings.hosts[0]
    return next(iter(sorted(addresses(), key=lambda a: (":" in a, a))), "127.0.0.1")


@contextmanager
def secured(
    server: uvicorn.Server,
    settings: Settings,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[Files]:
    """Give the server its certificate, and a new one before that ends, while it runs."""
    files = Files(settings.data / "tls")
    renewed(files.folder, own_names(settings.hosts), clock())
    config = server.config
    config.ssl_certfile, config.ssl_keyfile = str(files.certificate), str(files.key)
    config.load()
    context = config.ssl
    assert isinstance(context, ssl.SSLContext)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(CHECK_S):
            if renewed(files.folder, own_names(settings.hosts), clock()):
                context.load_cert_chain(files.certificate, files.key)  # for who comes from now on

    thread = threading.Thread(target=watch, name="certificate", daemon=True)
    thread.start()
    try:
        yield files
    finally:
        ended.set()
        thread.join()


@contextmanager
def explaining(authority: Path, address: str, host: str, port: int) -> Iterator[int]:
    """Serve the page and the certificate in plain http; yields the port."""
    html, certificate = page(address).encode(), authority.read_bytes()

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            if self.path == "/":
                self._answer(200, "text/html; charset=utf-8", html)
            elif self.path == "/catfoot.crt":
                self._answer(200, MEDIA_TYPE, certificate)
            else:
                self._answer(404, "text/plain; charset=utf-8", b"Nothing here.\n")

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", "default-src 'none'")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(body)

        def version_string(self) -> str:
            return "catfoot"

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: who asks is nobody's business."""

    with ThreadingHTTPServer((host, port), Handler) as listening:
        listening.daemon_threads = True
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        try:
            yield listening.server_port
        finally:
            listening.shutdown()
            thread.join()


def code(text: str) -> str:
    """Return a text as a QR code that a terminal shows."""
    import io

    import segno

    out = io.StringIO()
    segno.make(text, error="m").terminal(out, compact=True)
    return out.getvalue()
