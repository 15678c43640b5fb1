"""Broken files and broken WebSocket frames against a real server: the next client is served.

Seeded, so that a failure comes again; CATFOOT_FUZZ asks for more than the few of the test suite.
"""

import asyncio
import logging
import os
import random
import socket
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from catfoot.ingest.records import MAGIC, OFFSET, record_of

from ..test_uplink import recording
from .browser import Served, served
from .webdata import ask, fit

MANY = int(os.environ.get("CATFOOT_FUZZ", "40"))
START = datetime(2026, 3, 1, 7, tzinfo=UTC)
CSV = "t_s,acc_x,acc_y,acc_z\n" + "".join(f"{i / 100},0,0,9.81\n" for i in range(400))
GPX = (
    '<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>'
    '<trkpt lat="52.5" lon="13.4"><time>2026-03-01T07:00:00Z</time></trkpt></trkseg></trk></gpx>'
)
#: RFC 6455, 1.3: a handshake by hand, for frames that no library would send.
SHAKE = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of its own: what is broken here is nobody else's."""
    with served(tmp_path_factory.mktemp("wire")) as server:
        yield server


@pytest.fixture
def ada(server: Served) -> str:
    made: str = ask(server, "/api/v1/athletes", {"name": "Ada"})["id"]
    return made


@pytest.fixture
def sound(server: Served, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing of ours broke: no task died unheard, none is left over, no traceback was logged."""
    unheard: list[object] = []

    def tasks() -> int:
        async def count() -> int:
            server.loop.set_exception_handler(lambda _, context: unheard.append(context))
            return len(asyncio.all_tasks())

        return asyncio.run_coroutine_threadsafe(count(), server.loop).result(10)

    before = tasks()
    with caplog.at_level(logging.WARNING):
        yield
    for _ in range(200):  # connections that were just cut are still being put away
        if tasks() <= before:
            break
        ask(server, "/health")
    assert tasks() <= before
    assert unheard == []
    assert [r.getMessage() for r in caplog.records if r.exc_info is not None] == []


HALF = (
    "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\nContent-Length: 1000\r\n\r\n"
)


@pytest.mark.parametrize(
    ("noun", "kind", "begun"),
    [
        ("check-ins", "application/json", b'{"pain"'),
        ("planned-runs/calendar", "text/calendar", b"BEGIN:VCALENDAR"),
        ("recordings", "application/octet-stream", b"t_s,acc_x"),
        ("recordings", "multipart/form-data; boundary=x", b"--x\r\nContent-Disp"),
    ],
)
def test_whoever_leaves_in_the_middle_of_a_body_leaves_one_quiet_line(
    server: Served, ada: str, sound: None, caplog: pytest.LogCaptureFixture, noun: str, kind: str,
    begun: bytes,
) -> None:  # fmt: skip
    where = urlsplit(server.address)
    path = f"/api/v1/athletes/{ada}/{noun}"
    head = HALF.format(path=path, host=where.netloc, kind=kind)

    def left() -> list[logging.LogRecord]:
        return [
            r for r in caplog.records if r.name.startswith("catfoot") and path in r.getMessage()
        ]

    with caplog.at_level(logging.INFO):
        with socket.create_connection((where.hostname, where.port or 0)) as gone:
            gone.sendall(head.encode() + begun)
        for _ in range(500):
            if left():
                break
            ask(server, "/health")
    assert [r.levelname for r in left()] == ["INFO"]
    assert ask(server, f"/api/v1/athletes/{ada}/check-ins")["items"] == []


def broken(rng: random.Random, whole: bytes) -> bytes:
    """Return bytes with a few things wrong: cut, turned over, doubled, swapped, made up."""
    data = bytearray(whole)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(5):
            case 0:
                del data[at:]
            case 1:
                data[at : at + 1] = bytes([rng.randrange(256)])
            case 2:
                data[at:at] = rng.randbytes(rng.randrange(1, 60))
            case 3:
                data[at:at] = data[at : at + 100]
            case _:
                data[at : at + 4] = rng.choice([b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff"])
    return bytes(data)


def zipped(name: bytes, data: bytes) -> bytes:
    """An archive of one stored file, written by hand so that it can be broken anywhere."""
    sizes = struct.pack("<III", zlib.crc32(data), len(data), len(data))
    local = b"PK\3\4" + struct.pack("<HHHHH", 20, 0, 0, 0, 0x21) + sizes
    local += struct.pack("<HH", len(name), 0) + name + data
    central = b"PK\1\2" + struct.pack("<HHHHHH", 20, 20, 0, 0, 0, 0x21) + sizes
    central += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def test_broken_files_are_refused_or_read_and_never_our_fault(
    server: Served, ada: str, sound: None
) -> None:
    rng = random.Random(7)
    watch = fit(START, seconds=60)
    whole = {
        "run.fit": watch, "shoe.csv": CSV.encode(), "run.gpx": GPX.encode(),
        "pod.cfpod": recording(200), "export.zip": zipped(b"a/run.fit", watch),
    }  # fmt: skip
    home = f"/api/v1/athletes/{ada}"
    for i in range(MANY):
        name = rng.choice(sorted(whole))
        data = broken(rng, whole[name])
        try:
            job = ask(server, f"{home}/recordings?name={i}{name}", raw=data)
        except HTTPError as refused:
            refused.close()
            if refused.code == 422:  # nothing was left of it
                continue
            raise
        while job["state"] in ("waiting", "working"):
            job = ask(server, f"{home}/jobs/{job['id']}")
        assert job["state"] in ("done", "already", "refused"), (i, name, job)
    job = ask(server, f"{home}/recordings?name=whole.fit", raw=fit(START.replace(month=2)))
    while job["state"] in ("waiting", "working"):
        job = ask(server, f"{home}/jobs/{job['id']}")
    assert job["state"] == "done"


def frame(rng: random.Random, tape: bytes) -> str | bytes:
    """Return one message for a collector's socket, seldom a good one."""
    at = rng.randrange(len(tape))
    piece = tape[at : at + rng.randrange(1, 400)]
    texts = ("{}", "[]", "null", '{"close":0}', '{"close":-1}', '{"close":"x"}', '{"state":"lost"}',
             '{"recording":"r"}', '{"state":[]}', '{"state":{}}', '{"dropped":1e400}', "{" * 5000, "\x00")  # fmt: skip
    choices: tuple[Callable[[], str | bytes], ...] = (
        lambda: rng.choice(texts),
        lambda: rng.randbytes(rng.randrange(0, 90)),
        lambda: OFFSET.pack(rng.choice([0, 1, at, 2**63, 2**64 - 1])) + piece,
        lambda: OFFSET.pack(0) + broken(rng, tape[:600]),
        lambda: OFFSET.pack(0) + MAGIC + record_of(rng.randbytes(rng.randrange(1, 80))),
        lambda: OFFSET.pack(0) + bytes(70_000),
    )
    return rng.choice(choices)()


def heard(socket: ClientConnection, say: list[str | bytes]) -> int | None:
    """Say it all; return the code that the server closed with, None where we had to."""
    try:
        for message in say:
            socket.send(message)
        with suppress(TimeoutError):
            while True:
                socket.recv(timeout=0.05)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 1006
    return None


def served_still(server: Served, athlete: str, tape: bytes, name: str) -> None:
    """A collector after it all: its recording is taken, sealed, and shown to a viewer."""
    at = f"ws{server.address[4:]}/api/v1/athletes/{athlete}"
    with connect(f"{at}/live") as viewer, connect(f"{at}/collect") as collector:
        collector.send(f'{{"recording":"{name}"}}')
        assert collector.recv(timeout=10) == '{"resume":0}'
        for offset in range(0, len(tape), 4000):
            collector.send(OFFSET.pack(offset) + tape[offset : offset + 4000])
        collector.send(f'{{"close":{len(tape)}}}')
        while '"closed"' not in str(collector.recv(timeout=10)):
            pass
        assert '"feet"' in str(viewer.recv(timeout=10))


def test_broken_messages_of_a_collector_end_its_connection_alone(
    server: Served, ada: str, sound: None
) -> None:
    rng, tape, codes = random.Random(11), recording(200), set()
    address = f"ws{server.address[4:]}/api/v1/athletes/{ada}/collect"
    for i in range(MANY):
        with connect(address) as collector:
            hello: list[str | bytes] = [f'{{"recording":"r{i % 5}"}}'] if rng.random() < 0.8 else []
            said = [frame(rng, tape) for _ in range(rng.randrange(1, 6))]
            codes.add(heard(collector, hello + said))
    assert codes <= {None, 1000, 1008, 1013}
    assert 1008 in codes
    served_still(server, ada, tape, "sound")


def test_whatever_a_viewer_says_is_ignored_and_a_stranger_is_refused(
    server: Served, ada: str, sound: None
) -> None:
    rng, tape = random.Random(13), recording(200)
    at = f"ws{server.address[4:]}/api/v1/athletes"
    for _ in range(MANY // 4):
        with connect(f"{at}/{ada}/live") as viewer:
            assert heard(viewer, [frame(rng, tape) for _ in range(4)]) is None
    for odd in ("nobody", "%00", "..", "a" * 65):
        with pytest.raises(InvalidStatus) as refused, connect(f"{at}/{odd}/live"):
            pass
        assert refused.value.response.status_code in (403, 404)
    served_still(server, ada, tape, "after")


@pytest.mark.parametrize("where", ["live", "collect"])
def test_frames_that_no_library_sends_end_their_connection_alone(
    server: Served, ada: str, where: str, sound: None
) -> None:
    rng, host = random.Random(17), urlsplit(server.address)
    path = f"/api/v1/athletes/{ada}/{where}"
    good = bytes([0x81, 0x80]) + bytes(4)
    for i in range(MANY // 2):
        with socket.create_connection((host.hostname, host.port), timeout=10) as wire:
            wire.sendall(SHAKE.format(path=path, host=host.netloc).encode())
            assert wire.recv(4096).startswith(b"HTTP/1.1 101")
            # Unmasked, reserved bits, unknown opcodes, endless lengths, halves, plain noise.
            odd = rng.choice(
                [good[:1] + b"\x05hello", b"\xf1" + good[1:], b"\x83" + good[1:],
                 b"\x82\xff" + b"\x7f" * 8 + bytes(4), b"\x81\xfe\x00", b"\x01" + good[1:] + b"\x02" + good[1:],
                 b"\x81\x84" + bytes(4) + b"\xff\xfe\xfd\xfc", b"\x88\x81" + bytes(5), rng.randbytes(64)]
            )  # fmt: skip
            with suppress(ConnectionError):
                wire.sendall(odd)
                if i % 2:  # half of them hang up without a word
                    wire.shutdown(socket.SHUT_WR)
                    while wire.recv(4096):
                        pass
    served_still(server, ada, recording(200), f"{where}-after")


def test_a_request_that_is_none_is_answered_and_the_next_one_too(
    server: Served, tmp_path: Path, sound: None
) -> None:
    rng, host = random.Random(19), urlsplit(server.address)
    whole = SHAKE.format(path="/api/v1/athletes/x/live", host=host.netloc).encode()
    for _ in range(MANY):
        with (
            suppress(ConnectionError),
            socket.create_connection((host.hostname, host.port), timeout=10) as wire,
        ):
            wire.sendall(broken(rng, whole))
            wire.shutdown(socket.SHUT_WR)
            answer = wire.recv(65_536)
            assert not answer.startswith(b"HTTP/1.1 5"), answer
    assert ask(server, "/health")["status"] == "ok"
