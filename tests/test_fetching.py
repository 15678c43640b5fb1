"""Stored runs come over whole or not at all, however often the transfer breaks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from catfoot.errors import DecodeError, RadioError
from catfoot.fetching import Fetched, Fetcher, Progress
from catfoot.ingest.devices import openpod
from catfoot.ingest.devices.openpodruns import (
    decode_chunk,
    decode_entry,
    encode_run,
    packets_of,
    recording_of_run,
)
from catfoot.ingest.devices.stored import Origin, StoredRun
from catfoot.ingest.files.podlog import decode, recording_of
from catfoot.ingest.source import Decoded
from catfoot.ingest.virtual.air import Air
from catfoot.ingest.virtual.backend import radio
from catfoot.ingest.virtual.pod import VirtualPod
from catfoot.signal.imu import ImuBlock
from tests.running import run

NOW = datetime(2026, 3, 15, 6, 30, tzinfo=UTC)


def samples(n: int) -> ImuBlock:
    rng = np.random.default_rng(n)
    keep = np.setdiff1d(np.arange(n), rng.integers(0, n, n // 20))
    return ImuBlock(
        t_ns=keep * 5_000_000,
        acc=rng.normal(0, 20, (len(keep), 3)),
        gyr=rng.normal(0, 5, (len(keep), 3)),
        rate_hz=200.0,
    )


def stored(n: int) -> bytes:
    block = samples(n)
    info = openpod.info_of([block], side="right", place="heel")
    return encode_run(info, openpod.packets([block], info, per_packet=12))


@asynccontextmanager
async def pod_with(folder: Path, *runs: bytes) -> AsyncIterator[tuple[VirtualPod, Fetcher]]:
    """A pod with so many runs, begun an hour ago, and who fetches them."""
    idle = Decoded(format="m", device="m", started_at=NOW, blocks=(samples(40),))
    async with Air() as air:
        bluetooth = radio(await air.device("collector", "C0:CA:7F:00:00:00"))
        memory = [(3600, data) for data in runs]
        async with VirtualPod(air, [recording_of(idle)], stored=memory) as pod:
            yield pod, Fetcher(pod.address, folder, bluetooth, now=lambda: NOW, silence_s=0.2)


@pytest.mark.radio
def test_stored_runs_come_over_and_say_what_a_live_recording_would(tmp_path: Path) -> None:
    seen: list[Progress] = []

    async def work() -> tuple[list[StoredRun], list[Fetched]]:
        async with pod_with(tmp_path, stored(2000), stored(400)) as (_, fetcher):
            return await fetcher.runs(), await fetcher.fetch(seen.append)

    listed, fetched = run(work())
    assert [f.run for f in fetched] == listed
    for one, n in zip(fetched, (2000, 400), strict=True):
        (block,) = decode(one.recording, "x").blocks
        assert block.t_ns.tolist() == samples(n).t_ns.tolist()
        assert np.abs(block.acc - samples(n).acc).max() <= block.acc_lsb_mps2
    got = decode(fetched[0].recording, "x")
    assert (got.side, got.place, got.warnings) == ("right", "heel", ())
    assert got.started_at == NOW - timedelta(hours=1)
    assert [p.have for p in seen if p.run.id == "1"][-1] == listed[0].size


@pytest.mark.radio
def test_a_run_began_when_its_age_says_however_long_the_ones_before_it_took(
    tmp_path: Path,
) -> None:
    clock = [NOW]

    def moved(_: Progress) -> None:
        clock[0] += timedelta(minutes=3)  # a slow link

    async def work() -> list[Fetched]:
        async with pod_with(tmp_path, stored(2000), stored(400)) as (pod, fetcher):
            slow = Fetcher(pod.address, tmp_path, fetcher._radio, now=lambda: clock[0])
            return await slow.fetch(moved)

    for one in run(work()):
        began = decode(one.recording, "x").started_at
        assert began is not None
        # The pod's own clock goes on while it is asked.
        assert timedelta(0) <= NOW - timedelta(hours=1) - began < timedelta(seconds=30)


@pytest.mark.radio
@pytest.mark.parametrize("break_at", [1, 5000])
def test_a_transfer_that_breaks_goes_on_where_it_broke(tmp_path: Path, break_at: int) -> None:
    data = stored(1000)

    async def work() -> tuple[list[Fetched], list[int]]:
        async with pod_with(tmp_path, data) as (pod, fetcher):
            pod.memory.break_at = break_at
            return await fetcher.fetch(), pod.memory.reads

    (fetched,), reads = run(work())
    assert fetched.run.size == len(data)
    assert reads[0] == 0
    assert break_at <= reads[1] < break_at + 230


@pytest.mark.radio
def test_a_lost_connection_and_a_new_process_cost_nothing_that_was_received(tmp_path: Path) -> None:
    data = stored(1000)

    async def work() -> tuple[list[Fetched], list[int]]:
        async with pod_with(tmp_path, data) as (pod, fetcher):
            pod.memory.break_at = 3000
            impatient = Fetcher(
                pod.address, tmp_path, fetcher._radio, now=lambda: NOW, tries=1, silence_s=0.2
            )
            with pytest.raises(RadioError, match="fell silent"):
                await impatient.fetch()
            return await fetcher.fetch(), pod.memory.reads

    (fetched,), reads = run(work())
    assert len(decode(fetched.recording, "x").blocks[0]) == len(samples(1000))
    assert reads[1] >= 3000


@pytest.mark.radio
def test_bytes_that_were_damaged_here_are_fetched_again_from_the_start(tmp_path: Path) -> None:
    async def work() -> tuple[list[Fetched], list[int]]:
        async with pod_with(tmp_path, stored(400)) as (pod, fetcher):
            await fetcher.fetch()
            (part,) = tmp_path.glob("*.part")
            part.write_bytes(b"\0" * part.stat().st_size)
            return await fetcher.fetch(), pod.memory.reads

    fetched, reads = run(work())
    assert len(fetched) == 1
    assert reads == [0, 0]


@pytest.mark.radio
def test_erasing_is_a_step_of_its_own_and_takes_only_what_was_named(tmp_path: Path) -> None:
    async def work() -> tuple[list[int], list[int], int]:
        async with pod_with(tmp_path, stored(400), stored(500)) as (pod, fetcher):
            fetched = await fetcher.fetch()
            before = pod.memory.ids
            await fetcher.erase([fetched[0].run])
            return before, pod.memory.ids, len(list(tmp_path.glob("*.part")))

    assert run(work()) == ([1, 2], [2], 1)


@pytest.mark.radio
def test_a_pod_without_stored_runs_has_an_empty_list(tmp_path: Path) -> None:
    async def work() -> list[StoredRun]:
        async with pod_with(tmp_path) as (_, fetcher):
            return await fetcher.runs()

    assert run(work()) == []


def test_a_stored_run_with_a_wrong_checksum_or_cut_short_is_refused() -> None:
    data = stored(100)
    listed = StoredRun(id="1", size=len(data), crc32=0, age_s=0)
    with pytest.raises(DecodeError, match="checksum"):
        recording_of_run(data, listed, Origin(device="p", began=NOW))
    for cut in (1, 30):
        with pytest.raises(DecodeError, match="cut short"):
            list(packets_of(data[:-cut]))


@pytest.mark.parametrize("data", [b"", b"\x02", b"\x01\0", b"\x03" + bytes(16)])
def test_answers_that_are_none_are_refused(data: bytes) -> None:
    for read in (decode_entry, decode_chunk):
        with pytest.raises(DecodeError):
            read(data)
