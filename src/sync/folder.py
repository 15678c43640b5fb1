"""A folder that some other program fills: every file is imported once, when it has settled.

A watch mounted by cable, a sync tool's target, a shared folder. A file has settled when two
looks, some seconds apart, find the same size and time.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import FileError
from ..ingest.files import Options
from .exports import Line, import_path

if TYPE_CHECKING:
    from ..config import Stores

#: (size in bytes, modification time in ns): what a file must keep between two looks.
Shape = tuple[int, int]


class Watched:
    """One folder, looked at again and again; what is done is not looked at twice.

    Nothing is written into the folder. After a restart every file is offered again, and what
    is stored already is known by its bytes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: dict[Path, Shape] = {}
        self._done: dict[Path, Shape] = {}

    def settled(self) -> list[Path]:
        """Look once; return the files that are as they were at the look before, by name.

        Raises FileError while the folder is not there, as with a watch that is unplugged.
        """
        if not self.folder.is_dir():
            raise FileError(f"{self.folder}: there is no such folder")
        now = dict(self._look())
        ready = [path for path, shape in now.items() if self._seen.get(path) == shape]
        self._seen = now
        self._done = {path: shape for path, shape in self._done.items() if path in now}
        return sorted(path for path in ready if self._done.get(path) != now[path])

    def done(self, path: Path) -> None:
        """Remember that a file was taken; only a change offers it again."""
        if path in self._seen:
            self._done[path] = self._seen[path]

    def _look(self) -> Iterator[tuple[Path, Shape]]:
        for path in self.folder.rglob("*"):
            try:
                if path.is_symlink() or not path.is_file() or path.name.startswith("."):
                    continue
                stat = path.stat()
            except OSError:
                continue  # gone between listing and looking
            if stat.st_size:
                yield path, (stat.st_size, stat.st_mtime_ns)


def watch(
    stores: "Stores",
    athlete: str | Callable[[], str],
    folder: Path,
    options: Options | None = None,
    *,
    pause: Callable[[], bool],
) -> Iterator[Line]:
    """Import what settles in the folder and yield a line for each file, until told to stop.

    ``pause`` waits between two looks and returns False to end. A folder that is not there is
    waited for.
    """
    watched = Watched(folder)
    while True:
        try:
            ready = watched.settled()
        except FileError:
            ready = []
        for path in ready:
            shown = path.relative_to(folder).as_posix()
            try:
                for line in import_path(stores, athlete, path, options, name=shown, inside=True):
                    if line.imported is not None:
                        athlete = line.imported.athlete
                    yield line
            except FileError as fault:
                yield Line(file=shown, outcome="refused", why=str(fault))
            watched.done(path)
        if not pause():
            return
