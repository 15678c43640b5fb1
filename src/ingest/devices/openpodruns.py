"""Runs that an open pod has stored: a list, bytes from any offset on, and erasing.

A run's bytes are the pod's Info and then every packet as it would have been sent, each after its
length. docs/devices.md has it byte by byte. No sockets here.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from ...errors import DecodeError
from ...signal.imu import ImuBlock
from ..records import (
    MAGIC,
    Header,
    Segment,
    encode_header,
    encode_notification,
    encode_segment,
    parse,
    payloads,
)
from ..source import Notification
from . import openpod
from .stored import LISTEN, Got, Listed, Memory, Origin, StoredRun, Talk, Write

RUNS = "c47f0005-7a1e-4b0d-9c52-5f0e6d3a8b21"
LIST, READ, ERASE, HALT = 0x01, 0x02, 0x03, 0x04

_ENTRY = struct.Struct("<BIIII")
_CHUNK = struct.Struct("<BI")
_ASK = struct.Struct("<BII")
_LENGTH = struct.Struct("<H")
_INFO_SIZE = 76


def encode_entry(run: StoredRun) -> bytes:
    """Return the notification that lists a run."""
    return _ENTRY.pack(LIST, int(run.id), run.size or 0, run.crc32 or 0, run.age_s or 0)


def decode_entry(data: bytes) -> StoredRun | None:
    """Return the run that a notification lists; None at the end of the list."""
    if data == bytes([LIST]):
        return None
    if len(data) != _ENTRY.size or data[0] != LIST:
        raise DecodeError(openpod.DEVICE, data, "no entry of a list of runs")
    _, id, size, crc32, age_s = _ENTRY.unpack(data)
    return StoredRun(id=str(id), size=size, crc32=crc32, age_s=age_s)


def ask(run: StoredRun, offset: int) -> bytes:
    """Return the command for a run's bytes from ``offset`` on."""
    return _ASK.pack(READ, int(run.id), offset)


def asked(command: bytes) -> tuple[int, int]:
    """Return the id and offset of that command."""
    if len(command) != _ASK.size:
        raise DecodeError(openpod.DEVICE, command, "a read of no run")
    _, id, offset = _ASK.unpack(command)
    return id, offset


def encode_chunk(offset: int, data: bytes) -> bytes:
    """Return the notification with the bytes at ``offset``; empty ones end the run."""
    return _CHUNK.pack(READ, offset) + data


def decode_chunk(data: bytes) -> tuple[int, bytes]:
    """Return offset and bytes of a notification."""
    if len(data) < _CHUNK.size or data[0] != READ:
        raise DecodeError(openpod.DEVICE, data, "no bytes of a run")
    return _CHUNK.unpack_from(data)[1], data[_CHUNK.size :]


def encode_run(info: openpod.Info, packets: Iterable[bytes]) -> bytes:
    """Return the bytes that a pod stores."""
    return openpod.encode_info(info) + b"".join(_LENGTH.pack(len(p)) + p for p in packets)


def packets_of(run: bytes) -> Iterator[bytes]:
    """Yield the packets of a stored run; DecodeError where its bytes are cut."""
    at = _INFO_SIZE
    while at < len(run):
        if at + _LENGTH.size > len(run):
            raise DecodeError(openpod.DEVICE, run[at:], "a stored run that is cut short")
        (size,) = _LENGTH.unpack_from(run, at)
        at += _LENGTH.size
        if at + size > len(run):
            raise DecodeError(openpod.DEVICE, run[at:], "a stored run that is cut short")
        yield run[at : at + size]
        at += size


def recording_of_run(run: bytes, stored: StoredRun, origin: Origin) -> bytes:
    """Return a stored run as a pod recording, as if it had been received while it was made.

    Raises DecodeError where the bytes are not those that the pod listed, or break the profile.
    """
    if len(run) != stored.size or zlib.crc32(run) != stored.crc32:
        raise DecodeError(openpod.DEVICE, run[:16], "a stored run whose checksum is wrong")
    info = openpod.decode_info(run[:_INFO_SIZE])
    header = Header(
        device=origin.device, profile=openpod.PROFILE.name, name=origin.name, demo=info.demo,
        started_at=origin.began, side=origin.side, place=origin.place,
    )  # fmt: skip
    segment = Segment(reads={openpod.INFO: run[:_INFO_SIZE]}, at_ns=0)
    out = [encode_header(header), encode_segment(segment)]
    decoder = openpod.OpenPodDecoder(info)
    zero_ns: int | None = None
    for data in packets_of(run):
        packet = Notification(origin.device, openpod.DATA, data, 0)
        (block,) = decoder.feed(packet)
        assert isinstance(block, ImuBlock)
        zero_ns = int(block.t_ns[0]) if zero_ns is None else zero_ns
        packet = replace(packet, received_ns=int(block.t_ns[-1]) - zero_ns)
        out.append(encode_notification(packet, openpod.PROFILE.notify))
    return b"".join(out)


def _listing() -> Talk[Listed]:
    yield Write(RUNS, bytes([LIST]))
    found = []
    while (run := decode_entry((yield LISTEN))) is not None:
        found.append(run)
    return Listed(runs=found)


def _reading(run: StoredRun, offset: int) -> Talk[None]:
    yield Write(RUNS, ask(run, offset))
    while True:
        at, data = decode_chunk((yield LISTEN))
        if at != offset:
            yield Write(RUNS, bytes([HALT]))
            raise DecodeError(openpod.DEVICE, data, f"byte {at} came instead of {offset}")
        if not data:
            return
        yield Got(data)
        offset += len(data)


def _erasing(runs: list[StoredRun]) -> Talk[None]:
    for run in runs:
        yield Write(RUNS, bytes([ERASE]) + int(run.id).to_bytes(4, "little"))


MEMORY = Memory(
    profile=openpod.PROFILE.name, notify=RUNS, listing=_listing, reading=_reading,
    erasing=_erasing, recording=recording_of_run,
)  # fmt: skip


def run_of_recording(recording: bytes) -> tuple[datetime, bytes] | None:
    """Return (start, bytes) of the stored run that a pod would have beside a live recording.

    Only the first connection; None where another family made the recording.
    """
    header: Header | None = None
    info: bytes | None = None
    packets: list[bytes] = []
    for _, payload in payloads(recording, len(MAGIC)):
        record = parse(payload, header)
        if isinstance(record, Header):
            header = record
        elif isinstance(record, Segment):
            if info is not None:
                break
            info = record.reads.get(openpod.INFO)
        elif isinstance(record, Notification) and record.characteristic == openpod.DATA:
            packets.append(record.data)
    if header is None or info is None or not packets:
        return None
    return header.started_at, encode_run(openpod.decode_info(info), packets)
