"""Bluetooth Low Energy through bleak: find pods, keep them connected, queue what they send.

Callbacks do one put into a bounded Inbox; whoever empties it decides what packets mean. A
fresh client is made for every attempt, because clients of a lost connection keep stale state.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bleak import BleakAdapter, BleakClient, BleakScanner
from bleak.backends.adapter import BaseBleakAdapter
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.exc import BleakBluetoothNotAvailableError, BleakError

from ..errors import RadioError
from .devices import BATTERY_LEVEL, PROFILES, profiles_of
from .inbox import Changed, Found, Inbox, Opened
from .source import LinkState, Notification, Profile

log = logging.getLogger(__name__)

Client = BleakClient

NO_RSSI = -127  # weaker than any receiver hears

# bleak raises these; KeyError comes from a stale cache of services (bleak-retry-connector 4.x
# treats it alike), OSError from D-Bus being gone.
FAULTS = (BleakError, TimeoutError, OSError, KeyError, EOFError)


@dataclass(frozen=True, slots=True)
class Radio:
    """Which Bluetooth to use: the platform's own, or the given backend and what it needs."""

    scanner: type[BaseBleakScanner] | None = None
    client: type[BaseBleakClient] | None = None
    adapter: type[BaseBleakAdapter] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    #: One search or connection attempt at a time: adapters refuse a second (bleak #1858).
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)


async def scan(seconds: float, radio: Radio | None = None) -> list[Found]:
    """Return the devices in range that speak a known profile, nearest first.

    Raises RadioError where Bluetooth cannot be used.
    """
    radio = radio or Radio()
    seen: dict[str, Found] = {}

    def heard(device: BLEDevice, adv: AdvertisementData) -> None:
        if profiles := profiles_of(adv.service_uuids):
            seen[device.address] = Found(
                address=device.address,
                name=adv.local_name or device.name or device.address,
                rssi_dbm=adv.rssi,
                profiles=profiles,
            )

    try:
        async with radio.busy, BleakScanner(heard, backend=radio.scanner, **radio.options):
            await asyncio.sleep(seconds)
    except FAULTS as fault:
        raise RadioError(sentence(fault)) from fault
    for device, profile in await held(radio):
        name = device.name or device.address
        one = Found(
            address=device.address, name=name, rssi_dbm=NO_RSSI, profiles=(profile,), held=True
        )
        seen.setdefault(device.address, one)
    return sorted(seen.values(), key=lambda found: (not found.held, -found.rssi_dbm))


async def held(radio: Radio) -> list[tuple[BLEDevice, Profile]]:
    """Return devices that this machine has connected already, and a family each speaks.

    After a collector was killed, BlueZ keeps its link: such a pod does not advertise, so no
    scan finds it, but a new client can take the connection over.
    """
    found: dict[str, tuple[BLEDevice, Profile]] = {}
    try:
        adapter = await BleakAdapter.get(backend=radio.adapter)
        for profile in PROFILES:
            for device in await adapter.get_connected_devices([profile.service]):
                found.setdefault(device.address, (device, profile))
    except (NotImplementedError, *FAULTS):
        return []
    return list(found.values())


def sentence(fault: BaseException) -> str:
    """Return what went wrong with Bluetooth as one sentence that says what to try."""
    if isinstance(fault, BleakBluetoothNotAvailableError):
        return "Bluetooth is not available: switch it on, or plug in an adapter, and try again"
    if isinstance(fault, FileNotFoundError):
        return "Bluetooth is not available: the system's Bluetooth service does not run"
    if isinstance(fault, TimeoutError):
        return "the pod did not answer in time: bring it nearer and close other apps that use it"
    return f"Bluetooth failed: {fault or type(fault).__name__}"


@asynccontextmanager
async def connected(
    address: str, radio: Radio, *, search_s: float = 10.0, connect_s: float = 20.0
) -> AsyncIterator[tuple[BleakClient, AdvertisementData]]:
    """Yield a client of a device, once, and what the device advertised.

    Raises RadioError where it is not in range or the connection fails.
    """
    try:
        async with radio.busy:
            heard = await _heard(address, search_s, radio)
            if heard is None:
                raise RadioError(f"{address} is not in range: wake it and bring it nearer")
            device, adv = heard
            client = BleakClient(device, timeout=connect_s, backend=radio.client, **radio.options)
            await client.connect()
        try:
            yield client, adv
        finally:
            await _let_go(client)
    except FAULTS as fault:
        raise RadioError(sentence(fault)) from fault


class Link:
    """Keeps one device connected and its packets coming, until ``stop``.

    ``run`` never raises for what a radio can do; it says it through Changed in the inbox.
    """

    def __init__(
        self,
        address: str,
        inbox: Inbox,
        radio: Radio | None = None,
        *,
        search_s: float = 10.0,
        connect_s: float = 20.0,
        samples_first: bool = False,
        silence_s: float | None = None,
        answer_s: float = 3.0,
        back_off_s: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0, 4.0),
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.address = address
        self.state: LinkState = "searching"
        self.attempts = self.connections = 0
        self._inbox = inbox
        self._radio = radio or Radio()
        self._search_s, self._connect_s, self._silence_s = search_s, connect_s, silence_s
        self._back_off_s, self._samples_first = back_off_s, samples_first
        self._now_ns = now_ns
        self._stopping = False
        self._gone = False
        self._packets = 0
        self._subscribed: set[str] = set()
        self._client: BleakClient | None = None
        self._answer: asyncio.Future[bytes] | None = None  # that the handshake waits for
        self._answering = ""
        self._answer_s = answer_s
        self._woken = asyncio.Event()  # set by the disconnect callback and by stop()

    async def run(self) -> None:
        """Search, connect and stream, again and again, until ``stop`` is called."""
        failures = 0
        while not self._stopping:
            try:
                client = await self._connected()
            except FAULTS as fault:
                self._change("lost", sentence(fault))
                await self._pause(self._back_off_s[min(failures, len(self._back_off_s) - 1)])
                failures += 1
                continue
            if client is None:
                continue
            failures = 0
            try:
                await self._stream(client)
            except FAULTS as fault:
                self._change("lost", sentence(fault))
            finally:
                await _let_go(client)
        self._change("closed")

    def stop(self) -> None:
        """Ask ``run`` to let the device go and return."""
        self._stopping = True
        self._woken.set()

    def _change(self, state: LinkState, why: str = "") -> None:
        if state != self.state or why:
            log.info("pod %s: %s %s", self.address, state, why)
        self.state = state
        self._inbox.put(Changed(state=state, at_ns=self._now_ns(), why=why))

    async def _pause(self, seconds: float) -> bool:
        """Wait, but not longer than until something happened; return whether it did."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return False
        self._woken.clear()
        return True

    async def _connected(self) -> BleakClient | None:
        """Return a connected client, or None where the device was not seen."""
        async with self._radio.busy:
            if self._stopping:
                return None
            self._change("searching")
            heard = await _heard(self.address, self._search_s, self._radio)
            device = heard[0] if heard else None
            if device is None:
                kept = (d for d, _ in await held(self._radio) if d.address == self.address)
                device = next(kept, None)
            if device is None or self._stopping:
                return None
            self._change("connecting")
            self._gone = False
            self.attempts += 1
            client = self._client = BleakClient(
                device,
                disconnected_callback=self._on_gone,
                timeout=self._connect_s,
                backend=self._radio.client,
                **self._radio.options,
            )
            try:
                await client.connect()
            except BaseException:
                await _let_go(client)
                raise
            return client

    def _on_gone(self, client: BleakClient) -> None:
        if client is self._client:  # an earlier client may say so late
            self._gone = True
            self._woken.set()

    async def _stream(self, client: BleakClient) -> None:
        """Subscribe, start, and watch until the device is gone, silent or let go."""
        profiles = profiles_of([service.uuid for service in client.services])
        if not profiles:
            raise BleakError("the device offers no profile that catfoot knows")
        # A sensor that is worn on a foot is read for its samples, not for its pulse.
        profile = min(profiles, key=lambda p: self._samples_first and not p.wrap_ns)
        reads = {uuid: await _read(client, uuid) for uuid in (*profile.reads, BATTERY_LEVEL)}
        battery = reads.pop(BATTERY_LEVEL)
        self.connections += 1
        self._inbox.put(
            Opened(
                device=self.address, profile=profile, at_ns=self._now_ns(),
                reads={uuid: value for uuid, value in reads.items() if value is not None},
                battery_pct=battery[0] if battery else None,
            )
        )  # fmt: skip
        await self._subscribe(client, profile)
        self._change("streaming")
        await self._watch(client, profile)
        if self._stopping and client.is_connected:
            for uuid, data in profile.stop:
                await _write(client, uuid, data)

    async def _subscribe(
        self, client: BleakClient, profile: Profile, *, signals: bool = False
    ) -> None:
        """Turn the notifications on, then start the device.

        On BlueZ a socket per characteristic costs a quarter of what D-Bus signals cost; but
        some devices notify too early for it (bleak #1885), and those get ``signals``.
        """
        offered = {c.uuid for service in client.services for c in service.characteristics}
        self._subscribed.clear()
        for uuid in profile.notify:
            if uuid in offered:
                await client.start_notify(
                    uuid, self._receiver(uuid), bluez={"use_start_notify": signals}
                )
                self._subscribed.add(uuid)
        for uuid, data in profile.start:
            await _write(client, uuid, data)
        await self._shake_hands(client, profile)

    async def _shake_hands(self, client: BleakClient, profile: Profile) -> None:
        """Ask what the profile's handshake wants to know, answer by answer."""
        talk = profile.handshake()
        try:
            uuid, data = next(talk)
            while True:
                answer = self._answer = asyncio.get_running_loop().create_future()
                self._answering = uuid
                await _write(client, uuid, data)
                try:
                    async with asyncio.timeout(self._answer_s):
                        said = await answer
                except TimeoutError:
                    said = b""
                uuid, data = talk.send(said)
        except StopIteration:
            pass
        finally:
            self._answer = None

    def _receiver(self, uuid: str) -> Callable[[object, bytearray], None]:
        inbox, address, now_ns = self._inbox, self.address, self._now_ns

        def received(_: object, data: bytearray) -> None:
            self._packets += 1
            if self._answer is not None and uuid == self._answering and not self._answer.done():
                self._answer.set_result(bytes(data))
            inbox.put(Notification(address, uuid, bytes(data), now_ns()))

        return received

    async def _watch(self, client: BleakClient, profile: Profile) -> None:
        """Return when the device is gone or let go; a silent one is asked once, then left.

        Only the absence of packets shows that bluetoothd died: no callback comes then, and
        ``is_connected`` stays true.
        """
        asked = False
        while not self._stopping and not self._gone:
            before = self._packets
            if await self._pause(self._silence_s or profile.silence_s):
                continue
            if self._packets > before:
                if asked:
                    self._change("streaming")
                asked = False
            elif asked:
                raise BleakError("it stays silent")
            else:
                asked = True
                self._change("stalled", "no packets although connected")
                for uuid in self._subscribed:
                    await client.stop_notify(uuid)
                await self._subscribe(client, profile, signals=True)
        if not self._stopping:
            self._change("lost", "the connection broke")


async def _heard(
    address: str, seconds: float, radio: Radio
) -> tuple[BLEDevice, AdvertisementData] | None:
    """Return a device and its advertisement as soon as it is heard, None after ``seconds``."""
    try:
        async with (
            asyncio.timeout(seconds),
            BleakScanner(backend=radio.scanner, **radio.options) as scanner,
        ):
            async for device, adv in scanner.advertisement_data():
                if device.address == address:
                    return device, adv
    except TimeoutError:
        pass
    return None


async def _read(client: BleakClient, uuid: str) -> bytes | None:
    """Return a value, or None where the device does not offer it or will not give it."""
    characteristic = client.services.get_characteristic(uuid)
    if characteristic is None or "read" not in characteristic.properties:
        return None
    return bytes(await client.read_gatt_char(characteristic))


async def _write(client: BleakClient, uuid: str, data: bytes) -> None:
    """Write with a response where the device gives one."""
    characteristic = client.services.get_characteristic(uuid)
    if characteristic is None:
        raise BleakError(f"the device lacks the characteristic {uuid}")
    response = "write" in characteristic.properties
    await client.write_gatt_char(characteristic, data, response=response)


async def _let_go(client: BleakClient) -> None:
    """Disconnect, whatever state the client is in."""
    try:
        async with asyncio.timeout(5):
            await client.disconnect()
    except FAULTS as fault:
        log.info("disconnecting failed: %s", fault)
