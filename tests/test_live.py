"""What arrives is kept to the byte, acknowledged after the fsync, and shown newest first."""

import asyncio
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from catfoot.errors import Conflict, StoreError
from catfoot.feeds import LocalSink, Pending
from catfoot.foot import Foot
from catfoot.ingest.devices import openpod
from catfoot.ingest.files.podlog import decode, recording_of
from catfoot.ingest.records import (
    MAGIC,
    Header,
    encode_notification,
    parse,
    payloads,
    record_of,
)
from catfoot.ingest.source import Decoded, Notification
from catfoot.live import Hub, Live
from catfoot.signal.imu import ImuBlock
from catfoot.signal.tables import STEP
from catfoot.store.raw import RawStore
from catfoot.store.recording import OpenRecording
from tests.fulldisk import FullDisk
from tests.running import run

NOW = datetime(2026, 3, 15, 6, 30, tzinfo=UTC)
ATHLETE = "a" * 32
RECORDING = "b" * 32


def recording(n: int = 400, **said: Any) -> bytes:
    rng = np.random.default_rng(n)
    block = ImuBlock(
        t_ns=np.arange(n, dtype=np.int64) * 5_000_000,
        acc=rng.normal(0, 20, (n, 3)),
        gyr=rng.normal(0, 5, (n, 3)),
        rate_hz=200.0,
    )
    decoded = Decoded(format="made", device="made", started_at=NOW, blocks=(block,))
    return recording_of(decoded, **said)


class Shelf:
    """A Live over a raw store, what it sealed, and a clock that the test moves."""

    def __init__(self, folder: Path) -> None:
        self.raw = RawStore(folder)
        self.sealed: list[tuple[str, str]] = []
        self.clock_s = 0.0

    def live(self, **how: Any) -> Live:
        stores: Any = SimpleNamespace(raw=self.raw)
        return Live(
            stores,
            lambda athlete, content: self.sealed.append((athlete, content)),
            now=lambda: NOW,
            monotonic_s=lambda: self.clock_s,
            **how,
        )


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def pieces(data: bytes, size: int) -> list[tuple[int, bytes]]:
    return [(at, data[at : at + size]) for at in range(0, len(data), size)]


@pytest.mark.parametrize("size", [7, 61, 100_000])
def test_what_arrives_in_any_pieces_is_sealed_to_the_byte(shelf: Shelf, size: int) -> None:
    data = recording()

    async def work() -> str | None:
        async with shelf.live() as live:
            session = await live.open(ATHLETE, "r1", "me")
            for at, piece in pieces(data, size):
                session.extend(at, piece, lambda _: None)
            return await live.close(session)

    content = run(work())
    assert content is not None
    assert shelf.raw.read(ATHLETE, content) == data
    assert shelf.sealed == [(ATHLETE, content)]


def test_what_is_counted_stays_counted_when_recordings_close(shelf: Shelf) -> None:
    data = recording()

    async def work() -> None:
        async with shelf.live() as live:
            first, second = [await live.open(ATHLETE, id, "me") for id in ("r1", "r2")]
            first.extend(0, data, lambda _: None)
            alone = live.tally()
            assert (alone.recordings, alone.samples) == (2, 400)
            await live.close(first)
            assert live.tally() == alone
            second.extend(0, data, lambda _: None)
            await live.reopen(second)
            assert live.tally().samples == 800
            assert (live.tally().lost, live.tally().refused, live.tally().unkept) == (0, 0, 0)

    run(work())


def test_an_acknowledgement_means_that_the_bytes_are_on_disk(shelf: Shelf, tmp_path: Path) -> None:
    data = recording(40)

    async def work() -> list[tuple[int, int]]:
        seen: list[tuple[int, int]] = []
        async with shelf.live() as live:
            session = await live.open(ATHLETE, "r1", "me")
            told = asyncio.Event()

            def durable(size: int) -> None:
                (log,) = tmp_path.glob("raw/open/*/r1.log")
                seen.append((size, log.stat().st_size))
                if size == len(data):
                    told.set()

            for at, piece in pieces(data, 100):
                session.extend(at, piece, durable)
            await told.wait()
            await live.close(session)
        return seen

    seen = run(work())
    assert all(acked <= on_disk for acked, on_disk in seen)
    assert [acked for acked, _ in seen] == sorted(acked for acked, _ in seen)


def test_bytes_sent_twice_are_kept_once_and_a_gap_is_refused(shelf: Shelf) -> None:
    data = recording()

    async def work() -> str | None:
        async with shelf.live() as live:
            session = await live.open(ATHLETE, "r1", "me")
            session.extend(0, data[:1000], lambda _: None)
            session.extend(400, data[400:1500], lambda _: None)
            session.extend(0, data[:1000], lambda _: None)
            with pytest.raises(ValueError, match="expected bytes from 1500"):
                session.extend(1600, data[1600:], lambda _: None)
            session.extend(1500, data[1500:], lambda _: None)
            return await live.close(session)

    content = run(work())
    assert content is not None
    assert shelf.raw.read(ATHLETE, content) == data


def test_bytes_that_are_no_records_are_refused_and_not_kept(shelf: Shelf) -> None:
    data = bytearray(recording())
    data[1200] ^= 1

    async def work() -> None:
        async with shelf.live() as live:
            session = await live.open(ATHLETE, "r1", "me")
            with pytest.raises(ValueError, match="damaged"):
                session.extend(0, bytes(data), lambda _: None)
            assert session.size == 0
            assert await live.close(session) is None

    run(work())
    assert shelf.sealed == []


def test_after_refused_bytes_the_right_ones_are_taken(shelf: Shelf) -> None:
    data = recording()
    damaged = bytearray(data)
    damaged[1200] ^= 1

    async def work() -> str | None:
        async with shelf.live() as live:
            session = await live.open(ATHLETE, "r1", "me")
            with pytest.raises(ValueError, match="damaged"):
                session.extend(0, bytes(damaged), lambda _: None)
            session.extend(0, data, lambda _: None)
            return await live.close(session)

    content = run(work())
    assert content is not None
    assert shelf.raw.read(ATHLETE, content) == data


def test_a_recording_left_by_a_crash_goes_on_where_it_was(shelf: Shelf) -> None:
    data = recording()

    async def work() -> str | None:
        async with shelf.live() as live:
            session = await live.open(ATHLETE, "r1", "me")
            session.extend(0, data[:2222], lambda _: None)
        async with shelf.live() as live:
            session = await live.open(ATHLETE, "r1", "me")
            assert session.size == 2222
            session.extend(2222, data[2222:], lambda _: None)
            shown = live.hub.newest(ATHLETE)
            assert shown is not None
            assert shown["feet"]["unknown"]["rate_hz"] == 200
            return await live.close(session)

    content = run(work())
    assert content is not None
    assert shelf.raw.read(ATHLETE, content) == data


def test_a_recording_left_by_a_crash_is_sealed_when_nobody_comes_back(shelf: Shelf) -> None:
    data = recording()

    async def work() -> None:
        async with shelf.live() as live:
            session = await live.open(ATHLETE, "r1", "me")
            session.extend(0, data[:2222], lambda _: None)
        async with shelf.live(start_grace_s=30) as live:
            await live.sweep()
            assert shelf.sealed == []
            shelf.clock_s = 31
            await live.sweep()

    run(work())
    ((athlete, content),) = shelf.sealed
    assert athlete == ATHLETE
    assert shelf.raw.read(athlete, content) == data[:2222]
    assert len(decode(shelf.raw.read(athlete, content), "x").blocks[0]) > 40


def test_a_sender_that_stays_away_is_given_up_after_the_grace(shelf: Shelf) -> None:
    data = recording()

    async def work() -> list[str]:
        states: list[str] = []
        async with shelf.live(grace_s=300) as live:
            session = await live.open(ATHLETE, "r1", "me")
            session.extend(0, data, lambda _: None)
            live.leave(session, "me")
            states.append(session.foot.state)
            shelf.clock_s = 299
            await live.sweep()
            assert shelf.sealed == []
            shelf.clock_s = 300
            await live.sweep()
            states.append(session.foot.state)
        return states

    assert run(work()) == ["lost", "closed"]
    assert len(shelf.sealed) == 1


def test_a_sender_that_comes_back_after_it_was_given_up_goes_on_where_it_was(
    shelf: Shelf,
) -> None:
    data = recording()
    half = data[: len(data) // 2]  # in the middle of a record

    async def work() -> list[int]:
        at: list[int] = []
        async with shelf.live(grace_s=300) as live:
            session = await live.open(ATHLETE, "r1", "me")
            session.extend(0, half, lambda _: None)
            live.leave(session, "me")
            shelf.clock_s = 300
            await live.sweep()
            back = await live.open(ATHLETE, "r1", "me again")
            at.append(back.size)
            back.extend(back.size, data[back.size :], lambda _: None)
            await live.close(back)
            unheard = await live.open(ATHLETE, "r1", "who did not hear that it is closed")
            at.append(unheard.size)
            await live.close(unheard)
        return at

    assert run(work()) == [len(half), len(data)]
    contents = [content for _, content in shelf.sealed]
    assert [shelf.raw.read(ATHLETE, content) for content in contents] == [half, data, data]
    assert shelf.raw.unclosed() == []


def test_a_recording_whose_sealed_bytes_are_gone_begins_anew(shelf: Shelf) -> None:
    data = recording()

    async def work() -> int:
        async with shelf.live() as live:
            session = await live.open(ATHLETE, "r1", "me")
            session.extend(0, data, lambda _: None)
            content = await live.close(session)
            shelf.raw.forget(ATHLETE, content)
            return (await live.open(ATHLETE, "r1", "me")).size

    assert run(work()) == 0


def test_a_newer_connection_takes_over_and_the_older_ones_leaving_changes_nothing(
    shelf: Shelf,
) -> None:
    async def work() -> None:
        async with shelf.live() as live:
            first = await live.open(ATHLETE, "r1", "old")
            again = await live.open(ATHLETE, "r1", "new")
            assert again is first
            live.leave(first, "old")
            assert first.owner == "new"
            await live.close(first)

    run(work())


def test_a_recording_that_another_process_makes_is_refused(shelf: Shelf) -> None:
    async def work() -> None:
        held = shelf.raw.begin(ATHLETE, "r1")
        async with shelf.live() as live:
            with pytest.raises(Conflict):
                await live.open(ATHLETE, "r1", "me")
        held.release()

    run(work())


def test_a_recording_stays_open_until_it_is_handed_on(shelf: Shelf) -> None:
    def busy(athlete: str, content: str) -> None:
        raise StoreError("the logbook is locked")

    async def work() -> None:
        stores: Any = SimpleNamespace(raw=shelf.raw)
        async with Live(stores, busy) as live:
            session = await live.open(ATHLETE, "r1", "me")
            session.extend(0, recording(), lambda _: None)
            with pytest.raises(StoreError, match="locked"):
                await live.close(session)
        assert shelf.raw.unclosed() == [(ATHLETE, "r1")]
        async with shelf.live(start_grace_s=0) as live:
            await live.sweep()

    run(work())
    assert len(shelf.sealed) == 1
    assert shelf.raw.unclosed() == []


def test_nobody_takes_over_a_recording_while_it_is_being_sealed(tmp_path: Path) -> None:
    data, sealing, go_on = recording(), threading.Event(), threading.Event()
    sealed: list[str] = []

    def closed(athlete: str, content: str) -> None:
        sealing.set()
        assert go_on.wait(30)
        sealed.append(content)

    async def work() -> None:
        stores: Any = SimpleNamespace(raw=RawStore(tmp_path))
        async with Live(stores, closed) as live:
            session = await live.open(ATHLETE, "r1", "me")
            session.extend(0, data, lambda _: None)
            closing = asyncio.create_task(live.close(session))
            assert await asyncio.to_thread(sealing.wait, 30)
            for late in (live.open(ATHLETE, "r1", "who comes back"), live.close(session)):
                with pytest.raises(Conflict, match="being closed"):
                    await late
            go_on.set()
            assert await closing == sealed[0]
            assert (await live.open(ATHLETE, "r1", "me")).size == len(data)

    run(work())
    assert len(sealed) == 1


def test_one_recording_that_cannot_be_closed_does_not_hold_up_the_others(shelf: Shelf) -> None:
    async def work() -> None:
        stores: Any = SimpleNamespace(raw=shelf.raw)

        def one_fails(athlete: str, content: str) -> None:
            if not shelf.sealed:
                shelf.sealed.append((athlete, content))
                raise StoreError("the logbook is locked")
            shelf.sealed.append((athlete, content))

        how: Any = {"grace_s": 300, "monotonic_s": lambda: shelf.clock_s}
        async with Live(stores, one_fails, **how) as live:
            for id in ("r1", "r2"):
                session = await live.open(ATHLETE, id, "me")
                session.extend(0, recording(), lambda _: None)
                live.leave(session, "me")
            for shelf.clock_s in (300, 600):
                await live.sweep()
            assert live.sessions == {}

    run(work())
    assert len(shelf.sealed) == 3
    assert shelf.raw.unclosed() == []


def test_a_drill_is_kept_but_is_no_run(shelf: Shelf) -> None:
    async def work() -> str | None:
        async with shelf.live() as live:
            session = await live.open(ATHLETE, "r1", "me")
            session.extend(0, recording(mode="drill"), lambda _: None)
            shown = live.hub.newest(ATHLETE)
            assert shown is not None
            assert shown["mode"] == "drill"
            assert shown["feet"]["unknown"]["sway"] is not None
            return await live.close(session)

    content = run(work())
    assert content is not None
    assert shelf.raw.has(ATHLETE, content)
    assert shelf.sealed == []


def test_two_feet_share_a_snapshot_that_says_what_is_generated(shelf: Shelf) -> None:
    async def work() -> dict[str, Any]:
        async with shelf.live() as live:
            left = await live.open(ATHLETE, "l", "me")
            right = await live.open(ATHLETE, "r", "me")
            left.extend(0, recording(side="left", demo=True), lambda _: None)
            right.extend(0, recording(420, side="right"), lambda _: None)
            left.say("streaming", 80)
            with live.hub.subscribe(ATHLETE) as mailbox:
                shown: dict[str, Any] = {"feet": {}}
                while shown["feet"].get("left", {}).get("state") != "streaming":
                    shown = await mailbox.take()
            await live.close(left)
            await live.close(right)
            return shown

    shown = run(work())
    assert shown["demo"] is True
    assert shown["mode"] == "run"
    left, right = shown["feet"]["left"], shown["feet"]["right"]
    assert (left["packets"], right["packets"]) == (100, 105)
    assert (left["state"], left["battery_pct"], right["battery_pct"]) == ("streaming", 80, None)
    assert left["clock"] == "device"
    assert left["sample_at_ns"] == pytest.approx(NOW.timestamp() * 1e9 + 399 * 5e6, abs=1e7)
    assert left["cadence_spm"] is None
    assert left["cadence_grade"] == "X"


def test_a_viewer_gets_the_newest_snapshot_only_and_the_rest_is_counted() -> None:
    async def work() -> tuple[dict[str, Any], int, int]:
        hub = Hub()
        with hub.subscribe("a") as slow:
            for n in range(5):
                hub.publish("a", {"n": n})
            newest = await slow.take()
            dropped = hub.dropped("a")
        with hub.subscribe("a") as late:
            assert (await late.take())["n"] == 4
        return newest, dropped, hub.dropped("a")

    newest, dropped, after = run(work())
    assert newest["n"] == 4
    assert (dropped, after) == (4, 4)
    assert newest["viewers_dropped"] == 3  # the one it replaced itself is counted by the next


def test_at_most_ten_snapshots_a_second_are_shown_and_the_last_is_among_them(shelf: Shelf) -> None:
    data = recording()

    async def work() -> tuple[int, int]:
        async with shelf.live() as live:
            session = await live.open(ATHLETE, "r1", "me")
            shown: list[dict[str, Any]] = []
            with live.hub.subscribe(ATHLETE) as mailbox:
                for at, piece in pieces(data, 61):
                    session.extend(at, piece, lambda _: None)
                    await asyncio.sleep(0)
                while not shown or shown[-1]["feet"]["unknown"]["packets"] < 100:
                    shown.append(await mailbox.take())
            await live.close(session)
            return len(shown), len(data) // 61

    shown, sent = run(work())
    assert shown <= 4 < sent


def test_a_recording_made_of_records_has_as_many_packets_as_the_snapshot_says() -> None:
    assert sum(p[0] == 3 for _, p in payloads(recording(), len(MAGIC))) == 100


def test_what_comes_late_after_a_fade_is_said_to_be_caught_up_with(shelf: Shelf) -> None:
    header = Header(device="p", profile="openpod", started_at=NOW)
    begun, packets = MAGIC, list[Notification]()
    for _, payload in payloads(recording(8000), len(MAGIC)):
        record = parse(payload, header)
        if isinstance(record, Notification):
            packets.append(record)
        else:
            begun += record_of(payload)
    late = [replace(p, received_ns=p.received_ns + 1_500_000_000) for p in packets[-3:]]

    def sent(which: list[Notification]) -> bytes:
        return b"".join(encode_notification(p, (openpod.DATA,)) for p in which)

    async def work() -> list[tuple[bool, int]]:
        told = []
        async with shelf.live() as live:
            session = await live.open(ATHLETE, "r1", "me")
            session.say("streaming")
            session.extend(0, begun + sent(packets[:-3]), lambda _: None)
            told.append(session.snapshot())
            session.extend(session.size, sent(late), lambda _: None)
            told.append(session.snapshot())
        return [(one["catching_up"], round(one["late_ms"], -2)) for one in told]

    assert run(work()) == [(False, 0), (True, 1500)]


def test_a_number_graded_x_is_withheld_live_too() -> None:
    rows = np.zeros(8, STEP)
    rows["stride_s"], rows["gct_s"], rows["shock_mps2"] = 0.7, 0.25, 70.0
    rows["grade_time"], rows["grade_impact"] = 2, 0
    foot = Foot()
    foot.hear(rows)
    shown = foot.numbers()
    assert (shown["gct_ms"], shown["gct_grade"]) == (250, "B")
    assert (shown["cadence_spm"], shown["cadence_grade"]) == (171.4, "B")
    assert (shown["shock_g"], shown["shock_grade"]) == (None, "X")


def test_two_pods_without_a_side_stand_beside_each_other(shelf: Shelf) -> None:
    async def work() -> dict[str, Any]:
        async with shelf.live() as live:
            with live.hub.subscribe(ATHLETE) as mailbox:
                for name, n in (("one", 400), ("two", 420)):
                    session = await live.open(ATHLETE, name, "me")
                    session.extend(0, recording(n), lambda _: None)
                while len((shown := await mailbox.take())["feet"]) < 2:
                    pass
            return shown

    feet = run(work())["feet"]
    assert {name: foot["packets"] for name, foot in feet.items()} == {
        "unknown": 100, "unknown 2": 105,
    }  # fmt: skip


def records_of(data: bytes) -> list[bytes]:
    return [MAGIC, *(record_of(payload) for _, payload in payloads(data, len(MAGIC)))]


def test_one_bad_record_costs_that_record_and_not_the_recording(shelf: Shelf) -> None:
    records = records_of(recording())
    bad = record_of(bytes([4]) + b'{"what": 5')  # its checksum is right, its JSON is not
    data = b"".join([*records[:20], bad, *records[20:]])

    async def work() -> str | None:
        async with shelf.live() as live:
            session = await live.open(ATHLETE, "r", "me")
            for at, piece in pieces(data, 500):
                session.extend(at, piece, lambda _: None)
            return await live.close(session)

    content = run(work())
    assert content is not None
    whole = decode(recording(), "whole")
    got = decode(shelf.raw.read(ATHLETE, content), "bad")
    assert got.blocks[0].t_ns.tolist() == whole.blocks[0].t_ns.tolist()
    assert got.warnings == ("1 records could not be read and were left out",)


def test_a_disk_that_was_full_for_a_while_costs_a_local_recording_nothing(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = recording()
    disk = FullDisk(monkeypatch)

    async def work() -> tuple[str | None, int]:
        async with shelf.live() as live:
            feed = await LocalSink(live, ATHLETE).open(
                Header(device="p", profile="openpod", started_at=NOW)
            )
            for i, record in enumerate(records_of(data)):
                disk.room = not 20 <= i < 60
                feed.put(record)
                if i in (19, 30, 59):
                    await live.settled()
            return await feed.close(), feed.dropped

    content, dropped = run(work())
    assert content is not None
    assert shelf.raw.read(ATHLETE, content) == data
    assert dropped == 0


def test_an_opening_that_is_given_up_leaves_its_log_to_the_next(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, go_on = threading.Event(), threading.Event()
    plain = RawStore.begin

    def slow(raw: RawStore, athlete: str, recording: str) -> OpenRecording:
        opened = plain(raw, athlete, recording)
        entered.set()
        go_on.wait()
        return opened

    async def work() -> int:
        async with shelf.live() as live:
            with monkeypatch.context() as patched:
                patched.setattr(RawStore, "begin", slow)
                given_up = asyncio.create_task(live.open(ATHLETE, RECORDING, object()))
                await asyncio.to_thread(entered.wait)
                given_up.cancel()
                asyncio.get_running_loop().call_later(0, go_on.set)
                await asyncio.wait([given_up])
            return (await live.open(ATHLETE, RECORDING, object())).size

    assert run(work()) == 0


def test_what_waits_for_a_disk_is_bounded_and_what_finds_no_room_is_counted() -> None:
    pending = Pending(limit=100)
    assert [pending.put(bytes(40)) for _ in range(4)] == [True, True, False, False]
    assert (pending.dropped, pending.end) == (2, 80)
    pending.forget(40)
    assert pending.put(b"x" * 60)
    assert pending.since(80) == b"x" * 60
    assert pending.end == 140
