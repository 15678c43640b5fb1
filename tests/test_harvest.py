"""Stored runs of every family, from the device's memory to the logbook, over the virtual radio."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catfoot.config import Settings, open_stores
from catfoot.errands import Asked, Synced, sync_pods
from catfoot.errors import DecodeError, RadioError
from catfoot.ingest.ble import Radio
from catfoot.ingest.devices import capture2go, dotruns
from catfoot.ingest.devices.capture2goruns import recording_of_file
from catfoot.ingest.devices.movesenselog import recording_of_log
from catfoot.ingest.devices.stored import Origin, StoredRun
from catfoot.ingest.files.podlog import decode
from catfoot.ingest.inbox import Found
from catfoot.ingest.virtual.air import Air
from catfoot.ingest.virtual.backend import radio
from catfoot.ingest.virtual.capture2go import VirtualCapture2Go, encode
from catfoot.ingest.virtual.dot import VirtualDot
from catfoot.ingest.virtual.dot import encode as encode_dot
from catfoot.ingest.virtual.movesense import VirtualMovesense, encode_log
from catfoot.signal import synth
from catfoot.signal.imu import ImuBlock

NOW = datetime(2026, 3, 15, 6, 30, tzinfo=UTC)
NOW_NS = round(NOW.timestamp()) * 10**9


def foot(seconds: float, rate_hz: float = 200.0, start_ns: int = NOW_NS) -> ImuBlock:
    block = synth.runner(seconds, seed=4, sensor=synth.Sensor(rate_hz=rate_hz)).block
    return ImuBlock(
        t_ns=block.t_ns - int(block.t_ns[0]) + start_ns, acc=block.acc, gyr=block.gyr,
        rate_hz=rate_hz,
    )  # fmt: skip


def opener(make: Callable[[Air], AbstractAsyncContextManager[Any]], made: list[Any]) -> Any:
    """What opens a radio with one device in range, which is put into ``made``."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Radio]:
        async with Air() as air, make(air) as device:
            made.append(device)
            yield radio(await air.device("collector", "C0:CA:7F:00:00:00"))

    return opened


def synced(
    settings: Settings, opened: Any, *, erase: bool | Callable[[Found, int], bool] = False
) -> list[Synced]:
    asked = Asked(
        found=lambda pod: None, progress=lambda pod, now: None, synced=lambda one: None,
        erase=erase if callable(erase) else lambda pod, n: erase, erased=lambda pod, n: None,
    )  # fmt: skip
    return sync_pods(settings, "ada", asked, opened, listen_s=0.3)


@pytest.mark.radio
@pytest.mark.parametrize("fault", ["none", "breaks", "damaged"])
def test_a_file_of_a_capture2go_becomes_a_run_whatever_breaks_on_the_way(
    tmp_path: Path, fault: str
) -> None:
    block = foot(60)
    data = b"".join(encode(block))
    made: list[VirtualCapture2Go] = []

    def device(air: Air) -> VirtualCapture2Go:
        one = VirtualCapture2Go(air, stored={"run-1.bin": data})
        one.break_at = 20_000 if fault == "breaks" else None
        one.damage_at = 30_000 if fault == "damaged" else None
        return one

    settings = Settings(data=tmp_path)
    (one,) = synced(settings, opener(device, made), erase=True)
    assert one.imported is not None
    assert one.imported.entry.started_at == NOW
    cadence = {m.key: m.value for m in one.imported.summary.measures}["cadence_spm"]
    assert cadence == pytest.approx(168, abs=1)
    assert made[0].stored == {}  # erased, because it was said and it is kept
    assert len(made[0].reads) == (1 if fault == "none" else 2)
    with open_stores(settings) as stores:
        kept = stores.raw.read(one.imported.athlete, one.imported.entry.content)
    (got,) = decode(kept, "x").blocks
    n = len(block) // 8 * 8
    assert (got.t_ns - got.t_ns[0]).tolist() == (np.arange(n) * 5_000_000).tolist()
    assert np.abs(got.acc - np.clip(block.acc[:n], -16 * 9.81, 16 * 9.81)).max() < 0.01


@pytest.mark.radio
def test_what_a_capture2go_keeps_is_fetched_once(tmp_path: Path) -> None:
    data = b"".join(encode(foot(30)))
    made: list[VirtualCapture2Go] = []
    opened = opener(lambda air: VirtualCapture2Go(air, stored={"a": data}), made)
    settings = Settings(data=tmp_path)
    outcomes = [synced(settings, opened)[0].line.outcome for _ in range(2)]
    assert outcomes == ["stored", "already"]
    assert (made[0].reads, made[1].reads) == ([0], [])
    assert "a" in made[1].stored


def test_a_capture2go_file_that_is_short_or_holds_no_samples_is_refused() -> None:
    origin = Origin(device="p", began=NOW)
    data = b"".join(encode(foot(1)))
    with pytest.raises(DecodeError, match="bytes of a file of"):
        recording_of_file(data[:-1], StoredRun(id="a", size=len(data)), origin)
    status = capture2go.package(0x0201, bytes(19))
    with pytest.raises(DecodeError, match="without samples"):
        recording_of_file(status, StoredRun(id="a", size=len(status)), origin)


def test_a_capture2go_whose_clock_was_never_set_began_when_it_was_found() -> None:
    data = b"".join(encode(foot(2, start_ns=5_000_000)))
    origin = Origin(device="p", began=NOW)
    got = decode(recording_of_file(data, StoredRun(id="a", size=len(data)), origin), "x")
    assert got.started_at == NOW


@pytest.mark.radio
@pytest.mark.parametrize(("rate_hz", "break_at"), [(104.0, None), (208.0, 40_000)])
def test_a_log_of_a_movesense_becomes_a_run_at_the_rate_it_was_made(
    tmp_path: Path, rate_hz: float, break_at: int | None
) -> None:
    block = foot(60, rate_hz, start_ns=7_000_000_000)
    data = encode_log(block, utc_us=NOW_NS // 1000)
    made: list[VirtualMovesense] = []

    def device(air: Air) -> VirtualMovesense:
        one = VirtualMovesense(air, stored={3: data})
        one.break_at = break_at
        return one

    settings = Settings(data=tmp_path)
    (one,) = synced(settings, opener(device, made), erase=True)
    assert one.imported is not None
    # Its stamps are whole milliseconds.
    assert abs(one.imported.entry.started_at - NOW) <= timedelta(milliseconds=2)
    assert one.imported.entry.rate_hz == rate_hz
    cadence = {m.key: m.value for m in one.imported.summary.measures}["cadence_spm"]
    assert cadence == pytest.approx(168, abs=1)
    assert made[0].fetched == ([3] if break_at is None else [3, 3])
    assert made[0].stored == {}


def logbook(*ids: int) -> dict[int, bytes]:
    return {id: encode_log(foot(5, 104.0, start_ns=id * 10**12)) for id in ids}


@pytest.mark.radio
def test_logs_that_a_movesense_does_not_list_are_fetched_and_then_cleared(tmp_path: Path) -> None:
    made: list[VirtualMovesense] = []
    settings = Settings(data=tmp_path)

    def device(air: Air) -> VirtualMovesense:
        one = VirtualMovesense(air, stored=logbook(2, 3, 4, 5, 6, 7))
        one.break_at = None if made else 9_000
        one.counts = len(made) == 0
        return one

    lines = synced(settings, opener(device, made))
    assert [line.line.run.id for line in lines] == ["2", "3", "4", "5", "6", "7"]
    assert made[0].fetched == [2, 2, 3, 4, 5, 6, 7]
    lines = synced(settings, opener(device, made), erase=True)
    # 7 came again: only a later one would show that nothing was added to it; then to be sure.
    assert made[1].fetched == [7, 7]
    assert [line.line.outcome for line in lines] == ["already"] * 5 + ["stored"]
    assert made[1].stored == {}
    with open_stores(settings) as stores:
        (person,) = stores.logbook.persons()
        assert len(stores.raw.contents(person.id)) == 6


@pytest.mark.radio
@pytest.mark.parametrize("meanwhile", ["another", "longer", "recording"])
def test_a_logbook_with_more_than_what_is_kept_is_not_cleared(
    tmp_path: Path, meanwhile: str
) -> None:
    made: list[VirtualMovesense] = []

    def asked(pod: Found, count: int) -> bool:
        assert count == 5
        if meanwhile == "another":
            made[0].stored |= logbook(6)
        elif meanwhile == "longer":
            made[0].stored[5] += made[0].stored[5][-200:]
        made[0].recording = meanwhile == "recording"
        return True

    opened = opener(lambda air: VirtualMovesense(air, stored=logbook(1, 2, 3, 4, 5)), made)
    said = "recording" if meanwhile == "recording" else "only be cleared whole"
    with pytest.raises(RadioError, match=said):
        synced(Settings(data=tmp_path), opened, erase=asked)
    assert len(made[0].stored) >= 5


@pytest.mark.radio
def test_logs_of_a_cleared_logbook_are_not_taken_for_those_of_the_next(tmp_path: Path) -> None:
    made: list[VirtualMovesense] = []
    settings = Settings(data=tmp_path)

    def device(air: Air) -> VirtualMovesense:
        era = len(made)
        logs = {id: encode_log(foot(5, 104.0, start_ns=(id + 10 * era) * 10**12))
                for id in range(1, 7)}  # fmt: skip
        one = VirtualMovesense(air, stored=logs)
        one.modified = era
        return one

    for _ in range(2):
        lines = synced(settings, opener(device, made))
        assert [line.line.outcome for line in lines[4:]] == ["stored", "stored"]


def test_a_log_that_is_none_or_torn_is_refused() -> None:
    origin = Origin(device="p", began=NOW)
    for data in (b"", b"SBEM0112", b"nothing of the kind", encode_log(foot(1, 104.0))[:900]):
        with pytest.raises(DecodeError):
            recording_of_log(data, StoredRun(id="1", size=len(data)), origin)


def exported(seconds: float, rate_hz: float = 120.0, hour: int = 0) -> tuple[datetime, list[bytes]]:
    """A recording of a DOT whose 32 bits of microseconds start again in it."""
    block = foot(seconds, rate_hz, start_ns=(2**32 - 5_000_000) * 1000)
    return NOW + timedelta(hours=hour), encode_dot(block)


@pytest.mark.radio
@pytest.mark.parametrize("break_at", [None, 1800])
def test_a_recording_of_a_dot_becomes_a_run_whatever_breaks_on_the_way(
    tmp_path: Path, break_at: int | None
) -> None:
    made: list[VirtualDot] = []

    def device(air: Air) -> VirtualDot:
        one = VirtualDot(air, stored={1: exported(25), 2: exported(5, 60.0, hour=2)})
        one.break_at, one.lost, one.broken = break_at, {7, 1000, 1001}, frozenset({1500})
        return one

    first, second = synced(Settings(data=tmp_path), opener(device, made), erase=True)
    assert first.imported is not None
    assert second.imported is not None
    entry = first.imported.entry
    assert abs(entry.started_at - NOW) <= timedelta(milliseconds=2)
    assert (entry.rate_hz, second.imported.entry.rate_hz) == (120.0, 60.0)
    t_ns = foot(25, 120.0).t_ns
    assert entry.duration_s == pytest.approx(np.ptp(t_ns) / 1e9, abs=1e-4)
    cadence = {m.key: m.value for m in entry.summary.measures}["cadence_spm"]
    assert cadence == pytest.approx(168, abs=1)
    assert {7, 1000} <= set(made[0].again)
    assert made[0].exported == ([1, 2] if break_at is None else [1, 1, 2])
    assert made[0].stored == {}


@pytest.mark.radio
def test_a_dot_that_recorded_meanwhile_is_not_erased(tmp_path: Path) -> None:
    made: list[VirtualDot] = []

    def asked(pod: Found, n: int) -> bool:
        made[0].stored[2] = exported(5, hour=1)
        return True

    device = opener(lambda air: VirtualDot(air, stored={1: exported(5)}), made)
    with pytest.raises(RadioError, match="only erase all"):
        synced(Settings(data=tmp_path), device, erase=asked)
    assert set(made[0].stored) == {1, 2}


def test_messages_of_a_dot_are_those_of_its_specification() -> None:
    assert dotruns.message(0x02) == bytes.fromhex("010102fc")
    assert dotruns.message(dotruns.FILE_INFO, b"\1") == bytes.fromhex("010260019c")
    assert dotruns.message(dotruns.FILE_DATA, b"\7") == bytes.fromhex("0102700786")
    select = dotruns.message(dotruns.SELECT, bytes.fromhex("000105060708090a"))
    assert select == bytes.fromhex("010974000105060708090a54")
    assert dotruns.read(bytes.fromhex("0101629c")) == (dotruns.FILE_SAID_DONE, b"")
    for damaged in (b"", b"\1", bytes.fromhex("0101629d"), bytes.fromhex("0201089f")):
        assert dotruns.read(damaged) is None


def test_an_export_that_is_none_or_torn_is_refused() -> None:
    origin = Origin(device="p", began=NOW)
    run = StoredRun(id="1", size=None)
    whole = b"".join(exported(1)[1])
    still = whole[: dotruns.SAMPLE_SIZE] * 3
    for data in (b"", whole[:-1], whole[: dotruns.SAMPLE_SIZE], still):
        with pytest.raises(DecodeError):
            dotruns.recording_of_export(data, run, origin)
    # A sensor whose calendar was never set: it began when it was found.
    unset = StoredRun(id="1", size=None, began=datetime(1970, 1, 1, tzinfo=UTC))
    assert decode(dotruns.recording_of_export(whole, unset, origin), "x").started_at == NOW
