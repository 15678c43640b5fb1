"""What a virtual pod is given to play: sound records are played, anything else is said."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest

from catfoot.errors import FileError
from catfoot.ingest.files.podlog import recording_of
from catfoot.ingest.records import MAGIC, MAX_RECORD, payloads, record_of
from catfoot.ingest.source import Decoded
from catfoot.ingest.virtual.tape import tape
from catfoot.signal.imu import ImuBlock


def records() -> list[bytes]:
    acc = np.zeros((40, 3))
    block = ImuBlock(
        t_ns=np.arange(40, dtype=np.int64) * 5_000_000, acc=acc, gyr=acc, rate_hz=200.0
    )
    at = datetime(2026, 3, 1, tzinfo=UTC)
    data = recording_of(Decoded(format="m", device="m", started_at=at, blocks=(block,)))
    return [payload for _, payload in payloads(data, len(MAGIC))]


def played(*of: bytes) -> bytes:
    return MAGIC + b"".join(record_of(payload) for payload in of)


def test_a_record_that_cannot_be_read_costs_that_record() -> None:
    header, segment, *packets = records()
    bad = bytes([4]) + b'{"what": 5'
    assert len(tape(played(header, segment, packets[0], bad, *packets[1:])).packets) == 10


def test_a_record_that_is_too_long_ends_the_tape() -> None:
    header, segment, *packets = records()
    long = bytes([3, 0]) + bytes(MAX_RECORD)
    assert len(tape(played(header, segment, *packets[:3], long, *packets[3:])).packets) == 3
    with pytest.raises(FileError, match="nothing that a pod could play"):
        tape(played(header, segment, long))


def test_a_family_that_is_not_known_is_said_in_a_sentence() -> None:
    header, *rest = records()
    told = json.loads(header[1:]) | {"profile": "tomorrow"}
    with pytest.raises(FileError, match="no device family is called 'tomorrow'"):
        tape(played(header[:1] + json.dumps(told).encode(), *rest))


def test_packets_before_a_header_are_said_in_a_sentence() -> None:
    _, segment, *packets = records()
    with pytest.raises(FileError, match="cannot be played: a packet before the header"):
        tape(played(segment, *packets))
