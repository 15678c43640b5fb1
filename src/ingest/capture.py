"""A stranger's pod on paper: what it advertises, offers and sends, without saying whose it is.

A capture is JSON that a person can read before giving it away. It holds no address, no name and
no serial number, and leaves location out; ``virtual/captured.py`` plays it, so that a device
can be supported without owning it.
"""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import FileError
from ..training.entries import as_json, from_json
from .ble import Client, Radio, connected
from .devices import BATTERY_LEVEL, FIRMWARE, MODEL, PROFILES, profiles_of
from .source import sig

VERSION = 1
# Values that name a kind of device and never one device or person.
_TELLING = {MODEL, FIRMWARE, BATTERY_LEVEL, sig(0x2A27), sig(0x2A28), sig(0x2A29)}
_TELLING |= {uuid for profile in PROFILES for uuid in profile.reads}
_PLACES = {sig(0x2A67), sig(0x2A69), sig(0x2AAE), sig(0x2AAF)}  # location, position, lat, lon


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One characteristic; ``value`` in hex where it was read."""

    uuid: str
    service: str
    properties: tuple[str, ...]
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One notification, in hex, so many milliseconds after the first."""

    at_ms: float
    uuid: str
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """What a device showed of itself."""

    version: int = VERSION
    advertised: tuple[str, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    packets: tuple[Packet, ...] = ()


def dump(capture: Capture) -> str:
    """Return the capture as text, one attribute or packet a line."""
    body = as_json(capture)
    lines = [f'"{key}": {json.dumps(body[key])}' for key in ("version", "advertised")]
    for key in ("attributes", "packets"):
        rows = ",\n  ".join(json.dumps(row) for row in body[key])
        lines.append(f'"{key}": [\n  {rows}\n]')
    return "{" + ",\n".join(lines) + "}\n"


def load(text: str, name: str) -> Capture:
    """Return the capture in a text; FileError names ``name`` where it is none."""
    try:
        capture = from_json(Capture, json.loads(text))
        for row in capture.packets:
            bytes.fromhex(row.data)
    except (ValueError, TypeError, AttributeError) as fault:
        raise FileError(f"{name}: not a capture of a device ({fault})") from fault
    if capture.version != VERSION:
        raise FileError(f"{name}: a capture of version {capture.version}, expected {VERSION}")
    return capture


async def capture(
    address: str, radio: Radio | None = None, *, seconds: float = 60.0, search_s: float = 10.0
) -> Capture:
    """Connect to a device, listen to everything it notifies, and write it down.

    A device of a known family is started as that family wants it; any other is only listened to.
    Raises RadioError where it is not in range or the connection fails.
    """
    packets: list[tuple[float, str, bytes]] = []
    async with connected(address, radio or Radio(), search_s=search_s) as (client, adv):
        attributes = await _attributes(client)
        for attribute in attributes:
            listening = {"notify", "indicate"} & set(attribute.properties)
            if listening and attribute.uuid not in _PLACES:
                await client.start_notify(attribute.uuid, _writer(packets, attribute.uuid))
        known = profiles_of(list(adv.service_uuids))
        for uuid, data in known[0].start if known else ():
            await client.write_gatt_char(uuid, data, response=True)
        await asyncio.sleep(seconds)
        for uuid, data in known[0].stop if known else ():
            await client.write_gatt_char(uuid, data, response=True)
    return Capture(
        advertised=tuple(adv.service_uuids),
        attributes=attributes,
        packets=tuple(
            Packet(at_ms=round(at - packets[0][0], 1), uuid=uuid, data=data.hex())
            for at, uuid, data in packets
        ),
    )


def _writer(
    packets: list[tuple[float, str, bytes]], uuid: str
) -> Callable[[object, bytearray], None]:
    return lambda _, data: packets.append((time.monotonic() * 1e3, uuid, bytes(data)))


async def _attributes(client: Client) -> tuple[Attribute, ...]:
    out = []
    for service in client.services:
        for char in service.characteristics:
            value = None
            if char.uuid in _TELLING and "read" in char.properties:
                value = bytes(await client.read_gatt_char(char)).hex()
            out.append(
                Attribute(
                    uuid=char.uuid, service=service.uuid, value=value,
                    properties=tuple(sorted(char.properties)),
                )
            )  # fmt: skip
    return tuple(out)
