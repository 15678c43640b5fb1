import struct
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from catfoot.errors import FileError
from catfoot.ingest.devices import openpod, rsc
from catfoot.ingest.files.podlog import decode, recording_of
from catfoot.ingest.records import (
    MAGIC,
    Event,
    Header,
    Segment,
    encode_event,
    encode_header,
    encode_notification,
    encode_segment,
    parse,
    payloads,
)
from catfoot.ingest.source import Decoded, Notification
from catfoot.signal.imu import ImuBlock

START = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
S = 1_000_000_000
BLOCK = ImuBlock(
    t_ns=50 * S + np.setdiff1d(np.arange(400), [7, 8, 200]) * 5_000_000,
    acc=np.random.default_rng(1).normal(0, 20, (397, 3)),
    gyr=np.random.default_rng(2).normal(0, 5, (397, 3)),
    rate_hz=200.0,
)
SAMPLES = Decoded(format="made", device="made", started_at=START, side="left", blocks=(BLOCK,))


def packet(t_us: int, seq: int) -> bytes:
    return struct.pack("<IHBB", t_us, seq, 1, 0) + bytes(12)


def recording(*parts: tuple[int, list[tuple[int, int, int]]]) -> bytes:
    """A pod recording of connections (boot, [(arrival_ns, t_us, seq), ...])."""
    out = [encode_header(Header(device="p", profile="openpod", started_at=START))]
    for boot, sent in parts:
        info = openpod.Info(rate_mhz=200_000, acc_lsb_mps2=0.01, gyr_lsb_radps=0.01, boot=boot)
        reads = {openpod.INFO: openpod.encode_info(info)}
        out.append(encode_segment(Segment(reads=reads, at_ns=sent[0][0])))
        for at_ns, t_us, seq in sent:
            n = Notification("p", openpod.DATA, packet(t_us, seq), at_ns)
            out.append(encode_notification(n, openpod.PROFILE.notify))
    return b"".join(out)


def test_a_recording_made_of_samples_says_the_same_samples() -> None:
    got = decode(recording_of(SAMPLES, place="lace", demo=True), "x")
    (block,) = got.blocks
    assert (got.side, got.place, got.demo, got.format) == ("left", "lace", True, "pod recording")
    assert np.array_equal(block.t_ns, BLOCK.t_ns)
    assert np.abs(block.acc - BLOCK.acc).max() <= block.acc_lsb_mps2
    assert got.warnings == ()
    assert got.started_at == START


def test_a_recording_of_a_recording_is_the_same_bit_for_bit() -> None:
    once = decode(recording_of(SAMPLES), "x")
    twice = decode(recording_of(once, per_packet=11), "x")
    assert np.array_equal(once.blocks[0].t_ns, twice.blocks[0].t_ns)
    assert once.blocks[0].acc.tobytes() == twice.blocks[0].acc.tobytes()


def test_a_torn_end_costs_the_torn_record_and_is_said() -> None:
    whole = recording_of(SAMPLES)
    for cut in (1, 7, 40):
        got = decode(whole[:-cut], "x")
        assert sum(map(len, got.blocks)) >= 397 - 4
        assert got.warnings[0].startswith("the last ")


def test_damage_in_the_middle_ends_the_recording_there() -> None:
    data = bytearray(recording_of(SAMPLES))
    data[len(data) // 2] ^= 0x10
    got = decode(bytes(data), "x")
    assert 150 < sum(map(len, got.blocks)) < 250
    assert "damaged" in got.warnings[0]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not a pod recording"),
        (MAGIC, "no packet"),
        (encode_header(Header(device="p", profile="openpod", started_at=START)), "no packet"),
        (MAGIC + recording_of(SAMPLES)[len(MAGIC) + 200 :], "no packet"),
    ],
)
def test_a_file_that_is_none_is_refused_by_name(data: bytes, why: str) -> None:
    with pytest.raises(FileError, match=f"run.cfp: .*{why}"):
        decode(data, "run.cfp")


def test_a_pod_whose_clock_goes_on_keeps_its_exact_times_over_a_reconnect() -> None:
    got = decode(recording((7, [(0, 1_000_000, 0)]), (7, [(3 * S, 4_000_123, 1)])), "x")
    assert got.blocks[0].t_ns.tolist() == [1 * S, 4_000_123_000]
    assert "made again 1 times" in got.warnings[-1]


def test_a_clock_that_wrapped_while_away_is_put_after_the_wrap() -> None:
    away_ns = 4_000 * S
    late_us = (1_000_000 + 4_000_000_000) % 2**32
    parts = (7, [(0, 1_000_000, 0)]), (7, [(away_ns, late_us, 1)])
    assert decode(recording(*parts), "x").blocks[0].t_ns.tolist() == [1 * S, 4_001 * S]
    three = 3 * 2**32
    parts = (7, [(0, 1_000_000, 0)]), (7, [(three * 1000, 1_000_500, 1)])
    assert decode(recording(*parts), "x").blocks[0].t_ns[1] == (three + 1_000_500) * 1000


def test_a_pod_that_was_switched_off_between_is_put_where_the_host_saw_it() -> None:
    got = decode(recording((7, [(0, 900_000_000, 0)]), (8, [(3 * S, 1_000, 0)])), "x")
    assert got.blocks[0].t_ns.tolist() == [900 * S, 903 * S]


def test_readings_of_a_device_without_a_clock_stand_on_the_hosts() -> None:
    out = [encode_header(Header(device="p", profile="rsc", started_at=START))]
    out.append(encode_segment(Segment(reads={}, at_ns=0)))
    for k in range(8):
        n = Notification("p", rsc.MEASUREMENT, bytes.fromhex("000a03a0"), (k + 2) * S)
        out.append(encode_notification(n, rsc.PROFILE.notify))
    got = decode(b"".join(out), "x")
    assert got.started_at == START + timedelta(seconds=2)
    assert got.readings["cadence_spm"][-1] == 160
    assert [c.name for c in got.channels] == ["rsc_cadence_raw"]
    assert len(got.channels[0].value) == 8
    assert got.warnings[0].startswith("cadence as sent")


def test_packets_that_break_the_profile_are_counted_and_the_rest_is_kept() -> None:
    bad = Notification("p", openpod.DATA, b"\0\0", 5)
    data = recording((7, [(0, 1_000_000, 0)])) + encode_notification(bad, (openpod.DATA,))
    got = decode(data, "x")
    assert sum(map(len, got.blocks)) == 1
    assert got.warnings[0].startswith("1 packets could not be decoded: open pod")


def test_every_record_comes_back_as_it_was_written() -> None:
    header = Header(device="p", profile="rsc", started_at=START, side="right", mode="drill")
    segment = Segment(reads={rsc.FEATURE: b"\x03\x00"}, at_ns=4)
    event = Event(what="marker", at_ns=9)
    packet = Notification("p", rsc.MEASUREMENT, b"abc", 11)
    data = b"".join(
        [encode_header(header), encode_segment(segment), encode_event(event),
         encode_notification(packet, rsc.PROFILE.notify)]
    )  # fmt: skip
    read = [parse(payload, header) for _, payload in payloads(data, len(MAGIC))]
    assert read == [header, segment, event, packet]


def test_a_header_that_nobody_could_have_written_is_refused() -> None:
    header = Header(device="p", profile="rsc", started_at=START)
    with pytest.raises(ValueError, match="zone"):
        replace(header, started_at=START.replace(tzinfo=None))
    with pytest.raises(ValueError, match="no device family"):
        replace(header, profile="hoof")


def test_what_was_marked_in_a_run_are_its_laps_and_in_a_drill_none() -> None:
    marks = [(0.5, "marker"), (1.2, "marker: the hill"), (1.5, "pose begins"), (99.0, "marker")]
    said = b"".join(encode_event(Event(what=what, at_ns=int(at * S))) for at, what in marks)
    run = decode(recording_of(SAMPLES) + said, "a")
    first, last = run.first_ns(), run.last_ns()
    edges = [first, first + int(0.5 * S), first + int(1.2 * S), last]
    assert np.allclose(run.laps, list(pairwise(edges)), atol=0.02 * S)
    assert decode(recording_of(SAMPLES, mode="drill") + said, "a").laps == ()
    assert decode(recording_of(SAMPLES), "a").laps == ()
