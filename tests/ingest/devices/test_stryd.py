"""Stryd's own frame: only where it is asked for, and labelled."""

import struct
from datetime import UTC, datetime

import numpy as np
import pytest

from catfoot.errors import DecodeError
from catfoot.ingest.devices import rsc, stryd
from catfoot.ingest.files.podlog import decode
from catfoot.ingest.records import (
    Header,
    Segment,
    encode_header,
    encode_notification,
    encode_segment,
)
from catfoot.ingest.source import Notification

NOW = datetime(2026, 3, 15, 6, 30, tzinfo=UTC)


def frame(ms: int) -> bytes:
    return b"\x32\0\0\0" + struct.pack("<H", ms) + bytes(14)


def recording(profile: str = "stryd", seconds: int = 60) -> bytes:
    """A minute at 3 m/s and 170 steps a minute, 240 ms on the ground."""
    header = Header(device="p", profile=profile, started_at=NOW)
    out = [encode_header(header), encode_segment(Segment(reads={}, at_ns=0))]
    speed = rsc.Measurement(
        speed_mps=3.0, cadence_raw=170, stride_m=None, distance_m=None, running=True
    )
    for k in range(seconds):
        packets = [(rsc.MEASUREMENT, rsc.encode_measurement(speed))]
        if profile == "stryd":
            packets.append((stryd.MEASUREMENT, frame(240)))
        for uuid, data in packets:
            packet = Notification("p", uuid, data, k * 10**9)
            out.append(encode_notification(packet, stryd.PROFILE.notify))
    return b"".join(out)


def test_the_contact_time_is_a_reading_and_a_channel_and_says_where_it_is_from() -> None:
    got = decode(recording(), "x")
    assert np.nanmedian(got.readings["gct_s"]) == pytest.approx(0.24)
    assert np.nanmedian(got.readings["cadence_spm"]) == 170
    assert [c.name for c in got.channels] == ["rsc_cadence_raw", "stryd_contact_time"]
    assert stryd.NOTE in got.warnings


def test_standing_says_nothing() -> None:
    said = stryd.StrydDecoder().feed(Notification("p", stryd.MEASUREMENT, frame(0), 0))
    assert said == []


@pytest.mark.parametrize("data", [b"", frame(240)[:-1], b"\x31" + frame(240)[1:], frame(2001)])
def test_any_other_frame_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        stryd.contact_ms(data)
