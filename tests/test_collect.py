"""From pods in the air, through bleak, to sealed recordings: nothing lost, nothing changed."""

import asyncio
import struct
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from catfoot.collect import Marks, Plan, collect
from catfoot.errors import RadioError
from catfoot.feeds import LocalSink
from catfoot.ingest.ble import Radio
from catfoot.ingest.devices import (
    capture2go,
    dot,
    heartrate,
    movesense,
    polar,
    power,
    rsc,
    witmotion,
)
from catfoot.ingest.files import Options
from catfoot.ingest.files import decode as decode_file
from catfoot.ingest.files.podlog import decode, recording_of
from catfoot.ingest.reader import Reader
from catfoot.ingest.records import (
    MAGIC,
    Header,
    Segment,
    encode_header,
    encode_notification,
    encode_segment,
    parse,
    payloads,
)
from catfoot.ingest.source import Decoded, Notification, Profile
from catfoot.ingest.virtual.air import Air
from catfoot.ingest.virtual.backend import radio
from catfoot.ingest.virtual.capture2go import VirtualCapture2Go
from catfoot.ingest.virtual.pod import VirtualPod
from catfoot.ingest.virtual.polar import VirtualPolar
from catfoot.live import Live
from catfoot.signal import synth
from catfoot.signal.imu import G_MPS2, ImuBlock
from catfoot.signal.steps import Mount, StepAnalyser
from catfoot.signal.stream import analyse
from catfoot.signal.tables import STEP
from catfoot.store.raw import RawStore
from tests.ingest.devices.test_stryd import recording as stryd_recording
from tests.running import run

pytestmark = pytest.mark.radio

START = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
ATHLETE = "a" * 32
LEFT, RIGHT = "F0:CA:7F:00:00:01", "F0:CA:7F:00:00:02"
BACK, CHEST = "F0:CA:7F:00:00:03", "F0:CA:7F:00:00:04"


def recording(n: int = 400, **said: Any) -> bytes:
    rng = np.random.default_rng(n)
    keep = np.setdiff1d(np.arange(n), rng.integers(0, n, n // 20))
    block = ImuBlock(
        t_ns=keep * 5_000_000,
        acc=rng.normal(0, 20, (len(keep), 3)),
        gyr=rng.normal(0, 5, (len(keep), 3)),
        rate_hz=200.0,
    )
    decoded = Decoded(format="made", device="made", started_at=START, blocks=(block,))
    return recording_of(decoded, **said)


@asynccontextmanager
async def collector(folder: Path) -> AsyncIterator[tuple[Air, Radio, Live, RawStore]]:
    raw = RawStore(folder)
    stores: Any = SimpleNamespace(raw=raw)
    async with Air() as air, Live(stores, lambda *_: None) as live:
        yield air, radio(await air.device("collector", "C0:CA:7F:00:00:00")), live, raw


def plan(**how: Any) -> Plan:
    return Plan(athlete=ATHLETE, listen_s=0.2, **how)


def same(one: Decoded, other: Decoded) -> bool:
    return all(
        a.t_ns.tobytes() == b.t_ns.tobytes()
        and a.acc.tobytes() == b.acc.tobytes()
        and a.gyr is not None
        and b.gyr is not None
        and a.gyr.tobytes() == b.gyr.tobytes()
        for a, b in zip(one.blocks, other.blocks, strict=True)
    )


def test_two_pods_are_recorded_at_once_and_say_the_same_as_from_disk(tmp_path: Path) -> None:
    left, right = recording(side="left", demo=True), recording(420, side="right", demo=True)

    async def work() -> dict[str, Decoded]:
        async with (
            collector(tmp_path) as (air, bluetooth, live, raw),
            VirtualPod(air, [left], address=LEFT, own_pace=False),
            VirtualPod(air, [right], address=RIGHT, own_pace=False),
        ):
            contents = await collect(plan(), LocalSink(live, ATHLETE), bluetooth)
            got = [decode(raw.read(ATHLETE, content), content) for content in contents]
        return {one.side: one for one in got}

    got = run(work())
    assert set(got) == {"left", "right"}
    assert same(got["left"], decode(left, "left"))
    assert same(got["right"], decode(right, "right"))
    assert all(one.demo and one.warnings == () for one in got.values())


def rows(decoded: Decoded) -> bytes:
    """The STEP rows of a recording, as bytes."""
    (block,) = decoded.blocks
    return analyse(StepAnalyser(Mount(), block.rate_hz), [block]).tobytes()


def over_the_air(tmp_path: Path, data: bytes) -> tuple[Decoded, dict[str, Any]]:
    """What is stored after a virtual pod has played a recording, and the last snapshot."""

    async def work() -> tuple[Decoded, dict[str, Any]]:
        async with (
            collector(tmp_path) as (air, bluetooth, live, raw),
            VirtualPod(air, [data], address=LEFT, own_pace=False),
        ):
            (content,) = await collect(plan(), LocalSink(live, ATHLETE), bluetooth)
            shown = live.hub.newest(ATHLETE)
            assert shown is not None
            return decode(raw.read(ATHLETE, content), "x"), shown

    return run(work())


def test_a_run_over_the_air_gives_the_same_steps_as_from_disk_bit_for_bit(tmp_path: Path) -> None:
    made = synth.runner(20.0, sensor=synth.Sensor(rate_hz=200))
    decoded = Decoded(format="m", device="m", started_at=START, blocks=(made.block,))
    data = recording_of(decoded, side="left", demo=True)
    got, shown = over_the_air(tmp_path, data)
    disk = rows(decode(data, "x"))
    assert len(disk) > 20 * STEP.itemsize
    assert rows(got) == disk
    foot = shown["feet"]["left"]
    assert foot["state"] == "closed"
    assert foot["cadence_spm"] == pytest.approx(synth.Gait().cadence_spm, abs=4)
    assert foot["steps"] == len(disk) // STEP.itemsize


def test_a_real_run_over_the_air_gives_the_steps_of_its_csv(
    tmp_path: Path, shared_data: Path
) -> None:
    path = shared_data / "wmf-field" / "test-run.csv"
    csv = decode_file(path.read_bytes(), path.name, Options(start=START))
    data = recording_of(csv, side="left")
    got, _ = over_the_air(tmp_path, data)
    disk = rows(decode(data, "x"))
    assert rows(got) == disk
    over_air = np.frombuffer(disk, STEP)
    (block,) = csv.blocks
    from_csv = analyse(StepAnalyser(Mount(), block.rate_hz), [block])
    assert len(over_air) == len(from_csv) > 100
    off_ns = block.t_ns[0] - got.blocks[0].t_ns[0]  # each clock starts where its source does
    for edge in ("ic_ns", "fc_ns"):
        assert np.abs(over_air[edge] + off_ns - from_csv[edge]).max() <= 100_000


def test_a_run_closes_by_itself_after_its_time(tmp_path: Path) -> None:
    async def work() -> float:
        async with (
            collector(tmp_path) as (air, bluetooth, live, raw),
            VirtualPod(air, [recording(4000)], address=LEFT),
        ):
            (content,) = await collect(plan(seconds=0.4), LocalSink(live, ATHLETE), bluetooth)
            got = decode(raw.read(ATHLETE, content), "x")
            return (got.last_ns() - got.first_ns()) / 1e9

    assert 0.3 < run(work()) < 1.0


def test_a_pod_that_loops_goes_on_without_a_gap_and_without_an_end(tmp_path: Path) -> None:
    async def work() -> Decoded:
        async with (
            collector(tmp_path) as (air, bluetooth, live, raw),
            VirtualPod(air, [recording(40)], address=LEFT, loop=True),
        ):
            stop = asyncio.Event()
            with live.hub.subscribe(ATHLETE) as mailbox:
                collecting = asyncio.create_task(
                    collect(plan(), LocalSink(live, ATHLETE), bluetooth, stop=stop)
                )
                while (await mailbox.take())["feet"]["unknown"]["packets"] < 40:
                    pass
                stop.set()
            (content,) = await collecting
            return decode(raw.read(ATHLETE, content), "x")

    (block,) = run(work()).blocks
    assert len(block) > 100
    assert np.diff(block.t_ns).max() < 60e6


def test_setting_stop_seals_what_there_is(tmp_path: Path) -> None:
    async def work() -> tuple[list[str], dict[str, Any] | None]:
        async with (
            collector(tmp_path) as (air, bluetooth, live, _),
            VirtualPod(air, [recording(4000)], address=LEFT),
        ):
            stop = asyncio.Event()
            with live.hub.subscribe(ATHLETE) as mailbox:
                collecting = asyncio.create_task(
                    collect(plan(mode="drill"), LocalSink(live, ATHLETE), bluetooth, stop=stop)
                )
                while (shown := await mailbox.take())["feet"]["unknown"]["packets"] < 5:
                    pass
                stop.set()
                return await collecting, shown

    contents, shown = run(work())
    assert len(contents) == 1
    assert shown is not None
    assert shown["mode"] == "drill"
    assert shown["feet"]["unknown"]["battery_pct"] == 87


def test_a_lost_connection_leaves_one_recording_with_a_hole(tmp_path: Path) -> None:
    data = recording(4000)

    async def work() -> Decoded:
        async with (
            collector(tmp_path) as (air, bluetooth, live, raw),
            VirtualPod(air, [data], address=LEFT) as pod,
        ):
            stop = asyncio.Event()
            with live.hub.subscribe(ATHLETE) as mailbox:
                collecting = asyncio.create_task(
                    collect(plan(), LocalSink(live, ATHLETE), bluetooth, stop=stop)
                )
                while (await mailbox.take())["feet"]["unknown"]["packets"] < 5:
                    pass
                await pod.drop()
                sent = pod.sent
                while (await mailbox.take())["feet"]["unknown"]["packets"] < sent + 10:
                    pass
                stop.set()
                (content,) = await collecting
            return decode(raw.read(ATHLETE, content), "x")

    got, whole = run(work()), decode(data, "x")
    (block,), (every,) = got.blocks, whole.blocks
    assert "made again 1 times" in got.warnings[-1]
    assert set(block.t_ns) < set(every.t_ns)  # the pod's clock went on: its times are exact
    assert np.diff(block.t_ns).max() > 100e6


def test_a_pod_without_samples_is_recorded_as_readings(tmp_path: Path) -> None:
    frames = [bytes.fromhex("04000355")] * 3 + [bytes.fromhex("04000356")] * 4
    data = encode_header(Header(device="p", profile="rsc", started_at=START))
    data += encode_segment(Segment(reads={rsc.FEATURE: b"\x04\x00"}, at_ns=0))
    for k, frame in enumerate(frames):
        n = Notification("p", rsc.MEASUREMENT, frame, k * 1_000_000)
        data += encode_notification(n, rsc.PROFILE.notify)

    async def work() -> tuple[Decoded, dict[str, Any]]:
        async with (
            collector(tmp_path) as (air, bluetooth, live, raw),
            VirtualPod(air, [data], name="RUNN", address=LEFT),
        ):
            stop = asyncio.Event()
            with live.hub.subscribe(ATHLETE) as mailbox:
                collecting = asyncio.create_task(
                    collect(plan(side="left"), LocalSink(live, ATHLETE), bluetooth, stop=stop)
                )
                while (shown := await mailbox.take())["feet"]["left"]["packets"] < 7:
                    pass
                stop.set()
                (content,) = await collecting
            return decode(raw.read(ATHLETE, content), "x"), shown["feet"]["left"]

    got, foot = run(work())
    assert got.readings["speed_mps"].tolist() == [3.0] * 7
    assert got.readings["cadence_spm"][-1] == 172
    assert got.device == "RUNN"
    assert (foot["cadence_spm"], foot["clock"]) == (172, "host")


def readings(profile: Profile, frames: list[tuple[str, str]]) -> bytes:
    """A recording of (characteristic, hex), thirty packets a second."""
    data = encode_header(Header(device="p", profile=profile.name, started_at=START))
    data += encode_segment(Segment(reads={}, at_ns=0))
    for k, (uuid, frame) in enumerate(frames):
        n = Notification("p", uuid, bytes.fromhex(frame), k * 33_000_000)
        data += encode_notification(n, profile.notify)
    return data


def test_a_power_meter_and_a_strap_that_was_named_make_a_foot_and_a_heart(tmp_path: Path) -> None:
    stryd = readings(
        rsc.PROFILE, [(power.MEASUREMENT, "00000701"), (rsc.MEASUREMENT, "040003aa")] * 8
    )
    strap = readings(heartrate.PROFILE, [(heartrate.MEASUREMENT, "1090a201")] * 8)

    async def work() -> tuple[list[Decoded], dict[str, Any]]:
        async with (
            collector(tmp_path) as (air, bluetooth, live, raw),
            VirtualPod(air, [stryd], name="Stryd", address=LEFT),
            VirtualPod(air, [strap], name="strap", address=RIGHT),
        ):
            stop = asyncio.Event()
            with live.hub.subscribe(ATHLETE) as mailbox:
                collecting = asyncio.create_task(
                    collect(
                        plan(pods=(LEFT, RIGHT)), LocalSink(live, ATHLETE), bluetooth, stop=stop
                    )
                )
                while True:
                    shown = await mailbox.take()
                    foot, heart = shown["feet"].get("unknown"), shown["heart"]
                    if foot and heart and foot.get("power_w") and heart["packets"] == 8:
                        break
                stop.set()
                contents = await collecting
            return [decode(raw.read(ATHLETE, content), "x") for content in contents], shown

    (foot, heart), shown = run(work())
    assert shown["feet"]["unknown"]["power_w"] == 263
    assert shown["heart"]["heart_rate_bpm"] == 144
    assert foot.readings["power_w"][-1] == 263
    assert heart.readings["heart_rate_bpm"].tolist() == [144] * 8
    assert [c.name for c in heart.channels] == ["rr_interval"]


def test_both_feet_the_sacrum_and_a_strap_are_recorded_at_once_each_where_it_sits(
    tmp_path: Path,
) -> None:
    worn = {address: recording(400 + 20 * k) for k, address in enumerate((LEFT, RIGHT, BACK))}
    strap = readings(heartrate.PROFILE, [(heartrate.MEASUREMENT, "1090a201")] * 8)
    asked = plan(
        pods=(*worn, CHEST), sides={LEFT: "left", RIGHT: "right", BACK: "unknown"},
        places={BACK: "sacrum"}, place="lace", seconds=3.0,
    )  # fmt: skip

    async def work() -> list[Decoded]:
        async with collector(tmp_path) as (air, bluetooth, live, raw), AsyncExitStack() as pods:
            for address, data in worn.items():
                pod = VirtualPod(air, [data], address=address)
                await pods.enter_async_context(pod)
            await pods.enter_async_context(VirtualPod(air, [strap], name="strap", address=CHEST))
            contents = await collect(asked, LocalSink(live, ATHLETE), bluetooth)
            return [decode(raw.read(ATHLETE, content), content) for content in contents]

    *feet, heart = run(work())
    sat = [(one.side, one.place) for one in feet]
    assert sat == [("left", "lace"), ("right", "lace"), ("unknown", "sacrum")]
    for one, data in zip(feet, worn.values(), strict=True):
        assert same(one, decode(data, "made"))
    assert heart.readings["heart_rate_bpm"].tolist() == [144] * 8


def swinging(n: int, rate_hz: float) -> ImuBlock:
    """Slow swings, which a straight line between neighbours follows closely."""
    t = np.arange(n) / rate_hz
    waves = np.stack([np.sin(2 * t), np.cos(3 * t), np.sin(t)], axis=1)
    return ImuBlock(
        t_ns=10**12 + np.round(t * 1e9).astype(np.int64),
        acc=waves * 9.0,
        gyr=waves * 4.0,
        rate_hz=rate_hz,
    )


def packets_of(data: bytes, characteristic: str) -> int:
    """Return how many notifications of a characteristic a recording holds."""
    header, found = None, 0
    for _, payload in payloads(data, len(MAGIC)):
        record = parse(payload, header)
        header = record if isinstance(record, Header) else header
        found += isinstance(record, Notification) and record.characteristic == characteristic
    return found


@pytest.mark.parametrize(
    ("sdk", "gyro", "rate_hz"), [(True, True, 208.0), (False, True, 52.0), (False, False, 52.0)]
)
def test_a_polar_sensor_on_a_shoe_is_asked_for_its_best_and_gives_its_samples(
    tmp_path: Path, sdk: bool, gyro: bool, rate_hz: float
) -> None:
    block = swinging(400, rate_hz)

    async def work() -> tuple[Decoded, list[bytes]]:
        async with (
            collector(tmp_path) as (air, bluetooth, live, raw),
            VirtualPolar(air, block, sdk=sdk, gyro=gyro) as pod,
        ):
            stop = asyncio.Event()
            with live.hub.subscribe(ATHLETE) as mailbox:
                collecting = asyncio.create_task(
                    collect(
                        plan(pods=(pod.address,), side="left", place="lace"),
                        LocalSink(live, ATHLETE), bluetooth, stop=stop,
                    )
                )  # fmt: skip
                await pod.ended.wait()
                told = pod.sent + len(pod.commands)  # every command has its answer
                while (await mailbox.take())["feet"]["left"]["packets"] < told:
                    pass
                stop.set()
            (content,) = await collecting
            data = raw.read(ATHLETE, content)
            assert packets_of(data, polar.DATA) == pod.sent
            return decode(data, "x"), pod.commands

    got, commands = run(work())
    (samples,) = got.blocks
    assert (got.side, got.place, samples.rate_hz) == ("left", "lace", rate_hz)
    assert commands[0] == bytes([2, 9])
    assert commands[-1][0] == polar.STOP
    true = np.stack([np.interp(samples.t_ns, block.t_ns, block.acc[:, k]) for k in range(3)], 1)
    assert len(samples) > 350  # the first frames of the accelerometer have no gyroscope beside them
    assert np.abs(samples.acc - true).max() < 0.02
    assert (samples.gyr is not None) == gyro
    if samples.gyr is not None and block.gyr is not None:
        turned = [np.interp(samples.t_ns, block.t_ns, block.gyr[:, k]) for k in range(3)]
        off = np.abs(samples.gyr - np.stack(turned, 1))
        assert off[:-2].max() < 0.02  # the device itself ends where the swings do


def test_a_polar_sensor_that_nobody_put_on_a_foot_gives_the_pulse(tmp_path: Path) -> None:
    async def work() -> dict[str, Any]:
        async with (
            collector(tmp_path) as (air, bluetooth, live, _),
            VirtualPolar(air, swinging(40, 52.0)) as pod,
        ):
            stop = asyncio.Event()
            with live.hub.subscribe(ATHLETE) as mailbox:
                where = plan(pods=(pod.address,))
                collecting = asyncio.create_task(
                    collect(where, LocalSink(live, ATHLETE), bluetooth, stop=stop)
                )
                shown = await mailbox.take()
                stop.set()
                await collecting
            return shown

    assert run(work())["heart"]["state"] in ("connecting", "streaming")


def movesense_frames(block: ImuBlock) -> list[bytes]:
    """Messages of eight samples, in two parts as a small packet size makes them."""
    assert block.gyr is not None
    out = []
    for k in range(0, len(block) - 7, 8):
        part = block[k : k + 8]
        assert part.gyr is not None
        message = struct.pack("<I", int(part.t_ns[0]) // 1_000_000)
        message += part.acc.astype("<f4").tobytes() + np.rad2deg(part.gyr).astype("<f4").tobytes()
        out += [b"\x02\x63" + message[:150], b"\x03\x63" + message[150:]]
    return out


def dot_frames(block: ImuBlock) -> list[bytes]:
    assert block.gyr is not None
    samples = zip(block.t_ns, block.acc, np.rad2deg(block.gyr), strict=True)
    return [struct.pack("<I6f", int(t) // 1000 % 2**32, *a, *g) for t, a, g in samples]


def wit_frames(block: ImuBlock) -> list[bytes]:
    assert block.gyr is not None
    acc = np.rint(block.acc / (16 * G_MPS2) * 32768).astype("<i2")
    gyr = np.rint(np.rad2deg(block.gyr) / 2000 * 32768).astype("<i2")
    return [
        b"\x55\x61" + a.tobytes() + g.tobytes() + bytes(6) for a, g in zip(acc, gyr, strict=True)
    ]


def c2g_frames(block: ImuBlock) -> list[bytes]:
    """The stream of packages, cut where 100 bytes are full."""
    assert block.gyr is not None
    stream = b""
    for k in range(0, len(block), 8):
        gyr = np.rint(np.rad2deg(block.gyr[k : k + 8]) / 2000 * 32768).astype("<i2")
        acc = np.rint(block.acc[k : k + 8] / (16 * 9.81) * 32768).astype("<i2")
        payload = struct.pack("<q", int(block.t_ns[k])) + gyr.tobytes() + acc.tobytes() + bytes(11)
        stream += capture2go.package(capture2go.FULL_6D_200HZ, payload)
    return [b"\xff" + stream[at : at + 100] for at in range(0, len(stream), 100)]


@pytest.mark.parametrize(
    ("profile", "uuid", "frames", "rate_hz"),
    [
        (capture2go.PROFILE, capture2go.NOTIFY, c2g_frames, 200.0),
        (movesense.PROFILE, movesense.NOTIFY, movesense_frames, 208.0),
        (dot.PROFILE, dot.DATA, dot_frames, 60.0),
        (witmotion.PROFILE, witmotion.NOTIFY, wit_frames, 100.0),
    ],
    ids=["capture2go", "movesense", "dot", "witmotion"],
)
def test_a_sensor_sold_by_others_is_started_and_gives_its_samples(
    tmp_path: Path, profile: Profile, uuid: str, frames: Any, rate_hz: float
) -> None:
    block = swinging(240, rate_hz)
    data = readings(profile, [(uuid, frame.hex()) for frame in frames(block)])

    async def work() -> tuple[Decoded, list[bytes]]:
        async with (
            collector(tmp_path) as (air, bluetooth, live, raw),
            VirtualPod(air, [data], address=LEFT, own_pace=False) as pod,
        ):
            stop = asyncio.Event()
            collecting = asyncio.create_task(
                collect(plan(side="right"), LocalSink(live, ATHLETE), bluetooth, stop=stop)
            )
            await pod.ended.wait()
            with live.hub.subscribe(ATHLETE) as mailbox:
                while (await mailbox.take())["feet"]["right"]["packets"] < pod.sent:
                    pass
            stop.set()
            (content,) = await collecting
            return decode(raw.read(ATHLETE, content), "x"), pod.commands

    got, commands = run(work())
    (samples,) = got.blocks
    told = [value for _, value in (*profile.start, *profile.stop)]
    assert [command for command in commands if command in told] == told
    asked = [command for command in commands if command not in told]  # a player answers nothing
    assert len(asked) == (profile is capture2go.PROFILE)
    assert (len(samples), samples.rate_hz, got.side) == (240, rate_hz, "right")
    assert np.abs(samples.acc - block.acc).max() < 0.01
    assert samples.gyr is not None
    assert block.gyr is not None
    assert np.abs(samples.gyr - block.gyr).max() < 0.01
    if profile.wrap_ns:
        assert np.diff(samples.t_ns) == pytest.approx(1e9 / rate_hz, rel=0.1)


def test_a_capture2go_is_told_the_time_once_and_its_clock_is_asked_both_ways(
    tmp_path: Path,
) -> None:
    block = swinging(400, 200.0)
    made: list[VirtualCapture2Go] = []

    async def work() -> bytes:
        async with collector(tmp_path) as (air, bluetooth, live, raw):
            begun_ns = time.monotonic_ns()
            async with VirtualCapture2Go(
                air, block, clock_ns=lambda: time.monotonic_ns() - begun_ns
            ) as sensor:
                made.append(sensor)
                stop = asyncio.Event()
                where = plan(pods=(sensor.address,), side="left")
                collecting = asyncio.create_task(
                    collect(where, LocalSink(live, ATHLETE), bluetooth, stop=stop)
                )
                with live.hub.subscribe(ATHLETE) as mailbox:
                    while (await mailbox.take())["feet"]["left"]["packets"] < 40:
                        pass
                stop.set()
                (content,) = await collecting
                return raw.read(ATHLETE, content)

    data = run(work())
    (sensor,) = made
    assert sensor.commands[:2] == [capture2go.ROUND_TRIP, capture2go.SET_TIME]
    assert sensor.commands.count(capture2go.SET_TIME) == 1
    assert sensor.commands.count(capture2go.ROUND_TRIP) == 9
    assert abs(sensor.now_ns() - time.time_ns()) < 60e9
    reader, trips = Reader(), []
    for _, payload in payloads(data, len(MAGIC)):
        if isinstance(packet := parse(payload, reader.header), Notification):
            for header, said in capture2go.Unpacker().feed(packet.data):
                if header == capture2go.ROUND_TRIP:
                    sent_ns, received_ns, answered_ns, _ = capture2go.TRIP.unpack(said)
                    assert received_ns <= answered_ns
                    trips.append((sent_ns, packet.received_ns))
        reader.take(payload)
    assert len(trips) == 9
    # All four stamps are in the recording, the host's on its own clock.
    assert all(0 <= sent < received < 60e9 for sent, received in trips)
    assert len(decode(data, "x").blocks) == 1


def test_somebody_elses_strap_is_not_read(tmp_path: Path) -> None:
    strap = readings(heartrate.PROFILE, [(heartrate.MEASUREMENT, "0090")])

    async def work() -> None:
        async with (
            collector(tmp_path) as (air, bluetooth, live, _),
            VirtualPod(air, [strap], address=RIGHT),
        ):
            with pytest.raises(RadioError, match="no pod in range"):
                await collect(plan(search_s=0), LocalSink(live, ATHLETE), bluetooth)

    run(work())


def test_no_pod_in_range_is_one_sentence_that_says_what_to_try(tmp_path: Path) -> None:
    async def work() -> None:
        async with collector(tmp_path) as (_, bluetooth, live, _):
            with pytest.raises(RadioError, match="no pod in range: wake it"):
                await collect(plan(search_s=0), LocalSink(live, ATHLETE), bluetooth)

    run(work())


@pytest.mark.parametrize("asked", [False, True])
def test_stryds_own_frame_is_only_read_where_it_is_asked_for(tmp_path: Path, asked: bool) -> None:
    async def work() -> Decoded:
        async with (
            collector(tmp_path) as (air, bluetooth, live, raw),
            VirtualPod(air, [stryd_recording(seconds=2)], own_pace=True) as pod,
        ):
            where = plan(stryd_contact=asked, seconds=1.5, pods=(pod.address,))
            (content,) = await collect(where, LocalSink(live, ATHLETE), bluetooth)
            return decode(raw.read(ATHLETE, content), "x")

    got = run(work())
    assert np.isfinite(got.readings["speed_mps"]).any()
    assert np.isfinite(got.readings["gct_s"]).any() == asked


def test_marks_and_the_pose_stand_in_the_recording_where_they_were_made(tmp_path: Path) -> None:
    async def work() -> Decoded:
        async with (
            collector(tmp_path) as (air, bluetooth, live, raw),
            VirtualPod(air, [recording(600, side="left")]) as pod,
        ):
            marks = Marks()
            where = plan(seconds=1.5, pods=(pod.address,))
            running = asyncio.create_task(
                collect(where, LocalSink(live, ATHLETE), bluetooth, marks=marks)
            )
            await marks.begun.wait()
            marks.mark("marker: hill")
            (content,) = await running
            return decode(raw.read(ATHLETE, content), "x")

    got = run(work())
    (mark,) = [channel for channel in got.channels if channel.name == "marker: hill"]
    assert got.first_ns() - 2e8 < mark.t_ns[0] < got.last_ns()
