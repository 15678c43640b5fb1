"""What is known here of a pod's stored runs: bytes that came so far, and what was kept already."""

import hashlib
import json
import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from .ingest.devices.stored import Listed, StoredRun

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Mark:
    """What stays known of a run after its bytes were handed on.

    ``size`` in bytes; ``followed``: the pod had a later one, so nothing was added to it.
    """

    began: str | None = None
    stored: tuple[str, ...] = ()
    size: int | None = None
    followed: bool = False


class Brought:
    """Marks and broken transfers of one pod, in ``folder``; no name of a pod or athlete is in it."""

    def __init__(self, address: str, folder: Path) -> None:
        self._address, self._folder = address, folder

    def part(self, run: StoredRun) -> Path:
        """Return where the bytes are that came so far."""
        return self._path(run, "part")

    def begun(self, run: StoredRun, listed_at: datetime) -> datetime:
        """Return when a run began; once known it stays so, for the same run is the same bytes.

        An age counts from ``listed_at``, when the pod told it: what came since took its time.
        """
        mark = self._mark(run)
        if mark.began is None:
            mark = replace(mark, began=run.begun(listed_at).isoformat())
            self._put(run, mark)
        assert mark.began is not None
        return datetime.fromisoformat(mark.began)

    def kept(self, run: StoredRun, athlete: str, content: str) -> None:
        """Remember as what the run is kept, so that it need not be fetched again."""
        mark, salted = self._mark(run), _salted(athlete, content)
        if salted not in mark.stored or mark.size != run.brought:
            stored = tuple(dict.fromkeys((*mark.stored, salted)))
            self._put(run, replace(mark, stored=stored, size=run.brought))
        self.part(run).unlink(missing_ok=True)

    def kept_as(self, run: StoredRun, athlete: str, contents: Iterable[str]) -> str | None:
        """Return which of the athlete's kept contents is this run, None where none is."""
        stored = self._mark(run).stored
        return next((c for c in contents if _salted(athlete, c) in stored), None)

    def whole(self, run: StoredRun) -> bool:
        """Tell whether what was kept of a run is all of it, which a run that is not listed may hide."""
        return run.era is None or self._mark(run).followed

    def followed(self, run: StoredRun) -> None:
        """Note that the pod has a later run than this one."""
        mark = self._mark(run)
        if not mark.followed:
            self._put(run, replace(mark, followed=True))

    def beside(self, listed: Listed) -> Iterator[StoredRun]:
        """Yield the runs that a pod does not list and that were kept."""
        for run in listed.perhaps:
            if (mark := self._mark(run)).stored:
                yield replace(run, brought=mark.size)
        for run in listed.onward:
            if not (mark := self._mark(run)).stored:
                return
            yield replace(run, brought=mark.size)

    def _mark(self, run: StoredRun) -> _Mark:
        try:
            said = json.loads(self._path(run, "json").read_text())
            began, stored = said["began"], said["stored"]
            if began is not None:
                datetime.fromisoformat(began)
            size = said.get("size")
            return _Mark(
                began, tuple(str(who) for who in stored), size if size is None else int(size),
                bool(said.get("followed")),
            )  # fmt: skip
        except FileNotFoundError:
            return _Mark()
        except (ValueError, KeyError, TypeError) as fault:
            log.warning("pod %s, run %s: its mark is damaged (%s)", self._address, run.id, fault)
            return _Mark()

    def _put(self, run: StoredRun, mark: _Mark) -> None:
        path = self._path(run, "json")
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".tmp")
        said: dict[str, object] = {"began": mark.began, "stored": mark.stored}
        if mark.size is not None:
            said |= {"size": mark.size}
        if mark.followed:
            said |= {"followed": True}
        draft.write_text(json.dumps(said))
        os.replace(draft, path)

    def _path(self, run: StoredRun, kind: str) -> Path:
        named = f"{self._address}/{run.id}/{run.size}/{run.crc32}/{run.began}"
        if run.era is not None:
            named += f"/{run.era}"
        return self._folder / f"{hashlib.sha256(named.encode()).hexdigest()[:24]}.{kind}"


def _salted(athlete: str, content: str) -> str:
    # Neither who it is nor what they have must be readable here after they were erased.
    return hashlib.sha256(f"catfoot stored {athlete} {content}".encode()).hexdigest()[:24]
