"""A virtual Polar sensor: follows the Polar Measurement Data document, command by command."""

import asyncio
import struct
from typing import Self

import numpy as np

from ...signal.imu import G_MPS2, ImuBlock
from ...signal.tables import IntArray
from ..devices import heartrate, polar
from .air import Air
from .peripheral import Offer, Peripheral
from .sending import Sending

_OK, _NOT_SUPPORTED, _BAD_VALUE = 0, 3, 5
_FACTOR_DPS = 0.07  # degrees per second of one gyroscope bit at 2000 dps


class VirtualPolar:
    """Plays a block as ACC and, with ``gyro``, GYR frames of ``per_frame`` samples.

    Without ``sdk`` it knows one rate only; an ``h10`` has no gyroscope, no SDK mode and four
    rates, and sends its acceleration uncompressed. The gyroscope's samples lie a third of a period
    after the accelerometer's, as the two run on clocks of their own. ``lost`` are the numbers
    of ACC frames that are never sent.
    """

    def __init__(
        self, air: Air, block: ImuBlock, *, gyro: bool = True, sdk: bool = True, h10: bool = False,
        per_frame: int = 20, lost: tuple[int, ...] = (), address: str = "F0:CA:7F:00:00:11",
    ) -> None:  # fmt: skip
        self.address = address
        self.commands: list[bytes] = []
        self.sent = 0  # frames
        self.ended = asyncio.Event()  # every sample was sent
        self._block, self._lost, self._h10 = block, lost, h10
        self._gyro, self._sdk = gyro and not h10, sdk and not h10
        self._per_frame = per_frame
        self._running: set[int] = set()
        self._sending = Sending()
        self._peripheral = Peripheral(
            air,
            {
                heartrate.SERVICE: [Offer(uuid=heartrate.MEASUREMENT, notify=True)],
                polar.SERVICE: [
                    Offer(
                        uuid=polar.CONTROL, read=self._offers, write=self._command,
                        indicate=True,
                    ),
                    Offer(uuid=polar.DATA, notify=True),
                ],
            },
            name=f"Polar {'H10' if h10 else 'Sense'} 01234567", address=address, advertised=[heartrate.SERVICE],
            disconnected=self._sending.halt,
        )  # fmt: skip

    async def __aenter__(self) -> Self:
        await self._peripheral.start()
        return self

    async def __aexit__(self, *failed: object) -> None:
        await self._sending.stop()
        await self._peripheral.stop()

    async def _command(self, value: bytes) -> None:
        self.commands.append(value)
        op, sensor = value[0], value[1]
        status, params = self._answer(op, sensor, value[2:])
        answer = bytes([0xF0, op, sensor, status, 0]) + params
        await self._peripheral.send(polar.CONTROL, answer)
        if op == polar.START and self._running and not self._sending.begun:
            self._sending.begin(self._play())

    def _answer(self, op: int, sensor: int, params: bytes) -> tuple[int, bytes]:
        if sensor == polar.SDK_MODE:
            return (_OK if self._sdk else _NOT_SUPPORTED), b""
        if sensor not in (polar.ACC, polar.GYR) or (sensor == polar.GYR and not self._gyro):
            return _NOT_SUPPORTED, b""
        offered = self._offered(sensor)
        if op in (polar.GET, polar.GET_SDK):
            return _OK, b"".join(
                struct.pack(f"<BB{len(v)}{'B' if k == 4 else 'H'}", k, len(v), *v)
                for k, v in offered.items()
            )
        if op == polar.START:
            taken = polar.settings_of(params)
            if any(v[0] not in offered.get(k, []) for k, v in taken.items()):
                return _BAD_VALUE, b""
            self._running.add(sensor)
            if sensor == polar.GYR:
                return _OK, struct.pack("<BBf", 5, 1, _FACTOR_DPS)
        elif op == polar.STOP:
            self._running.discard(sensor)
        return _OK, b""

    def _offers(self) -> bytes:
        return bytes([0x0F, 1 << polar.ACC | self._gyro << polar.GYR])

    def _offered(self, sensor: int) -> dict[int, list[int]]:
        if self._h10:
            return {0: [25, 50, 100, 200], 1: [16], 2: [2, 4, 8]}
        rates = [26, 52, 104, 208, 416] if self._sdk else [52]
        if sensor == polar.ACC:
            return {0: rates, 1: [16], 2: [2, 4, 8, 16] if self._sdk else [8], 4: [3]}
        return {0: rates, 1: [16], 2: [250, 500, 1000, 2000] if self._sdk else [2000], 4: [3]}

    async def _play(self) -> None:
        block, n = self._block, self._per_frame
        late_ns = round(1e9 / block.rate_hz / 3)
        mg = np.rint(block.acc / G_MPS2 * 1000).astype(np.int64)
        for k in range(0, len(block) - n + 1, n):
            stamp_ns = int(block.t_ns[k + n - 1])
            if k // n not in self._lost and polar.ACC in self._running:
                await self._accelerate(stamp_ns, mg[k : k + n])
            if block.gyr is not None and polar.GYR in self._running:
                at = block.t_ns[k : k + n] + late_ns
                turned = [np.interp(at, block.t_ns, block.gyr[:, axis]) for axis in range(3)]
                raw = np.rint(np.rad2deg(np.stack(turned, axis=1)) / _FACTOR_DPS)
                await self._send(polar.GYR, 0x80, stamp_ns + late_ns, raw.astype(np.int64))
            # The accelerometer sends at its pace while the gyroscope is still asked for.
            waiting = self._gyro and polar.GYR not in self._running
            await asyncio.sleep(n / block.rate_hz if waiting else 0)
        self.ended.set()

    async def _accelerate(self, stamp_ns: int, mg: IntArray) -> None:
        if not self._h10:
            await self._send(polar.ACC, 0x81, stamp_ns, mg)
            return
        frame = struct.pack("<BQB", polar.ACC, stamp_ns, 0x01) + mg.astype("<i2").tobytes()
        await self._out(frame)

    async def _send(self, sensor: int, kind: int, stamp_ns: int, values: IntArray) -> None:
        await self._out(struct.pack("<BQB", sensor, stamp_ns, kind) + packed(values))

    async def _out(self, frame: bytes) -> None:
        await self._peripheral.send(polar.DATA, frame, wait=True)
        self.sent += 1


def packed(values: IntArray) -> bytes:
    """Return samples, shape (n, 3), as a reference and one group of differences."""
    steps = np.diff(values, axis=0)
    bits = max(1, int(np.abs(steps).max(initial=0)).bit_length() + 1)
    flags = (steps.reshape(-1, 1) >> np.arange(bits)) & 1
    group = np.packbits(flags.astype(np.uint8).ravel(), bitorder="little").tobytes()
    first: bytes = values[0].astype("<i2").tobytes()
    return first + bytes([bits, len(steps)]) + group
