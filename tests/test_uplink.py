"""Recordings to a server that comes and goes: nothing acknowledged is lost, nothing is doubled."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from catfoot.api import create_app
from catfoot.api.auth import first_link
from catfoot.config import Settings, open_stores
from catfoot.custody import erase
from catfoot.errors import RadioError
from catfoot.ingest.files.podlog import recording_of
from catfoot.ingest.records import MAGIC, OFFSET, Header, encode_header, payloads, record_of
from catfoot.ingest.source import Decoded
from catfoot.live import Live
from catfoot.session import Session
from catfoot.signal.imu import ImuBlock
from catfoot.store.raw import RawStore
from catfoot.training.entries import Person
from catfoot.uplink import RemoteSink, Server
from tests.fulldisk import FullDisk
from tests.running import run

START = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
HEADER = Header(device="p", profile="openpod", started_at=START)


def recording(n: int = 400) -> bytes:
    rng = np.random.default_rng(n)
    block = ImuBlock(
        t_ns=np.arange(n, dtype=np.int64) * 5_000_000,
        acc=rng.normal(0, 20, (n, 3)),
        gyr=rng.normal(0, 5, (n, 3)),
        rate_hz=200.0,
    )
    return recording_of(Decoded(format="m", device="m", started_at=START, blocks=(block,)))


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A server's data folder, with one athlete."""
    settings = Settings(data=tmp_path_factory.mktemp("there"))
    with open_stores(settings) as stores:
        stores.logbook.add_person(Person(name="Ada"))
    return settings


def athlete(there: Settings) -> str:
    with open_stores(there) as stores:
        return stores.logbook.persons()[0].id


def kept(there: Settings, content: str | None) -> bytes:
    """What the server has sealed under that content hash."""
    assert content is not None
    with open_stores(there) as stores:
        return stores.raw.read(stores.logbook.persons()[0].id, content)


class Announced(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@asynccontextmanager
async def serving(settings: Settings, port: int) -> AsyncIterator[FastAPI]:
    """The real application on a real port; its jobs run in a thread."""
    with ThreadPoolExecutor(1) as executor:
        app = create_app(settings, executor=executor)
        config = uvicorn.Config(app, port=port, log_config=None, timeout_graceful_shutdown=1)
        server = Announced(config)
        running = asyncio.create_task(server._serve())
        await server.ready.wait()
        try:
            yield app
        finally:
            server.should_exit = True
            await running


@asynccontextmanager
async def closing_after(live: Live, grace_s: float) -> AsyncIterator[Live]:
    """Have recordings sealed so soon after their collector has gone."""
    before, live._grace_s = live._grace_s, grace_s
    yield live
    live._grace_s = before


def counted(live: Live, taken: list[int]) -> None:
    """Note how many bytes each frame brings from now on."""
    opened = live.open

    async def opening(athlete: str, recording: str, owner: object) -> Session:
        session = await opened(athlete, recording, owner)
        extend = session.extend

        def extending(offset: int, data: bytes, durable: Callable[[int], None]) -> None:
            taken.append(len(data))
            extend(offset, data, durable)

        session.extend = extending  # type: ignore[method-assign]
        return session

    live.open = opening  # type: ignore[method-assign]


def url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def hello(port: int, athlete: str) -> connect:
    return connect(f"ws://127.0.0.1:{port}/api/v1/athletes/{athlete}/collect")


async def said(ws: ClientConnection, key: str) -> Any:
    async for message in ws:
        answer = json.loads(message)
        if key in answer:
            return answer[key]
    raise AssertionError("the server left")


def test_a_recording_reaches_the_server_to_the_byte_and_leaves_the_outbox(
    tmp_path: Path, there: Settings
) -> None:
    data = recording()
    here = RawStore(tmp_path / "here")

    async def work() -> str | None:
        port = free_port()
        async with (
            serving(there, port),
            RemoteSink(Server(url(port), athlete(there)), here) as sink,
        ):
            feed = await sink.open(HEADER)
            for at in range(0, len(data), 61):
                feed.put(data[at : at + 61])
            feed.say("streaming", 70, 0)
            return await feed.close()

    content = run(work())
    assert kept(there, content) == data
    assert list((tmp_path / "here").rglob("*.log")) == []


def test_a_server_that_restarts_in_the_middle_gets_the_rest_once(
    tmp_path: Path, there: Settings
) -> None:
    data = recording()
    here = RawStore(tmp_path / "here")

    async def work() -> tuple[str | None, int]:
        port = free_port()
        async with RemoteSink(Server(url(port), athlete(there)), here) as sink:
            async with serving(there, port):
                feed = await sink.open(HEADER)
                feed.put(data[:3000])
                await feed.flushed()
            feed.put(data[3000:5000])  # nobody listens
            async with serving(there, port):
                feed.put(data[5000:])
                return await feed.close(), feed.connections

    content, connections = run(work())
    assert connections >= 2
    assert kept(there, content) == data


def test_what_a_collector_could_not_send_is_sent_by_the_next_one(
    tmp_path: Path, there: Settings
) -> None:
    data = recording()
    here = RawStore(tmp_path / "here")

    async def work() -> list[str | None]:
        port = free_port()
        server = Server(url(port), athlete(there))
        async with RemoteSink(server, here, patience_s=0.05) as sink:
            feed = await sink.open(HEADER)
            feed.put(data)
            assert await feed.close() is None
        async with serving(there, port), RemoteSink(server, here) as sink:
            return [await feed.close() for feed in sink.feeds]

    (content,) = run(work())
    assert kept(there, content) == data
    assert list((tmp_path / "here").rglob("*.log")) == []


def test_a_collector_that_stays_away_beyond_the_grace_sends_only_what_lacks(
    tmp_path: Path, there: Settings
) -> None:
    data, half = recording(2000), len(recording(2000)) // 2
    here = RawStore(tmp_path / "here")

    async def work() -> tuple[list[int], str | None]:
        port, taken = free_port(), list[int]()
        async with (
            serving(there, port) as app,
            closing_after(app.state.live, 0.0) as live,
            RemoteSink(Server(url(port), athlete(there)), here) as sink,
        ):
            feed = await sink.open(HEADER)
            feed.put(data[:half])
            await feed.flushed()
            feed._task.cancel()  # the network is gone, the recording goes on
            await asyncio.wait([feed._task])
            while live.sessions:
                await live.sweep()
            feed.put(data[half:])
            counted(live, taken)
            feed._task = asyncio.create_task(feed._run())
            return taken, await feed.close()

    taken, content = run(work())
    assert kept(there, content) == data
    assert sum(taken) == len(data) - half


def test_a_log_that_ends_before_what_was_sent_is_closed_where_the_server_is(
    tmp_path: Path, there: Settings
) -> None:
    data, here = recording(900), RawStore(tmp_path / "here")

    async def work() -> str | None:
        port = free_port()
        async with serving(there, port):
            async with hello(port, athlete(there)) as ws:
                await ws.send(json.dumps({"recording": "short"}))
                assert await said(ws, "resume") == 0
                await ws.send(OFFSET.pack(0) + data)
                assert await said(ws, "durable") == len(data)
            # A full disk took no more than this, and then the collector was killed.
            left = here.begin(athlete(there), "short")
            left.append(data[: len(data) // 3])
            left.release()
            async with RemoteSink(Server(url(port), athlete(there)), here) as sink:
                (feed,) = sink.feeds
                return await feed.close()

    assert kept(there, run(work())) == data
    assert here.unclosed() == []


def test_what_no_longer_fits_into_memory_is_sent_from_disk(tmp_path: Path, there: Settings) -> None:
    data = recording(4_000)
    here = RawStore(tmp_path / "here")

    async def work() -> tuple[str | None, int]:
        port = free_port()
        async with RemoteSink(Server(url(port), athlete(there)), here, in_memory=9000) as sink:
            feed = await sink.open(HEADER)
            for at in range(0, len(data), 5000):
                feed.put(data[at : at + 5000])
            await asyncio.to_thread(sink._writer.flush)
            for _ in range(3):
                await asyncio.sleep(0)
            feed.put(b"")
            held = len(feed._tail)
            async with serving(there, port):
                return await feed.close(), held

    content, held = run(work())
    assert held < 9000 < len(data)
    assert kept(there, content) == data


def a_key_to_send(app: FastAPI, address: str) -> tuple[str, str]:
    """The owner's own athlete, and a key that may send recordings."""
    client = TestClient(app, base_url=address)
    token = (first_link(app, address) or "").partition("#")[2]
    body = {"token": token, "login": "ada", "password": "a long enough one", "name": "Ada"}
    assert client.post("/api/v1/join", json=body).status_code == 201
    made = client.post("/api/v1/keys", json={"name": "gateway", "scopes": ["send"]})
    assert made.status_code == 201, made.text
    return client.get("/api/v1/me").json()["athlete"], made.json()["key"]


def test_a_server_with_accounts_takes_recordings_from_a_key_that_may_send(tmp_path: Path) -> None:
    data = recording()
    settings = Settings(data=tmp_path / "there", accounts=True)

    async def work() -> tuple[str | None, bool, str]:
        port = free_port()
        async with serving(settings, port) as app:
            whose, key = await asyncio.to_thread(a_key_to_send, app, url(port))
            stranger = RemoteSink(Server(url(port), whose), RawStore(tmp_path / "b"), patience_s=1)
            async with stranger:
                feed = await stranger.open(HEADER)
                feed.put(data)
                assert await feed.close() is None
                refused = feed.refused
            async with RemoteSink(Server(url(port), whose, key), RawStore(tmp_path / "a")) as sink:
                feed = await sink.open(HEADER)
                feed.put(data)
                return await feed.close(), refused, whose

    content, refused, whose = run(work())
    assert refused
    with open_stores(settings) as stores:
        assert stores.raw.read(whose, content or "") == data
    assert "cf_" not in repr(Server("http://x", "a", "cf_secret"))


def test_an_address_that_is_none_is_said_before_anything_is_collected() -> None:
    with pytest.raises(RadioError, match="--to: expected an address like"):
        Server("runner.local:8000", "a").socket()


def test_a_viewer_sees_what_a_collector_sends_and_a_late_one_the_last_of_it(
    tmp_path: Path, there: Settings
) -> None:
    data = recording()

    async def work() -> list[dict[str, Any]]:
        port = free_port()
        seen: list[dict[str, Any]] = []
        watching = f"ws://127.0.0.1:{port}/api/v1/athletes/{athlete(there)}/live"
        async with (
            serving(there, port),
            hello(port, athlete(there)) as ws,
            connect(watching) as early,
        ):
            await ws.send(json.dumps({"recording": "r1", "state": "streaming", "battery_pct": 9}))
            assert await said(ws, "resume") == 0
            await ws.send(OFFSET.pack(0) + data)
            assert await said(ws, "durable") == len(data)
            seen.append(json.loads(await early.recv()))
            async with connect(watching) as late:
                seen.append(json.loads(await late.recv()))
            await ws.send(json.dumps({"close": len(data)}))
            await said(ws, "closed")
        return seen

    early, late = run(work())
    assert early["feet"]["unknown"]["packets"] == late["feet"]["unknown"]["packets"] == 100
    assert late["feet"]["unknown"]["battery_pct"] == 9
    assert late["athlete"] == athlete(there)


@pytest.mark.parametrize(
    ("frames", "why"),
    [
        ([{"nothing": 1}], "recording"),
        ([{"recording": "../../etc"}], ""),
        ([{"recording": "r"}, b"\0\0"], "eight bytes"),
        ([{"recording": "r"}, OFFSET.pack(9) + b"x"], "expected bytes from 0"),
        ([{"recording": "r"}, OFFSET.pack(0) + b"GET / HTTP/1.1"], "no pod recording"),
        ([{"recording": "r"}, OFFSET.pack(0) + MAGIC + b"\xff" * 8], "damaged"),
        ([{"recording": "r"}, {"close": 5}], "0 bytes are here, not 5"),
        ([{"recording": "r"}, ["state"]], "expected one JSON object"),
        ([{"recording": "r"}, {"state": "streaming", "battery_pct": 1e999}], "battery_pct"),
        ([{"recording": "r"}, {"state": "streaming", "battery_pct": "\u20ac" * 99}], "battery_pct"),
    ],
)
def test_a_collector_that_breaks_the_protocol_is_told_why(
    there: Settings, frames: list[Any], why: str
) -> None:
    async def work() -> ConnectionClosed:
        port = free_port()
        async with serving(there, port), hello(port, athlete(there)) as ws:
            for frame in frames:
                await ws.send(frame if isinstance(frame, bytes) else json.dumps(frame))
            try:
                while True:
                    await ws.recv()
            except ConnectionClosed as fault:
                return fault

    fault = run(work())
    assert fault.rcvd is not None
    assert fault.rcvd.code == 1008
    assert why in fault.rcvd.reason


def test_nobody_watches_or_feeds_an_athlete_who_does_not_exist(
    tmp_path: Path, there: Settings
) -> None:
    async def work() -> list[int]:
        port = free_port()
        codes = []
        async with serving(there, port):
            for what in ("live", "collect"):
                try:
                    async with connect(f"ws://127.0.0.1:{port}/api/v1/athletes/x/{what}"):
                        pass
                except InvalidStatus as fault:
                    codes.append(fault.response.status_code)
        return codes

    assert run(work()) == [403, 403]


def test_an_empty_recording_is_closed_without_leaving_anything(there: Settings) -> None:
    data = encode_header(HEADER)

    async def work() -> Any:
        port = free_port()
        async with serving(there, port), hello(port, athlete(there)) as ws:
            await ws.send(json.dumps({"recording": "empty"}))
            await ws.send(OFFSET.pack(0) + data)
            await ws.send(json.dumps({"close": len(data)}))
            return await said(ws, "closed")

    assert run(work()) is None
    assert list(there.data.rglob("empty.log")) == []


def test_what_waits_on_a_gateway_for_an_erased_athlete_goes_at_the_next_contact(
    tmp_path: Path,
) -> None:
    there, outbox = Settings(data=tmp_path / "there"), RawStore(tmp_path / "here")
    with open_stores(there) as stores:
        ada = stores.logbook.add_person(Person(name="Ada"))
        erase(stores, ada)
    left = outbox.begin(ada, "from-before")
    left.append(recording())
    left.release()
    port = free_port()

    async def meet() -> None:
        async with serving(there, port), RemoteSink(Server(url(port), ada), outbox) as sink:
            (feed,) = sink.feeds
            assert await feed.close() is None

    run(meet())
    assert outbox.unclosed() == []
    assert not [path for path in (tmp_path / "here").rglob("*") if path.is_file()]


def test_a_disk_that_was_full_for_a_while_shifts_no_byte_and_loses_none(
    tmp_path: Path, there: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = recording(1600)
    records = [MAGIC, *(record_of(payload) for _, payload in payloads(data, len(MAGIC)))]
    here, disk = RawStore(tmp_path / "here"), FullDisk(monkeypatch)

    async def work() -> tuple[str | None, bytes]:
        port = free_port()
        async with RemoteSink(Server(url(port), athlete(there)), here) as sink:
            feed = await sink.open(HEADER)
            for i, record in enumerate(records):
                disk.room = not 100 <= i < 300
                feed.put(record)
                if i in (99, 299, len(records) - 1):
                    await asyncio.to_thread(sink._writer.flush)
                    await asyncio.sleep(0)
            while feed._mending is not None:
                await asyncio.wait([feed._mending])
            kept_here = await asyncio.to_thread(feed._recording.read)
            async with serving(there, port):
                return await feed.close(), kept_here

    content, kept_here = run(work())
    assert kept_here == data
    assert kept(there, content) == data
