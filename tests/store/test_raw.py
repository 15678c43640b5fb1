import hashlib
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catfoot.errors import CatfootError, Conflict, NotFound, StoreError
from catfoot.store.raw import RawStore, Writer

from .conftest import ADA, BEN, Spawn

WRONG_ATHLETES = ["", "..", "a" * 31, "A" * 32, "a" * 33, "../" + "a" * 29, "a" * 31 + "/", "open"]


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@given(data=st.binary(max_size=4000) | st.integers(0, 9).map(lambda n: b"abc" * 5000 * n))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_is_kept_is_read_back_byte_for_byte(raw: RawStore, data: bytes) -> None:
    content = raw.keep(ADA, data)
    assert content == hashlib.sha256(data).hexdigest()
    assert raw.read(ADA, content) == data


def test_the_same_bytes_twice_are_one_file(raw: RawStore, tmp_path: Path) -> None:
    first = raw.keep(ADA, b"a run")
    (path,) = files(tmp_path)
    before = path.stat().st_mtime_ns
    assert raw.keep(ADA, b"a run") == first
    assert files(tmp_path) == [path]
    assert path.stat().st_mtime_ns == before


def test_each_athlete_has_their_own_copy(raw: RawStore) -> None:
    content = raw.keep(ADA, b"a run")
    assert not raw.has(BEN, content)
    raw.keep(BEN, b"a run")
    raw.forget(ADA)
    assert not raw.has(ADA, content)
    assert raw.read(BEN, content) == b"a run"


def test_what_deflates_takes_less_and_what_does_not_takes_no_more(raw: RawStore) -> None:
    text, noise = b"0.1,0.2\n" * 4000, os.urandom(32_000)
    assert raw.size_bytes(ADA, raw.keep(ADA, text)) < len(text) / 50
    assert raw.size_bytes(ADA, raw.keep(ADA, noise)) < len(noise) + 20


@pytest.mark.parametrize("athlete", WRONG_ATHLETES)
def test_an_id_that_is_not_32_hex_digits_reaches_no_file(
    raw: RawStore, tmp_path: Path, athlete: str
) -> None:
    for act in (
        lambda: raw.keep(athlete, b"x"),
        lambda: raw.read(athlete, "0" * 64),
        lambda: raw.has(athlete, "0" * 64),
        lambda: raw.forget(athlete),
        lambda: raw.begin(athlete, "left"),
        lambda: raw.contents(athlete),
    ):
        with pytest.raises(ValueError, match="athlete"):
            act()
    assert files(tmp_path) == []


@pytest.mark.parametrize("content", ["", "0" * 63, "../" + "0" * 61, "G" * 64])
def test_a_content_that_is_no_hash_reaches_no_file(raw: RawStore, content: str) -> None:
    with pytest.raises(ValueError, match="content"):
        raw.read(ADA, content)
    with pytest.raises(ValueError, match="content"):
        raw.forget(ADA, content)


@pytest.mark.parametrize("recording", ["", ".", "../x", "a/b", "a.b", "a" * 65])
def test_a_recording_id_that_is_no_file_name_is_refused(raw: RawStore, recording: str) -> None:
    with pytest.raises(ValueError, match="recording"):
        raw.begin(ADA, recording)


def test_what_was_never_kept_is_not_found(raw: RawStore) -> None:
    with pytest.raises(NotFound):
        raw.read(ADA, "0" * 64)


@pytest.mark.parametrize("cut", [0, 5, 20, -1])
def test_a_damaged_file_is_named_and_never_returned(
    raw: RawStore, tmp_path: Path, cut: int
) -> None:
    content = raw.keep(ADA, b"left right " * 100)
    (path,) = files(tmp_path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(StoreError, match=f"{content} is damaged"):
        raw.read(ADA, content)


def test_any_flipped_bit_is_noticed(raw: RawStore, tmp_path: Path) -> None:
    content = raw.keep(ADA, b"left right " * 3)
    (path,) = files(tmp_path)
    whole = path.read_bytes()
    for i in range(len(whole)):
        if 5 <= i < 8:
            continue  # padding of the header
        path.write_bytes(whole[:i] + bytes([whole[i] ^ 1]) + whole[i + 1 :])
        with pytest.raises(StoreError, match="damaged"):
            raw.read(ADA, content)


def test_forgetting_twice_is_forgetting_once(raw: RawStore) -> None:
    content = raw.keep(ADA, b"x")
    other = raw.keep(ADA, b"y")
    raw.forget(ADA, content)
    raw.forget(ADA, content)
    assert raw.contents(ADA) == [other]
    raw.begin(ADA, "left").release()
    raw.forget(ADA)
    raw.forget(ADA)
    assert raw.contents(ADA) == []
    assert raw.unclosed() == []


def test_an_upload_is_staged_with_its_hash_and_discarded(raw: RawStore) -> None:
    staged = raw.stage([b"left", b"", b"right"], limit=9)
    assert staged.size == 9
    assert staged.sha256 == hashlib.sha256(b"leftright").hexdigest()
    assert staged.read() == b"leftright"
    staged.discard()
    staged.discard()
    with pytest.raises(NotFound):
        staged.read()


def test_an_upload_over_the_limit_leaves_nothing(raw: RawStore, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="larger than the 8 bytes"):
        raw.stage([b"left", b"right"], limit=8)
    assert files(tmp_path) == []


def test_an_upload_that_breaks_off_leaves_nothing(raw: RawStore, tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"left"
        raise ConnectionResetError("peer gone")

    with pytest.raises(ConnectionResetError):
        raw.stage(broken(), 99)
    assert files(tmp_path) == []


def test_a_sweep_takes_old_orphans_and_nothing_that_is_wanted(
    raw: RawStore, tmp_path: Path
) -> None:
    content = raw.keep(ADA, b"kept")
    wanted, orphan, young = (raw.stage([b"x"], 9) for _ in range(3))
    torn = tmp_path / "data" / "raw" / ADA / ".0123.tmp"
    torn.write_bytes(b"half")
    for path in (wanted.path, orphan.path, torn):
        os.utime(path, (0, 0))
    assert raw.sweep([wanted.path]) == 2
    assert wanted.path.exists()
    assert young.path.exists()
    assert not orphan.path.exists()
    assert not torn.exists()
    assert raw.read(ADA, content) == b"kept"


def test_a_recording_grows_is_sealed_and_leaves_its_log(raw: RawStore) -> None:
    recording = raw.begin(ADA, "left")
    assert recording.append(b"one") == 3
    assert recording.append(b"two") == 6
    assert recording.flush() == 6
    assert recording.read() == b"onetwo"
    content = recording.close()
    assert raw.read(ADA, content) == b"onetwo"
    assert raw.unclosed() == []
    with pytest.raises(StoreError, match="closed"):
        recording.append(b"three")


def test_a_recording_is_resumed_where_it_was_left(raw: RawStore) -> None:
    first = raw.begin(ADA, "left")
    first.append(b"one")
    first.release()
    assert raw.unclosed() == [(ADA, "left")]
    again = raw.begin(ADA, "left")
    assert again.size == 3
    again.append(b"two")
    assert raw.read(ADA, again.close()) == b"onetwo"


def test_a_recording_in_use_is_neither_unclosed_nor_begun_again(raw: RawStore) -> None:
    recording = raw.begin(ADA, "left")
    assert raw.unclosed() == []
    with pytest.raises(Conflict):
        raw.begin(ADA, "left")
    recording.abandon()
    assert raw.begin(ADA, "left").size == 0


def test_a_crash_between_sealing_and_removing_the_log_leaves_one_recording(raw: RawStore) -> None:
    recording = raw.begin(ADA, "left")
    recording.append(b"one")
    sealed = raw.keep(ADA, recording.read())
    recording.release()
    assert raw.begin(ADA, "left").close() == sealed
    assert raw.contents(ADA) == [sealed]
    assert raw.unclosed() == []


def test_an_erased_recording_does_not_come_back_when_it_is_closed(raw: RawStore) -> None:
    recording = raw.begin(ADA, "left")
    recording.append(b"one")
    raw.forget(ADA)
    with pytest.raises(StoreError):
        recording.close()
    recording.release()
    assert raw.contents(ADA) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_full_disk_is_one_sentence_and_half_a_record_is_taken_back(raw: RawStore) -> None:
    import resource

    recording = raw.begin(ADA, "left")
    recording.append(b"one")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5, hard))
    try:
        with pytest.raises(StoreError, match="cannot append to the recording left: File too large"):
            recording.append(b"three")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert recording.append(b"four") == 7
    assert recording.read() == b"onefour"
    recording.release()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="cannot create the folder"):
        RawStore(tmp_path / "file").keep(ADA, b"x")


def test_the_writer_acknowledges_only_what_is_durable_and_in_order(raw: RawStore) -> None:
    left, right = raw.begin(ADA, "left"), raw.begin(ADA, "right")
    durable: dict[str, list[int]] = {"left": [], "right": []}
    writer = Writer()
    for i in range(200):
        assert writer.submit(left, b"%03d\n" % i, durable["left"].append)
        assert writer.submit(right, b"%05d\n" % i, durable["right"].append)
    writer.flush()
    assert len(durable["left"]) == len(durable["right"]) == 200
    assert durable["left"] == sorted(durable["left"])
    assert durable["left"][-1] == 800
    assert durable["right"][-1] == 1200
    assert left.read() == b"".join(b"%03d\n" % i for i in range(200))
    writer.close()
    left.release()
    right.release()


def test_the_writer_drains_when_it_closes(raw: RawStore) -> None:
    recording, durable = raw.begin(ADA, "left"), list[int]()
    writer = Writer()
    for _ in range(50):
        writer.submit(recording, b"x", durable.append)
    writer.close()
    writer.close()
    assert durable[-1] == len(durable) == 50
    with pytest.raises(StoreError, match="closed"):
        writer.submit(recording, b"x")
    recording.release()


def test_whoever_waits_for_what_they_wrote_waits_for_no_window(raw: RawStore) -> None:
    recording, writer, durable = raw.begin(ADA, "r"), Writer(window_s=3600), list[int]()
    for i in range(3):
        assert writer.submit(recording, b"x", durable.append)
        writer.flush()
        assert durable == list(range(1, i + 2))
    assert writer.submit(recording, b"x", durable.append)
    writer.close()
    assert durable[-1] == 4
    recording.release()


def test_many_recordings_are_made_durable_together(raw: RawStore) -> None:
    recordings = [raw.begin(ADA, f"r{i}") for i in range(40)]
    durable: dict[int, list[int]] = {i: [] for i in range(40)}
    writer = Writer(window_s=0.05)
    for _ in range(3):
        for i, recording in enumerate(recordings):
            assert writer.submit(recording, b"x" * (i + 1), durable[i].append)
    writer.close()
    for i, recording in enumerate(recordings):
        assert len(durable[i]) == 3
        assert durable[i][-1] == 3 * (i + 1) == len(recording.read())
        recording.release()
    assert writer.fault is None


def test_a_full_queue_refuses_and_counts(raw: RawStore) -> None:
    recording = raw.begin(ADA, "left")
    started, go = threading.Event(), threading.Event()

    def stuck(_: int) -> None:
        started.set()
        go.wait(10)

    writer = Writer(capacity=1, window_s=0, patience_s=0.001)
    assert writer.submit(recording, b"x", stuck)
    assert started.wait(10)
    assert writer.submit(recording, b"y")
    assert not writer.submit(recording, b"z")
    assert (writer.waited, writer.refused) == (1, 1)
    go.set()
    writer.close()
    assert recording.read() == b"xy"
    recording.release()


def test_a_recording_that_fails_says_so_and_the_others_go_on(raw: RawStore) -> None:
    left, right = raw.begin(ADA, "left"), raw.begin(ADA, "right")
    failed: list[CatfootError] = []
    durable: list[int] = []
    left.abandon()
    writer = Writer()
    writer.submit(left, b"x", durable.append, failed.append)
    writer.submit(right, b"yy", durable.append, failed.append)
    writer.close()
    assert durable == [2]
    assert len(failed) == 1
    right.release()


APPENDER = """
import threading
from pathlib import Path
from catfoot.store.raw import RawStore, Writer

recording = RawStore(Path({folder!r})).begin({athlete!r}, "left")
writer, room = Writer(window_s=0.001), threading.Semaphore(50)

def done(size):
    print(size, flush=True)
    room.release()

for i in range(10**9):
    room.acquire()
    writer.submit(recording, b"%08d\\n" % i, done)
"""


def test_what_was_acknowledged_survives_kill_9(raw: RawStore, tmp_path: Path, spawn: Spawn) -> None:
    for kill in range(3):
        child = spawn(APPENDER.format(folder=str(tmp_path / "data"), athlete=ADA))
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(200 + 150 * kill)]
        child.kill()
        rest, _ = child.communicate()
        whole = [line for line in [*lines, *rest.splitlines(keepends=True)] if line.endswith("\n")]
        acknowledged = int(whole[-1])
        assert raw.unclosed() == [(ADA, "left")]
        recording = raw.begin(ADA, "left")
        data = recording.read()
        assert len(data) >= acknowledged > 0
        assert data.startswith(b"".join(b"%08d\n" % i for i in range(acknowledged // 9)))
        recording.abandon()


KEEPER = """
import os
from pathlib import Path
from catfoot.store.raw import RawStore
raw = RawStore(Path({folder!r}))
i = 0
while True:
    print(raw.keep({athlete!r}, (b"%d " % i) * 20000), flush=True)
    i += 1
"""


def test_a_killed_keeper_leaves_whole_recordings_only(
    raw: RawStore, tmp_path: Path, spawn: Spawn
) -> None:
    child = spawn(KEEPER.format(folder=str(tmp_path / "data"), athlete=ADA))
    assert child.stdout is not None
    acknowledged = [child.stdout.readline().strip() for _ in range(30)]
    child.kill()
    child.communicate()
    kept = raw.contents(ADA)
    assert set(acknowledged) <= set(kept)
    for content in kept:
        raw.read(ADA, content)


BOTH = """
from pathlib import Path
from catfoot.store.raw import RawStore
raw = RawStore(Path({folder!r}))
print("ready", flush=True)
input()
for i in range(60):
    raw.keep({athlete!r}, b"%d" % i)
print("done", flush=True)
"""


def test_two_processes_keep_the_same_bytes_at_once(
    raw: RawStore, tmp_path: Path, spawn: Spawn
) -> None:
    children = [spawn(BOTH.format(folder=str(tmp_path / "data"), athlete=ADA)) for _ in range(2)]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "done\n"
    assert len(raw.contents(ADA)) == 60
    assert {raw.read(ADA, content) for content in raw.contents(ADA)} == {
        b"%d" % i for i in range(60)
    }
