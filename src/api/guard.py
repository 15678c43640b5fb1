"""Who may talk to a server on a person's own machine: that machine's own pages, and programs.

A page of any other site can send requests to 127.0.0.1, and with a name that it lets point
there (DNS rebinding) it can even read the answers. So the Host header must be one of ours,
and what changes something, or opens a WebSocket, must come from our own page or from no
page at all. Programs such as curl send no Origin.
"""

import re
from collections.abc import Iterable

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from .problems import TOO_LARGE, Problem

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# A whole Host header: a name or an address, and perhaps a port; it is quoted in the policy.
HOST = re.compile(r"(?:([a-z0-9.-]+)|\[([0-9a-f:.]+)\])(?::[0-9]{1,5})?", re.IGNORECASE)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

# Pages load nothing but what this server sends. A WebSocket of the same address counts as
# 'self' only since CSP 3, hence its own address beside it.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self' ws://{host} wss://{host}; manifest-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), screen-wake-lock=(self)",
}


class Guard:
    """Refuses strange hosts and foreign pages; sends the security headers with everything."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        if scope["type"] == "websocket":
            if self._host(headers) is None or not self._ours(scope, headers):
                # Before the handshake is answered, servers turn this into a plain 403.
                return await WebSocketClose(1008, "not from here")(scope, receive, send)
            return await self.app(scope, receive, send)
        await self._answer(scope, receive, _with_headers(scope, headers, send), headers)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        if self._host(headers) is None:
            text = "This server does not go by that name; use the address that it printed."
            return await Problem(421, text)(scope, receive, send)
        if scope["method"] not in SAFE and not self._ours(scope, headers):
            text = "Only this server's own pages, and programs, may change something here."
            return await Problem(403, text)(scope, receive, send)
        await self.app(scope, receive, send)

    def _host(self, headers: Headers) -> str | None:
        """Return the host name asked for, or None if it is not one of ours."""
        named = headers.getlist("host")
        if len(named) != 1:
            return None
        match = HOST.fullmatch(named[0])
        if match is None:
            return None
        name = (match[1] or match[2]).lower()
        return name if name in self.hosts else None

    def _ours(self, scope: Scope, headers: Headers) -> bool:
        """Whether our own page, or no page, sent this."""
        origin = headers.get("origin")
        if origin is None:
            # Browsers say where a request comes from even where they send no Origin.
            return headers.get("sec-fetch-site", "none") in ("same-origin", "none")
        if origin == "null":
            # Our pages say no-referrer, for which browsers hide where a form comes from (Fetch,
            # "append a request Origin header"); whether it is from here they say beside it.
            return headers.get("sec-fetch-site") == "same-origin"
        secure = scope["scheme"] in ("https", "wss")
        return origin == f"{'https' if secure else 'http'}://{headers['host']}"


def _with_headers(scope: Scope, asked: Headers, send: Send) -> Send:
    """Return ``send`` that adds the security headers to the start of an answer."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            # By path, not by type: 304 has no type, and browsers take over its headers.
            data = scope["path"].startswith("/api/")
            policy = DATA_POLICY if data else PAGE_POLICY.format(host=asked.get("host", ""))
            headers["Content-Security-Policy"] = policy
            if data:
                headers.setdefault("Cache-Control", "private, no-cache")
        await send(message)

    return sending


SLOWEST = 500  # bytes a second; the slowest mobile networks carry ten times that
STALLED = "Nothing came for too long; send it again."


class Limit:
    """Refuses bodies over a limit, without reading them where their length is announced.

    A body of which nothing comes for ``idle_s``, or less than ``SLOWEST`` bytes a second once it
    has taken that long, is given up: a stalled upload would hold one of few threads.
    """

    def __init__(self, app: ASGIApp, most: int, uploads: int, idle_s: float = 30.0) -> None:
        self.app = app
        self.most = most
        self.uploads = uploads
        self.idle_s = idle_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        limit = self.uploads if scope["path"].endswith("/recordings") else self.most
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdecimal() or int(announced) > limit:
            return await Problem(413, TOO_LARGE)(scope, receive, send)
        size, whole, begun = 0, False, anyio.current_time()

        async def receiving() -> Message:
            nonlocal size, whole
            if whole:
                return await receive()  # which waits for the other side to hang up
            with anyio.move_on_after(self.idle_s):
                message = await receive()
                size += len(message.get("body", b""))
                whole = not message.get("more_body", False)
                taken_s = anyio.current_time() - begun
                if size > limit:
                    raise HTTPException(413, TOO_LARGE)
                if whole or taken_s < self.idle_s or size > SLOWEST * taken_s:
                    return message
            raise HTTPException(408, STALLED, {"Connection": "close"})

        await self.app(scope, receiving, send)
