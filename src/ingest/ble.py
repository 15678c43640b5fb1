"""Bluetooth Low Energy through bleak: what is in range, and a connection to one device.

Nothing else imports bleak but the virtual backend; ``link`` keeps a connection alive.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from bleak import BleakAdapter, BleakClient, BleakScanner
from bleak.backends.adapter import BaseBleakAdapter
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakDBusError,
    BleakError,
    BleakGATTProtocolError,
)

from ..errors import RadioError
from .devices import PROFILES, heard_as
from .inbox import Found
from .source import Profile

log = logging.getLogger(__name__)

Client = BleakClient
Device = BLEDevice
#: What a radio can do to whoever uses it; one is raised with ``Fault("why")``.
Fault = BleakError

NO_RSSI = -127  # weaker than any receiver hears

# bleak raises these; KeyError comes from a stale cache of services (bleak-retry-connector 4.x
# treats it alike), OSError from D-Bus being gone.
FAULTS = (BleakError, TimeoutError, OSError, KeyError, EOFError)

_FORBIDDEN = ("org.freedesktop.DBus.Error.AccessDenied", "org.bluez.Error.NotAuthorized")


@dataclass(frozen=True, slots=True)
class Radio:
    """Which Bluetooth to use: the platform's own, or the given backend and what it needs."""

    scanner: type[BaseBleakScanner] | None = None
    client: type[BaseBleakClient] | None = None
    adapter: type[BaseBleakAdapter] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    #: One search or connection attempt at a time: adapters refuse a second (bleak #1858).
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    #: How many devices there are, where that is known: a search ends once all are heard.
    devices: int | None = None


async def scan(seconds: float, radio: Radio | None = None) -> list[Found]:
    """Return the devices in range that speak a known profile, nearest first.

    Raises RadioError where Bluetooth cannot be used.
    """
    radio = radio or Radio()
    seen: dict[str, Found] = {}
    all_heard = asyncio.Event()

    def note(device: BLEDevice, adv: AdvertisementData) -> None:
        name = adv.local_name or device.name
        if profiles := heard_as(adv.service_uuids, name, adv.manufacturer_data):
            seen[device.address] = Found(
                address=device.address,
                name=name or device.address,
                rssi_dbm=adv.rssi,
                profiles=profiles,
            )
            if len(seen) == radio.devices:
                all_heard.set()

    try:
        async with radio.busy, BleakScanner(note, backend=radio.scanner, **radio.options):
            with suppress(TimeoutError):
                await asyncio.wait_for(all_heard.wait(), seconds)
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


_NOT_ALLOWED = "this program may not use Bluetooth: allow it in the system's privacy settings"


def sentence(fault: BaseException) -> str:
    """Return what went wrong with Bluetooth as one sentence that says what to try."""
    if isinstance(fault, BleakBluetoothNotAvailableError):
        if fault.reason.name.startswith("DENIED"):
            return _NOT_ALLOWED
        return "Bluetooth is not available: switch it on, or plug in an adapter, and try again"
    if isinstance(fault, BleakDBusError) and fault.dbus_error in _FORBIDDEN:
        return (
            "this program may not use Bluetooth: allow your user to reach bluetoothd over D-Bus"
            " (log in at the machine itself, or add the user to the group bluetooth)"
        )
    if isinstance(fault, PermissionError):
        return _NOT_ALLOWED
    if isinstance(fault, FileNotFoundError):
        return "Bluetooth is not available: the system's Bluetooth service does not run"
    if isinstance(fault, TimeoutError):
        return "the pod did not answer in time: bring it nearer and close other apps that use it"
    return f"Bluetooth failed: {fault or type(fault).__name__}"


@asynccontextmanager
async def connected(
    address: str, radio: Radio, *, search_s: float = 10.0, connect_s: float = 20.0
) -> AsyncIterator[tuple[Client, AdvertisementData]]:
    """Yield a client of a device, once, and what the device advertised.

    Raises RadioError where it is not in range or the connection fails.
    """
    try:
        async with radio.busy:
            found = await heard(address, search_s, radio)
            if found is None:
                raise RadioError(f"{address} is not in range: wake it and bring it nearer")
            device, adv = found
            client = client_of(device, radio, connect_s)
            await client.connect()
        try:
            yield client, adv
        finally:
            await let_go(client)
    except FAULTS as fault:
        raise RadioError(sentence(fault)) from fault


def client_of(
    device: Device,
    radio: Radio,
    connect_s: float,
    on_gone: Callable[[Client], None] | None = None,
) -> Client:
    """Return a client of a device that is not connected yet; ``on_gone`` hears of its loss.

    A fresh one is made for every attempt: those of a lost connection keep stale state.
    """
    return BleakClient(
        device,
        disconnected_callback=on_gone,
        timeout=connect_s,
        backend=radio.client,
        **radio.options,
    )


async def heard(
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


async def read(client: BleakClient, uuid: str) -> bytes | None:
    """Return a value, or None where the device does not offer it or will not give it."""
    characteristic = client.services.get_characteristic(uuid)
    if characteristic is None or "read" not in characteristic.properties:
        return None
    return bytes(await client.read_gatt_char(characteristic))


#: The device answers a write with an error.
REFUSED = BleakGATTProtocolError


async def write(client: BleakClient, uuid: str, data: bytes) -> None:
    """Write with a response where the device gives one."""
    characteristic = client.services.get_characteristic(uuid)
    if characteristic is None:
        raise BleakError(f"the device lacks the characteristic {uuid}")
    response = "write" in characteristic.properties
    await client.write_gatt_char(characteristic, data, response=response)


async def let_go(client: BleakClient) -> None:
    """Disconnect, whatever state the client is in."""
    try:
        async with asyncio.timeout(5):
            await client.disconnect()
    except FAULTS as fault:
        log.info("disconnecting failed: %s", fault)
