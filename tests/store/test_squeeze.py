import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catfoot.store.raw import RawStore
from catfoot.store.squeeze import expand, squeeze

from .conftest import ADA


def record(payload: bytes) -> bytes:
    return struct.pack("<II", len(payload), zlib.crc32(payload)) + payload


def pod(hours: float = 0.05, per_packet: int = 4, axes: int = 6, front: int = 18) -> bytes:
    """Return a recording as a pod of 200 Hz makes it: smooth swings, noise of 10 bits."""
    rng = np.random.default_rng(4)
    n = int(hours * 720_000) // per_packet * per_packet
    swing = 3000 * np.sin(np.arange(n)[:, None] / 20 + np.arange(axes))
    samples = np.rint(swing + rng.normal(0, 120, (n, axes))).astype("<i2")
    at_ns = np.cumsum(np.rint(rng.normal(5e6 * per_packet, 2e6, n // per_packet))).astype("<i8")
    out = [b"MAGIC123", record(b'\1{"device":"left"}')]
    for i, block in enumerate(samples.reshape(-1, per_packet, axes)):
        head = struct.pack("<BBqIHBB", 3, 0, at_ns[i], i * 20_000 & 0xFFFFFFFF, i & 0xFFFF, 4, 0)
        out.append(record(head[:front].ljust(front, b"\0") + block.tobytes()))
    return b"".join(out)


@given(
    head=st.binary(max_size=16),
    payloads=st.lists(st.binary(min_size=1, max_size=40), max_size=5),
    times=st.integers(1, 40),
    tail=st.binary(max_size=30),
)
@settings(deadline=None)
def test_anything_that_is_made_smaller_comes_back(
    head: bytes, payloads: list[bytes], times: int, tail: bytes
) -> None:
    data = head + b"".join(map(record, payloads)) * times + tail
    small = squeeze(data)
    assert small is None or expand(small) == data


@pytest.mark.parametrize("axes", [3, 6])
@pytest.mark.parametrize("per_packet", [1, 4, 15])
def test_a_pods_recording_comes_back_byte_for_byte(axes: int, per_packet: int) -> None:
    data = pod(0.01, per_packet, axes)
    small = squeeze(data)
    assert small is not None
    assert expand(small) == data


def test_a_recording_with_a_torn_end_and_an_event_in_the_middle_comes_back() -> None:
    data = pod(0.01)
    data = data[:-7] + record(b"\4") + data[8:]
    small = squeeze(data)
    assert small is not None
    assert expand(small) == data


@pytest.mark.parametrize(("per_packet", "most"), [(4, 0.75), (15, 0.68)])
def test_noise_of_ten_bits_takes_hardly_more_than_ten_bits(per_packet: int, most: float) -> None:
    data = pod(per_packet=per_packet)
    small = squeeze(data)
    assert small is not None
    assert len(small) < most * int(0.05 * 720_000) * 12
    assert len(zlib.compress(data, 9)) > len(small) * 1.25


@pytest.mark.parametrize("data", [b"", b"a run" * 1000, pod(0.0001)[:100]])
def test_what_is_not_made_of_records_is_left_alone(data: bytes) -> None:
    assert squeeze(data) is None


def test_the_raw_store_keeps_a_pods_recording_small_and_whole(raw: RawStore) -> None:
    data = pod(0.01)
    content = raw.keep(ADA, data)
    assert raw.read(ADA, content) == data
    assert raw.size_bytes(ADA, content) < 0.65 * len(data)
