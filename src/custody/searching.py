"""Looking for somebody in every byte of a folder."""

import hashlib
import json
from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import StoreError

_CHUNK = 1 << 24
_KEY = 8

#: Shorter byte strings are found everywhere by chance.
SHORTEST = _KEY
#: Of a longer text so much is looked for.
LONGEST = 200


class Needles:
    """Byte strings of 8 bytes or more, found in one pass however many they are."""

    def __init__(self, wanted: Collection[bytes]) -> None:
        self._by_key: dict[int, list[bytes]] = {}
        for needle in wanted:
            if len(needle) >= SHORTEST:
                key = int.from_bytes(needle[:_KEY], "little")
                self._by_key.setdefault(key, []).append(needle[:LONGEST])
        self._keys = np.array(sorted(self._by_key), np.uint64)
        self._begins = np.zeros(1 << 16, bool)  # what two bytes a needle may begin with
        self._begins[(self._keys & np.uint64(0xFFFF)).astype(np.int64)] = True

    def found_in(self, path: Path) -> bytes | None:
        """Return a needle that the file holds, None where it holds none or is gone."""
        for chunk in _chunks(path):
            for at in self._candidates(chunk):
                key = int.from_bytes(chunk[at : at + _KEY], "little")
                for needle in self._by_key[key]:
                    if chunk.startswith(needle, at):
                        return needle
        return None

    def _candidates(self, chunk: bytes) -> list[int]:
        if len(chunk) < _KEY or not len(self._keys):
            return []
        data = np.frombuffer(chunk, np.uint8)
        pairs = data[:-1].astype(np.uint16) | data[1:].astype(np.uint16) << 8
        places = np.flatnonzero(self._begins[pairs[: len(data) - _KEY + 1]])
        windows = np.lib.stride_tricks.sliding_window_view(data, _KEY)[places]
        keys: NDArray[np.uint64] = np.ascontiguousarray(windows).view("<u8").reshape(-1)
        nearest = np.searchsorted(self._keys, keys).clip(max=len(self._keys) - 1)
        hits: list[int] = places[self._keys[nearest] == keys].tolist()
        return hits


def search(folder: Path, names: Collection[str]) -> int:
    """Read every file of a folder but recordings; return how many. StoreError where a name is left.

    Not in a process that has a database of the folder open.
    """
    # As it is in a file of ours, and as JSON within a database has it.
    needles = Needles(
        {n for name in names for n in (name.encode(), json.dumps(name)[1:-1].encode())}
    )
    ids = [name for name in names if len(name) in (32, 64)]
    searched = 0
    for path in sorted(folder.rglob("*")):
        within = str(path.relative_to(folder))
        if any(name in within for name in ids):
            raise StoreError(f"{path} is still there after erasing; remove it by hand")
        if path.is_file() and path.suffix != ".raw":
            searched += 1
            if needles.found_in(path) is not None:
                raise StoreError(f"{path} still names the athlete after erasing")
    return searched


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hex; of nothing where the file is gone."""
    digest = hashlib.sha256()
    for chunk in _chunks(path, 0):
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(path: Path, overlap: int = LONGEST) -> Iterator[bytes]:
    """Yield the file in parts, each with the end of the one before."""
    try:
        with path.open("rb") as file:
            kept = b""
            while chunk := file.read(_CHUNK):
                yield kept + chunk
                kept = (kept + chunk)[-overlap:] if overlap else b""
    except FileNotFoundError:
        return  # a journal or lock that went meanwhile
