"""A virtual Movella DOT: its samples when started, and the recordings in its memory."""

import struct
from collections.abc import Mapping
from datetime import datetime
from typing import Self

import numpy as np

from ...signal.imu import ImuBlock
from ..devices import dot, dotruns
from .air import Air
from .peripheral import Offer, Peripheral
from .sending import Sending


def encode(block: ImuBlock) -> list[bytes]:
    """Return samples as the sensor sends and exports them, 28 bytes each."""
    turned = np.zeros_like(block.acc) if block.gyr is None else np.rad2deg(block.gyr)
    values = np.concatenate([block.acc, turned], axis=1).astype("<f4")
    stamps = (block.t_ns // 1000) % 2**32
    return [
        struct.pack("<I", t) + v.tobytes() for t, v in zip(stamps.tolist(), values, strict=True)
    ]


class VirtualDot:
    """Has ``stored`` recordings: start and samples, numbered from 1.

    ``lost`` are the numbers of packets that do not arrive the first time, ``broken`` those that
    the sensor finds damaged; ``break_at`` is the packet before which it falls silent, once.
    """

    def __init__(
        self, air: Air, *, stored: Mapping[int, tuple[datetime, list[bytes]]] | None = None,
        address: str = "D4:22:CD:00:00:51",
    ) -> None:  # fmt: skip
        self.address = address
        self.stored = dict(stored or {})
        self.lost: set[int] = set()
        self.broken: frozenset[int] = frozenset()
        self.break_at: int | None = None
        self.exported: list[int] = []
        self.again: list[int] = []
        self._selected = b""
        self._exporting = 0
        self._sending = Sending()
        services = {
            dot.SERVICE: [
                Offer(uuid=dot.CONTROL, write=self._measure), Offer(uuid=dot.DATA, notify=True),
            ],
            dotruns.SERVICE: [
                Offer(uuid=dotruns.CONTROL, write=self._command),
                Offer(uuid=dotruns.NOTIFY, notify=True),
            ],
        }  # fmt: skip
        self._peripheral = Peripheral(
            air, services, name="Movella DOT", address=address, advertised=[],
            disconnected=self._sending.halt,
        )  # fmt: skip

    async def __aenter__(self) -> Self:
        await self._peripheral.start()
        return self

    async def __aexit__(self, *failed: object) -> None:
        await self._sending.stop()
        await self._peripheral.stop()

    async def _measure(self, value: bytes) -> None:
        """Take a start or stop; it has nothing to stream."""

    async def _command(self, value: bytes) -> None:
        said = dotruns.read(value)
        if said is None:
            return
        kind, content = said
        if kind == dotruns.FILE_INFO:
            await self._describe(content[0])
        elif kind == dotruns.SELECT:
            self._selected = content
        elif kind == dotruns.FILE_DATA and content[0] not in self.stored:
            await self._tell(dotruns.NO_FILE)
        elif kind == dotruns.FILE_DATA and self._selected == dotruns.SELECTED:
            self._exporting = content[0]
            self.exported.append(content[0])
            self._sending.begin(self._export(0))
        elif kind == dotruns.AGAIN:
            (number,) = struct.unpack("<I", content)
            self.again.append(number)
            await self._sending.stop()
            self._sending.begin(self._export(number))
        elif kind == dotruns.ERASE and len(content) == 4:
            self.stored.clear()
            await self._tell(dotruns.ERASED)

    async def _describe(self, index: int) -> None:
        if index not in self.stored:
            await self._tell(dotruns.NO_FILE)
            return
        start_s = round(self.stored[index][0].timestamp())
        info = dotruns.INFO.pack(dotruns.INFO_MAGIC, dotruns.INFO_SIZE, 0x100, start_s, 0xFFFF)
        await self._tell(dotruns.FILE_SAID, info.ljust(dotruns.INFO_SIZE, b"\0"))
        await self._tell(dotruns.FILE_SAID_DONE)

    async def _export(self, begin: int) -> None:
        for number, sample in enumerate(self.stored[self._exporting][1]):
            if number < begin:
                continue
            if number == self.break_at:
                self.break_at = None
                return
            if number in self.lost:
                self.lost.discard(number)
                continue
            kind = dotruns.INVALID if number in self.broken else dotruns.SAMPLE
            await self._tell(kind, struct.pack("<I", number) + sample)
        await self._tell(dotruns.SAMPLES_DONE)

    async def _tell(self, kind: int, content: bytes = b"") -> None:
        await self._peripheral.send(dotruns.NOTIFY, dotruns.message(kind, content), wait=True)
