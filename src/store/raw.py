"""What sensors said: the original bytes of every recording, by athlete and content.

A sealed recording is one file ``raw/<athlete>/<sha256>.raw``: a header, then the bytes, made
smaller where that can be. Its name is the SHA-256 of the original bytes, so
the same bytes are kept once, and every read proves that nothing changed.
"""

import hashlib
import logging
import os
import struct
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..errors import NotFound, StoreError
from . import disk
from .recording import OpenRecording, Writer, mark_of
from .squeeze import expand, squeeze

__all__ = ["OpenRecording", "RawStore", "Staged", "Writer"]

_MAGIC = b"CFRW"
_STORED, _DEFLATED, _SQUEEZED = 0, 1, 2
_HEADER = struct.Struct("<4sB3xQ")  # magic, codec, size of the original bytes

# A temporary file this old belongs to nobody who still lives.
_ABANDONED_S = 3600.0
# A collector that comes back later than this sends its recording from the beginning.
_REMEMBERED_S = 30 * 86_400.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Staged:
    """An upload on disk, complete and durable, not yet anybody's recording."""

    path: Path
    sha256: str
    size: int

    def read(self) -> bytes:
        """Return the bytes as they were uploaded; NotFound where they were discarded."""
        try:
            with disk.failing(f"cannot read the upload {self.path.name}"):
                return self.path.read_bytes()
        except StoreError as fault:
            if isinstance(fault.__cause__, FileNotFoundError):
                raise NotFound(f"the upload {self.path.name} is gone") from fault
            raise

    def discard(self) -> None:
        """Remove it. Twice is fine."""
        with disk.failing(f"cannot remove the upload {self.path.name}"):
            self.path.unlink(missing_ok=True)


class RawStore:
    """The folder of what sensors said; ``folder`` is the data folder.

    Several processes may use it at once. Sealed files are complete, durable and never
    changed; a crash leaves at most a temporary file, which ``sweep`` removes.
    """

    def __init__(self, folder: Path) -> None:
        self._raw = folder / "raw"
        self._open = folder / "raw" / "open"
        self._incoming = folder / "incoming"

    def keep(self, athlete: str, data: bytes) -> str:
        """Store the bytes and return their SHA-256 in hex; the same bytes twice are one file."""
        content = hashlib.sha256(data).hexdigest()
        path = self._path(athlete, content)
        if not path.is_file():
            disk.write_file(path, *_sealed(data, content))
        return content

    def has(self, athlete: str, content: str) -> bool:
        """Tell whether the athlete's recording of that content is kept."""
        return self._path(athlete, content).is_file()

    def read(self, athlete: str, content: str) -> bytes:
        """Return the original bytes; NotFound, or StoreError where the file was damaged."""
        path = self._path(athlete, content)
        try:
            data = path.read_bytes()
        except FileNotFoundError as fault:
            raise NotFound(f"no recording {content} is kept for this athlete") from fault
        except OSError as fault:
            raise StoreError(f"cannot read {path}: {fault.strerror}") from fault
        return _original(data, content)

    def contents(self, athlete: str) -> list[str]:
        """Return the content hashes kept for an athlete, sorted."""
        folder = self._raw / disk.checked_athlete(athlete)
        return sorted(path.stem for path in folder.glob("*.raw"))

    def size_bytes(self, athlete: str, content: str) -> int:
        """Return what the sealed file takes on disk; NotFound where there is none."""
        path = self._path(athlete, content)
        if not path.is_file():
            raise NotFound(f"no recording {content} is kept for this athlete")
        return path.stat().st_size

    def forget(self, athlete: str, content: str | None = None) -> None:
        """Remove one recording, or everything of the athlete, open ones too. Twice is fine."""
        folder = self._raw / disk.checked_athlete(athlete)
        if content is None:
            disk.remove_tree(folder)
            disk.remove_tree(self._open / athlete)
            return
        path = self._path(athlete, content)
        if path.is_file():
            with disk.failing(f"cannot remove {path}"):
                path.unlink(missing_ok=True)
                disk.sync_folder(folder)

    def stage(self, chunks: Iterable[bytes], limit: int) -> Staged:
        """Write an upload to disk as it comes, durably; StoreError over ``limit`` bytes."""
        disk.make_folder(self._incoming)
        path = self._incoming / disk.new_id()
        digest, size = hashlib.sha256(), 0
        try:
            with disk.create(path) as file:
                for chunk in chunks:
                    size += len(chunk)
                    if size > limit:
                        raise StoreError(f"the upload is larger than the {limit:,} bytes allowed")
                    digest.update(chunk)
                    with disk.failing("cannot store the upload"):
                        file.write(chunk)
                with disk.failing("cannot store the upload"):
                    file.flush()
                    disk.sync(file.fileno())
            disk.sync_folder(self._incoming)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Staged(path, digest.hexdigest(), size)

    def begin(self, athlete: str, recording: str) -> OpenRecording:
        """Open a recording for appending, resuming where one of that id was left or sealed.

        Nothing is truncated: a torn last record is for its reader to find. Conflict where
        another process or thread has it open.
        """
        folder = self._open / disk.checked_athlete(athlete)
        path = folder / f"{disk.checked_recording(recording)}.log"
        disk.make_folder(folder)
        opened = OpenRecording(path, athlete, recording, lambda data: self.keep(athlete, data))
        try:
            self._put_back(opened, mark_of(path))
        except BaseException:
            opened.release()
            raise
        return opened

    def _put_back(self, opened: OpenRecording, mark: Path) -> None:
        """Bring what was sealed of a recording into its log again."""
        with disk.failing(f"cannot read {mark}"):
            content = mark.read_text() if mark.is_file() else None
        if content is None:
            return
        try:
            sealed = self.read(opened.athlete, disk.checked_content(content))
        except (NotFound, StoreError, ValueError) as fault:
            # Its sender still has everything from the beginning.
            log.warning("recording %s begins anew: %s", opened.recording, fault)
            return
        if opened.size < len(sealed):
            opened.append(sealed[opened.size :])
            opened.flush()

    def unclosed(self) -> list[tuple[str, str]]:
        """Return (athlete, recording) of every log that nobody is writing, sorted.

        They were left by a crash. One that another process still appends to is not listed.
        """
        return sorted(
            (path.parent.name, path.stem) for path in self._open.glob("*/*.log") if _idle(path)
        )

    def sweep(self, staged: Iterable[Path] = ()) -> int:
        """Remove what a crash left: old temporary files, and old uploads not in ``staged``.

        Only files untouched for an hour go, so a living process keeps its own; and what is
        remembered of recordings that were sealed a month ago.
        """
        wanted = {path.resolve() for path in staged}
        gone = 0
        for path in self._abandoned():
            if path.resolve() not in wanted:
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _abandoned(self) -> Iterator[Path]:
        left = (*self._raw.glob("*/.*.tmp"), *self._open.glob("*/.*.tmp"))
        for paths, age_s in (
            ((*left, *self._incoming.glob("*")), _ABANDONED_S),
            (self._open.glob("*/*.sealed"), _REMEMBERED_S),
        ):
            before = time.time() - age_s
            for path in paths:
                try:
                    if path.stat().st_mtime < before:
                        yield path
                except FileNotFoundError:
                    continue

    def _path(self, athlete: str, content: str) -> Path:
        folder = self._raw / disk.checked_athlete(athlete)
        return folder / f"{disk.checked_content(content)}.raw"


def _sealed(data: bytes, content: str) -> tuple[bytes, bytes]:
    """Return header and body of the smallest file that reads back as these bytes."""
    squeezed = squeeze(data)
    bodies = [] if squeezed is None else [(_SQUEEZED, squeezed)]
    if squeezed is None or len(squeezed) >= len(data):
        bodies.append((_DEFLATED, zlib.compress(data, 6)))
    for codec, body in bodies:
        header = _HEADER.pack(_MAGIC, codec, len(data))
        with suppress(StoreError):  # what cannot be read back is not acknowledged
            if len(body) < len(data) and _original(header + body, content) == data:
                return header, body
    return _HEADER.pack(_MAGIC, _STORED, len(data)), data


_EXPANDED: Mapping[int, Callable[[bytes], bytes]] = {
    _STORED: bytes,
    _DEFLATED: zlib.decompress,
    _SQUEEZED: expand,
}


def _original(file: bytes, content: str) -> bytes:
    """Return the original bytes of a sealed file; StoreError unless their hash is ``content``."""
    damaged = StoreError(f"the recording {content} is damaged on disk; restore it from a backup")
    if len(file) < _HEADER.size:
        raise damaged
    magic, codec, size = _HEADER.unpack_from(file)
    if magic != _MAGIC or codec not in _EXPANDED:
        raise damaged
    body = file[_HEADER.size :]
    try:
        data = _EXPANDED[codec](body)
    except (zlib.error, struct.error, ValueError, LookupError, StopIteration) as fault:
        raise damaged from fault
    if len(data) != size or hashlib.sha256(data).hexdigest() != content:
        raise damaged
    return data


def _idle(path: Path) -> bool:
    try:
        fd = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return disk.hold(fd, wait=False)
    finally:
        os.close(fd)
