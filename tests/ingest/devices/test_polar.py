import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catfoot.errors import DecodeError
from catfoot.ingest.devices import polar, polarframes
from catfoot.ingest.source import Notification, Said
from catfoot.ingest.virtual.polar import packed
from catfoot.signal.imu import G_MPS2, ImuBlock

MG = G_MPS2 / 1000


def vectors(shared: Path) -> dict[str, bytes]:
    found: dict[str, Any] = json.loads((shared / "ble-vectors" / "vectors.json").read_text())
    return {
        v["name"]: bytes.fromhex(v["header_hex"] + v["content_hex"])
        for key, frames in found.items()
        if key != "rsc_and_vendor" and isinstance(frames, list)
        for v in frames
    }


def frame(sensor: int, stamp_ns: int, kind: int, content: bytes) -> bytes:
    return struct.pack("<BQB", sensor, stamp_ns, kind) + content


def acc_frame(stamp_ns: int, n: int) -> bytes:
    return frame(polar.ACC, stamp_ns, 1, np.arange(3 * n, dtype="<i2").tobytes())


def fed(decoder: polar.PolarDecoder, *frames: bytes, control: bool = False) -> list[ImuBlock]:
    uuid = polar.CONTROL if control else polar.DATA
    said: list[Said] = []
    for frame in frames:
        said += decoder.feed(Notification("p", uuid, frame, 0))
    return [one for one in said if isinstance(one, ImuBlock)]


def test_raw_samples_of_a_sensor_at_rest_weigh_one_g(shared_data: Path) -> None:
    frame = vectors(shared_data)["AccDataTest: process acc raw data frame type 1"]
    xyz = polarframes.samples(polar.ACC, 1, frame[10:], None)
    assert xyz.shape == (36, 3)
    assert np.linalg.norm(xyz, axis=1) == pytest.approx(G_MPS2, rel=0.01)


def test_compressed_samples_use_every_bit_of_the_frame(shared_data: Path) -> None:
    frame = vectors(shared_data)["AccDataTest: process acc compressed data type 0"]
    xyz = polarframes.samples(polar.ACC, 0x80, frame[10:], 2.44e-4)
    assert xyz.shape == (57, 3)
    assert xyz[0] / G_MPS2 == pytest.approx(np.array([1905, 27376, -29282]) * 2.44e-4)
    # The differences are of ten bits, so neighbours are at most 512 raw units apart.
    assert np.abs(np.diff(xyz, axis=0)).max() / G_MPS2 / 2.44e-4 <= 512.5


def test_small_compressed_frames_give_the_values_their_makers_meant(shared_data: Path) -> None:
    frames = vectors(shared_data)
    acc = frames["AccDataTest: process acc compressed data type 1"][10:]
    assert polarframes.samples(polar.ACC, 0x81, acc, None) / MG == pytest.approx(
        np.array([[-15, 20, 1008], [-20, 17, 1008]])
    )
    gyr = frames["GyrDataTest: process gyro compressed data type 0"][10:]
    assert np.rad2deg(polarframes.samples(polar.GYR, 0x80, gyr, 1.0)) == pytest.approx(
        np.array([[-22, 8, 13], [-23, 11, 16]])
    )
    floats = frames["GyrDataTest: process gyro compressed data type 1"][10:]
    for factor in (1.0, 0.5):
        assert np.rad2deg(polarframes.samples(polar.GYR, 0x81, floats, factor)) == pytest.approx(
            np.array([[1, 10, 20], [10, 20, 1.1]]) * factor
        )


@given(st.lists(st.tuples(*[st.integers(-2000, 2000)] * 3), min_size=2, max_size=200).map(np.array))
def test_what_is_packed_comes_back(values: np.ndarray) -> None:
    assert polarframes.deltas(packed(values), 3, 2).tolist() == values.tolist()


def test_the_settings_of_the_published_example_are_read_and_chosen() -> None:
    start = bytes.fromhex("020200013400010110000201080004" + "0103")
    offered = polar.settings_of(start[2:])
    assert offered == {0: [52], 1: [16], 2: [8], 4: [3]}
    assert polar._start_command(polar.ACC, polar.chosen(polar.ACC, offered)) == start


def test_the_most_that_is_useful_is_chosen() -> None:
    offered = {0: [26, 52, 104, 208, 416], 1: [16], 2: [2, 4, 8, 16]}
    assert polar.chosen(polar.ACC, offered) == {0: 208, 1: 16, 2: 16}
    assert polar.chosen(polar.ACC, {0: [400]}) == {0: 400}


def test_samples_stand_evenly_between_two_stamps_and_not_at_the_nominal_rate() -> None:
    decoder = polar.PolarDecoder()
    first, second = fed(decoder, acc_frame(10**9, 10), acc_frame(10**9 + 200_000_000, 10))
    assert np.diff(first.t_ns) == pytest.approx(1e9 / 52, abs=1)  # nothing better is known yet
    assert np.diff(second.t_ns) == pytest.approx(20_000_000, abs=1)
    assert second.t_ns[-1] == 10**9 + 200_000_000
    assert second.gyr is None


def test_a_lost_frame_is_a_hole_and_not_stretched_samples() -> None:
    decoder = polar.PolarDecoder()
    _, after = fed(decoder, acc_frame(10**9, 10), acc_frame(10**9 + 400_000_000, 10))
    assert decoder.gaps == 1
    assert np.diff(after.t_ns) == pytest.approx(1e9 / 52, abs=1)
    assert after.t_ns[0] - 10**9 > 200_000_000


@pytest.mark.parametrize(
    "data",
    [
        b"",
        acc_frame(0, 1)[:10],
        acc_frame(0, 1)[:-1],
        frame(polar.ACC, 0, 9, bytes(6)),
        frame(polar.ACC, 1 << 63, 1, bytes(6)),
        frame(polar.GYR, 0, 0x80, bytes(6) + b"\x10"),
        frame(polar.GYR, 0, 0x80, bytes(6) + b"\x10\x05" + bytes(29)),
        frame(polar.GYR, 0, 0x80, bytes(6) + b"\x21\x01" + bytes(13)),
        frame(polar.GYR, 0, 0x81, bytes.fromhex("0000807f") * 3),
    ],
    ids=["empty", "no sample", "cut", "type", "year", "no group", "short group", "33 bits", "inf"],
)
def test_a_frame_that_cannot_be_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        fed(polar.PolarDecoder(), data)


def test_a_frame_that_comes_twice_is_refused() -> None:
    decoder = polar.PolarDecoder()
    fed(decoder, acc_frame(10**9, 10))
    with pytest.raises(DecodeError, match="stands still"):
        fed(decoder, acc_frame(10**9, 10))


def test_a_clock_that_is_set_back_goes_on_as_the_host_saw_it() -> None:
    decoder = polar.PolarDecoder()
    fed(decoder, acc_frame(100 * 10**9, 10))
    late = Notification("p", polar.DATA, acc_frame(10**9, 10), 200_000_000)
    (block,) = decoder.feed(late)
    assert isinstance(block, ImuBlock)
    assert block.t_ns[-1] == 100 * 10**9 + 200_000_000
    assert decoder.resets == 1


def test_frames_of_other_sensors_are_left_alone() -> None:
    assert fed(polar.PolarDecoder(), frame(0, 5, 0, bytes(30))) == []


def test_what_comes_before_the_gyroscope_answers_waits_for_it() -> None:
    decoder = polar.PolarDecoder()
    started, asked = bytes.fromhex("f002020000"), bytes.fromhex("f002050500")
    second = 10**9
    assert fed(decoder, started, control=True) == []
    assert fed(decoder, acc_frame(1 * second, 52), acc_frame(2 * second, 52)) == []
    fed(decoder, asked, control=True)  # refused: there is none
    (block,) = fed(decoder, acc_frame(3 * second, 52))
    assert (len(block), block.gyr) == (156, None)


def test_a_gyroscope_that_never_answers_is_waited_for_three_seconds() -> None:
    decoder = polar.PolarDecoder()
    fed(decoder, bytes.fromhex("f002020000"), control=True)
    blocks = [fed(decoder, acc_frame(k * 10**9, 52)) for k in range(1, 6)]
    assert [len(b) for b in blocks] == [0, 0, 0, 1, 1]
