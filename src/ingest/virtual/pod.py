"""A virtual pod: plays pod recordings over real GATT, at their own pace or the link's.

It offers the service of the recording's family, Battery and Device Information. It starts
when the collector asks (the open pod) or subscribes (families without a start command), and
goes on measuring while nobody is connected, as a real pod does: what is not heard is lost.
"""

import asyncio
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Self

from bumble.att import ATT_Error, Attribute, AttributeValue
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device
from bumble.gatt import Characteristic, Service

from ...errors import FileError
from ..devices import BATTERY_LEVEL, BATTERY_SERVICE, INFORMATION_SERVICE, MODEL, openpod
from ..devices import profile as family
from ..records import MAGIC, Header, Segment, parse, payloads
from ..source import Notification, Profile
from .air import Air

# Attribute protocol: application errors start at 0x80 (Core, volume 3, part F, 3.4.1.1).
BAD_LENGTH, NOT_SUPPORTED = 0x0D, 0x80


@dataclass(frozen=True, slots=True)
class Tape:
    """A pod recording as the pod needs it: what it states, what it sends and when."""

    header: Header
    reads: dict[str, bytes]
    packets: tuple[Notification, ...]

    @property
    def profile(self) -> Profile:
        """The family whose service the pod offers."""
        return family(self.header.profile)


def tape(recording: bytes) -> Tape:
    """Return a pod recording, up to its second connection, for a pod to play."""
    header: Header | None = None
    reads: dict[str, bytes] | None = None
    packets: list[Notification] = []
    for _, payload in payloads(recording, len(MAGIC)):
        record = parse(payload, header)
        if isinstance(record, Header):
            header = record
        elif isinstance(record, Segment):
            if reads is not None:
                break
            reads = dict(record.reads)
        elif isinstance(record, Notification):
            packets.append(record)
    if header is None or reads is None or not packets:
        raise FileError("the pod recording holds nothing that a pod could play")
    return Tape(header, reads, tuple(packets))


class VirtualPod:
    """One pod in the air; an async context manager.

    ``recordings`` are played one after the other, each until the collector stops it or it
    ends; with ``loop`` the last one starts over, its stamps and numbers going on. With
    ``own_pace`` packets leave at the times of the recording, else as fast as the link takes
    them. On a RadioLink, ``buffer`` packets may wait for the air; more are lost in the pod.
    """

    def __init__(
        self,
        air: Air,
        recordings: Sequence[bytes],
        *,
        name: str = "catfoot pod",
        address: str = "F0:CA:7F:00:00:01",
        own_pace: bool = True,
        loop: bool = False,
        battery_pct: int = 87,
        advertising_interval_ms: int = 50,
        buffer: int | None = None,
    ) -> None:
        self.address = address
        self.name = name
        self.tapes = [tape(recording) for recording in recordings]
        if loop:
            self.tapes[-1] = without_end(self.tapes[-1])
        self.playing = 0  # which tape
        self.sent = self.overflowed = 0
        self.ended = asyncio.Event()  # the last tape has been played to its end
        self.commands: list[bytes] = []
        self._air = air
        self._own_pace, self._loop = own_pace, loop
        self._battery_pct = battery_pct
        self._buffer = buffer
        self._interval_ms = advertising_interval_ms
        self._device: Device | None = None
        self._player: asyncio.Task[None] | None = None
        self._characteristics: dict[str, Characteristic[bytes]] = {}
        self._begun_s: float | None = None  # when the tape's first packet left
        self._at = 0

    async def __aenter__(self) -> Self:
        device = self._device = await self._air.device(self.name, self.address)
        device.add_services(self._services())
        device.advertising_data = bytes(self._advertising())
        device.advertising_interval_min = device.advertising_interval_max = self._interval_ms
        device.on("connection", self._on_connection)
        await device.start_advertising(auto_restart=True)
        return self

    async def __aexit__(self, *failed: object) -> None:
        await self._stop()
        assert self._device is not None
        await self._air.remove(self._device)

    @property
    def tape(self) -> Tape:
        """What is being played, or would be."""
        return self.tapes[self.playing]

    async def drop(self) -> None:
        """Break the connection from the pod's side, as a pod that restarts its radio."""
        assert self._device is not None
        for connection in list(self._device.connections.values()):
            await connection.disconnect()

    def _advertising(self) -> AdvertisingData:
        kinds = AdvertisingData.Type
        uuid = UUID(self.tape.profile.service)
        short = self.tape.profile.service.endswith("-0000-1000-8000-00805f9b34fb")
        uuids = bytes(UUID.from_16_bits(int(self.tape.profile.service[4:8], 16)) if short else uuid)
        return AdvertisingData(
            [
                (kinds.FLAGS, b"\x06"),
                (
                    kinds.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS
                    if short
                    else kinds.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
                    uuids,
                ),
                (kinds.COMPLETE_LOCAL_NAME, self.name.encode()),
            ]
        )

    def _services(self) -> list[Service]:
        profile = self.tape.profile
        chars = [self._reading(uuid) for uuid in profile.reads if uuid in self.tape.reads]
        for uuid in profile.notify:
            notifying = Characteristic[bytes](
                uuid, Characteristic.Properties.NOTIFY, Attribute.Permissions(0)
            )
            notifying.on("subscription", self._on_subscription)
            self._characteristics[uuid] = notifying
            chars.append(notifying)
        if profile.start:
            chars.append(
                Characteristic(
                    profile.start[0][0],
                    Characteristic.Properties.WRITE,
                    Attribute.WRITEABLE,
                    AttributeValue[bytes](write=self._on_command),
                )
            )
        battery = _fixed(BATTERY_LEVEL, bytes([self._battery_pct]))
        model = _fixed(MODEL, b"catfoot virtual pod")
        return [
            Service(profile.service, chars),
            Service(BATTERY_SERVICE, [battery]),
            Service(INFORMATION_SERVICE, [model]),
        ]

    def _reading(self, uuid: str) -> Characteristic[bytes]:
        return Characteristic(
            uuid,
            Characteristic.Properties.READ,
            Attribute.READABLE,
            AttributeValue[bytes](read=lambda _: self.tape.reads[uuid]),
        )

    def _on_connection(self, connection: Connection) -> None:
        connection.on(connection.EVENT_DISCONNECTION, lambda _: self._pause())

    def _on_subscription(self, connection: object, notify: bool, indicate: bool) -> None:
        if notify and not self.tape.profile.start:
            self._play()

    async def _on_command(self, connection: Connection, value: bytes) -> None:
        self.commands.append(value)
        if value == bytes([openpod.START]):
            self._play()
        elif value == bytes([openpod.STOP]):
            await self._stop()
            self._next_tape()
        elif value[:1] == bytes([openpod.SET_RATE]):
            if len(value) != 5:
                raise ATT_Error(BAD_LENGTH)
            info = openpod.decode_info(self.tape.reads[openpod.INFO])
            if struct.unpack("<I", value[1:])[0] != info.rate_mhz:
                raise ATT_Error(NOT_SUPPORTED)
        else:
            raise ATT_Error(NOT_SUPPORTED)

    def _play(self) -> None:
        if self._player is None or self._player.done():
            self._player = asyncio.create_task(self._send())

    def _pause(self) -> None:
        """Send no more; with its own pace, time goes on."""
        if self._player is not None:
            self._player.cancel()

    async def _stop(self) -> None:
        if self._player is not None:
            self._player.cancel()
            await asyncio.wait([self._player])
            if not self._player.cancelled() and (fault := self._player.exception()):
                raise fault
            self._player = None

    def _next_tape(self) -> None:
        if self.playing + 1 < len(self.tapes):
            self.playing += 1
            self._begun_s, self._at = None, 0

    async def _send(self) -> None:
        loop = asyncio.get_running_loop()
        played = self.tape
        if self._begun_s is None:
            self._begun_s = loop.time()
        elif self._own_pace:  # what passed while nobody listened is lost
            late_ns = (loop.time() - self._begun_s) * 1e9
            while self._at < len(played.packets) and self._due_ns(played) < late_ns:
                self._at += 1
        while True:
            while self._at < len(played.packets):
                await self._one(played, loop)
                self._at += 1
            if not self._loop:
                break
            played = self.tapes[self.playing] = following(played)
            self._at, self._begun_s = 0, loop.time()
        if self.playing == len(self.tapes) - 1:
            self.ended.set()

    def _due_ns(self, played: Tape) -> int:
        return played.packets[self._at].received_ns - played.packets[0].received_ns

    async def _one(self, played: Tape, loop: asyncio.AbstractEventLoop) -> None:
        assert self._device is not None
        packet = played.packets[self._at]
        if self._own_pace:
            assert self._begun_s is not None
            await asyncio.sleep(self._begun_s + self._due_ns(played) / 1e9 - loop.time())
        if self._buffer is not None and self._air.waiting(self.address) >= self._buffer:
            self.overflowed += 1
            return
        for connection in list(self._device.connections.values()):
            await self._device.notify_subscriber(
                connection, self._characteristics[packet.characteristic], packet.data
            )
            if not self._own_pace:
                await connection.drain()
        self.sent += 1


def following(played: Tape) -> Tape:
    """Return the tape once more, as the same pod would go on: later stamps, higher numbers."""
    gaps = [b.received_ns - a.received_ns for a, b in pairwise(played.packets)]
    span_ns = played.packets[-1].received_ns - played.packets[0].received_ns
    shift_us = (span_ns + (max(gaps) if gaps else 1_000_000)) // 1000
    return _restamped(played, shift_us, len(played.packets))


def without_end(played: Tape) -> Tape:
    """Return the tape as one that does not announce its end."""
    return _restamped(played, 0, 0)


def _restamped(played: Tape, later_us: int, further: int) -> Tape:
    if played.profile is not openpod.PROFILE:
        return played
    moved = tuple(
        replace(p, data=openpod.restamped(p.data, later_us, further)) for p in played.packets
    )
    return replace(played, packets=moved)


def _fixed(uuid: str, value: bytes) -> Characteristic[bytes]:
    return Characteristic(uuid, Characteristic.Properties.READ, Attribute.READABLE, value)
