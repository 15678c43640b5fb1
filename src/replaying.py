"""A stored recording shown as live: the same records, at the pace at which they once came.

What was recorded over the radio is played as it is; from a file's samples or readings such
records are made first. Nothing is stored by showing it.
"""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from .errors import DecodeError, FileError
from .feeds import Sink
from .ingest.devices import heartrate, power, rsc
from .ingest.files import Options, decode, podlog
from .ingest.records import (
    MAGIC,
    Header,
    Segment,
    encode_header,
    encode_notification,
    encode_segment,
    parse,
    payloads,
    record_of,
)
from .ingest.source import Decoded, Notification, Profile
from .signal.tables import Table
from .training.entries import Recording

if TYPE_CHECKING:
    from .config import Stores
    from .store.schema import Row


def tapes(stores: "Stores", athlete: str, run: str, *, as_recorded: bool = False) -> list[bytes]:
    """Return a run's recordings as pod recordings, those of one watch maybe as two.

    ``as_recorded`` leaves out what did not come over the radio: on a server, records that were
    made here would be a recording of their own. FileError where nothing can be shown.
    """
    found = [
        tape
        for row in stores.logbook.recordings(athlete, run)
        for tape in _tapes(stores.raw.read(athlete, row.entry.content), row)
        if not as_recorded or row.entry.format == podlog.FORMAT
    ]
    if not found and as_recorded:
        raise FileError(
            "only what was recorded over the radio can be shown on a server; leave --to"
        )
    if not found:
        raise FileError(
            "nothing of this run can be shown as live: its original bytes say too little"
        )
    return found


def _tapes(data: bytes, row: "Row[Recording]") -> Iterator[bytes]:
    if data.startswith(MAGIC):
        yield data
        return
    entry = row.entry
    known = Options(
        start=entry.started_at, side=entry.side, place=entry.place, rate_hz=entry.rate_hz
    )
    decoded = replace(decode(data, entry.name, known), started_at=entry.started_at)
    if decoded.blocks:
        yield podlog.recording_of(decoded, device=entry.device)
        return
    rows = decoded.readings
    if np.isfinite(rows["speed_mps"]).any():
        yield _said(decoded, rsc.PROFILE, _speeds(rows))
    if np.isfinite(rows["heart_rate_bpm"]).any():
        yield _said(decoded, heartrate.PROFILE, _beats(rows))


def _said(decoded: Decoded, profile: Profile, packets: Iterable[tuple[int, str, bytes]]) -> bytes:
    """Return packets, (time in ns, characteristic, bytes), as a pod recording of a family."""
    assert decoded.started_at is not None
    header = Header(
        device=decoded.device or profile.name, profile=profile.name, side=decoded.side,
        place=decoded.place, started_at=decoded.started_at, demo=decoded.demo,
    )  # fmt: skip
    out = [encode_header(header), encode_segment(Segment(reads={}, at_ns=0))]
    first_ns = decoded.first_ns()
    for t_ns, uuid, data in packets:
        packet = Notification(header.device, uuid, data, t_ns - first_ns)
        out.append(encode_notification(packet, profile.notify))
    return b"".join(out)


def _speeds(rows: Table) -> Iterator[tuple[int, str, bytes]]:
    """Yield speed with cadence, and power where there is some, as a foot pod would send them."""
    for row in rows[np.isfinite(rows["speed_mps"])]:
        at_ns, cadence = int(row["t_ns"]), float(row["cadence_spm"])
        if np.isfinite(row["power_w"]):
            watts = int(np.clip(row["power_w"], 0, 32767))
            yield at_ns, power.MEASUREMENT, b"\0\0" + watts.to_bytes(2, "little")
        measured = rsc.Measurement(
            speed_mps=float(np.clip(row["speed_mps"], 0, 255)),
            cadence_raw=min(255, round(cadence)) if np.isfinite(cadence) else 0,
            stride_m=None, distance_m=None, running=True,
        )  # fmt: skip
        yield at_ns, rsc.MEASUREMENT, rsc.encode_measurement(measured)


def _beats(rows: Table) -> Iterator[tuple[int, str, bytes]]:
    for row in rows[np.isfinite(rows["heart_rate_bpm"])]:
        yield (
            int(row["t_ns"]),
            heartrate.MEASUREMENT,
            bytes([0, min(255, int(row["heart_rate_bpm"]))]),
        )


async def replay(
    recordings: Iterable[bytes],
    sink: Sink,
    *,
    speed: float = 1.0,
    stop: asyncio.Event | None = None,
) -> None:
    """Put all recordings into the sink at ``speed`` times their pace, until they end or ``stop``.

    Those that began later start later.
    """
    stop = stop or asyncio.Event()
    # An hour is a second of parsing, which a server's loop has no time for.
    read = await asyncio.to_thread(lambda: [_Tape(recording) for recording in recordings])
    first = min(tape.header.started_at for tape in read)
    begun_s = asyncio.get_running_loop().time()
    async with asyncio.TaskGroup() as tasks:
        for tape in read:
            after_s = (tape.header.started_at - first).total_seconds()
            tasks.create_task(_play(tape, sink, speed, begun_s, after_s, stop))


class _Tape:
    """One pod recording as (seconds after its start, record)."""

    def __init__(self, recording: bytes) -> None:
        header: Header | None = None
        self.records: list[tuple[float, bytes]] = []
        at_s = 0.0
        for _, payload in payloads(recording, len(MAGIC)):
            try:
                said = parse(payload, header)
            except (ValueError, DecodeError):
                continue  # what cannot be read cannot be shown
            if isinstance(said, Header):
                header = said
                continue
            if isinstance(said, Notification):
                at_s = said.received_ns / 1e9
            self.records.append((at_s, record_of(payload)))
        if header is None:
            raise FileError("a pod recording without a header cannot be shown")
        self.header = header


async def _play(
    tape: _Tape, sink: Sink, speed: float, begun_s: float, after_s: float, stop: asyncio.Event
) -> None:
    loop = asyncio.get_running_loop()
    feed = await sink.open(tape.header)
    feed.put(encode_header(tape.header))
    feed.say("streaming", None, 0)
    for at_s, record in tape.records:
        wait_s = begun_s + (after_s + at_s) / speed - loop.time()
        if wait_s > 0:
            try:
                async with asyncio.timeout(wait_s):
                    await stop.wait()
            except TimeoutError:
                pass
        else:
            await asyncio.sleep(0)  # late: others get their turn all the same
        if stop.is_set():
            break
        feed.put(record)
    await feed.close()
