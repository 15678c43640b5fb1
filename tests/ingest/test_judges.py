"""Clients that other people wrote, against our virtual devices and frames."""

import asyncio
import functools
import importlib.util
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import bleak
import numpy as np
import pytest

from catfoot.ingest.ble import Radio
from catfoot.ingest.devices import rsc
from catfoot.ingest.virtual.air import Air
from catfoot.ingest.virtual.backend import radio
from catfoot.ingest.virtual.capture2go import VirtualCapture2Go, encode
from catfoot.ingest.virtual.polar import VirtualPolar
from catfoot.signal.imu import G_MPS2, ImuBlock
from tests.running import run


@pytest.fixture
def judge(needed: Callable[[str, bool], None]) -> Callable[[str], Any]:
    """Import a client that only the tests need."""

    def found(name: str) -> Any:
        needed(f"the package {name}", importlib.util.find_spec(name) is not None)
        return importlib.import_module(name)

    return found


def patched(monkeypatch: pytest.MonkeyPatch, bluetooth: Radio) -> None:
    """Have clients that name no backend use the virtual one."""
    for what, backend in (("scanner", bluetooth.scanner), ("client", bluetooth.client)):
        assert backend is not None
        chosen: Any = functools.partial(backend, **bluetooth.options)
        monkeypatch.setattr(
            bleak, f"get_platform_{what}_backend_type", lambda chosen=chosen: (chosen, "virtual")
        )


@asynccontextmanager
async def on_air(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Air, Radio]]:
    async with Air() as air:
        bluetooth = radio(await air.device("collector", "C0:CA:7F:00:00:00"))
        patched(monkeypatch, bluetooth)
        yield air, bluetooth


def swinging(n: int, rate_hz: float) -> ImuBlock:
    t = np.arange(n) / rate_hz
    waves = np.stack([np.sin(2 * np.pi * f * t) for f in (0.7, 1.1, 1.9)], axis=1)
    return ImuBlock(
        t_ns=10**12 + np.round(t * 1e9).astype(np.int64), acc=waves * 9.0, gyr=waves * 4.0,
        rate_hz=rate_hz,
    )  # fmt: skip


@pytest.mark.radio
def test_the_makers_own_client_reads_the_virtual_capture2go_as_we_do(
    judge: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sdk = judge("capture2go")
    block = swinging(160, 200.0)
    file = b"".join(encode(block))
    trips: list[Any] = []

    async def work() -> tuple[Any, bytes, list[Any]]:
        async with AsyncExitStack() as open_:
            air, _ = await open_.enter_async_context(on_air(monkeypatch))
            await open_.enter_async_context(VirtualCapture2Go(air, block, stored={"run.bin": file}))
            (imu,) = await sdk.connect(["IMU_ab1234"])
            await imu.init()
            await imu.send(sdk.pkg.DataClockRoundtrip(hostSendTimestamp=12345))
            while not isinstance(trip := await imu.apoll(), sdk.pkg.DataClockRoundtrip):
                pass
            trips.append(trip)
            await imu.send(sdk.pkg.CmdFsListFiles())
            while not isinstance(listed := await imu.apoll(), sdk.pkg.DataFsFile):
                pass
            await imu.send(sdk.pkg.CmdFsGetBytes(filename=b"run.bin", startPos=0, endPos=0))
            got = b""
            while len(got) < listed.size:
                one = await imu.apoll()
                if isinstance(one, sdk.pkg.DataFsBytes):
                    assert one.offset == len(got)
                    got += bytes(one.payload)
            await imu.send(sdk.pkg.CmdStartStreaming())
            streamed: list[Any] = []
            while len(streamed) < len(block) // 8:
                one = await imu.apoll()
                if type(one).__name__.startswith("DataFull6DPacked"):
                    streamed.append(one.parse())
            await imu.disconnect()
            return listed, got, streamed

    listed, got, streamed = run(work())
    (trip,) = trips
    assert trip.hostSendTimestamp == 12345
    assert 0 < trip.sensorReceiveTimestamp <= trip.sensorSendTimestamp
    assert trip.hostReceiveTimestamp > 0
    assert (listed.filename, listed.size) == (b"run.bin", len(file))
    assert got == file
    acc = np.concatenate([np.asarray(one["acc"]) for one in streamed])
    gyr = np.concatenate([np.asarray(one["gyr"]) for one in streamed])
    assert np.abs(acc - block.acc).max() < 0.005
    assert block.gyr is not None
    assert np.abs(gyr - block.gyr).max() < 0.002


@pytest.mark.radio
def test_a_polar_client_reads_the_virtual_h10_as_we_do(
    judge: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    heart = judge("bleakheart")
    block = swinging(400, 200.0)

    async def work() -> list[Any]:
        async with on_air(monkeypatch) as (air, _), VirtualPolar(air, block, h10=True):
            device = await bleak.BleakScanner.find_device_by_name("Polar H10 01234567")
            assert device is not None
            async with bleak.BleakClient(device) as client:
                queue: asyncio.Queue[Any] = asyncio.Queue()
                pmd = heart.PolarMeasurementData(client, acc_queue=queue)
                assert "ACC" in await pmd.available_measurements()
                offered = await pmd.available_settings("ACC")
                assert 200 in offered["SAMPLE_RATE"]
                error, text, _ = await pmd.start_streaming("ACC", RANGE=8, SAMPLE_RATE=200)
                assert error == 0, text
                frames = [await queue.get() for _ in range(20)]
                await pmd.stop_streaming("ACC")
                return frames

    frames = run(work())
    mg = np.array([sample for _, _, samples in frames for sample in samples])
    assert np.abs(mg - np.rint(block.acc / G_MPS2 * 1000)[: len(mg)]).max() <= 1
    assert len(mg) == 400


@pytest.mark.parametrize(
    "measured",
    [
        rsc.Measurement(speed_mps=3.5, cadence_raw=172, stride_m=2.44, distance_m=1234.5, running=True),
        rsc.Measurement(speed_mps=1.25, cadence_raw=55, stride_m=None, distance_m=None, running=False),
        rsc.Measurement(speed_mps=0.0, cadence_raw=0, stride_m=None, distance_m=9.5, running=False),
        rsc.Measurement(speed_mps=2.75, cadence_raw=164, stride_m=1.0, distance_m=None, running=True),
    ],
)  # fmt: skip
def test_a_parser_of_the_specification_reads_our_rsc_frames_as_we_mean_them(
    judge: Callable[[str], Any], measured: rsc.Measurement
) -> None:
    judge("bluetooth_sig")
    from bluetooth_sig.gatt.characteristics.rsc_measurement import RSCMeasurementCharacteristic

    data = rsc.encode_measurement(measured)
    theirs: Any = RSCMeasurementCharacteristic().parse_value(bytearray(data))
    assert rsc.decode_measurement(data) == measured
    assert theirs.instantaneous_speed == pytest.approx(measured.speed_mps)
    assert theirs.instantaneous_cadence == measured.cadence_raw
    for ours, given in (
        (measured.stride_m, theirs.instantaneous_stride_length),
        (measured.distance_m, theirs.total_distance),
    ):
        assert (given is None) if ours is None else given == pytest.approx(ours)
