"""A virtual Movesense Flash: its samples when subscribed to, and its logbook."""

import struct
from collections.abc import Mapping
from typing import Self

import numpy as np

from ...signal.imu import ImuBlock
from ..devices import movesense, movesenselog, sbem
from ..source import sig
from .air import Air
from .peripheral import Offer, Peripheral
from .sending import Sending

_PIECE = 150  # bytes of a log in one notification
_LISTED = 4  # entries that one answer holds
_PER_CHUNK = 8


def encode_log(block: ImuBlock, *, utc_us: int | None = None) -> bytes:
    """Return samples as the log that a sensor keeps of both sensors, stamps in milliseconds."""
    described = {
        13: "<PTH>Samples+Array.MeasIMU6.Timestamp\n<FRM>uint32",
        20: "<PTH>Samples.Array.TimeDetailed.relativeTime\n<FRM>uint32",
        21: "<PTH>Samples.Array.TimeDetailed.utcTime\n<FRM>int64",
        22: "<GRP>20,21",
        39: "<PTH>Samples.Array.MeasIMU6.ArrayAcc+x\n<FRM>float32",
        40: "<PTH>Samples.Array.MeasIMU6.ArrayAcc.y\n<FRM>float32",
        41: "<PTH>Samples.Array.MeasIMU6.ArrayAcc.z\n<FRM>float32",
        42: "<PTH>Samples.Array.MeasIMU6.ArrayGyro+x\n<FRM>float32",
        43: "<PTH>Samples.Array.MeasIMU6.ArrayGyro.y\n<FRM>float32",
        44: "<PTH>Samples.Array.MeasIMU6.ArrayGyro.z\n<FRM>float32",
        54: "<PTH>[",
        55: "<PTH>]",
        89: "<GRP>39,40,41",
        90: "<GRP>42,43,44",
        94: f"<GRP>13,54,{','.join(['89'] * _PER_CHUNK)},55,54,{','.join(['90'] * _PER_CHUNK)},55",
    }
    out = [sbem.MAGIC]
    for id, text in described.items():
        out.append(_chunk(0, struct.pack("<H", id) + text.encode() + b"\0"))
    stamps = block.t_ns // 1_000_000
    if utc_us is not None:
        out.append(_chunk(22, struct.pack("<Iq", int(stamps[0]) % 2**32, utc_us)))
    turned = np.zeros_like(block.acc) if block.gyr is None else np.rad2deg(block.gyr)
    for k in range(0, len(block) - _PER_CHUNK + 1, _PER_CHUNK):
        values = [a[k : k + _PER_CHUNK].astype("<f4").tobytes() for a in (block.acc, turned)]
        out.append(_chunk(94, struct.pack("<I", int(stamps[k]) % 2**32) + b"".join(values)))
    return b"".join(out)


def _chunk(id: int, payload: bytes) -> bytes:
    size = bytes([len(payload)])
    if len(payload) >= 0xFF:
        size = b"\xff" + struct.pack("<I", len(payload))
    return bytes([id]) + size + payload


class VirtualMovesense:
    """Has a logbook of ``stored`` logs: id to bytes; ``break_at`` breaks off a transfer, once.

    ``counts`` puts the number of entries in front of them, as sensors were seen to do.
    """

    def __init__(
        self, air: Air, *, stored: Mapping[int, bytes] | None = None,
        address: str = "F0:CA:7F:00:00:41",
    ) -> None:  # fmt: skip
        self.address = address
        self.stored = dict(stored or {})
        self.fetched: list[int] = []
        self.counts, self.recording = True, False
        self.modified = 0
        self.break_at: int | None = None
        self._sending = Sending()
        offers = [
            Offer(uuid=movesense.WRITE, write=self._command),
            Offer(uuid=movesense.NOTIFY, notify=True),
        ]
        self._peripheral = Peripheral(
            air, {movesense.SERVICE: offers}, name="Movesense 174630000192", address=address,
            advertised=[sig(0xFDF3)], disconnected=self._sending.halt,
        )  # fmt: skip

    async def __aenter__(self) -> Self:
        await self._peripheral.start()
        return self

    async def __aexit__(self, *failed: object) -> None:
        await self._sending.stop()
        await self._peripheral.stop()

    async def _command(self, value: bytes) -> None:
        code, reference, rest = value[0], value[1], value[2:]
        if code == movesenselog.GET and rest == movesenselog.ENTRIES:
            listed = list(self.stored.items())[:_LISTED]
            status = movesenselog.GOOD if len(listed) == len(self.stored) else movesenselog.MORE
            entries = [struct.pack("<IIQ", id, self.modified, len(data)) for id, data in listed]
            counted = bytes([len(entries)]) if self.counts else b""
            await self._answer(reference, status, counted + b"".join(entries))
        elif code == movesenselog.GET and rest == movesenselog.STATE:
            state = movesenselog.RECORDING if self.recording else b"\x02"
            await self._answer(reference, movesenselog.GOOD, state)
        elif code == movesenselog.FETCH_LOG and int.from_bytes(rest, "little") in self.stored:
            id = int.from_bytes(rest, "little")
            self.fetched.append(id)
            await self._answer(reference, movesenselog.GOOD)
            self._sending.begin(self._send(reference, self.stored[id]))
        elif code == movesenselog.CLEAR_LOGBOOK:
            self.stored.clear()
            await self._answer(reference, movesenselog.GOOD)
        else:
            await self._answer(reference, movesenselog.MISSING)

    async def _answer(self, reference: int, status: int, content: bytes = b"") -> None:
        data = struct.pack("<BBH", movesense.ANSWER, reference, status) + content
        await self._peripheral.send(movesense.NOTIFY, data, wait=True)

    async def _send(self, reference: int, log: bytes) -> None:
        for at in range(0, len(log), _PIECE):
            if self.break_at is not None and at >= self.break_at:
                self.break_at = None
                return
            await self._piece(reference, at, log[at : at + _PIECE])
        await self._piece(reference, len(log), b"")

    async def _piece(self, reference: int, at: int, data: bytes) -> None:
        head = struct.pack("<BBI", movesense.FIRST_PART, reference, at)
        await self._peripheral.send(movesense.NOTIFY, head + data, wait=True)
