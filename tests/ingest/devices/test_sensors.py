"""Sensors sold by others: Capture2Go, Movesense, Movella DOT, WitMotion."""

import struct
import zlib

import numpy as np
import pytest

from catfoot.errors import DecodeError
from catfoot.ingest.devices import capture2go, dot, movesense, witmotion
from catfoot.ingest.source import Decoder, Notification, Said
from catfoot.signal.imu import G_MPS2, ImuBlock


def fed(decoder: Decoder, uuid: str, *frames: bytes) -> list[ImuBlock]:
    said: list[Said] = []
    for k, frame in enumerate(frames):
        said += decoder.feed(Notification("p", uuid, frame, k * 40_000_000))
    return [one for one in said if isinstance(one, ImuBlock)]


def message(stamp_ms: int, n: int) -> bytes:
    """Arrays one after the other: acceleration 0, 1, 2, ..., then turn rate -0, -1, -2, ..."""
    values = np.arange(3 * n, dtype="<f4")
    return struct.pack("<I", stamp_ms) + values.tobytes() + (-values).tobytes()


def test_movesense_sends_whole_arrays_and_not_interleaved_ones() -> None:
    (block,) = fed(movesense.MovesenseDecoder(), movesense.NOTIFY, b"\x02\x63" + message(1000, 4))
    assert block.acc.tolist() == np.arange(12.0).reshape(4, 3).tolist()
    assert block.gyr is not None
    assert np.rad2deg(block.gyr) == pytest.approx(-np.arange(12.0).reshape(4, 3))
    assert block.t_ns[0] == 1_000_000_000
    assert len(block) == 4


def test_a_movesense_message_in_two_parts_is_joined() -> None:
    whole = message(1000, 8)
    decoder = movesense.MovesenseDecoder()
    first, second = b"\x02\x63" + whole[:150], b"\x03\x63" + whole[150:]
    (block,) = fed(decoder, movesense.NOTIFY, first, second)
    assert len(block) == 8
    assert fed(decoder, movesense.NOTIFY, first) == []
    (block,) = fed(decoder, movesense.NOTIFY, b"\x02\x63" + message(1077, 8))
    assert decoder.lost_parts == 1


def test_a_lost_movesense_message_is_a_gap() -> None:
    decoder = movesense.MovesenseDecoder()
    frames = [b"\x02\x63" + message(k * 38, 8) for k in (0, 1, 3)]
    fed(decoder, movesense.NOTIFY, *frames)
    assert decoder.gaps == 1


def test_movesense_time_goes_on_where_its_32_bits_start_again() -> None:
    decoder = movesense.MovesenseDecoder()
    frames = [b"\x02\x63" + message((2**32 - 38 + k * 38) % 2**32, 8) for k in range(3)]
    blocks = fed(decoder, movesense.NOTIFY, *frames)
    times = np.concatenate([b.t_ns for b in blocks])
    assert (np.diff(times) > 4e6).all()
    assert decoder.gaps == 0


def test_an_answer_tells_its_status_and_others_data_is_left_alone() -> None:
    decoder = movesense.MovesenseDecoder()
    assert fed(decoder, movesense.NOTIFY, bytes.fromhex("0163c800")) == []
    assert decoder.status == 200
    assert fed(decoder, movesense.NOTIFY, b"\x02\x07" + bytes(28)) == []


@pytest.mark.parametrize(
    "data",
    [b"", b"\x02", b"\x09\x63\0", b"\x01\x63", b"\x03\x63" + bytes(24), b"\x02\x63" + bytes(4),
     b"\x02\x63" + bytes(4) + b"\xff" * 24],
    ids=["empty", "short", "kind", "no status", "second alone", "no sample", "NaN"],
)  # fmt: skip
def test_a_movesense_message_that_cannot_be_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        fed(movesense.MovesenseDecoder(), movesense.NOTIFY, data)


def c2g_samples(stamp_ns: int, first: int = 0) -> bytes:
    """A package of eight samples: turn rate counts up, acceleration counts down."""
    values = np.arange(first, first + 24, dtype="<i2")
    payload = struct.pack("<q", stamp_ns) + values.tobytes() + (-values).tobytes() + bytes(11)
    return capture2go.package(capture2go.FULL_6D_200HZ, payload)


def test_a_capture2go_command_is_framed_as_the_document_says() -> None:
    start = capture2go.package(capture2go.START_STREAMING)
    assert start == b"\x02" + struct.pack("<I", zlib.crc32(b"\x50\x01")) + b"\0\x50\x01"
    mode = capture2go.measurement_mode()
    assert len(mode) == 8 + 30
    assert mode[8:] == bytes(8) + bytes([0, 0, 1, 0, 0, 0, 1, 0]) + bytes(13) + b"\1"


@pytest.mark.parametrize("size", [1, 17, 60, 243])
def test_capture2go_packages_may_begin_and_end_anywhere(size: int) -> None:
    status = capture2go.package(0x0201, bytes(19))
    stream = b"".join(c2g_samples(k * 40_000_000, 24 * k) + status for k in range(20))
    pieces = [b"\xff" + stream[i : i + size] for i in range(0, len(stream), size)]
    decoder = capture2go.Capture2GoDecoder()
    blocks = fed(decoder, capture2go.NOTIFY, *pieces)
    times = np.concatenate([b.t_ns for b in blocks])
    assert times.tolist() == [k * 5_000_000 for k in range(160)]
    turned = np.concatenate([b.gyr for b in blocks if b.gyr is not None])
    assert np.rad2deg(turned).ravel() == pytest.approx(np.arange(480) * 2000 / 32768)
    assert blocks[0].acc[7, 2] == pytest.approx(-23 * 16 * 9.81 / 32768)
    assert (decoder.gaps, decoder.unpacker.skipped) == (0, 0)


def test_real_time_packages_in_front_do_not_disturb_the_stream() -> None:
    live = capture2go.package(0x0247, bytes(37))
    samples = c2g_samples(0)
    decoder = capture2go.Capture2GoDecoder()
    frames = [b"\xfd" + live + live + samples[:50], b"\xfe" + live + samples[50:]]
    assert len(fed(decoder, capture2go.NOTIFY, *frames)) == 1


def test_damage_in_the_stream_costs_the_package_and_is_counted() -> None:
    damaged = bytearray(c2g_samples(40_000_000))
    damaged[40] ^= 1
    decoder = capture2go.Capture2GoDecoder()
    frames = [b"\xff" + bytes(f) for f in (c2g_samples(0), damaged, c2g_samples(80_000_000))]
    assert len(fed(decoder, capture2go.NOTIFY, *frames)) == 2
    assert decoder.unpacker.skipped == 123
    assert (decoder.gaps, decoder.lost_samples) == (1, 8)


def test_a_capture2go_clock_that_is_set_goes_on_as_the_host_saw_it() -> None:
    decoder = capture2go.Capture2GoDecoder()
    stamps = (0, 40_000_000, 10**18, 10**18 + 40_000_000)
    blocks = fed(decoder, capture2go.NOTIFY, *[b"\xff" + c2g_samples(t) for t in stamps])
    assert [int(b.t_ns[0]) for b in blocks] == [0, 40_000_000, 80_000_000, 120_000_000]
    assert (decoder.resets, decoder.gaps) == (1, 0)


@pytest.mark.parametrize(
    "data",
    [b"", b"\xfe\x02", b"\x00" + bytes(80), b"\xff" + c2g_samples(-1),
     b"\xff" + capture2go.package(capture2go.FULL_6D_200HZ, bytes(90))],
    ids=["empty", "no package", "255 packages", "before 1970", "size"],
)  # fmt: skip
def test_a_capture2go_notification_that_cannot_be_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        fed(capture2go.Capture2GoDecoder(), capture2go.NOTIFY, data)


def dot_packet(t_us: int, acc: float = 9.81) -> bytes:
    return struct.pack("<I6f", t_us, 0, 0, acc, 180, 0, 0)


def test_a_dot_sample_is_in_si_units_and_its_clock_is_unwrapped() -> None:
    decoder = dot.DotDecoder()
    first, second = fed(decoder, dot.DATA, dot_packet(2**32 - 10_000), dot_packet(6_667))
    assert first.acc[0] == pytest.approx([0, 0, 9.81])
    assert first.gyr is not None
    assert first.gyr[0] == pytest.approx([np.pi, 0, 0])
    assert second.t_ns[0] - first.t_ns[0] == 16_667_000
    assert (decoder.gaps, decoder.lost_samples) == (0, 0)


def test_lost_dot_packets_show_by_the_clock_alone() -> None:
    decoder = dot.DotDecoder()
    fed(decoder, dot.DATA, dot_packet(0), dot_packet(66_667))
    assert (decoder.gaps, decoder.lost_samples) == (1, 3)


@pytest.mark.parametrize(
    "data",
    [b"", dot_packet(1)[:-1], dot_packet(1) + b"\1", dot_packet(1) + bytes(13),
     dot_packet(1, np.nan), dot_packet(1, 1e9)],
    ids=["empty", "cut", "something behind", "too long", "NaN", "impossible"],
)  # fmt: skip
def test_a_dot_packet_that_cannot_be_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        fed(dot.DotDecoder(), dot.DATA, data)


def test_a_dot_packet_that_comes_twice_is_refused() -> None:
    decoder = dot.DotDecoder()
    with pytest.raises(DecodeError, match="stands still"):
        fed(decoder, dot.DATA, dot_packet(5), dot_packet(5))


def wit_frame(*values: int) -> bytes:
    return b"\x55\x61" + struct.pack("<9h", *values, *[0] * (9 - len(values)))


def test_witmotion_frames_are_scaled_by_their_full_range() -> None:
    decoder = witmotion.WitMotionDecoder()
    frame = wit_frame(2048, -32768, 0, 16384, 0, 0)
    (block,) = fed(decoder, witmotion.NOTIFY, frame + b"\x55\x71" + bytes(18) + frame)
    assert len(block) == 2
    assert block.acc[0] / G_MPS2 == pytest.approx([1, -16, 0])
    assert block.gyr is not None
    assert np.rad2deg(block.gyr[0]) == pytest.approx([1000, 0, 0])
    assert np.diff(block.t_ns).tolist() == [10_000_000]
    assert "cannot be seen" in decoder.notes[0]


@pytest.mark.parametrize("data", [b"", wit_frame()[:-1], wit_frame() + b"\x55", b"\x61" * 20])
def test_a_witmotion_frame_that_cannot_be_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        fed(witmotion.WitMotionDecoder(), witmotion.NOTIFY, data)
