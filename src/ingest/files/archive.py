"""Whole exports: ZIP and gzip files, ZIPs inside ZIPs, folders; one member after the other.

Names inside an archive are shown and never used as paths. Sizes that an archive declares are
not believed: everything is counted while it is unpacked, and stops at ``Limits``.
"""

import gzip
import io
import lzma
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from ...errors import FileError
from . import exportindex
from .exportindex import Index, Listed

_CHUNK = 1 << 20
#: Kept in memory up to here while an inner archive is unpacked; then in a temporary file.
_SPOOL = 32 << 20
#: What zipfile raises for an archive or member that it cannot unpack, found by mutation.
_BAD_ZIP = (
    zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError,
    LookupError, OverflowError, struct.error, zlib.error, lzma.LZMAError,
)  # fmt: skip
#: What file systems and phones leave in archives.
_LITTER = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much an archive may unpack to, against bombs; a 2 GB export stays far below."""

    members: int = 500_000
    member_bytes: int = 200_000_000
    total_bytes: int = 50_000_000_000
    depth: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of an export: its bytes, or ``fault``, why there are none.

    ``name`` is for people: the path inside the archive. ``listed`` is what the export's own
    index says about this file, ``index`` what it says about others.
    """

    name: str
    data: bytes = b""
    mtime: datetime | None = None
    fault: str | None = None
    listed: Listed | None = None
    index: Index = field(default_factory=Index)


@dataclass(slots=True)
class _Budget:
    name: str
    limits: Limits
    index: Index = field(default_factory=Index)
    members: int = 0
    size: int = 0

    def took(self, size: int) -> None:
        self.size += size
        if self.size > self.limits.total_bytes:
            raise FileError(
                f"{self.name}: unpacked, it is larger than the "
                f"{self.limits.total_bytes / 1e9:,.0f} GB allowed"
            )

    def next(self) -> None:
        self.members += 1
        if self.members > self.limits.members:
            raise FileError(
                f"{self.name}: it holds more than the {self.limits.members:,} files allowed"
            )


def is_zip(head: bytes) -> bool:
    """Tell from its first four bytes whether a file is a ZIP archive, empty ones included."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def members(path: Path, limits: Limits | None = None, name: str | None = None) -> Iterator[Member]:
    """Yield the files of a folder, an archive or just the file at ``path``, in order of name.

    ``name`` is what a person calls ``path``. Raises FileError where the archive itself cannot be read; one bad member is a Member
    with its fault.
    """
    budget = _Budget(_shown(name or path.name), limits or Limits())
    if path.is_dir():
        budget.index = _index_of_folder(path, budget.limits)
        for inner in sorted(path.rglob("*")):
            if inner.is_file() and not inner.is_symlink() and not _is_litter(inner.name):
                yield from _file(inner, inner.relative_to(path).as_posix(), budget)
    else:
        yield from _file(path, name or path.name, budget)


def unpacked(data: bytes, name: str, limits: Limits | None = None) -> tuple[bytes, str]:
    """Return the content of a gzip file, and its name without ``.gz``; others as they are."""
    if not data.startswith(b"\x1f\x8b"):
        return data, name
    most = (limits or Limits()).member_bytes
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as inner:
            out = inner.read(most + 1)
    except (OSError, EOFError, zlib.error) as fault:
        raise FileError(f"{name}: the gzip file is cut off or damaged") from fault
    if len(out) > most:
        raise FileError(f"{name}: unpacked, it is larger than the {most / 1e6:,.0f} MB allowed")
    return out, name[:-3] if name.lower().endswith(".gz") else name


def _file(path: Path, name: str, budget: _Budget) -> Iterator[Member]:
    try:
        with path.open("rb") as file:
            mtime = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            yield from _one(file, _shown(name), mtime, budget.index.about(name), budget, 0)
    except OSError as fault:
        yield Member(name=_shown(name), fault=f"cannot be read ({fault.strerror})")


def _one(
    file: IO[bytes],
    name: str,
    mtime: datetime | None,
    listed: Listed | None,
    budget: _Budget,
    depth: int,
) -> Iterator[Member]:
    """Yield one file, or what is in it where it is an archive."""
    head = file.read(4)
    file.seek(0)
    if is_zip(head):
        if depth >= budget.limits.depth:
            yield Member(name=name, fault=f"archives inside archives, {depth} deep, are not opened")
        else:
            yield from _zip(file, name, budget, depth)
        return
    budget.next()
    try:
        data = _read(file, budget.limits.member_bytes)
        budget.took(len(data))
        data, name = unpacked(data, name, budget.limits)
    except _TooLarge:
        most = f"{budget.limits.member_bytes / 1e6:,.0f} MB"
        yield Member(name=name, fault=f"it is larger than the {most} allowed")
    except FileError as fault:
        yield Member(name=name, fault=str(fault).removeprefix(f"{name}: "))
    else:
        yield Member(name=name, data=data, mtime=mtime, listed=listed, index=budget.index)


def _zip(file: IO[bytes], name: str, budget: _Budget, depth: int) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(file)
    except _BAD_ZIP as fault:
        if depth == 0:
            raise FileError(f"{name}: the ZIP file is cut off or damaged") from fault
        yield Member(name=name, fault="the ZIP file is cut off or damaged")
        return
    with archive:
        infos = [info for info in archive.infolist() if not _skips(info)]
        index = _index(archive, infos, budget.limits)
        budget.index |= Index(titles=index.titles)
        for info in sorted(infos, key=lambda info: info.filename):
            inner = f"{name}/{_shown(info.filename)}"
            listed = index.about(info.filename)
            yield from _member(archive, info, inner, listed, budget, depth)


def _member(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    name: str,
    listed: Listed | None,
    budget: _Budget,
    depth: int,
) -> Iterator[Member]:
    if info.flag_bits & 1:
        yield Member(name=name, fault="it is locked with a password")
        return
    try:
        with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as copy:
            with archive.open(info) as packed:
                _copy(packed, copy, budget)
            copy.seek(0)
            yield from _one(copy, name, _written(info), listed, budget, depth + 1)
    except _TooLarge:
        most = f"{budget.limits.member_bytes / 1e6:,.0f} MB"
        yield Member(name=name, fault=f"it is larger than the {most} allowed")
    except _BAD_ZIP:
        yield Member(name=name, fault="it is damaged in the archive")


class _TooLarge(Exception):
    """A member is larger than it may be."""


def _copy(packed: IO[bytes], copy: IO[bytes], budget: _Budget) -> None:
    """Unpack with the limit of one file, or of all files where it is an archive itself."""
    first = packed.read(_CHUNK)
    most = budget.limits.total_bytes if is_zip(first) else budget.limits.member_bytes
    size, chunk = 0, first
    while chunk:
        size += len(chunk)
        if size > most:
            raise _TooLarge
        budget.took(len(chunk) if is_zip(first) else 0)
        copy.write(chunk)
        chunk = packed.read(_CHUNK)


def _read(file: IO[bytes], most: int) -> bytes:
    data = file.read(most + 1)
    if len(data) > most:
        raise _TooLarge
    return data


def _index(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], limits: Limits) -> Index:
    """Return what the archive says about its own files, as far as that can be read."""
    out = Index()
    for info in infos:
        if exportindex.is_index(info.filename) and not info.flag_bits & 1:
            with suppress(*_BAD_ZIP, _TooLarge), archive.open(info) as packed:
                data = _read(packed, limits.member_bytes)
                out |= exportindex.read(data, info.filename)
    return out


def _index_of_folder(folder: Path, limits: Limits) -> Index:
    out = Index()
    for path in sorted(folder.rglob("*")):
        if exportindex.is_index(path.name) and path.is_file():
            with suppress(OSError, _TooLarge), path.open("rb") as file:
                data = _read(file, limits.member_bytes)
                out |= exportindex.read(data, path.relative_to(folder).as_posix())
    return out


def _skips(info: zipfile.ZipInfo) -> bool:
    return not info.filename or info.is_dir() or _is_litter(info.filename)


def _is_litter(name: str) -> bool:
    lower = name.lower()
    return lower.startswith(_LITTER[0]) or lower.rsplit("/", 1)[-1] in _LITTER[1:]


def _written(info: zipfile.ZipInfo) -> datetime | None:
    """Return the time of the member; ZIP has no zone, so it is taken as UTC."""
    try:
        return datetime(*info.date_time, tzinfo=UTC)
    except ValueError:
        return None


def _shown(name: str) -> str:
    """Return a name as far as a person can be shown it."""
    return "".join(c for c in name.replace("\\", "/") if c.isprintable())[-200:]
