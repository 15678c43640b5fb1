"""What a collector must survive, each on a virtual radio with time, loss and distance."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from bleak import BleakClient
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakError,
)

from catfoot.ingest.ble import Radio, scan
from catfoot.ingest.devices import openpod
from catfoot.ingest.files.podlog import recording_of
from catfoot.ingest.inbox import Changed, Inbox, Item, Opened
from catfoot.ingest.link import Link
from catfoot.ingest.reader import Reader
from catfoot.ingest.records import (
    MAGIC,
    Header,
    Segment,
    encode_header,
    encode_notification,
    encode_segment,
    payloads,
)
from catfoot.ingest.source import Decoded, Notification
from catfoot.ingest.virtual.air import Air
from catfoot.ingest.virtual.backend import VirtualClient, VirtualScanner, radio
from catfoot.ingest.virtual.pod import VirtualPod
from catfoot.ingest.virtual.radiolink import RadioLink
from catfoot.signal.imu import ImuBlock
from catfoot.wallclock import utc_now
from tests.running import run

pytestmark = pytest.mark.radio

POD, OTHER = "F0:CA:7F:00:00:01", "F0:CA:7F:00:00:02"
QUICK_S = 0.0075  # the shortest connection interval there is


def recording(n: int = 4000, *, start_us: int = 0, boot: int = 1) -> bytes:
    rng = np.random.default_rng(n)
    block = ImuBlock(
        t_ns=start_us * 1000 + np.arange(n, dtype=np.int64) * 5_000_000,
        acc=rng.normal(0, 20, (n, 3)),
        gyr=rng.normal(0, 5, (n, 3)),
        rate_hz=200.0,
    )
    return recording_of(Decoded(format="m", device="m", started_at=None, blocks=(block,)))


@asynccontextmanager
async def on_air(link: RadioLink) -> AsyncIterator[tuple[Air, Radio]]:
    async with Air(link) as air:
        yield air, radio(await air.device("collector", "C0:CA:7F:00:00:00"))


@asynccontextmanager
async def linked(link: Link) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(link.run())
        try:
            yield
        finally:
            link.stop()


class Log:
    """Everything a link said, and what a Reader makes of it."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.items: list[Item] = []
        self.reader = Reader()
        self.late_ms: list[float] = []
        self.samples = 0
        self._zero_ns: int | None = None

    async def until(self, done: Any) -> None:
        while not done():
            for item in await self.inbox.take():
                self.items.append(item)
                self._read(item)

    @property
    def states(self) -> list[str]:
        return [i.state for i in self.items if isinstance(i, Changed)]

    def _read(self, item: Item) -> None:
        data = b""
        if isinstance(item, Opened):
            if self._zero_ns is None:
                self._zero_ns = item.at_ns
                header = Header(device="p", profile=item.profile.name, started_at=utc_now())
                data = encode_header(header)[len(MAGIC) :]
            data += encode_segment(Segment(reads=item.reads, at_ns=item.at_ns - self._zero_ns))
        elif isinstance(item, Notification):
            assert self._zero_ns is not None
            moved = replace(item, received_ns=item.received_ns - self._zero_ns)
            data = encode_notification(moved, (openpod.DATA,))
        for _, payload in payloads(data):
            for block in self.reader.take(payload):
                assert isinstance(block, ImuBlock)
                self.samples += len(block)
                self.late_ms.append(self.reader.late_ns / 1e6)

    @property
    def decoder(self) -> openpod.OpenPodDecoder:
        assert isinstance(self.reader.decoder, openpod.OpenPodDecoder)
        return self.reader.decoder


def test_1_a_body_between_pod_and_collector_costs_samples_but_not_the_recording() -> None:
    async def work() -> Log:
        air_link = RadioLink(interval_s=QUICK_S, supervision_s=0.1)
        async with on_air(air_link) as (air, bluetooth), VirtualPod(air, [recording()]) as pod:
            link = Link(pod.address, inbox := Inbox(), bluetooth, back_off_s=(0.02,))
            log = Log(inbox)
            async with linked(link):
                await log.until(lambda: log.samples > 40)
                air_link.part(POD)
                await log.until(lambda: "lost" in log.states)
                air_link.return_(POD)
                before = log.samples
                await log.until(lambda: log.samples > before + 40)
        return log

    log = run(work())
    assert log.reader.connections == 2
    assert log.reader.refused == 0


def test_2_a_link_that_stays_up_while_the_data_stops_is_found_by_its_silence() -> None:
    class Deaf(VirtualClient):
        """bluetoothd is dead: no callback comes, is_connected stays true, nothing arrives."""

        deaf = True

        async def start_notify(self, characteristic: Any, callback: Any, **kwargs: Any) -> None:
            def swallow(data: bytearray) -> None:
                if not Deaf.deaf:
                    callback(data)

            await super().start_notify(characteristic, swallow, **kwargs)

    async def work() -> Log:
        async with (
            on_air(RadioLink(interval_s=QUICK_S)) as (air, bluetooth),
            VirtualPod(air, [recording()]) as pod,
        ):
            deaf = Radio(bluetooth.scanner, Deaf, bluetooth.adapter, bluetooth.options)
            link = Link(pod.address, inbox := Inbox(), deaf, silence_s=0.05, back_off_s=(0.02,))
            log = Log(inbox)
            async with linked(link):
                await log.until(lambda: "lost" in log.states)
                Deaf.deaf = False
                await log.until(lambda: log.samples > 40)
        return log

    log = run(work())
    assert log.states[:5] == ["searching", "connecting", "streaming", "stalled", "lost"]


def test_3_packets_lost_in_the_pods_own_buffer_are_gaps_that_are_counted() -> None:
    async def work() -> tuple[Log, VirtualPod]:
        air_link = RadioLink(interval_s=QUICK_S)
        async with (
            on_air(air_link) as (air, bluetooth),
            VirtualPod(air, [recording()], buffer=2) as pod,
        ):
            link = Link(pod.address, inbox := Inbox(), bluetooth)
            log = Log(inbox)
            async with linked(link):
                await log.until(lambda: log.reader.packets >= 2)
                # Fifty packets a second, an event every 100 ms, room for two packets.
                air_link.interval_s = 0.1
                await log.until(lambda: log.reader.packets >= 20)
        return log, pod

    log, pod = run(work())
    assert pod.overflowed > 10
    assert 0 < log.decoder.lost_packets <= pod.overflowed
    assert log.decoder.lost_samples == 4 * log.decoder.lost_packets
    assert log.decoder.gaps > 3


def test_4_a_fade_makes_packets_late_but_moves_no_sample() -> None:
    async def work() -> Log:
        air_link = RadioLink(interval_s=QUICK_S, loss=0.05)
        async with on_air(air_link) as (air, bluetooth), VirtualPod(air, [recording()]) as pod:
            link = Link(pod.address, inbox := Inbox(), bluetooth)
            log = Log(inbox)
            async with linked(link):
                await log.until(lambda: log.reader.packets >= 20)
                air_link.fade(0.5)
                await log.until(lambda: log.reader.packets >= 60)
        return log

    log = run(work())
    assert max(log.late_ms) > 300
    assert log.late_ms[-1] < 150
    assert (log.decoder.lost_packets, log.decoder.gaps) == (0, 0)


def test_5_a_device_clock_that_wraps_or_starts_again_leaves_times_that_only_grow() -> None:
    wrap_us = 2**32

    async def work() -> list[int]:
        starts = []
        async with (
            on_air(RadioLink(interval_s=QUICK_S)) as (air, bluetooth),
            VirtualPod(air, [recording(start_us=wrap_us - 100_000)]) as pod,
        ):
            link = Link(pod.address, inbox := Inbox(), bluetooth)
            log = Log(inbox)
            async with linked(link):
                await log.until(lambda: log.samples > 100)
            assert log.reader._last is not None
            starts.append(log.reader._last[0])
            assert (log.decoder.gaps, log.decoder.resets) == (0, 0)
        return starts

    (last_ns,) = run(work())
    assert last_ns > wrap_us * 1000


def test_6_a_connection_that_fails_is_tried_again_with_growing_pauses() -> None:
    class Aborting(VirtualClient):
        left = 3

        async def connect(self, pair: bool, **kwargs: Any) -> None:
            if Aborting.left:
                Aborting.left -= 1
                raise TimeoutError
            await super().connect(pair, **kwargs)

    async def work() -> tuple[Log, Link]:
        async with (
            on_air(RadioLink(interval_s=QUICK_S)) as (air, bluetooth),
            VirtualPod(air, [recording()]) as pod,
        ):
            shy = Radio(bluetooth.scanner, Aborting, bluetooth.adapter, bluetooth.options)
            link = Link(pod.address, inbox := Inbox(), shy, back_off_s=(0.01, 0.02))
            log = Log(inbox)
            async with linked(link):
                await log.until(lambda: log.samples > 4)
        return log, link

    log, link = run(work())
    assert link.attempts == 4
    whys = [i.why for i in log.items if isinstance(i, Changed) and i.state == "lost"]
    assert whys == [("the pod did not answer in time: bring it nearer and close other apps that"
                    " use it")] * 3  # fmt: skip


def test_6_where_every_connection_is_taken_the_next_pod_waits_until_one_is_free() -> None:
    class OneOnly(VirtualClient):
        used = 0

        async def connect(self, pair: bool, **kwargs: Any) -> None:
            if OneOnly.used:
                raise BleakError("no more connections")
            OneOnly.used += 1
            await super().connect(pair, **kwargs)

        async def disconnect(self) -> None:
            OneOnly.used -= self.is_connected
            await super().disconnect()

    async def work() -> tuple[Log, Log]:
        async with (
            on_air(RadioLink(interval_s=QUICK_S)) as (air, bluetooth),
            VirtualPod(air, [recording()], address=POD),
            VirtualPod(air, [recording()], address=OTHER),
        ):
            full = Radio(bluetooth.scanner, OneOnly, bluetooth.adapter, bluetooth.options)
            first = Link(POD, Inbox(), full)
            second = Link(OTHER, inbox := Inbox(), full, back_off_s=(0.01,))
            held, waits = Log(first._inbox), Log(inbox)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(first.run())
                await held.until(lambda: held.samples > 4)
                tasks.create_task(second.run())
                await waits.until(lambda: waits.states.count("lost") > 1)
                first.stop()
                await waits.until(lambda: waits.samples > 4)
                second.stop()
        return held, waits

    held, waits = run(work())
    assert "lost" not in held.states
    assert waits.states[-1] == "streaming"


def test_7_a_pod_still_held_since_our_crash_is_found_and_taken_over() -> None:
    async def work() -> tuple[Log, list[Any]]:
        async with (
            on_air(RadioLink(interval_s=QUICK_S)) as (air, bluetooth),
            VirtualPod(air, [recording()]) as pod,
        ):
            crashed = BleakClient(POD, backend=bluetooth.client, **bluetooth.options)
            await crashed.connect()  # and nobody ever disconnects it
            found = await scan(0.1, bluetooth)
            link = Link(pod.address, inbox := Inbox(), bluetooth, search_s=0.05)
            log = Log(inbox)
            async with linked(link):
                await log.until(lambda: log.samples > 4)
        return log, found

    log, found = run(work())
    assert [(f.address, f.held) for f in found] == [(POD, True)]
    assert log.reader.connections == 1


def test_8_a_stale_cache_of_services_costs_one_attempt() -> None:
    class Stale(VirtualClient):
        left = 1

        async def connect(self, pair: bool, **kwargs: Any) -> None:
            await super().connect(pair, **kwargs)
            if Stale.left:
                Stale.left -= 1
                raise KeyError("service0010")

    async def work() -> Log:
        async with (
            on_air(RadioLink(interval_s=QUICK_S)) as (air, bluetooth),
            VirtualPod(air, [recording()]) as pod,
        ):
            stale = Radio(bluetooth.scanner, Stale, bluetooth.adapter, bluetooth.options)
            link = Link(pod.address, inbox := Inbox(), stale, back_off_s=(0.01,))
            log = Log(inbox)
            async with linked(link):
                await log.until(lambda: log.samples > 4)
        return log

    assert run(work()).states.count("connecting") == 2


def test_9_packets_before_the_subscription_is_answered_or_cut_short_break_nothing() -> None:
    class Quirky(VirtualClient):
        """Cuts every fifth packet, and delivers one before start_notify has returned."""

        async def start_notify(self, characteristic: Any, callback: Any, **kwargs: Any) -> None:
            seen = 0

            def cutting(data: bytearray) -> None:
                nonlocal seen
                seen += 1
                callback(data[:20] if seen % 5 == 0 else data)

            cutting(bytearray(20))
            await super().start_notify(characteristic, cutting, **kwargs)

    async def work() -> Log:
        async with (
            on_air(RadioLink(interval_s=QUICK_S)) as (air, bluetooth),
            VirtualPod(air, [recording()]) as pod,
        ):
            quirky = Radio(bluetooth.scanner, Quirky, bluetooth.adapter, bluetooth.options)
            link = Link(pod.address, inbox := Inbox(), quirky)
            log = Log(inbox)
            async with linked(link):
                await log.until(lambda: log.reader.packets >= 21)
        return log

    log = run(work())
    assert log.reader.refused >= 4
    assert log.reader.last_fault is not None
    assert log.decoder.lost_packets >= 3


def test_10_an_adapter_that_goes_and_comes_back_is_waited_for() -> None:
    class Gone(VirtualScanner):
        left = 2

        async def start(self) -> None:
            if Gone.left:
                Gone.left -= 1
                raise BleakBluetoothNotAvailableError(
                    "no adapter", BleakBluetoothNotAvailableReason.POWERED_OFF
                )
            await super().start()

    async def work() -> Log:
        async with (
            on_air(RadioLink(interval_s=QUICK_S)) as (air, bluetooth),
            VirtualPod(air, [recording()]) as pod,
        ):
            away = Radio(Gone, bluetooth.client, bluetooth.adapter, bluetooth.options)
            link = Link(pod.address, inbox := Inbox(), away, back_off_s=(0.01,))
            log = Log(inbox)
            async with linked(link):
                await log.until(lambda: log.samples > 4)
        return log

    log = run(work())
    whys = {i.why for i in log.items if isinstance(i, Changed) and i.state == "lost"}
    assert whys == {("Bluetooth is not available: switch it on, or plug in an adapter, and try"
                    " again")}  # fmt: skip


def test_10_a_blocked_event_loop_delays_packets_and_loses_none() -> None:
    async def work() -> Log:
        async with (
            on_air(RadioLink(interval_s=QUICK_S)) as (air, bluetooth),
            VirtualPod(air, [recording()]) as pod,
        ):
            link = Link(pod.address, inbox := Inbox(), bluetooth)
            log = Log(inbox)
            async with linked(link):
                await log.until(lambda: log.reader.packets >= 10)
                time.sleep(0.3)  # noqa: ASYNC251 (the fault itself, not a way to wait)
                await log.until(lambda: log.reader.packets >= 40)
        return log

    log = run(work())
    assert (log.decoder.lost_packets, log.decoder.gaps) == (0, 0)
