"""Every decoder refuses broken frames with DecodeError and nothing else.

CATFOOT_FUZZ says how many frames each decoder gets; 20,000 where it is not set.
"""

import os
import random
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import numpy as np
import pytest

from catfoot.errors import DecodeError
from catfoot.ingest.devices import (
    capture2go,
    dot,
    dotruns,
    heartrate,
    movesense,
    openpod,
    polar,
    power,
    rsc,
    rsccontrol,
    stryd,
    witmotion,
)
from catfoot.ingest.devices.capture2goruns import recording_of_file
from catfoot.ingest.devices.movesenselog import recording_of_log
from catfoot.ingest.devices.openpodruns import encode_run, recording_of_run
from catfoot.ingest.devices.stored import Origin, StoredRun
from catfoot.ingest.source import Notification
from catfoot.ingest.virtual.capture2go import encode
from catfoot.ingest.virtual.dot import encode as encode_dot
from catfoot.ingest.virtual.movesense import encode_log
from catfoot.signal.imu import ImuBlock

FRAMES = int(os.environ.get("CATFOOT_FUZZ", "20000"))


def mutants(frames: Sequence[bytes], n: int, seed: int) -> Iterator[bytes]:
    """Yield ``n`` frames: valid ones with bits flipped, bytes cut, added, swapped or random."""
    rng = random.Random(seed)
    for _ in range(n):
        frame = bytearray(rng.choice(frames))
        for _ in range(rng.randrange(4)):
            kind = rng.randrange(5)
            at = rng.randrange(len(frame) + 1)
            if kind == 0 and frame:
                frame[at % len(frame)] ^= 1 << rng.randrange(8)
            elif kind == 1:
                del frame[at:]
            elif kind == 2:
                frame[at:at] = rng.randbytes(rng.randrange(1, 24))
            elif kind == 3 and frame:
                frame[at % len(frame)] = rng.choice((0x00, 0x7F, 0x80, 0xFF))
            else:
                frame = bytearray(rng.randbytes(rng.randrange(40)))
        yield bytes(frame)


def open_pod() -> tuple[Callable[[bytes], object], Sequence[bytes]]:
    rng = np.random.default_rng(1)
    keep = np.setdiff1d(np.arange(400), [5, 77])
    block = ImuBlock(
        t_ns=keep * 5_000_000,
        acc=rng.normal(0, 20, (len(keep), 3)),
        gyr=rng.normal(0, 5, (len(keep), 3)),
        rate_hz=200.0,
    )
    info = openpod.info_of([block])
    decoder = openpod.OpenPodDecoder(info)
    frames = list(openpod.packets([block], info))
    return lambda data: decoder.feed(Notification("pod", openpod.DATA, data, 0)), frames


def open_pod_info() -> tuple[Callable[[bytes], object], Sequence[bytes]]:
    info = openpod.Info(rate_mhz=200_000, acc_lsb_mps2=0.005, gyr_lsb_radps=0.001)
    return openpod.decode_info, [openpod.encode_info(info)]


def running_speed() -> tuple[Callable[[bytes], object], Sequence[bytes]]:
    decoder = rsc.RscDecoder()
    frames = [bytes.fromhex(h) for h in ("035c03a18200f6090000", "000a0014", "02b900338a020000")]
    return lambda data: decoder.feed(Notification("pod", rsc.MEASUREMENT, data, 0)), frames


def running_power() -> tuple[Callable[[bytes], object], Sequence[bytes]]:
    return power.decode_power, [bytes.fromhex("0000fa00"), bytes.fromhex("2000fa000a00e803")]


def running_control() -> tuple[Callable[[bytes], object], Sequence[bytes]]:
    frames = [bytes.fromhex(h) for h in ("100101", "100302", "100401010203", "107f02")]
    return rsccontrol.decode_answer, frames


def heart_rate() -> tuple[Callable[[bytes], object], Sequence[bytes]]:
    frames = [bytes.fromhex(h) for h in ("0048", "104803f802", "19480012000004f803")]
    return heartrate.decode_measurement, frames


def polar_frames() -> tuple[Callable[[bytes], object], Sequence[bytes]]:
    decoder = polar.PolarDecoder()
    answers = [bytes.fromhex("f0020500000501295c8f3d"), bytes.fromhex("f0010200000001340001011000")]
    for answer in answers:
        decoder.feed(Notification("p", polar.CONTROL, answer, 0))
    frames = []
    for k in range(1, 200):
        head = struct.pack("<BQB", polar.ACC if k % 2 else polar.GYR, k * 10**8, 0x80)
        frames.append(head + bytes(6) + bytes([5, 8]) + bytes(15))
    return lambda data: decoder.feed(Notification("p", polar.DATA, data, 0)), frames


def polar_answers() -> tuple[Callable[[bytes], object], Sequence[bytes]]:
    return polar.settings_of, [bytes.fromhex("000134000101100002010800040103")]


def movesense_messages() -> tuple[Callable[[bytes], object], Sequence[bytes]]:
    decoder = movesense.MovesenseDecoder()
    frames = [b"\x02\x63" + struct.pack("<I", k * 38) + bytes(8 * 24) for k in range(200)]
    frames += [frame[:90] for frame in frames[:20]] + [b"\x03\x63" + bytes(108), b"\x01\x63\xc8\0"]
    return lambda data: decoder.feed(Notification("p", movesense.NOTIFY, data, 0)), frames


def dot_packets() -> tuple[Callable[[bytes], object], Sequence[bytes]]:
    decoder = dot.DotDecoder()
    frames = [struct.pack("<I6f", k * 16_667, 0, 0, 9.8, 1, 2, 3) for k in range(400)]
    return lambda data: decoder.feed(Notification("p", dot.DATA, data, 0)), frames


def witmotion_frames() -> tuple[Callable[[bytes], object], Sequence[bytes]]:
    decoder = witmotion.WitMotionDecoder()
    frames = [(b"\x55\x61" + bytes(18)) * k for k in (1, 2, 5)]
    return lambda data: decoder.feed(Notification("p", witmotion.NOTIFY, data, 0)), frames


def stryd_frames() -> tuple[Callable[[bytes], object], Sequence[bytes]]:
    return stryd.contact_ms, [
        b"\x32\0\0\0" + struct.pack("<H", ms) + bytes(14) for ms in (180, 260)
    ]


def capture2go_notifications() -> tuple[Callable[[bytes], object], Sequence[bytes]]:
    decoder = capture2go.Capture2GoDecoder()
    frames = []
    for k in range(200):
        payload = struct.pack("<q", k * 40_000_000) + bytes(107)
        frames.append(b"\xff" + capture2go.package(capture2go.FULL_6D_200HZ, payload))
    live = capture2go.package(0x0247, bytes(37))
    frames += [b"\xfd" + live + live, b"\xfe" + live] * 40
    trip = capture2go.TRIP.pack(5, 6, 7, 0)
    frames += [b"\xff" + capture2go.package(capture2go.ROUND_TRIP, trip)] * 40
    return lambda data: decoder.feed(Notification("p", capture2go.NOTIFY, data, 0)), frames


def _foot() -> ImuBlock:
    rng = np.random.default_rng(2)
    return ImuBlock(
        t_ns=np.arange(80) * 5_000_000, acc=rng.normal(0, 20, (80, 3)),
        gyr=rng.normal(0, 5, (80, 3)), rate_hz=200.0,
    )  # fmt: skip


def capture2go_files() -> tuple[Callable[[bytes], object], Sequence[bytes]]:
    origin = Origin(device="p", began=datetime(2026, 1, 1, tzinfo=UTC))

    def read(data: bytes) -> object:
        return recording_of_file(data, StoredRun(id="a", size=len(data)), origin)

    return read, [b"".join(encode(_foot())), b"".join(encode(_foot())[:1])]


def movesense_logs() -> tuple[Callable[[bytes], object], Sequence[bytes]]:
    origin = Origin(device="p", began=datetime(2026, 1, 1, tzinfo=UTC))

    def read(data: bytes) -> object:
        return recording_of_log(data, StoredRun(id="1", size=len(data)), origin)

    return read, [encode_log(_foot(), utc_us=1_770_000_000_000_000), encode_log(_foot()[:24])]


def open_pod_runs() -> tuple[Callable[[bytes], object], Sequence[bytes]]:
    origin = Origin(device="p", began=datetime(2026, 1, 1, tzinfo=UTC))
    info = openpod.info_of([_foot()])

    def read(data: bytes) -> object:
        run = StoredRun(id="1", size=len(data), crc32=zlib.crc32(data))
        return recording_of_run(data, run, origin)

    return read, [encode_run(info, openpod.packets([_foot()], info))]


def dot_exports() -> tuple[Callable[[bytes], object], Sequence[bytes]]:
    origin = Origin(device="p", began=datetime(2026, 1, 1, tzinfo=UTC))

    def take(data: bytes) -> object:
        return dotruns.recording_of_export(data, StoredRun(id="1", size=None), origin)

    return take, [b"".join(encode_dot(_foot())), b"".join(encode_dot(_foot()[:20]))]


FAMILIES = (
    capture2go_files, movesense_logs, dot_exports, open_pod_runs, stryd_frames,
    capture2go_notifications,
    open_pod, open_pod_info, running_speed, running_power, running_control, heart_rate,
    polar_frames, polar_answers, movesense_messages, dot_packets, witmotion_frames,
)  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
def test_no_frame_brings_anything_but_a_decode_error(
    family: Callable[[], tuple[Callable[[bytes], object], Sequence[bytes]]],
) -> None:
    feed, frames = family()
    refused = 0
    for frame in mutants(frames, FRAMES, seed=FRAMES):
        try:
            feed(frame)
        except DecodeError:
            refused += 1
    assert FRAMES // 10 < refused < FRAMES
