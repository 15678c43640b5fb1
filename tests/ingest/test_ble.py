"""The collector's radio side against virtual pods over a real Bluetooth stack."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from catfoot.ingest.ble import Radio, scan
from catfoot.ingest.devices import heard_as, movesense, openpod, rsc
from catfoot.ingest.files.podlog import recording_of
from catfoot.ingest.inbox import Changed, Found, Inbox, Opened
from catfoot.ingest.link import Link
from catfoot.ingest.records import (
    Header,
    Segment,
    encode_header,
    encode_notification,
    encode_segment,
)
from catfoot.ingest.source import Decoded, Notification, sig
from catfoot.ingest.virtual.air import Air
from catfoot.ingest.virtual.backend import radio
from catfoot.ingest.virtual.pod import VirtualPod
from catfoot.signal.imu import ImuBlock
from tests.running import run

pytestmark = pytest.mark.radio

CENTRAL = "C0:CA:7F:00:00:00"


def recording(n: int = 400, *, rate_hz: float = 200.0, seed: int = 1, **said: Any) -> bytes:
    rng = np.random.default_rng(seed)
    block = ImuBlock(
        t_ns=np.arange(n, dtype=np.int64) * round(1e9 / rate_hz),
        acc=rng.normal(0, 20, (n, 3)),
        gyr=rng.normal(0, 5, (n, 3)),
        rate_hz=rate_hz,
    )
    decoded = Decoded(format="made", device="made", started_at=None, blocks=(block,))
    return recording_of(decoded, **said)


@asynccontextmanager
async def air_and_radio() -> AsyncIterator[tuple[Air, Radio]]:
    async with Air() as air:
        central = await air.device("collector", CENTRAL)
        yield air, radio(central)


async def until(inbox: Inbox, what: type, n: int = 1, state: str | None = None) -> list[Any]:
    """Take from the inbox until ``n`` items of a kind (or Changed to a state) came; all items."""
    items: list[Any] = []
    while True:
        items += await inbox.take()
        hits = [i for i in items if isinstance(i, what)]
        if len([i for i in hits if state is None or getattr(i, "state", None) == state]) >= n:
            return items


@asynccontextmanager
async def linked(link: Link) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(link.run())
        try:
            yield
        finally:
            link.stop()


def test_a_scan_hears_two_pods_and_says_what_they_speak() -> None:
    async def work() -> list[Found]:
        async with (
            air_and_radio() as (air, bluetooth),
            VirtualPod(air, [recording()], name="pod L", address="F0:CA:7F:00:00:01"),
            VirtualPod(air, [recording()], name="pod R", address="F0:CA:7F:00:00:02"),
        ):
            return await scan(0.3, bluetooth)

    found = run(work())
    assert {(f.name, f.address, f.profiles[0].name) for f in found} == {
        ("pod L", "F0:CA:7F:00:00:01", "openpod"),
        ("pod R", "F0:CA:7F:00:00:02", "openpod"),
    }


def test_a_search_in_an_air_whose_pods_are_counted_ends_once_all_are_heard() -> None:
    async def story() -> None:
        async with (
            Air() as air,
            VirtualPod(air, [recording()], address="F0:CA:7F:00:00:01"),
            VirtualPod(air, [recording()], address="F0:CA:7F:00:00:02"),
            asyncio.timeout(30),
        ):
            heard = await scan(600, radio(await air.device("collector", CENTRAL), 2))
            assert {one.address[-1] for one in heard} == {"1", "2"}

    run(story())


@pytest.mark.parametrize(
    ("services", "name", "companies", "families"),
    [
        ([movesense.SERVICE], None, [], ["movesense"]),
        ([sig(0xFDF3), sig(0x180D)], "Movesense 174630000192", [], ["movesense", "heartrate"]),
        ([sig(0x180D)], "Movesense 174630000192", [], ["movesense", "heartrate"]),
        ([], "Xsens DOT", [], ["dot"]),
        ([], None, [0x0886], ["dot"]),
        ([], "IMU_ab1234", [], ["capture2go"]),
        ([], "WT901BLE68", [], ["witmotion"]),
        ([sig(0x180D)], "Polar Sense B3A41E2C", [], ["heartrate", "polar"]),
        ([sig(0x180F)], "IMU_of somebody else", [0x004C], []),
        ([], None, [], []),
    ],
)
def test_a_device_is_known_by_what_fits_into_its_advertisement(
    services: list[str], name: str | None, companies: list[int], families: list[str]
) -> None:
    assert [p.name for p in heard_as(services, name, companies)] == families


def test_every_packet_of_a_pod_arrives_once_in_order_after_what_it_states() -> None:
    data = recording(side="left")

    async def work() -> list[Any]:
        async with (
            air_and_radio() as (air, bluetooth),
            VirtualPod(air, [data], own_pace=False) as pod,
        ):
            inbox = Inbox()
            link = Link(pod.address, inbox, bluetooth)
            async with linked(link):
                items = await until(inbox, Notification, 100)
            items += await until(inbox, Changed, state="closed")
            assert pod.commands == [bytes([openpod.START]), bytes([openpod.STOP])]
            return items

    items = run(work())
    packets = [i.data for i in items if isinstance(i, Notification)]
    assert [int.from_bytes(p[4:6], "little") for p in packets] == list(range(100))
    opened = next(i for i in items if isinstance(i, Opened))
    assert opened.battery_pct == 87
    assert openpod.decode_info(opened.reads[openpod.INFO]).side == "left"
    assert items.index(opened) < items.index(next(i for i in items if isinstance(i, Notification)))
    states = [i.state for i in items if isinstance(i, Changed)]
    assert states == ["searching", "connecting", "streaming", "closed"]


def test_a_pod_that_drops_the_link_is_found_again_and_goes_on() -> None:
    async def work() -> tuple[list[Any], Link]:
        async with (
            air_and_radio() as (air, bluetooth),
            VirtualPod(air, [recording(4000)]) as pod,
        ):
            inbox = Inbox()
            link = Link(pod.address, inbox, bluetooth, back_off_s=(0.01,))
            async with linked(link):
                items = await until(inbox, Notification, 5)
                await pod.drop()
                items += await until(inbox, Opened)
                items += await until(inbox, Notification, 5)
            return items, link

    items, link = run(work())
    assert link.connections == 2
    assert "lost" in [i.state for i in items if isinstance(i, Changed)]
    seqs = [int.from_bytes(i.data[4:6], "little") for i in items if isinstance(i, Notification)]
    assert seqs == sorted(set(seqs))
    assert max(np.diff(seqs)) > 1  # what was sent while away is lost, and shows


def test_a_connected_pod_that_falls_silent_is_asked_again_and_then_left() -> None:
    async def work() -> tuple[list[Any], VirtualPod]:
        async with (
            air_and_radio() as (air, bluetooth),
            VirtualPod(air, [recording(8)], own_pace=False) as pod,
        ):
            inbox = Inbox()
            link = Link(pod.address, inbox, bluetooth, silence_s=0.05, back_off_s=(0.01,))
            async with linked(link):
                items = await until(inbox, Changed, state="lost")
            return items, pod

    items, pod = run(work())
    states = [i.state for i in items if isinstance(i, Changed)]
    assert states[:5] == ["searching", "connecting", "streaming", "stalled", "lost"]
    assert pod.commands.count(bytes([openpod.START])) >= 2


def test_a_silent_pod_that_lacks_an_optional_characteristic_is_asked_again_too() -> None:
    data = encode_header(
        Header(device="p", profile="rsc", started_at=datetime(2026, 3, 1, tzinfo=UTC))
    )
    data += encode_segment(Segment(reads={rsc.FEATURE: b"\x04\x00"}, at_ns=0))
    frame = Notification("p", rsc.MEASUREMENT, bytes.fromhex("04000355"), 0)
    data += encode_notification(frame, rsc.PROFILE.notify)  # and no power meter's watts

    async def work() -> list[Any]:
        async with (
            air_and_radio() as (air, bluetooth),
            VirtualPod(air, [data], own_pace=False) as pod,
        ):
            inbox = Inbox()
            link = Link(pod.address, inbox, bluetooth, silence_s=0.05, back_off_s=(0.01,))
            async with linked(link):
                return await until(inbox, Changed, state="lost")

    lost = [i for i in run(work()) if isinstance(i, Changed)][-1]
    assert lost.why == "Bluetooth failed: it stays silent"


def test_a_pod_out_of_range_is_searched_until_the_collector_stops() -> None:
    async def work() -> list[Any]:
        async with air_and_radio() as (_, bluetooth):
            inbox = Inbox()
            link = Link("F0:CA:7F:00:00:09", inbox, bluetooth, search_s=0.05)
            async with linked(link):
                items = await until(inbox, Changed, 3, state="searching")
            return items + await until(inbox, Changed, state="closed")

    states = [i.state for i in run(work())]
    assert set(states) == {"searching", "closed"}


def test_a_pod_that_goes_on_while_nobody_listens_plays_on_with_the_next_recording() -> None:
    async def work() -> list[bytes]:
        async with air_and_radio() as (air, bluetooth):
            tapes = [recording(4000, side="left"), recording(4000, side="right", seed=2)]
            async with VirtualPod(air, tapes) as pod:
                stated = []
                for _ in tapes:
                    inbox = Inbox()
                    link = Link(pod.address, inbox, bluetooth)
                    async with linked(link):
                        items = await until(inbox, Notification, 3)
                    opened = next(i for i in items if isinstance(i, Opened))
                    stated.append(opened.reads[openpod.INFO])
                return stated

    assert [openpod.decode_info(info).side for info in run(work())] == ["left", "right"]


def test_a_full_inbox_drops_the_newest_packets_counts_them_and_keeps_the_events() -> None:
    async def work() -> tuple[Inbox, list[Any]]:
        inbox = Inbox(limit=2)
        for k in range(5):
            inbox.put(Notification("pod", "c", bytes([k]), k))
        inbox.put(Changed(state="lost", at_ns=9))
        return inbox, await inbox.take()

    inbox, items = run(work())
    assert inbox.dropped == 3
    assert [getattr(i, "data", b"!") for i in items] == [b"\0", b"\1", b"!"]
