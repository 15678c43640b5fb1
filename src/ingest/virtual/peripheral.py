"""A GATT server in the air: what every virtual device stands on."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from bumble.att import ATT_Error, Attribute, AttributeValue
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device
from bumble.gatt import Characteristic, Service

from ..devices import BATTERY_LEVEL, BATTERY_SERVICE, INFORMATION_SERVICE, MODEL
from .air import Air

# Attribute protocol: application errors start at 0x80 (Core, volume 3, part F, 3.4.1.1).
BAD_LENGTH, NOT_SUPPORTED = 0x0D, 0x80

_SIG = "-0000-1000-8000-00805f9b34fb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One characteristic: what can be done with it is what is given here.

    ``write`` raises ``refused(code)`` for what the device does not accept.
    """

    uuid: str
    read: Callable[[], bytes] | None = None
    write: Callable[[bytes], Awaitable[None]] | None = None
    notify: bool = False
    indicate: bool = False
    subscribed: Callable[[], None] | None = None


def refused(code: int) -> ATT_Error:
    """Return the error that answers a write."""
    return ATT_Error(code)


class Peripheral:
    """Advertises, is connected to, and notifies; ``start`` and ``stop`` switch it on and off.

    Battery and Device Information are added to ``services``.
    """

    def __init__(
        self,
        air: Air,
        services: Mapping[str, Sequence[Offer]],
        *,
        name: str,
        address: str,
        advertised: Sequence[str],
        battery_pct: int = 87,
        interval_ms: int = 50,
        disconnected: Callable[[], None] = lambda: None,
    ) -> None:
        self.air, self.name, self.address = air, name, address
        self._services = {
            **services,
            BATTERY_SERVICE: [Offer(uuid=BATTERY_LEVEL, read=lambda: bytes([battery_pct]))],
            INFORMATION_SERVICE: [Offer(uuid=MODEL, read=lambda: b"catfoot virtual pod")],
        }
        self._advertised, self._interval_ms = advertised, interval_ms
        self._disconnected = disconnected
        self._device: Device | None = None
        self._characteristics: dict[str, Characteristic[bytes]] = {}

    async def start(self) -> None:
        """Switch on and advertise."""
        device = self._device = await self.air.device(self.name, self.address)
        for uuid, offers in self._services.items():
            device.add_service(Service(uuid, [self._characteristic(one) for one in offers]))
        device.advertising_data = bytes(self._advertising())
        device.advertising_interval_min = device.advertising_interval_max = self._interval_ms
        device.on("connection", self._on_connection)
        await device.start_advertising(auto_restart=True)

    async def stop(self) -> None:
        """Switch off."""
        if self._device is not None:
            await self.air.remove(self._device)

    async def drop(self) -> None:
        """Break the connections from this side, as a pod that restarts its radio."""
        for connection in self._connections():
            await connection.disconnect()

    async def send(self, uuid: str, data: bytes, *, wait: bool = False) -> None:
        """Notify or indicate every subscriber; ``wait`` for the link to have taken it."""
        assert self._device is not None
        characteristic = self._characteristics[uuid]
        for connection in self._connections():
            if characteristic.properties & Characteristic.Properties.INDICATE:
                await self._device.indicate_subscriber(connection, characteristic, data)
            else:
                await self._device.notify_subscriber(connection, characteristic, data)
            if wait:
                await connection.drain()

    def _connections(self) -> list[Connection]:
        return [] if self._device is None else list(self._device.connections.values())

    def _on_connection(self, connection: Connection) -> None:
        connection.on(connection.EVENT_DISCONNECTION, lambda _: self._disconnected())

    def _advertising(self) -> AdvertisingData:
        kinds = AdvertisingData.Type
        structures: list[tuple[int, bytes]] = [(kinds.FLAGS, b"\x06")]
        for uuid in self._advertised:
            if uuid.endswith(_SIG):
                short = bytes(UUID.from_16_bits(int(uuid[4:8], 16)))
                structures.append((kinds.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, short))
            else:
                whole = bytes(UUID(uuid))
                structures.append((kinds.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS, whole))
        return AdvertisingData([*structures, (kinds.COMPLETE_LOCAL_NAME, self.name.encode())])

    def _characteristic(self, offer: Offer) -> Characteristic[bytes]:
        read, write = offer.read, offer.write

        async def written(connection: Connection, value: bytes) -> None:
            assert write is not None
            await write(value)

        properties, permissions = Characteristic.Properties(0), Attribute.Permissions(0)
        if read is not None:
            properties |= Characteristic.Properties.READ
            permissions |= Attribute.READABLE
        if write is not None:
            properties |= Characteristic.Properties.WRITE
            permissions |= Attribute.WRITEABLE
        if offer.notify:
            properties |= Characteristic.Properties.NOTIFY
        if offer.indicate:
            properties |= Characteristic.Properties.INDICATE
        made: Characteristic[bytes] = Characteristic(
            offer.uuid,
            properties,
            permissions,
            AttributeValue[bytes](
                read=(lambda _: read()) if read else None, write=written if write else None
            ),
        )
        if subscribed := offer.subscribed:
            made.on("subscription", lambda _, notify, indicate: notify and subscribed())
        self._characteristics[offer.uuid] = made
        return made
