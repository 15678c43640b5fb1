"""Files that survive: atomic replacement, fsync to the medium, locks between processes."""

import ctypes
import os
import re
import stat
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from ..errors import Conflict, StoreError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_ATHLETE = re.compile(r"[0-9a-f]{32}")
_CONTENT = re.compile(r"[0-9a-f]{64}")
_RECORDING = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")

# Where a lock on an open file lies: beyond any byte that is ever written, because Windows
# denies everybody else the locked bytes themselves.
_LOCK_AT = 1 << 62


def new_id() -> str:
    """Return an id nobody has: 32 lower-case hex digits."""
    return uuid.uuid4().hex


def checked_athlete(athlete: str) -> str:
    """Return the id of an athlete; ValueError for anything but 32 lower-case hex digits.

    Ids become names of files, so nothing else may pass.
    """
    return _checked(_ATHLETE, athlete, "athlete", "32 hex digits")


def checked_content(content: str) -> str:
    """Return a content hash; ValueError for anything but 64 lower-case hex digits."""
    return _checked(_CONTENT, content, "content", "64 hex digits")


def checked_recording(recording: str) -> str:
    """Return the id of a recording; ValueError where it could not be a plain file name."""
    return _checked(_RECORDING, recording, "recording", "1 to 64 letters, digits, - or _")


def _checked(pattern: re.Pattern[str], text: str, what: str, expected: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(f"{what}: expected {expected}, got {text[:80]!r}")
    return text


def sync(fd: int) -> None:
    """Return when the bytes of ``fd`` are on the medium, not only in the drive's cache."""
    if sys.platform == "darwin":
        # There fsync(2) stops at the drive's cache, as its manual page says.
        fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
    else:
        os.fsync(fd)


def sync_all(fd: int) -> bool:
    """Make everything written to the file system of ``fd`` durable; False where that is no call.

    Linux has it. One such call commits the journal once, where a sync of each of many files
    commits it for each. Its errors are reported since Linux 5.8.
    """
    if _SYNCFS is None:
        return False
    if _SYNCFS(fd) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return True


def _syncfs() -> Callable[[int], int] | None:
    if sys.platform != "linux":
        return None
    found: Callable[[int], int] | None = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    return found


_SYNCFS = _syncfs()


def sync_folder(folder: Path) -> None:
    """Make names that came into or went out of ``folder`` durable."""
    if sys.platform == "win32":
        return  # a folder cannot be opened there; NTFS journals names by itself
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def make_folder(folder: Path) -> Path:
    """Return ``folder``, made with its parents, private to its owner, where it was missing."""
    if not folder.is_dir():
        with failing(f"cannot create the folder {folder}"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(folder.parent)
    return folder


#: Names of what lies directly in a data folder and is nobody's business but its owner's.
_OURS = (
    "*.db",
    "*.db-*",
    "*.db.*",
    "erased.txt",
    "raw",
    "incoming",
    "locks",
    "erasing",
    "outbox",
    "exports",
)


def make_private(folder: Path) -> None:
    """Make what catfoot keeps in a data folder readable by its owner alone.

    A folder that catfoot made is private as it is. One that was there before stays as its
    owner wants it; what is ours in it was perhaps made under a wider mask.
    """
    make_folder(folder)
    if os.name == "nt":
        return  # a user's application data are theirs alone there
    for path in {path for pattern in _OURS for path in folder.glob(pattern)}:
        mode = stat.S_IMODE(path.lstat().st_mode)
        if mode & 0o077 and not path.is_symlink():
            with failing(f"cannot make {path} private"):
                path.chmod(mode & 0o700)


def touch_private(path: Path) -> None:
    """Make a file that its owner alone can read, empty where there is none.

    One that is there is not opened: by closing it again this process would lose every lock that
    SQLite holds on it, and another process could take the log away from under its writers.
    """
    make_folder(path.parent)
    with failing(f"cannot open {path}"):
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            if os.name != "nt" and path.stat().st_mode & 0o077:
                path.chmod(0o600)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def create(path: Path) -> BinaryIO:
    """Open a new file for writing that its owner alone can read."""
    return open(path, "xb", opener=_private)


def write_file(path: Path, *parts: bytes) -> None:
    """Put the parts under ``path``: all of them, durably, or nothing that anyone sees."""
    make_folder(path.parent)
    temporary = path.with_name(f".{new_id()}.tmp")
    with failing(f"cannot write {path}"):
        try:
            with create(temporary) as file:
                for part in parts:
                    file.write(part)
                file.flush()
                sync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


@contextmanager
def failing(what: str) -> Iterator[None]:
    """Turn the operating system's refusal into one StoreError that begins with ``what``."""
    try:
        yield
    except OSError as fault:
        raise StoreError(f"{what}: {fault.strerror or fault}") from fault


def hold(fd: int, *, wait: bool) -> bool:
    """Lock an open file against all other openings of it; False where another has it.

    The lock goes with the descriptor, so a killed process holds nothing.
    """
    if sys.platform == "win32":
        os.lseek(fd, _LOCK_AT, os.SEEK_SET)
        try:
            # LK_LOCK gives up by itself after ten seconds.
            msvcrt.locking(fd, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock file ``path``: one process and thread at a time, others wait."""
    make_folder(path.parent)
    with failing(f"cannot lock {path}"):
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not hold(fd, wait=True):
            raise Conflict(f"{path} stays locked by another process; try again")
        yield
    finally:
        os.close(fd)


def remove_tree(folder: Path) -> int:
    """Remove a folder of files and folders; return how many files went. Absent is fine."""
    gone = 0
    for path in sorted(folder.rglob("*"), reverse=True):
        with failing(f"cannot remove {path}"):
            if path.is_dir() and not path.is_symlink():
                with suppress(FileNotFoundError):
                    path.rmdir()
            else:
                path.unlink(missing_ok=True)
                gone += 1
    if folder.is_dir():
        with failing(f"cannot remove {folder}"):
            folder.rmdir()
            sync_folder(folder.parent)
    return gone
