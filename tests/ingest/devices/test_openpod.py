import struct
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catfoot.errors import DecodeError
from catfoot.ingest.devices.openpod import (
    DATA,
    LAST_PACKET,
    Info,
    OpenPodDecoder,
    decode_info,
    encode_info,
    info_of,
    packets,
)
from catfoot.ingest.source import Notification
from catfoot.signal.imu import G_MPS2, ImuBlock

INFO = Info(side="left", place="lace", rate_mhz=200_000, acc_lsb_mps2=0.005, gyr_lsb_radps=0.001)


def shaken(n: int, *, start_ns: int = 0, rate_hz: float = 200.0, seed: int = 1) -> ImuBlock:
    rng = np.random.default_rng(seed)
    return ImuBlock(
        t_ns=start_ns + np.arange(n, dtype=np.int64) * round(1e9 / rate_hz),
        acc=rng.normal(0, 20, (n, 3)),
        gyr=rng.normal(0, 5, (n, 3)),
        rate_hz=rate_hz,
    )


def without(block: ImuBlock, lost: list[int]) -> ImuBlock:
    keep = np.setdiff1d(np.arange(len(block)), lost)
    return replace(block, t_ns=block.t_ns[keep], acc=block.acc[keep], gyr=block.gyr[keep])  # type: ignore[index]


def said(decoder: OpenPodDecoder, data: bytes, received_ns: int = 0) -> ImuBlock:
    (block,) = decoder.feed(Notification("pod", DATA, data, received_ns))
    assert isinstance(block, ImuBlock)
    return block


def decoded(frames: list[bytes], info: Info) -> tuple[ImuBlock, OpenPodDecoder]:
    decoder = OpenPodDecoder(info)
    blocks = [said(decoder, frame) for frame in frames]
    return replace(
        blocks[0],
        t_ns=np.concatenate([b.t_ns for b in blocks]),
        acc=np.concatenate([b.acc for b in blocks]),
        gyr=np.concatenate([b.gyr for b in blocks if b.gyr is not None]),
    ), decoder


def head(t_us: int, seq: int, n: int = 1, flags: int = 0) -> bytes:
    return struct.pack("<IHBB", t_us, seq, n, flags) + bytes(12 * n)


def test_what_a_pod_states_comes_back_as_it_was_stated() -> None:
    info = replace(
        INFO, boot=7, demo=True, place="insole", acc_range_mps2=(1.0, 2.0, np.inf), side="right"
    )
    assert decode_info(encode_info(info)) == info
    assert len(encode_info(info)) == 76


@given(st.lists(st.integers(1, 199), max_size=60, unique=True), st.integers(1, 42))
def test_samples_come_back_within_half_a_bit_and_50_us_whatever_is_lost(
    lost: list[int], per_packet: int
) -> None:
    block = without(shaken(200, start_ns=123_456_789_000), lost)
    info = info_of([block])
    got, decoder = decoded(list(packets([block], info, per_packet)), info)
    assert np.abs(got.t_ns - block.t_ns).max() <= 50_500
    assert np.abs(got.acc - block.acc).max() <= info.acc_lsb_mps2 / 2 * 1.0001
    assert got.gyr is not None
    assert block.gyr is not None
    assert np.abs(got.gyr - block.gyr).max() <= info.gyr_lsb_radps / 2 * 1.0001
    last = 199 - max((k for k in range(200) if set(range(200 - k, 200)) <= set(lost)), default=0)
    assert decoder.lost_samples == sum(k < last for k in lost)
    assert decoder.lost_packets == 0
    assert decoder.ended


def test_packets_do_not_depend_on_how_the_recording_was_cut() -> None:
    block = without(shaken(100), [13, 14, 50])
    info = info_of([block])
    whole = list(packets([block], info))
    assert list(packets([block[:7], block[7:8], block[8:]], info)) == whole


def test_a_lost_sample_ends_the_packet() -> None:
    block = without(shaken(8), [3])
    sizes = [frame[6] for frame in packets([block], info_of([block]), per_packet=8)]
    assert sizes == [3, 4]


def test_a_sample_60_us_off_its_place_starts_a_packet_and_40_us_does_not() -> None:
    block = shaken(4)
    for off_ns, sizes in ((40_000, [4]), (60_000, [2, 2])):
        moved = replace(block, t_ns=block.t_ns + np.array([0, 0, off_ns, off_ns]))
        assert [f[6] for f in packets([moved], info_of([moved]))] == sizes


def test_the_smallest_standard_full_scale_that_holds_the_data_is_chosen() -> None:
    block = replace(shaken(3), acc=np.full((3, 3), 15.9 * G_MPS2), gyr=np.full((3, 3), 5.0))
    info = info_of([block])
    assert info.acc_lsb_mps2 == 16 * G_MPS2 / 32768
    assert info.gyr_lsb_radps == np.deg2rad(500) / 32768


def test_the_bit_of_the_recording_itself_is_kept_where_it_fits() -> None:
    block = replace(shaken(3), acc_lsb_mps2=0.0078125)
    assert info_of([block]).acc_lsb_mps2 == 0.0078125
    tiny = replace(block, acc_lsb_mps2=1e-9)  # decimals of a text file, no sensor's bit
    assert info_of([tiny]).acc_lsb_mps2 > 1e-4


def test_the_clock_goes_on_where_the_32_bits_start_again() -> None:
    decoder = OpenPodDecoder(INFO)
    said(decoder, head(2**32 - 5000, 65535))
    block = said(decoder, head(0, 0))
    assert block.t_ns.tolist() == [2**32 * 1000]
    assert (decoder.gaps, decoder.lost_packets, decoder.lost_samples) == (0, 0, 0)


def test_lost_packets_are_counted_by_number_and_by_time() -> None:
    decoder = OpenPodDecoder(INFO)
    said(decoder, head(0, 10))
    said(decoder, head(20_000, 14))
    assert (decoder.gaps, decoder.lost_packets, decoder.lost_samples) == (1, 3, 3)


def test_a_clock_that_starts_again_is_put_where_the_host_saw_it() -> None:
    decoder = OpenPodDecoder(INFO)
    said(decoder, head(90_000_000, 10), received_ns=0)
    block = said(decoder, head(1_000, 11), received_ns=250_000_000)
    assert block.t_ns.tolist() == [90_250_000_000]
    assert said(decoder, head(6_000, 12)).t_ns.tolist() == [90_255_000_000]
    assert decoder.resets == 1


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (b"", "no head"),
        (head(0, 0)[:-1], "need 20 bytes, got 19"),
        (head(0, 0) + b"\0", "need 20 bytes, got 21"),
        (head(0, 0, n=0), "cannot hold 0"),
        (head(0, 0, n=43), "cannot hold 43"),
        (head(0, 0, flags=2), "reserved"),
    ],
)
def test_a_packet_that_breaks_the_profile_is_refused_and_says_why(frame: bytes, why: str) -> None:
    with pytest.raises(DecodeError, match=why):
        said(OpenPodDecoder(INFO), frame)


def test_a_packet_that_comes_twice_is_refused() -> None:
    decoder = OpenPodDecoder(INFO)
    said(decoder, head(0, 10))
    with pytest.raises(DecodeError, match="comes after"):
        said(decoder, head(0, 10))


@pytest.mark.parametrize(
    ("at", "value"),
    [(0, 2), (1, 3), (2, 6), (3, 0x80), (4, 0), (12, 255), (3, 0)],
    ids=["version", "side", "place", "flags", "rate", "bit", "bit of a gyroscope it lacks"],
)
def test_an_info_with_reserved_values_is_refused(at: int, value: int) -> None:
    data = bytearray(encode_info(INFO))
    data[at : at + (8 if at == 12 else 4 if at == 4 else 1)] = bytes([value]) * (
        8 if at == 12 else 4 if at == 4 else 1
    )
    with pytest.raises(DecodeError):
        decode_info(bytes(data))


def test_the_last_packet_says_so() -> None:
    frames = list(packets([shaken(9)], INFO))
    assert [frame[7] for frame in frames] == [0, 0, LAST_PACKET]
