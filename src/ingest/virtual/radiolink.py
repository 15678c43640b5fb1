"""A link that behaves like radio: connection events, airtime, loss, range.

Bluetooth Low Energy never drops a packet on the air: it is sent again at the next connection
event, and gets late. Data is lost only before the air (a pod whose buffer is full) or with the
connection (nothing heard for the supervision timeout). bumble's own link has neither time nor
distance; this one adds both, and nothing else.
"""

import asyncio
import random
from collections import deque
from dataclasses import dataclass, field

from bumble import core, hci, ll
from bumble.controller import Controller
from bumble.link import LocalLink

CONNECTION_TIMEOUT = 0x08  # Core specification, volume 1, part F
_IFS_US, _OVERHEAD_BYTES, _LL_PAYLOAD = 150, 10, 251


def airtime_us(size: int, *, us_per_byte: int = 8) -> int:
    """Return how long ``size`` bytes of L2CAP keep the air busy, empty answers included.

    8 us a byte on the 1M PHY. Core specification, volume 6, part B, 2.1.

    >>> airtime_us(27), airtime_us(251)
    (676, 2468)
    """
    whole, rest = divmod(size, _LL_PAYLOAD)
    parts = [_LL_PAYLOAD] * whole + ([rest] if rest or not whole else [])
    both = (2 * _OVERHEAD_BYTES) * us_per_byte + 2 * _IFS_US
    return sum(part * us_per_byte + both for part in parts)


@dataclass(slots=True)
class _Way:
    """What one controller has for another, waiting for the next connection event."""

    sender: Controller
    waiting: deque[tuple[Controller, bytes]] = field(default_factory=deque)
    event: asyncio.TimerHandle | None = None


class RadioLink(LocalLink):
    """bumble's link with a connection interval, a loss per packet and a range.

    ``loss`` is the probability that a packet has to be sent again at the next event. ``fade``
    holds everything back for a while; ``part`` moves a device out of range, which ends its
    connections after ``supervision_s``, and ``return_`` brings it back.
    """

    def __init__(
        self, *, interval_s: float = 0.015, loss: float = 0.0, supervision_s: float = 0.42,
        seed: int = 0,
    ) -> None:  # fmt: skip
        super().__init__()  # type: ignore[no-untyped-call]
        self.interval_s, self.loss, self.supervision_s = interval_s, loss, supervision_s
        self.resent = 0
        self._random = random.Random(seed)
        self._ways: dict[tuple[Controller, str], _Way] = {}
        self._away: set[str] = set()
        self._fading_until_s = 0.0
        self._timers: set[asyncio.TimerHandle] = set()

    def fade(self, seconds: float) -> None:
        """Let nothing through for so long; the connections live on."""
        self._fading_until_s = asyncio.get_running_loop().time() + seconds

    def part(self, address: str) -> None:
        """Move a device out of range."""
        self._away.add(address)
        loop = asyncio.get_running_loop()
        self._timers.add(loop.call_later(self.supervision_s, self._expire, address))

    def return_(self, address: str) -> None:
        """Bring a device back into range."""
        self._away.discard(address)

    def waiting(self, sender: str) -> int:
        """Return how many packets of a device have not been on the air yet."""
        return sum(
            len(way.waiting) for way in self._ways.values() if _address(way.sender) == sender
        )

    def close(self) -> None:
        """Forget what is still in the air."""
        for way in self._ways.values():
            if way.event is not None:
                way.event.cancel()
        for timer in self._timers:
            timer.cancel()

    def send_acl_data(
        self,
        sender_controller: Controller,
        destination_address: hci.Address,
        transport: core.PhysicalTransport,
        data: bytes,
    ) -> None:
        """Queue a packet for the next connection event."""
        target = self.find_le_controller(destination_address)
        if target is None:
            return
        key = (sender_controller, str(destination_address))
        way = self._ways.setdefault(key, _Way(sender_controller))
        way.waiting.append((target, data))
        self._next_event(way)

    def send_advertising_pdu(
        self, sender_controller: Controller, packet: ll.AdvertisingPdu
    ) -> None:
        """Advertise, or ask to connect, within range."""
        if _address(sender_controller) in self._away:
            return
        loop = asyncio.get_running_loop()
        for other in self.controllers:
            if other is not sender_controller and _address(other) not in self._away:
                loop.call_soon(other.on_ll_advertising_pdu, packet)

    def send_ll_control_pdu(
        self, sender_address: hci.Address, receiver_address: hci.Address, packet: ll.ControlPdu
    ) -> None:
        """Pass a control packet, unless one of the two is out of range or gone."""
        ends = (self.find_le_controller(sender_address), self.find_le_controller(receiver_address))
        if any(end is None or _address(end) in self._away for end in ends):
            return
        super().send_ll_control_pdu(sender_address, receiver_address, packet)

    def _next_event(self, way: _Way) -> None:
        if way.event is None and way.waiting:
            loop = asyncio.get_running_loop()
            events = loop.time() // self.interval_s + 1
            way.event = loop.call_at(events * self.interval_s, self._on_event, way)

    def _on_event(self, way: _Way) -> None:
        way.event = None
        left_us = self.interval_s * 1e6
        faded = asyncio.get_running_loop().time() < self._fading_until_s
        if not faded and _address(way.sender) not in self._away:
            while way.waiting:
                target, data = way.waiting[0]
                left_us -= airtime_us(len(data))
                if left_us < 0 or _address(target) in self._away:
                    break
                if self._random.random() < self.loss:
                    self.resent += 1
                    break
                way.waiting.popleft()
                self._deliver(way.sender, target, data)
        self._next_event(way)

    def _deliver(self, sender: Controller, target: Controller, data: bytes) -> None:
        # bumble's own link takes the random address, but a host may connect from its public one.
        for source, connection in target.le_connections.items():
            own = sender.le_connections.get(connection.self_address)
            if own is not None and own.self_address == source:
                target.on_link_acl_data(source, core.PhysicalTransport.LE, data)
                return

    def _expire(self, address: str) -> None:
        """End the connections of a device that has not come back in time."""
        if address not in self._away:
            return
        for controller in list(self.controllers):
            for connection in list(controller.le_connections.values()):
                peer = connection.peer_address.to_string(False)
                if address in (_address(controller), peer):
                    controller.on_le_disconnected(connection, CONNECTION_TIMEOUT)
        for key, way in list(self._ways.items()):
            if _address(way.sender) == address or key[1].startswith(address):
                if way.event is not None:
                    way.event.cancel()
                del self._ways[key]


def _address(controller: Controller) -> str:
    return controller.random_address.to_string(False)
