"""A virtual device made of a capture: offers what was offered, sends what was sent."""

import asyncio
from collections.abc import Callable
from typing import Self

from ..capture import Attribute, Capture
from ..devices import BATTERY_SERVICE, INFORMATION_SERVICE
from ..source import sig
from .air import Air
from .peripheral import Offer, Peripheral
from .sending import Sending

# Every device has these two of its own.
_ITS_OWN = {sig(0x1800), sig(0x1801), BATTERY_SERVICE, INFORMATION_SERVICE}


class CapturedPod:
    """Plays a capture at its own pace, from the first write, or else the first subscription.

    It takes every write without understanding it.
    """

    def __init__(
        self, air: Air, capture: Capture, *, address: str = "F0:CA:7F:00:00:21",
        name: str = "captured pod",
    ) -> None:  # fmt: skip
        self.address = address
        self.commands: list[bytes] = []
        self._capture = capture
        self._sending = Sending()
        self._takes_commands = any("write" in p for a in capture.attributes for p in a.properties)
        services: dict[str, list[Offer]] = {}
        for attribute in capture.attributes:
            if attribute.service not in _ITS_OWN:
                services.setdefault(attribute.service, []).append(self._offer(attribute))
        self._peripheral = Peripheral(
            air, services, name=name, address=address, advertised=capture.advertised,
            disconnected=self._sending.halt,
        )  # fmt: skip

    async def __aenter__(self) -> Self:
        await self._peripheral.start()
        return self

    async def __aexit__(self, *failed: object) -> None:
        await self._sending.stop()
        await self._peripheral.stop()

    def _offer(self, attribute: Attribute) -> Offer:
        can = set(attribute.properties)
        return Offer(
            uuid=attribute.uuid,
            read=_constant(bytes.fromhex(attribute.value or "")) if "read" in can else None,
            write=self._written if can & {"write", "write-without-response"} else None,
            notify="notify" in can,
            indicate="indicate" in can and "notify" not in can,
            subscribed=None if self._takes_commands else self._play,
        )

    async def _written(self, value: bytes) -> None:
        self.commands.append(value)
        self._play()

    def _play(self) -> None:
        if not self._sending.running:
            self._sending.begin(self._send())

    async def _send(self) -> None:
        loop = asyncio.get_running_loop()
        begun_s = loop.time()
        for packet in self._capture.packets:
            await asyncio.sleep(begun_s + packet.at_ms / 1e3 - loop.time())
            await self._peripheral.send(packet.uuid, bytes.fromhex(packet.data))


def _constant(value: bytes) -> Callable[[], bytes]:
    return lambda: value
