"""Pod recordings as files: read from disk, and made from the samples of any other recording."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np

from ...errors import FileError
from ...signal.imu import ImuBlock
from ...signal.tables import READING, Channel, DrillName, Place, Side, Table, join
from ..devices import openpod
from ..reader import Reader
from ..records import (
    MAGIC,
    MARKER,
    Header,
    Mode,
    Segment,
    encode_header,
    encode_notification,
    encode_segment,
    payloads,
)
from ..source import Decoded, Notification

__all__ = ["FORMAT", "MAGIC", "decode", "encode_header", "encode_notification", "recording_of"]

FORMAT = "pod recording"


def decode(data: bytes, name: str) -> Decoded:
    """Return what a pod recording says.

    A torn or damaged record ends it, with a warning. FileError where not even the header or
    one packet can be read.
    """
    if not data.startswith(MAGIC):
        raise FileError(f"{name}: not a pod recording")
    reader, end = Reader(), len(MAGIC)
    blocks: list[ImuBlock] = []
    readings: list[Table] = []
    channels: list[Channel] = []
    try:
        for behind, payload in payloads(data, len(MAGIC)):
            end = behind
            for said in reader.take(payload):
                if isinstance(said, ImuBlock):
                    blocks.append(said)
                elif isinstance(said, Channel):
                    channels.append(said)
                else:
                    readings.append(said)
    except ValueError as fault:
        raise FileError(f"{name}: {fault}") from fault
    if reader.header is None or not (blocks or readings):
        raise FileError(f"{name}: the pod recording holds no packet that can be read")
    for t_ns, what in reader.marks:
        channels.append(Channel(what, "", np.array([t_ns], np.int64), np.ones(1)))
    decoded = Decoded(
        format=FORMAT, device=reader.header.name or reader.header.device, started_at=None,
        side=reader.side, place=reader.place, demo=reader.demo, blocks=_joined(blocks),
        readings=join(READING, readings), channels=_gathered(channels),
        shows_loss=reader.profile is None or reader.profile.shows_loss,
        sport="drill" if reader.header.mode == "drill" else None, drill=reader.header.drill,
        marks=tuple(t for t, what in reader.marks if what.partition(":")[0] == MARKER),
        taps_apart_ms=None if reader.aligned is None else reader.aligned.apart_ms,
        taps_residual_ms=None if reader.aligned is None else reader.aligned.residual_ms,
    )  # fmt: skip
    if decoded.sport is None:
        decoded = replace(decoded, laps=_laps(decoded))
    torn = len(data) - end
    warnings = (f"the last {torn} bytes are damaged and were left out",) if torn else ()
    return replace(
        decoded,
        started_at=reader.utc(decoded.first_ns()),
        warnings=(*warnings, *reader.warnings),
    )


def recording_of(
    decoded: Decoded,
    *,
    device: str = "virtual pod",
    side: Side | None = None,
    place: Place | None = None,
    started_at: datetime | None = None,
    mode: Mode = "run",
    drill: DrillName | None = None,
    demo: bool | None = None,
    per_packet: int = 4,
) -> bytes:
    """Return the samples of any recording as the open pod would have recorded them.

    Quantised to 16 bits; ``openpod.info_of`` chooses the least significant bit. Raises
    ValueError where there are no samples.
    """
    info = openpod.info_of(
        decoded.blocks,
        side=side or decoded.side,
        place=place or decoded.place,
        demo=decoded.demo if demo is None else demo,
        boot=1,
    )
    header = Header(
        device=device, profile=openpod.PROFILE.name, side=info.side, place=info.place,
        mode=mode, drill=drill, demo=info.demo,
        started_at=started_at or decoded.started_at or datetime(2000, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    out = [
        encode_header(header),
        encode_segment(Segment(reads={openpod.INFO: openpod.encode_info(info)}, at_ns=0)),
    ]
    decoder = openpod.OpenPodDecoder(info)
    shift: int | None = None
    for data in openpod.packets(decoded.blocks, info, per_packet):
        packet = Notification(device, openpod.DATA, data, 0)
        (block,) = decoder.feed(packet)
        assert isinstance(block, ImuBlock)
        shift = int(block.t_ns[0]) if shift is None else shift
        packet = replace(packet, received_ns=int(block.t_ns[-1]) - shift)
        out.append(encode_notification(packet, openpod.PROFILE.notify))
    return b"".join(out)


def _laps(decoded: Decoded) -> tuple[tuple[int, int], ...]:
    """Return what lies between the moments that the athlete marked in a run: its segments."""
    first, last = decoded.first_ns(), decoded.last_ns()
    marked = sorted({at for at in decoded.marks if first < at < last})
    edges = (first, *marked, last)
    return tuple(pairwise(edges)) if marked else ()


def _joined(blocks: Iterable[ImuBlock]) -> tuple[ImuBlock, ...]:
    """Return runs of blocks that share their rate and scales as one block each."""
    runs: list[list[ImuBlock]] = []
    for block in blocks:
        if runs and _scales(runs[-1][0]) == _scales(block):
            runs[-1].append(block)
        else:
            runs.append([block])
    return tuple(
        replace(
            run[0],
            t_ns=np.concatenate([b.t_ns for b in run]),
            acc=np.concatenate([b.acc for b in run]),
            gyr=None
            if run[0].gyr is None
            else np.concatenate([b.gyr for b in run if b.gyr is not None]),
        )
        for run in runs
    )


def _scales(block: ImuBlock) -> tuple[object, ...]:
    return (
        block.rate_hz, block.gyr is None, block.acc_lsb_mps2, block.gyr_lsb_radps,
        block.acc_range_mps2, block.gyr_range_radps,
    )  # fmt: skip


def _gathered(channels: Iterable[Channel]) -> tuple[Channel, ...]:
    """Return one channel per name and unit."""
    named: dict[tuple[str, str], list[Channel]] = {}
    for channel in channels:
        named.setdefault((channel.name, channel.unit), []).append(channel)
    return tuple(
        Channel(
            name, unit,
            np.concatenate([c.t_ns for c in parts]), np.concatenate([c.value for c in parts]),
        )
        for (name, unit), parts in named.items()
    )  # fmt: skip
