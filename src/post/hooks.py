"""A webhook: one signed POST to an address that somebody else chose, and nothing more.

Who may choose an address must not reach with it what only this machine can reach. So the name is
looked up here, every address it has must be public (or in a network that the settings allow),
the connection goes to that very address, and no redirect is followed.

The signature is HMAC-SHA256 over the time stamp, a dot, and the body, so that neither can be
changed and an old message cannot be sent again as a new one.
"""

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, urlsplit

from .message import Message, SendError

TIMEOUT_S = 10.0
DEADLINE_S = 30.0
MOST_READ = 4096
_AT_ONCE = threading.BoundedSemaphore(20)
# Ways to write an IPv4 address as another one (RFC 4291, 6052, 8215, 3056, 4380), the old
# addresses of a site (RFC 3879), and protocols' own (RFC 6890): global to some of Python's.
_NOT_PUBLIC = tuple(
    ip_network(network)
    for network in (
        "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10",
        "192.0.0.0/24",
    )
)  # fmt: skip
Address = IPv4Address | IPv6Address


def send(url: str, secret: str, message: Message, networks: Sequence[str]) -> str:
    """Post a message and return the status; SendError where it was not taken, or not in time.

    A receiver that sends a byte now and then keeps every single read within its own limit, and a
    name can be looked up for long; so the whole is done beside, and left alone after a while.
    """
    if not _AT_ONCE.acquire(blocking=False):
        raise SendError("too many receivers are slow", again=True)
    done: Future[str] = Future()
    lines: list[Any] = []

    def work() -> None:
        try:
            done.set_result(_exchange(url, secret, message, networks, lines))
        except BaseException as fault:  # noqa: BLE001 - handed on to whoever waits
            done.set_exception(fault)
        finally:
            _AT_ONCE.release()

    try:
        threading.Thread(target=work, name="webhook", daemon=True).start()
    except RuntimeError as fault:  # no more threads
        _AT_ONCE.release()
        raise SendError("this server is busy", again=True) from fault
    try:
        return done.result(DEADLINE_S)
    except TimeoutError as fault:
        _hang_up(lines)
        raise SendError("no answer in time", again=True) from fault


def _hang_up(lines: Sequence[Any]) -> None:
    """End what is still open, which ends the thread that reads it: few may read at once."""
    for line in lines:
        if (sock := getattr(line, "sock", None)) is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


def _exchange(
    url: str, secret: str, message: Message, networks: Sequence[str], lines: list[Any]
) -> str:
    import urllib3

    try:
        parts = checked(url)
        address = allowed_address(parts, networks)
    except ValueError as fault:
        raise SendError(str(fault), again=False) from fault
    except OSError as fault:
        raise SendError("the name was not found", again=True) from fault
    body = json.dumps(message.payload, allow_nan=False, separators=(",", ":")).encode()
    try:
        with _pool(parts, address) as pool:
            pool.ConnectionCls = _noted(pool.ConnectionCls, lines)
            answer = pool.request(
                "POST",
                f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}",
                body=body,
                headers=headers(body, secret, message, parts.netloc),
                redirect=False,
                retries=False,
                preload_content=False,
            )
            status = answer.status
            answer.read(MOST_READ)
            answer.release_conn()
    except urllib3.exceptions.HTTPError as fault:
        raise SendError(type(fault).__name__, again=True) from fault
    if not 200 <= status < 300:
        # 410 is how a receiver says that it wants no more of it.
        raise SendError(str(status), again=status != 410)
    return str(status)


def headers(body: bytes, secret: str, message: Message, host: str) -> dict[str, str]:
    """Return what goes with a body."""
    stamp = str(int(message.at.timestamp()))
    return {
        "Host": host,
        "Content-Type": "application/json",
        "User-Agent": "catfoot",
        "X-Event-Id": str(message.payload["id"]),
        "X-Timestamp": stamp,
        "X-Signature": f"sha256={signature(secret, stamp, body)}",
    }


def signature(secret: str, stamp: str, body: bytes) -> str:
    """Return the HMAC-SHA256 of time stamp and body in hex; receivers compute the same."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def checked(url: str) -> SplitResult:
    """Return the parts of an address that a webhook may have; ValueError says what is wrong."""
    if len(url) > 1000 or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("target: expected an address in plain letters, 1000 at most")
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("target: expected an address as in https://example.org/hook")
    if parts.username is not None or parts.fragment:
        raise ValueError("target: expected no user and no fragment in the address")
    _ = parts.port  # ValueError for one that is none
    return parts


def allowed_address(parts: SplitResult, networks: Sequence[str]) -> Address:
    """Return the address to connect to; ValueError where it is not public and not allowed.

    Every address of the name must be allowed: one that is not would be picked sooner or later.
    """
    assert parts.hostname is not None
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(line[4][0]).partition("%")[0]) for line in found]
    private = [a for a in addresses if not _is_public(a)]
    inside = [ip_network(network) for network in networks]
    if any(not any(a in network for network in inside) for a in private) or not addresses:
        raise ValueError("target: that address is not on the public internet")
    if parts.scheme == "http" and not private:
        raise ValueError("target: on the public internet only https is taken")
    return addresses[0]


def _is_public(address: Address) -> bool:
    mapped = getattr(address, "ipv4_mapped", None)
    known: Address = mapped or address
    inside = any(known in network for network in _NOT_PUBLIC)
    return known.is_global and not known.is_multicast and not inside


def _noted(kind: Callable[..., Any], lines: list[Any]) -> Callable[..., Any]:
    """Return what makes a connection of a kind and notes it in ``lines``."""

    def made(**how: Any) -> Any:
        lines.append(kind(**how))
        return lines[-1]

    return made


def _pool(parts: SplitResult, address: Address) -> Any:
    import urllib3

    timeout = urllib3.Timeout(connect=TIMEOUT_S, read=TIMEOUT_S)
    host = f"[{address}]" if address.version == 6 else str(address)
    if parts.scheme == "http":
        return urllib3.HTTPConnectionPool(host, parts.port or 80, timeout=timeout)
    # The certificate must be of the name, though the connection goes to the address.
    return urllib3.HTTPSConnectionPool(
        host,
        parts.port or 443,
        timeout=timeout,
        server_hostname=parts.hostname,
        assert_hostname=parts.hostname,
    )
