"""A virtual Capture2Go that answers as its document says: streaming, clock, files."""

import asyncio
import struct
import time
from collections.abc import Callable, Mapping
from typing import Self

import numpy as np

from ...signal.imu import ImuBlock
from ..devices import capture2go as family
from ..devices import capture2goruns as files
from .air import Air
from .peripheral import Offer, Peripheral
from .sending import Sending

_INFO, _GET_INFO, _STATUS, _MODE_SET = 0x0071, 0x0070, 0x0201, 0x0122
_STREAMING, _STOPPED = 0x0151, 0x0153
_TIME = 0x0171
_ERROR = 0xFFFF
_PIECE = 180  # of the stream in a notification: packages span them, as over a real link
_CHUNK = 232


def encode(block: ImuBlock) -> list[bytes]:
    """Return samples at 200 Hz as packages of eight; what does not fill the last one is left out."""
    acc = np.rint(block.acc / family.ACC_LSB_MPS2)
    gyr = np.zeros_like(acc) if block.gyr is None else np.rint(block.gyr / family.GYR_LSB_RADPS)
    raw = np.clip(np.stack([gyr, acc]), -32768, 32767).astype("<i2")
    n = family.SAMPLES
    return [
        family.package(
            family.FULL_6D_200HZ,
            struct.pack("<q", int(block.t_ns[k])) + raw[:, k : k + n].tobytes() + bytes(11),
        )
        for k in range(0, len(block) - n + 1, n)
    ]


class VirtualCapture2Go:
    """Streams ``block`` when asked, and has ``stored`` files: name to bytes.

    ``break_at`` breaks off a transfer there, once; ``damage_at`` spoils one package on its way.
    """

    def __init__(
        self, air: Air, block: ImuBlock | None = None, *, stored: Mapping[str, bytes] | None = None,
        serial: str = "ab1234", address: str = "F0:CA:7F:00:00:31",
        clock_ns: Callable[[], int] = time.time_ns,
    ) -> None:  # fmt: skip
        self.address, self.name = address, f"IMU_{serial}"
        self.stored = dict(stored or {})
        self.commands: list[int] = []
        self.reads: list[int] = []
        self.break_at: int | None = None
        self.damage_at: int | None = None
        self._serial, self._clock_ns, self._set_by_ns = serial, clock_ns, 0
        self._packages = [] if block is None else encode(block)
        self._sending, self._telling = Sending(), Sending()
        self._line = asyncio.Lock()  # packages go out whole, one after the other
        offers = [
            Offer(uuid=family.WRITE, write=self._command),
            Offer(uuid=family.NOTIFY, notify=True, subscribed=self._greet),
        ]
        self._peripheral = Peripheral(
            air, {family.SERVICE: offers}, name=self.name, address=address,
            advertised=[family.SERVICE], disconnected=self._halt,
        )  # fmt: skip

    async def __aenter__(self) -> Self:
        await self._peripheral.start()
        return self

    async def __aexit__(self, *failed: object) -> None:
        await self._sending.stop()
        await self._telling.stop()
        await self._peripheral.stop()

    def _halt(self) -> None:
        self._sending.halt()
        self._telling.halt()

    def _greet(self) -> None:
        self._telling.begin(self._tell_status())

    def now_ns(self) -> int:
        """Return the time on the sensor's clock."""
        return self._clock_ns() + self._set_by_ns

    async def _tell_status(self) -> None:
        while True:
            status = struct.pack("<qBB3hBBB", self.now_ns(), 0, 1, 0, 0, 0, 0, 87, 40)
            await self._send([family.package(_STATUS, status)])
            await asyncio.sleep(1)

    async def _command(self, value: bytes) -> None:
        found = family.Unpacker().feed(b"\xff" + value)
        if len(found) != 1:
            return
        header, payload = found[0]
        received_ns = self.now_ns()
        self.commands.append(header)
        if header == family.ROUND_TRIP:  # streaming goes on
            if len(payload) == family.TRIP.size:
                (sent_ns,) = struct.unpack_from("<q", payload)
                trip = family.TRIP.pack(sent_ns, received_ns, self.now_ns(), 0)
                await self._send([family.package(family.ROUND_TRIP, trip)])
            return
        await self._sending.stop()
        answers = self._answers(header, payload)
        if header == files.GET_BYTES:
            self._sending.begin(self._read(payload))
        elif header == family.START_STREAMING:
            self._sending.begin(self._send([*answers, *self._packages]))
        else:
            await self._send(answers)

    def _answers(self, header: int, payload: bytes) -> list[bytes]:
        made = family.package
        if header == _GET_INFO:
            texts = (b"1", b"1", b"1.0.0", b"2026-01-01")
            info = struct.pack("<H6s8s8s12s11s", 1, self._serial.encode(), *texts)
            return [made(_INFO, info)]
        if header == family.SET_MODE:
            return [made(_MODE_SET, payload)]
        if header == family.SET_TIME:
            self._set_by_ns += struct.unpack("<q", payload)[0] - self.now_ns()
            return [made(_TIME, payload)]
        if header == family.START_STREAMING:
            return [made(_STREAMING)]
        if header == family.STOP_STREAMING:
            return [made(_STOPPED)]
        if header == files.LIST_FILES:
            listed = [
                made(files.FILE, struct.pack("<H65sI", i, name.encode(), len(data)))
                for i, (name, data) in enumerate(self.stored.items())
            ]
            return [made(files.FILE_COUNT, struct.pack("<H", len(listed))), *listed]
        if header == files.DELETE:
            self.stored.pop(payload.split(b"\0")[0].decode(), None)
            return [made(files.DELETED, payload)]
        if header == files.STOP_BYTES:
            return [made(files.BYTES_STOPPED)]
        return [] if header == files.GET_BYTES else [made(_ERROR, struct.pack("<BH", 1, header))]

    async def _read(self, payload: bytes) -> None:
        name, start, end = struct.unpack("<65sII", payload)
        data = self.stored.get(name.split(b"\0")[0].decode(), b"")
        self.reads.append(start)
        for at in range(start, end or len(data), _CHUNK):
            if self.break_at is not None and at >= self.break_at:
                self.break_at = None
                return
            content = struct.pack("<I", at) + data[at : min(at + _CHUNK, end or len(data))]
            one = family.package(files.BYTES, content)
            if self.damage_at is not None and at >= self.damage_at:
                self.damage_at = None
                one = one[:20] + bytes([one[20] ^ 1]) + one[21:]
            await self._send([one])

    async def _send(self, packages: list[bytes]) -> None:
        stream = b"".join(packages)
        async with self._line:
            for at in range(0, len(stream), _PIECE):
                data = b"\xff" + stream[at : at + _PIECE]
                await self._peripheral.send(family.NOTIFY, data, wait=True)
