"""Recordings that are still being made: an append-only log each, one thread that writes them."""

import logging
import math
import os
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from weakref import WeakSet

from ..errors import CatfootError, Conflict, StoreError
from . import disk

log = logging.getLogger(__name__)

T = TypeVar("T")

# With more recordings than this, one sync of the file system is cheaper than one of each.
_FEW = 4


class OpenRecording:
    """A log that grows; made by ``RawStore.begin``. Safe for several threads.

    One opening at a time: while it lives, no other process or thread can begin the same
    recording. ``size`` counts the bytes appended, durable or not.
    """

    def __init__(self, path: Path, athlete: str, recording: str, seal: Callable[[bytes], str]):
        self.athlete = athlete
        self.recording = recording
        self._path = path
        self._seal = seal
        self._lock = threading.Lock()
        with disk.failing(f"cannot open the recording {path}"):
            self._fd: int | None = _open_alone(path)
            self.size = os.fstat(self._fd).st_size
            disk.sync_folder(path.parent)

    def append(self, record: bytes) -> int:
        """Add one record; return the bytes appended so far, which are not yet durable.

        On a full disk StoreError is raised and the log ends where it ended before.
        """
        with self._lock, disk.failing(f"cannot append to the recording {self.recording}"):
            fd = self._opened()
            rest = memoryview(record)
            try:
                while rest:
                    rest = rest[os.write(fd, rest) :]
            except OSError:
                # Without this, the next record would follow half of this one.
                os.ftruncate(fd, self.size)
                raise
            self.size += len(record)
            return self.size

    def flush(self) -> int:
        """Return how many bytes are durable, after making everything appended so."""
        with self._lock, disk.failing(f"cannot flush the recording {self.recording}"):
            size = self.size
            disk.sync(self._opened())
            return size

    def sync_all(self) -> bool:
        """Make all recordings of this file system durable; False where only ``flush`` can."""
        with self._lock, disk.failing(f"cannot flush the recording {self.recording}"):
            return disk.sync_all(self._opened())

    def read(self) -> bytes:
        """Return everything appended so far."""
        with self._lock, disk.failing(f"cannot read the recording {self.recording}"):
            self._opened()
            return self._path.read_bytes()

    def close(self, then: Callable[[str], object] | None = None) -> str:
        """Seal the bytes into the raw store and return their content hash; the log goes.

        ``then`` is told the hash before the log goes; where it raises, the log stays. A crash
        in between leaves both, and closing it again leaves one. A mark stays, so that beginning
        the same recording again goes on after these bytes.
        """
        self.flush()
        content = self._seal(self.read())
        if then is not None:
            then(content)
        disk.write_file(mark_of(self._path), content.encode())
        self.abandon()
        return content

    def abandon(self) -> None:
        """Remove the log; what was appended is gone unless it was sealed before."""
        with self._lock, disk.failing(f"cannot remove the recording {self.recording}"):
            fd, self._fd = self._opened(), None
            if os.name == "nt":
                os.close(fd)  # Windows does not remove an open file
                self._path.unlink(missing_ok=True)
            else:
                self._path.unlink(missing_ok=True)  # before the lock goes with the descriptor
                os.close(fd)
            disk.sync_folder(self._path.parent)

    def release(self) -> None:
        """Close the file and keep the log, so that it can be resumed later. Twice is fine."""
        with self._lock:
            if self._fd is not None:
                os.close(self._fd)
            self._fd = None

    def _opened(self) -> int:
        if self._fd is None:
            raise StoreError(f"the recording {self.recording} is closed")
        return self._fd


def mark_of(path: Path) -> Path:
    """Return where it is noted as which content a log was sealed."""
    return path.with_suffix(".sealed")


def _open_alone(path: Path) -> int:
    """Open a log for appending under its lock; Conflict where somebody else has it."""
    while True:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        if not disk.hold(fd, wait=False):
            os.close(fd)
            raise Conflict(f"the recording {path.stem} is being made by another process")
        # Its last owner may have sealed and removed it between our open and our lock.
        try:
            if os.path.samestat(os.fstat(fd), path.stat()):
                return fd
        except FileNotFoundError:
            pass
        os.close(fd)


@dataclass(frozen=True, slots=True)
class _Item:
    recording: OpenRecording
    record: bytes
    done: Callable[[int], None] | None
    failed: Callable[[CatfootError], None] | None


class Writer:
    """ONE thread that appends for all open recordings and makes them durable in groups.

    Records that arrive within ``window_s`` are written and their recordings synced together, a
    sync every ``window_s`` at most, and only then is ``done`` called, from this thread, so it
    must return at once. The queue is bounded: where it is full, ``submit`` waits up to ``patience_s``,
    then refuses the record and counts it in ``refused``. A recording that could not take a
    record takes no later one through this writer until it is begun again: they would stand
    where the missing one should. ``fault`` is the last thing that
    went wrong on the disk, None once a sync has succeeded again.
    """

    def __init__(
        self, *, capacity: int = 10_000, window_s: float = 0.02, patience_s: float = 0.25
    ) -> None:
        self.waited = 0
        self.refused = 0
        self.fault: CatfootError | None = None
        self._window_s = window_s
        self._patience_s = patience_s
        self._queue: queue.Queue[_Item | threading.Event | None] = queue.Queue(capacity)
        self._closed = False
        self._hurry = threading.Event()
        self._short: WeakSet[OpenRecording] = WeakSet()  # that lack a record
        self._thread = threading.Thread(target=self._run, name="raw-writer", daemon=True)
        self._thread.start()

    def submit(
        self,
        recording: OpenRecording,
        record: bytes,
        done: Callable[[int], None] | None = None,
        failed: Callable[[CatfootError], None] | None = None,
    ) -> bool:
        """Hand over one record; False where the queue stayed full and it was not taken.

        Exactly one of ``done(durable size of the recording)`` and ``failed(why)`` follows a
        record that was taken.
        """
        if self._closed:
            raise StoreError("the writer is closed")
        item = _Item(recording, record, done, failed)
        try:
            self._queue.put_nowait(item)
        except queue.Full:
            self.waited += 1
            try:
                self._queue.put(item, timeout=self._patience_s)
            except queue.Full:
                self.refused += 1
                return False
        return True

    def flush(self) -> None:
        """Return when everything submitted before is durable or has failed."""
        if self._closed:
            return
        reached = threading.Event()
        self._queue.put(reached)
        self._hurry.set()
        reached.wait()

    def close(self) -> None:
        """Write and sync what waits, then stop. Twice is fine."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._hurry.set()
        self._thread.join()

    def _run(self) -> None:
        begun = -math.inf
        while True:
            waiting = [self._queue.get()]
            # Nobody is woken for each record: they gather in the queue. The time that the last
            # sync took counts, so what came meanwhile waits for no window of its own.
            self._hurry.wait(max(0.0, begun + self._window_s - time.monotonic()))
            self._hurry.clear()
            begun = time.monotonic()
            for _ in range(self._queue.qsize()):  # only this thread takes any
                waiting.append(self._queue.get_nowait())
            written: list[_Item] = []
            for item in waiting:
                if isinstance(item, _Item):
                    self._append(item, written)
            self._sync(written)
            for item in waiting:
                if isinstance(item, threading.Event):
                    item.set()
            if any(item is None for item in waiting):
                return

    def _append(self, item: _Item, written: list[_Item]) -> None:
        if item.recording in self._short:
            _tell(item, StoreError("an earlier record of it was not kept"))
            return
        try:
            item.recording.append(item.record)
        except CatfootError as fault:
            self._short.add(item.recording)
            self._fail(item, fault)
        else:
            written.append(item)

    def _sync(self, written: list[_Item]) -> None:
        """Sync every recording touched, then tell those who wait."""
        touched = list(dict.fromkeys(item.recording for item in written))
        durable = _together(touched) if len(touched) > _FEW else {}
        for recording in touched:
            if recording not in durable:
                try:
                    durable[recording] = recording.flush()
                except CatfootError as fault:
                    durable[recording] = fault
        if durable and not any(isinstance(size, CatfootError) for size in durable.values()):
            self.fault = None
        for item in written:
            size = durable[item.recording]
            if isinstance(size, CatfootError):
                self._fail(item, size)
            elif item.done is not None:
                _call(item.done, size)

    def _fail(self, item: _Item, fault: CatfootError) -> None:
        self.fault = fault
        log.error("raw-writer recording=%s fault=%s", item.recording.recording, fault)
        _tell(item, fault)


def _tell(item: _Item, fault: CatfootError) -> None:
    if item.failed is not None:
        _call(item.failed, fault)


def _together(recordings: list[OpenRecording]) -> dict[OpenRecording, int | CatfootError]:
    """Sync the file system that the recordings share, once; nothing where that cannot be."""
    sizes: dict[OpenRecording, int | CatfootError] = {r: r.size for r in recordings}
    try:
        return sizes if recordings[0].sync_all() else {}
    except CatfootError:
        return {}  # one by one tells which recording it is


def _call(callback: Callable[[T], None], value: T) -> None:
    """Call back; a callback's own fault must not end the only thread that writes."""
    try:
        callback(value)
    except Exception:
        log.exception("raw-writer callback")
