"""A virtual pod: plays pod recordings over real GATT, at their own pace or the link's.

It offers the service of the recording's family, Battery and Device Information. It starts
when the collector asks (the open pod) or subscribes (families without a start command), and
goes on measuring while nobody is connected, as a real pod does: what is not heard is lost.
"""

import asyncio
import struct
from collections.abc import Callable, Sequence
from typing import Self

from ..devices import openpod, power
from ..devices.openpodruns import RUNS
from ..source import Profile
from .air import Air
from .memory import Memory
from .peripheral import BAD_LENGTH, NOT_SUPPORTED, Offer, Peripheral, refused
from .sending import Sending
from .tape import Tape, following, tape, without_end


class VirtualPod:
    """One pod in the air; an async context manager.

    ``recordings`` are played one after the other, each until the collector stops it or it
    ends; with ``loop`` the last one starts over, its stamps and numbers going on. With
    ``own_pace`` packets leave at the times of the recording, else as fast as the link takes
    them. On a RadioLink, ``buffer`` packets may wait for the air; more are lost in the pod.
    ``stored`` are runs in its memory: (seconds since they began, bytes).
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
        stored: Sequence[tuple[float, bytes]] = (),
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
        self._own_pace, self._loop = own_pace, loop
        self._buffer = buffer
        self._sending = Sending()
        self._begun_s: float | None = None  # when the tape's first packet left
        self._at = 0
        self.memory = Memory(self._tell, stored)
        self._peripheral = Peripheral(
            air, self._services(), name=name, address=address, battery_pct=battery_pct,
            advertised=[self.tape.profile.service], interval_ms=advertising_interval_ms,
            disconnected=self._pause,
        )  # fmt: skip

    async def __aenter__(self) -> Self:
        await self._peripheral.start()
        return self

    async def __aexit__(self, *failed: object) -> None:
        await self._stop()
        await self.memory.halt()
        await self._peripheral.stop()

    @property
    def tape(self) -> Tape:
        """What is being played, or would be."""
        return self.tapes[self.playing]

    async def drop(self) -> None:
        """Break the connection from the pod's side, as a pod that restarts its radio."""
        await self._peripheral.drop()

    def _services(self) -> dict[str, list[Offer]]:
        profile = self.tape.profile
        sent = {packet.characteristic for played in self.tapes for packet in played.packets}
        offers = [Offer(uuid=u, read=self._reader(u)) for u in self.tape.reads]
        services = {profile.service: offers}
        for uuid in (uuid for uuid in profile.notify if uuid in sent):
            home = power.SERVICE if uuid == power.MEASUREMENT else profile.service
            offer = Offer(uuid=uuid, notify=True, subscribed=self._on_subscription)
            services.setdefault(home, []).append(offer)
        for uuid in {uuid for uuid, _ in (*profile.start, *profile.stop)}:
            offers.append(Offer(uuid=uuid, write=self._on_command))
        if profile is openpod.PROFILE:
            offers.append(Offer(uuid=RUNS, notify=True, write=self.memory.command))
        return services

    async def _tell(self, data: bytes) -> None:
        await self._peripheral.send(RUNS, data, wait=True)

    def _reader(self, uuid: str) -> Callable[[], bytes]:
        return lambda: self.tape.reads[uuid]

    def _on_subscription(self) -> None:
        if not self.tape.profile.start:
            self._play()

    async def _on_command(self, value: bytes) -> None:
        self.commands.append(value)
        profile = self.tape.profile
        if profile is not openpod.PROFILE:
            await self._on_command_of(profile, value)
        elif value == bytes([openpod.START]):
            self._play()
        elif value == bytes([openpod.STOP]):
            await self._stop()
            self._next_tape()
        elif value[:1] == bytes([openpod.SET_RATE]):
            if len(value) != 5:
                raise refused(BAD_LENGTH)
            info = openpod.decode_info(self.tape.reads[openpod.INFO])
            if struct.unpack("<I", value[1:])[0] != info.rate_mhz:
                raise refused(NOT_SUPPORTED)
        else:
            raise refused(NOT_SUPPORTED)

    async def _on_command_of(self, profile: Profile, value: bytes) -> None:
        """Do what the family's own commands mean, as far as a player can."""
        if value == profile.start[-1][1]:
            self._play()
        elif value in (data for _, data in profile.stop):
            await self._stop()
            self._next_tape()
        elif value not in (data for _, data in profile.start):
            raise refused(NOT_SUPPORTED)

    def _play(self) -> None:
        if not self._sending.running:
            self._sending.begin(self._send())

    def _pause(self) -> None:
        """Send no more; with its own pace, time goes on."""
        self.memory.interrupt()
        self._sending.halt()

    async def _stop(self) -> None:
        if (fault := await self._sending.stop()) is not None:
            raise fault

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
        packet = played.packets[self._at]
        if self._own_pace:
            assert self._begun_s is not None
            await asyncio.sleep(self._begun_s + self._due_ns(played) / 1e9 - loop.time())
        waiting = self._peripheral.air.waiting(self.address)
        if self._buffer is not None and waiting >= self._buffer:
            self.overflowed += 1
            return
        await self._peripheral.send(packet.characteristic, packet.data, wait=not self._own_pace)
        self.sent += 1
