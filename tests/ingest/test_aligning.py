"""Pods tapped together are lined up, in the recordings themselves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from catfoot.ingest.aligning import Aligner
from catfoot.ingest.devices import openpod
from catfoot.ingest.files.podlog import decode
from catfoot.ingest.records import (
    ALIGNED,
    Aligned,
    Header,
    Segment,
    encode_aligned,
    encode_header,
    encode_notification,
    encode_segment,
    parse,
    payloads,
)
from catfoot.ingest.source import Decoded, Notification
from catfoot.signal.imu import G_MPS2, ImuBlock

START = datetime(2026, 3, 15, 6, 30, tzinfo=UTC)
TAPS_S = (5.0, 5.8, 6.5, 7.4)


def tapped(at_s: tuple[float, ...], *, seconds: float = 20.0, seed: int = 0) -> ImuBlock:
    """A pod at rest at 200 Hz that is hit; its clock starts at 0 with the recording."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * 200)) / 200 + rng.uniform(0, 0.005)
    up = np.zeros(len(t))
    for at in at_s:
        up += np.where(t >= at, 12 * G_MPS2 * np.minimum(1, (t - at) / 0.01), 0) * (t < at + 0.03)
    acc = np.stack([up * 0, up * 0, up + G_MPS2], axis=1)
    return ImuBlock(t_ns=np.round(t * 1e9).astype(np.int64), acc=acc, gyr=acc * 0, rate_hz=200.0)


def made(
    block: ImuBlock, side: str, delay_ms: float, boots: tuple[int, ...] = (1,)
) -> list[tuple[int, bytes]]:
    """The records of a pod whose quickest packets take so long, with their arrivals in ns.

    Each of ``boots`` is a connection with its share of the packets.
    """
    info = openpod.info_of([block], side=side)  # type: ignore[arg-type]
    header = Header(device=side, profile="openpod", started_at=START, side=info.side)
    out = [(0, encode_header(header))]
    rng = np.random.default_rng(len(side))
    packets = list(openpod.packets([block], info))
    parts = np.array_split(np.arange(len(packets)), len(boots))
    for boot, part in zip(boots, parts, strict=True):
        reads = {openpod.INFO: openpod.encode_info(replace(info, boot=boot))}
        at_ns = int(block.t_ns[4 * int(part[0])])
        out.append((at_ns, encode_segment(Segment(reads=reads, at_ns=at_ns))))
        for k in part.tolist():
            late_ns = int((delay_ms + rng.exponential(2.0)) * 1e6)
            arrival_ns = int(block.t_ns[min(4 * k + 3, len(block) - 1)]) + late_ns
            packet = Notification(side, openpod.DATA, packets[k], arrival_ns)
            out.append((arrival_ns, encode_notification(packet, openpod.PROFILE.notify)))
    return out


def recorded(*pods: list[tuple[int, bytes]]) -> list[bytes]:
    """What is recorded of pods of one session, whatever their taps add to it."""
    aligner, files = Aligner(), [bytearray() for _ in pods]
    watched = [aligner.watch(file.extend) for file in files]
    order = sorted((at, k, i) for k, pod in enumerate(pods) for i, (at, _) in enumerate(pod))
    for _, k, i in order:
        record = pods[k][i][1]
        files[k] += record
        watched[k].see(record)
    return [bytes(file) for file in files]


def said(data: bytes) -> list[Aligned]:
    found = (parse(payload) for _, payload in payloads(data, 8) if payload[0] == 4)
    return [record for record in found if isinstance(record, Aligned)]


def tap_utc(decoded: Decoded) -> datetime:
    """UTC of the first hit, by the samples and when the recording says that it began."""
    assert decoded.started_at is not None
    (block,) = decoded.blocks
    first = int(np.flatnonzero(np.abs(block.acc[:, 2] - G_MPS2) > 3 * G_MPS2)[0])
    return decoded.started_at + timedelta(microseconds=int(block.t_ns[first] - block.t_ns[0]) / 1e3)


def apart_ms(left: bytes, right: bytes) -> float:
    return (tap_utc(decode(right, "r")) - tap_utc(decode(left, "l"))).total_seconds() * 1e3


def test_taps_move_the_second_pods_clock_to_the_firsts_and_the_recording_says_so() -> None:
    pods = [made(tapped(TAPS_S, seed=1), "left", 3), made(tapped(TAPS_S, seed=2), "right", 43)]
    before = apart_ms(*(b"".join(record for _, record in pod) for pod in pods))
    left, right = recorded(*pods)
    assert before == pytest.approx(40, abs=6)  # a sample of each pod, and jitter
    assert abs(apart_ms(left, right)) < 6
    (of_left,), (of_right,) = said(left), said(right)
    assert of_left.apart_ms == 0
    assert of_right.apart_ms == pytest.approx(40, abs=2.5)
    assert of_right.residual_ms < 1.5
    assert of_left.instants_ns == of_right.instants_ns
    assert len(of_right.own_ns) == len(TAPS_S)
    decoded = decode(right, "r")
    assert ALIGNED in [channel.name for channel in decoded.channels]
    assert any("was moved" in warning for warning in decoded.warnings)
    assert decoded.taps_apart_ms == of_right.apart_ms
    assert decoded.taps_residual_ms == of_right.residual_ms
    first = decode(left, "l")
    assert not any("was moved" in warning for warning in first.warnings)
    assert (first.taps_apart_ms, first.taps_residual_ms) == (0, of_right.residual_ms)


def test_tapping_again_shows_what_is_left_and_counts_last() -> None:
    twice = (*TAPS_S, 25.0, 25.9, 26.6)
    left, right = recorded(
        made(tapped(twice, seconds=40, seed=1), "left", 3),
        made(tapped(twice, seconds=40, seed=2), "right", 43),
    )
    first, again = said(right)
    assert first.apart_ms == pytest.approx(40, abs=2.5)
    assert abs(again.apart_ms) < 2.5
    assert len(again.own_ns) == 3
    assert abs(apart_ms(left, right)) < 6


def test_landings_on_both_feet_and_single_hits_line_nothing_up() -> None:
    rng = np.random.default_rng(5)
    landed = tuple(t + float(rng.normal(0, 0.015)) for t in (5.0, 6.0, 7.0, 8.0, 9.0))
    for other in (landed, TAPS_S[:3], ()):
        pods = made(tapped(TAPS_S if other != landed else (5.0, 6.0, 7.0, 8.0, 9.0)), "left", 3)
        left, right = recorded(pods, made(tapped(other, seed=2), "right", 3))
        assert not said(left)
        assert not said(right)


def test_a_pod_that_started_anew_is_not_held_to_the_taps_of_its_old_clock() -> None:
    block = tapped(TAPS_S, seed=2)
    kept = recorded(made(tapped(TAPS_S), "left", 3), made(block, "right", 43, boots=(7, 7)))[1]
    anew = recorded(made(tapped(TAPS_S), "left", 3), made(block, "right", 43, boots=(7, 8)))[1]
    assert said(kept)
    assert said(anew)
    assert any("was moved" in warning for warning in decode(kept, "r").warnings)
    assert not any("was moved" in warning for warning in decode(anew, "r").warnings)


@pytest.mark.parametrize("own_ns", [(), (1, 2, 3)])
def test_taps_that_are_not_as_many_on_either_pod_are_no_record(own_ns: tuple[int, ...]) -> None:
    bad = Aligned(at_ns=0, own_ns=own_ns, instants_ns=(1, 2), apart_ms=0, residual_ms=0)
    ((_, payload),) = payloads(encode_aligned(bad))
    with pytest.raises(ValueError, match="taps"):
        parse(payload)
