"""The air between virtual devices: bumble's controllers on one link, with or without radio.

Everything above the link layer is real: HCI, L2CAP, ATT and GATT bytes pass between the two
hosts exactly as they would over an adapter.
"""

from types import TracebackType
from typing import Self

from bumble.controller import Controller
from bumble.device import Device
from bumble.hci import HCI_REMOTE_USER_TERMINATED_CONNECTION_ERROR, Address
from bumble.host import Host
from bumble.link import LocalLink

from .radiolink import RadioLink

# Largest LL payload with Data Length Extension; bumble's 27 would cut every packet in pieces.
_LL_PAYLOAD = 251


class Air:
    """Devices that hear each other; use as an async context manager.

    bumble's own link takes no time and has no end; a ``RadioLink`` has both.
    """

    def __init__(self, link: LocalLink | None = None) -> None:
        self.link = link or LocalLink()  # type: ignore[no-untyped-call]
        self._powered: list[tuple[Device, Controller]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for device, _ in reversed(list(self._powered)):
            await self.remove(device)
        if isinstance(self.link, RadioLink):
            self.link.close()

    async def device(self, name: str, address: str) -> Device:
        """Return a device that is switched on; ``address`` is a random static one."""
        controller = Controller(name, link=self.link)
        controller.le_acl_data_packet_length = _LL_PAYLOAD
        device = Device(
            name=name,
            address=Address(address, Address.RANDOM_DEVICE_ADDRESS),
            host=Host(controller, controller),
        )
        await device.power_on()
        self._powered.append((device, controller))
        return device

    def waiting(self, address: str) -> int:
        """Return how many packets of a device have not been on the air yet."""
        return self.link.waiting(address) if isinstance(self.link, RadioLink) else 0

    async def remove(self, device: Device) -> None:
        """Switch a device off: its connections end, as seen by the other side."""
        for connection in list(device.connections.values()):
            await connection.disconnect(HCI_REMOTE_USER_TERMINATED_CONNECTION_ERROR)
        await device.stop_advertising()
        if device.is_scanning:
            await device.stop_scanning()
        await device.power_off()
        for entry in [e for e in self._powered if e[0] is device]:
            self._powered.remove(entry)
            self.link.remove_controller(entry[1])
