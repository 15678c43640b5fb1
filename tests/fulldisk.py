"""A disk that is full for a while."""

import errno
import os

import pytest


class FullDisk:
    """A disk whose files can be appended to only while there is ``room``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.room = True
        write = os.write

        def guarded(fd: int, data: bytes) -> int:
            if not self.room and len(data) > 60:
                raise OSError(errno.ENOSPC, "No space left on device")
            return write(fd, data)

        monkeypatch.setattr(os, "write", guarded)
