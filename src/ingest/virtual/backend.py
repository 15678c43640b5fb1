"""bleak over bumble: a scanner and a client that bleak takes as its own backends.

``radio(central)`` makes everything in ``ingest/ble.py`` speak to virtual devices, through
the same bleak classes as on a real adapter.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Self, TypeVar

from bleak.args import SizedBuffer
from bleak.assigned_numbers import gatt_char_props_to_strs
from bleak.backends.adapter import BaseBleakAdapter
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import (
    AdvertisementData,
    AdvertisementDataCallback,
    BaseBleakScanner,
)
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakDeviceNotFoundError, BleakError, BleakGATTProtocolError
from bleak.uuids import normalize_uuid_str
from bumble import core
from bumble.att import ATT_Error
from bumble.core import UUID, AdvertisingData
from bumble.device import Advertisement, Connection, Device, Peer
from bumble.gatt_client import CharacteristicProxy
from bumble.hci import Address

from ..ble import Radio

T = TypeVar("T")

_MTU = 517  # what BlueZ offers; holds the longest attribute


def radio(central: Device, devices: int | None = None) -> Radio:
    """Return the Bluetooth of a virtual central, for everything that takes a Radio.

    ``devices`` is how many there are in the air, where that does not change.
    """

    class Adapter(VirtualAdapter):
        device = central

    return Radio(VirtualScanner, VirtualClient, Adapter, {"central": central}, devices=devices)


class VirtualAdapter(BaseBleakAdapter):
    """Knows what bumble's central has connected; ``radio`` binds it to one."""

    device: Device

    @classmethod
    async def get(cls, **kwargs: object) -> Self:
        return cls()

    async def get_connected_devices(self, service_uuids: frozenset[str]) -> list[BLEDevice]:
        wanted = {normalize_uuid_str(uuid) for uuid in service_uuids}
        found = []
        for connection in self.device.connections.values():
            services = await Peer(connection).discover_services()
            if wanted & {_full(service.uuid) for service in services}:
                address = connection.peer_address.to_string(False)
                found.append(BLEDevice(address, None, connection.peer_address))
        return found


class VirtualScanner(BaseBleakScanner):
    """Hears what bumble's central hears."""

    def __init__(
        self,
        detection_callback: AdvertisementDataCallback | None,
        service_uuids: list[str] | None,
        scanning_mode: str,
        *,
        central: Device,
        **kwargs: object,
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self._central = central

    async def start(self) -> None:
        self.seen_devices = {}
        self._central.on("advertisement", self._heard)
        await self._central.start_scanning(filter_duplicates=False)
        _heed_cancellation()

    async def stop(self) -> None:
        self._central.remove_listener("advertisement", self._heard)
        await self._central.stop_scanning()

    def _heard(self, heard: Advertisement) -> None:
        uuids = [
            _full(uuid)
            for kind in (
                AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
                AdvertisingData.Type.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
            )
            for listed in heard.data.get_all(kind)
            for uuid in listed
        ]
        name = heard.data.get(AdvertisingData.Type.COMPLETE_LOCAL_NAME)
        adv = AdvertisementData(
            local_name=str(name) if name else None,
            manufacturer_data={},
            service_data={},
            service_uuids=uuids,
            tx_power=None,
            rssi=heard.rssi,
            platform_data=(heard,),
        )
        address = heard.address.to_string(False)
        device = self.create_or_update_device(address, address, adv.local_name, heard.address, adv)
        if self.is_allowed_uuid(uuids):
            self.call_detection_callbacks(device, adv)


class VirtualClient(BaseBleakClient):
    """A GATT client on bumble's central."""

    def __init__(
        self,
        address_or_ble_device: BLEDevice | str,
        *,
        disconnected_callback: Callable[[], None] | None,
        timeout: float,
        central: Device,
        **kwargs: object,
    ) -> None:
        super().__init__(
            address_or_ble_device, disconnected_callback=disconnected_callback, timeout=timeout
        )
        self._central = central
        self._connection: Connection | None = None
        self._peer: Peer | None = None
        self._receivers: dict[int, Callable[[bytes], None]] = {}

    @property
    def name(self) -> str:
        return self.address

    @property
    def mtu_size(self) -> int:
        return self._connection.att_mtu if self._connection else 23

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    async def connect(self, pair: bool, **kwargs: object) -> None:
        target = Address(self.address, Address.RANDOM_DEVICE_ADDRESS)
        connection = self._central.find_connection_by_bd_addr(target)  # held since a crash
        try:
            if connection is None:
                connection = await self._central.connect(
                    target, core.PhysicalTransport.LE, timeout=self._timeout
                )
        except (core.TimeoutError, core.ConnectionError) as fault:
            raise BleakDeviceNotFoundError(self.address, f"{self.address} is gone") from fault
        self._connection = connection
        connection.on(connection.EVENT_DISCONNECTION, self._on_disconnection)
        self._peer = Peer(connection)
        await self._asked(self._peer.request_mtu(_MTU))
        await self._asked(self._peer.discover_all())  # type: ignore[no-untyped-call]
        self.services = _services(self._peer)

    async def disconnect(self) -> None:
        if self._connection is not None:
            await self._connection.disconnect()

    async def pair(self, *args: object, **kwargs: object) -> None:
        raise NotImplementedError("virtual devices do not pair")

    async def unpair(self) -> None:
        raise NotImplementedError("virtual devices do not pair")

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, *, use_cached: bool = False, **kwargs: object
    ) -> bytearray:
        return bytearray(await self._asked(self._live().read_value(characteristic.obj)))

    async def read_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, *, use_cached: bool = False, **kwargs: object
    ) -> bytearray:
        return bytearray(await self._asked(self._live().read_value(descriptor.obj)))

    async def write_gatt_char(
        self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool
    ) -> None:
        await self._asked(self._live().write_value(characteristic.obj, bytes(data), response))

    async def write_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, data: SizedBuffer
    ) -> None:
        await self._asked(self._live().write_value(descriptor.obj, bytes(data), True))

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **kwargs: object
    ) -> None:
        def received(value: bytes) -> None:
            callback(bytearray(value))

        self._receivers[characteristic.handle] = received
        await self._asked(self._live().subscribe(characteristic.obj, received))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        received = self._receivers.pop(characteristic.handle, None)
        await self._asked(self._live().unsubscribe(characteristic.obj, received))

    def _live(self) -> Peer:
        if self._peer is None:
            raise BleakError("Not connected")
        return self._peer

    def _on_disconnection(self, reason: int) -> None:
        self._connection = self._peer = None
        self._receivers.clear()
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    async def _asked(self, request: Awaitable[T]) -> T:
        """Wait for the peer's answer; what bumble raises becomes what bleak raises."""
        try:
            answer = await request
        except ATT_Error as fault:
            raise BleakGATTProtocolError(fault.error_code) from fault
        except core.BaseBumbleError as fault:
            raise BleakError(str(fault)) from fault
        except asyncio.CancelledError as fault:
            # bumble cancels a pending request when the link drops; nobody cancelled us.
            task = asyncio.current_task()
            if self._connection is None and task is not None and not task.cancelling():
                raise BleakError("the connection broke during a request") from fault
            raise
        _heed_cancellation()
        return answer


def _heed_cancellation() -> None:
    """Raise the cancellation that bumble's ``asyncio.wait_for`` may have swallowed.

    Python 3.11 drops it where the answer came in the same turn of the loop (bpo-37658).
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _services(peer: Peer) -> BleakGATTServiceCollection:
    """Return what the peer offers, as bleak's own objects."""
    found = BleakGATTServiceCollection()
    for offered in peer.services:
        service = BleakGATTService(offered, offered.handle, _full(offered.uuid))
        found.add_service(service)
        for char in offered.characteristics:
            found.add_characteristic(_characteristic(peer, char, service))
            owner = found.characteristics[char.handle]
            for desc in char.descriptors:
                found.add_descriptor(
                    BleakGATTDescriptor(desc, desc.handle, _full(desc.type), owner)
                )
    return found


def _characteristic(
    peer: Peer, char: CharacteristicProxy[bytes], service: BleakGATTService
) -> BleakGATTCharacteristic:
    return BleakGATTCharacteristic(
        char,
        char.handle,
        _full(char.uuid),
        list(gatt_char_props_to_strs(int(char.properties))),
        lambda: peer.gatt_client.mtu - 3,
        service,
    )


def _full(uuid: UUID) -> str:
    """Return a UUID in full, in lower case."""
    hexes = uuid.to_hex_str()
    if len(hexes) == 4:
        hexes = f"0000{hexes}00001000800000805f9b34fb"
    h = hexes.lower()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
